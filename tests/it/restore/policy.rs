//! A partition whose policy is another one after a restart.

use tenure::engine::partition::PolicyText;
use tenure::event::Action;
use tenure::finding::{Change, CloseReason};
use tenure::kind::Kind;
use tenure::progress::Pace;
use tenure::time::Span;

use super::log::{Log, Reading, Writer};
use super::{Folder, fold};
use crate::model::history::{AWS, About, BEGIN, DAY};
use crate::model::script::blank;

/// The key is dormant after 40 days, and not too old.
const BEFORE: &str = "[defaults]\ndormant_after = \"10d\"\nover_age_after = \"300d\"\n\
    over_age_medium_after = \"301d\"\nover_age_high_after = \"302d\"\n";

/// The key is too old after 40 days, and not dormant.
const AFTER: &str =
    "[defaults]\ndormant_after = \"300d\"\ndormant_high_after = \"301d\"\nover_age_after = \"30d\"\n";

fn text(text: &str) -> PolicyText {
    PolicyText { name: "policy.toml".to_owned(), text: text.to_owned() }
}

/// A key that was made, used once and left alone for 40 days.
fn log() -> Log {
    let reading = Reading {
        lateness: Span::ZERO,
        max_silence: Span::days(2),
        live: false,
        heard: true,
        second_stream: usize::MAX,
        told: 2,
        stride: 1,
        pace: Pace::Idle,
    };
    let key = About::Credential { kind: Kind::AwsAccessKey, names: vec!["AKIAEXAMPLE"], version: None };
    let mut writer = Writer::new(reading);
    writer.event(&blank(0, BEGIN, AWS, Action::Issued, key.clone()));
    writer.event(&blank(1, BEGIN + DAY, AWS, Action::Used, key));
    for day in 2..=40 {
        writer.progress(BEGIN + day * DAY);
    }
    writer.finish()
}

/// One that was told all of `log` under the policy before, with the findings it has open.
fn told(log: &Log) -> Folder {
    let mut folder = fold(text(BEFORE), log, &[], &[]);
    let said: Vec<_> =
        folder.said.drain(..).map(|said| (said.finding.detection, said.finding.change)).collect();
    assert_eq!(said.first(), Some(&("L01", Change::Open)), "{said:?}");
    assert!(said.iter().all(|(detection, _)| *detection == "L01"), "{said:?}");
    folder
}

#[test]
fn another_policy_at_a_restart_closes_as_reclassified_and_opens_what_holds() {
    let log = log();
    let mut folder = told(&log);
    folder.text = text(AFTER);
    folder.restart(&log, log.records.len());
    folder.commit();
    let mut said: Vec<_> = folder
        .said
        .iter()
        .map(|said| (said.finding.detection, said.finding.change, said.finding.close_reason))
        .collect();
    said.sort_unstable();
    let reclassified = Some(CloseReason::ReclassifiedPolicy);
    assert_eq!(said, [("L01", Change::Resolve, reclassified), ("L03", Change::Open, None)]);
    // What was concluded is part of the state: one more restart has nothing to add.
    folder.said.clear();
    folder.restart(&log, log.records.len());
    folder.commit();
    assert_eq!(folder.said, []);
}

#[test]
fn the_same_policy_at_a_restart_changes_nothing() {
    let log = log();
    let mut folder = told(&log);
    folder.restart(&log, log.records.len());
    let mut written = Vec::new();
    folder.partition.write_changes(&mut |key, _| written.push(key));
    assert!(written.is_empty(), "{written:?}");
    folder.commit();
    assert_eq!(folder.said, []);
}
