//! All inputs into sorted events: what `scan` folds.

use super::arena::{Arena, Run};
use super::dead_letter::DeadLetters;
pub use super::merge::SortedEvents;
use super::spread::{self, Spread, Taker};
use super::streams::Streams;
use super::tally::{Activity, Stats, Tally};
use super::{Input, Meter, Settings, Unreadable};
use crate::event::Event;
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
    let memory = settings.memory_bytes_max / settings.threads;
    let Spread { tally, taken, unreadable } =
        spread::read(settings, inputs, streams, meter, dead_letters, || Arena::new(memory))?;
    Ok(finish(inputs, streams, tally, unreadable, taken.into_iter().flatten().collect()))
}

impl Taker for Arena {
    type Taken = Vec<Run>;

    fn take(&mut self, event: Event<'_>) -> anyhow::Result<()> {
        self.push(event)
    }

    fn finish(self) -> anyhow::Result<Vec<Run>> {
        self.into_runs()
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
