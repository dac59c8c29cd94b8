//! All inputs into sorted events: what `scan` folds.

use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::Context;

use super::arena::{Arena, Run};
use super::batch::Buffer;
use super::dead_letter::DeadLetters;
use super::feed::{Feed, Opening};
pub use super::merge::SortedEvents;
use super::parse::Parser;
use super::streams::Streams;
use super::tally::{Activity, Stats, Tally};
use super::{Input, Meter, Settings, Unreadable};
use crate::stream::{Stream, StreamIx};

/// What was read.
pub struct Ingested {
    /// Names of the inputs, by their number.
    pub inputs: Vec<String>,
    /// The streams that came up, by their number.
    pub streams: Vec<Stream>,
    /// When each of them delivered.
    pub activity: Vec<Activity>,
    pub stats: Stats,
    /// Inputs that could not be opened, or not be read to their end.
    pub unreadable: Vec<Unreadable>,
    pub events: SortedEvents,
}

/// Reads `inputs`, which are sorted, into the streams assigned to them.
///
/// # Errors
/// Where dead letters or temporary files cannot be written. What is wrong with inputs and records is in the
/// result.
pub fn ingest(
    settings: &Settings,
    inputs: &[Input],
    streams: &Streams,
    meter: &Meter,
    dead_letters: &mut DeadLetters,
) -> anyhow::Result<Ingested> {
    let feed = Feed::new(inputs, meter, Opening::Together);
    let shared = Shared { settings, inputs, streams, feed: &feed, dead_letters: Mutex::new(dead_letters) };
    let results: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..settings.threads.get()).map(|_| scope.spawn(|| shared.work())).collect();
        threads.into_iter().map(thread::ScopedJoinHandle::join).collect()
    });
    let mut tally = Tally::new(streams.table().len());
    let mut runs = Vec::new();
    for result in results {
        let (one, more) = result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        tally.absorb(one);
        runs.extend(more);
    }
    let unreadable = feed.unreadable();
    tally.stats.files = (inputs.len() - unreadable.len()) as u64;
    tally.stats.bytes_read = meter.bytes_read();
    Ok(finish(inputs, streams, tally, unreadable, runs))
}

/// What all threads see.
struct Shared<'s, 'm, 'd> {
    settings: &'s Settings,
    inputs: &'s [Input],
    streams: &'s Streams,
    feed: &'s Feed<'m>,
    dead_letters: Mutex<&'d mut DeadLetters>,
}

impl Shared<'_, '_, '_> {
    fn work(&self) -> anyhow::Result<(Tally, Vec<Run>)> {
        let mut parser = Parser::new(self.settings, self.streams);
        let mut arena = Arena::new(self.settings.memory_bytes_max / self.settings.threads);
        let mut buffer = Buffer::default();
        while let Some((_, batch)) = self.feed.next(&mut buffer) {
            parser.batch(&batch, |event| arena.push(event))?;
            if !parser.rejects.is_empty() {
                let mut letters = self.dead_letters.lock().unwrap_or_else(PoisonError::into_inner);
                letters.write(self.inputs, &parser.rejects).context("cannot write dead letters")?;
                parser.rejects.clear();
            }
        }
        Ok((parser.tally, arena.into_runs()?))
    }
}

/// Numbers the streams that came up without gaps.
fn finish(
    inputs: &[Input],
    streams: &Streams,
    tally: Tally,
    unreadable: Vec<Unreadable>,
    runs: Vec<Run>,
) -> Ingested {
    let mut numbers = Vec::new();
    let (mut seen, mut activity) = (Vec::new(), Vec::new());
    for (stream, delivered) in streams.table().iter().zip(tally.activity) {
        numbers.push(StreamIx(u16::try_from(seen.len()).unwrap_or(u16::MAX)));
        if delivered.records > 0 {
            seen.push(stream.clone());
            activity.push(delivered);
        }
    }
    Ingested {
        inputs: inputs.iter().map(|input| input.name.clone()).collect(),
        streams: seen,
        activity,
        stats: tally.stats,
        unreadable,
        events: SortedEvents::new(runs, numbers),
    }
}
