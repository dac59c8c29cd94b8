//! What ingest writes: events by realm, progress to everyone, dead letters.

use serde::Serialize;

use super::Setup;
use crate::avro::framing::Header;
use crate::event::Event;
use crate::format::event_avro::{self, EventOrigin};
use crate::format::progress_avro;
use crate::kafka::murmur2::partition_of;
use crate::kafka::stage::{Incoming, Outbox, Outgoing};
use crate::progress::Progress;
use crate::source::Reject;
use crate::stream::{SourceName, Stream};

/// The version of the form of a dead letter.
const DEAD_LETTER_VERSION: u32 = 1;

/// A record that could not be read: why, and where it lies. Never a part of it.
#[derive(Serialize)]
struct DeadLetter<'a> {
    v: u32,
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'static str>,
    topic: &'a str,
    partition: i32,
    offset: u64,
    /// Within the message, from 1.
    record: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    byte: Option<u32>,
}

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
        self.buffer.clear();
        let letter = DeadLetter {
            v: DEAD_LETTER_VERSION,
            reason: reject.reason.as_str(),
            source: source.map(SourceName::as_str),
            topic: &message.place.topic,
            partition: message.place.partition,
            offset: message.offset,
            record: number,
            byte: reject.byte,
        };
        serde_json::to_writer(&mut self.buffer, &letter)?;
        let key = message.place.to_string();
        out.send(Outgoing {
            topic: &self.dead_letter,
            partition: None,
            key: Some(key.as_bytes()),
            payload: Some(&self.buffer),
        })
    }
}
