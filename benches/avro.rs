//! What it costs to write a record as Avro, by each of the two libraries, and as JSON for scale.
#![allow(clippy::expect_used, reason = "a measuring program stops where it cannot go on")]

#[path = "../tests/it/story/mod.rs"]
#[allow(dead_code, unused_imports, reason = "of the story only its records are told here")]
mod story;

use std::hint::black_box;

use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::writer::datum::GenericDatumWriter;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde::Serialize;

use story::{Log, amplified};
use tenure::avro::framing::{Contract, EVENT, FINDING};
use tenure::avro::wire;
use tenure::engine::Engine;
use tenure::finding::Finding;
use tenure::format::event_avro::{self, EventOrigin};
use tenure::format::finding_avro::FindingRecord;
use tenure::origin::Origin;
use tenure::policy::Policy;
use tenure::source::{RecordContext, Source};
use tenure::stream::{SourceName, Stream, StreamIx};
use tenure::time::EventTime;

const RECORDS: usize = 20_000;

fn findings_of_the_story() -> Vec<Finding> {
    let stream = Stream::default_for(SourceName::AwsCloudtrail);
    let mut engine = Engine::new(Policy::default(), std::slice::from_ref(&stream));
    let text = amplified(Log::CloudTrail, RECORDS);
    let context = RecordContext {
        stream: &stream,
        stream_ix: StreamIx(0),
        stream_realm: "aws/default",
        origin: Origin::new(0, 1),
    };
    let mut events = Vec::new();
    for line in text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let _ = (Source::named(stream.source).parse)(line, &context, &mut events);
    }
    events.sort_by_key(|event| (event.at, event.source, event.id));
    for event in &events {
        engine.handle(event);
    }
    engine.advance_all(|_| events.last().map_or(EventTime::MIN, |event| event.at));
    engine.take_findings()
}

/// Writes each of `records` of `contract` in turn, by every library.
fn encoders<T: Serialize>(c: &mut Criterion, contract: &'static Contract, records: &[T]) {
    let mut group = c.benchmark_group(format!("encode {}", contract.name));
    group.throughput(Throughput::Elements(records.len() as u64));
    let mut out = Vec::new();
    let writer =
        GenericDatumWriter::builder(contract.schema()).human_readable(false).build().expect("a schema");
    group.bench_function("apache-avro", |b| {
        b.iter(|| {
            for record in records {
                out.clear();
                writer.write_ser(&mut out, record).expect("a record");
                black_box(&out);
            }
        });
    });
    group.bench_function("one pass", |b| {
        b.iter(|| {
            for record in records {
                out.clear();
                wire::write(record, &mut out);
                black_box(&out);
            }
        });
    });
    group.bench_function("serde_json", |b| {
        b.iter(|| {
            for record in records {
                out.clear();
                serde_json::to_writer(&mut out, record).expect("a record");
                black_box(&out);
            }
        });
    });
    group.finish();
}

/// Writes and reads the events of the story, as the two stages do.
fn events(c: &mut Criterion, log: Log, source: SourceName) {
    let stream = Stream::default_for(source);
    let text = amplified(log, RECORDS);
    let context = RecordContext {
        stream: &stream,
        stream_ix: StreamIx(0),
        stream_realm: "vault/default",
        origin: Origin::new(0, 1),
    };
    let mut events = Vec::new();
    for line in text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let _ = (Source::named(source).parse)(line, &context, &mut events);
    }
    let origin = EventOrigin { input: "raw.cloudtrail/3", offset: 17_000_000, record: 1 };
    let mut group = c.benchmark_group(format!("events of {}", source.as_str()));
    group.throughput(Throughput::Elements(events.len() as u64));
    let mut out = Vec::new();
    group.bench_function("encode", |b| {
        b.iter(|| {
            for event in &events {
                out.clear();
                event_avro::encode(event, &stream, &origin, &mut out);
                black_box(&out);
            }
        });
    });
    let encoded: Vec<Vec<u8>> = events
        .iter()
        .map(|event| {
            let mut out = Vec::new();
            event_avro::encode(event, &stream, &origin, &mut out);
            out
        })
        .collect();
    group.bench_function("decode", |b| {
        b.iter(|| encoded.iter().for_each(|datum| drop(black_box(event_avro::decode(datum)))));
    });
    let reader = GenericDatumReader::builder(EVENT.schema()).build().expect("a schema");
    let read = |datum: &Vec<u8>| reader.read_value(&mut datum.as_slice()).expect("an event");
    group.bench_function("decode by apache-avro, to a tree", |b| {
        b.iter(|| encoded.iter().for_each(|datum| drop(black_box(read(datum)))));
    });
    let values: Vec<_> = encoded.iter().map(read).collect();
    let writer = GenericDatumWriter::builder(EVENT.schema()).build().expect("a schema");
    group.bench_function("encode by apache-avro, from a tree", |b| {
        b.iter(|| {
            for value in &values {
                out.clear();
                writer.write_value_ref(&mut out, value).expect("an event");
                black_box(&out);
            }
        });
    });
    group.finish();
}

fn avro(c: &mut Criterion) {
    events(c, Log::CloudTrail, SourceName::AwsCloudtrail);
    events(c, Log::Vault, SourceName::VaultAudit);
    let findings = findings_of_the_story();
    let records: Vec<_> =
        findings.iter().map(|finding| FindingRecord::new(finding, &|_| "aws/0", None)).collect();
    encoders(c, &FINDING, &records);
}

criterion_group!(benches, avro);
criterion_main!(benches);
