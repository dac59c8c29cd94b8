//! What the clients of a shard say of their connection, each thing once.
//!
//! librdkafka reports a broker that is gone some ten times a second, and the reason why it refuses us only
//! here: the calls themselves merely time out.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};

use rdkafka::error::{KafkaError, RDKafkaErrorCode};

/// Shared by the clients of one shard, and written on threads of theirs.
#[derive(Debug, Default)]
pub struct Health {
    told: Mutex<Told>,
    disturbed: AtomicBool,
}

#[derive(Debug, Default)]
struct Told {
    /// Written to the log since all was well.
    logged: BTreeSet<String>,
    /// The last error that says why we are not let in.
    refused: Option<String>,
    last: Option<String>,
}

impl Health {
    /// Takes an error that no call returns.
    pub fn report(&self, error: &KafkaError, reason: &str) {
        let Some(code) = error.rdkafka_error_code() else { return };
        if code == RDKafkaErrorCode::PartitionEOF {
            return;
        }
        if is_transport(code) {
            self.disturbed.store(true, Ordering::Relaxed);
        }
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        // That all are down is said last and says nothing.
        if code != RDKafkaErrorCode::AllBrokersDown || told.last.is_none() {
            told.last = Some(reason.to_owned());
        }
        if is_refusal(code) {
            told.refused = Some(reason.to_owned());
        }
        if told.logged.insert(format!("{code:?}")) {
            tracing::warn!(?code, "Kafka: {reason}");
        }
    }

    /// All is well: what goes wrong from here on is worth saying again.
    pub fn recovered(&self) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if !told.logged.is_empty() {
            tracing::info!("Kafka answers again");
            *told = Told::default();
        }
    }

    /// Why we are not let in, if a broker or TLS said so.
    pub fn refused(&self) -> Option<String> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).refused.clone()
    }

    /// The last thing that was said.
    pub fn last(&self) -> Option<String> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).last.clone()
    }

    /// Whether a connection failed since this was asked last. A request may then arrive late, and in the
    /// midst of the next transaction.
    pub fn take_disturbed(&self) -> bool {
        self.disturbed.swap(false, Ordering::Relaxed)
    }
}

fn is_refusal(code: RDKafkaErrorCode) -> bool {
    matches!(
        code,
        RDKafkaErrorCode::Authentication | RDKafkaErrorCode::SSL | RDKafkaErrorCode::SaslAuthenticationFailed
    )
}

/// Whether `code` says that brokers cannot be reached now, rather than that something is wrong with us.
pub fn is_transport(code: RDKafkaErrorCode) -> bool {
    matches!(
        code,
        RDKafkaErrorCode::BrokerTransportFailure
            | RDKafkaErrorCode::AllBrokersDown
            | RDKafkaErrorCode::OperationTimedOut
            | RDKafkaErrorCode::RequestTimedOut
            | RDKafkaErrorCode::MessageTimedOut
            | RDKafkaErrorCode::Resolve
            | RDKafkaErrorCode::WaitingForCoordinator
            | RDKafkaErrorCode::CoordinatorNotAvailable
            | RDKafkaErrorCode::CoordinatorLoadInProgress
            | RDKafkaErrorCode::NotCoordinator
            | RDKafkaErrorCode::LeaderNotAvailable
            | RDKafkaErrorCode::NotLeaderForPartition
            | RDKafkaErrorCode::NetworkException
            | RDKafkaErrorCode::BrokerNotAvailable
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_kept_while_the_broker_repeats_itself() {
        let health = Health::default();
        health.report(&KafkaError::Global(RDKafkaErrorCode::Authentication), "invalid credentials");
        health.report(&KafkaError::Global(RDKafkaErrorCode::AllBrokersDown), "1/1 brokers are down");
        assert_eq!(health.refused().as_deref(), Some("invalid credentials"));
        assert_eq!(health.last().as_deref(), Some("invalid credentials"));
        assert!(health.take_disturbed());
        assert!(!health.take_disturbed());
        health.recovered();
        assert_eq!(health.refused(), None);
    }

    #[test]
    fn the_end_of_a_partition_is_no_error() {
        let health = Health::default();
        health.report(&KafkaError::Global(RDKafkaErrorCode::PartitionEOF), "end");
        assert_eq!(health.last(), None);
    }
}
