//! The only clocks of the product.

use std::time::{Duration, Instant};

use crate::time::WallTime;

/// The present. Nothing else in the product asks for it.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place where the wall clock is read")]
pub fn wall_clock() -> WallTime {
    WallTime::from_micros(chrono::Utc::now().timestamp_micros())
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
