//! What each client of librdkafka is told.
//!
//! Defaults of librdkafka favour throughput over certainty: they commit by themselves, skip what they cannot
//! find, wait ten seconds before they reconnect. Every setting that differs says here why.

use rdkafka::config::ClientConfig;
use rdkafka::error::KafkaError;

use super::settings::{Connection, Sasl, ScramHash, Tls};

/// Within this time the broker ends a transaction whose owner is gone; until then it holds up readers.
const TRANSACTION_TIMEOUT_MS: &str = "10000";

/// A connection that cannot be tried, whatever the brokers say.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("this build cannot speak {what}: build with the feature `tls`, which is on by default")]
    Unsupported { what: &'static str },
    /// librdkafka does not take a setting. Its value is not shown: it may be a secret.
    #[error("the Kafka client refuses the setting {name}: {why}")]
    Setting { name: String, why: String },
    #[error("the Kafka client cannot be created: {0}")]
    Creation(String),
}

impl From<KafkaError> for Refused {
    fn from(error: KafkaError) -> Self {
        if let KafkaError::ClientConfig(_, why, name, _) = error {
            // Some of librdkafka's explanations quote the value.
            let why = if is_secret(&name) { "its value is not accepted".to_owned() } else { why };
            return Self::Setting { name, why };
        }
        if let KafkaError::ClientCreation(why) = error {
            return Self::Creation(why);
        }
        Self::Creation(error.to_string())
    }
}

fn is_secret(name: &str) -> bool {
    ["password", "secret", "key.pem", "sasl.jaas", "oauthbearer.config"]
        .iter()
        .any(|part| name.contains(part))
}

/// A member of a consumer group that commits through transactions only.
#[must_use]
pub fn group_consumer(connection: &Connection, group: &str, instance: &str) -> ClientConfig {
    let mut config = read_committed(connection);
    config
        .set("client.id", instance)
        .set("group.id", group)
        // The same member after a restart: nothing moves, and the broker refuses commits of outsiders.
        .set("group.instance.id", instance)
        .set("partition.assignment.strategy", "cooperative-sticky")
        // Longer than a broker takes to restart: a member whose session ends meanwhile is fenced off.
        .set("session.timeout.ms", "30000")
        .set("heartbeat.interval.ms", "3000")
        // Loading the state of a partition may take minutes, and there is no other member to take over.
        .set("max.poll.interval.ms", "600000")
        .set("queued.min.messages", "20000")
        .set("queued.max.messages.kbytes", "32768");
    with_overrides(config, connection)
}

/// Reads partitions that it assigns to itself, committed records only.
#[must_use]
pub fn reader(connection: &Connection) -> ClientConfig {
    with_overrides(read_committed(connection), connection)
}

/// Asks for offsets as they are in the log, transactions that are still open included.
#[must_use]
pub fn uncommitted_reader(connection: &Connection) -> ClientConfig {
    let mut config = read_committed(connection);
    config.set("isolation.level", "read_uncommitted");
    with_overrides(config, connection)
}

/// Writes in transactions under `transactional_id`; whoever had the id before is fenced off.
#[must_use]
pub fn transactional_producer(connection: &Connection, transactional_id: &str) -> ClientConfig {
    let mut config = base(connection);
    config
        .set("client.id", transactional_id)
        .set("transactional.id", transactional_id)
        .set("transaction.timeout.ms", TRANSACTION_TIMEOUT_MS)
        // Below the transaction's: a lost record fails inside its transaction.
        .set("message.timeout.ms", "9000")
        // The end of a transaction is waited for explicitly, so nothing is gained by lingering longer.
        .set("linger.ms", "1")
        .set("compression.codec", "zstd")
        // As the Java client places keys, so that both agree on where a key lies.
        .set("partitioner", "murmur2_random")
        .set("batch.size", "1000000")
        .set("queue.buffering.max.messages", "200000")
        .set("queue.buffering.max.kbytes", "262144");
    with_overrides(config, connection)
}

/// Creates topics and reads configurations.
#[must_use]
pub fn admin(connection: &Connection) -> ClientConfig {
    with_overrides(base(connection), connection)
}

/// What every client is told: where the brokers are and who asks.
fn base(connection: &Connection) -> ClientConfig {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", connection.brokers.join(","))
        .set("client.id", "tenure")
        .set("allow.auto.create.topics", "false")
        .set("socket.timeout.ms", "5000")
        .set("socket.keepalive.enable", "true")
        // Ten seconds otherwise, on top of each restart of a broker.
        .set("reconnect.backoff.max.ms", "1000")
        .set("security.protocol", protocol(connection));
    if let Some(tls) = &connection.tls {
        set_tls(&mut config, tls);
    }
    if let Some(sasl) = &connection.sasl {
        set_sasl(&mut config, sasl);
    }
    config
}

fn read_committed(connection: &Connection) -> ClientConfig {
    let mut config = base(connection);
    config
        // librdkafka wants a group for any consumer that assigns itself; nothing is ever committed to it.
        .set("group.id", "tenure.reader")
        .set("isolation.level", "read_committed")
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("enable.partition.eof", "true")
        // To go on elsewhere than asked would skip or repeat part of an audit log without a word.
        .set("auto.offset.reset", "error")
        .set("fetch.wait.max.ms", "50")
        // A second otherwise, after each seek.
        .set("fetch.queue.backoff.ms", "20")
        .set("check.crcs", "true");
    config
}

/// Last, so that an operator's word counts.
fn with_overrides(mut config: ClientConfig, connection: &Connection) -> ClientConfig {
    for (name, value) in &connection.overrides {
        config.set(name, value);
    }
    config
}

