//! Clocks of streams, from progress that stands in the log.
//!
//! The clock of a stream is the event time until which its log is complete. It follows what is read, by the
//! slowest raw partition; where a partition is at its end, it follows the wall clock that the progress was
//! written by, but for no longer than `max_silence` after the stream was last heard of: a stream that broke
//! must not age what it carries. The clock never goes back.

use std::collections::BTreeMap;

use crate::changelog::{HeardImage, MarkImage, StreamImage};
use crate::credential::coverage::{Gap, Gaps};
use crate::progress::{Pace, StreamProgress};
use crate::stream::{SourceName, Stream};
use crate::time::{EventTime, Span, WallTime};

/// Until when a log is complete: before a moment, or up to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reach {
    pub at: EventTime,
    pub inclusive: bool,
}

impl Reach {
    /// Nothing is complete.
    pub const NONE: Self = Self { at: EventTime::MIN, inclusive: false };
}

/// The hours in which a stream was heard of. Those that lie closer than a gap are one stretch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Heard(Vec<(i64, i64)>);

impl Heard {
    /// Adds an hour; whether that changed anything but the end of the last stretch.
    fn insert(&mut self, hour: i64, max_silence: Span) -> bool {
        let joins = |before: i64, after: i64| silence(before, after) <= max_silence;
        let next = self.0.partition_point(|&(from, _)| from <= hour);
        let is_last = next == self.0.len();
        if let Some(before) = next.checked_sub(1) {
            let (_, to) = self.0[before];
            if hour <= to {
                return false;
            }
            if joins(to, hour) {
                self.0[before].1 = hour;
                if !is_last && joins(hour, self.0[next].0) {
                    self.0[before].1 = self.0[next].1;
                    self.0.remove(next);
                }
                return !is_last;
            }
        }
        if !is_last && joins(hour, self.0[next].0) {
            self.0[next].0 = hour;
            return true;
        }
        self.0.insert(next, (hour, hour));
        true
    }

    fn gaps(&self) -> Gaps {
        let gap = |pair: &[(i64, i64)]| match *pair {
            [(_, before), (after, _)] => {
                Some(Gap { from: EventTime::start_of_hour(before + 1), to: EventTime::start_of_hour(after) })
            }
            _ => None,
        };
        Gaps::new(self.0.windows(2).filter_map(gap).collect())
    }
}

/// How long nothing was heard between two hours.
fn silence(before: i64, after: i64) -> Span {
    EventTime::start_of_hour(after).since(EventTime::start_of_hour(before + 1))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    next_offset: u64,
    max_at: Option<EventTime>,
    pace: Pace,
}

/// One stream, as progress and events tell of it.
#[derive(Debug, Clone)]
pub(super) struct StreamClock {
    pub stream: Stream,
    partitions_total: u32,
    marks: BTreeMap<String, Mark>,
    heard: Heard,
    lateness: Span,
    max_silence: Span,
    live: bool,
    delivered_at: Option<WallTime>,
    /// Wall time of the latest progress.
    pub told_at: Option<WallTime>,
    pub reach: Reach,
    /// It differs from what was last written out.
    pub changed: bool,
}

impl StreamClock {
    pub(super) fn new(stream: Stream) -> Self {
        Self {
            stream,
            partitions_total: 0,
            marks: BTreeMap::new(),
            heard: Heard::default(),
            lateness: Span::ZERO,
            max_silence: Span::ZERO,
            live: false,
            delivered_at: None,
            told_at: None,
            reach: Reach::NONE,
            changed: true,
        }
    }

    /// An event of `at` was read from `input`.
    pub(super) fn event(&mut self, input: &str, at: EventTime) {
        let Some(mark) = self.marks.get_mut(input) else { return };
        if mark.pace == Pace::Idle {
            mark.pace = Pace::Live;
            self.changed = true;
        }
        if mark.max_at.is_none_or(|known| at > known) {
            mark.max_at = Some(at);
            self.changed = true;
            self.advance(None);
        }
    }

