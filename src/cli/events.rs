//! `tenure events`: what Tenure understands of a log, event by event.

use std::io::{self, BufWriter, Write};

use anyhow::Context;

use super::args::{EventsArgs, Global};
use super::exit::Exit;
use super::input::{exit_for, prepare};
use super::{progress, summary};
use crate::files::Meter;
use crate::files::in_order::write_events;
use crate::telemetry::clock::{Stopwatch, wall_clock};

pub(super) fn run(args: &EventsArgs, global: &Global) -> anyhow::Result<Exit> {
    let mut prepared = prepare(&args.input, global, wall_clock().latest_believed())?;
    let (watch, meter) = (Stopwatch::start(), Meter::default());
    let mut out = BufWriter::new(io::stdout());
    let (total, inputs) = (prepared.bytes_total(), &prepared.found.inputs);
    let written = progress::shown(&meter, total, progress::is_seen(true), || {
        let letters = &mut prepared.dead_letters;
        write_events(&prepared.settings, inputs, &prepared.streams, &meter, &mut out, letters)
    })?;
    prepared.dead_letters.flush().context("cannot write dead letters")?;
    if written.closed {
        return Ok(Exit::Done);
    }
    out.flush().context("cannot write events")?;
    let unreadable = [prepared.found.unreadable, written.unreadable].concat();
    let names: Vec<&str> = prepared.found.inputs.iter().map(|input| input.name.as_str()).collect();
    let report = summary::Report {
        stats: &written.stats,
        duplicates: None,
        streams: Vec::new(),
        unreadable: &unreadable,
        elapsed: watch.elapsed(),
        conclusions: None,
    };
    summary::print(&report, &names);
    Ok(exit_for(&written.stats, &unreadable))
}
