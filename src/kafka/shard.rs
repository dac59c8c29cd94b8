//! The loop of a shard: reads, lets its stage work, commits.
//!
//! Everything happens on one thread, in the order of the log. The client's callbacks only leave notes, which
//! the loop carries out between two records: a partition is given up after what was read of it is committed.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::topic_partition_list::TopicPartitionList;

use super::connect::{Connector, NoProducer};
use super::context::Rebalance;
use super::health::{self, Health};
use super::member::{Member, Names};
use super::recovery::Recovery;
use super::settings::Settings;
use super::stage::{Place, Stage};
use super::transaction::{Aftermath, Transactor};
use super::watch;
use super::work::{Trouble, Work};
use crate::telemetry::clock::{Deadline, Stopwatch};
use crate::telemetry::metrics::Metrics;

/// The longest the consumer is waited for: changes of the assignment and the stop signal are seen in between.
const POLL: Duration = Duration::from_millis(20);
const TICK: Duration = Duration::from_millis(100);
/// Below the transaction's timeout: after it the broker has the last word.
const COMMIT: Duration = Duration::from_secs(8);
/// What a clean stop leaves a commit.
const LAST_COMMIT: Duration = Duration::from_secs(1);
/// Numbers for people change no faster than they are read.
const SHOW: Duration = Duration::from_secs(1);

/// Runs `stage` on the calling thread until `stop` is set.
///
/// # Errors
/// [`super::connect::Unreachable`] where Kafka cannot be reached at the start; otherwise what an operator has
/// to put right. Brokers that go away later are waited for.
pub fn run<S: Stage>(
    settings: &Settings,
    stage: S,
    stop: &AtomicBool,
    metrics: &Metrics,
) -> anyhow::Result<()> {
    let names = Names::of(settings, stage.name());
    let health = Arc::new(Health::default());
    let connector = Connector {
        connection: &settings.connection,
        transactional_id: &names.instance,
        health: &health,
        stop,
    };
    let producer = match connector.first() {
        Ok(producer) => producer,
        Err(NoProducer::Stopped) => return Ok(()),
        Err(error) => return Err(error.into_error()),
    };
    let transactor = Transactor::new(producer);
    health.recovered();
    let member = Member::join(&settings.connection, &names, stage.topics(), Arc::clone(&health), stop)?;
    let metrics = metrics.of_stage(stage.name());
    let dead_letters = settings.topics.dead_letter.clone();
    let work = Work::new(stage, transactor, metrics, Arc::clone(&health), settings.commit, dead_letters);
    let mut shard = Shard {
        work,
        member,
        connector,
        recovery: Recovery::default(),
        ticked: Deadline::after(TICK),
        shown: Stopwatch::start(),
    };
    let ran = shard.run();
    shard.close();
    ran
}

pub(super) struct Shard<'a, S> {
    pub(super) work: Work<S>,
    pub(super) member: Member<'a>,
    pub(super) connector: Connector<'a>,
    pub(super) recovery: Recovery,
    ticked: Deadline,
    shown: Stopwatch,
}

