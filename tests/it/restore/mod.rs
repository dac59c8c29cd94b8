//! A partition that is thrown away and restored from its changelog goes on as if nothing had happened: the
//! same conclusions in the same order, and the same state byte for byte.

mod ahead;
pub mod log;
mod policy;

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use tenure::changelog::{Key, encode};
use tenure::engine::partition::{Conclusion, Partition, PolicyText, WINDOW_OFFSETS};
use tenure::progress::Pace;
use tenure::time::Span;

use self::log::{Log, Reading, Writer};
use crate::model::cases;
use crate::model::history::{History, Step};
use crate::model::policies::POLICIES;
use crate::model::script::{ANY, any_history};

const PARTITIONS: u32 = 4;

/// The last record of each key.
type Records = BTreeMap<Vec<u8>, Vec<u8>>;

fn policy_text(policy: usize) -> PolicyText {
    PolicyText { name: "policy.toml".to_owned(), text: POLICIES[policy].text.to_owned() }
}

/// One that folds a log, and what it has written.
struct Folder {
    text: PolicyText,
    partition: Partition,
    records: Records,
    said: Vec<Conclusion>,
}

impl Folder {
    fn new(text: PolicyText) -> Self {
        let partition = Partition::new(text.parse().unwrap(), text.clone(), PARTITIONS);
        Self { text, partition, records: Records::new(), said: Vec::new() }
    }

    fn commit(&mut self) {
        self.said.append(&mut self.partition.take_conclusions());
        self.partition.write_changes(&mut |key, state| put(&mut self.records, &key, state));
    }

    /// Throws the partition away and takes its state up again, before record `at` of `log`.
    fn restart(&mut self, log: &Log, at: usize) {
        self.commit();
        let (policy, text) = (self.text.parse().unwrap(), self.text.clone());
        self.partition = Partition::restore(policy, text, PARTITIONS, &self.records).unwrap();
        log.remember(at, &mut self.partition, WINDOW_OFFSETS);
    }

    /// All of its state, whether or not it changed.
    fn dump(&mut self) -> Records {
        let mut all = Records::new();
        self.partition.write_all(&mut |key, state| put(&mut all, &key, state));
        all
    }
}

fn put(records: &mut Records, key: &Key, state: Option<&tenure::changelog::State<'_>>) {
    match state {
        Some(state) => {
            let mut value = Vec::new();
            encode(state, &mut value);
            records.insert(key.to_bytes(), value);
        }
        None => {
            records.remove(&key.to_bytes());
        }
    }
}

/// Folds `log` with a commit before each record of `commits` and a restart before each of `restarts`.
fn fold(text: PolicyText, log: &Log, commits: &[usize], restarts: &[usize]) -> Folder {
    let mut folder = Folder::new(text);
    for at in 0..log.records.len() {
        if commits.contains(&at) {
            folder.commit();
        }
        if restarts.contains(&at) {
            folder.restart(log, at);
        }
        log.feed(at, &mut folder.partition);
    }
    folder.commit();
    folder
}

fn differing(a: &Records, b: &Records) -> Vec<String> {
    let keys = a.keys().chain(b.keys()).filter(|key| a.get(*key) != b.get(*key));
    let value = |of: &Records, key| match of.get(key) {
        Some(bytes) => format!("{:?}", tenure::changelog::decode(bytes)),
        None => "nothing".to_owned(),
    };
    let mut lines: Vec<String> = keys
        .map(|key| format!("{}\n  {}\n  {}", String::from_utf8_lossy(key), value(a, key), value(b, key)))
        .collect();
    lines.sort();
    lines.dedup();
    lines
}

/// The clock of a realm that nothing happened to is not written each time it moves.
fn without_realms(records: &Records) -> Records {
    records
        .iter()
        .filter(|(key, _)| !key.starts_with(b"\0realm"))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect()
}

/// Folds `log` with restarts and without, and holds that there is no difference.
fn goes_on(text: &PolicyText, log: &Log, restarts: &[usize]) -> Result<(), TestCaseError> {
    let mut straight = fold(text.clone(), log, restarts, &[]);
    let mut restarted = fold(text.clone(), log, &[], restarts);
    let pairs = straight.said.iter().zip(&restarted.said);
    for (number, (straight, restarted)) in pairs.enumerate() {
        prop_assert_eq!(straight, restarted, "conclusion {}", number);
    }
    prop_assert_eq!(straight.said.len(), restarted.said.len());
    let differences = differing(&straight.records, &restarted.records);
    prop_assert!(differences.is_empty(), "straight and restarted:\n{}", differences.join("\n"));
    let (all, again) = (straight.dump(), restarted.dump());
    let differences = differing(&without_realms(&all), &without_realms(&again));
    prop_assert!(differences.is_empty(), "all of straight and of restarted:\n{}", differences.join("\n"));
    let differences = differing(&without_realms(&all), &without_realms(&straight.records));
    prop_assert!(differences.is_empty(), "all there is, and what was written:\n{}", differences.join("\n"));
    Ok(())
}

fn any_reading() -> impl Strategy<Value = Reading> {
    let spans = select(vec![Span::ZERO, Span::minutes(1), Span::days(2)]);
    let silences = select(vec![Span::minutes(30), Span::days(2), Span::days(40)]);
    let pace = select(vec![Pace::Idle, Pace::Idle, Pace::Live, Pace::Behind]);
    let second = select(vec![2, 3, 7, usize::MAX]);
    let told = select(vec![2usize, 2, 2, 1]);
    let stride = select(vec![1, WINDOW_OFFSETS / 8]);
    (spans, silences, any::<bool>(), any::<bool>(), second, told, stride, pace).prop_map(
        |(lateness, max_silence, live, heard, second_stream, told, stride, pace)| Reading {
            lateness,
            max_silence,
            live,
            heard,
            second_stream,
            told,
            stride,
            pace,
        },
    )
}

/// A history whose last step moves the clock of all there is.
fn moved(mut history: History) -> History {
    let end = history.end();
    history.steps.push(Step::Advance(end + 1));
    history
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn a_restored_partition_goes_on_as_if_nothing_had_happened(
        history in any_history(ANY).prop_map(moved),
        reading in any_reading(),
        cuts in vec(any::<Index>(), 1..12),
    ) {
        let log = Writer::write(reading, &history);
        let cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(log.records.len())).collect();
        goes_on(&policy_text(history.policy), &log, &cuts)?;
    }
}
