//! How far each raw partition has come, and what of it was told.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::streams::{StreamRow, Streams, slot};
use crate::kafka::stage::{Committed, Place};
use crate::progress::{Pace, PartitionProgress, Progress, StreamProgress};
use crate::stream::SourceName;
use crate::time::{EventTime, Span, WallTime};

/// Changes are told no more often than this.
const TELL_CHANGES_AFTER: Span = Span::from_micros(1_000_000);

/// Without a change, it is told that nothing changed this often.
const TELL_ANYWAY_AFTER: Span = Span::from_micros(10_000_000);

/// Most hours of one stream remembered as told: six weeks. The earliest go first, and would be told again.
const HOURS_REMEMBERED_MAX: usize = 1_000;

/// The version of what is committed beside an offset.
const METADATA_VERSION: u32 = 1;

/// What is committed beside the offset of a partition.
#[derive(Serialize, Deserialize)]
struct Metadata {
    v: u32,
    /// The latest event time read from it, in microseconds, of the stream of each source.
    max_at: BTreeMap<SourceName, i64>,
}

/// One raw partition being read.
#[derive(Debug)]
pub(super) struct Reading {
    place: Place,
    /// `topic/partition`.
    pub name: String,
    pub input: usize,
    next_offset: u64,
    /// The latest event time, of the stream of each source.
    max_at: Vec<Option<EventTime>>,
    at_end: bool,
    /// Whether the end was reached since progress was told.
    was_at_end: bool,
    /// Whether something was read, or it was taken up, since progress was told.
    moved: bool,
}

impl Reading {
    fn pace(&self) -> Pace {
        match (self.at_end, self.was_at_end) {
            (true, _) => Pace::Idle,
            (false, true) => Pace::Live,
            (false, false) => Pace::Behind,
        }
    }
}

/// The hours of one stream that were told.
#[derive(Debug, Default)]
struct Hours {
    /// The one asked for last: neighbours in a log mostly share it.
    latest: Option<i64>,
    told: BTreeSet<i64>,
}

/// What is kept of all partitions this stage reads.
#[derive(Debug)]
pub(super) struct Book {
    readings: Vec<Reading>,
    /// Of each stream.
    hours: Vec<Hours>,
    live: bool,
    /// The reading asked for last.
    latest: usize,
    changed: bool,
    /// A partition that delivered came to its end.
    came_to_end: bool,
    told_at: Option<WallTime>,
}

impl Book {
    pub(super) fn new(streams: usize, live: bool) -> Self {
        Self {
            readings: Vec::new(),
            hours: (0..streams).map(|_| Hours::default()).collect(),
            live,
            latest: 0,
            changed: false,
            came_to_end: false,
            told_at: None,
        }
    }

    /// Takes up `place`. What was told in the transaction that may just have been lost is told again.
    pub(super) fn load(
        &mut self,
        streams: &Streams,
        input: usize,
        place: &Place,
        committed: Option<&Committed>,
    ) {
        self.unload(place);
        let kept = committed.and_then(|committed| serde_json::from_str(&committed.metadata).ok());
        let kept: BTreeMap<SourceName, i64> =
            kept.map_or_else(
                BTreeMap::new,
                |Metadata { v, max_at }| {
                    if v == METADATA_VERSION { max_at } else { BTreeMap::new() }
                },
            );
        let max_at = |source| kept.get(source).copied().map(EventTime::from_micros);
        self.readings.push(Reading {
            place: place.clone(),
            name: place.to_string(),
            input,
            next_offset: committed.map_or(0, |committed| committed.next_offset),
            max_at: SourceName::ALL.iter().map(max_at).collect(),
            at_end: false,
            was_at_end: false,
            moved: true,
        });
        for stream in streams.carried_by(input) {
            self.hours[*stream] = Hours::default();
        }
        self.changed = true;
    }

    pub(super) fn holds(&self, place: &Place) -> bool {
        self.readings.iter().any(|reading| reading.place == *place)
    }

    pub(super) fn unload(&mut self, place: &Place) {
        self.readings.retain(|reading| reading.place != *place);
    }

    pub(super) fn reading(&self, number: usize) -> &Reading {
        &self.readings[number]
    }

    fn find(&mut self, place: &Place) -> Option<usize> {
        if self.readings.get(self.latest).is_none_or(|reading| reading.place != *place) {
            self.latest = self.readings.iter().position(|reading| reading.place == *place)?;
        }
        Some(self.latest)
    }

