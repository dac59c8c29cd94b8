//! Ingest: raw messages in; events, progress and dead letters out.
//!
//! It carries the cost of parsing and keeps next to nothing: how far each raw partition has come, and which
//! hours of a stream were told. That is restored from what is committed beside the offsets; hours are told
//! again. A message nobody can read is told in the topic of dead letters by reason and origin, and never by
//! its payload.

mod book;
mod pen;
mod streams;
mod tallies;

use std::collections::BTreeMap;

use anyhow::Context;

use self::book::Book;
use self::pen::Pen;
use self::streams::Streams;
pub use self::tallies::Tallies;
use super::settings::{Input, Mode, Topics};
use super::stage::{Committed, Delivered, Incoming, Outbox, Place, ReadFrom, Stage};
use crate::avro::framing::Header;
use crate::event::Event;
use crate::format::event_avro::EventOrigin;
use crate::origin::Origin;
use crate::reading::inflate::{Compression, expanded_bytes_max};
use crate::reading::{Choice, Reader, Sink};
use crate::source::proof::Proof;
use crate::source::{RecordContext, Reject, SOURCES, Source, Verdict};
use crate::stream::{SourceName, StreamIx};
use crate::telemetry::metrics::StageMetrics;
use crate::time::{EventTime, WallTime};

/// A buffer grown beyond this for one large message is let go afterwards.
const KEPT_BYTES_MAX: usize = 8 << 20;

/// What the stage is told at its start.
#[derive(Debug, Clone)]
pub struct Setup {
    pub inputs: Vec<Input>,
    pub topics: Topics,
    pub mode: Mode,
    /// How many partitions each raw topic has.
    pub raw_partitions: BTreeMap<String, u32>,
    /// How many partitions the topic of events has.
    pub events_partitions: i32,
    /// What stands in front of each event, and of each progress.
    pub event_header: Header,
    pub progress_header: Header,
    pub metrics: StageMetrics,
    pub now: WallTime,
}

/// The stage that reads raw topics.
pub struct IngestStage {
    topics: Vec<String>,
    streams: Streams,
    book: Book,
    /// One per input.
    readers: Vec<Reader>,
    pen: Pen,
    /// Since the last commit.
    tallies: Tallies,
    metrics: StageMetrics,
    /// The last compressed message, inflated.
    inflated: Vec<u8>,
    now: WallTime,
}

impl IngestStage {
    /// # Errors
    /// Where a raw topic is not told of, or there are too many streams.
    pub fn new(setup: &Setup) -> anyhow::Result<Self> {
        let reader = |input: &Input| {
            let choice =
                input.source.map_or(Choice::ByShape(SOURCES), |name| Choice::Only(Source::named(name)));
            Reader::new(choice, setup.now.latest_believed())
        };
        let streams = Streams::new(&setup.inputs, &setup.raw_partitions)?;
        Ok(Self {
            topics: setup.inputs.iter().map(|input| input.topic.clone()).collect(),
            readers: setup.inputs.iter().map(reader).collect(),
            book: Book::new(streams.len(), setup.mode == Mode::Live),
            streams,
            pen: Pen::new(setup),
            tallies: Tallies::default(),
            metrics: setup.metrics.clone(),
            inflated: Vec::new(),
            now: setup.now,
        })
    }

    /// What has been read since the last commit.
    #[must_use]
    pub fn tallies(&self) -> &Tallies {
        &self.tallies
    }

    /// Writes how all streams stand; whether there was anything to say.
    fn tell(&mut self, out: &mut dyn Outbox) -> anyhow::Result<bool> {
        let progress = self.book.tell(&self.streams, self.now, None);
        if progress.streams.is_empty() {
            return Ok(false);
        }
        self.tallies.progress += 1;
        self.pen.progress(&progress, out)?;
        Ok(true)
    }
}

