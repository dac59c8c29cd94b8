//! What digests prove of one stream, weighed against the inputs that are there.
//!
//! A digest that names no file proves that nothing happened. One that names files proves its period where
//! these lie among the inputs; a file that is missing is a gap. Names are only believed if one of them at
//! least is that of an input: logs that were packed anew have other names, and then it is their records alone
//! that show what is there.
//!
//! All of it is kept as sets of UTC hours, so that digests may come in any order, and twice.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use crate::credential::coverage::Gap;
use crate::limits::FIELD_BYTES_MAX;
use crate::source::proof::Proof;
use crate::time::EventTime;

/// Missing files that are named one by one: the first by name.
const MISSING_NAMED_MAX: usize = 3;

/// Endings that come and go when a file is unpacked.
const PACKED: &[&str] = &[".gz", ".zst"];

/// Names of inputs, without folders and compression.
#[derive(Debug, Default)]
pub(super) struct InputNames(BTreeSet<String>);

impl InputNames {
    pub(super) fn of<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        Self(names.map(|name| bare(name).to_owned()).collect())
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains(bare(name))
    }
}

fn bare(name: &str) -> &str {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    PACKED.iter().find_map(|ending| file.strip_suffix(ending)).unwrap_or(file)
}

/// The digests of one stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proven {
    pub digests: u64,
    /// What their periods span.
    pub from: Option<EventTime>,
    pub to: Option<EventTime>,
    /// Files they name, and how many of these are inputs.
    pub files_named: u64,
    pub files_given: u64,
    /// Hours of periods in which nothing was delivered.
    empty: BTreeSet<i64>,
    /// Hours of periods in which files were.
    delivered: BTreeSet<i64>,
    /// Hours of events in files that are not among the inputs.
    missing: BTreeSet<i64>,
    first_missing: BTreeSet<String>,
    /// The files that are inputs: how often each is named, and the hours of its events.
    given: BTreeMap<String, (u64, BTreeSet<i64>)>,
    /// The latest end of a period in which nothing was delivered.
    empty_to: Option<EventTime>,
}

impl Proven {
    pub(super) fn note(&mut self, proof: &Proof<'_>, names: &InputNames) {
        self.digests += 1;
        self.from = min(self.from, Some(proof.from));
        self.to = self.to.max(Some(proof.to));
        if proof.files.is_empty() {
            self.empty.extend(proof.hours());
            self.empty_to = self.empty_to.max(Some(proof.to));
        } else {
            self.delivered.extend(proof.hours());
        }
        for file in &proof.files {
            self.files_named += 1;
            if names.has(&file.name) {
                self.files_given += 1;
                let (times, hours) = self.given.entry(bare(&file.name).to_owned()).or_default();
                *times += 1;
                hours.extend(file.hours());
            } else {
                self.missing.extend(file.hours());
                self.name_missing(file.name.clone().cut(FIELD_BYTES_MAX).to_string());
            }
        }
    }

    fn name_missing(&mut self, name: String) {
        self.first_missing.insert(name);
        if self.first_missing.len() > MISSING_NAMED_MAX {
            self.first_missing.pop_last();
        }
    }

    /// Those of `cut` were not read to their end: what is left of them does not prove their hours.
    pub(super) fn lose(&mut self, cut: &InputNames) {
        let mut lost = Vec::new();
        for (name, (times, hours)) in self.given.iter().filter(|(name, _)| cut.has(name)) {
            self.files_given -= times;
            self.missing.extend(hours);
            lost.push(name.clone());
        }
        for name in lost {
            self.name_missing(name);
        }
    }

    pub(super) fn absorb(&mut self, mut other: Self) {
        self.digests += other.digests;
        self.from = min(self.from, other.from);
        self.to = self.to.max(other.to);
        self.files_named += other.files_named;
        self.files_given += other.files_given;
        self.empty.append(&mut other.empty);
        self.delivered.append(&mut other.delivered);
        self.missing.append(&mut other.missing);
        for (name, (times, mut hours)) in other.given {
            let given = self.given.entry(name).or_default();
            given.0 += times;
            given.1.append(&mut hours);
        }
        other.first_missing.into_iter().for_each(|name| self.name_missing(name));
        self.empty_to = self.empty_to.max(other.empty_to);
    }

    /// Whether names of files tell what is there.
    #[must_use]
    pub fn names_known(&self) -> bool {
        !self.given.is_empty()
    }

    /// The files that are known to be missing.
    #[must_use]
    pub fn files_missing(&self) -> u64 {
        if self.names_known() { self.files_named - self.files_given } else { 0 }
    }

    /// Some of them, by name.
    pub fn missing_names(&self) -> impl Iterator<Item = &str> {
        self.first_missing.iter().filter(|_| self.names_known()).map(String::as_str)
    }

    /// The hours that are proven to be whole, or to have a gap that is known.
    pub(super) fn hours(&self) -> BTreeSet<i64> {
        let mut hours = self.empty.clone();
        if self.names_known() {
            hours.extend(&self.delivered);
        }
        hours
    }

