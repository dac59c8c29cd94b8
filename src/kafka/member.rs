//! The shard as the member of a consumer group, and the only one.
//!
//! Offsets and what belongs to them are kept by the group. All partitions of a stage are read by one process:
//! a second one is refused before it takes anything away, and noticed if both come at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerGroupMetadata};
use rdkafka::error::KafkaResult;
use rdkafka::message::BorrowedMessage;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::client;
use super::context::{self, ConsumerNotes, Rebalance};
use super::health::Health;
use super::native;
use super::settings::{Connection, Settings};
use super::stage::{Committed, Place};
use super::watch;
use crate::telemetry::clock::Deadline;

/// How long a single question to the brokers may take.
const ASK: Duration = Duration::from_secs(5);
/// How long questions are repeated while the program starts.
const START: Duration = Duration::from_secs(15);
/// A clean stop takes less than two seconds, whatever the brokers do.
const CLOSE: Duration = Duration::from_millis(1_200);
/// Digits and dashes of the UUID that brokers put behind the name of a static member.
const UUID_LENGTH: usize = 36;

/// What a stage of this process is called in Kafka.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    pub group: String,
    /// Transactional id and group instance id: the same after a restart.
    pub instance: String,
}

impl Names {
    pub fn of(settings: &Settings, stage: &str) -> Self {
        let group = format!("{}-{stage}", settings.application);
        let instance = format!("{group}-{}", settings.node);
        Self { group, instance }
    }
}

/// A member of the group of a stage.
pub struct Member<'a> {
    consumer: BaseConsumer<ConsumerNotes>,
    connection: &'a Connection,
    health: Arc<Health>,
    names: &'a Names,
    topics: Vec<String>,
    /// All partitions of all topics.
    expected: usize,
    stop: &'a AtomicBool,
}

impl<'a> Member<'a> {
    pub fn join(
        connection: &'a Connection,
        names: &'a Names,
        topics: Vec<String>,
        health: Arc<Health>,
        stop: &'a AtomicBool,
    ) -> anyhow::Result<Self> {
        let consumer = consumer(connection, names, &health)?;
        let mut member = Self { consumer, connection, health, names, topics, expected: 0, stop };
        member.expected = member.count_partitions()?;
        member.refuse_company()?;
        member.subscribe()?;
        Ok(member)
    }

    fn subscribe(&self) -> anyhow::Result<()> {
        let topics: Vec<&str> = self.topics.iter().map(String::as_str).collect();
        self.consumer.subscribe(&topics).context("cannot subscribe")
    }

    /// Leaves the present consumer for a new one, which has no partitions yet.
    pub fn rejoin(&mut self) -> anyhow::Result<()> {
        let fresh = consumer(self.connection, self.names, &self.health)?;
        close(std::mem::replace(&mut self.consumer, fresh));
        self.subscribe()
    }

    pub fn close(self) {
        close(self.consumer);
    }

    fn count_partitions(&self) -> anyhow::Result<usize> {
        let mut partitions = 0;
        for topic in &self.topics {
            let ask = || self.consumer.fetch_metadata(Some(topic), ASK);
            let metadata =
                self.at_start(ask).with_context(|| format!("topic {topic} cannot be looked up"))?;
            let found = metadata.topics().first().map_or(0, |found| found.partitions().len());
            if found == 0 {
                bail!(
                    "topic {topic} does not exist, or this user may not read it\n  Create it first: `tenure \
                     topics create` makes those that Tenure writes."
                );
            }
            partitions += found;
        }
        Ok(partitions)
    }

    fn refuse_company(&self) -> anyhow::Result<()> {
        let group = &self.names.group;
        let ask = || self.consumer.fetch_group_list(Some(group), ASK);
        let groups = self.at_start(ask).with_context(|| format!("group {group} cannot be looked up"))?;
        let members = groups.groups().iter().flat_map(rdkafka::groups::GroupInfo::members);
        let Some(other) = members.into_iter().find(|member| !is_member(&self.names.instance, member.id()))
        else {
            return Ok(());
        };
        bail!(
            "group {group} has another member: {} on {}\n  One process reads all partitions of a stage. Stop \
             the other one, or wait 30 seconds if it is gone. Two that are to run side by side need an \
             `application` each.",
            other.client_id(),
            other.client_host(),
        )
    }

