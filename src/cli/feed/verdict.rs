//! Whether a log is read right, and if not, what to look at.

use super::Report;
use crate::cli::summary::grouped;
use crate::credential::coverage::Gap;
use crate::files::survey::{Surveyed, SurveyedStream};
use crate::files::tally::Rejects;
use crate::source::RejectReason;
use crate::time::Span;

/// Gaps of one stream, and inputs of one sort, that are named one by one.
const NAMED_MAX: usize = 3;

/// The verdict on all inputs together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    ReadRight,
    LookAt,
    /// Nothing was recognised: nothing can be said.
    NotRead,
    /// There was nothing to read.
    Empty,
}

impl Verdict {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::ReadRight => "read_right",
            Self::LookAt => "look_at",
            Self::NotRead => "not_read",
            Self::Empty => "empty",
        }
    }
}

/// One thing to look at.
pub(super) struct Look {
    /// A short snake-case word, for machines.
    pub what: &'static str,
    pub text: String,
}

pub(super) fn verdict(report: &Report<'_>, looks: &[Look]) -> Verdict {
    let stats = &report.surveyed.stats;
    if stats.records == 0 && report.unreadable.is_empty() {
        Verdict::Empty
    } else if stats.records == 0 || !stats.recognised_any() {
        Verdict::NotRead
    } else if looks.is_empty() {
        Verdict::ReadRight
    } else {
        Verdict::LookAt
    }
}

/// Everything to look at, the gravest first.
pub(super) fn looks(report: &Report<'_>) -> Vec<Look> {
    let surveyed = report.surveyed;
    let mut looks = Vec::new();
    let unreadable: Vec<String> =
        report.unreadable.iter().map(|input| format!("{}: {}", input.path, input.why)).collect();
    some(&mut looks, "unreadable", "inputs cannot be read", &unreadable);
    let unknown: Vec<String> = surveyed
        .stats
        .unrecognised()
        .map(|input| format!("{}: none of its records could be read", name(surveyed, input)))
        .collect();
    some(&mut looks, "unrecognised", "inputs hold no record that could be read", &unknown);
    if surveyed.streams.is_empty() && surveyed.stats.recognised_any() && surveyed.stats.records > 0 {
        let records = grouped(surveyed.stats.records);
        let text = format!("none of {records} records is of a log: notices of deliveries, or other lines");
        looks.push(Look { what: "no_events", text });
    }
    for (reason, rejects) in &surveyed.stats.unplaced {
        looks.push(rejected("of no stream", surveyed, *reason, rejects));
    }
    for stream in &surveyed.streams {
        of_stream(&mut looks, surveyed, stream, report.max_silence);
    }
    looks
}

fn of_stream(looks: &mut Vec<Look>, surveyed: &Surveyed, stream: &SurveyedStream, max_silence: Span) {
    let (title, activity) = (title(stream), &stream.activity);
    for (reason, rejects) in &activity.rejects {
        looks.push(rejected(&title, surveyed, *reason, rejects));
    }
    if activity.understood == 0 {
        let records = grouped(activity.records);
        let text = format!("{title}: none of {records} records says anything of a credential");
        looks.push(Look { what: "no_events", text });
    }
    let silences = activity.silences(max_silence);
    let gaps: Vec<String> =
        silences.as_slice().iter().map(|gap| format!("{title}: no record from {}", stretch(gap))).collect();
    some(looks, "gap", &format!("gaps in {title}"), &gaps);
    let proven = &activity.proven;
    if let Some(first) = proven.missing_names().next() {
        let (missing, named) = (grouped(proven.files_missing()), grouped(proven.files_named));
        let text =
            format!("{title}: {missing} of {named} log files that digests name are not here, first {first}");
        looks.push(Look { what: "files_missing", text });
    }
}

/// The first of `texts` one by one, the others together.
fn some(looks: &mut Vec<Look>, what: &'static str, all: &str, texts: &[String]) {
    let (shown, rest) = texts.split_at(texts.len().min(NAMED_MAX));
    looks.extend(shown.iter().map(|text| Look { what, text: text.clone() }));
    if !rest.is_empty() {
        looks.push(Look { what, text: format!("{} more {all}", grouped(rest.len() as u64)) });
    }
}

fn rejected(of: &str, surveyed: &Surveyed, reason: RejectReason, rejects: &Rejects) -> Look {
    let first = place(surveyed, rejects);
    let text = format!("{of}: {} rejected as {}, first {first}", grouped(rejects.count), reason.as_str());
    Look { what: "rejected", text }
}

/// Where the first of them lies: `file:line byte n`.
pub(super) fn place(surveyed: &Surveyed, rejects: &Rejects) -> String {
    let byte = rejects.byte.map(|byte| format!(" byte {byte}")).unwrap_or_default();
    format!("{}:{}{byte}", name(surveyed, rejects.first.input()), rejects.first.record())
}

pub(super) fn name(surveyed: &Surveyed, input: u32) -> &str {
    surveyed.inputs.get(input as usize).map_or("", String::as_str)
}

/// A gap: from, to, and how long; in hours where days would hide what matters.
pub(super) fn stretch(gap: &Gap) -> String {
    let span = gap.to - gap.from;
    let hours = span.micros() / Span::hours(1).micros();
    let long = if span < Span::days(10) { format!("{hours} h") } else { span.to_string() };
    format!("{} to {} ({long})", gap.from.to_minute(), gap.to.to_minute())
}

/// How a stream is called: `prod/file (vault.audit)`.
pub(super) fn title(stream: &SurveyedStream) -> String {
    format!("{} ({})", stream.stream, stream.stream.source.as_str())
}
