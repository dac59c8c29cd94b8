//! How fast each source turns records of the story into events: records and bytes per second.
#![allow(clippy::expect_used, reason = "a measuring program stops where it cannot go on")]

#[path = "../tests/it/story/mod.rs"]
#[allow(dead_code, unused_imports, reason = "of the story only its records are told here")]
mod story;

use std::fs;
use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

use story::{Log, amplified};
use tenure::event::Event;
use tenure::origin::Origin;
use tenure::source::{RecordContext, SOURCES, Source};
use tenure::stream::{SourceName, Stream, StreamIx};

/// More than a core's cache holds, so that each pass reads from memory as a scan does.
const RECORDS: usize = 20_000;

fn parse(c: &mut Criterion) {
    let mut group = c.benchmark_group("parse");
    group.sample_size(20);
    for source in SOURCES {
        let text = records_of(source.name);
        let name = source.name.as_str();
        group.throughput(Throughput::Elements(RECORDS as u64));
        group.bench_function(format!("{name} by record"), |b| b.iter(|| all_events(source, &text)));
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(format!("{name} by byte"), |b| b.iter(|| all_events(source, &text)));
    }
    group.finish();
}

/// The story where the source is part of it, else the golden records over and over.
fn records_of(source: SourceName) -> Vec<u8> {
    if source == SourceName::AwsCloudtrail {
        amplified(Log::CloudTrail, RECORDS)
    } else if source == SourceName::VaultAudit {
        amplified(Log::Vault, RECORDS)
    } else {
        golden_records(source)
    }
}

fn golden_records(source: SourceName) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/source").join(source.as_str());
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .expect("the source has golden records")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .collect();
    paths.sort();
    let texts: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).expect("records")).collect();
    let lines = texts.iter().flat_map(|text| text.split(|&byte| byte == b'\n'));
    let whole: Vec<&[u8]> = lines.filter(|line| line.ends_with(b"}")).collect();
    let mut text = Vec::new();
    for line in whole.iter().cycle().take(RECORDS) {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    text
}

/// Parses every line of `text` and returns how many events there were.
fn all_events(source: &Source, text: &[u8]) -> usize {
    let stream = Stream::default_for(source.name);
    let realm = stream.own_realm();
    let origin = Origin::new(0, 1);
    let context = RecordContext { stream: &stream, stream_ix: StreamIx(0), stream_realm: &realm, origin };
    let mut events: Vec<Event<'_>> = Vec::new();
    let mut count = 0;
    for line in text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        black_box((source.parse)(line, &context, &mut events));
        count += black_box(&events).len();
        events.clear();
    }
    count
}

criterion_group!(benches, parse);
criterion_main!(benches);
