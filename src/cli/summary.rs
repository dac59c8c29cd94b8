//! What a run read, on stderr when it is over.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use crate::engine::Census;
use crate::evidence::Severity;
use crate::files::Unreadable;
use crate::files::tally::{Activity, Stats};
use crate::finding::{Finding, Status};
use crate::stream::Stream;

/// Reasons of ignored records named one by one; the others are counted together.
const IGNORED_SHOWN_MAX: usize = 6;

/// Inputs of no known format that are named one by one.
const UNRECOGNISED_SHOWN_MAX: usize = 5;

/// What is summed up.
pub(super) struct Report<'a> {
    pub stats: &'a Stats,
    /// Where events were compared at all.
    pub duplicates: Option<u64>,
    pub streams: Vec<(&'a Stream, &'a Activity)>,
    pub unreadable: &'a [Unreadable],
    pub elapsed: Duration,
    /// Where findings were concluded at all.
    pub conclusions: Option<Conclusions<'a>>,
}

/// What was concluded.
pub(super) struct Conclusions<'a> {
    pub census: &'a Census,
    /// The last transition of each finding.
    pub standing: &'a [&'a Finding],
}

/// Prints it. A closed stderr has nobody to tell.
pub(super) fn print(report: &Report<'_>, inputs: &[&str]) {
    let _ = anstream::stderr().write_all(render(report, inputs).as_bytes());
}

fn render(report: &Report<'_>, inputs: &[&str]) -> String {
    let mut out = String::new();
    let stats = report.stats;
    line(&mut out, "read", &read(report));
    line(&mut out, "records", &with_parts(stats.records, by_source(stats)));
    let left_out = report.duplicates.filter(|count| *count > 0);
    let duplicates = left_out.map(|count| format!("{} duplicates left out", grouped(count)));
    line(&mut out, "events", &with_parts(stats.events, duplicates.into_iter().collect()));
    ignored(&mut out, stats);
    rejected(&mut out, stats, inputs);
    for (stream, activity) in &report.streams {
        line(&mut out, "stream", &stream_text(stream, activity));
    }
    // Of logs that nobody could read there is nothing to conclude, least of all that nothing is wrong.
    let conclusions = report.conclusions.as_ref().filter(|_| stats.records > 0 && stats.recognised_any());
    if let Some(conclusions) = conclusions {
        concluded(&mut out, conclusions);
    }
    for input in stats.unrecognised().take(UNRECOGNISED_SHOWN_MAX) {
        let file = inputs.get(input as usize).unwrap_or(&"");
        line(&mut out, "unknown", &format!("{file}: none of its records could be read"));
    }
    for Unreadable { path, why } in report.unreadable {
        line(&mut out, "unreadable", &format!("{path}: {why}"));
    }
    if stats.records == 0 && report.unreadable.is_empty() {
        line(&mut out, "note", "there was nothing to read");
    } else if !stats.recognised_any() {
        line(&mut out, "note", "no record was recognised: this says nothing about any credential");
    }
    out
}

fn line(out: &mut String, title: &str, text: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{title:<11} {text}");
}

fn read(report: &Report<'_>) -> String {
    let (stats, seconds) = (report.stats, report.elapsed.as_secs_f64().max(0.001));
    let inflated = if stats.bytes > stats.bytes_read {
        format!(" ({} inflated)", size(stats.bytes))
    } else {
        String::new()
    };
    format!(
        "{} {}, {}{inflated} in {seconds:.1} s: {} records/s, {}/s",
        grouped(stats.files),
        if stats.files == 1 { "file" } else { "files" },
        size(stats.bytes_read),
        grouped(per_second(stats.records, seconds)),
        size(per_second(stats.bytes, seconds)),
    )
}

fn by_source(stats: &Stats) -> Vec<String> {
    stats.by_source.iter().map(|(source, count)| format!("{} {}", source.as_str(), grouped(*count))).collect()
}

fn with_parts(total: u64, parts: Vec<String>) -> String {
    std::iter::once(grouped(total)).chain(parts).collect::<Vec<_>>().join("   ")
}

