//! The only clocks of the product.

use std::time::{Duration, Instant};

use crate::time::{EventTime, Span};

/// Clocks of hosts that write logs run ahead of ours by no more than this.
const SKEW: Span = Span::minutes(5);

/// An instant of the wall clock, which is never mistaken for the time of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WallTime(EventTime);

impl WallTime {
    /// The latest event time to be believed at this instant.
    #[must_use]
    pub fn latest_believed(self) -> EventTime {
        self.0.saturating_add(SKEW)
    }

    /// Whether `at` is still to come.
    #[must_use]
    pub fn is_before(self, at: EventTime) -> bool {
        self.0 < at
    }
}

/// The present. Nothing else in the product asks for it.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place where the wall clock is read")]
pub fn wall_clock() -> WallTime {
    WallTime(EventTime::from_micros(chrono::Utc::now().timestamp_micros()))
}

/// Measures how long a run takes, for the summary.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place where durations are measured")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    #[must_use]
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}
