//! What a shard does with the records it is given: the present transaction, from its first record to its end.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use rdkafka::consumer::ConsumerGroupMetadata;
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::message::{BorrowedMessage, Message};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::care::{Care, Fault, Skip};
use super::context::Ends;
use super::health::Health;
use super::places::Places;
use super::settings::Commit;
use super::stage::{Incoming, Outbox, Outgoing, Place, Stage};
use super::transaction::{Aftermath, Failure, Transactor};
use crate::telemetry::clock::{Stopwatch, wall_clock};
use crate::telemetry::metrics::StageMetrics;
use crate::time::WallTime;

/// What brokers keep beside an offset.
const METADATA_BYTES_MAX: usize = 4_096;

/// Why a shard cannot simply go on.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error(transparent)]
    Transaction(#[from] Failure),
    #[error("the stage failed at {at}: {why}")]
    Stage { fault: Fault, at: String, why: String },
    #[error("the group has counted this member out")]
    Lost,
    #[error("the consumer is of no use any more: {0}")]
    Consumer(RDKafkaErrorCode),
    #[error(transparent)]
    Fatal(#[from] anyhow::Error),
}

/// What was taken in since the last commit.
struct Batch {
    since: Stopwatch,
    records: usize,
    bytes: usize,
    /// There was a moment with nothing to read.
    ran_empty: bool,
    /// It ends with its present record.
    is_full: bool,
}

pub struct Work<S> {
    pub stage: S,
    pub transactor: Transactor,
    pub places: Places,
    pub care: Care,
    pub metrics: StageMetrics,
    pub health: Arc<Health>,
    limits: Commit,
    dead_letters: String,
    batch: Option<Batch>,
    /// The last record that was handled in this transaction: which of `places`, and its offset.
    current: Option<(usize, u64)>,
}

impl<S: Stage> Work<S> {
    pub fn new(
        stage: S,
        transactor: Transactor,
        metrics: StageMetrics,
        health: Arc<Health>,
        limits: Commit,
        dead_letters: String,
    ) -> Self {
        let (places, care) = (Places::default(), Care::default());
        Self {
            stage,
            transactor,
            places,
            care,
            metrics,
            health,
            limits,
            dead_letters,
            batch: None,
            current: None,
        }
    }

    /// Takes one record.
    pub fn take(&mut self, message: &BorrowedMessage<'_>) -> Result<(), Trouble> {
        let Some(index) = self.places.find(message.topic(), message.partition()) else { return Ok(()) };
        let held = self.places.get(index);
        let offset = message.offset().cast_unsigned();
        if offset < held.next {
            return Ok(());
        }
        let payload = message.payload().unwrap_or_default();
        let batch = self.batch.get_or_insert_with(Batch::start);
        batch.records += 1;
        batch.bytes += payload.len();
        batch.is_full |= self.care.is_alone(&held.place, offset);
        self.current = Some((index, offset));
        self.handle(message, index, payload)?;
        self.places.advance(index, offset + 1);
        Ok(())
    }

    fn handle(&mut self, message: &BorrowedMessage<'_>, index: usize, payload: &[u8]) -> Result<(), Trouble> {
        let place = &self.places.get(index).place;
        let offset = message.offset().cast_unsigned();
        let letter = self.care.skipped(place, offset).map(Skip::letter);
        let record = Incoming {
            place,
            offset,
            timestamp: message.timestamp().to_millis().map(|ms| WallTime::from_micros(ms * 1_000)),
            key: message.key(),
            payload,
        };
        let topic = &self.dead_letters;
        let handled =
            guarded(&mut self.stage, &mut self.transactor, &self.health, |stage, out| match &letter {
                Some(letter) => {
                    tracing::error!(%place, offset, "a record that the stage cannot take is left out");
                    let payload = Some(letter.as_slice());
                    out.send(Outgoing { topic, partition: None, key: None, payload })
                }
                None => stage.handle(record, out),
            });
        handled.map_err(|fault| self.blame(fault))
    }

    /// Nothing is there to be read.
    pub fn ran_empty(&mut self) {
        if let Some(batch) = &mut self.batch {
            batch.ran_empty = true;
        }
    }

    pub fn reached_end(&mut self, place: &Place) -> Result<(), Trouble> {
        self.places.reached_end(place);
        if self.places.all_at_end() {
            self.ran_empty();
        }
        self.guard(|stage, _| {
            stage.reached_end(place);
            Ok(())
        })
    }

    pub fn tick(&mut self) -> Result<(), Trouble> {
        let wrote = self.guard(|stage, out| stage.tick(wall_clock(), out))?;
        if wrote {
            self.batch.get_or_insert_with(Batch::start);
        }
        Ok(())
    }

    /// Whether anything waits to be committed.
    pub fn is_begun(&self) -> bool {
        self.batch.is_some()
    }

    /// The time until the present transaction is to be committed; `None` where there is none.
    pub fn until_commit(&self) -> Option<Duration> {
        let batch = self.batch.as_ref()?;
        let (interval, records) = if batch.ran_empty {
            (self.limits.interval, self.limits.records_max)
        } else {
            (self.limits.interval_behind, self.limits.records_max_behind)
        };
        let is_full = batch.is_full || batch.records >= records || batch.bytes >= self.limits.bytes_max;
        Some(if is_full { Duration::ZERO } else { interval.saturating_sub(batch.since.elapsed()) })
    }

    /// Commits what was taken in. `group` is asked for at the last moment, and none means that we are not a
    /// member any more.
    pub fn commit(
        &mut self,
        group: impl FnOnce() -> Option<ConsumerGroupMetadata>,
        limit: Duration,
    ) -> Result<Aftermath, Trouble> {
        let cycle = Stopwatch::start();
        self.guard(|stage, out| stage.finish(out))?;
        self.transactor.begin(&self.health)?;
        let ends = match self.transactor.drain(limit) {
            Err(Failure::Oversized(record)) => {
                return Err(self.blame(Caught { fault: Fault::Oversized, why: record.to_string() }.into()));
            }
            drained => drained?,
        };
        let offsets = self.offsets(&ends)?;
        let group = group().ok_or(Trouble::Lost)?;
        let aftermath = self.transactor.commit(offsets, group, limit, &self.health)?;
        self.places.committed();
        self.care.committed(self.places.all());
        let records = self.batch.take().map_or(0, |batch| batch.records);
        self.current = None;
        self.metrics.committed(records, cycle.elapsed());
        self.health.recovered();
        self.guard(|stage, _| {
            stage.committed();
            Ok(())
        })?;
        Ok(aftermath)
    }

    /// Where each place is to go on, and what the stage keeps beside it.
    fn offsets(&mut self, ends: &Ends) -> Result<TopicPartitionList, Trouble> {
        let mut list = TopicPartitionList::with_capacity(self.places.all().len());
        for held in self.places.all() {
            let Place { topic, partition } = &held.place;
            let metadata = catch_unwind(AssertUnwindSafe(|| self.stage.metadata(&held.place, ends)))
                .map_err(|_| {
                    anyhow::anyhow!("the stage panicked when asked what to keep beside {}", held.place)
                })?;
            if metadata.len() > METADATA_BYTES_MAX {
                let bytes = metadata.len();
                return Err(anyhow::anyhow!(
                    "the stage keeps {bytes} bytes beside the offset of {}, more than {METADATA_BYTES_MAX}",
                    held.place
                )
                .into());
            }
            let mut element = list.add_partition(topic, *partition);
            element.set_metadata(metadata);
            element.set_offset(Offset::Offset(held.next.cast_signed())).map_err(anyhow::Error::from)?;
        }
        Ok(list)
    }

    /// What was taken in is void; gives the record that came last.
    pub fn forget(&mut self) -> Option<(Place, u64)> {
        self.batch = None;
        let (index, offset) = self.current.take()?;
        Some((self.places.get(index).place.clone(), offset))
    }

    fn guard<T>(
        &mut self,
        call: impl FnOnce(&mut S, &mut dyn Outbox) -> anyhow::Result<T>,
    ) -> Result<T, Trouble> {
        let called = guarded(&mut self.stage, &mut self.transactor, &self.health, call);
        called.map_err(|fault| self.blame(fault))
    }

    fn blame(&self, wrong: Wrong) -> Trouble {
        match wrong {
            Wrong::Transaction(failure) => failure.into(),
            Wrong::Stage(Caught { fault, why }) => {
                let at = match &self.current {
                    Some((index, offset)) => format!("{}/{offset}", self.places.get(*index).place),
                    None => "no record".into(),
                };
                Trouble::Stage { fault, at, why }
            }
        }
    }
}

/// What went wrong in a call of the stage: with what it wrote to, or with itself.
enum Wrong {
    Transaction(Failure),
    Stage(Caught),
}

struct Caught {
    fault: Fault,
    why: String,
}

impl From<Caught> for Wrong {
    fn from(caught: Caught) -> Self {
        Self::Stage(caught)
    }
}

/// Calls the stage, and catches what it throws. The text of a panic is not kept: it may quote the record.
fn guarded<S: Stage, T>(
    stage: &mut S,
    transactor: &mut Transactor,
    health: &Health,
    call: impl FnOnce(&mut S, &mut dyn Outbox) -> anyhow::Result<T>,
) -> Result<T, Wrong> {
    let called = catch_unwind(AssertUnwindSafe(|| {
        let mut out = transactor.outbox(health);
        call(stage, &mut out)
    }));
    let failed = transactor.take_failure();
    match (called, failed) {
        (Ok(_) | Err(_), Some(Failure::Oversized(record))) => {
            Err(Caught { fault: Fault::Oversized, why: record.to_string() }.into())
        }
        (Ok(_), Some(failure)) => Err(Wrong::Transaction(failure)),
        (Ok(called), None) => {
            called.map_err(|error| Caught { fault: Fault::Error, why: format!("{error:#}") }.into())
        }
        (Err(_), _) => Err(Caught { fault: Fault::Panic, why: "it panicked".into() }.into()),
    }
}

impl Batch {
    fn start() -> Self {
        Self { since: Stopwatch::start(), records: 0, bytes: 0, ran_empty: false, is_full: false }
    }
}
