//! Logs of one partition of `tenure.events`, as records that came over the wire.

use std::collections::{BTreeMap, BTreeSet};

use tenure::engine::partition::{Named, Partition};
use tenure::format::event_avro::{self, Arrived, EventOrigin};
use tenure::progress::{Pace, PartitionProgress, Progress, StreamProgress};
use tenure::stream::{SourceName, Stream};
use tenure::time::{Span, WallTime};

use crate::model::history::{BEGIN, Happening, History, Seconds, Step, time};

/// One record.
pub enum Record {
    /// An event, as it is encoded.
    Event(Vec<u8>),
    Progress(WallTime, Progress),
}

/// Records with the distance between their offsets: a large one makes the window of repetitions short.
pub struct Log {
    pub records: Vec<Record>,
    pub stride: u64,
}

impl Log {
    pub fn offset(&self, at: usize) -> u64 {
        at as u64 * self.stride
    }

    /// Hands record `at` to `partition`.
    pub fn feed(&self, at: usize, partition: &mut Partition) {
        match &self.records[at] {
            Record::Event(datum) => partition.event(self.offset(at), named(datum)),
            Record::Progress(wall, progress) => partition.progress(*wall, progress),
        }
    }

    /// Has `partition` remember what lies before record `at` and within the window of repetitions.
    pub fn remember(&self, at: usize, partition: &mut Partition, window: u64) {
        let from = self.offset(at).saturating_sub(window);
        for before in (0..at).filter(|&before| self.offset(before) >= from) {
            if let Record::Event(datum) = &self.records[before] {
                partition.remember(self.offset(before), &named(datum));
            }
        }
    }
}

fn named(datum: &[u8]) -> Named<'_> {
    of(event_avro::decode(datum).unwrap())
}

/// What a partition is told of an event that arrived.
pub fn of(arrived: Arrived<'_>) -> Named<'_> {
    Named {
        event: arrived.event,
        tenant: arrived.tenant,
        stream: arrived.stream,
        input: arrived.origin.input,
        record: arrived.origin.offset,
        identity: arrived.identity,
    }
}

/// How the records of a history are read.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    pub lateness: Span,
    pub max_silence: Span,
    /// Whether the wall clock moves the streams.
    pub live: bool,
    /// Whether the streams are heard of between their events.
    pub heard: bool,
    /// Each so many-th event comes by another stream of its source.
    pub second_stream: usize,
    /// How many raw partitions are told of, of two.
    pub told: usize,
    pub stride: u64,
    pub pace: Pace,
}

/// What a reader tells of one stream.
struct Told {
    hours: BTreeSet<i64>,
    marks: [(u64, Option<Seconds>); 2],
}

/// Who reads a history and writes its log.
pub struct Writer {
    reading: Reading,
    streams: BTreeMap<(&'static str, SourceName), Told>,
    log: Vec<Record>,
    clock: Seconds,
}

impl Writer {
    pub fn new(reading: Reading) -> Self {
        Self { reading, streams: BTreeMap::new(), log: Vec::new(), clock: BEGIN }
    }

    /// The log of a whole history. What a log covers is told by hours, so its gaps are passed over.
    pub fn write(reading: Reading, history: &History) -> Log {
        let mut writer = Self::new(reading);
        for step in &history.steps {
            match step {
                Step::Tell(happening) => writer.event(happening),
                Step::Advance(at) => writer.progress(*at),
                Step::Gaps(_) => {}
            }
        }
        writer.finish()
    }

    pub fn finish(self) -> Log {
        Log { records: self.log, stride: self.reading.stride }
    }

    pub fn event(&mut self, happening: &Happening) {
        let name = if (happening.number + 1).is_multiple_of(self.reading.second_stream) { "b" } else { "a" };
        let event = happening.event();
        let key = (name, event.source);
        let half = happening.number % 2;
        let told =
            self.streams.entry(key).or_insert_with(|| Told { hours: BTreeSet::new(), marks: [(0, None); 2] });
        if told.hours.insert(event.at.hour()) {
            let progress = self.told_of(key, Pace::Behind, vec![event.at.hour()]);
            self.log.push(Record::Progress(wall(happening.at), Progress { streams: vec![progress] }));
        }
        let Some(told) = self.streams.get_mut(&key) else { return };
        let mark = &mut told.marks[half];
        *mark = (mark.0 + 1, mark.1.max(Some(happening.at)));
        let stream = Stream { tenant: "default".to_owned(), name: name.to_owned(), source: event.source };
        let input = format!("raw/{half}");
        let origin = EventOrigin { input: &input, offset: happening.number as u64, record: 1 };
        let mut datum = Vec::new();
        event_avro::encode(&event, &stream, &origin, &mut datum);
        self.log.push(Record::Event(datum));
    }

    /// All that is known has been read by `at`.
    pub fn progress(&mut self, at: Seconds) {
        let since = self.clock;
        self.clock = since.max(at);
        let mut streams = Vec::new();
        for key in self.streams.keys().copied().collect::<Vec<_>>() {
            let hours = (time(since).hour()..time(at).hour()).step_by(48);
            let hours: Vec<i64> = hours.filter(|_| self.reading.heard).collect();
            if self.reading.heard
                && let Some(told) = self.streams.get_mut(&key)
            {
                told.hours.extend(&hours);
                told.marks[0].1 = told.marks[0].1.max(Some(at));
                told.marks[0].0 += 1;
            }
            streams.push(self.told_of(key, self.reading.pace, hours));
        }
        self.log.push(Record::Progress(wall(at), Progress { streams }));
    }

    fn told_of(&self, key: (&'static str, SourceName), pace: Pace, hours: Vec<i64>) -> StreamProgress {
        let marks = self.streams.get(&key).map_or([(0, None); 2], |told| told.marks);
        let partition = |(half, (next_offset, at)): (usize, (u64, Option<Seconds>))| PartitionProgress {
            input: format!("raw/{half}"),
            next_offset,
            max_at: at.map(time),
            pace,
        };
        StreamProgress {
            tenant: "default".to_owned(),
            name: key.0.to_owned(),
            source: key.1,
            partitions_total: 2,
            partitions: marks.into_iter().enumerate().take(self.reading.told).map(partition).collect(),
            hours,
            lateness: self.reading.lateness,
            max_silence: self.reading.max_silence,
            live: self.reading.live,
        }
    }
}

fn wall(at: Seconds) -> WallTime {
    WallTime::from_micros(time(at).micros())
}
