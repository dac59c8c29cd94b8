//! `tenure run` as people run it, and what other programs then read: exactly what a scan concludes, each
//! transition once, whatever happened in between.

use std::thread;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use tenure::format::finding_avro::{FindingRecord, decode};
use tenure::origin::EventId;
use tenure::time::EventTime;

use super::broker::{Broker, broker};
use super::console::Record;
use super::installation::{Installation, Life, Plan};
use super::logs::{assert_same, examples, scanned, transition};
use super::proxy::{END_TXN, Fault, PRODUCE};
use crate::finding_ocsf;

/// How long an end may take. It takes a fraction of a second where the machine has nothing else to do.
const DRAIN_MAX: Duration = Duration::from_secs(5);

fn replay(broker: &'static Broker) -> Installation {
    let installation = Installation::new(broker, &Plan::replay(broker));
    installation.create_topics();
    installation
}

/// The finding in a record whose schema is named by fingerprint.
fn finding(record: &Record) -> FindingRecord<'static> {
    let value = record.value.as_deref().unwrap();
    assert_eq!(value[..2], [0xc3, 0x01], "single-object encoding");
    decode(&value[10..]).unwrap()
}

fn transitions(records: &[Record]) -> Vec<String> {
    records.iter().map(|it| transition(&serde_json::to_value(finding(it)).unwrap())).collect()
}

fn end_in_time(life: Life) {
    let (status, took) = life.terminate();
    assert_eq!(status.code(), Some(0));
    assert!(took < DRAIN_MAX, "{took:?}");
}

/// Each sample of AWS lies where the finding says.
fn assert_origins(installation: &Installation, finding: &FindingRecord<'_>) {
    let cloudtrail = format!("{}/0", installation.cloudtrail);
    let vault = format!("{}/0", installation.vault);
    for sample in &finding.evidence.samples {
        let offset = usize::try_from(sample.origin.record).unwrap();
        if sample.origin.input == cloudtrail {
            let record: Value = serde_json::from_str(&examples().cloudtrail[offset]).unwrap();
            let id = EventId::stated(record["eventID"].as_str().unwrap());
            assert_eq!(sample.event_id, id.to_string(), "{}", finding.summary);
        } else {
            assert_eq!(sample.origin.input, vault);
            assert!(offset < examples().vault.len(), "{offset}");
        }
    }
}

#[test]
fn a_run_that_is_stopped_and_started_again_finds_what_a_scan_finds() {
    let Some(broker) = broker() else { return };
    let expected = scanned();
    let installation = replay(broker);
    installation.feed(examples());
    let mut life = installation.start();
    life.wait_until("there is a finding", || installation.count() > 0);
    end_in_time(life);

    let mut life = installation.start();
    installation.finish(&mut life, expected.len());
    end_in_time(life);
    let records = installation.findings();
    assert_same(&expected, &transitions(&records));
    for finding in records.iter().map(finding) {
        assert!(finding.known_at.is_some());
        assert_origins(&installation, &finding);
    }
    let events = installation.findings_ocsf();
    assert_eq!(events.len(), expected.len());
    for event in events {
        let event = serde_json::from_slice(&event.value.unwrap()).unwrap();
        assert_eq!(finding_ocsf::faults(&event), [""; 0], "{event}");
    }
}

/// The logs grow while it is killed: half of the lives end at any moment from the start on, most often before
/// they come to work, and half soon after they did some.
#[test]
fn a_run_that_is_killed_twenty_times_finds_what_a_scan_finds() {
    const LIVES: usize = 20;
    let Some(broker) = broker() else { return };
    let expected = scanned();
    let installation = replay(broker);
    let mut chance = 20_260_519_u64;
    let mut up_to = |max: u64| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis((chance >> 33) % max)
    };
    for at in 0..LIVES {
        installation.feed(&examples().part(at, LIVES));
        let before = installation.committed("ingest", &installation.vault, 0);
        let mut life = installation.start();
        if at % 2 == 0 {
            thread::sleep(Duration::from_millis(50) + up_to(1_450));
        } else {
            let works = || installation.committed("ingest", &installation.vault, 0) > before;
            life.wait_until("it works", works);
            thread::sleep(up_to(300));
        }
        drop(life);
    }
    let mut life = installation.start();
    installation.finish(&mut life, expected.len());
    end_in_time(life);
    assert_same(&expected, &transitions(&installation.findings()));
}

