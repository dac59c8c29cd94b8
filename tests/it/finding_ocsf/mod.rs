//! Findings as OCSF: every one is held against the official schemas, and against what these cannot see.

mod json_schema;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::{Value, json};
use tenure::finding::{Change, CloseReason, Finding};
use tenure::format::finding_ocsf::finding_line;

use crate::corpus::{INPUT, KNOWN_AT, findings};
use crate::golden::{self, root};
use json_schema::check;

fn event(finding: &Finding) -> Value {
    serde_json::from_str(&finding_line(finding, &|_| INPUT, Some(KNOWN_AT))).unwrap()
}

fn events() -> impl Iterator<Item = (&'static Finding, Value)> {
    findings().iter().map(|finding| (finding, event(finding)))
}

/// The frozen schemas of a class, one a version of the framework.
fn schemas(class_uid: u64) -> Vec<Value> {
    let class = if class_uid == 2003 { "compliance_finding" } else { "detection_finding" };
    let read = |version| {
        let path = root().join(format!("tests/fixtures/ocsf/{class}-{version}.json"));
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    };
    ["1.5.0", "1.8.0"].map(read).into()
}

#[test]
fn every_finding_is_valid_under_the_official_schemas() {
    let schemas: BTreeMap<u64, Vec<Value>> = [2003, 2004].map(|uid| (uid, schemas(uid))).into();
    let mut classes = BTreeSet::new();
    for (finding, event) in events() {
        let class = event["class_uid"].as_u64().unwrap();
        for schema in &schemas[&class] {
            let wrong = check(schema, schema, &event, "");
            assert!(wrong.is_empty(), "{} {wrong:#?}", finding.summary);
        }
        classes.insert((finding.detection.starts_with('L'), class));
    }
    assert_eq!(classes, BTreeSet::from([(true, 2003), (false, 2004)]));
}

#[test]
fn a_mistake_is_seen_by_the_schema() {
    let schema = &schemas(2004)[0];
    let (_, good) = events().find(|(_, event)| event["class_uid"] == 2004).unwrap();
    let seen = |amend: fn(&mut Value)| {
        let mut bad = good.clone();
        amend(&mut bad);
        !check(schema, schema, &bad, "").is_empty()
    };
    assert!(!seen(|_| ()));
    assert!(seen(|event| event["time"] = json!("2026-05-01")));
    assert!(seen(|event| event["status_id"] = json!(7)));
    assert!(seen(|event| event["compliance"] = json!({})));
    assert!(seen(|event| event["class_uid"] = json!(2003)));
    assert!(seen(|event| drop(event.as_object_mut().unwrap().remove("finding_info"))));
    assert!(seen(|event| event["evidences"][0] = json!({ "name": "nothing to hold on to" })));
    assert!(seen(|event| event["resources"][0]["region"] = json!("eu-central-1")));
    assert!(seen(|event| event["resources"][0]["uid"] = json!(7)));
    assert!(seen(|event| event["resources"][0]["ip"] = json!("a pattern is not known")));
}

/// 2001-09-09 and 2286-11-20: milliseconds between have thirteen digits, seconds ten, microseconds sixteen.
const PLAUSIBLE_MILLIS: std::ops::Range<i64> = 1_000_000_000_000..10_000_000_000_000;

