//! Nothing that is a secret in a log comes out of any output.
//!
//! `tests/fixtures/raw` is what an audit device with `log_raw=true` and a careless trail would write: every
//! value that could be secret, in every place it could stand, holds the word MARKER, and so do unknown
//! fields, unknown keys, prose around records, and records that are cut off or otherwise broken. Left out are
//! the fields that are shown by design: paths, lease ids, accessors, serial numbers, names of people and
//! roles, addresses and user agents.

use std::fs;
use std::num::NonZeroUsize;

use tenure::files::dead_letter::DeadLetters;
use tenure::files::discover::discover;
use tenure::files::ingest::ingest;
use tenure::files::streams::Streams;
use tenure::files::{Meter, Settings};
use tenure::source::SOURCES;
use tenure::time::EventTime;

use crate::allow_list::planted;
use crate::golden::root;
use crate::program::{code, stderr, stdout, tenure};

const MARKER: &str = "marker";

/// Late enough for silence to become findings.
const NOW: &str = "2026-05-20T00:00:00Z";

/// Fails where `text`, which is what `whence` put out, holds a secret.
pub fn holds_none(whence: &str, text: &str) {
    let lower = text.to_lowercase();
    if let Some(at) = lower.find(MARKER) {
        let around: String = lower[..at].chars().rev().take(200).collect();
        panic!("{whence}: {}[{}...]", around.chars().rev().collect::<String>(), MARKER);
    }
}

#[test]
fn the_raw_fixture_is_full_of_secrets() {
    let folder = root().join("tests/fixtures/raw");
    let count = |name: &str| {
        let bytes = fs::read(folder.join(name)).unwrap();
        String::from_utf8_lossy(&bytes).matches("MARKER-").count()
    };
    for (name, least) in
        [("vault.jsonl", 350), ("broken.log", 25), ("cloudtrail.json", 80), ("cloudtrail-broken.jsonl", 10)]
    {
        assert!(count(name) >= least, "{name} holds {}", count(name));
    }
}

#[test]
fn raw_secrets_never_come_out() {
    let letters = tempfile::tempdir().unwrap();
    let path = letters.path().join("dead.jsonl");
    let common = ["--log", "trace", "--color", "always", "--dead-letter", path.to_str().unwrap()];
    let findings = ["scan", "--now", NOW];
    let spilled = ["scan", "--now", NOW, "--format", "json", "--memory-limit", "1", "--threads", "2"];
    for (args, least) in [
        (["events"].as_slice(), 250),
        (findings.as_slice(), 30),
        (&[findings.as_slice(), &["--summary"]].concat(), 10),
        (spilled.as_slice(), 10),
        (&["feed", "check"], 20),
        (&["feed", "check", "--format", "json"], 0),
    ] {
        let args = [args, &common, &["tests/fixtures/raw"]].concat();
        let output = tenure(&root(), &args);
        assert_eq!(code(&output), 0, "{args:?}");
        let dead = fs::read_to_string(&path).unwrap();
        assert!(stdout(&output).lines().count() > least, "{args:?} says too little to prove anything");
        assert!(dead.lines().count() > 15, "{args:?}: {dead}");
        holds_none(&format!("stdout of {args:?}"), &stdout(&output));
        holds_none(&format!("stderr of {args:?}"), &stderr(&output));
        holds_none(&format!("dead letters of {args:?}"), &dead);
    }
}

/// Every command that reads logs, over records of every source in which all that must not come out is marked.
/// That includes what a record is told by, so the source is named.
#[test]
fn planted_texts_of_every_source_never_come_out() {
    let folder = tempfile::tempdir().unwrap();
    let (log, dead) = (folder.path().join("log.jsonl"), folder.path().join("dead.jsonl"));
    for source in SOURCES {
        fs::write(&log, planted(source)).unwrap();
        let common = ["--source", source.name.as_str(), "--log", "trace", "--color", "always"];
        let paths = ["--dead-letter", dead.to_str().unwrap(), log.to_str().unwrap()];
        for (args, least) in [
            (["events"].as_slice(), 10),
            (&["scan", "--now", NOW, "--format", "json", "--memory-limit", "1"], 0),
            (&["feed", "check"], 10),
        ] {
            let args = [args, &common, &paths].concat();
            let output = tenure(&root(), &args);
            assert_eq!(code(&output), 0, "{args:?}");
            let said = stdout(&output).lines().count();
            assert!(said >= least, "{args:?} says too little to prove anything");
            let letters = fs::read_to_string(&dead).unwrap();
            assert!(letters.lines().count() > 10, "{args:?}: too few rejects to prove anything");
            holds_none(&format!("stdout of {args:?}"), &stdout(&output));
            holds_none(&format!("stderr of {args:?}"), &stderr(&output));
            holds_none(&format!("dead letters of {args:?}"), &letters);
        }
    }
}

/// Temporary files have no name, but their rows are events: what every field of every event holds is what a
/// spilled run holds.
#[test]
fn raw_secrets_reach_no_row_of_a_spilled_run() {
    let found = discover(&[root().join("tests/fixtures/raw")]);
    let streams = Streams::assign(&found.inputs, &[]).unwrap();
    let settings = Settings {
        sources: SOURCES,
        recognise: true,
        not_after: EventTime::parse(NOW).unwrap(),
        threads: NonZeroUsize::MIN,
        memory_bytes_max: 1,
    };
    let mut letters = DeadLetters::none();
    let ingested = ingest(&settings, &found.inputs, &streams, &Meter::default(), &mut letters).unwrap();
    let mut rows = 0;
    ingested
        .events
        .for_each(|event| {
            rows += 1;
            holds_none("a row", &format!("{event:?}"));
            Ok(())
        })
        .unwrap();
    assert!(rows > 250, "{rows} rows");
}
