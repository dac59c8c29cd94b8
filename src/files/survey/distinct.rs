//! How many different texts there are: exactly while they are few, else estimated from the lowest of their
//! hashes, which are the same whatever order the texts come in.

use std::collections::BTreeSet;
use std::hash::BuildHasher;

use foldhash::quality::FixedState;

/// Hashes kept: up to here a count is exact, beyond it right within about 3 %.
const KEPT_MAX: usize = 1_024;

/// A set of texts, as far as its size is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Distinct(BTreeSet<u64>);

/// A number of different texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Count {
    pub number: u64,
    pub is_exact: bool,
}

impl Count {
    #[must_use]
    pub const fn exact(number: u64) -> Self {
        Self { number, is_exact: true }
    }
}

impl Distinct {
    pub(super) fn insert(&mut self, text: &str) {
        self.add(FixedState::default().hash_one(text));
    }

    fn add(&mut self, hash: u64) {
        if self.0.len() >= KEPT_MAX && self.0.last().is_some_and(|last| hash > *last) {
            return;
        }
        self.0.insert(hash);
        if self.0.len() > KEPT_MAX {
            self.0.pop_last();
        }
    }

    pub(super) fn absorb(&mut self, other: &Self) {
        other.0.iter().for_each(|hash| self.add(*hash));
    }

    pub(super) fn count(&self) -> Count {
        match self.0.last() {
            Some(&last) if self.0.len() == KEPT_MAX && last > 0 => {
                let number = u128::from(u64::MAX) * (KEPT_MAX as u128 - 1) / u128::from(last);
                Count { number: u64::try_from(number).unwrap_or(u64::MAX), is_exact: false }
            }
            _ => Count::exact(self.0.len() as u64),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(texts: impl Iterator<Item = u32>) -> Distinct {
        let mut distinct = Distinct::default();
        texts.for_each(|text| distinct.insert(&text.to_string()));
        distinct
    }

    #[test]
    fn few_are_counted_and_many_estimated() {
        assert_eq!(of(0..0).count(), Count::exact(0));
        assert_eq!(of((0..100).chain(0..100)).count(), Count::exact(100));
        let Count { number, is_exact } = of(0..50_000).count();
        assert!(!is_exact && (45_000..55_000).contains(&number), "{number}");
    }

    #[test]
    fn order_and_parts_do_not_matter() {
        let mut parts = of((0..3_000).rev());
        parts.absorb(&of(2_000..9_000));
        assert_eq!(parts, of(0..9_000));
    }
}