impl Stage for IngestStage {
    fn name(&self) -> &'static str {
        "ingest"
    }

    fn topics(&self) -> Vec<String> {
        self.topics.clone()
    }

    fn load(&mut self, place: &Place, committed: Option<&Committed>) -> anyhow::Result<ReadFrom> {
        let input = self.streams.input_of(&place.topic);
        let input = input.with_context(|| format!("{place} was assigned, but its topic is not an input"))?;
        if self.book.holds(place) {
            // A transaction failed: what it read will be read again.
            self.tallies = Tallies::default();
        }
        self.book.load(&self.streams, input, place, committed);
        Ok(committed.map_or(ReadFrom::Beginning, |committed| ReadFrom::Offset(committed.next_offset)))
    }

    /// Only ever between two transactions.
    fn unload(&mut self, place: &Place) {
        self.tallies = Tallies::default();
        self.book.unload(place);
    }

    fn handle(&mut self, record: Incoming<'_>, out: &mut dyn Outbox) -> anyhow::Result<()> {
        let Self { streams, book, readers, pen, tallies, inflated, now, .. } = self;
        let place = record.place;
        let number = book.begin(place, record.offset).with_context(|| format!("{place} is not loaded"))?;
        tallies.messages += 1;
        tallies.bytes += record.payload.len() as u64;
        let input = book.reading(number).input;
        let mut message =
            Message { streams, input, number, incoming: record, book, pen, tallies, now: *now, out };
        let origin = Origin::new(u32::try_from(input).unwrap_or(u32::MAX), 1);
        match (Compression::of(record.payload), readers.get_mut(input)) {
            _ if record.payload.is_empty() => message.ignore("no_payload"),
            (_, None) => unreachable!("each input has its reader"),
            (None, Some(reader)) => reader.message(record.payload, origin, &mut message)?,
            (Some(compression), Some(reader)) => {
                let bytes_max = expanded_bytes_max(record.payload.len());
                match compression.inflate_whole(record.payload, bytes_max, inflated) {
                    Ok(()) => reader.message(inflated, origin, &mut message)?,
                    Err(reason) => message.reject(origin, Reject::new(reason))?,
                }
            }
        }
        book.end(number, record.offset);
        if inflated.capacity() > KEPT_BYTES_MAX {
            *inflated = Vec::new();
        }
        Ok(())
    }

    fn reached_end(&mut self, place: &Place) {
        self.book.reached_end(place);
    }

    fn tick(&mut self, now: WallTime, out: &mut dyn Outbox) -> anyhow::Result<bool> {
        self.now = now;
        for reader in &mut self.readers {
            reader.not_after = now.latest_believed();
        }
        if self.book.is_due(now) { self.tell(out) } else { Ok(false) }
    }

    fn finish(&mut self, out: &mut dyn Outbox) -> anyhow::Result<()> {
        if self.book.is_due_on_change(self.now) {
            self.tell(out)?;
        }
        Ok(())
    }

    fn metadata(&mut self, place: &Place, _: &dyn Delivered) -> String {
        self.book.metadata(place)
    }

    fn committed(&mut self) {
        let row = |number: usize| &self.streams.row(number).stream;
        std::mem::take(&mut self.tallies).show(row, &self.metrics);
    }
}

/// A message being read.
struct Message<'a, 'm> {
    streams: &'a Streams,
    input: usize,
    /// Of its partition, in the book.
    number: usize,
    incoming: Incoming<'m>,
    book: &'m mut Book,
    pen: &'m mut Pen,
    tallies: &'m mut Tallies,
    now: WallTime,
    out: &'m mut dyn Outbox,
}

impl Message<'_, '_> {
    /// A record says it is of the time `at`. The first of its hour is told before its events.
    fn deliver(&mut self, source: SourceName, at: EventTime) -> anyhow::Result<()> {
        let stream = self.streams.of(self.input, source);
        self.hear(stream, at)?;
        self.tallies.note(stream, at);
        self.book.note(self.number, source, at);
        Ok(())
    }

    /// The stream is heard of in the hour of `at`, which is told once.
    fn hear(&mut self, stream: usize, at: EventTime) -> anyhow::Result<()> {
        if self.book.opens_hour(stream, at) {
            let opened = Some((stream, at.hour()));
            let progress = self.book.tell(self.streams, self.now, opened);
            self.tallies.progress += 1;
            self.pen.progress(&progress, self.out)?;
        }
        Ok(())
    }

    fn dead_letter(&mut self, source: Option<SourceName>, at: Origin, reject: Reject) -> anyhow::Result<()> {
        self.tallies.reject(source, reject.reason);
        self.pen.dead_letter(source, &self.incoming, at.record(), reject, self.out)
    }
}

impl<'a> Sink<'a> for Message<'a, '_> {
    type Error = anyhow::Error;

    fn context(&self, source: &Source, origin: Origin) -> RecordContext<'a> {
        let number = self.streams.of(self.input, source.name);
        let row = self.streams.row(number);
        let stream_ix = StreamIx(u16::try_from(number).unwrap_or(u16::MAX));
        RecordContext { stream: &row.stream, stream_ix, stream_realm: &row.realm, origin }
    }

    fn settle(
        &mut self,
        source: &'static Source,
        origin: Origin,
        verdict: Verdict,
        events: &mut Vec<Event<'_>>,
    ) -> anyhow::Result<()> {
        match verdict {
            Verdict::Understood { at } => {
                self.tallies.understand(source.name, events.len());
                self.deliver(source.name, at)?;
                let row = self.streams.row(self.streams.of(self.input, source.name));
                let input = &self.book.reading(self.number).name;
                let origin = EventOrigin { input, offset: self.incoming.offset, record: origin.record() };
                events.iter().try_for_each(|event| self.pen.event(event, &row.stream, &origin, self.out))
            }
            Verdict::Ignored { reason, at } => {
                self.tallies.ignore(Some(source.name), reason);
                at.map_or(Ok(()), |at| self.deliver(source.name, at))
            }
            Verdict::Rejected(reject) => self.dead_letter(Some(source.name), origin, reject),
        }
    }

    /// A period in which nothing was delivered counts as heard. One with files does so by their records
    /// alone: whether the files have come is not known here.
    fn prove(&mut self, source: &'static Source, _: Origin, proof: &Proof<'_>) -> anyhow::Result<()> {
        let stream = self.streams.of(self.input, source.name);
        self.tallies.prove(stream, proof.to);
        if !proof.files.is_empty() {
            return Ok(());
        }
        proof.hours().try_for_each(|hour| self.hear(stream, EventTime::start_of_hour(hour)))
    }

    fn ignore(&mut self, reason: &'static str) {
        self.tallies.ignore(None, reason);
    }

    fn reject(&mut self, origin: Origin, reject: Reject) -> anyhow::Result<()> {
        self.dead_letter(None, origin, reject)
    }
}
