//! From arguments to inputs and how to read them.

use std::fs::File;
use std::io::BufWriter;
use std::num::NonZeroUsize;
use std::thread;

use anyhow::Context;

use super::args::{Global, InputArgs, SourceChoice};
use super::exit::{Exit, Usage};
use crate::files::dead_letter::DeadLetters;
use crate::files::discover::{Found, discover};
use crate::files::streams::Streams;
use crate::files::tally::Stats;
use crate::files::{Place, Settings, Unreadable};
use crate::source::{SOURCES, Source};
use crate::time::EventTime;

/// Everything a command needs to begin reading.
pub(super) struct Prepared {
    pub settings: Settings,
    pub found: Found,
    pub streams: Streams,
    pub dead_letters: DeadLetters,
}

/// Looks at the arguments together; nothing is read yet.
pub(super) fn prepare(args: &InputArgs, global: &Global, not_after: EventTime) -> anyhow::Result<Prepared> {
    let settings = Settings {
        sources: sources(args.source),
        recognise: args.source == SourceChoice::Auto,
        not_after,
        threads: global.threads.unwrap_or_else(threads),
        memory_bytes_max: global.memory_limit,
    };
    let found = discover(&args.paths);
    let streams = Streams::assign(&found.inputs, &args.streams).map_err(Usage)?;
    let dead_letters = match &args.dead_letter {
        None => DeadLetters::none(),
        Some(path) => {
            let file = File::create(path).with_context(|| format!("cannot write '{}'", path.display()))?;
            DeadLetters::to(Box::new(BufWriter::new(file)))
        }
    };
    Ok(Prepared { settings, found, streams, dead_letters })
}

impl Prepared {
    /// Bytes to be read, where that is known beforehand.
    pub(super) fn bytes_total(&self) -> Option<u64> {
        self.found
            .inputs
            .iter()
            .map(|input| match &input.place {
                Place::Stdin => None,
                Place::File(path) => path.metadata().ok().filter(std::fs::Metadata::is_file).map(|m| m.len()),
            })
            .sum()
    }
}

/// What the state of the inputs alone makes of the exit code.
pub(super) fn exit_for(stats: &Stats, unreadable: &[Unreadable]) -> Exit {
    if unreadable.is_empty() && stats.unrecognised().next().is_none() { Exit::Done } else { Exit::Input }
}

fn sources(choice: SourceChoice) -> &'static [&'static Source] {
    match choice {
        SourceChoice::Auto => SOURCES,
        SourceChoice::Only(name) => {
            let at = SOURCES.iter().position(|source| source.name == name).unwrap_or_default();
            SOURCES.get(at..=at).unwrap_or_default()
        }
    }
}

fn threads() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}
