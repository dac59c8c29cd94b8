//! `tenure feed check`: is a log read right, and what can it not show?
//!
//! It judges the log and never a credential: the verdict is about records that were not read, time that is
//! not covered, and settings that hide what matters.

mod json;
mod table;
mod verdict;

use std::io::Write;

use anyhow::Context;

use super::args::{FeedCheckArgs, FeedFormat, Global};
use super::exit::Exit;
use super::input::{exit_for, prepare};
use super::progress;
use crate::files::survey::{Surveyed, survey};
use crate::files::{Meter, Unreadable};
use crate::policy::Policy;
use crate::telemetry::clock::wall_clock;
use crate::time::Span;

/// What is told of.
struct Report<'a> {
    surveyed: &'a Surveyed,
    /// Everything that could not be read, found or not.
    unreadable: &'a [Unreadable],
    /// The longest silence that is no gap: that of the built-in policy.
    max_silence: Span,
}

pub(super) fn check(args: &FeedCheckArgs, global: &Global) -> anyhow::Result<Exit> {
    let mut prepared = prepare(&args.input, global, wall_clock().latest_believed())?;
    let meter = Meter::default();
    let (total, inputs) = (prepared.bytes_total(), &prepared.found.inputs);
    let letters = &mut prepared.dead_letters;
    let surveyed = progress::shown(&meter, total, progress::is_seen(false), || {
        survey(&prepared.settings, inputs, &prepared.streams, &meter, letters)
    })?;
    prepared.dead_letters.flush().context("cannot write dead letters")?;
    let mut unreadable = [prepared.found.unreadable, surveyed.unreadable.clone()].concat();
    unreadable.sort();
    let max_silence = Policy::default().max_silence();
    let report = Report { surveyed: &surveyed, unreadable: &unreadable, max_silence };
    let text = match args.format {
        FeedFormat::Table => table::render(&report),
        FeedFormat::Json => json::render(&report)?,
    };
    anstream::stdout().write_all(text.as_bytes())?;
    Ok(exit_for(&surveyed.stats, &unreadable))
}
