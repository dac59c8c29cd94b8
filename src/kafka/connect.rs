//! Reaching Kafka for the first time, and saying within seconds why it cannot be reached.
//!
//! A call that cannot connect says only that it timed out. The cause, a wrong password or an authority that
//! is not trusted, comes beside it; so the first call is made in slices, and what came is read in between.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{Producer, ThreadedProducer};

use super::client::{self, Refused};
use super::context::ProducerNotes;
use super::health::Health;
use super::settings::Connection;
use super::watch;
use crate::telemetry::clock::Deadline;

pub type TransactionalProducer = ThreadedProducer<ProducerNotes>;

/// How long the first connection may take.
const FIRST: Duration = Duration::from_secs(10);
const SLICE: Duration = Duration::from_millis(500);

/// Brokers that cannot be reached, or that do not let us in.
#[derive(Debug, thiserror::Error)]
#[error("Kafka at {brokers} cannot be reached: {why}\n  {advice}")]
pub struct Unreachable {
    pub brokers: String,
    pub why: String,
    pub advice: &'static str,
}

/// Why there is no producer.
#[derive(Debug, thiserror::Error)]
pub enum NoProducer {
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    #[error("Kafka does not allow transactions under the id {id}: {why}\n  {NO_ACCESS}")]
    Denied { id: String, why: String },
    #[error("told to stop while Kafka was not there")]
    Stopped,
}

impl NoProducer {
    /// The error itself, so that a caller finds [`Unreachable`] and [`Refused`] by their types.
    pub fn into_error(self) -> anyhow::Error {
        match self {
            Self::Refused(error) => error.into(),
            Self::Unreachable(error) => error.into(),
            other @ (Self::Denied { .. } | Self::Stopped) => other.into(),
        }
    }
}

/// What stands in for a producer that is to be had.
pub struct Connector<'a> {
    pub connection: &'a Connection,
    pub transactional_id: &'a str,
    pub health: &'a Arc<Health>,
    pub stop: &'a AtomicBool,
}

impl Connector<'_> {
    /// The producer of a program that starts: it is to be told soon if nothing can come of it.
    pub fn first(&self) -> Result<TransactionalProducer, NoProducer> {
        client::check_support(self.connection)?;
        let deadline = Deadline::after(FIRST);
        self.producer(|health| {
            let refused = health.refused();
            if refused.is_none() && !deadline.passed() {
                return Ok(());
            }
            Err(self.unreachable(refused.or_else(|| health.last())).into())
        })
    }

    /// The producer of a program that runs: it waits for brokers as long as it takes. Whatever transaction
    /// was open under its id is settled then.
    pub fn again(&self) -> Result<TransactionalProducer, NoProducer> {
        self.producer(|_| Ok(()))
    }

    fn producer(
        &self,
        go_on: impl Fn(&Health) -> Result<(), NoProducer>,
    ) -> Result<TransactionalProducer, NoProducer> {
        loop {
            let config = client::transactional_producer(self.connection, self.transactional_id);
            let notes = ProducerNotes::new(self.connection, Arc::clone(self.health));
            let producer: TransactionalProducer =
                config.create_with_context(notes).map_err(|error| self.not_created(error.into()))?;
            if self.settle(&producer, &go_on)? {
                return Ok(producer);
            }
            watch::drop_within(Duration::from_secs(1), "drop producer", producer);
        }
    }

    /// Whether `init_transactions` came to a good end; `false` asks for another producer.
    fn settle(
        &self,
        producer: &TransactionalProducer,
        go_on: &impl Fn(&Health) -> Result<(), NoProducer>,
    ) -> Result<bool, NoProducer> {
        loop {
            let error = match producer.init_transactions(SLICE) {
                Ok(()) => return Ok(true),
                Err(error) => error,
            };
            go_on(self.health)?;
            if self.stop.load(Ordering::Relaxed) {
                return Err(NoProducer::Stopped);
            }
            if is_denied(&error) {
                let (id, why) = (self.transactional_id.to_owned(), error.to_string());
                return Err(NoProducer::Denied { id, why });
            }
            if !matches!(&error, KafkaError::Transaction(error) if error.is_retriable()) {
                tracing::warn!(%error, "transactions cannot be begun; trying again");
                std::thread::sleep(SLICE);
                return Ok(false);
            }
        }
    }

    /// A client that cannot be created is one of a certificate that cannot be read, as a rule.
    pub(super) fn not_created(&self, refused: Refused) -> NoProducer {
        if let Refused::Creation(why) = &refused
            && why.contains("ssl.")
        {
            return self.unreachable(Some(why.clone())).into();
        }
        refused.into()
    }

    pub(super) fn unreachable(&self, why: Option<String>) -> Unreachable {
        let brokers = self.connection.brokers.join(",");
        let advice = advice(why.as_deref());
        Unreachable { brokers, why: why.unwrap_or_else(|| "no broker answers".into()), advice }
    }
}

fn is_denied(error: &KafkaError) -> bool {
    let code = error.rdkafka_error_code();
    matches!(
        code,
        Some(
            RDKafkaErrorCode::TransactionalIdAuthorizationFailed
                | RDKafkaErrorCode::ClusterAuthorizationFailed
        )
    )
}

const NO_ACCESS: &str = "Give this user the rights WRITE and DESCRIBE on the transactional id.";

/// What to do now about `why`, a text of librdkafka: its codes do not tell these cases apart.
fn advice(why: Option<&str>) -> &'static str {
    let has = |part: &str| why.is_some_and(|why| why.to_ascii_lowercase().contains(part));
    if has("oauthbearer token") {
        "Check `token_url`, `client_id` and `client_secret` in [kafka.sasl], and whether the issuer runs."
    } else if has("certificate verify failed") || has("broker certificate") {
        "The broker's certificate is not trusted: name its authority with `ca` in [kafka.tls], and the \
         broker as its certificate does."
    } else if has("ssl.") {
        "Check the files named in [kafka.tls]: they must exist, be PEM and be readable."
    } else if has("mechanism") && has("not supported") || has("unsupported sasl mechanism") {
        "Choose a SASL mechanism that the broker offers."
    } else if has("authentication") {
        "Check the user and the password or secret in [kafka.sasl]."
    } else if has("ssl") {
        "Check whether this port speaks TLS, and the files named in [kafka.tls]."
    } else if has("refused") || has("resolve") {
        "Check the brokers' names and ports, and whether they run."
    } else {
        "Check whether the port speaks what is configured: TLS or not, SASL or not (security.protocol)."
    }
}
