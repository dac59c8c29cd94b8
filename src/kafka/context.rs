//! What librdkafka calls us back with, on threads of its own or while it is polled.
//!
//! Callbacks only take notes. A change of the assignment is carried out by the loop of the shard, which may
//! have to commit before it gives a partition away.

use std::collections::{BTreeMap, VecDeque};
use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rdkafka::client::{ClientContext, OAuthToken};
use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::Message;
use rdkafka::producer::{DeliveryResult, ProducerContext};
use rdkafka::topic_partition_list::TopicPartitionList;
use rdkafka::types::RDKafkaRespErr;

use super::client::Refused;
use super::health::Health;
use super::oauth::{self, Issuer};
use super::settings::Connection;
use super::stage::Delivered;

/// librdkafka's own lines: what matters arrives as an error too, so they are for whoever debugs.
fn log(facility: &str, text: &str) {
    tracing::debug!(target: "librdkafka", facility, "{text}");
}

/// A change of what a consumer may read.
#[derive(Debug)]
pub enum Rebalance {
    Assign(TopicPartitionList),
    Revoke(TopicPartitionList),
}

/// Notes of a consumer.
#[derive(Debug)]
pub struct ConsumerNotes {
    health: Arc<Health>,
    issuer: Option<Issuer>,
    rebalances: Mutex<VecDeque<Rebalance>>,
    closing: AtomicBool,
}

impl ConsumerNotes {
    pub fn new(connection: &Connection, health: Arc<Health>) -> Self {
        let issuer = Issuer::of(connection);
        Self { health, issuer, rebalances: Mutex::default(), closing: AtomicBool::new(false) }
    }

    pub fn next_rebalance(&self) -> Option<Rebalance> {
        self.rebalances.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// Whether a connection failed since this was asked last.
    pub fn take_disturbed(&self) -> bool {
        self.health.take_disturbed()
    }

    pub fn put_back(&self, change: Rebalance) {
        self.rebalances.lock().unwrap_or_else(PoisonError::into_inner).push_front(change);
    }

    /// From here on changes are carried out at once: a consumer that closes waits for them.
    pub fn close(&self) {
        self.closing.store(true, Ordering::Release);
    }
}

impl ClientContext for ConsumerNotes {
    const ENABLE_REFRESH_OAUTH_TOKEN: bool = true;

    fn log(&self, _level: RDKafkaLogLevel, facility: &str, text: &str) {
        log(facility, text);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.health.report(&error, reason);
    }

    fn generate_oauth_token(&self, _: Option<&str>) -> Result<OAuthToken, Box<dyn Error>> {
        oauth::generate(self.issuer.as_ref())
    }
}

impl ConsumerContext for ConsumerNotes {
    fn rebalance(
        &self,
        consumer: &BaseConsumer<Self>,
        change: RDKafkaRespErr,
        partitions: &mut TopicPartitionList,
    ) {
        let partitions = partitions.clone();
        let change = if change == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            Rebalance::Assign(partitions)
        } else {
            Rebalance::Revoke(partitions)
        };
        if self.closing.load(Ordering::Acquire) {
            answer(consumer, &change);
        } else {
            self.rebalances.lock().unwrap_or_else(PoisonError::into_inner).push_back(change);
        }
    }
}

/// A consumer that takes its notes. It is heard once, for librdkafka asks for the first token in this way.
pub fn consumer(
    config: &ClientConfig,
    connection: &Connection,
    health: &Arc<Health>,
) -> Result<BaseConsumer<ConsumerNotes>, Refused> {
    let consumer = config.create_with_context(ConsumerNotes::new(connection, Arc::clone(health)))?;
    listen(&consumer);
    Ok(consumer)
}

/// Hears what a consumer that reads nothing yet has to say: errors, and that it needs another token.
pub fn listen(consumer: &BaseConsumer<ConsumerNotes>) {
    // Errors are in the notes by then.
    let _ = consumer.poll(Duration::ZERO);
}

/// Carries out a change without a thought to what is read: the consumer is on its way out.
pub fn answer(consumer: &BaseConsumer<ConsumerNotes>, change: &Rebalance) {
    let answered = match change {
        Rebalance::Assign(partitions) => consumer.incremental_assign(partitions),
        Rebalance::Revoke(partitions) => consumer.incremental_unassign(partitions),
    };
    if let Err(error) = answered {
        tracing::debug!(%error, "while closing, a change of the assignment was not carried out");
    }
}

/// Notes of a producer: where the records of the present transaction went.
#[derive(Debug)]
pub struct ProducerNotes {
    health: Arc<Health>,
    issuer: Option<Issuer>,
    deliveries: Mutex<Deliveries>,
}

/// One past the last offset written, by topic and partition.
#[derive(Debug, Default, Clone)]
pub struct Ends(BTreeMap<String, BTreeMap<i32, u64>>);

impl Delivered for Ends {
    fn end(&self, topic: &str, partition: i32) -> Option<u64> {
        self.0.get(topic)?.get(&partition).copied()
    }
}

impl Ends {
    fn record(&mut self, topic: &str, partition: i32, offset: i64) {
        let Ok(offset) = u64::try_from(offset) else { return };
        if !self.0.contains_key(topic) {
            self.0.insert(topic.to_owned(), BTreeMap::new());
        }
        if let Some(partitions) = self.0.get_mut(topic) {
            let end = partitions.entry(partition).or_default();
            *end = (*end).max(offset + 1);
        }
    }
}

#[derive(Debug, Default)]
struct Deliveries {
    ends: Ends,
    failed: Option<Undelivered>,
}

/// A record that a broker did not take.
#[derive(Debug, Clone, thiserror::Error)]
#[error("a record of {bytes} bytes was not taken by topic {topic}: {code}")]
pub struct Undelivered {
    pub topic: String,
    pub bytes: usize,
    pub code: RDKafkaErrorCode,
}

impl ProducerNotes {
    pub fn new(connection: &Connection, health: Arc<Health>) -> Self {
        Self { health, issuer: Issuer::of(connection), deliveries: Mutex::default() }
    }

    /// A transaction begins: nothing is delivered.
    pub fn reset(&self) {
        *self.deliveries.lock().unwrap_or_else(PoisonError::into_inner) = Deliveries::default();
    }

    /// Where the records went so far.
    pub fn ends(&self) -> Ends {
        self.deliveries.lock().unwrap_or_else(PoisonError::into_inner).ends.clone()
    }

    /// The first record that was not taken.
    pub fn failed(&self) -> Option<Undelivered> {
        self.deliveries.lock().unwrap_or_else(PoisonError::into_inner).failed.clone()
    }
}

impl ClientContext for ProducerNotes {
    const ENABLE_REFRESH_OAUTH_TOKEN: bool = true;

    fn log(&self, _level: RDKafkaLogLevel, facility: &str, text: &str) {
        log(facility, text);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.health.report(&error, reason);
    }

    fn generate_oauth_token(&self, _: Option<&str>) -> Result<OAuthToken, Box<dyn Error>> {
        oauth::generate(self.issuer.as_ref())
    }
}

impl ProducerContext for ProducerNotes {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        let mut deliveries = self.deliveries.lock().unwrap_or_else(PoisonError::into_inner);
        match result {
            Ok(record) => deliveries.ends.record(record.topic(), record.partition(), record.offset()),
            Err((error, record)) => {
                let code = error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Unknown);
                let bytes = record.payload_len() + record.key_len();
                let topic = record.topic().to_owned();
                deliveries.failed.get_or_insert(Undelivered { topic, bytes, code });
            }
        }
    }
}
