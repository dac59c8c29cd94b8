//! Moments of the story, to the second, in every form the two formats write them.

use chrono::{DateTime, Utc};

const DAY_SECONDS: i64 = 86_400;

/// An instant in UTC, whole seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(i64);

impl Moment {
    /// Reads `2026-03-29T04:11:09Z`. A misspelt date in a story is a mistake of its author: it panics.
    pub fn parse(text: &str) -> Self {
        Self(DateTime::parse_from_rfc3339(text).expect(text).timestamp())
    }

    pub fn seconds(self) -> i64 {
        self.0
    }

    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0 + seconds)
    }

    pub fn plus_minutes(self, minutes: i64) -> Self {
        self.plus_seconds(minutes * 60)
    }

    pub fn plus_hours(self, hours: i64) -> Self {
        self.plus_minutes(hours * 60)
    }

    pub fn plus_days(self, days: i64) -> Self {
        self.plus_seconds(days * DAY_SECONDS)
    }

    /// The UTC day it lies in, counted from 1970-01-01.
    pub fn day(self) -> i64 {
        self.0.div_euclid(DAY_SECONDS)
    }

    fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0, 0).expect("a moment of the story")
    }

    /// `2026-03-29T04:11:09Z`
    pub fn rfc3339(self) -> String {
        self.utc().format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// `2026-03-29T04:11:09.566474363Z`, as Vault writes its own clock.
    pub fn rfc3339_nanos(self, nanos: u32) -> String {
        format!("{}.{nanos:09}Z", self.utc().format("%Y-%m-%dT%H:%M:%S"))
    }

    /// `Mar 29, 2026, 4:11:09 AM`, as CloudTrail writes dates inside `responseElements`.
    pub fn english(self) -> String {
        self.utc().format("%b %-d, %Y, %-I:%M:%S %p").to_string()
    }

    /// `2026-03`
    pub fn month(self) -> String {
        self.utc().format("%Y-%m").to_string()
    }
}