    /// Takes progress that was written at `wall`. Returns the gaps of the stream where they changed.
    pub(super) fn progress(
        &mut self,
        wall: WallTime,
        progress: &StreamProgress,
        gap_beyond: Span,
    ) -> Option<Gaps> {
        self.changed = true;
        self.told_at = self.told_at.max(Some(wall));
        (self.lateness, self.max_silence, self.live) =
            (progress.lateness, progress.max_silence, progress.live);
        self.partitions_total = self.partitions_total.max(progress.partitions_total);
        let mut gaps_changed = false;
        for &hour in &progress.hours {
            gaps_changed |= self.heard.insert(hour, gap_beyond);
        }
        for partition in &progress.partitions {
            let known = self.marks.get(&partition.input);
            let first = known.is_none_or(|mark| mark.max_at.is_none());
            let more = known.is_none_or(|mark| partition.next_offset > mark.next_offset);
            if partition.max_at.is_some() && (first || more) {
                self.delivered_at = self.delivered_at.max(Some(wall));
            }
            let max_at = known.and_then(|mark| mark.max_at).max(partition.max_at);
            let mark = Mark { next_offset: partition.next_offset, max_at, pace: partition.pace };
            self.marks.insert(partition.input.clone(), mark);
        }
        self.advance(Some(wall));
        gaps_changed.then(|| self.heard.gaps())
    }

    pub(super) fn gaps(&self) -> Gaps {
        self.heard.gaps()
    }

    fn advance(&mut self, wall: Option<WallTime>) {
        let told = u32::try_from(self.marks.len()).unwrap_or(u32::MAX);
        if self.partitions_total == 0 || told < self.partitions_total {
            return;
        }
        let top = self.marks.values().filter_map(|mark| mark.max_at).max();
        let reach = self.marks.values().map(|mark| self.reach_of(mark, top, wall)).min();
        self.reach = self.reach.max(reach.unwrap_or(Reach::NONE));
    }

    fn reach_of(&self, mark: &Mark, top: Option<EventTime>, wall: Option<WallTime>) -> Reach {
        let read = |at: Option<EventTime>, inclusive| {
            at.map_or(Reach::NONE, |at| Reach { at: at.saturating_sub(self.lateness), inclusive })
        };
        match (mark.pace, self.live) {
            (Pace::Behind | Pace::Live, _) => read(mark.max_at, false),
            (Pace::Idle, false) => read(top, true),
            (Pace::Idle, true) => {
                let heard_until = self.delivered_at.map(|at| at.later_by(self.max_silence));
                let moved = wall.zip(heard_until).map(|(wall, until)| wall.min(until));
                let moved = moved.map_or(Reach::NONE, |wall| Reach {
                    at: wall.complete_until(self.lateness),
                    inclusive: false,
                });
                // Between two progresses nothing is known of the wall clock, but what was reached stays.
                let moved = if wall.is_some() { moved } else { self.reach };
                moved.max(read(mark.max_at, false))
            }
        }
    }

