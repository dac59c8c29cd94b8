//! Sources: one audit-log format each, from the bytes of one record to events.
//!
//! A parser never fails and never panics. What it understands becomes events; what is valid but says nothing
//! of a credential is *ignored* with a reason that is counted; what cannot be read is *rejected* with a
//! reason and a byte offset. It reads only allow-listed fields, looks at no clock, and keeps nothing between
//! two records.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

pub mod aws_cloudtrail;
pub mod azure_activity;
pub mod azure_keyvault;
mod bounds;
pub mod entra_audit;
pub mod entra_signin;
pub mod envelope;
pub mod gcp_audit;
pub mod generic;
pub mod github_audit;
pub mod json;
pub mod kubernetes_audit;
pub mod okta_system;
pub mod vault_audit;
mod veil;

use crate::event::{Action, Client, Event, Operation, Outcome, Target};
use crate::kind::Kind;
use crate::limits::EVENTS_PER_RECORD_MAX;
use crate::origin::{EventId, Origin};
use crate::stream::{SourceName, Stream, StreamIx};
use crate::text::Text;
use crate::time::{EventTime, Span};

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
    /// The kinds of credentials its events are about.
    pub kinds: &'static [Kind],
    /// The members whose text may reach an event, wherever they stand, sorted. A test overwrites every other
    /// text and holds that nothing of it comes out.
    pub fields: &'static [&'static str],
    /// What cannot be known from this log, and what would cure it.
    pub blind_spots: &'static [BlindSpot],
    /// How late its records usually come.
    pub lateness: Span,
}

/// Something a log does not show.
pub struct BlindSpot {
    /// What stays unseen, as a sentence without its full stop.
    pub unseen: &'static str,
    /// The setting that shows it; `None` where nothing does.
    pub cure: Option<&'static str>,
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

impl<'a> RecordContext<'a> {
    /// An event of which nothing is said yet but when it was and what it did: a success, in the realm of the
    /// stream, about nobody.
    #[must_use]
    pub fn event(&self, source: SourceName, at: EventTime, id: EventId, action: Action) -> Event<'a> {
        Event {
            at,
            source,
            id,
            action,
            revision: 0,
            outcome: Outcome::Success,
            stream: self.stream_ix,
            origin: self.origin,
            realm: Text::borrowed(self.stream_realm),
            target: Target::None,
            principal: None,
            parent: None,
            actor: None,
            place: None,
            client: Client::default(),
            operation: Operation::default(),
            issued_at: None,
            expires_at: None,
            labels: Vec::new(),
        }
    }
}

/// The verdict on a record of the time `at`, of which the events behind the first `before` were made: bounded
/// in number and size, or none, for `reason`.
#[must_use]
pub fn concluded(events: &mut Vec<Event<'_>>, before: usize, at: EventTime, reason: &'static str) -> Verdict {
    events.truncate(before.saturating_add(EVENTS_PER_RECORD_MAX));
    events.iter_mut().skip(before).for_each(bounds::bound);
    if events.len() > before { Verdict::Understood { at } } else { Verdict::Ignored { reason, at: Some(at) } }
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
pub static SOURCES: &[&Source] = &[
    &aws_cloudtrail::SOURCE,
    &azure_activity::SOURCE,
    &azure_keyvault::SOURCE,
    &entra_audit::SOURCE,
    &entra_signin::SOURCE,
    &gcp_audit::SOURCE,
    &generic::SOURCE,
    &github_audit::SOURCE,
    &kubernetes_audit::SOURCE,
    &okta_system::SOURCE,
    &vault_audit::SOURCE,
];

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
