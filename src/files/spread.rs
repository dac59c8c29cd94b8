//! All inputs read by all threads, each of which hands its events to a taker of its own.

use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::Context;

use super::batch::Buffer;
use super::dead_letter::DeadLetters;
use super::feed::{Feed, Opening};
use super::parse::Parser;
use super::proven::InputNames;
use super::streams::Streams;
use super::tally::Tally;
use super::{Input, Meter, Settings, Unreadable};
use crate::event::Event;

/// What becomes of the events one thread reads.
pub(super) trait Taker {
    type Taken: Send;

    fn take(&mut self, event: Event<'_>) -> anyhow::Result<()>;

    /// In the thread that took them.
    fn finish(self) -> anyhow::Result<Self::Taken>;
}

/// What was read.
pub(super) struct Spread<T> {
    pub tally: Tally,
    /// Of each thread.
    pub taken: Vec<T>,
    /// Inputs that could not be opened, or not be read to their end.
    pub unreadable: Vec<Unreadable>,
}

/// Reads `inputs` with one taker a thread.
pub(super) fn read<T: Taker>(
    settings: &Settings,
    inputs: &[Input],
    streams: &Streams,
    meter: &Meter,
    dead_letters: &mut DeadLetters,
    taker: impl Fn() -> T + Sync,
) -> anyhow::Result<Spread<T::Taken>> {
    let feed = Feed::new(inputs, meter, Opening::Together);
    let shared = Shared { settings, inputs, streams, feed: &feed, dead_letters: Mutex::new(dead_letters) };
    let results: Vec<_> = thread::scope(|scope| {
        let work = || shared.work(taker());
        let threads: Vec<_> = (0..settings.threads.get()).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(thread::ScopedJoinHandle::join).collect()
    });
    let mut tally = Tally::new(streams.table().len());
    let mut all = Vec::new();
    for result in results {
        let (one, more) = result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        tally.absorb(one);
        all.push(more);
    }
    let unreadable = feed.unreadable();
    tally.stats.files = (inputs.len() - unreadable.len()) as u64;
    tally.stats.bytes_read = meter.bytes_read();
    let cut = tally.stats.cut().filter_map(|input| Some(inputs.get(input as usize)?.name.as_str()));
    let cut = InputNames::of(cut.chain(unreadable.iter().map(|input| input.path.as_str())));
    tally.lose(&cut);
    Ok(Spread { tally, taken: all, unreadable })
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
    fn work<T: Taker>(&self, mut taker: T) -> anyhow::Result<(Tally, T::Taken)> {
        let mut parser = Parser::new(self.settings, self.streams);
        let mut buffer = Buffer::default();
        while let Some((_, batch)) = self.feed.next(&mut buffer) {
            parser.batch(&batch, |event| taker.take(event))?;
            if !parser.rejects.is_empty() {
                let mut letters = self.dead_letters.lock().unwrap_or_else(PoisonError::into_inner);
                letters.write(self.inputs, &parser.rejects).context("cannot write dead letters")?;
                parser.rejects.clear();
            }
        }
        Ok((parser.tally, taker.finish()?))
    }
}
