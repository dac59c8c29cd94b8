//! Two audit devices of one Vault write the same calls with other salts, so that no hash of one is in the
//! other. Read apart, they must tell the same lives.
//!
//! `tests/fixtures/devices` holds 47 calls through two of them: `a.jsonl` with the default options, `b.jsonl`
//! with `hmac_accessor=false` and the prefix `@cee: `. There an issue shows the accessor in clear, a
//! revocation by accessor its hash: the two cannot be joined, and the end is reported as unresolved instead.

use std::collections::BTreeSet;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use tenure::credential::{Facts, Store};
use tenure::files::dead_letter::DeadLetters;
use tenure::files::discover::discover;
use tenure::files::ingest::ingest;
use tenure::files::streams::Streams;
use tenure::files::{Meter, Settings};
use tenure::origin::EventId;
use tenure::source::SOURCES;
use tenure::time::EventTime;

use crate::golden::root;
use crate::program::{code, stderr, stdout, tenure};

/// The lives of all credentials in one log, each as a line without a name of it: what it is, and which calls
/// made, used, refused and ended it.
fn lives(path: &Path) -> Vec<String> {
    let store = folded(path);
    let mut lives: Vec<String> = store.credentials().map(|(_, facts)| life(&store, facts)).collect();
    lives.sort();
    lives
}

fn folded(path: &Path) -> Store {
    let found = discover(&[path.to_owned()]);
    let streams = Streams::assign(&found.inputs, &[]).unwrap();
    let settings = Settings {
        sources: SOURCES,
        recognise: true,
        not_after: EventTime::from_micros(i64::MAX),
        threads: NonZeroUsize::MIN,
        memory_bytes_max: 64 << 20,
    };
    let mut letters = DeadLetters::none();
    let ingested = ingest(&settings, &found.inputs, &streams, &Meter::default(), &mut letters).unwrap();
    assert!(ingested.stats.rejects.is_empty(), "{:?}", ingested.stats.rejects);
    let mut store = Store::default();
    ingested
        .events
        .for_each(|event| {
            store.fold(event, None, event.at);
            Ok(())
        })
        .unwrap();
    store
}

fn life(store: &Store, facts: &Facts) -> String {
    let rare = facts.rare.as_deref();
    let implied = rare.and_then(|rare| rare.implied).map(|stamp| stamp.by.id);
    let inactive = rare.filter(|rare| rare.inactive_since().is_some()).map(|rare| rare.state_ref.id);
    let refused = rare.map_or(&[][..], |rare| rare.refusals.as_slice());
    let versions = rare.map_or(&[][..], |rare| rare.versions.as_slice());
    let parent = store.get(facts.parent).map(|parent| parent.issue_ref.id);
    [
        facts.kind.name().to_owned(),
        format!("issued {}", call(facts.issued().map(|_| facts.issue_ref.id))),
        format!("used {}", call(facts.last_used().map(|_| facts.use_ref.id))),
        format!("{} times", facts.uses),
        format!("revoked {}", call(facts.revoked_at().map(|_| facts.end_ref.id))),
        format!("implied {}", call(implied)),
        format!("inactive {}", call(inactive)),
        format!("expires {:?}", facts.expires().map(EventTime::to_minute)),
        format!("refused {:?}", refused.iter().map(|refusal| call(Some(refusal.by.id))).collect::<Vec<_>>()),
        format!("read {:?}", versions.iter().map(|v| (store.text(v.name), v.reads)).collect::<Vec<_>>()),
        format!("principal {:?}", facts.principal.some().map(|sym| store.text(sym))),
        format!("at {:?}", facts.place.some().map(|sym| store.text(sym))),
        format!("child of {}", call(parent)),
        format!("unresolved {}", facts.is_unresolved()),
    ]
    .join(", ")
}

/// A call by the end of its id, which counts the calls of the fixture.
fn call(id: Option<EventId>) -> String {
    id.map_or_else(|| "-".to_owned(), |id| id.to_string()[33..].to_owned())
}

