//! Silence is counted only over time in which a use, had there been one, would have been seen.

use crate::time::{EventTime, Span};

/// A stretch in which a stream delivered nothing at all for longer than the policy allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    pub from: EventTime,
    pub to: EventTime,
}

/// The gaps of a stream, sorted and apart from each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gaps(Vec<Gap>);

impl Gaps {
    /// From any set of stretches; those that touch are joined.
    #[must_use]
    pub fn new(mut gaps: Vec<Gap>) -> Self {
        gaps.retain(|gap| gap.from < gap.to);
        gaps.sort();
        let mut joined: Vec<Gap> = Vec::with_capacity(gaps.len());
        for gap in gaps {
            match joined.last_mut() {
                Some(last) if gap.from <= last.to => last.to = last.to.max(gap.to),
                _ => joined.push(gap),
            }
        }
        Self(joined)
    }

    /// From the UTC hours in which a stream delivered a record, ascending: from the end of an hour with a
    /// record to the start of the next one, where that is longer than `max_silence`.
    pub fn from_hours(hours: impl IntoIterator<Item = i64>, max_silence: Span) -> Self {
        let mut gaps = Vec::new();
        let mut last = None;
        for hour in hours {
            if let Some(last) = last {
                let gap =
                    Gap { from: EventTime::start_of_hour(last + 1), to: EventTime::start_of_hour(hour) };
                if gap.to - gap.from > max_silence {
                    gaps.push(gap);
                }
            }
            last = Some(hour);
        }
        Self::new(gaps)
    }

    #[must_use]
    pub fn as_slice(&self) -> &[Gap] {
        &self.0
    }

    /// How much of `[from, to]` lies in gaps.
    #[must_use]
    pub fn within(&self, from: EventTime, to: EventTime) -> Span {
        let start = self.0.partition_point(|gap| gap.to <= from);
        self.0[start..]
            .iter()
            .take_while(|gap| gap.from < to)
            .fold(Span::ZERO, |sum, gap| sum.saturating_add(gap.to.min(to).since(gap.from.max(from))))
    }
}

/// What a realm's log could show, up to the clock of its stream.
#[derive(Debug, Clone, Copy)]
pub struct Coverage<'a> {
    pub gaps: &'a Gaps,
    /// The last record of the whole realm so far.
    pub realm_last: EventTime,
    /// Until when the log is complete: silence after it is not known yet.
    pub until: EventTime,
}

/// A silence, as far as it is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    pub span: Span,
    /// Nothing lies in a gap, and the realm as a whole was heard in between.
    pub full: bool,
}

impl Coverage<'_> {
    /// The covered time since `anchor`.
    #[must_use]
    pub fn silence(&self, anchor: EventTime, at: EventTime) -> Silence {
        let at = at.min(self.until);
        let gaps = self.gaps.within(anchor, at);
        let full = gaps == Span::ZERO && self.realm_last > anchor;
        Silence { span: at.since(anchor).saturating_sub(gaps), full }
    }

    /// When the covered time since `anchor` reaches `span`.
    #[must_use]
    pub fn reaches(&self, anchor: EventTime, span: Span) -> EventTime {
        let mut at = anchor.saturating_add(span);
        for gap in self.gaps.as_slice().iter().filter(|gap| gap.to > anchor) {
            if gap.from >= at {
                break;
            }
            at = at.saturating_add(gap.to.since(gap.from.max(anchor)));
        }
        at
    }

    /// Whole days of `(before, after)`, two UTC days, that lie in gaps.
    #[must_use]
    pub fn gap_days(&self, before: i64, after: i64) -> i64 {
        let from = EventTime::start_of_day(before.saturating_add(1));
        self.gaps.within(from, EventTime::start_of_day(after)).whole_days()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn gaps_of(pairs: &[(i64, i64)]) -> Gaps {
        let gap = |&(from, to): &(i64, i64)| Gap {
            from: EventTime::start_of_hour(from),
            to: EventTime::start_of_hour(to),
        };
        Gaps::new(pairs.iter().map(gap).collect())
    }

    #[test]
    fn a_stretch_without_a_record_longer_than_allowed_is_a_gap() {
        let gaps = Gaps::from_hours([1, 2, 10, 90, 91], Span::hours(72));
        assert_eq!(gaps, gaps_of(&[(11, 90)]));
        assert_eq!(Gaps::from_hours([1, 74], Span::hours(72)), Gaps::default());
    }

    proptest! {
        #[test]
        fn the_silence_at_the_deadline_is_the_span_asked_for(
            pairs in prop::collection::vec((0i64..300, 1i64..40), 0..6),
            anchor in 0i64..300,
            span in 1i64..200,
        ) {
            let pairs: Vec<_> = pairs.into_iter().map(|(from, length)| (from, from + length)).collect();
            let gaps = gaps_of(&pairs);
            let coverage = Coverage { gaps: &gaps, realm_last: EventTime::MAX, until: EventTime::MAX };
            let anchor = EventTime::start_of_hour(anchor);
            let deadline = coverage.reaches(anchor, Span::hours(span));
            prop_assert_eq!(coverage.silence(anchor, deadline).span, Span::hours(span));
            let before = deadline - Span::from_micros(1);
            prop_assert!(coverage.silence(anchor, before).span < Span::hours(span));
        }
    }
}
