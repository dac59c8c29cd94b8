//! How fast files become findings: reading, parsing, sorting and folding 100,000 records, on one thread and
//! on two, beside a naive program that reads the same files in the same run.
#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a measuring program stops where it cannot go on, and counts what it was given"
)]

mod naive;
#[path = "../tests/it/story/mod.rs"]
#[allow(dead_code, unused_imports, reason = "of the story only its records are told here")]
mod story;

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

use story::{Log, amplified};
use tenure::credential::coverage::Gaps;
use tenure::engine::Engine;
use tenure::files::dead_letter::DeadLetters;
use tenure::files::discover::discover;
use tenure::files::ingest::ingest;
use tenure::files::streams::Streams;
use tenure::files::{Meter, Settings};
use tenure::policy::Policy;
use tenure::source::SOURCES;
use tenure::stream::StreamIx;
use tenure::time::EventTime;

const LOGS: [(&str, Log, usize); 2] =
    [("cloudtrail.jsonl", Log::CloudTrail, 70_000), ("vault.jsonl", Log::Vault, 30_000)];

fn scans(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files: Vec<PathBuf> = LOGS.iter().map(|(name, ..)| folder.path().join(name)).collect();
    for (path, (_, log, records)) in files.iter().zip(LOGS) {
        fs::write(path, amplified(log, records)).expect("space for the records");
    }
    let records: usize = LOGS.iter().map(|(.., records)| records).sum();
    let mut group = c.benchmark_group("scan");
    group.sample_size(10);
    group.throughput(Throughput::Elements(records as u64));
    group.bench_function("naive", |b| b.iter(|| naive::scan(&files)));
    for threads in [1, 2] {
        let threads = NonZeroUsize::new(threads).expect("not zero");
        group.bench_function(format!("{threads} threads"), |b| b.iter(|| scan(folder.path(), threads)));
    }
    group.finish();
}

/// Scans `folder` and returns the number of transitions of findings.
fn scan(folder: &Path, threads: NonZeroUsize) -> usize {
    let settings = Settings {
        sources: SOURCES,
        recognise: true,
        not_after: EventTime::MAX,
        threads,
        memory_bytes_max: 1 << 30,
    };
    let inputs = discover(&[folder.to_owned()]).inputs;
    let streams = Streams::assign(&inputs, &[]).expect("streams");
    let meter = Meter::default();
    let ingested = ingest(&settings, &inputs, &streams, &meter, &mut DeadLetters::none()).expect("records");
    let policy = Policy::default();
    let max_silence = policy.max_silence();
    let engine = |_| {
        let mut engine = Engine::new(policy.clone(), &ingested.streams);
        for (activity, stream) in ingested.activity.iter().zip(0..) {
            engine.set_gaps(StreamIx(stream), Gaps::from_hours(activity.hours.iter().copied(), max_silence));
        }
        engine
    };
    let engines = (0..threads.get()).map(engine).collect();
    let (engines, _) = ingested.events.fold_by_realm(engines, Engine::handle).expect("sorted events");
    let end = ingested.activity.iter().filter_map(|activity| activity.last).max();
    let findings = |mut engine: Engine| {
        engine.advance_all(|_| end.unwrap_or(EventTime::MIN));
        engine.take_findings().len()
    };
    engines.into_iter().map(findings).sum()
}

criterion_group!(benches, scans);
criterion_main!(benches);