#[test]
fn a_run_over_a_network_that_fails_finds_what_a_scan_finds() {
    let Some(broker) = broker() else { return };
    let Some(proxy) = broker.proxy() else { return };
    let expected = scanned();
    let plan = Plan { bootstrap: &proxy.bootstrap, ..Plan::replay(broker) };
    let installation = Installation::new(broker, &plan);
    installation.create_topics();
    installation.feed(examples());
    proxy.fault(END_TXN, 3, Fault::CutAfter);
    proxy.fault(PRODUCE, 9, Fault::CutBefore);
    proxy.fault(END_TXN, 8, Fault::Hold);
    let mut life = installation.start();
    proxy.wait_for(END_TXN, 8);
    thread::sleep(Duration::from_secs(1));
    proxy.down();
    proxy.up();
    proxy.release();
    installation.finish(&mut life, expected.len());
    end_in_time(life);
    assert_same(&expected, &transitions(&installation.findings()));
}

/// A record of CloudTrail at this moment by the access key `AKIAI44QH8DHBEXAMPLE`, or about it.
fn record_now(name: &str, service: &str, key: &str, answer: &Value) -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let now = EventTime::from_seconds(since.as_secs().cast_signed()).unwrap();
    let arn = "arn:aws:iam::111122223333:user/app";
    json!({
        "eventVersion": "1.11", "eventTime": now.to_string(), "eventSource": service, "eventName": name,
        "userIdentity": {
            "type": "IAMUser", "principalId": "AIDACKCEVSQ6C2EXAMPLE", "arn": arn,
            "accountId": "111122223333", "accessKeyId": key, "userName": "app",
        },
        "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15",
        "requestParameters": { "userName": "app" }, "responseElements": answer,
        "eventID": EventId::digest(since.as_nanos().to_string().as_bytes()).to_string(),
        "readOnly": false, "eventType": "AwsApiCall", "managementEvent": true,
        "recipientAccountId": "111122223333", "eventCategory": "Management",
    })
    .to_string()
}

#[test]
fn a_key_falls_dormant_while_nothing_comes_and_a_use_wakes_it() {
    let Some(broker) = broker() else { return };
    let key = "AKIAI44QH8DHBEXAMPLE";
    let policy = "[defaults]\ndormant_after = '5s'\n".to_owned();
    let installation = Installation::new(broker, &Plan { mode: "live", policy, ..Plan::replay(broker) });
    installation.create_topics();
    let issued = json!({ "accessKey": { "accessKeyId": key, "status": "Active", "userName": "app" } });
    let issue = record_now("CreateAccessKey", "iam.amazonaws.com", "AKIAIOSFODNN7EXAMPLE", &issued);
    let used = || record_now("ListServices", "ecs.amazonaws.com", key, &Value::Null);
    let mut life = installation.start();
    installation.produce(&installation.cloudtrail, &[issue, used()]);
    let changes = |wanted: &str| {
        let records = installation.findings();
        let of_key = |it: &FindingRecord<'_>| it.detection == "L01" && it.subject.id == key;
        let found = records.iter().map(finding).filter(of_key);
        found.map(|it| format!("{:?}", it.change)).any(|change| change == wanted)
    };
    life.wait_until("it is dormant", || installation.count() > 0 && changes("Open"));
    installation.produce(&installation.cloudtrail, &[used()]);
    life.wait_until("it is awake", || changes("Resolve"));
    end_in_time(life);
}

/// What a registry answers to a request with a body.
fn ask(request: ureq::RequestBuilder<ureq::typestate::WithBody>, body: &Value) -> Value {
    let request = request.header("content-type", "application/json");
    let mut answer = request.send(body.to_string()).unwrap();
    serde_json::from_reader(answer.body_mut().as_reader()).unwrap()
}