fn protocol(connection: &Connection) -> &'static str {
    match (&connection.tls, &connection.sasl) {
        (None, None) => "plaintext",
        (Some(_), None) => "ssl",
        (None, Some(_)) => "sasl_plaintext",
        (Some(_), Some(_)) => "sasl_ssl",
    }
}

fn set_tls(config: &mut ClientConfig, tls: &Tls) {
    // An OpenSSL that is built in knows no authorities; `probe` finds the system's.
    let ca = tls.ca.as_ref().map_or_else(|| "probe".into(), |path| path.to_string_lossy());
    config.set("ssl.ca.location", ca);
    if let Some(certificate) = &tls.certificate {
        config.set("ssl.certificate.location", certificate.to_string_lossy());
    }
    if let Some(key) = &tls.key {
        config.set("ssl.key.location", key.to_string_lossy());
    }
    if let Some(password) = &tls.key_password {
        config.set("ssl.key.password", password.expose());
    }
}

fn set_sasl(config: &mut ClientConfig, sasl: &Sasl) {
    match sasl {
        Sasl::Plain { username, password } => {
            config
                .set("sasl.mechanism", "PLAIN")
                .set("sasl.username", username)
                .set("sasl.password", password.expose());
        }
        Sasl::Scram { hash, username, password } => {
            let mechanism = match hash {
                ScramHash::Sha256 => "SCRAM-SHA-256",
                ScramHash::Sha512 => "SCRAM-SHA-512",
            };
            config
                .set("sasl.mechanism", mechanism)
                .set("sasl.username", username)
                .set("sasl.password", password.expose());
        }
        // The token comes from the context of the client.
        Sasl::OauthBearer(_) => {
            config.set("sasl.mechanism", "OAUTHBEARER");
        }
    }
}

/// Whether this build of librdkafka can speak what `connection` asks for; its own errors name settings, not
/// what to do about them.
pub fn check_support(connection: &Connection) -> Result<(), Refused> {
    let native = ClientConfig::new().create_native_config()?;
    let features = native.get("builtin.features")?;
    let has = |feature: &str| features.split(',').any(|known| known.trim() == feature);
    let needs = [
        (connection.tls.is_some(), "ssl", "TLS"),
        (matches!(connection.sasl, Some(Sasl::Plain { .. })), "sasl_plain", "SASL PLAIN"),
        (matches!(connection.sasl, Some(Sasl::Scram { .. })), "sasl_scram", "SASL SCRAM"),
        (matches!(connection.sasl, Some(Sasl::OauthBearer(_))), "sasl_oauthbearer", "SASL OAUTHBEARER"),
    ];
    match needs.into_iter().find(|(needed, feature, ..)| *needed && !has(feature)) {
        Some((.., what)) => Err(Refused::Unsupported { what }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    #[cfg(feature = "tls")]
    use crate::kafka::oauth::Issuer;
    use crate::kafka::settings::Secret;

    fn connection(tls: Option<Tls>, sasl: Option<Sasl>) -> Connection {
        Connection { brokers: vec!["a:1".into(), "b:2".into()], tls, sasl, overrides: BTreeMap::new() }
    }

    fn scram() -> Sasl {
        let password = Secret::new("not to be seen".into());
        Sasl::Scram { hash: ScramHash::Sha512, username: "app".into(), password }
    }

    #[test]
    fn librdkafka_takes_every_setting() {
        let plain = connection(None, None);
        for config in [
            group_consumer(&plain, "g", "i"),
            reader(&plain),
            uncommitted_reader(&plain),
            transactional_producer(&plain, "t"),
            admin(&plain),
        ] {
            config.create_native_config().unwrap();
        }
    }

    #[cfg(feature = "tls")]
    #[test]
    fn tls_and_scram_go_together() {
        let secure = connection(Some(Tls::default()), Some(scram()));
        check_support(&secure).unwrap();
        let config = admin(&secure);
        config.create_native_config().unwrap();
        assert_eq!(config.get("security.protocol"), Some("sasl_ssl"));
        assert_eq!(config.get("ssl.ca.location"), Some("probe"));
        assert_eq!(config.get("sasl.mechanism"), Some("SCRAM-SHA-512"));
    }

    #[test]
    fn what_the_operator_sets_comes_last() {
        let mut plain = connection(None, None);
        plain.overrides.insert("linger.ms".into(), "7".into());
        assert_eq!(transactional_producer(&plain, "t").get("linger.ms"), Some("7"));
    }

    #[test]
    fn a_refused_setting_is_named_without_its_secret() {
        let mut plain = connection(None, None);
        plain.overrides.insert("no.such.setting".into(), "hush".into());
        let error = Refused::from(admin(&plain).create_native_config().err().unwrap());
        assert!(error.to_string().contains("no.such.setting"), "{error}");
        assert!(!error.to_string().contains("hush"), "{error}");
    }

    #[cfg(feature = "tls")]
    #[test]
    fn tokens_need_nothing_that_is_not_built_in() {
        let secret = Secret::new("hush".into());
        let issuer = Issuer::new("https://idp.example/token".into(), "app".into(), secret, None);
        let by_token = connection(None, Some(Sasl::OauthBearer(issuer)));
        check_support(&by_token).unwrap();
        admin(&by_token).create_native_config().unwrap();
    }

    #[cfg(not(feature = "tls"))]
    #[test]
    fn what_a_build_without_tls_cannot_speak_is_refused_with_advice() {
        for wanted in [connection(Some(Tls::default()), None), connection(None, Some(scram()))] {
            let error = check_support(&wanted).unwrap_err().to_string();
            assert!(error.contains("build with the feature `tls`"), "{error}");
        }
    }
}
