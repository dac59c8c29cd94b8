//! What ingest writes: events by realm, progress to everyone, dead letters.

use super::Setup;
use crate::avro::framing::Header;
use crate::event::Event;
use crate::format::event_avro::{self, EventOrigin};
use crate::format::progress_avro;
use crate::kafka::dead_letter::DeadLetter;
use crate::kafka::murmur2::partition_of;
use crate::kafka::stage::{Incoming, Outbox, Outgoing};
use crate::progress::Progress;
use crate::source::Reject;
use crate::stream::{SourceName, Stream};

/// Writes into the present transaction, over one buffer.
pub(super) struct Pen {
    events: String,
    dead_letter: String,
    partitions: i32,
    event_header: Header,
    progress_header: Header,
    buffer: Vec<u8>,
}

impl Pen {
    pub(super) fn new(setup: &Setup) -> Self {
        Self {
            events: setup.topics.events.clone(),
            dead_letter: setup.topics.dead_letter.clone(),
            partitions: setup.events_partitions,
            event_header: setup.event_header,
            progress_header: setup.progress_header,
            buffer: Vec::new(),
        }
    }

    /// Writes `event` to the partition of its realm.
    pub(super) fn event(
        &mut self,
        event: &Event<'_>,
        stream: &Stream,
        origin: &EventOrigin<'_>,
        out: &mut dyn Outbox,
    ) -> anyhow::Result<()> {
        self.buffer.clear();
        self.event_header.write(&mut self.buffer);
        event_avro::encode(event, stream, origin, &mut self.buffer);
        let key = event.realm.as_bytes();
        out.send(Outgoing {
            topic: &self.events,
            partition: Some(partition_of(key, self.partitions)),
            key: Some(key),
            payload: Some(&self.buffer),
        })
    }

    /// Writes `progress` to every partition of the events: each has a clock of its own.
    pub(super) fn progress(&mut self, progress: &Progress, out: &mut dyn Outbox) -> anyhow::Result<()> {
        self.buffer.clear();
        self.progress_header.write(&mut self.buffer);
        progress_avro::encode(progress, &mut self.buffer);
        for partition in 0..self.partitions {
            let payload = Some(self.buffer.as_slice());
            out.send(Outgoing { topic: &self.events, partition: Some(partition), key: None, payload })?;
        }
        Ok(())
    }

    /// Writes that record `number` of `message` was rejected.
    pub(super) fn dead_letter(
        &mut self,
        source: Option<SourceName>,
        message: &Incoming<'_>,
        number: u64,
        reject: Reject,
        out: &mut dyn Outbox,
    ) -> anyhow::Result<()> {
        DeadLetter::of_record(message, number, source, reject).send(&self.dead_letter, out)
    }
}
