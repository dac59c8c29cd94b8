//! What a run read, in numbers, and when each stream delivered.

use std::collections::{BTreeMap, BTreeSet};

use super::proven::{InputNames, Proven, min};
use crate::credential::coverage::Gaps;
use crate::origin::Origin;
use crate::source::proof::Proof;
use crate::source::{Reject, RejectReason};
use crate::stream::{SourceName, StreamIx};
use crate::time::{EventTime, Span};

/// Rejects behind which other records may have stood.
const LOSES_RECORDS: &[RejectReason] = &[
    RejectReason::Truncated,
    RejectReason::TooLarge,
    RejectReason::DamagedCompression,
    RejectReason::DamagedEncoding,
];

/// Counts of a run. They are the same for any number of threads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    pub files: u64,
    /// As they lie on disk.
    pub bytes_read: u64,
    /// After decompression.
    pub bytes: u64,
    /// Everything that stood where a record may stand.
    pub records: u64,
    /// Records that gave at least one event.
    pub understood: u64,
    pub events: u64,
    /// Records read by each source, understood or not.
    pub by_source: BTreeMap<SourceName, u64>,
    /// Valid but without an event, by source and reason; `None` for what envelopes say of themselves.
    pub ignored: BTreeMap<(Option<SourceName>, &'static str), u64>,
    pub rejects: BTreeMap<RejectReason, Rejects>,
    /// Those of them of which no source could be told, and so no stream.
    pub unplaced: BTreeMap<RejectReason, Rejects>,
    /// The inputs that hold a record, with whether one of them was recognised.
    inputs: BTreeMap<u32, bool>,
    /// The inputs of which something was cut off or damaged, so that records may be lost.
    cut: BTreeSet<u32>,
}

/// The rejects of one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rejects {
    pub count: u64,
    /// The first of them, by input and record.
    pub first: Origin,
    pub byte: Option<u32>,
}

impl Stats {
    /// Whether a record was recognised at all, or there was nothing to read.
    #[must_use]
    pub fn recognised_any(&self) -> bool {
        self.inputs.is_empty() || self.inputs.values().any(|recognised| *recognised)
    }

    /// The inputs that hold records, none of which was recognised.
    pub fn unrecognised(&self) -> impl Iterator<Item = u32> {
        self.inputs.iter().filter(|(_, recognised)| !**recognised).map(|(input, _)| *input)
    }

    pub(super) fn cut(&self) -> impl Iterator<Item = u32> {
        self.cut.iter().copied()
    }

    /// Records so far, and how many of them were rejected.
    pub(super) fn progress(&self) -> (u64, u64) {
        (self.records, self.rejects.values().map(|rejects| rejects.count).sum())
    }

    /// Notes what has come of `input` since `before`.
    pub(super) fn note_input(&mut self, input: u32, before: (u64, u64)) {
        let (records, rejects) = self.progress();
        let (records, rejects) = (records - before.0, rejects - before.1);
        if records > 0 {
            *self.inputs.entry(input).or_default() |= records > rejects;
        }
    }

    pub(super) fn ignore(&mut self, source: Option<SourceName>, reason: &'static str) {
        self.records += 1;
        *self.ignored.entry((source, reason)).or_default() += 1;
    }

    fn reject(&mut self, origin: Origin, reject: Reject) {
        self.records += 1;
        if LOSES_RECORDS.contains(&reject.reason) {
            self.cut.insert(origin.input());
        }
        add_reject(&mut self.rejects, origin, reject);
    }

    fn absorb(&mut self, other: Self) {
        self.files += other.files;
        self.bytes_read += other.bytes_read;
        self.bytes += other.bytes;
        self.records += other.records;
        self.understood += other.understood;
        self.events += other.events;
        for (source, count) in other.by_source {
            *self.by_source.entry(source).or_default() += count;
        }
        for (key, count) in other.ignored {
            *self.ignored.entry(key).or_default() += count;
        }
        add_rejects(&mut self.rejects, other.rejects);
        add_rejects(&mut self.unplaced, other.unplaced);
        for (input, recognised) in other.inputs {
            *self.inputs.entry(input).or_default() |= recognised;
        }
        self.cut.extend(other.cut);
    }
}

/// Adds one reject.
fn add_reject(all: &mut BTreeMap<RejectReason, Rejects>, origin: Origin, reject: Reject) {
    let one = Rejects { count: 1, first: origin, byte: reject.byte };
    add_rejects(all, BTreeMap::from([(reject.reason, one)]));
}

fn add_rejects(all: &mut BTreeMap<RejectReason, Rejects>, more: BTreeMap<RejectReason, Rejects>) {
    for (reason, new) in more {
        let rejects = all.entry(reason).or_insert(Rejects { count: 0, ..new });
        rejects.count += new.count;
        if (new.first, new.byte) < (rejects.first, rejects.byte) {
            (rejects.first, rejects.byte) = (new.first, new.byte);
        }
    }
}

