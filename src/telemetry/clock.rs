//! The only clocks of the product.

use std::time::{Duration, Instant};

use crate::time::WallTime;

/// The present. Nothing else in the product asks for it.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place where the wall clock is read")]
pub fn wall_clock() -> WallTime {
    WallTime::from_micros(chrono::Utc::now().timestamp_micros())
}

/// Measures how long something takes.
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

/// A moment by which something has to be done.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    since: Stopwatch,
    limit: Duration,
}

impl Deadline {
    #[must_use]
    pub fn after(limit: Duration) -> Self {
        Self { since: Stopwatch::start(), limit }
    }

    /// The time left; zero once it has passed.
    #[must_use]
    pub fn left(self) -> Duration {
        self.limit.saturating_sub(self.since.elapsed())
    }

    #[must_use]
    pub fn passed(self) -> bool {
        self.left().is_zero()
    }
}
