//! One transaction after the other on one producer.
//!
//! What a stage writes, and the offsets of what it read, become visible together or not at all. Whatever goes
//! wrong on the way ends in one [`Failure`]: the producer is of no use any more, and only a new one under the
//! same id can tell what became of the transaction.

use std::thread;
use std::time::Duration;

use anyhow::Context;
use rdkafka::consumer::ConsumerGroupMetadata;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseRecord, Producer};
use rdkafka::topic_partition_list::TopicPartitionList;

use super::connect::TransactionalProducer;
use super::context::{Ends, Undelivered};
use super::health::Health;
use super::hold::{self, Hold};
use super::stage::{Outbox, Outgoing};
use super::watch;
use crate::telemetry::clock::{Deadline, Stopwatch};

/// Deliveries are told by a thread of the producer; asking for them more rarely costs latency.
const DELIVERY_POLL: Duration = Duration::from_micros(150);
/// How much longer than its own timeout a call may take before it is held to hang.
const HANGS_AFTER: Duration = Duration::from_secs(3);
/// A call that takes longer may have been sent twice.
const SLOW: Duration = Duration::from_secs(1);

/// The transaction is lost, or nobody knows.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Nothing was sent to end it: the broker will abort it.
    #[error("{0}")]
    Lost(String),
    /// A record that no broker will ever take.
    #[error("{0}; raise max.message.bytes of the topic if it is to be taken")]
    Oversized(Undelivered),
    /// Another producer has our id, or the broker ended the transaction because it took too long.
    #[error("the transaction was ended by another producer or by its timeout: {0}")]
    Fenced(String),
    /// The end was asked for, and the answer is an error or none.
    #[error("the outcome of the transaction is in doubt: {0}")]
    InDoubt(String),
    #[error("a call of the Kafka client does not return")]
    Hung,
}

/// A producer, and whether it has a transaction open.
pub struct Transactor {
    producer: TransactionalProducer,
    open: bool,
    /// Written, and not yet given to the client.
    hold: Hold,
    failed: Option<Failure>,
}

/// What a committed transaction leaves behind.
#[derive(Debug, PartialEq, Eq)]
pub enum Aftermath {
    Clean,
    /// A request of it may still be on its way and would end the next one in its stead.
    Suspect(&'static str),
}

impl Transactor {
    pub fn new(producer: TransactionalProducer) -> Self {
        Self { producer, open: false, hold: Hold::default(), failed: None }
    }

    /// The producer, when it is to be dropped.
    pub fn into_producer(self) -> TransactionalProducer {
        self.producer
    }

    /// What went wrong with a record that was to be written. It is taken: what follows is about nothing else.
    pub fn take_failure(&mut self) -> Option<Failure> {
        self.failed.take()
    }

    /// Begins a transaction if none is open.
    pub fn begin(&mut self, health: &Health) -> Result<(), Failure> {
        if self.open {
            return Ok(());
        }
        health.take_disturbed();
        self.producer.context_notes().reset();
        self.producer.begin_transaction().map_err(|error| classify(&error, Failure::Lost))?;
        self.open = true;
        Ok(())
    }

    /// Waits until brokers have everything that was written. To be called before the offsets: librdkafka
    /// makes a hundred milliseconds of it otherwise.
    pub fn drain(&mut self, limit: Duration) -> Result<Ends, Failure> {
        self.release()?;
        let deadline = Deadline::after(limit);
        let notes = self.producer.context_notes();
        // After a record that failed the rest is never sent.
        while self.producer.in_flight_count() > 0 && notes.failed().is_none() {
            if deadline.passed() {
                return Err(Failure::Lost("brokers do not confirm what was written".into()));
            }
            thread::sleep(DELIVERY_POLL);
        }
        match notes.failed() {
            Some(record) if record.code == RDKafkaErrorCode::MessageSizeTooLarge => {
                Err(Failure::Oversized(record))
            }
            Some(record) => Err(Failure::Lost(record.to_string())),
            None => Ok(notes.ends()),
        }
    }

    /// Commits what was written together with `offsets`, on behalf of the member of `group`.
    pub fn commit(
        &mut self,
        offsets: TopicPartitionList,
        group: ConsumerGroupMetadata,
        limit: Duration,
        health: &Health,
    ) -> Result<Aftermath, Failure> {
        let took = Stopwatch::start();
        let producer = self.producer.clone();
        let repeated = watch::within(limit + HANGS_AFTER, "commit", move || {
            let deadline = Deadline::after(limit);
            let send = |left| producer.send_offsets_to_transaction(&offsets, &group, left);
            let repeated = repeat(deadline, send).map_err(|error| classify(&error, Failure::Lost))?;
            let commit = |left| producer.commit_transaction(left);
            let again = repeat(deadline, commit).map_err(|error| classify(&error, Failure::InDoubt))?;
            Ok(repeated || again)
        });
        let repeated = repeated.map_err(|watch::Hung| Failure::Hung)??;
        self.open = false;
        Ok(aftermath(took.elapsed(), repeated, health))
    }