    pub(super) fn image(&self) -> StreamImage<'_> {
        StreamImage {
            tenant: &self.stream.tenant,
            name: &self.stream.name,
            source: self.stream.source.as_str(),
            partitions_total: self.partitions_total,
            marks: self
                .marks
                .iter()
                .map(|(input, mark)| MarkImage {
                    input,
                    next_offset: mark.next_offset,
                    max_at: mark.max_at,
                    pace: mark.pace,
                })
                .collect(),
            heard: self
                .heard
                .0
                .iter()
                .map(|&(from_hour, to_hour)| HeardImage { from_hour, to_hour })
                .collect(),
            lateness: self.lateness,
            max_silence: self.max_silence,
            live: self.live,
            delivered_at: self.delivered_at,
            told_at: self.told_at,
            clock: (self.reach != Reach::NONE).then_some(self.reach.at),
            clock_inclusive: self.reach.inclusive,
        }
    }

    /// `None` where its source is unknown.
    pub(super) fn from_image(image: &StreamImage<'_>) -> Option<Self> {
        let source = SourceName::parse(image.source)?;
        let stream = Stream { tenant: image.tenant.to_owned(), name: image.name.to_owned(), source };
        let mark = |mark: &MarkImage<'_>| {
            let kept = Mark { next_offset: mark.next_offset, max_at: mark.max_at, pace: mark.pace };
            (mark.input.to_owned(), kept)
        };
        Some(Self {
            stream,
            partitions_total: image.partitions_total,
            marks: image.marks.iter().map(mark).collect(),
            heard: Heard(image.heard.iter().map(|heard| (heard.from_hour, heard.to_hour)).collect()),
            lateness: image.lateness,
            max_silence: image.max_silence,
            live: image.live,
            delivered_at: image.delivered_at,
            told_at: image.told_at,
            reach: image.clock.map_or(Reach::NONE, |at| Reach { at, inclusive: image.clock_inclusive }),
            changed: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::progress::PartitionProgress;

    fn at(minutes: i64) -> EventTime {
        EventTime::from_micros(minutes * 60_000_000)
    }

    fn clock() -> StreamClock {
        let source = SourceName::VaultAudit;
        StreamClock::new(Stream { tenant: String::new(), name: String::new(), source })
    }

    /// Progress of two raw partitions, as (which, offset, minutes, pace), written at minute `wall`.
    fn tell(clock: &mut StreamClock, wall: i64, live: bool, told: &[(&str, u64, i64, Pace)]) {
        let partition = |&(input, next_offset, minutes, pace): &(&str, u64, i64, Pace)| PartitionProgress {
            input: input.to_owned(),
            next_offset,
            max_at: Some(at(minutes)),
            pace,
        };
        let progress = StreamProgress {
            tenant: String::new(),
            name: String::new(),
            source: SourceName::VaultAudit,
            partitions_total: 2,
            partitions: told.iter().map(partition).collect(),
            hours: Vec::new(),
            lateness: Span::minutes(1),
            max_silence: Span::minutes(30),
            live,
        };
        clock.progress(WallTime::from_micros(at(wall).micros()), &progress, Span::hours(72));
    }

    #[test]
    fn nothing_is_complete_until_each_partition_was_told_of_and_then_the_slowest_decides() {
        let mut clock = clock();
        tell(&mut clock, 500, true, &[("a", 1, 100, Pace::Live)]);
        assert_eq!(clock.reach, Reach::NONE);
        tell(&mut clock, 500, true, &[("b", 1, 50, Pace::Live)]);
        assert_eq!(clock.reach, Reach { at: at(49), inclusive: false });
        clock.event("b", at(70));
        assert_eq!(clock.reach.at, at(69));
        clock.event("b", at(60));
        assert_eq!(clock.reach.at, at(69), "it never goes back");
    }

    #[test]
    fn at_the_end_a_clock_follows_the_wall_until_the_stream_was_silent_for_too_long() {
        let mut clock = clock();
        let idle = [("a", 1, 100, Pace::Idle), ("b", 1, 90, Pace::Idle)];
        tell(&mut clock, 500, true, &idle);
        let first = clock.reach.at;
        tell(&mut clock, 520, true, &idle);
        assert_eq!(clock.reach.at.since(first), Span::minutes(20));
        tell(&mut clock, 900, true, &idle);
        assert_eq!(clock.reach.at.since(first), Span::minutes(30));
    }

    #[test]
    fn a_replay_never_follows_the_wall() {
        let mut clock = clock();
        tell(&mut clock, 9_000, false, &[("a", 1, 100, Pace::Idle), ("b", 1, 90, Pace::Idle)]);
        assert_eq!(clock.reach, Reach { at: at(99), inclusive: true });
    }

    #[test]
    fn a_partition_that_comes_alive_is_written_though_its_time_stands_still() {
        let mut clock = clock();
        tell(&mut clock, 500, true, &[("a", 1, 100, Pace::Idle), ("b", 1, 90, Pace::Idle)]);
        clock.changed = false;
        clock.event("a", at(10));
        assert!(clock.changed);
    }

    proptest! {
        #[test]
        fn hours_in_any_order_leave_the_gaps_of_all_of_them(
            hours in prop::collection::vec(0i64..2_000, 0..60),
        ) {
            let beyond = Span::hours(72);
            let mut heard = Heard::default();
            for &hour in &hours {
                let before = heard.gaps();
                let changed = heard.insert(hour, beyond);
                prop_assert!(changed || heard.gaps() == before, "a change of gaps is told");
            }
            let mut sorted = hours;
            sorted.sort_unstable();
            prop_assert_eq!(heard.gaps(), Gaps::from_hours(sorted, beyond));
        }
    }
}
