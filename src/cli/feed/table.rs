//! What a log holds, for people: the verdict first, then each stream and each realm.
//!
//! Styles are written as ANSI sequences; they are stripped where the output is no terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::Report;
use super::verdict::{Look, Verdict, looks, place, stretch, title, verdict};
use crate::cli::summary::{grouped, size};
use crate::files::proven::Proven;
use crate::files::survey::{Count, SurveyedRealm, SurveyedStream, signs};
use crate::files::tally::{Activity, Rejects};
use crate::source::{RejectReason, Source};
use crate::stream::SourceName;

/// Realms that are listed, those with the most events.
const REALMS_SHOWN_MAX: usize = 20;

/// Gaps of one stream that are listed.
const GAPS_SHOWN_MAX: usize = 5;

/// Columns of text behind the margin.
const WIDTH: usize = 92;

/// Between words that stay on one line.
const TIED: char = '\u{a0}';

/// The margin with the titles of lines.
const MARGIN: usize = 16;

pub(super) fn render(report: &Report<'_>) -> String {
    let looks = looks(report);
    let mut out = String::new();
    head(&mut out, report, &looks);
    elsewhere(&mut out, report);
    for stream in &report.surveyed.streams {
        of_stream(&mut out, report, stream);
    }
    realms(&mut out, report);
    out
}

fn bold() -> Style {
    Style::new().bold()
}

fn colour(colour: AnsiColor) -> Style {
    Style::new().bold().fg_color(Some(colour.into()))
}

