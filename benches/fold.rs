//! How fast the engine folds events of the story that are already parsed and in order: events per second.
#![allow(clippy::expect_used, reason = "a measuring program stops where it cannot go on")]

#[path = "../tests/it/story/mod.rs"]
#[allow(dead_code, unused_imports, reason = "of the story only its records are told here")]
mod story;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

use story::{Log, amplified};
use tenure::engine::Engine;
use tenure::event::Event;
use tenure::origin::Origin;
use tenure::policy::Policy;
use tenure::source::{RecordContext, Source};
use tenure::stream::{SourceName, Stream, StreamIx};
use tenure::time::EventTime;

const EVENTS: usize = 200_000;

/// Enough records of each log for more than [`EVENTS`].
const RECORDS: usize = 180_000;

fn fold(c: &mut Criterion) {
    let streams: Vec<Stream> = SourceName::ALL.iter().map(|&source| Stream::default_for(source)).collect();
    let texts = [amplified(Log::CloudTrail, RECORDS), amplified(Log::Vault, RECORDS)];
    let realm = streams[1].realm("vault", &streams[1].name);
    let mut events = Vec::new();
    for ((stream, text), ix) in streams.iter().zip(&texts).zip(0..) {
        read(stream, StreamIx(ix), &realm, text, &mut events);
    }
    events.sort_by_key(|event| (event.at, event.source, event.id));
    events.truncate(EVENTS);
    let mut group = c.benchmark_group("fold");
    group.sample_size(10);
    group.throughput(Throughput::Elements(events.len() as u64));
    group.bench_function("story", |b| b.iter(|| findings(&streams, &events)));
    group.finish();
}

/// Appends the events of `text`, a log of `stream`.
fn read<'a>(stream: &'a Stream, ix: StreamIx, realm: &'a str, text: &'a [u8], events: &mut Vec<Event<'a>>) {
    let source = Source::named(stream.source);
    let mut origin = Origin::new(u32::from(ix.0), 0);
    for line in text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        origin = origin.next();
        let context = RecordContext { stream, stream_ix: ix, stream_realm: realm, origin };
        let _ = (source.parse)(line, &context, events);
    }
}

/// Folds all `events` and returns how many transitions of findings they made.
fn findings(streams: &[Stream], events: &[Event<'_>]) -> usize {
    let mut engine = Engine::new(Policy::default(), streams);
    for event in events {
        engine.handle(event);
    }
    let end = events.last().map_or(EventTime::MIN, |event| event.at);
    engine.advance_all(|_| end);
    engine.take_findings().len()
}

criterion_group!(benches, fold);
criterion_main!(benches);
