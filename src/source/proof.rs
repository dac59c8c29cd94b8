//! Proof of delivery: what a log says of its own completeness, beside its records.
//!
//! A record shows that a stream was alive; the absence of records shows nothing, unless the log itself
//! vouches for the period. Whether what it names has arrived is for whoever knows the inputs.

use core::ops::RangeInclusive;

use crate::text::Text;
use crate::time::{EventTime, Span};

/// The reason for which a record is ignored that proves a delivery.
pub const DIGEST: &str = "digest";

/// The longest stretch of events of one file that is believed. Files hold minutes; a record that was held up
/// comes hours late.
const FILE_HOURS_MAX: i64 = 48;

/// A period of a log, and all the files that were delivered in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof<'a> {
    pub from: EventTime,
    /// Not part of the period.
    pub to: EventTime,
    /// None where nothing happened.
    pub files: Vec<NamedFile<'a>>,
}

/// A file that was delivered, as the log names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFile<'a> {
    /// With the folders it lies in.
    pub name: Text<'a>,
    pub oldest: EventTime,
    pub newest: EventTime,
}

/// Reads the proof out of a record that was ignored for [`DIGEST`].
pub type Prove = for<'a> fn(&'a [u8]) -> Option<Proof<'a>>;

impl Proof<'_> {
    /// The UTC hours ([`EventTime::hour`]) the period touches.
    #[must_use]
    pub fn hours(&self) -> RangeInclusive<i64> {
        self.from.hour()..=self.to.saturating_sub(Span::from_micros(1)).hour()
    }
}

impl NamedFile<'_> {
    /// The UTC hours its events are of.
    #[must_use]
    pub fn hours(&self) -> RangeInclusive<i64> {
        let newest = self.newest.hour();
        self.oldest.hour().max(newest.saturating_sub(FILE_HOURS_MAX - 1))..=newest
    }
}
