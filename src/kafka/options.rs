//! Settings of librdkafka that an operator may change, and those that are not theirs to change.

use rdkafka::config::ClientConfig;
use rdkafka::error::KafkaError;

/// Settings that exactly-once rests on, or that have a key of their own: beginnings of names, with what to
/// do instead.
const OWNED: &[(&str, &str)] = &[
    ("acks", ONCE),
    ("allow.auto.create.topics", "topics are created by `tenure topics create`"),
    ("auto.commit.", ONCE),
    ("auto.offset.reset", ONCE),
    ("bootstrap.servers", "write 'brokers' in [kafka]"),
    ("client.id", NODE),
    ("delivery.", ONCE),
    ("dr_", ONCE),
    ("enable.auto.", ONCE),
    ("enable.gapless.guarantee", ONCE),
    ("enable.idempotence", ONCE),
    ("enable.partition.eof", ONCE),
    ("group.", NODE),
    ("isolation.level", ONCE),
    ("max.in.flight", ONCE),
    ("message.send.max.retries", ONCE),
    ("message.timeout.ms", ONCE),
    ("metadata.broker.list", "write 'brokers' in [kafka]"),
    ("offset.store.", ONCE),
    ("partition.assignment.strategy", ONCE),
    ("partitioner", "events of one realm must meet in one partition"),
    ("plugin.library.paths", "no code is loaded by configuration"),
    ("request.required.acks", ONCE),
    ("retries", ONCE),
    ("sasl.", "write it in [kafka.sasl]"),
    ("security.protocol", "it follows from [kafka.tls] and [kafka.sasl]"),
    ("transaction.timeout.ms", ONCE),
    ("transactional.id", NODE),
];

const ONCE: &str = "exactly-once rests on its value";
const NODE: &str = "it follows from 'application' and 'node'";

/// Settings of TLS with a key of their own, or that hold a secret. The others, such as `ssl.cipher.suites`,
/// are free.
const OWNED_TLS: &[&str] =
    &["ssl.ca", "ssl.certificate", "ssl.engine", "ssl.key", "ssl.keystore", "ssl.provider", "ssl_"];

/// Whether an operator may set `name` to `value`, and librdkafka takes it.
///
/// # Errors
/// Says why not, and what to do, without the value.
pub fn check(name: &str, value: &str) -> Result<(), String> {
    if let Some((_, why)) = OWNED.iter().find(|(owned, _)| name.starts_with(owned)) {
        return Err(format!("'{name}' cannot be set here: {why}"));
    }
    if OWNED_TLS.iter().any(|owned| name.starts_with(owned)) {
        return Err(format!("'{name}' cannot be set here: write it in [kafka.tls]"));
    }
    match ClientConfig::new().set(name, value).create_native_config() {
        Ok(_) => Ok(()),
        Err(KafkaError::ClientConfig(_, why, ..)) if why.starts_with("No such configuration property") => {
            Err(format!("librdkafka has no setting '{name}': see its list of configuration properties"))
        }
        Err(_) => {
            Err(format!("librdkafka does not take this value for '{name}': see its list of properties"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nothing_depends_on_may_be_set() {
        assert_eq!(check("fetch.wait.max.ms", "100"), Ok(()));
        assert_eq!(check("ssl.cipher.suites", "DEFAULT").is_ok(), cfg!(feature = "tls"));
        for name in
            ["acks", "group.id", "transactional.id", "sasl.password", "ssl.key.pem", "ssl.ca.location"]
        {
            assert!(check(name, "1").unwrap_err().contains("cannot be set here"), "{name}");
        }
        for name in ["fetch.wait.max", "x"] {
            assert!(check(name, "1").unwrap_err().contains("has no setting"), "{name}");
        }
        let refused = check("fetch.wait.max.ms", "tomorrow").unwrap_err();
        assert!(refused.contains("does not take") && !refused.contains("tomorrow"), "{refused}");
    }

    #[test]
    fn every_owned_setting_exists() {
        for (name, _) in OWNED.iter().filter(|(name, _)| !name.ends_with(['.', '_'])) {
            let error = ClientConfig::new().set(*name, "\u{1}").create_native_config().err();
            let unknown = error.is_some_and(|error| error.to_string().contains("No such configuration"));
            assert!(!unknown || *name == "max.in.flight", "{name}");
        }
    }
}