fn device(name: &str) -> PathBuf {
    root().join("tests/fixtures/devices").join(name)
}

/// The lives that only the first has, and those that only the second has.
fn differences() -> (Vec<String>, Vec<String>) {
    let (a, b) = (lives(&device("a.jsonl")), lives(&device("b.jsonl")));
    let lacks = |lives: &[String], others: &[String]| {
        lives.iter().filter(|life| !others.contains(life)).cloned().collect()
    };
    (lacks(&a, &b), lacks(&b, &a))
}

#[test]
fn the_devices_have_no_hash_in_common() {
    let hashes = |name: &str| {
        let text = fs::read_to_string(device(name)).unwrap();
        let hashes = text.split("hmac-sha256:").skip(1).map(|rest| rest[..64].to_owned());
        hashes.collect::<BTreeSet<_>>()
    };
    let (a, b) = (hashes("a.jsonl"), hashes("b.jsonl"));
    assert!(a.len() > 30 && b.len() > 30 && a.is_disjoint(&b));
}

#[test]
fn two_devices_tell_the_same_lives_but_for_what_cannot_be_joined() {
    let (only_a, only_b) = differences();
    let [joined] = only_a.as_slice() else { panic!("{only_a:#?}") };
    assert!(joined.starts_with("vault.token, issued 008, used 009, 1 times, revoked 011,"), "{joined}");
    let [end, rest] = only_b.as_slice() else { panic!("{only_b:#?}") };
    assert_eq!(*rest, joined.replace("revoked 011", "revoked -"));
    assert!(end.contains("revoked 011,") && end.ends_with("unresolved true"), "{end}");
}

#[test]
fn a_wrapped_secret_id_is_one_credential_on_a_device_with_clear_accessors() {
    for name in ["a.jsonl", "b.jsonl"] {
        let lives = lives(&device(name));
        assert_eq!(lives.iter().filter(|life| life.starts_with("vault.secret_id")).count(), 3, "{lives:#?}");
    }
}

#[test]
fn the_end_of_what_was_only_looked_up_is_unresolved() {
    for (name, unresolved) in [("a.jsonl", "unresolved  1 "), ("b.jsonl", "unresolved  2 ")] {
        let output = tenure(&root(), &["scan", device(name).to_str().unwrap()]);
        assert!(stderr(&output).contains(unresolved), "{name}: {}", stderr(&output));
    }
}

/// The findings of one device, by all that is no name: what was found, when, about what kind of whose
/// credential, on how much evidence.
fn findings(name: &str) -> Vec<String> {
    let path = device(name);
    let args = ["scan", "--format", "json", "--now", "2026-05-01", path.to_str().unwrap()];
    let output = tenure(&root(), &args);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let line = |line: &str| {
        let finding: serde_json::Value = serde_json::from_str(line).unwrap();
        let to_second = |name: &str| finding[name].as_str().map(|at| at[..19].to_owned());
        let what = ["detection", "change", "status", "severity", "confidence", "close_reason", "principal"]
            .map(|name| finding[name].as_str().unwrap_or("-").to_owned());
        let kind = finding["subject"]["kind"].as_str().unwrap_or("-");
        let times = ["time", "anchor_at", "opened_at"].map(to_second);
        format!("{what:?} {kind} {times:?} {}", finding["evidence"]["count"])
    };
    let mut findings: Vec<String> = stdout(&output).lines().map(line).collect();
    findings.sort();
    findings
}

#[test]
fn two_devices_lead_to_the_same_findings() {
    let findings = [findings("a.jsonl"), findings("b.jsonl")];
    assert_eq!(findings[0], findings[1]);
    for detection in ["L01", "L02", "P01", "V07"] {
        assert!(findings[0].iter().any(|finding| finding.contains(detection)), "no {detection}");
    }
}