/// The verdict, and under it what to look at.
fn head(out: &mut String, report: &Report<'_>, looks: &[Look]) {
    let (style, word) = match verdict(report, looks) {
        Verdict::ReadRight => (colour(AnsiColor::Green), "READ RIGHT"),
        Verdict::LookAt => (colour(AnsiColor::Yellow), "LOOK AT"),
        Verdict::NotRead => (colour(AnsiColor::Red), "NOT READ"),
        Verdict::Empty => (colour(AnsiColor::Yellow), "EMPTY"),
    };
    let blanks = " ".repeat(MARGIN.saturating_sub(word.len()));
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{style}{word}{style:#}{blanks}{}", wrapped(&read(report)));
    for (number, look) in (1..).zip(looks) {
        line(out, &format!("{number}."), &look.text);
    }
}

fn read(report: &Report<'_>) -> String {
    let (surveyed, stats) = (report.surveyed, &report.surveyed.stats);
    if stats.records == 0 {
        return "there was nothing to read".to_owned();
    }
    let signs: usize = surveyed
        .streams
        .iter()
        .map(|stream| signs::shown(stream.stream.source, &stream.traits).count())
        .sum();
    let blind = match signs {
        0 => String::new(),
        _ => format!("; {} in these logs", counted(signs as u64, "blind spot")),
    };
    format!(
        "{} ({}), {}: {} in {}{blind}",
        counted(stats.files, "file"),
        size(stats.bytes_read),
        counted(stats.records, "record"),
        counted(stats.events, "event"),
        counted_about(surveyed.realms_total, "realm"),
    )
}

/// What belongs to no stream.
fn elsewhere(out: &mut String, report: &Report<'_>) {
    let stats = &report.surveyed.stats;
    let ignored: BTreeMap<&str, u64> = stats
        .ignored
        .iter()
        .filter(|((source, _), _)| source.is_none())
        .map(|((_, reason), count)| (*reason, *count))
        .collect();
    if ignored.is_empty() && stats.unplaced.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{0}Of no stream{0:#}", bold());
    reasons(out, &ignored);
    rejected(out, report, &stats.unplaced);
}

fn of_stream(out: &mut String, report: &Report<'_>, stream: &SurveyedStream) {
    let activity = &stream.activity;
    let _ = writeln!(out, "\n{0}Stream {1}{0:#}", bold(), title(stream));
    line(out, "time", &times(activity));
    let per_day = activity.records_per_day().map(|rate| format!(", {} a day", rated(rate)));
    line(out, "records", &format!("{}{}", grouped(activity.records), per_day.unwrap_or_default()));
    let share = part(activity.understood, activity.records);
    let events = counted(stream.traits.events, "event");
    line(out, "understood", &format!("{} ({share}), {events}", grouped(activity.understood)));
    reasons(out, &activity.ignored);
    rejected(out, report, &activity.rejects);
    notes(out, &stream.traits.notes);
    line(out, "proof of life", &proof(stream.stream.source, &activity.proven));
    gaps(out, report, activity);
    blind_spots(out, stream);
}

fn times(activity: &Activity) -> String {
    let (Some(first), Some(last)) = (activity.first, activity.last) else { return "no times".to_owned() };
    let (days, without) = activity.days();
    let without = match without {
        0 => "none without a record".to_owned(),
        count => format!("{} without a record", grouped(count)),
    };
    format!("{} to {}: {}, {without}", first.to_minute(), last.to_minute(), counted(days, "day"))
}

fn reasons(out: &mut String, ignored: &BTreeMap<&str, u64>) {
    if ignored.is_empty() {
        return;
    }
    let total: u64 = ignored.values().sum();
    line(out, "ignored", &format!("{}: {}", grouped(total), most_first(ignored)));
}

fn notes(out: &mut String, notes: &BTreeMap<String, u64>) {
    if !notes.is_empty() {
        let notes: BTreeMap<&str, u64> = notes.iter().map(|(note, count)| (note.as_str(), *count)).collect();
        line(out, "notes", &most_first(&notes));
    }
}

fn most_first(counts: &BTreeMap<&str, u64>) -> String {
    let mut counts: Vec<_> = counts.iter().collect();
    counts.sort_by_key(|(word, count)| (std::cmp::Reverse(**count), **word));
    let words = counts.iter().map(|(word, count)| format!("{}{TIED}{word}", grouped(**count)));
    words.collect::<Vec<_>>().join(", ")
}

fn rejected(out: &mut String, report: &Report<'_>, rejects: &BTreeMap<RejectReason, Rejects>) {
    for (at, (reason, rejects)) in rejects.iter().enumerate() {
        let first = place(report.surveyed, rejects);
        let text = format!("{} {}, first {first}", grouped(rejects.count), reason.as_str());
        line(out, if at == 0 { "rejected" } else { "" }, &text);
    }
}

fn proof(source: SourceName, proven: &Proven) -> String {
    let (Some(from), Some(to)) = (proven.from, proven.to) else {
        let how = if Source::named(source).proves_deliveries() {
            "switch on log file validation of the trail, and give its digest files too"
        } else {
            "this log has none of its own; only its records show that it was alive"
        };
        return format!("unproven: {how}");
    };
    let digests = counted(proven.digests, "digest");
    let (named, missing) = (proven.files_named, proven.files_missing());
    let files = if named == 0 {
        "no file was delivered".to_owned()
    } else if !proven.names_known() {
        format!(
            "names unknown: none of the {} they name is an input by its name, so that only periods without \
             any file are proven",
            counted(named, "file")
        )
    } else if missing == 0 {
        format!("all {} they name are here", counted(named, "file"))
    } else {
        format!("{} of {} they name are missing", grouped(missing), counted(named, "file"))
    };
    format!("{digests}, {} to {}; {files}", from.to_minute(), to.to_minute())
}

fn gaps(out: &mut String, report: &Report<'_>, activity: &Activity) {
    let gaps = activity.gaps(report.max_silence);
    let allowed = report.max_silence;
    if gaps.as_slice().is_empty() {
        return line(out, "gaps", &format!("none longer than {allowed}"));
    }
    for (at, gap) in gaps.as_slice().iter().take(GAPS_SHOWN_MAX).enumerate() {
        line(out, if at == 0 { "gaps" } else { "" }, &stretch(gap));
    }
    if let Some(more @ 1..) = gaps.as_slice().len().checked_sub(GAPS_SHOWN_MAX) {
        line(out, "", &format!("and {more} more"));
    }
}

fn blind_spots(out: &mut String, stream: &SurveyedStream) {
    let style = colour(AnsiColor::Yellow);
    for sign in signs::shown(stream.stream.source, &stream.traits) {
        let blanks = " ".repeat(MARGIN - 2 - "seen here".len());
        let text = wrapped(sign.unseen);
        let _ = writeln!(out, "  {style}seen here{style:#}{blanks}{text}");
        line(out, "", &format!("-> {}", sign.cure));
    }
    for spot in Source::named(stream.stream.source).blind_spots {
        line(out, "blind spot", spot.unseen);
        if let Some(cure) = spot.cure {
            line(out, "", &format!("-> {cure}"));
        }
    }
}

fn realms(out: &mut String, report: &Report<'_>) {
    let surveyed = report.surveyed;
    let mut realms: Vec<(&String, &SurveyedRealm)> = surveyed.realms.iter().collect();
    realms.sort_by_key(|(name, realm)| (std::cmp::Reverse(realm.events), *name));
    let shown = realms.len().min(REALMS_SHOWN_MAX);
    for (name, realm) in realms.iter().take(shown) {
        let name: String = name.chars().map(as_shown).collect();
        let _ = writeln!(out, "\n{0}Realm {name}{0:#}", bold());
        let times = realm.first.zip(realm.last);
        let times = times.map(|(first, last)| format!(", {} to {}", first.to_minute(), last.to_minute()));
        line(out, "events", &format!("{}{}", grouped(realm.events), times.unwrap_or_default()));
        let credentials: Vec<String> = realm
            .credentials()
            .map(|(kind, count)| format!("{}{TIED}{}", about(count), kind.name()))
            .collect();
        if !credentials.is_empty() {
            line(out, "credentials", &credentials.join(", "));
        }
    }
    let total = surveyed.realms_total;
    if total.number > shown as u64 {
        let more = Count { number: total.number - shown as u64, ..total };
        let more: String = counted_about(more, "more realm").chars().map(as_shown).collect();
        let _ = writeln!(out, "\n{more} with fewer events: not listed");
    }
}

fn line(out: &mut String, title: &str, text: &str) {
    let text = wrapped(text);
    let width = MARGIN - 2;
    let _ = writeln!(out, "  {title:<width$}{text}");
}

/// In lines that fit, behind the margin from the second on. What logs say may be no command to a terminal.
fn wrapped(text: &str) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split(' ') {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > WIDTH {
            out.push('\n');
            out.push_str(&" ".repeat(MARGIN));
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.extend(word.chars().map(as_shown));
        column += width;
    }
    out
}

fn as_shown(letter: char) -> char {
    match letter {
        TIED => ' ',
        _ if letter.is_control() => char::REPLACEMENT_CHARACTER,
        _ => letter,
    }
}

fn counted(number: u64, what: &str) -> String {
    counted_about(Count::exact(number), what)
}

fn counted_about(count: Count, what: &str) -> String {
    format!("{} {what}{}", about(count), if count.number == 1 { "" } else { "s" })
}

fn about(count: Count) -> String {
    let word = if count.is_exact { String::new() } else { format!("about{TIED}") };
    format!("{word}{}", grouped(count.number))
}

/// A share in percent, which is 100 only where it is the whole.
fn part(part: u64, whole: u64) -> String {
    let tenths = part.saturating_mul(1_000) / whole.max(1);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// A rate with a digit behind the point where that means anything.
fn rated(rate: f64) -> String {
    if rate < 10.0 { format!("{rate:.1}") } else { grouped_rate(rate) }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate for people")]
fn grouped_rate(rate: f64) -> String {
    grouped(rate.round() as u64)
}