    /// The hours of which files are known to be missing.
    #[must_use]
    pub fn gaps(&self) -> Vec<Gap> {
        let mut gaps: Vec<Gap> = Vec::new();
        for stretch in stretches(self.missing.iter().copied().filter(|_| self.names_known())) {
            let (from, to) = (*stretch.start(), stretch.end() + 1);
            gaps.push(Gap { from: EventTime::start_of_hour(from), to: EventTime::start_of_hour(to) });
        }
        gaps
    }

    /// Until when deliveries are proven.
    #[must_use]
    pub fn until(&self) -> Option<EventTime> {
        if self.names_known() { self.to } else { self.empty_to }
    }
}

/// Numbers that follow each other, as ranges.
fn stretches(hours: impl Iterator<Item = i64>) -> Vec<RangeInclusive<i64>> {
    let mut all: Vec<RangeInclusive<i64>> = Vec::new();
    for hour in hours {
        match all.last_mut() {
            Some(last) if hour == last.end() + 1 => *last = *last.start()..=hour,
            _ => all.push(hour..=hour),
        }
    }
    all
}

/// The earlier of two moments that are known.
pub(super) fn min(one: Option<EventTime>, other: Option<EventTime>) -> Option<EventTime> {
    [one, other].into_iter().flatten().min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::proof::NamedFile;
    use crate::text::Text;

    fn at(hour: i64, minutes: i64) -> EventTime {
        EventTime::from_micros((hour * 60 + minutes) * 60_000_000)
    }

    fn proof<'a>(hour: i64, files: &[&'a str]) -> Proof<'a> {
        let file = |name: &&'a str| NamedFile {
            name: Text::borrowed(name),
            oldest: at(hour, 5),
            newest: at(hour, 20),
        };
        Proof { from: at(hour, 0), to: at(hour + 1, 0), files: files.iter().map(file).collect() }
    }

    fn names(of: &[&str]) -> InputNames {
        InputNames::of(of.iter().copied())
    }

    #[test]
    fn a_name_is_compared_without_folders_and_compression() {
        let names = names(&["logs/a.json", "b.json.gz"]);
        assert!(names.has("AWSLogs/1/a.json.gz") && names.has("b.json.zst") && names.has("x/b.json"));
        assert!(!names.has("a") && !names.has("logs"));
    }

    #[test]
    fn an_empty_period_is_proven_whatever_the_names_are() {
        let mut proven = Proven::default();
        proven.note(&proof(10, &[]), &names(&[]));
        assert_eq!(proven.hours(), BTreeSet::from([10]));
        assert_eq!((proven.until(), proven.gaps()), (Some(at(11, 0)), vec![]));
    }

    #[test]
    fn a_missing_file_is_a_gap_where_names_tell_anything() {
        let mut repacked = Proven::default();
        repacked.note(&proof(10, &["a"]), &names(&["all.jsonl"]));
        assert!(repacked.hours().is_empty() && repacked.gaps().is_empty() && repacked.until().is_none());

        let mut partly = Proven::default();
        partly.note(&proof(10, &["a"]), &names(&["a"]));
        for hour in [13, 12] {
            partly.note(&proof(hour, &["b", "c"]), &names(&["a"]));
        }
        assert_eq!(partly.hours(), BTreeSet::from([10, 12, 13]));
        assert_eq!(partly.gaps(), vec![Gap { from: at(12, 0), to: at(14, 0) }]);
        assert_eq!((partly.files_missing(), partly.missing_names().collect()), (4, vec!["b", "c"]));
    }

    #[test]
    fn a_file_that_was_not_read_to_its_end_is_missing() {
        let mut proven = Proven::default();
        proven.note(&proof(10, &["x/a.gz", "b"]), &names(&["a.gz", "b"]));
        proven.lose(&InputNames::of(["there/a.gz", "other"].into_iter()));
        assert_eq!(proven.gaps(), vec![Gap { from: at(10, 0), to: at(11, 0) }]);
        assert_eq!((proven.files_missing(), proven.missing_names().collect()), (1, vec!["a"]));
        proven.lose(&InputNames::of(["b"].into_iter()));
        assert!(proven.names_known());
    }

    #[test]
    fn parts_in_any_order_prove_the_same() {
        let inputs = names(&["a"]);
        let proofs = [proof(10, &["a"]), proof(11, &[]), proof(12, &["b"]), proof(13, &["c", "d", "e"])];
        let whole = |order: &[usize], split: usize| {
            let mut parts = [Proven::default(), Proven::default()];
            for (place, number) in order.iter().enumerate() {
                parts[usize::from(place >= split)].note(&proofs[*number], &inputs);
            }
            let [mut one, other] = parts;
            one.absorb(other);
            one
        };
        let expected = whole(&[0, 1, 2, 3], 4);
        for order in [[3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
            for split in 0..4 {
                assert_eq!(whole(&order, split), expected);
            }
        }
    }
}
