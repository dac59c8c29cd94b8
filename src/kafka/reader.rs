//! One partition, from an offset to an exact end: how state is restored and a stretch of log read again.
//!
//! The end is the trap. A reader of committed records is told of an end that lies before the transactions
//! that are still open, and one of these may be the very one whose state is to be restored. So the end comes
//! from what was committed, or from a client that counts open transactions too, and the reader waits until it
//! is there. The last records may have been compacted away or belong to an aborted transaction: what counts
//! is that the client has passed them.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::Message;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::client;
use super::context::{self, ConsumerNotes};
use super::health::{self, Health};
use super::settings::Connection;
use super::stage::{Incoming, Place};
use crate::telemetry::clock::{Deadline, Stopwatch};
use crate::time::WallTime;

const ASK: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(100);
/// A partition that says nothing for so long, short of its end, is stuck: open transactions of ours end
/// within ten seconds, those that others may have within their own timeout.
const STUCK: Duration = Duration::from_mins(2);
const SAY: Duration = Duration::from_secs(5);

/// Where reading ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadTo {
    /// At this offset, and no committed record may lie behind it: somebody else would have written it.
    Exactly(u64),
    /// Before this offset; what follows is none of the reader's business.
    Before(u64),
    /// Where the partition ends now, transactions included that are still open.
    Now,
}

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    pub records: u64,
    /// The offset up to which was read.
    pub end: u64,
}

/// Gives every committed record of `place` from offset `from` on to `each`.
///
/// # Errors
/// Where brokers or the topic do not answer, where `each` fails, and where a record lies behind an exact end.
pub fn read_partition(
    connection: &Connection,
    place: &Place,
    from: u64,
    to: ReadTo,
    each: impl FnMut(Incoming<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<Ended> {
    let reading = Reading::start(connection, place, from, to);
    reading.and_then(|reading| reading.run(each)).with_context(|| format!("{place} cannot be read"))
}

struct Reading<'a> {
    place: &'a Place,
    consumer: BaseConsumer<ConsumerNotes>,
    next: u64,
    end: u64,
    is_exact: bool,
    records: u64,
}

impl<'a> Reading<'a> {
    fn start(connection: &Connection, place: &'a Place, from: u64, to: ReadTo) -> anyhow::Result<Self> {
        let health = Arc::new(Health::default());
        let consumer = context::consumer(&client::reader(connection), connection, &health)?;
        let (low, _) = watermarks(&consumer, place)?;
        let end = match to {
            ReadTo::Exactly(end) | ReadTo::Before(end) => end,
            ReadTo::Now => end_now(connection, place)?,
        };
        let next = from.max(low.cast_unsigned());
        let mut list = TopicPartitionList::new();
        let start = Offset::Offset(next.cast_signed());
        list.add_partition_offset(&place.topic, place.partition, start)?;
        consumer.assign(&list)?;
        Ok(Self { place, consumer, next, end, is_exact: matches!(to, ReadTo::Exactly(_)), records: 0 })
    }

    fn run(mut self, mut each: impl FnMut(Incoming<'_>) -> anyhow::Result<()>) -> anyhow::Result<Ended> {
        let from = self.next;
        let mut stuck = Deadline::after(STUCK);
        let mut said = Stopwatch::start();
        // An exact end is reached at the end of the partition only: what may lie behind it has to be seen.
        let mut is_done = self.next >= self.end && !self.is_exact;
        while !is_done {
            if said.elapsed() > SAY {
                tracing::info!(place = %self.place, from, at = self.next, end = self.end, "reading");
                said = Stopwatch::start();
            }
            let before = self.next;
            is_done = self.step(&mut each)?;
            if self.next > before || self.consumer.context().take_disturbed() {
                stuck = Deadline::after(STUCK);
            } else if stuck.passed() {
                bail!(
                    "stuck at offset {} for {STUCK:?}, {} is to be reached\n  An open transaction of another \
                     producer holds it up, or the partition has no leader.",
                    self.next,
                    self.end
                );
            }
        }
        Ok(Ended { records: self.records, end: self.end.max(self.next) })
    }

    /// Whether the end is reached.
    fn step(&mut self, each: &mut impl FnMut(Incoming<'_>) -> anyhow::Result<()>) -> anyhow::Result<bool> {
        let message = match self.consumer.poll(POLL) {
            None => return Ok(false),
            Some(Err(KafkaError::PartitionEOF(_))) => return Ok(self.position().max(self.next) >= self.end),
            Some(Err(error)) => return go_on(&error).map(|()| false),
            Some(Ok(message)) => message,
        };
        let offset = message.offset().cast_unsigned();
        if offset >= self.end {
            if self.is_exact {
                bail!(
                    "there is a record at offset {offset}, behind the end {} that was committed\n  Two \
                     processes write to this partition, or a group was reset alone. Stop the other one.",
                    self.end
                );
            }
            return Ok(true);
        }
        each(Incoming {
            place: self.place,
            offset,
            timestamp: message.timestamp().to_millis().map(|ms| WallTime::from_micros(ms * 1_000)),
            key: message.key(),
            payload: message.payload().unwrap_or_default(),
        })?;
        self.records += 1;
        self.next = offset + 1;
        Ok(self.next >= self.end && !self.is_exact)
    }

    /// Where the client stands, beyond markers and records that are never delivered.
    fn position(&self) -> u64 {
        let positions = self.consumer.position();
        let found = positions.ok().and_then(|list| {
            let offset = list.find_partition(&self.place.topic, self.place.partition)?.offset();
            if let Offset::Offset(offset) = offset { u64::try_from(offset).ok() } else { None }
        });
        found.unwrap_or(0)
    }
}

/// Errors that pass are waited for, however long brokers are away.
fn go_on(error: &KafkaError) -> anyhow::Result<()> {
    let code = error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Unknown);
    let is_grave = matches!(
        code,
        RDKafkaErrorCode::AutoOffsetReset
            | RDKafkaErrorCode::OffsetOutOfRange
            | RDKafkaErrorCode::TopicAuthorizationFailed
            | RDKafkaErrorCode::UnknownTopicOrPartition
            | RDKafkaErrorCode::UnknownTopic
            | RDKafkaErrorCode::UnknownPartition
            | RDKafkaErrorCode::BadMessage
    );
    if is_grave {
        return Err(error.clone().into());
    }
    if !health::is_transport(code) {
        tracing::debug!(%error, "the reader reports");
    }
    Ok(())
}

/// The first offset and the end of `place`, once brokers answer.
fn watermarks(consumer: &BaseConsumer<ConsumerNotes>, place: &Place) -> anyhow::Result<(i64, i64)> {
    let mut said = None;
    loop {
        let error = match consumer.fetch_watermarks(&place.topic, place.partition, ASK) {
            Ok(offsets) => return Ok(offsets),
            Err(error) => error,
        };
        go_on(&error)?;
        context::listen(consumer);
        if said.as_ref() != Some(&error) {
            tracing::warn!(%place, %error, "brokers do not say where a partition ends; asking again");
            said = Some(error);
        }
        thread::sleep(POLL);
    }
}

/// Where `place` ends, open transactions included.
fn end_now(connection: &Connection, place: &Place) -> anyhow::Result<u64> {
    let health = Arc::new(Health::default());
    let consumer = context::consumer(&client::uncommitted_reader(connection), connection, &health)?;
    let (_, high) = watermarks(&consumer, place)?;
    Ok(high.cast_unsigned())
}