/// What a stream delivered, and when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Activity {
    pub records: u64,
    /// Records that gave at least one event.
    pub understood: u64,
    pub ignored: BTreeMap<&'static str, u64>,
    pub rejects: BTreeMap<RejectReason, Rejects>,
    /// Event time of its first and last record that has one.
    pub first: Option<EventTime>,
    pub last: Option<EventTime>,
    /// The UTC hours ([`EventTime::hour`]) that have a record.
    pub hours: BTreeSet<i64>,
    /// What its digests prove.
    pub proven: Proven,
    /// The hour noted last: neighbours in a log mostly share it.
    latest_noted: Option<i64>,
}

impl Activity {
    fn note(&mut self, at: EventTime) {
        self.first = Some(self.first.map_or(at, |first| first.min(at)));
        self.last = Some(self.last.map_or(at, |last| last.max(at)));
        if self.latest_noted != Some(at.hour()) {
            self.latest_noted = Some(at.hour());
            self.hours.insert(at.hour());
        }
    }

    fn absorb(&mut self, mut other: Self) {
        self.records += other.records;
        self.understood += other.understood;
        for (reason, count) in other.ignored {
            *self.ignored.entry(reason).or_default() += count;
        }
        add_rejects(&mut self.rejects, other.rejects);
        self.first = min(self.first, other.first);
        self.last = self.last.max(other.last);
        self.hours.append(&mut other.hours);
        self.proven.absorb(other.proven);
        self.latest_noted = None;
    }

    /// The stretches of which it is not known what happened: longer than `max_silence` without a record or a
    /// proof, and those of files that are missing.
    #[must_use]
    pub fn gaps(&self, max_silence: Span) -> Gaps {
        Gaps::new([self.silences(max_silence).as_slice(), &self.proven.gaps()].concat())
    }

    /// The stretches longer than `max_silence` without a record or a proof.
    #[must_use]
    pub fn silences(&self, max_silence: Span) -> Gaps {
        let mut heard = self.proven.hours();
        heard.extend(&self.hours);
        Gaps::from_hours(heard, max_silence)
    }

    /// UTC days from its first record to its last, and how many of them have none.
    #[must_use]
    pub fn days(&self) -> (u64, u64) {
        let (Some(first), Some(last)) = (self.first, self.last) else { return (0, 0) };
        let days = u64::try_from(last.day() - first.day() + 1).unwrap_or_default();
        let with: BTreeSet<i64> =
            self.hours.iter().map(|hour| EventTime::start_of_hour(*hour).day()).collect();
        (days, days.saturating_sub(with.len() as u64))
    }

    /// Records a day, over all days from the first to the last.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a rate for people, three digits of which mean anything")]
    pub fn records_per_day(&self) -> Option<f64> {
        let (days, _) = self.days();
        (days > 0).then(|| self.records as f64 / days as f64)
    }

    /// Until when it is complete: its last record, or a proof that nothing came after it. A record may still
    /// come in the next period if it is no later than `lateness`.
    #[must_use]
    pub fn until(&self, lateness: Span) -> Option<EventTime> {
        self.last.max(self.proven.until().map(|until| until - lateness))
    }
}

/// What one thread counted.
#[derive(Debug)]
pub(super) struct Tally {
    pub stats: Stats,
    pub activity: Vec<Activity>,
}

impl Tally {
    pub(super) fn new(streams: usize) -> Self {
        Self { stats: Stats::default(), activity: vec![Activity::default(); streams] }
    }

    /// A record of `source` in `stream` was read, and it says it is of the time `at`.
    pub(super) fn deliver(&mut self, stream: StreamIx, source: SourceName, at: Option<EventTime>) {
        *self.stats.by_source.entry(source).or_default() += 1;
        let activity = self.of(stream);
        activity.records += 1;
        if let Some(at) = at {
            activity.note(at);
        }
    }

    pub(super) fn of(&mut self, stream: StreamIx) -> &mut Activity {
        &mut self.activity[usize::from(stream.0)]
    }

    pub(super) fn understand(&mut self, stream: StreamIx, events: usize) {
        self.of(stream).understood += 1;
        self.stats.records += 1;
        self.stats.understood += 1;
        self.stats.events += events as u64;
    }

    pub(super) fn ignore(&mut self, stream: StreamIx, source: SourceName, reason: &'static str) {
        *self.of(stream).ignored.entry(reason).or_default() += 1;
        self.stats.ignore(Some(source), reason);
    }

    /// A record cannot be read; its stream, where a source was told.
    pub(super) fn reject(&mut self, stream: Option<StreamIx>, origin: Origin, reject: Reject) {
        self.stats.reject(origin, reject);
        let part = match stream {
            Some(stream) => &mut self.of(stream).rejects,
            None => &mut self.stats.unplaced,
        };
        add_reject(part, origin, reject);
    }

    pub(super) fn prove(&mut self, stream: StreamIx, proof: &Proof<'_>, names: &InputNames) {
        self.of(stream).proven.note(proof, names);
    }

    /// The inputs named `cut` were not read to their end.
    pub(super) fn lose(&mut self, cut: &InputNames) {
        self.activity.iter_mut().for_each(|activity| activity.proven.lose(cut));
    }

    pub(super) fn absorb(&mut self, other: Self) {
        self.stats.absorb(other.stats);
        for (activity, more) in self.activity.iter_mut().zip(other.activity) {
            activity.absorb(more);
        }
    }
}
