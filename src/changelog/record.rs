//! Values of the changelog.

use serde::{Deserialize, Serialize};

use crate::avro::framing::{Contract, Header};
use crate::avro::wire::{self, WireError};

use crate::changelog::finding_image::FindingImage;
use crate::credential::image::{CredentialImage, GroupImage, SpreadImage};
use crate::progress::Pace;
use crate::time::{EventTime, Span, WallTime};

/// One record of state. The name of a variant is the name of its record in the schema.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum State<'a> {
    Meta(MetaImage),
    #[serde(borrow)]
    Policy(PolicyImage<'a>),
    #[serde(borrow)]
    Stream(StreamImage<'a>),
    #[serde(borrow)]
    Input(InputImage<'a>),
    #[serde(borrow)]
    Realm(RealmImage<'a>),
    #[serde(borrow)]
    Group(GroupImage<'a>),
    #[serde(borrow)]
    Credential(Box<CredentialImage<'a>>),
    #[serde(borrow)]
    Spread(SpreadImage<'a>),
    #[serde(borrow)]
    Finding(Box<FindingImage<'a>>),
}

/// What a partition of state was written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Meta")]
pub struct MetaImage {
    /// The version of the rules by which state is worked out of events.
    pub version: u32,
    /// How many partitions the topic of events has.
    pub partitions: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Policy")]
pub struct PolicyImage<'a> {
    pub name: &'a str,
    /// The text of the file; empty for the built-in policy.
    pub text: &'a str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Input")]
pub struct InputImage<'a> {
    pub name: &'a str,
}

/// A stream, with what its clock is worked out from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Stream")]
pub struct StreamImage<'a> {
    pub tenant: &'a str,
    pub name: &'a str,
    pub source: &'a str,
    pub partitions_total: u32,
    #[serde(borrow)]
    pub marks: Vec<MarkImage<'a>>,
    pub heard: Vec<HeardImage>,
    pub lateness: Span,
    pub max_silence: Span,
    pub live: bool,
    pub delivered_at: Option<WallTime>,
    /// Wall time of the latest progress that told of it.
    pub told_at: Option<WallTime>,
    pub clock: Option<EventTime>,
    /// Whether the clock's own moment is complete too.
    pub clock_inclusive: bool,
}

/// How far a raw partition has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Mark")]
pub struct MarkImage<'a> {
    pub input: &'a str,
    pub next_offset: u64,
    pub max_at: Option<EventTime>,
    pub pace: Pace,
}

/// From one UTC hour to another, in which a stream was heard of often enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Heard")]
pub struct HeardImage {
    pub from_hour: i64,
    pub to_hour: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Realm")]
pub struct RealmImage<'a> {
    pub name: &'a str,
    pub tenant: &'a str,
    pub source: &'a str,
    /// The numbers of the streams it is read from.
    pub streams: Vec<u32>,
    pub clock: Option<EventTime>,
    pub last_event: Option<EventTime>,
}

/// Why a record of state cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChangelogError {
    #[error("it has a schema that this version does not know; a later version wrote it")]
    UnknownSchema,
    #[error("its key is one that this version does not know; a later version wrote it")]
    UnknownKey,
    #[error("its value is not what its key says")]
    OtherValue,
    #[error(transparent)]
    Wire(#[from] WireError),
}

/// State, of any kind.
pub static STATE: Contract = Contract::new("state", include_str!("../../schemas/state.avsc"));

/// Appends `state`, with its header.
pub fn encode(state: &State<'_>, out: &mut Vec<u8>) {
    STATE.header().write(out);
    wire::write(state, out);
}

/// Reads what [`encode`] wrote.
///
/// # Errors
/// Where the bytes have another schema, or are not of theirs.
pub fn decode(bytes: &[u8]) -> Result<State<'_>, ChangelogError> {
    match Header::split(bytes) {
        Some((header, record)) if header == STATE.header() => Ok(wire::read(record)?),
        Some(_) | None => Err(ChangelogError::UnknownSchema),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_state_is_read_by_the_name_its_schema_gives_it() {
        let states = [
            State::Meta(MetaImage { version: 1, partitions: 4 }),
            State::Policy(PolicyImage { name: "policy.toml", text: "" }),
            State::Input(InputImage { name: "raw/0" }),
        ];
        for state in states {
            let mut bytes = Vec::new();
            encode(&state, &mut bytes);
            assert_eq!(decode(&bytes), Ok(state));
        }
    }
}
