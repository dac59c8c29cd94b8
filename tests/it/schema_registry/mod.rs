//! The Schema Registry: what is registered, what is refused and in which words, and what goes on without it.

mod fake;

use std::time::Duration;

use tenure::avro::framing::{Contract, FINDING, Header};
use tenure::kafka::contracts::{Binding, ContractError, Contracts};
use tenure::kafka::registry::{Client, Compatibility, RegistryError};

use fake::Fake;

const SUBJECT: &str = "tenure.findings-value";

static OTHER: Contract = Contract::new(
    "other",
    r#"{"type": "record", "name": "Other", "namespace": "elsewhere", "fields": [
        {"name": "a", "type": "long"}]}"#,
);

fn client(fake: &Fake) -> Client {
    Client::with_timeout(&fake.settings(), Duration::from_secs(20)).unwrap()
}

fn contracts(fake: &Fake, register: bool) -> Result<Contracts, RegistryError> {
    let bindings = [Binding::of_topic("tenure.findings", &FINDING)];
    Contracts::registered(client(fake), register, &bindings, &[&FINDING, &OTHER])
}

#[test]
fn a_schema_is_registered_once_and_then_looked_up() {
    let fake = Fake::start();
    let first = contracts(&fake, true).unwrap();
    let again = contracts(&fake, true).unwrap();
    assert_eq!(first.header(&FINDING), Header::Confluent(1));
    assert_eq!(again.header(&FINDING), Header::Confluent(1));
    assert_eq!(fake.asked(&format!("POST /api/subjects/{SUBJECT}/versions")), 1);
    assert_eq!(client(&fake).schema(1).unwrap().as_deref(), Some(FINDING.text));
}

#[test]
fn two_contracts_of_one_topic_have_subjects_of_their_own() {
    let subjects = [
        Binding::of_topic("tenure.findings", &FINDING).subject,
        Binding::of_record("tenure.events", &OTHER).subject,
    ];
    assert_eq!(subjects, ["tenure.findings-value", "tenure.events-elsewhere.Other"]);
}

#[test]
fn where_registering_is_forbidden_the_schema_must_be_there() {
    let fake = Fake::start();
    let text = contracts(&fake, false).unwrap_err().to_string();
    assert!(text.contains(SUBJECT) && text.contains("schemas/finding.avsc"), "{text}");
    assert_eq!(fake.asked(&format!("POST /api/subjects/{SUBJECT}/versions")), 0);
    let id = client(&fake).register(SUBJECT, FINDING.text).unwrap();
    assert_eq!(contracts(&fake, false).unwrap().header(&FINDING), Header::Confluent(id));
}

#[test]
fn a_schema_that_may_not_follow_the_registered_one_is_refused_with_the_reason() {
    let fake = Fake::start();
    client(&fake).register(SUBJECT, OTHER.text).unwrap();
    fake.with(|state| state.objections.insert(SUBJECT.into(), "reader lacks field 'a'".into()));
    for register in [true, false] {
        let error = contracts(&fake, register).unwrap_err();
        assert!(matches!(error, RegistryError::Incompatible { .. }) && !error.is_passing(), "{error}");
        let text = error.to_string();
        assert!(text.contains(SUBJECT) && text.contains("reader lacks field 'a'"), "{text}");
    }
    fake.with(|state| state.gives_no_reason = true);
    for (register, reason) in [(true, "reader lacks field 'a'"), (false, "does not say why")] {
        let text = contracts(&fake, register).unwrap_err().to_string();
        assert!(text.contains(SUBJECT) && text.contains(reason), "{text}");
    }
    let refused = client(&fake).register(SUBJECT, FINDING.text).unwrap_err();
    assert!(matches!(refused, RegistryError::Incompatible { .. }), "{refused}");
}

#[test]
fn what_is_no_schema_and_what_is_not_there_is_said() {
    let fake = Fake::start();
    let error = client(&fake).register(SUBJECT, "{}").unwrap_err();
    assert!(matches!(error, RegistryError::Invalid { .. }), "{error}");
    assert_eq!(client(&fake).look_up(SUBJECT, FINDING.text), Ok(None));
    assert_eq!(client(&fake).schema(9), Ok(None));
    assert_eq!(client(&fake).compatibility(SUBJECT, FINDING.text), Ok(Compatibility::Compatible));
    client(&fake).register(SUBJECT, OTHER.text).unwrap();
    assert_eq!(client(&fake).look_up(SUBJECT, FINDING.text), Ok(None));
    assert_eq!(client(&fake).compatibility(SUBJECT, FINDING.text), Ok(Compatibility::Compatible));
}