fn ignored(out: &mut String, stats: &Stats) {
    let total: u64 = stats.ignored.values().sum();
    if total == 0 {
        return;
    }
    line(out, "ignored", &grouped(total));
    let mut reasons: Vec<_> = stats.ignored.iter().map(|(key, count)| (*count, *key)).collect();
    reasons.sort_by_key(|(count, key)| (std::cmp::Reverse(*count), *key));
    let (shown, rest) = reasons.split_at(reasons.len().min(IGNORED_SHOWN_MAX));
    for (count, (source, reason)) in shown {
        let source = source.map_or("envelope", |source| source.as_str());
        line(out, "", &format!("{:>12}  {reason} ({source})", grouped(*count)));
    }
    if !rest.is_empty() {
        let count: u64 = rest.iter().map(|(count, _)| count).sum();
        line(out, "", &format!("{:>12}  for {} other reasons", grouped(count), rest.len()));
    }
}

fn rejected(out: &mut String, stats: &Stats, inputs: &[&str]) {
    let total: u64 = stats.rejects.values().map(|rejects| rejects.count).sum();
    if total == 0 {
        return;
    }
    line(out, "rejected", &grouped(total));
    for (reason, rejects) in &stats.rejects {
        let file = inputs.get(rejects.first.input() as usize).unwrap_or(&"");
        let byte = rejects.byte.map(|byte| format!(" byte {byte}")).unwrap_or_default();
        let first = format!("{file}:{}{byte}", rejects.first.record());
        line(out, "", &format!("{:>12}  {}, first {first}", grouped(rejects.count), reason.as_str()));
    }
}

fn concluded(out: &mut String, conclusions: &Conclusions<'_>) {
    let census = conclusions.census;
    let total: u64 = census.by_kind.iter().map(|(_, count)| count).sum();
    let realms =
        format!("in {} {}", grouped(census.realms), if census.realms == 1 { "realm" } else { "realms" });
    line(out, "credentials", &with_parts(total, vec![realms]));
    for (kind, count) in &census.by_kind {
        line(out, "", &format!("{:>12}  {kind}", grouped(*count)));
    }
    if census.unresolved > 0 {
        let why = "ended under a name that no other record uses (README: What it cannot see)";
        line(out, "unresolved", &format!("{} {why}", grouped(census.unresolved)));
    }
    let open = open_by_severity(conclusions.standing);
    let closed = conclusions.standing.len() - open.iter().map(|(_, count)| count).sum::<usize>();
    let open = open.iter().map(|(severity, count)| format!("{count} {}", severity.as_str()));
    let open = open.collect::<Vec<_>>().join(", ");
    let open = if open.is_empty() { "none open" } else { &open };
    line(out, "findings", &format!("{open}; {closed} closed in the course of these logs"));
}

/// The open findings of each severity, the gravest first.
fn open_by_severity(standing: &[&Finding]) -> Vec<(Severity, usize)> {
    let mut counts = BTreeMap::new();
    for finding in standing.iter().filter(|finding| finding.status == Status::Open) {
        *counts.entry(finding.severity).or_insert(0) += 1;
    }
    counts.into_iter().rev().collect()
}

fn stream_text(stream: &Stream, activity: &Activity) -> String {
    let times = match (activity.first, activity.last) {
        (Some(first), Some(last)) => format!("{} to {}", first.to_minute(), last.to_minute()),
        _ => "no times".to_owned(),
    };
    format!("{stream} ({}): {times}, {} records", stream.source.as_str(), grouped(activity.records))
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate for people, three digits of which mean anything"
)]
fn per_second(count: u64, seconds: f64) -> u64 {
    (count as f64 / seconds) as u64
}

/// `1,234,567`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1.4 MB`, in decimal units as disks are sold.
pub(super) fn size(bytes: u64) -> String {
    let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    match units.iter().find(|(_, unit)| bytes >= *unit) {
        Some((name, unit)) => format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
        None => format!("{bytes} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::{grouped, size};

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(
            ["7", "999", "1,000", "1,234,567"],
            [7, 999, 1_000, 1_234_567].map(grouped).each_ref().map(String::as_str)
        );
        assert_eq!(
            ["0 B", "1.5 kB", "2.0 MB", "3.9 GB"],
            [0, 1_500, 2_000_000, 3_999_999_999].map(size).each_ref().map(String::as_str)
        );
    }
}
