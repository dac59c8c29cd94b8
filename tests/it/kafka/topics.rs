//! `tenure topics` on a real Kafka.

use std::fs;
use std::path::Path;
use std::process::Output;

use super::broker::{Broker, broker};
use crate::program::{code, stderr, stdout, tenure};

struct Fixture {
    folder: tempfile::TempDir,
    prefix: String,
}

impl Fixture {
    /// A configuration with topics nobody else has, whose input is there.
    fn new(broker: &Broker) -> Self {
        Self::at(broker, &broker.bootstrap, "")
    }

    fn at(broker: &Broker, bootstrap: &str, login: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (prefix, input) = (broker.fresh("own"), broker.topic("raw", 2, &[]));
        let text = format!(
            "[kafka]\nbrokers = ['{bootstrap}']\n{login}\n[[input]]\ntopic = '{input}'\n\
             [topics]\nprefix = '{prefix}'\n"
        );
        fs::write(folder.path().join("tenure.toml"), text).unwrap();
        Self { folder, prefix }
    }

    fn topics(&self, args: &[&str]) -> Output {
        topics(self.folder.path(), args)
    }

    fn create(&self, partitions: &str) -> Output {
        self.topics(&["create", "--partitions", partitions, "--replication", "1"])
    }
}

fn topics(folder: &Path, args: &[&str]) -> Output {
    tenure(folder, &[&["topics"], args, &["--config", "tenure.toml"]].concat())
}

#[test]
fn topics_are_created_once_and_found_as_they_must_be() {
    let Some(broker) = broker() else { return };
    let fixture = Fixture::new(broker);
    let missing = fixture.topics(&["check"]);
    assert_eq!(code(&missing), 2, "{}", stderr(&missing));
    assert_eq!(stdout(&missing).matches("is not there: run `tenure topics create`").count(), 5);

    let created = fixture.create("3");
    assert_eq!(
        (code(&created), stdout(&created).matches(": created").count()),
        (0, 5),
        "{}",
        stderr(&created)
    );
    assert!(stdout(&created).contains("warning: topic") && stdout(&created).contains("has 1 replica"));

    let again = fixture.create("7");
    assert_eq!((code(&again), stdout(&again).matches(": was there").count()), (0, 5), "{}", stderr(&again));
    let checked = fixture.topics(&["check"]);
    assert_eq!(code(&checked), 0, "{}{}", stdout(&checked), stderr(&checked));
    assert!(stdout(&checked).ends_with("ok: `tenure run` can start\n"), "{}", stdout(&checked));
}

#[test]
fn a_state_topic_is_created_with_the_partitions_the_events_have() {
    let Some(broker) = broker() else { return };
    let fixture = Fixture::new(broker);
    let events = format!("{}.events", fixture.prefix);
    broker.make_topic(&events, 5, &[("message.timestamp.type", "LogAppendTime")]);
    let created = fixture.create("3");
    assert_eq!(code(&created), 0, "{}{}", stdout(&created), stderr(&created));
}

#[test]
fn topics_that_cannot_be_used_stop_a_run_with_what_to_do() {
    let Some(broker) = broker() else { return };
    let fixture = Fixture::new(broker);
    broker.make_topic(&format!("{}.events", fixture.prefix), 2, &[]);
    broker.make_topic(&format!("{}.state", fixture.prefix), 1, &[]);
    let created = fixture.create("2");
    assert_eq!(code(&created), 2, "what is there is not changed: {}", stdout(&created));
    let run = tenure(fixture.folder.path(), &["run", "--config", "tenure.toml"]);
    let said = stderr(&run);
    assert_eq!(code(&run), 2, "{said}");
    for part in [
        "--add-config message.timestamp.type=LogAppendTime",
        "--add-config cleanup.policy=compact",
        "has 1 partitions and the events have 2",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn more_replicas_than_brokers_are_refused_with_the_option_to_change() {
    let Some(broker) = broker() else { return };
    let created = Fixture::new(broker).topics(&["create", "--replication", "3"]);
    assert_eq!(code(&created), 2);
    assert!(stderr(&created).contains("give --replication"), "{}", stderr(&created));
}

#[cfg(feature = "tls")]
#[test]
fn a_login_over_tls_works_and_a_wrong_one_is_unreachable() {
    let Some(broker) = broker() else { return };
    let Some(secure) = broker.secure() else { return };
    let login = |ca: &Path, password: &str| {
        let ca = ca.display();
        let username = secure.username;
        let login = format!(
            "[kafka.tls]\nca = '{ca}'\n[kafka.sasl]\nmechanism = 'SCRAM-SHA-512'\nusername = '{username}'\n\
             password = {{ file = 'password' }}"
        );
        let fixture = Fixture::at(broker, &secure.bootstrap, &login);
        fs::write(fixture.folder.path().join("password"), format!("{password}\n")).unwrap();
        fixture.create("1")
    };
    let right = login(&secure.ca, secure.password);
    assert_eq!(code(&right), 0, "{}{}", stdout(&right), stderr(&right));
    let wrong_password = login(&secure.ca, "not-the-password-of-this-user");
    assert_eq!(code(&wrong_password), 4, "{}", stderr(&wrong_password));
    assert!(stderr(&wrong_password).contains("cannot be reached"), "{}", stderr(&wrong_password));
    assert!(!stderr(&wrong_password).contains("not-the-password"), "{}", stderr(&wrong_password));
    let wrong_ca = login(&secure.other_ca, secure.password);
    assert_eq!(code(&wrong_ca), 4, "{}", stderr(&wrong_ca));
}