fn times<'v>(value: &'v Value, found: &mut Vec<(&'v str, i64)>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if let (true, Some(at)) = (name == "time" || name.ends_with("_time"), field.as_i64()) {
                    found.push((name, at));
                }
                times(field, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| times(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_time_is_in_milliseconds() {
    for (finding, event) in events() {
        let mut found = Vec::new();
        times(&event, &mut found);
        assert!(found.len() >= 4, "{found:?}");
        for (name, at) in found {
            assert!(PLAUSIBLE_MILLIS.contains(&at), "{name} {at} of {}", finding.summary);
        }
        assert_eq!(event["time"].as_i64().unwrap(), finding.time.micros().div_euclid(1_000));
        assert_eq!(event["metadata"]["processed_time"], 1_779_235_200_123_i64);
    }
}

#[test]
fn the_type_is_the_class_and_the_activity() {
    for (_, event) in events() {
        let uid = |name: &str| event[name].as_u64().unwrap();
        assert_eq!(uid("type_uid"), uid("class_uid") * 100 + uid("activity_id"));
        let name = |name: &str| event[name].as_str().unwrap();
        assert_eq!(name("type_name"), format!("{}: {}", name("class_name"), name("activity_name")));
    }
}

#[test]
fn the_activity_says_what_the_record_does_and_the_status_where_the_finding_stands() {
    for (finding, event) in events() {
        let activity = match finding.change {
            Change::Open => 1,
            Change::Update | Change::Reopen => 2,
            Change::Resolve | Change::Withdraw => 3,
        };
        let status = match finding.close_reason {
            None => 1,
            Some(CloseReason::Cured | CloseReason::Expired) => 4,
            Some(CloseReason::WithdrawnLateData | CloseReason::AgedOut | CloseReason::ReclassifiedPolicy) => {
                5
            }
        };
        assert_eq!((&event["activity_id"], &event["status_id"]), (&json!(activity), &json!(status)));
        assert_eq!(activity == 3, event["status_detail"].is_string());
        let compliance = &event["compliance"]["status_id"];
        assert!(compliance.is_null() || (compliance == 3) == (status == 1), "{event}");
        let alert = &event["is_alert"];
        assert!(alert.is_null() || alert == &json!(status == 1 && !finding.baseline), "{event}");
    }
}

#[test]
fn a_cure_names_the_event_that_cured() {
    let mut cures = 0;
    for (finding, event) in events() {
        let Some(by) = &finding.resolved_by else { continue };
        let last = event["evidences"].as_array().unwrap().last().unwrap();
        assert_eq!(
            (&last["name"], &last["uid"]),
            (&json!("resolved_by"), &json!(by.sample.by.id.to_string()))
        );
        cures += 1;
    }
    assert!(cures > 10);
}

/// The identity of a finding is that of every other format. Scenarios and scans repeat each other, so the
/// same transition may come twice; then it is the same.
#[test]
fn a_finding_keeps_its_uid_and_every_record_has_its_own() {
    let mut transitions: BTreeMap<String, &Finding> = BTreeMap::new();
    for (finding, event) in events() {
        assert_eq!(event["finding_info"]["uid"], finding.uid.to_string());
        let uid = event["metadata"]["uid"].as_str().unwrap().to_owned();
        let same = transitions.entry(uid).or_insert(finding);
        let of = |it: &Finding| (it.uid, it.change, it.episode, it.time, it.severity, it.count);
        assert_eq!(of(same), of(finding));
    }
}

#[test]
fn findings_of_one_credential_share_a_correlation_id_that_ticket_systems_can_hold() {
    let mut keys: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for (finding, event) in events() {
        let key = event["metadata"]["correlation_uid"].as_str().unwrap();
        assert!(key.chars().count() <= 100, "{key}");
        let subject = (finding.subject.realm.clone(), finding.subject.id.clone());
        keys.entry(subject).or_default().insert(key.to_owned());
    }
    assert!(keys.values().all(|keys| keys.len() == 1));
    let distinct: BTreeSet<_> = keys.values().flatten().collect();
    assert_eq!(distinct.len(), keys.len(), "two credentials share a correlation id");
}

#[test]
fn a_credential_with_a_long_name_is_correlated_by_its_digest() {
    let long = |tail: char| {
        let mut finding = findings()[0].clone();
        finding.subject.id = std::iter::repeat_n('x', 99).chain([tail]).collect();
        event(&finding)["metadata"]["correlation_uid"].as_str().unwrap().to_owned()
    };
    assert!(long('a').starts_with("sha256:") && long('a').chars().count() <= 100, "{}", long('a'));
    assert_eq!(long('a'), long('a'));
    assert_ne!(long('a'), long('b'));
}

#[test]
fn an_observable_points_at_what_it_names() {
    for (_, event) in events() {
        for observable in event["observables"].as_array().unwrap() {
            let pointer = observable["name"].as_str().unwrap().replace(['[', '.'], "/").replace(']', "");
            assert_eq!(event.pointer(&format!("/{pointer}")), Some(&observable["value"]));
        }
    }
}

#[test]
fn nothing_absent_is_written_and_nothing_secret() {
    for finding in findings() {
        let line = finding_line(finding, &|_| INPUT, None);
        assert!(!line.contains(":null") && !line.contains('\n'), "{line}");
        assert!(!line.to_lowercase().contains("marker"), "{line}");
    }
}

/// One of each class, as a consumer gets it.
#[test]
fn the_documents_are_as_reviewed() {
    let first = |detection: &str, change: Change| {
        let of = |finding: &&Finding| finding.detection == detection && finding.change == change;
        findings().iter().find(of).map(event).unwrap()
    };
    for (name, event) in [
        ("dormant-open", first("L01", Change::Open)),
        ("use-after-revoke-open", first("V01", Change::Open)),
        ("dormant-resolve", first("L01", Change::Resolve)),
    ] {
        let path = root().join(format!("tests/golden/ocsf/{name}.json"));
        let mut text =
            serde_json::to_string_pretty(&event).unwrap().replace(env!("CARGO_PKG_VERSION"), "VERSION");
        text.push('\n');
        golden::hold(&path, &text).unwrap();
    }
}
