//! `tenure scan`: logs in, findings out.

use anyhow::Context;

use super::args::{Global, ScanArgs};
use super::clock::{Stopwatch, wall_clock};
use super::exit::{Exit, Usage};
use super::input::{exit_for, prepare};
use super::{progress, summary};
use crate::files::Meter;
use crate::files::ingest::ingest;
use crate::time::EventTime;

pub(super) fn run(args: &ScanArgs, global: &Global) -> anyhow::Result<Exit> {
    let mut prepared = prepare(&args.input, global, not_after(args.now)?)?;
    let (watch, meter) = (Stopwatch::start(), Meter::default());
    let (total, inputs) = (prepared.bytes_total(), &prepared.found.inputs);
    let ingested = progress::shown(&meter, total, progress::is_seen(false), || {
        let letters = &mut prepared.dead_letters;
        ingest(&prepared.settings, inputs, &prepared.streams, &meter, letters)
    })?;
    prepared.dead_letters.flush().context("cannot write dead letters")?;
    let duplicates = ingested.events.for_each(|_| Ok(()))?;
    let unreadable = [prepared.found.unreadable, ingested.unreadable].concat();
    let names: Vec<&str> = ingested.inputs.iter().map(String::as_str).collect();
    let report = summary::Report {
        stats: &ingested.stats,
        duplicates: Some(duplicates),
        streams: ingested.streams.iter().zip(&ingested.activity).collect(),
        unreadable: &unreadable,
        elapsed: watch.elapsed(),
    };
    summary::print(&report, &names);
    Ok(exit_for(&ingested.stats, &unreadable))
}

/// The latest time a record may have: the claim of the operator, else the present.
fn not_after(now: Option<EventTime>) -> anyhow::Result<EventTime> {
    let clock = wall_clock();
    match now {
        None => Ok(clock.latest_believed()),
        Some(now) if clock.is_before(now) => {
            let text = format!("--now {now} is still to come: it says until when the logs are complete");
            Err(Usage(text).into())
        }
        Some(now) => Ok(now),
    }
}