#[test]
fn the_password_opens_and_a_wrong_one_is_not_told() {
    let fake = Fake::start();
    fake.with(|state| state.authorization = Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==".into()));
    let good = Client::new(&fake.settings_as("Aladdin", "open sesame")).unwrap();
    good.register(SUBJECT, FINDING.text).unwrap();
    let bad = Client::new(&fake.settings_as("Aladdin", "hunter-EXAMPLE")).unwrap();
    for client in [bad, client(&fake)] {
        let error = client.schema(1).unwrap_err();
        assert!(matches!(error, RegistryError::Unauthorised { status: 401, .. }) && !error.is_passing());
        let text = error.to_string();
        assert!(text.contains("`password`") && !text.contains("hunter"), "{text}");
    }
}

#[test]
fn a_failure_of_the_registry_is_told_from_a_mistake_in_the_settings() {
    let fake = Fake::start();
    let failing = |status, body: &str| {
        fake.with(|state| state.failing = Some((status, body.to_owned())));
        client(&fake).register(SUBJECT, FINDING.text).unwrap_err()
    };
    for status in [429, 500, 502, 503] {
        let error = failing(status, r#"{"error_code": 50001, "message": "the store is not ready"}"#);
        let text = error.to_string();
        assert!(
            error.is_passing() && text.contains(&status.to_string()) && text.contains("not ready"),
            "{text}"
        );
    }
    let text = failing(502, "<html>Bad Gateway</html>").to_string();
    assert!(text.contains("502") && !text.contains("html"), "{text}");
    for (status, body) in [(404, "<html>"), (405, ""), (200, "<html>welcome</html>"), (200, r#"{"a": 1}"#)] {
        let error = failing(status, body);
        assert!(matches!(error, RegistryError::NotARegistry { .. }) && !error.is_passing(), "{error}");
    }
    for (status, code) in [(403, 40301), (401, 0)] {
        let error = failing(status, &format!(r#"{{"error_code": {code}, "message": "no"}}"#));
        assert!(matches!(error, RegistryError::Unauthorised { .. }), "{error}");
    }
}

#[test]
fn a_registry_that_is_not_there_or_does_not_answer_is_named() {
    let mut settings = Fake::start().settings();
    settings.url = "http://127.0.0.1:1".into();
    let error = Client::new(&settings).unwrap().schema(1).unwrap_err();
    let text = error.to_string();
    assert!(error.is_passing() && text.contains("http://127.0.0.1:1") && text.contains("refused"), "{text}");
    let slow = Fake::start();
    slow.with(|state| state.latency = Duration::from_secs(30));
    let client = Client::with_timeout(&slow.settings(), Duration::from_millis(200)).unwrap();
    let error = client.schema(1).unwrap_err();
    assert!(error.is_passing() && error.to_string().contains("timeout"), "{error}");
}

#[cfg(feature = "tls")]
#[test]
fn authorities_that_cannot_be_read_are_named_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (missing, empty) = (folder.path().join("missing.pem"), folder.path().join("empty.pem"));
    std::fs::write(&empty, "nothing").unwrap();
    for (path, cause) in [(missing, "No such file"), (empty, "no certificate")] {
        let mut settings = Fake::start().settings();
        settings.ca = Some(path.clone());
        let text = Client::new(&settings).unwrap_err().to_string();
        assert!(text.contains(path.to_str().unwrap()) && text.contains(cause), "{text}");
    }
}

#[test]
fn a_number_is_asked_for_once_however_many_threads_meet_it() {
    let fake = Fake::start();
    let contracts = contracts(&fake, true).unwrap();
    let id = fake.with(|state| state.add(OTHER.text));
    fake.with(|state| state.latency = Duration::from_millis(50));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(contracts.contract_of(Header::Confluent(id)).unwrap().name, "other"));
        }
    });
    assert_eq!(fake.asked("GET /api/schemas/ids/"), 1);
}

#[test]
fn what_is_known_stays_known_while_the_registry_is_away() {
    let fake = Fake::start();
    let contracts = contracts(&fake, true).unwrap();
    let other = Header::Confluent(fake.with(|state| state.add(OTHER.text)));
    let theirs = Header::Confluent(fake.with(|state| state.add(&OTHER.text.replace("Other", "Theirs"))));
    contracts.contract_of(other).unwrap();
    contracts.contract_of(theirs).unwrap_err();
    fake.with(|state| state.failing = Some((503, "{}".into())));
    assert_eq!(contracts.contract_of(contracts.header(&FINDING)).unwrap().name, "finding");
    assert_eq!(contracts.contract_of(other).unwrap().name, "other");
    let foreign = contracts.contract_of(theirs).unwrap_err();
    assert!(!foreign.is_passing() && foreign.to_string().contains("elsewhere.Theirs"), "{foreign}");
    let unknown = Header::Confluent(77);
    let away = contracts.contract_of(unknown).unwrap_err();
    assert!(matches!(away, ContractError::Registry(_)) && away.is_passing(), "{away}");
    fake.with(|state| state.failing = None);
    let unknown = contracts.contract_of(unknown).unwrap_err();
    assert!(matches!(unknown, ContractError::Unknown { .. }) && unknown.is_passing(), "{unknown}");
}

/// Registries write schemas anew: other spaces, another order of attributes, no documentation.
#[test]
fn a_schema_is_known_in_whatever_way_it_is_written() {
    let fake = Fake::start();
    let contracts = contracts(&fake, true).unwrap();
    let canonical = FINDING.schema().canonical_form();
    assert_ne!(canonical, FINDING.text);
    let header = Header::Confluent(fake.with(|state| state.add(&canonical)));
    assert_eq!(contracts.contract_of(header).unwrap().name, "finding");
}

#[test]
fn without_a_registry_a_contract_is_known_by_its_fingerprint() {
    let contracts = Contracts::by_fingerprint(&[&FINDING]);
    assert_eq!(contracts.header(&FINDING), FINDING.header());
    assert_eq!(contracts.contract_of(FINDING.header()).unwrap().name, "finding");
    let foreign = contracts.contract_of(OTHER.header()).unwrap_err();
    assert!(matches!(foreign, ContractError::Foreign { .. }) && !foreign.is_passing(), "{foreign}");
    let numbered = contracts.contract_of(Header::Confluent(1)).unwrap_err();
    assert!(numbered.to_string().contains("[schema_registry]"), "{numbered}");
}