/// Reads with the schema of the registry whose number stands before the record.
fn finding_by_registry(url: &str, record: &Record) -> FindingRecord<'static> {
    let value = record.value.as_deref().unwrap();
    assert_eq!(value[0], 0, "Confluent's header");
    let id = u32::from_be_bytes(value[1..5].try_into().unwrap());
    let text = ureq::get(format!("{url}/schemas/ids/{id}")).call().unwrap().body_mut().read_to_string();
    let answer: Value = serde_json::from_str(&text.unwrap()).unwrap();
    let schema = apache_avro::Schema::parse_str(answer["schema"].as_str().unwrap()).unwrap();
    let reader = apache_avro::reader::datum::GenericDatumReader::builder(&schema).human_readable(false);
    reader.build().unwrap().read_deser(&mut &value[5..]).unwrap()
}

fn with_registry(broker: &'static Broker, url: &str) -> Installation {
    let sections = format!("[schema_registry]\nurl = '{url}'\n");
    let installation = Installation::new(broker, &Plan { sections, ..Plan::replay(broker) });
    installation.create_topics();
    installation
}

#[test]
fn findings_name_their_schema_by_its_number_in_the_registry() {
    let Some(broker) = broker() else { return };
    let Some(registry) = super::registry::registry() else { return };
    let expected = scanned();
    let installation = with_registry(broker, &registry.url);
    installation.feed(examples());
    let mut life = installation.start();
    installation.finish(&mut life, expected.len());
    end_in_time(life);
    let records = installation.findings();
    let read = |it| transition(&serde_json::to_value(finding_by_registry(&registry.url, it)).unwrap());
    assert_same(&expected, &records.iter().map(read).collect::<Vec<_>>());
}

#[test]
fn a_run_does_not_start_where_the_registry_holds_an_incompatible_schema() {
    let Some(broker) = broker() else { return };
    let Some(registry) = super::registry::registry() else { return };
    let installation = with_registry(broker, &registry.url);
    let subject = format!("{}.findings-value", installation.name);
    let versions = ureq::post(format!("{}/subjects/{subject}/versions", registry.url));
    ask(versions, &json!({ "schema": r#"{"type": "string"}"# }));
    let rule = ureq::put(format!("{}/config/{subject}", registry.url));
    ask(rule, &json!({ "compatibility": "FULL" }));
    let run = installation.tenure(&["run"]);
    let said = crate::program::stderr(&run);
    assert_eq!(run.status.code(), Some(2), "{said}");
    assert!(said.contains(&subject), "{said}");
}

#[cfg(feature = "tls")]
#[test]
fn a_run_logs_in_over_tls_and_says_why_where_it_cannot() {
    let Some(broker) = broker() else { return };
    let Some(secure) = broker.secure() else { return };
    let prepare = |ca: &std::path::Path, password: &str| {
        let sections = format!(
            "[kafka.tls]\nca = '{}'\n[kafka.sasl]\nmechanism = 'SCRAM-SHA-512'\nusername = '{}'\n\
             password = {{ file = 'password' }}",
            ca.display(),
            secure.username
        );
        let plan = Plan { bootstrap: &secure.bootstrap, sections, ..Plan::replay(broker) };
        let installation = Installation::new(broker, &plan);
        std::fs::write(installation.folder.path().join("password"), password).unwrap();
        installation
    };
    let right = prepare(&secure.ca, secure.password);
    right.create_topics();
    right.feed(&examples().part(0, 20));
    let mut life = right.start();
    right.finish(&mut life, 0);
    end_in_time(life);

    let password = "not-the-password-of-this-user";
    let refused = |ca, password, cause: &str| {
        let run = prepare(ca, password).tenure(&["run"]);
        let said = crate::program::stderr(&run);
        assert_eq!(run.status.code(), Some(4), "{said}");
        assert!(said.to_lowercase().contains(cause), "{said}");
        assert!(!said.contains(password), "{said}");
    };
    refused(&secure.ca, password, "authentication");
    refused(&secure.other_ca, secure.password, "certificate");
}
