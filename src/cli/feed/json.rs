//! What a log holds, as one JSON object. Its fields are described in `docs/feed.md`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Report;
use super::verdict::{looks, name, verdict};
use crate::files::proven::Proven;
use crate::files::survey::{Count, SurveyedRealm, SurveyedStream, signs};
use crate::files::tally::Rejects;
use crate::source::{RejectReason, Source};

/// The version of this form; it grows when a field changes its meaning, not when one is added.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Feed<'a> {
    v: u32,
    verdict: &'static str,
    look_at: Vec<LookAt>,
    files: u64,
    bytes: u64,
    records: u64,
    understood: u64,
    events: u64,
    /// Of no stream.
    ignored: BTreeMap<&'a str, u64>,
    rejected: Vec<Rejected<'a>>,
    streams: Vec<OneStream<'a>>,
    realms: Vec<OneRealm<'a>>,
    realms_total: u64,
    realms_total_is_exact: bool,
}

#[derive(Serialize)]
struct LookAt {
    what: &'static str,
    text: String,
}

#[derive(Serialize)]
struct Rejected<'a> {
    reason: &'static str,
    count: u64,
    first: Place<'a>,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    record: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    byte: Option<u32>,
}

#[derive(Serialize)]
struct OneStream<'a> {
    source: &'static str,
    stream: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<String>,
    days: u64,
    days_without: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    records_per_day: Option<f64>,
    records: u64,
    understood: u64,
    events: u64,
    ignored: &'a BTreeMap<&'static str, u64>,
    rejected: Vec<Rejected<'a>>,
    notes: &'a BTreeMap<String, u64>,
    proof: Proof<'a>,
    gaps: Vec<Gap>,
    seen_blind: Vec<SeenBlind>,
    blind_spots: Vec<BlindSpot>,
}

#[derive(Serialize)]
struct Proof<'a> {
    state: &'static str,
    digests: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    files_named: u64,
    files_missing: u64,
    missing: Vec<&'a str>,
}

#[derive(Serialize)]
struct Gap {
    from: String,
    to: String,
}

#[derive(Serialize)]
struct SeenBlind {
    name: &'static str,
    unseen: &'static str,
    cure: &'static str,
}

#[derive(Serialize)]
struct BlindSpot {
    unseen: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cure: Option<&'static str>,
}

#[derive(Serialize)]
struct OneRealm<'a> {
    realm: &'a str,
    events: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<String>,
    credentials: BTreeMap<&'static str, u64>,
    estimated: Vec<&'static str>,
}

pub(super) fn render(report: &Report<'_>) -> anyhow::Result<String> {
    let (surveyed, looks) = (report.surveyed, looks(report));
    let stats = &surveyed.stats;
    let Count { number: realms_total, is_exact: realms_total_is_exact } = surveyed.realms_total;
    let feed = Feed {
        v: VERSION,
        verdict: verdict(report, &looks).as_str(),
        look_at: looks.into_iter().map(|look| LookAt { what: look.what, text: look.text }).collect(),
        files: stats.files,
        bytes: stats.bytes_read,
        records: stats.records,
        understood: stats.understood,
        events: stats.events,
        ignored: stats
            .ignored
            .iter()
            .filter(|((source, _), _)| source.is_none())
            .map(|((_, reason), count)| (*reason, *count))
            .collect(),
        rejected: rejected(report, &stats.unplaced),
        streams: surveyed.streams.iter().map(|of| stream(report, of)).collect(),
        realms: surveyed.realms.iter().map(|(name, of)| realm(name, of)).collect(),
        realms_total,
        realms_total_is_exact,
    };
    Ok(serde_json::to_string(&feed)? + "\n")
}

fn rejected<'a>(report: &Report<'a>, rejects: &BTreeMap<RejectReason, Rejects>) -> Vec<Rejected<'a>> {
    let one = |(reason, rejects): (&RejectReason, &Rejects)| Rejected {
        reason: reason.as_str(),
        count: rejects.count,
        first: Place {
            file: name(report.surveyed, rejects.first.input()),
            record: rejects.first.record(),
            byte: rejects.byte,
        },
    };
    rejects.iter().map(one).collect()
}

fn stream<'a>(report: &Report<'a>, of: &'a SurveyedStream) -> OneStream<'a> {
    let activity = &of.activity;
    let (days, days_without) = activity.days();
    let gaps = activity.gaps(report.max_silence);
    let spots = Source::named(of.stream.source).blind_spots;
    OneStream {
        source: of.stream.source.as_str(),
        stream: of.stream.to_string(),
        first: activity.first.map(|at| at.to_string()),
        last: activity.last.map(|at| at.to_string()),
        days,
        days_without,
        records_per_day: activity.records_per_day().map(|rate| (rate * 100.0).round() / 100.0),
        records: activity.records,
        understood: activity.understood,
        events: of.traits.events,
        ignored: &activity.ignored,
        rejected: rejected(report, &activity.rejects),
        notes: &of.traits.notes,
        proof: proof(&activity.proven),
        gaps: gaps
            .as_slice()
            .iter()
            .map(|gap| Gap { from: gap.from.to_string(), to: gap.to.to_string() })
            .collect(),
        seen_blind: signs::shown(of.stream.source, &of.traits)
            .map(|sign| SeenBlind { name: sign.name, unseen: sign.unseen, cure: sign.cure })
            .collect(),
        blind_spots: spots.iter().map(|spot| BlindSpot { unseen: spot.unseen, cure: spot.cure }).collect(),
    }
}

fn proof(proven: &Proven) -> Proof<'_> {
    let state = if proven.digests == 0 {
        "unproven"
    } else if proven.files_named > 0 && !proven.names_known() {
        "names_unknown"
    } else if proven.files_missing() > 0 {
        "files_missing"
    } else {
        "proven"
    };
    Proof {
        state,
        digests: proven.digests,
        from: proven.from.map(|at| at.to_string()),
        to: proven.to.map(|at| at.to_string()),
        files_named: proven.files_named,
        files_missing: proven.files_missing(),
        missing: proven.missing_names().collect(),
    }
}

fn realm<'a>(name: &'a str, of: &SurveyedRealm) -> OneRealm<'a> {
    OneRealm {
        realm: name,
        events: of.events,
        first: of.first.map(|at| at.to_string()),
        last: of.last.map(|at| at.to_string()),
        credentials: of.credentials().map(|(kind, count)| (kind.name(), count.number)).collect(),
        estimated: of
            .credentials()
            .filter(|(_, count)| !count.is_exact)
            .map(|(kind, _)| kind.name())
            .collect(),
    }
}
