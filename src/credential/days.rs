//! The days on which a credential was used: 512 UTC days back from the newest, in 64 bytes.
//!
//! A set of days is commutative: records may come in any order and twice, and the set is the same. It is what
//! makes a gap in a credential's life visible long after the uses themselves are forgotten.

const DAYS: i64 = 512;

/// A ring of day bits. The newest day is not stored: it is the day of the last use, which the owner keeps
/// anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UsedDays([u64; 8]);

impl UsedDays {
    /// Adds `day`. `newest` is the newest day so far, `None` when there is none.
    pub fn insert(&mut self, day: i64, newest: Option<i64>) {
        match newest {
            None => *self = Self::default(),
            Some(newest) if day > newest => {
                if day - newest >= DAYS {
                    *self = Self::default();
                } else {
                    (newest + 1..day).for_each(|skipped| self.clear(skipped));
                }
            }
            Some(newest) if newest - day >= DAYS => return,
            Some(_) => {}
        }
        self.0[word(day)] |= bit(day);
    }

    /// The days in the set, newest first.
    pub fn newest_first(&self, newest: i64) -> impl Iterator<Item = i64> + '_ {
        let mut day = newest;
        std::iter::from_fn(move || {
            let found = self.at_or_before(day, newest)?;
            day = found - 1;
            Some(found)
        })
    }

    /// The newest day in the set that is not after `day`, word by word.
    fn at_or_before(&self, mut day: i64, newest: i64) -> Option<i64> {
        while newest - day < DAYS {
            let place = day.rem_euclid(64);
            let bits = self.0[word(day)] << (63 - place);
            if bits != 0 {
                let found = day - i64::from(bits.leading_zeros());
                return (newest - found < DAYS).then_some(found);
            }
            day -= place + 1;
        }
        None
    }

    /// Joins another set into this one. `newest` and `other_newest` are the newest days of each.
    pub fn merge(&mut self, newest: Option<i64>, other: &Self, other_newest: Option<i64>) {
        let Some(other_newest) = other_newest else { return };
        let mut newest = newest;
        for day in other.newest_first(other_newest).collect::<Vec<_>>().into_iter().rev() {
            self.insert(day, newest);
            newest = Some(newest.map_or(day, |n| n.max(day)));
        }
    }

    /// All 512 bits, 64 at a time.
    #[must_use]
    pub const fn words(&self) -> [u64; 8] {
        self.0
    }

    /// Puts back what [`UsedDays::words`] gave, as signed numbers.
    pub fn set_words(&mut self, words: &[i64]) {
        for (word, &bits) in self.0.iter_mut().zip(words) {
            *word = bits.cast_unsigned();
        }
    }

    fn clear(&mut self, day: i64) {
        self.0[word(day)] &= !bit(day);
    }
}

fn index(day: i64) -> usize {
    usize::try_from(day.rem_euclid(DAYS)).unwrap_or_default()
}

fn word(day: i64) -> usize {
    index(day) / 64
}

fn bit(day: i64) -> u64 {
    1 << (index(day) % 64)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn is_the_set_of_the_last_512_days_in_any_order(days in prop::collection::vec(0i64..2_000, 0..60)) {
            let mut set = UsedDays::default();
            let mut newest = None;
            for &day in &days {
                set.insert(day, newest);
                newest = Some(newest.map_or(day, |n: i64| n.max(day)));
            }
            let kept = newest.map_or_else(BTreeSet::new, |n| {
                days.iter().copied().filter(|d| n - d < 512).collect()
            });
            let actual: BTreeSet<i64> = newest.map(|n| set.newest_first(n).collect()).unwrap_or_default();
            prop_assert_eq!(actual, kept);
        }
    }
}
