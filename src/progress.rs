//! Progress of reading: how far each stream has come, told within the log itself.
//!
//! Silence is a signal, so time has to pass where no record comes, and must not pass for a stream that went
//! quiet because it broke. Whoever reads the raw logs writes progress into every partition of
//! `tenure.events`; whoever folds these events takes its clocks from there and from nowhere else, so that a
//! second reading of the same log concludes the same.

use serde::{Deserialize, Serialize};

use crate::stream::SourceName;
use crate::time::{EventTime, Span};

/// How one reader stands with the inputs it reads.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    pub streams: Vec<StreamProgress>,
}

/// How far one stream has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamProgress {
    pub tenant: String,
    pub name: String,
    #[serde(with = "by_name")]
    pub source: SourceName,
    /// How many raw partitions the stream has. Its clock is not defined until each of them was told of.
    pub partitions_total: u32,
    pub partitions: Vec<PartitionProgress>,
    /// UTC hours ([`EventTime::hour`]) in which the stream delivered a record and that were not told before,
    /// ascending. Told before the events of these hours.
    pub hours: Vec<i64>,
    /// How much later than its time a record may still come.
    pub lateness: Span,
    /// How long the stream may say nothing while its clock still follows the wall clock.
    pub max_silence: Span,
    /// Whether the clock may follow the wall clock at all: not while an old log is read again.
    pub live: bool,
}

/// How far one raw partition has been read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionProgress {
    /// `topic/partition`.
    pub input: String,
    /// The offset of the next record to read.
    pub next_offset: u64,
    /// The latest event time read from it.
    pub max_at: Option<EventTime>,
    pub pace: Pace,
}

/// How a reader stands to the end of what it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// It has not reached the end since the last progress.
    Behind,
    /// It has reached the end since the last progress, and more came.
    Live,
    /// It is at the end.
    Idle,
}

/// A source by its name: the list grows.
mod by_name {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::stream::SourceName;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
    pub fn serialize<S: Serializer>(source: &SourceName, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(source.as_str())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SourceName, D::Error> {
        let name = <&str>::deserialize(deserializer)?;
        SourceName::parse(name).ok_or_else(|| D::Error::custom("an unknown source"))
    }
}