    /// Ends the transaction for good measure, so that readers need not wait for its timeout. Whether that
    /// worked shows in what the group has committed.
    pub fn abort(&mut self, limit: Duration) -> Result<(), watch::Hung> {
        self.hold.clear();
        if !self.open {
            return Ok(());
        }
        self.open = false;
        let producer = self.producer.clone();
        let aborted = watch::within(limit + HANGS_AFTER, "abort", move || {
            repeat(Deadline::after(limit), |left| producer.abort_transaction(left))
        })?;
        if let Err(error) = aborted {
            tracing::debug!(%error, "the transaction was not aborted; the next producer settles it");
        }
        Ok(())
    }

    /// An outbox whose records belong to the transaction; the first of them begins it.
    pub fn outbox<'a>(&'a mut self, health: &'a Health) -> impl Outbox + 'a {
        Writer { transactor: self, health }
    }

    fn send(&mut self, record: Outgoing<'_>, health: &Health) -> Result<(), Failure> {
        self.begin(health)?;
        if record.payload.map_or(0, <[u8]>::len) > hold::RECORD_BYTES {
            self.release()?;
            return give(&self.producer, record);
        }
        self.hold.push(&record);
        if self.hold.is_full() { self.release() } else { Ok(()) }
    }

    /// Gives the client what is held.
    fn release(&mut self) -> Result<(), Failure> {
        let Self { hold, producer, .. } = self;
        hold.release(|record| give(producer, record))
    }
}

fn give(producer: &TransactionalProducer, record: Outgoing<'_>) -> Result<(), Failure> {
    let deadline = Deadline::after(SLOW * 8);
    let mut message: BaseRecord<'_, [u8], [u8]> = BaseRecord::to(record.topic);
    message.partition = record.partition;
    message.key = record.key;
    message.payload = record.payload;
    loop {
        let (error, refused) = match producer.send(message) {
            Ok(()) => return Ok(()),
            Err(refused) => refused,
        };
        let code = error.rdkafka_error_code();
        if code == Some(RDKafkaErrorCode::QueueFull) && !deadline.passed() {
            thread::sleep(DELIVERY_POLL);
            message = refused;
            continue;
        }
        if code == Some(RDKafkaErrorCode::MessageSizeTooLarge) {
            let bytes = record.key.map_or(0, <[u8]>::len) + record.payload.map_or(0, <[u8]>::len);
            let (topic, code) = (record.topic.to_owned(), RDKafkaErrorCode::MessageSizeTooLarge);
            return Err(Failure::Oversized(Undelivered { topic, bytes, code }));
        }
        return Err(Failure::Lost(format!("a record cannot be written to topic {}: {error}", record.topic)));
    }
}

struct Writer<'a> {
    transactor: &'a mut Transactor,
    health: &'a Health,
}

impl Outbox for Writer<'_> {
    fn send(&mut self, record: Outgoing<'_>) -> anyhow::Result<()> {
        let sent = self.transactor.send(record, self.health);
        let Err(failure) = sent else { return Ok(()) };
        let text = failure.to_string();
        self.transactor.failed.get_or_insert(failure);
        Err(anyhow::Error::msg(text)).context("the transaction cannot go on")
    }
}

/// Makes the same call until it succeeds, fails for good or is out of time; whether it took more than one.
fn repeat(deadline: Deadline, call: impl Fn(Duration) -> Result<(), KafkaError>) -> Result<bool, KafkaError> {
    let mut repeated = false;
    loop {
        match call(deadline.left().max(Duration::from_millis(1))) {
            // A conflict comes from another call that timed out, and only claims to be worth repeating.
            Err(KafkaError::Transaction(error))
                if error.is_retriable()
                    && error.code() != RDKafkaErrorCode::Conflict
                    && !deadline.passed() =>
            {
                repeated = true;
                thread::sleep(Duration::from_millis(10));
            }
            done => return done.map(|()| repeated),
        }
    }
}

fn aftermath(took: Duration, repeated: bool, health: &Health) -> Aftermath {
    if health.take_disturbed() {
        Aftermath::Suspect("disturbed")
    } else if repeated {
        Aftermath::Suspect("repeated")
    } else if took > SLOW {
        Aftermath::Suspect("slow")
    } else {
        Aftermath::Clean
    }
}

/// Fatal errors say that another producer has taken over, or that the broker believes so.
fn classify(error: &KafkaError, otherwise: impl FnOnce(String) -> Failure) -> Failure {
    let KafkaError::Transaction(inner) = error else { return otherwise(error.to_string()) };
    if inner.is_fatal() {
        Failure::Fenced(inner.string())
    } else if inner.txn_requires_abort() {
        Failure::Lost(inner.string())
    } else {
        otherwise(inner.string())
    }
}

/// The notes that a producer takes.
trait Notes {
    fn context_notes(&self) -> &super::context::ProducerNotes;
}

impl Notes for TransactionalProducer {
    fn context_notes(&self) -> &super::context::ProducerNotes {
        self.client().context()
    }
}
