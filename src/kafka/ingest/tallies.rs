//! What a stage has read in one transaction, in numbers: once it is committed they are shown, and what a lost
//! transaction read counts once.

use std::collections::BTreeMap;

use crate::source::RejectReason;
use crate::stream::{SourceName, Stream};
use crate::telemetry::metrics::StageMetrics;
use crate::time::EventTime;

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
    /// When the records of each stream are of, by its number: the first and the last.
    times: BTreeMap<usize, (EventTime, EventTime)>,
    /// The latest end of a period of each stream whose delivery is proven.
    proven: BTreeMap<usize, EventTime>,
}

impl Tallies {
    pub(super) fn show<'s>(self, stream: impl Fn(usize) -> &'s Stream, metrics: &StageMetrics) {
        let name = |source: Option<SourceName>| source.map_or("", SourceName::as_str);
        for (source, records) in self.understood {
            metrics.records_read(source.as_str(), "understood", "", records);
        }
        for ((source, reason), records) in self.ignored {
            metrics.records_read(name(source), "ignored", reason, records);
        }
        for ((source, reason), records) in self.rejected {
            metrics.records_read(name(source), "rejected", reason.as_str(), records);
        }
        metrics.events(self.events);
        for (number, (first, last)) in self.times {
            metrics.seen(stream(number), first, last);
        }
        for (number, until) in self.proven {
            metrics.proven(stream(number), until);
        }
    }

    /// A record of a stream is of the time `at`.
    pub(super) fn note(&mut self, stream: usize, at: EventTime) {
        let (first, last) = self.times.entry(stream).or_insert((at, at));
        (*first, *last) = ((*first).min(at), (*last).max(at));
    }

    /// The deliveries of a stream are proven until `until`.
    pub(super) fn prove(&mut self, stream: usize, until: EventTime) {
        let latest = self.proven.entry(stream).or_insert(until);
        *latest = (*latest).max(until);
    }

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
