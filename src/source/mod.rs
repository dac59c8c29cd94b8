//! Sources: one audit-log format each, from the bytes of one record to events.
//!
//! A parser never fails and never panics. What it understands becomes events; what is valid but says nothing
//! of a credential is *ignored* with a reason that is counted; what cannot be read is *rejected* with a
//! reason and a byte offset. It reads only allow-listed fields, looks at no clock, and keeps nothing between
//! two records.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

pub mod aws_cloudtrail;
pub mod envelope;
pub mod json;
pub mod vault_audit;

use crate::event::Event;
use crate::origin::Origin;
use crate::stream::{SourceName, Stream, StreamIx};
use crate::time::EventTime;

/// A log format: one row of [`SOURCES`].
pub struct Source {
    pub name: SourceName,
    /// One line for people: what it is.
    pub summary: &'static str,
    /// What of it is read, for the table of sources.
    pub reads: &'static str,
    /// The vendor's page that defines the format.
    pub reference: &'static str,
    /// Whether a JSON object looks like a record of this source: cheap, and true for no other source's
    /// records.
    pub recognises: fn(&[u8]) -> bool,
    pub parse: Parse,
}

/// Reads one record. Events are pushed to the list, at most `limits::EVENTS_PER_RECORD_MAX` of them.
pub type Parse = for<'a> fn(&'a [u8], &RecordContext<'a>, &mut Vec<Event<'a>>) -> Verdict;

/// What a parser is told about a record besides its bytes.
#[derive(Debug, Clone, Copy)]
pub struct RecordContext<'a> {
    pub stream: &'a Stream,
    pub stream_ix: StreamIx,
    /// The realm of the whole stream, for sources that have one per stream (Vault).
    pub stream_realm: &'a str,
    pub origin: Origin,
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It gave at least one event.
    Understood { at: EventTime },
    /// It is a valid record that says nothing of a credential; the reason is a short snake-case word.
    Ignored { reason: &'static str, at: Option<EventTime> },
    /// It cannot be read.
    Rejected(Reject),
}

/// Why a record could not be read. Never carries a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reject {
    pub reason: RejectReason,
    /// Byte within the record, where one can be named.
    pub byte: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RejectReason {
    /// Not JSON, or JSON with a field twice.
    NotJson,
    /// It ends in the middle.
    Truncated,
    InvalidUtf8,
    TooLarge,
    TooDeep,
    /// No time, or one that cannot be read.
    NoTime,
    /// Its time is later than the present, or than `--now`.
    TimeInFuture,
    /// No source knows a record of this shape.
    UnknownFormat,
    /// The compressed data around it is damaged.
    DamagedCompression,
}

impl RejectReason {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotJson => "not_json",
            Self::Truncated => "truncated",
            Self::InvalidUtf8 => "invalid_utf8",
            Self::TooLarge => "too_large",
            Self::TooDeep => "too_deep",
            Self::NoTime => "no_time",
            Self::TimeInFuture => "time_in_future",
            Self::UnknownFormat => "unknown_format",
            Self::DamagedCompression => "damaged_compression",
        }
    }
}

impl Reject {
    #[must_use]
    pub const fn new(reason: RejectReason) -> Self {
        Self { reason, byte: None }
    }

    /// Names why `record` is not the JSON it should be, and at which byte.
    #[must_use]
    pub fn from_json(record: &[u8], error: &serde_json::Error) -> Self {
        let byte = byte_of(record, error.line(), error.column());
        let reason = if std::str::from_utf8(record).is_err() {
            RejectReason::InvalidUtf8
        } else if error.is_eof() {
            RejectReason::Truncated
        } else if error.to_string().starts_with("recursion limit") {
            RejectReason::TooDeep
        } else {
            RejectReason::NotJson
        };
        Self { reason, byte: u32::try_from(byte).ok() }
    }
}

/// The offset of a line and column (both from 1) as `serde_json` counts them.
fn byte_of(record: &[u8], line: usize, column: usize) -> usize {
    let before: usize =
        record.split_inclusive(|&b| b == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    before + column.saturating_sub(1)
}

/// All sources, sorted by name.
pub static SOURCES: &[&Source] = &[&aws_cloudtrail::SOURCE, &vault_audit::SOURCE];

impl Source {
    /// The row of `name`.
    ///
    /// # Panics
    /// Never: a test holds that every name has a row.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test holds that every SourceName has its row")]
    pub fn named(name: SourceName) -> &'static Self {
        SOURCES.iter().find(|source| source.name == name).expect("every source has a row")
    }

    /// The source whose record `bytes` is, by its shape.
    #[must_use]
    pub fn recognise(bytes: &[u8]) -> Option<&'static Self> {
        SOURCES.iter().copied().find(|source| (source.recognises)(bytes))
    }
}
