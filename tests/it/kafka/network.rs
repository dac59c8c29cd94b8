//! A shard whose network fails: nothing is lost or doubled, and it is said why there is no connection.

use std::thread;
use std::time::{Duration, Instant};

use tenure::kafka::connect::Unreachable;
use tenure::kafka::settings::{Sasl, ScramHash, Secret, Tls};

use super::broker::broker;
use super::pass::Site;
use super::proxy::{END_TXN, Fault, PRODUCE};

const RECORDS: u64 = 2_000;

/// Runs a shard of many small transactions through a proxy that `spoils` some of what it forwards.
fn passes_exactly_once(api: i16, faults: &[(usize, Fault)]) {
    let Some(broker) = broker() else { return };
    let Some(proxy) = broker.proxy() else { return };
    let mut site = Site::new(broker, 2);
    site.settings.connection.brokers = vec![proxy.bootstrap.clone()];
    site.settings.commit.records_max = 100;
    site.settings.commit.records_max_behind = 100;
    for (nth, fault) in faults {
        proxy.fault(api, *nth, *fault);
    }
    site.produce(0..RECORDS);
    let running = site.run();
    let all: Vec<u64> = (0..RECORDS).collect();
    let records = usize::try_from(RECORDS).unwrap();
    assert_eq!(site.wait_for(records), all, "{faults:?}");
    running.stop();
    assert_eq!(site.wait_for(records), all, "{faults:?}");
}

#[test]
fn commits_whose_connection_breaks_pass_exactly_once() {
    passes_exactly_once(END_TXN, &[(2, Fault::CutBefore), (6, Fault::CutAfter)]);
}

#[test]
fn a_commit_that_is_lost_passes_exactly_once() {
    passes_exactly_once(END_TXN, &[(3, Fault::Lose)]);
}

#[test]
fn a_commit_whose_answer_is_lost_passes_exactly_once() {
    passes_exactly_once(END_TXN, &[(3, Fault::LoseReply)]);
}

#[test]
fn a_commit_that_arrives_late_does_not_end_the_next_transaction() {
    passes_exactly_once(END_TXN, &[(3, Fault::Delay(Duration::from_secs(8)))]);
}

#[test]
fn records_whose_connection_breaks_pass_exactly_once() {
    passes_exactly_once(PRODUCE, &[(2, Fault::CutBefore), (9, Fault::CutAfter), (20, Fault::LoseReply)]);
}

#[test]
fn brokers_that_go_away_are_waited_for() {
    let Some(broker) = broker() else { return };
    let Some(proxy) = broker.proxy() else { return };
    let mut site = Site::new(broker, 2);
    site.settings.connection.brokers = vec![proxy.bootstrap.clone()];
    site.produce(0..1_000);
    let running = site.run_with(|record| {
        if record.offset % 100 == 50 {
            thread::sleep(Duration::from_millis(200));
        }
        Ok(())
    });
    thread::sleep(Duration::from_secs(1));
    proxy.down();
    thread::sleep(Duration::from_secs(12));
    proxy.up();
    assert_eq!(site.wait_for(1_000), (0..1_000).collect::<Vec<u64>>());
    running.stop();
}

/// Why a shard does not start that comes to the secure listener with `password` and trusts `ca`.
fn refused(password: &str, right_ca: bool) -> Option<(Unreachable, Duration)> {
    let broker = broker()?;
    let secure = broker.secure()?;
    let mut site = Site::new(broker, 1);
    let connection = &mut site.settings.connection;
    connection.brokers = vec![secure.bootstrap.clone()];
    let ca = if right_ca { secure.ca.clone() } else { secure.other_ca.clone() };
    connection.tls = Some(Tls { ca: Some(ca), ..Tls::default() });
    let (username, password) = (secure.username.to_owned(), Secret::new(password.to_owned()));
    connection.sasl = Some(Sasl::Scram { hash: ScramHash::Sha512, username, password });
    let since = Instant::now();
    let error = site.run().fails();
    Some((error.downcast().expect("a typed error"), since.elapsed()))
}

#[test]
fn a_wrong_password_is_named_before_the_deadline() {
    let Some((error, took)) = refused("another-password", true) else { return };
    assert!(error.advice.contains("password"), "{error}");
    assert!(!error.to_string().contains("another-password"), "{error}");
    // Ten seconds are what it would wait for a broker that says nothing.
    assert!(took < Duration::from_secs(9), "{took:?}");
}

#[test]
fn an_authority_that_is_not_trusted_is_named() {
    let Some((error, _)) = refused("not-a-secret", false) else { return };
    assert!(error.advice.contains("`ca`"), "{error}");
}

#[test]
fn a_port_that_speaks_tls_is_told_from_one_that_is_closed() {
    let Some(broker) = broker() else { return };
    let Some(secure) = broker.secure() else { return };
    let mut site = Site::new(broker, 1);
    site.settings.connection.brokers = vec![secure.bootstrap.clone()];
    let error: Unreachable = site.run().fails().downcast().expect("a typed error");
    assert!(error.advice.contains("security.protocol"), "{error}");
}
