//! All inputs as lines of normalised events, in the order they were written: what `events` prints.
//!
//! Batches are parsed and rendered by all threads and written in the order they were read.

use std::io::{self, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use anyhow::Context;

use super::batch::{Batch, Buffer};
use super::dead_letter::DeadLetters;
use super::feed::{Feed, Opening};
use super::parse::Parser;
use super::streams::Streams;
use super::tally::{Stats, Tally};
use super::{Input, Meter, Settings, Unreadable};
use crate::format::event_json::event_line;

/// What was written.
#[derive(Debug)]
pub struct Written {
    pub stats: Stats,
    pub unreadable: Vec<Unreadable>,
    /// The reader of the output went away; what followed was not written.
    pub closed: bool,
}

/// Writes the events of `inputs` to `out`.
///
/// # Errors
/// Where `out` or the dead letters cannot be written. A closed pipe is not an error.
pub fn write_events(
    settings: &Settings,
    inputs: &[Input],
    streams: &Streams,
    meter: &Meter,
    out: &mut (dyn Write + Send),
    dead_letters: &mut DeadLetters,
) -> anyhow::Result<Written> {
    let feed = Feed::new(inputs, meter, Opening::InOrder);
    let turns = Turnstile {
        state: Mutex::new(State { next: 0, shut: false, out, dead_letters }),
        moved: Condvar::new(),
    };
    let results: Vec<_> = thread::scope(|scope| {
        let work = || work(settings, inputs, streams, &feed, &turns);
        let threads: Vec<_> = (0..settings.threads.get()).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(thread::ScopedJoinHandle::join).collect()
    });
    let mut tally = Tally::new(streams.table().len());
    let mut closed = false;
    for result in results {
        match result.unwrap_or_else(|panic| std::panic::resume_unwind(panic)) {
            Ok(one) => tally.absorb(one),
            Err(error) if is_closed_pipe(&error) => closed = true,
            Err(error) => return Err(error),
        }
    }
    let unreadable = feed.unreadable();
    tally.stats.files = (inputs.len() - unreadable.len()) as u64;
    tally.stats.bytes_read = meter.bytes_read();
    Ok(Written { stats: tally.stats, unreadable, closed })
}

/// Whether `error` means that nobody reads the output any more.
#[must_use]
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

fn work(
    settings: &Settings,
    inputs: &[Input],
    streams: &Streams,
    feed: &Feed<'_>,
    turns: &Turnstile<'_>,
) -> anyhow::Result<Tally> {
    let mut parser = Parser::new(settings, streams);
    let mut buffer = Buffer::default();
    let mut rendered = Vec::new();
    while let Some((ticket, batch)) = feed.next(&mut buffer) {
        let turn = turns.expect(ticket);
        rendered.clear();
        render(&mut parser, &batch, streams, inputs, &mut rendered)?;
        let Some(mut state) = turn.wait() else { break };
        state.dead_letters.write(inputs, &parser.rejects).context("cannot write dead letters")?;
        state.out.write_all(&rendered).context("cannot write events")?;
        parser.rejects.clear();
        state.next += 1;
        drop(state);
        turn.pass();
    }
    Ok(parser.tally)
}

fn render(
    parser: &mut Parser<'_>,
    batch: &Batch<'_>,
    streams: &Streams,
    inputs: &[Input],
    rendered: &mut Vec<u8>,
) -> anyhow::Result<()> {
    let name = inputs.get(batch.input as usize).map_or("", |input| input.name.as_str());
    parser.batch(batch, |event| {
        let line = event_line(&event, streams.stream(event.stream), name)?;
        rendered.extend_from_slice(line.as_bytes());
        rendered.push(b'\n');
        Ok(())
    })
}

/// Lets batches out one at a time, in the order of their tickets.
struct Turnstile<'o> {
    state: Mutex<State<'o>>,
    moved: Condvar,
}

struct State<'o> {
    next: u64,
    /// A batch did not make it: those behind it must not be written.
    shut: bool,
    out: &'o mut (dyn Write + Send),
    dead_letters: &'o mut DeadLetters,
}

/// The place of one batch in the order. Dropped without passing, it shuts the turnstile.
struct Turn<'t, 'o> {
    turnstile: &'t Turnstile<'o>,
    ticket: u64,
    passed: bool,
}

impl<'o> Turnstile<'o> {
    fn expect(&self, ticket: u64) -> Turn<'_, 'o> {
        Turn { turnstile: self, ticket, passed: false }
    }

    fn lock(&self) -> MutexGuard<'_, State<'o>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'t, 'o> Turn<'t, 'o> {
    /// Waits until all earlier batches are out; `None` where one of them never will be.
    fn wait(&self) -> Option<MutexGuard<'t, State<'o>>> {
        let mut state = self.turnstile.lock();
        while state.next != self.ticket && !state.shut {
            state = self.turnstile.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        (!state.shut).then_some(state)
    }

    fn pass(mut self) {
        self.passed = true;
    }
}

impl Drop for Turn<'_, '_> {
    fn drop(&mut self) {
        if !self.passed {
            self.turnstile.lock().shut = true;
        }
        self.turnstile.moved.notify_all();
    }
}
