//! `docs/findings.md`: every field of a line of JSON is described, and no field that does not exist.

use std::collections::BTreeSet;

use serde_json::Value;
use tenure::credential::EventRef;
use tenure::evidence::{Confidence, Sample, Severity};
use tenure::finding::crosswalk::controls;
use tenure::finding::identity::{Uid, case_of};
use tenure::finding::{Change, CloseReason, Finding, ResolvedBy, Status, Subject, SubjectType, Threshold};
use tenure::format::finding_json::finding_line;
use tenure::time::EventTime;

use super::document;
use crate::golden;

/// Objects whose members are names of their own, described in one row.
const OPEN_OBJECTS: &[&str] =
    &["labels", "target", "ignored", "streams[].ignored", "streams[].notes", "realms[].credentials"];

/// The paths of all fields below `value`: `subject.id`, `evidence.samples[].at`.
fn paths(value: &Value, within: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let path = if within.is_empty() { name.clone() } else { format!("{within}.{name}") };
                if !OPEN_OBJECTS.contains(&path.as_str()) {
                    paths(field, &path, found);
                }
                found.insert(path);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| paths(item, &format!("{within}[]"), found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

pub(super) fn paths_of<'l>(lines: impl IntoIterator<Item = &'l str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in lines {
        paths(&serde_json::from_str(line).unwrap(), "", &mut found);
    }
    found
}

/// The fields described in the table of `page` below `heading`: the code in the first cell of each row.
pub(super) fn described(page: &str, heading: &str) -> BTreeSet<String> {
    let text = document(page);
    let (_, section) = text.split_once(&format!("## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| `")?.split('|').next());
    let codes = cells.flat_map(|cell| cell.split('`').step_by(2));
    codes.filter(|code| code.contains(char::is_alphabetic)).map(str::to_owned).collect()
}

pub(super) fn same(described: &BTreeSet<String>, written: &BTreeSet<String>) {
    let missing: Vec<_> = written.difference(described).collect();
    let invented: Vec<_> = described.difference(written).collect();
    assert!(missing.is_empty() && invented.is_empty(), "not described {missing:?}, not written {invented:?}");
}

/// A finding with every field that one can have.
fn full() -> Finding {
    let at = EventTime::parse("2026-05-01T00:00:00Z").unwrap();
    let subject = Subject {
        subject_type: SubjectType::Credential,
        realm: "vault/default".into(),
        source: "vault.audit",
        kind: "vault.kv_secret",
        id: "secret/app".into(),
        version: Some("6".into()),
    };
    let text = || Some("x".to_owned());
    let sample = Sample { at, by: EventRef::default(), what: "issued".into() };
    let uid = Uid::new("V03", &subject, at);
    Finding {
        uid,
        change: Change::Withdraw,
        status: Status::Withdrawn,
        close_reason: Some(CloseReason::WithdrawnLateData),
        episode: 1,
        detection: "V03",
        detection_version: 1,
        title: "t",
        severity: Severity::High,
        confidence: Confidence::High,
        covered: true,
        environment: text(),
        privileged: false,
        principal: text(),
        owner: text(),
        case: case_of(&subject.realm, &subject.id, "rotate"),
        baseline: false,
        time: at,
        anchor_at: at,
        opened_at: at,
        due_at: Some(at),
        resolved_by: Some(ResolvedBy { action: "revoked".into(), sample: sample.clone() }),
        superseded_by: Some(uid),
        summary: "s".into(),
        lines: vec![("Fact".into(), "f".into())],
        threshold: Some(Threshold {
            name: "version_overlap",
            value: "1d".into(),
            rule: "built in".into(),
            policy_ref: text(),
        }),
        count: 1,
        samples: vec![sample],
        controls: controls("V03").to_vec(),
        closes_when: "c",
        remediation: vec!["r".into()],
        subject,
    }
}

#[test]
fn every_field_of_a_finding_is_described() {
    let line = finding_line(&full(), &|_| "examples/vault.jsonl").unwrap();
    same(&described("docs/findings.md", "A line of `tenure scan --format json`"), &paths_of([line.as_str()]));
}

#[test]
fn every_field_of_an_event_is_described() {
    let files = golden::files("tests/golden/source", "events");
    let texts: Vec<String> = files.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let lines = texts.iter().flat_map(|text| text.lines()).filter(|line| line.starts_with('{'));
    same(&described("docs/findings.md", "A line of `tenure events`"), &paths_of(lines));
}