    /// The record at `offset` is being read; the number of its partition, if that is loaded.
    pub(super) fn begin(&mut self, place: &Place, offset: u64) -> Option<usize> {
        let number = self.find(place)?;
        let reading = &mut self.readings[number];
        reading.next_offset = offset;
        reading.at_end = false;
        Some(number)
    }

    /// The record at `offset` was read.
    pub(super) fn end(&mut self, number: usize, offset: u64) {
        let reading = &mut self.readings[number];
        reading.next_offset = offset.saturating_add(1);
        reading.moved = true;
        self.changed = true;
    }

    /// A record of `source` is of the time `at`.
    pub(super) fn note(&mut self, number: usize, source: SourceName, at: EventTime) {
        let max_at = &mut self.readings[number].max_at[slot(source)];
        *max_at = (*max_at).max(Some(at));
    }

    /// Whether nothing was told yet of the hour of `at` in a stream.
    pub(super) fn opens_hour(&mut self, stream: usize, at: EventTime) -> bool {
        let hours = &mut self.hours[stream];
        if hours.latest == Some(at.hour()) {
            return false;
        }
        hours.latest = Some(at.hour());
        let opens = hours.told.insert(at.hour());
        if hours.told.len() > HOURS_REMEMBERED_MAX {
            hours.told.pop_first();
        }
        opens
    }

    pub(super) fn reached_end(&mut self, place: &Place) {
        let Some(number) = self.find(place) else { return };
        let reading = &mut self.readings[number];
        self.changed |= !reading.at_end;
        self.came_to_end |= !reading.at_end && reading.moved;
        (reading.at_end, reading.was_at_end) = (true, true);
    }

    /// Whether something is to be told, records or no records.
    pub(super) fn is_due(&self, now: WallTime) -> bool {
        self.told_ago(now, TELL_ANYWAY_AFTER) || self.came_to_end && self.told_ago(now, TELL_CHANGES_AFTER)
    }

    /// Whether something changed that is to be told.
    pub(super) fn is_due_on_change(&self, now: WallTime) -> bool {
        self.changed && self.told_ago(now, TELL_CHANGES_AFTER)
    }

    /// Whether progress was told so long ago. A wall clock that was set back must not silence it.
    fn told_ago(&self, now: WallTime, span: Span) -> bool {
        self.told_at.is_none_or(|told_at| now < told_at || now.since(told_at) >= span)
    }

    /// How all streams stand that have said anything, or have nothing more to say; told from now on. The hour
    /// that a stream opens stands with it.
    pub(super) fn tell(
        &mut self,
        streams: &Streams,
        now: WallTime,
        opened: Option<(usize, i64)>,
    ) -> Progress {
        let rows = streams.rows().iter().enumerate();
        let told = rows.filter_map(|(number, row)| {
            let hour = opened.filter(|(stream, _)| *stream == number).map(|(_, hour)| hour);
            self.told_of(row, hour)
        });
        let progress = Progress { streams: told.collect() };
        if !progress.streams.is_empty() {
            self.told_at = Some(now);
            (self.changed, self.came_to_end) = (false, false);
            for reading in &mut self.readings {
                (reading.was_at_end, reading.moved) = (reading.at_end, false);
            }
        }
        progress
    }

    fn told_of(&self, row: &StreamRow, hour: Option<i64>) -> Option<StreamProgress> {
        let slot = slot(row.stream.source);
        let read = || self.readings.iter().filter(|reading| row.inputs.contains(&reading.input));
        let came_up = read().any(|reading| reading.max_at[slot].is_some());
        let is_empty = row.fixed && read().any(|reading| reading.at_end);
        let partition = |reading: &Reading| PartitionProgress {
            input: reading.name.clone(),
            next_offset: reading.next_offset,
            max_at: reading.max_at[slot],
            pace: reading.pace(),
        };
        (came_up || is_empty || hour.is_some()).then(|| StreamProgress {
            tenant: row.stream.tenant.clone(),
            name: row.stream.name.clone(),
            source: row.stream.source,
            partitions_total: row.partitions_total,
            partitions: read().map(partition).collect(),
            hours: hour.into_iter().collect(),
            lateness: row.lateness,
            max_silence: row.max_silence,
            live: self.live,
        })
    }

    /// What to commit beside the offset of `place`.
    pub(super) fn metadata(&self, place: &Place) -> String {
        let Some(reading) = self.readings.iter().find(|reading| reading.place == *place) else {
            return String::new();
        };
        let told = SourceName::ALL.iter().zip(&reading.max_at);
        let max_at = told.filter_map(|(source, at)| Some((*source, at.as_ref()?.micros()))).collect();
        serde_json::to_string(&Metadata { v: METADATA_VERSION, max_at }).unwrap_or_default()
    }
}
