//! Records that run ahead of the clock of their realm, as they do where one raw partition is read faster than
//! another.

use tenure::engine::partition::Conclusion;
use tenure::event::Action;
use tenure::finding::Change;
use tenure::kind::Kind;
use tenure::progress::Pace;
use tenure::time::Span;

use super::log::{Reading, Writer};
use super::{fold, policy_text};
use crate::model::history::{AWS, About, BEGIN, DAY, HOUR, Happening, Seconds, time};
use crate::model::script::blank;

/// The clock follows the raw partition that is read slowest.
const READING: Reading = Reading {
    lateness: Span::ZERO,
    max_silence: Span::days(2),
    live: false,
    heard: true,
    second_stream: usize::MAX,
    told: 2,
    stride: 1,
    pace: Pace::Live,
};

/// A record of `name`, numbered for the raw partition that is read ahead.
fn ahead(number: usize, at: Seconds, action: Action, kind: Kind, name: &'static str) -> Happening {
    let about = About::Credential { kind, names: vec![name], version: None };
    blank(2 * number + 1, at, AWS, action, about)
}

/// What is said of `happenings`, all of which are read before the clock leaves the first day and goes on to
/// `until` in steps of six hours.
fn said(happenings: &[Happening], until: Seconds) -> Vec<Conclusion> {
    let mut writer = Writer::new(READING);
    writer.progress(BEGIN);
    for happening in happenings {
        writer.event(happening);
    }
    for step in 0..(until - BEGIN) / (6 * HOUR) {
        writer.progress(BEGIN + step * 6 * HOUR);
    }
    fold(policy_text(0), &writer.finish(), &[], &[]).said
}

fn changes(said: &[Conclusion], detection: &str) -> Vec<Change> {
    let of_it = said.iter().filter(|said| said.finding.detection == detection);
    of_it.map(|said| said.finding.change).collect()
}

#[test]
fn a_record_ahead_of_the_clock_never_makes_a_finding_flap() {
    let used_at = BEGIN + 200 * DAY;
    let (key, revoked) = ("AKIAEXAMPLE", "AKIAREVOKED");
    let happenings = [
        ahead(0, BEGIN, Action::Issued, Kind::AwsAccessKey, key),
        ahead(1, BEGIN, Action::Issued, Kind::AwsAccessKey, revoked),
        ahead(2, BEGIN + 90 * DAY, Action::Revoked, Kind::AwsAccessKey, revoked),
        ahead(3, used_at, Action::Used, Kind::AwsAccessKey, key),
        ahead(4, used_at, Action::Used, Kind::AwsAccessKey, revoked),
    ];
    let said = said(&happenings, used_at);
    for detection in ["L03", "V01"] {
        assert_eq!(changes(&said, detection), [Change::Open], "{detection}: {said:#?}");
    }
    assert!(said.iter().all(|said| said.finding.time <= time(used_at)));
}
