//! `tenure scan`: logs in, findings out.

use std::collections::BTreeSet;
use std::io::Write;
use std::num::NonZeroUsize;

use anyhow::Context;

use super::args::{FailOn, Format, Global, ScanArgs};
use super::exit::{Exit, Usage};
use super::input::{Prepared, exit_for, prepare};
use super::{policy, progress, summary};
use crate::engine::{Census, Engine};
use crate::files::Meter;
use crate::files::in_order::is_closed_pipe;
use crate::files::ingest::{Ingested, SortedEvents, ingest};
use crate::files::tally::Activity;
use crate::finding::{Finding, Status};
use crate::format::{finding_json, finding_ocsf, table};
use crate::policy::Policy;
use crate::source::Source;
use crate::stream::{Stream, StreamIx};
use crate::telemetry::clock::{Stopwatch, wall_clock};
use crate::time::EventTime;

pub(super) fn run(args: &ScanArgs, global: &Global) -> anyhow::Result<Exit> {
    let policy = args.policy.as_deref().map_or_else(|| Ok(Policy::default()), policy::load)?;
    let mut prepared = prepare(&args.input, global, not_after(args.now)?)?;
    let watch = Stopwatch::start();
    let Ingested { inputs, streams, activity, stats, unreadable, events } = read(&mut prepared)?;
    let engines = engines(prepared.settings.threads, &policy, &streams, &activity);
    let folded = fold(events, engines, &ends(&streams, &activity, args.now))?;
    // A reader that has seen enough changes nothing of what was found.
    print(args, &folded, &inputs)
        .or_else(|error| if is_closed_pipe(&error) { Ok(()) } else { Err(error) })?;
    let unreadable = [prepared.found.unreadable, unreadable].concat();
    let standing = standing(&folded.findings);
    let report = summary::Report {
        stats: &stats,
        duplicates: Some(folded.duplicates),
        streams: streams.iter().zip(&activity).collect(),
        unreadable: &unreadable,
        elapsed: watch.elapsed(),
        conclusions: Some(summary::Conclusions { census: &folded.census, standing: &standing }),
    };
    let names: Vec<&str> = inputs.iter().map(String::as_str).collect();
    summary::print(&report, &names);
    Ok(exit_for(&stats, &unreadable).and(exit_for_findings(args.fail_on, &standing)))
}

fn read(prepared: &mut Prepared) -> anyhow::Result<Ingested> {
    let meter = Meter::default();
    let (total, inputs) = (prepared.bytes_total(), &prepared.found.inputs);
    let letters = &mut prepared.dead_letters;
    let ingested = progress::shown(&meter, total, progress::is_seen(false), || {
        ingest(&prepared.settings, inputs, &prepared.streams, &meter, letters)
    })?;
    prepared.dead_letters.flush().context("cannot write dead letters")?;
    Ok(ingested)
}

/// What the engine concluded from all events.
struct Folded {
    /// Every transition, in the order of (time, uid).
    findings: Vec<Finding>,
    /// The open findings in the words of the last moment, by uid.
    open: Vec<Finding>,
    census: Census,
    duplicates: u64,
}

/// One engine a thread, each told when the streams delivered.
fn engines(threads: NonZeroUsize, policy: &Policy, streams: &[Stream], activity: &[Activity]) -> Vec<Engine> {
    let engine = |_| {
        let mut engine = Engine::new(policy.clone(), streams);
        for (activity, stream) in activity.iter().zip(0..) {
            engine.set_gaps(StreamIx(stream), activity.gaps(policy.max_silence()));
        }
        engine
    };
    (0..threads.get()).map(engine).collect()
}

/// Folds the events in the order of time, and lets time pass to the end of each stream. Each realm is in one
/// of the engines, so that together they conclude what one would.
fn fold(events: SortedEvents, engines: Vec<Engine>, ends: &[EventTime]) -> anyhow::Result<Folded> {
    let (engines, duplicates) = events.fold_by_realm(engines, Engine::handle)?;
    let mut folded = Folded { findings: Vec::new(), open: Vec::new(), census: Census::default(), duplicates };
    for mut engine in engines {
        engine.advance_all(|stream| ends.get(usize::from(stream.0)).copied().unwrap_or(EventTime::MIN));
        folded.findings.append(&mut engine.take_findings());
        folded.open.append(&mut engine.restate());
        folded.census.absorb(engine.census());
    }
    // Transitions of one finding at one moment stay in the order they were concluded.
    folded.findings.sort_by_key(|finding| (finding.time, finding.uid));
    folded.open.sort_by_key(|finding| finding.uid);
    Ok(folded)
}

/// Until when each stream is complete: what the operator claims, else its own last record or proof.
fn ends(streams: &[Stream], activity: &[Activity], now: Option<EventTime>) -> Vec<EventTime> {
    let own = |(stream, activity): (&Stream, &Activity)| {
        activity.until(Source::named(stream.source).lateness).unwrap_or(EventTime::MIN)
    };
    streams.iter().zip(activity).map(|each| now.unwrap_or_else(|| own(each))).collect()
}

/// The last transition of each finding, in the order of the transitions.
fn standing(findings: &[Finding]) -> Vec<&Finding> {
    let mut seen = BTreeSet::new();
    let mut last: Vec<&Finding> = findings.iter().rev().filter(|finding| seen.insert(finding.uid)).collect();
    last.reverse();
    last
}

fn print(args: &ScanArgs, folded: &Folded, inputs: &[String]) -> anyhow::Result<()> {
    let name = |input: u32| inputs.get(input as usize).map_or("", String::as_str);
    let mut stdout = std::io::BufWriter::new(anstream::stdout().lock());
    let latest = standing(&folded.findings);
    match (args.format, args.summary) {
        (Format::Table, is_short) => {
            let latest = in_present_words(&latest, folded);
            let text = if is_short { table::summary(&latest) } else { table::table(&latest, &name) };
            stdout.write_all(text.as_bytes())?;
        }
        (Format::Json | Format::Ocsf, _) => {
            let all = folded.findings.iter().collect();
            for finding in if args.latest { latest } else { all } {
                let line = match args.format {
                    Format::Ocsf => finding_ocsf::finding_line(finding, &name, None),
                    Format::Json | Format::Table => finding_json::finding_line(finding, &name)?,
                };
                writeln!(stdout, "{line}")?;
            }
        }
    }
    stdout.flush()?;
    Ok(())
}

/// People read what is so, not what was so on the day a finding opened.
fn in_present_words<'f>(latest: &[&'f Finding], folded: &'f Folded) -> Vec<&'f Finding> {
    let restated = |finding: &&'f Finding| {
        let at = folded.open.binary_search_by_key(&finding.uid, |open| open.uid);
        at.map_or(*finding, |at| &folded.open[at])
    };
    latest.iter().map(restated).collect()
}

fn exit_for_findings(fail_on: Option<FailOn>, standing: &[&Finding]) -> Exit {
    let Some(fail_on) = fail_on else { return Exit::Done };
    let least = fail_on.severity();
    let fails = |finding: &&Finding| finding.status == Status::Open && finding.severity >= least;
    if standing.iter().any(fails) { Exit::Findings } else { Exit::Done }
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