    /// Repeats a question until it is answered: a broker that has just started does not know groups yet.
    fn at_start<T>(&self, ask: impl Fn() -> KafkaResult<T>) -> KafkaResult<T> {
        let deadline = Deadline::after(START);
        loop {
            match ask() {
                Err(error) if !deadline.passed() && !self.stopped() => {
                    context::listen(&self.consumer);
                    tracing::debug!(%error, "asking again");
                    thread::sleep(Duration::from_millis(200));
                }
                answer => return answer,
            }
        }
    }

    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    pub fn poll(&self, wait: Duration) -> Option<KafkaResult<BorrowedMessage<'_>>> {
        self.consumer.poll(wait)
    }

    pub fn next_rebalance(&self) -> Option<Rebalance> {
        self.consumer.context().next_rebalance()
    }

    /// Puts back a change that cannot be carried out yet.
    pub fn put_back(&self, change: Rebalance) {
        self.consumer.context().put_back(change);
    }

    /// Whether the group has counted us out.
    pub fn is_lost(&self) -> bool {
        self.consumer.assignment_lost()
    }

    /// What says on whose behalf offsets are committed; `None` if we are in no group. Taken when it is used:
    /// a generation that has passed is refused.
    pub fn group(&self) -> Option<ConsumerGroupMetadata> {
        let metadata = self.consumer.group_metadata()?;
        native::group_generation(&self.consumer)?;
        (!self.is_lost()).then_some(metadata)
    }

    /// What the group has committed for each of `places`, once no transaction is pending. Waits for brokers
    /// as long as it takes; `None` when told to stop.
    pub fn committed(&self, places: &[Place]) -> Option<Vec<Option<Committed>>> {
        let mut list = TopicPartitionList::with_capacity(places.len());
        for place in places {
            list.add_partition(&place.topic, place.partition);
        }
        self.patiently("the group's offsets cannot be read", || {
            let offsets = self.consumer.committed_offsets(list.clone(), ASK)?;
            places.iter().map(|place| committed(&offsets, place)).collect()
        })
    }

    /// The first offset that `place` still has; `None` when told to stop.
    pub fn beginning(&self, place: &Place) -> Option<u64> {
        self.patiently("the beginning of a partition cannot be read", || {
            let (low, _) = self.consumer.fetch_watermarks(&place.topic, place.partition, ASK)?;
            Ok(low.cast_unsigned())
        })
    }

    fn patiently<T>(&self, what: &str, ask: impl Fn() -> KafkaResult<T>) -> Option<T> {
        let mut wait = Duration::from_millis(50);
        let mut said = None;
        while !self.stopped() {
            let error = match ask() {
                Ok(answer) => return Some(answer),
                Err(error) => error,
            };
            if said.as_ref() != Some(&error) {
                tracing::warn!(%error, "{what}; asking again");
                said = Some(error);
            }
            thread::sleep(wait);
            wait = (wait * 2).min(Duration::from_secs(1));
        }
        None
    }

    /// Begins to read each place at its offset.
    pub fn assign(&self, starts: &[(Place, u64)]) -> anyhow::Result<()> {
        let list = list(starts)?;
        self.consumer.incremental_assign(&list).context("partitions cannot be taken up")
    }

    /// Goes back to an offset of places that are read already.
    pub fn seek(&self, starts: &[(Place, u64)]) -> anyhow::Result<()> {
        let list = list(starts)?;
        let sought = self.consumer.seek_partitions(list, ASK).context("reading cannot go back")?;
        for element in sought.elements() {
            element.error().with_context(|| format!("reading of {} cannot go back", element.topic()))?;
        }
        Ok(())
    }

    pub fn give_up(&self, partitions: &TopicPartitionList) {
        if let Err(error) = self.consumer.incremental_unassign(partitions) {
            tracing::warn!(%error, "partitions cannot be given up");
        }
    }

    pub const fn expected(&self) -> usize {
        self.expected
    }

    /// Where the client stands in `place`: beyond the last record if markers follow it.
    pub fn position(&self, place: &Place) -> Option<u64> {
        let positions = self.consumer.position().ok()?;
        let Offset::Offset(offset) = positions.find_partition(&place.topic, place.partition)?.offset() else {
            return None;
        };
        u64::try_from(offset).ok()
    }

    /// Where `place` ends, as of the last fetch.
    pub fn cached_end(&self, place: &Place) -> Option<u64> {
        native::cached_end(&self.consumer, &place.topic, place.partition)
    }
}

fn consumer(
    connection: &Connection,
    names: &Names,
    health: &Arc<Health>,
) -> Result<BaseConsumer<ConsumerNotes>, client::Refused> {
    let config = client::group_consumer(connection, &names.group, &names.instance);
    context::consumer(&config, connection, health)
}

fn close(consumer: BaseConsumer<ConsumerNotes>) {
    let notes = consumer.context();
    notes.close();
    while let Some(change) = notes.next_rebalance() {
        context::answer(&consumer, &change);
    }
    watch::drop_within(CLOSE, "close consumer", consumer);
}

fn list(starts: &[(Place, u64)]) -> KafkaResult<TopicPartitionList> {
    let mut list = TopicPartitionList::with_capacity(starts.len());
    for (place, offset) in starts {
        list.add_partition_offset(&place.topic, place.partition, Offset::Offset(offset.cast_signed()))?;
    }
    Ok(list)
}

fn committed(offsets: &TopicPartitionList, place: &Place) -> KafkaResult<Option<Committed>> {
    let Some(element) = offsets.find_partition(&place.topic, place.partition) else { return Ok(None) };
    element.error()?;
    let Offset::Offset(offset) = element.offset() else { return Ok(None) };
    let next_offset = offset.cast_unsigned();
    Ok(Some(Committed { next_offset, metadata: element.metadata().to_owned() }))
}

/// Whether `id` is that of a member called `instance`: brokers append a dash and a UUID.
fn is_member(instance: &str, id: &str) -> bool {
    let rest = id.strip_prefix(instance).and_then(|rest| rest.strip_prefix('-'));
    rest.is_some_and(|rest| rest.len() == UUID_LENGTH)
}

#[cfg(test)]
mod tests {
    use super::is_member;

    #[test]
    fn a_member_is_known_by_its_whole_name() {
        let uuid = "3f0c3a4e-5d0a-4c62-9b9c-0f5a4d4e8c11";
        assert!(is_member("tenure-ingest-a", &format!("tenure-ingest-a-{uuid}")));
        assert!(!is_member("tenure-ingest-a", &format!("tenure-ingest-a-b-{uuid}")));
        assert!(!is_member("tenure-ingest-a", &format!("tenure-ingest-ab-{uuid}")));
        assert!(!is_member("tenure-ingest-a", &format!("rdkafka-{uuid}")));
    }
}
