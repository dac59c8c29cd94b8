//! What a stage has read since its start, in numbers. What a lost transaction read counts again.

use std::collections::BTreeMap;

use crate::source::RejectReason;
use crate::stream::SourceName;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tallies {
    pub messages: u64,
    /// As they lie in Kafka.
    pub bytes: u64,
    /// Everything that stood where a record may stand.
    pub records: u64,
    pub events: u64,
    /// Times that progress was written.
    pub progress: u64,
    /// Records that gave at least one event.
    pub understood: BTreeMap<SourceName, u64>,
    /// Valid but without an event; without a source what envelopes say of themselves.
    pub ignored: BTreeMap<(Option<SourceName>, &'static str), u64>,
    /// Without a source where none could be told.
    pub rejected: BTreeMap<(Option<SourceName>, RejectReason), u64>,
}

impl Tallies {
    pub(super) fn understand(&mut self, source: SourceName, events: usize) {
        self.records += 1;
        self.events += events as u64;
        *self.understood.entry(source).or_default() += 1;
    }

    pub(super) fn ignore(&mut self, source: Option<SourceName>, reason: &'static str) {
        self.records += 1;
        *self.ignored.entry((source, reason)).or_default() += 1;
    }

    pub(super) fn reject(&mut self, source: Option<SourceName>, reason: RejectReason) {
        self.records += 1;
        *self.rejected.entry((source, reason)).or_default() += 1;
    }
}
