//! Finding the one record that a stage cannot take.
//!
//! A transaction holds thousands of records, and the one that breaks it is not known for certain: what fails
//! may only fail at its end. So the records of a transaction that broke are handled once more, each in a
//! transaction of its own, and the one that breaks again is left out.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::places::Held;
use super::stage::Place;

/// The version of the form of a dead letter.
const VERSION: u32 = 1;
/// An error may pass by itself, a panic does not.
const ERRORS_BEFORE_CARE: u32 = 3;
/// A stage that fails this often without any record to blame is broken.
const FAILURES_MAX: u32 = 12;
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How a stage failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Panic,
    Error,
    /// It wrote a record that is too large for its topic.
    Oversized,
}

impl Fault {
    /// As dead letters name it.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Panic => "panic",
            Self::Error => "error",
            Self::Oversized => "oversized",
        }
    }
}

/// A record that is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skip {
    pub place: Place,
    pub offset: u64,
    pub fault: Fault,
}

#[derive(Serialize)]
struct Letter<'a> {
    v: u32,
    reason: &'static str,
    topic: &'a str,
    partition: i32,
    offset: u64,
}

impl Skip {
    /// What is written about it: where it lies, never what it says.
    pub fn letter(&self) -> Vec<u8> {
        let letter = Letter {
            v: VERSION,
            reason: self.fault.reason(),
            topic: &self.place.topic,
            partition: self.place.partition,
            offset: self.offset,
        };
        serde_json::to_vec(&letter).unwrap_or_else(|_| unreachable!("strings and numbers become JSON"))
    }
}

/// What is handled with care, and how often in a row the shard failed.
#[derive(Debug, Default)]
pub struct Care {
    /// Records before these offsets go alone.
    alone_before: BTreeMap<Place, u64>,
    skip: Option<Skip>,
    /// Faults of the stage since a transaction was committed.
    faults: u32,
    /// Failures of any kind since then.
    failures: u32,
}

impl Care {
    /// Whether the record goes alone.
    pub fn is_alone(&self, place: &Place, offset: u64) -> bool {
        self.alone_before.get(place).is_some_and(|end| offset < *end)
    }

    /// The record at `offset`, if it is to be left out.
    pub fn skipped(&self, place: &Place, offset: u64) -> Option<&Skip> {
        self.skip.as_ref().filter(|skip| skip.place == *place && skip.offset == offset)
    }

    /// The stage failed with all that was read of `held` in the transaction; `record` came last. Whether
    /// there is still something to be tried.
    #[must_use]
    pub fn fault(&mut self, fault: Fault, record: Option<(Place, u64)>, held: &[Held]) -> bool {
        self.faults += 1;
        let alone = record.as_ref().is_some_and(|(place, offset)| self.is_alone(place, *offset));
        match record {
            Some((place, offset)) if alone => self.skip = Some(Skip { place, offset, fault }),
            Some((place, offset)) if fault == Fault::Panic || self.faults >= ERRORS_BEFORE_CARE => {
                self.alone_before = held.iter().map(|held| (held.place.clone(), held.next)).collect();
                let end = self.alone_before.entry(place).or_default();
                *end = (*end).max(offset + 1);
            }
            _ => {}
        }
        self.faults < FAILURES_MAX
    }

    /// A transaction is committed, up to what is `held`.
    pub fn committed(&mut self, held: &[Held]) {
        self.faults = 0;
        self.failures = 0;
        if self.alone_before.is_empty() {
            return;
        }
        self.alone_before
            .retain(|place, end| held.iter().any(|held| held.place == *place && held.next < *end));
        let passed =
            |skip: &Skip| held.iter().any(|held| held.place == skip.place && held.next > skip.offset);
        if self.skip.as_ref().is_some_and(passed) {
            self.skip = None;
        }
    }

    /// How long to wait after one more failure: not at all after the first, then twice as long each time.
    pub fn wait(&mut self) -> Duration {
        let again = self.failures;
        self.failures = again.saturating_add(1);
        if again == 0 {
            return Duration::ZERO;
        }
        Duration::from_millis(100 << again.min(10)).min(LONGEST_WAIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place { topic: "raw".into(), partition: 0 }
    }

    fn read_to(next: u64) -> Vec<Held> {
        vec![Held { place: place(), next, committed: Some(0), at_end: false }]
    }

    #[test]
    fn the_record_that_panics_alone_is_left_out() {
        let mut care = Care::default();
        assert!(care.fault(Fault::Panic, Some((place(), 7)), &read_to(7)));
        assert!(care.is_alone(&place(), 0) && care.is_alone(&place(), 7));
        assert!(!care.is_alone(&place(), 8));
        assert_eq!(care.skipped(&place(), 7), None);

        care.committed(&read_to(5));
        assert!(care.fault(Fault::Panic, Some((place(), 5)), &read_to(5)));
        let letter = care.skipped(&place(), 5).unwrap().letter();
        let expected = r#"{"v":1,"reason":"panic","topic":"raw","partition":0,"offset":5}"#;
        assert_eq!(String::from_utf8(letter).unwrap(), expected);

        care.committed(&read_to(6));
        assert_eq!(care.skipped(&place(), 5), None);
        care.committed(&read_to(8));
        assert!(!care.is_alone(&place(), 7));
    }

    #[test]
    fn an_error_is_forgiven_twice() {
        let mut care = Care::default();
        for alone in [false, false, true] {
            assert!(care.fault(Fault::Error, Some((place(), 3)), &read_to(3)));
            assert_eq!(care.is_alone(&place(), 3), alone);
        }
    }

    #[test]
    fn a_stage_that_fails_without_a_record_is_given_up() {
        let mut care = Care::default();
        assert!((1..FAILURES_MAX).all(|_| care.fault(Fault::Error, None, &[])));
        assert!(!care.fault(Fault::Error, None, &[]));
    }

    #[test]
    fn waits_grow_to_a_bound_and_end_with_a_commit() {
        let mut care = Care::default();
        let waits: Vec<_> = (0..40).map(|_| care.wait()).collect();
        assert_eq!(waits[0], Duration::ZERO);
        assert_eq!(waits[1], Duration::from_millis(200));
        assert_eq!(*waits.last().unwrap(), LONGEST_WAIT);
        care.committed(&[]);
        assert_eq!(care.wait(), Duration::ZERO);
    }
}
