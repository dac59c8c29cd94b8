//! Findings to try formats on: every transition of every scenario, of the examples, and of logs full of
//! secrets. The story is broad, the scenarios are odd, the raw logs are dangerous.

use std::fs;
use std::num::NonZeroUsize;
use std::sync::LazyLock;

use tenure::credential::coverage::Gaps;
use tenure::engine::Engine;
use tenure::files::dead_letter::DeadLetters;
use tenure::files::discover::discover;
use tenure::files::ingest::ingest;
use tenure::files::streams::Streams;
use tenure::files::{Meter, Settings};
use tenure::finding::Finding;
use tenure::policy::Policy;
use tenure::source::SOURCES;
use tenure::stream::StreamIx;
use tenure::time::{EventTime, WallTime};

use crate::golden::root;
use crate::scenario;

/// Late enough for silence to become findings.
const NOW: &str = "2026-05-20T00:00:00Z";

/// The name of whatever input a finding was read from.
pub const INPUT: &str = "vault.audit/3";

/// Some wall time at which they were concluded.
pub const KNOWN_AT: WallTime = WallTime::from_micros(1_779_235_200_123_456);

static ALL: LazyLock<Vec<Finding>> = LazyLock::new(|| {
    let policy = fs::read_to_string(root().join("examples/policy.toml")).unwrap();
    let mut findings = scenario::every_finding();
    findings.append(&mut scan("examples", Policy::parse(&policy).unwrap()));
    findings.append(&mut scan("examples", Policy::default()));
    findings.append(&mut scan("tests/fixtures/raw", Policy::default()));
    findings
});

pub fn findings() -> &'static [Finding] {
    &ALL
}

/// Every transition `tenure scan` would find in `folder`.
fn scan(folder: &str, policy: Policy) -> Vec<Finding> {
    let now = EventTime::parse(NOW).unwrap();
    let settings = Settings {
        sources: SOURCES,
        recognise: true,
        not_after: now,
        threads: NonZeroUsize::MIN,
        memory_bytes_max: 1 << 30,
    };
    let inputs = discover(&[root().join(folder)]).inputs;
    let streams = Streams::assign(&inputs, &[]).unwrap();
    let ingested = ingest(&settings, &inputs, &streams, &Meter::default(), &mut DeadLetters::none()).unwrap();
    let max_silence = policy.max_silence();
    let mut engine = Engine::new(policy, &ingested.streams);
    for (activity, stream) in ingested.activity.iter().zip(0..) {
        engine.set_gaps(StreamIx(stream), Gaps::from_hours(activity.hours.iter().copied(), max_silence));
    }
    let (engines, _) = ingested.events.fold_by_realm(vec![engine], Engine::handle).unwrap();
    let transitions = |mut engine: Engine| {
        engine.advance_all(|_| now);
        engine.take_findings()
    };
    engines.into_iter().flat_map(transitions).collect()
}