impl<S: Stage> Shard<'_, S> {
    fn run(&mut self) -> anyhow::Result<()> {
        while !self.member.stopped() {
            match self.turn() {
                Ok(()) => {}
                Err(Trouble::Fatal(error)) => return Err(error),
                Err(trouble) => self.recover(&trouble)?,
            }
        }
        self.finish();
        Ok(())
    }

    fn turn(&mut self) -> Result<(), Trouble> {
        self.serve_rebalances()?;
        self.read()?;
        if self.ticked.passed() && !self.work.places.all().is_empty() {
            self.ticked = Deadline::after(TICK);
            self.work.tick()?;
            self.show_progress();
        }
        if self.work.until_commit().is_some_and(|left| left.is_zero()) {
            self.commit(COMMIT)?;
        }
        Ok(())
    }

    fn read(&mut self) -> Result<(), Trouble> {
        let wait = self.work.until_commit().unwrap_or(POLL).min(POLL).min(self.ticked.left());
        match self.member.poll(wait) {
            Some(Ok(message)) => self.work.take(&message),
            None => {
                self.work.ran_empty();
                Ok(())
            }
            Some(Err(KafkaError::PartitionEOF(partition))) => self.reached_end(partition),
            Some(Err(error)) => self.consumer_error(&error),
        }
    }

    /// The client names the partition of an end, not its topic.
    fn reached_end(&mut self, partition: i32) -> Result<(), Trouble> {
        let held = self.work.places.all().iter().filter(|held| held.place.partition == partition);
        let candidates: Vec<(Place, u64)> = held.map(|held| (held.place.clone(), held.next)).collect();
        let is_only = candidates.len() == 1;
        for (place, next) in candidates {
            let position = || self.member.position(&place).unwrap_or(0).max(next);
            if is_only || self.member.cached_end(&place).is_some_and(|end| position() >= end) {
                self.work.reached_end(&place)?;
            }
        }
        Ok(())
    }

    fn consumer_error(&self, error: &KafkaError) -> Result<(), Trouble> {
        let code = error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Unknown);
        if matches!(error, KafkaError::MessageConsumptionFatal(_)) {
            return Err(Trouble::Consumer(code));
        }
        if matches!(code, RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange) {
            return Err(self.records_gone().into());
        }
        // A change of the assignment follows, or what is wrong passes; it was logged when it was reported.
        if !health::is_transport(code) {
            tracing::debug!(%error, "the consumer reports");
        }
        Ok(())
    }

    /// To go on elsewhere would skip records, or read them twice, without a word.
    fn records_gone(&self) -> anyhow::Error {
        let held = self.work.places.all().iter();
        let places: Vec<String> = held.map(|held| format!("{} from {}", held.place, held.next)).collect();
        let last = self.work.health.last().unwrap_or_default();
        anyhow::anyhow!(
            "records that are to be read next are gone: {last}\n  This shard reads {}. The topic was cut or \
             made anew; move the offsets of the group on purpose, or start over with another `application`.",
            places.join(", ")
        )
    }

    /// Commits, and makes the producer anew where a request of it may still be on its way.
    fn commit(&mut self, limit: Duration) -> Result<(), Trouble> {
        let member = &self.member;
        let aftermath = self.work.commit(|| member.group(), limit)?;
        if let Aftermath::Suspect(reason) = aftermath {
            tracing::info!(reason, "the producer is made anew after a transaction that was committed");
            self.renew_producer(reason)?;
        }
        self.show_progress();
        Ok(())
    }

    fn show_progress(&mut self) {
        if self.shown.elapsed() < SHOW {
            return;
        }
        self.shown = Stopwatch::start();
        for held in self.work.places.all() {
            let Place { topic, partition } = &held.place;
            let end = self.member.cached_end(&held.place);
            // What ends a transaction lies behind the last record, and nobody reads it.
            let position = end.filter(|_| held.at_end).unwrap_or(held.next);
            self.work.metrics.progress(topic, *partition, position, end);
        }
    }

    /// A producer under the same id: it ends whatever the old one left, and nothing of the old one counts any
    /// more.
    pub(super) fn renew_producer(&mut self, reason: &str) -> anyhow::Result<()> {
        self.work.metrics.producer_recycled(reason);
        let fresh = match self.connector.again() {
            Err(NoProducer::Stopped) => return Ok(()),
            made => made.map_err(NoProducer::into_error)?,
        };
        let old = std::mem::replace(&mut self.work.transactor, Transactor::new(fresh));
        watch::drop_within(Duration::from_secs(1), "drop producer", old.into_producer());
        Ok(())
    }

    fn serve_rebalances(&mut self) -> Result<(), Trouble> {
        while let Some(change) = self.member.next_rebalance() {
            match change {
                Rebalance::Assign(partitions) => self.take_up(&places_of(&partitions))?,
                Rebalance::Revoke(partitions) if !self.work.is_begun() => self.give_up(&partitions),
                Rebalance::Revoke(partitions) => {
                    self.member.put_back(Rebalance::Revoke(partitions));
                    if self.member.is_lost() {
                        return Err(Trouble::Lost);
                    }
                    self.commit(COMMIT)?;
                }
            }
        }
        Ok(())
    }

    fn take_up(&mut self, places: &[Place]) -> Result<(), Trouble> {
        let Some(starts) = self.load(places)? else { return Ok(()) };
        self.member.assign(&starts)?;
        let (held, expected) = (self.work.places.all().len(), self.member.expected());
        if held < expected {
            return Err(anyhow::anyhow!(
                "only {held} of {expected} partitions are ours: another process has the rest\n  One process \
                 reads all partitions of a stage. Stop the other one, or give it an `application` of its own."
            )
            .into());
        }
        tracing::info!(partitions = held, "reading");
        Ok(())
    }

    pub(super) fn give_up(&mut self, partitions: &TopicPartitionList) {
        for place in places_of(partitions) {
            self.drop_place(&place);
        }
        self.member.give_up(partitions);
    }

    pub(super) fn drop_place(&mut self, place: &Place) {
        self.work.stage.unload(place);
        self.work.places.remove(place);
        self.work.metrics.forget(&place.topic, place.partition);
    }

    /// The last commit. What it cannot commit is read again by whoever comes next.
    fn finish(&mut self) {
        if !self.work.is_begun() {
            return;
        }
        if let Err(trouble) = self.commit(LAST_COMMIT) {
            tracing::warn!(%trouble, "the last transaction is left; its records will be read again");
            if self.work.transactor.abort(LAST_COMMIT).is_err() {
                self.work.metrics.hung_call();
            }
        }
    }

    fn close(self) {
        self.member.close();
        let producer = self.work.transactor.into_producer();
        watch::drop_within(Duration::from_secs(1), "drop producer", producer);
    }
}

pub(super) fn places_of(partitions: &TopicPartitionList) -> Vec<Place> {
    let elements = partitions.elements();
    let place = |topic: &str, partition| Place { topic: topic.to_owned(), partition };
    elements.iter().map(|element| place(element.topic(), element.partition())).collect()
}
