//! Instants and spans of *event time*: what the audit records say, never what a host clock says.
//!
//! Nothing here can read a clock. The wall clock is a different type, read in one place above the line
//! (`telemetry::clock`). It meets event time in two places only: at the input, to refuse records from the
//! future, and where it may move the clock of a stream that is quiet.

use std::fmt;
use std::ops::{Add, Sub};

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat};
use serde::{Deserialize, Serialize};

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// An instant of event time: microseconds since 1970-01-01T00:00:00Z.
///
/// Sources write up to nine fraction digits; the last three are dropped. Records that fall together by that
/// are still ordered by their event id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventTime(i64);

impl EventTime {
    /// Before everything: the neutral element of `max`.
    pub const MIN: Self = Self(i64::MIN);
    /// After everything: the neutral element of `min`.
    pub const MAX: Self = Self(i64::MAX);

    /// From microseconds since the epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From whole seconds since the epoch; `None` where the product does not fit.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Option<Self> {
        match seconds.checked_mul(MICROS_PER_SECOND) {
            Some(micros) => Some(Self(micros)),
            None => None,
        }
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The start of UTC day `day` (days since 1970-01-01).
    #[must_use]
    pub const fn start_of_day(day: i64) -> Self {
        Self(day.saturating_mul(MICROS_PER_DAY))
    }

    /// The UTC day this instant lies in, counted from 1970-01-01.
    #[must_use]
    pub const fn day(self) -> i64 {
        self.0.div_euclid(MICROS_PER_DAY)
    }

    /// The UTC hour this instant lies in, counted from 1970-01-01T00Z.
    #[must_use]
    pub const fn hour(self) -> i64 {
        self.0.div_euclid(3_600 * MICROS_PER_SECOND)
    }

    /// The start of UTC hour `hour` (hours since 1970-01-01T00Z).
    #[must_use]
    pub const fn start_of_hour(hour: i64) -> Self {
        Self(hour.saturating_mul(3_600 * MICROS_PER_SECOND))
    }

    /// Reads RFC 3339 as audit logs write it: 0 to 9 fraction digits, `T` or a space, `Z`,
    /// an offset, or no zone at all (read as UTC).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        parse_utc_fast(text.as_bytes()).or_else(|| parse_any(text))
    }

    /// `self + span`, held at [`EventTime::MAX`] instead of overflowing.
    #[must_use]
    pub const fn saturating_add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// `self - span`, held at [`EventTime::MIN`] instead of overflowing.
    #[must_use]
    pub const fn saturating_sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }

    /// The time since `earlier`; zero where `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Span {
        let span = self.0.saturating_sub(earlier.0);
        Span(if span < 0 { 0 } else { span })
    }

    /// `2026-03-29` in UTC.
    #[must_use]
    pub fn date(self) -> String {
        self.to_string().chars().take(10).collect()
    }

    /// `2026-03-29T04:11Z`: to the minute, for people.
    #[must_use]
    pub fn to_minute(self) -> String {
        let mut text: String = self.to_string().chars().take(16).collect();
        text.push('Z');
        text
    }
}

/// Clocks of hosts that write logs run ahead of ours by no more than this.
const SKEW: Span = Span::minutes(5);

/// An instant of the wall clock, in microseconds since the epoch, which is never mistaken for the time of an
/// event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WallTime(i64);

impl WallTime {
    /// From microseconds since the epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The event time that is complete by now, for records that come no later than `lateness` after their
    /// time: where the wall clock is allowed to move event time.
    #[must_use]
    pub const fn complete_until(self, lateness: Span) -> EventTime {
        EventTime(self.0.saturating_sub(lateness.0))
    }

    /// The latest event time to be believed at this instant.
    #[must_use]
    pub fn latest_believed(self) -> EventTime {
        EventTime(self.0).saturating_add(SKEW)
    }

    /// `span` after this instant.
    #[must_use]
    pub const fn later_by(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// Whether `at` is still to come.
    #[must_use]
    pub fn is_before(self, at: EventTime) -> bool {
        self.0 < at.0
    }

    /// The time since `earlier`; zero where `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Span {
        EventTime(self.0).since(EventTime(earlier.0))
    }
}

/// `YYYY-MM-DDTHH:MM:SS[.fraction]Z`, the form nearly every record has, without a general parser.
fn parse_utc_fast(text: &[u8]) -> Option<EventTime> {
    let (head, tail) = text.split_at_checked(19)?;
    let fraction = match tail {
        b"Z" => 0,
        [b'.', digits @ .., b'Z'] if (1..=9).contains(&digits.len()) => fraction_micros(digits)?,
        _ => return None,
    };
    if head[4] != b'-' || head[7] != b'-' || head[10] != b'T' || head[13] != b':' || head[16] != b':' {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<u32> {
        head[from..to]
            .iter()
            .try_fold(0u32, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
    };
    let date = NaiveDate::from_ymd_opt(i32::try_from(number(0, 4)?).ok()?, number(5, 7)?, number(8, 10)?)?;
    let time = date.and_hms_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?)?;
    Some(EventTime(time.and_utc().timestamp().checked_mul(MICROS_PER_SECOND)?.checked_add(fraction)?))
}

fn fraction_micros(digits: &[u8]) -> Option<i64> {
    let mut micros = 0;
    for place in 0..6 {
        let digit = digits.get(place).copied().unwrap_or(b'0');
        micros = micros * 10 + i64::from(digit.is_ascii_digit().then(|| digit - b'0')?);
    }
    digits.iter().all(u8::is_ascii_digit).then_some(micros)
}

fn parse_any(text: &str) -> Option<EventTime> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(EventTime(time.timestamp_micros()));
    }
    let zoneless = text.strip_suffix('Z').unwrap_or(text);
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(zoneless, format).ok())
        .map(|time| EventTime(time.and_utc().timestamp_micros()))
        .or_else(|| {
            let time = DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%:z").ok()?;
            Some(EventTime(time.timestamp_micros()))
        })
}

impl fmt::Display for EventTime {
    /// RFC 3339, UTC, with only the fraction digits that are needed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::from_timestamp_micros(self.0) {
            Some(time) => f.write_str(&time.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            None => write!(f, "{}us", self.0),
        }
    }
}

impl Sub for EventTime {
    type Output = Span;

    fn sub(self, other: Self) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}

impl Add<Span> for EventTime {
    type Output = Self;

    fn add(self, span: Span) -> Self {
        self.saturating_add(span)
    }
}

impl Sub<Span> for EventTime {
    type Output = Self;

    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

/// A length of event time, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(i64);

impl Span {
    pub const ZERO: Self = Self(0);

    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    #[must_use]
    pub const fn minutes(minutes: i64) -> Self {
        Self(minutes.saturating_mul(60 * MICROS_PER_SECOND))
    }

    #[must_use]
    pub const fn hours(hours: i64) -> Self {
        Self(hours.saturating_mul(3_600 * MICROS_PER_SECOND))
    }

    #[must_use]
    pub const fn days(days: i64) -> Self {
        Self(days.saturating_mul(MICROS_PER_DAY))
    }

    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole days, rounded down.
    #[must_use]
    pub const fn whole_days(self) -> i64 {
        self.0.div_euclid(MICROS_PER_DAY)
    }

    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// `self - other`, not below zero.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        let rest = self.0.saturating_sub(other.0);
        Self(if rest < 0 { 0 } else { rest })
    }

    /// Reads `45d`, `24h`, `30min`, `90s`: a whole number with a unit, as policies write thresholds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let unit_at = text.find(|c: char| !c.is_ascii_digit())?;
        let (number, unit) = text.split_at(unit_at);
        let number: i64 = number.parse().ok()?;
        let seconds = match unit.trim_start() {
            "s" => 1,
            "min" => 60,
            "h" => 3_600,
            "d" => 86_400,
            "w" => 7 * 86_400,
            "y" => 365 * 86_400,
            _ => return None,
        };
        number.checked_mul(seconds)?.checked_mul(MICROS_PER_SECOND).map(Self)
    }

    /// As policies write it: the largest unit that divides it (`45d`, `36h`, `90s`).
    #[must_use]
    pub fn to_policy_text(self) -> String {
        let seconds = self.0 / MICROS_PER_SECOND;
        for (unit, size) in [("d", 86_400), ("h", 3_600), ("min", 60)] {
            if seconds != 0 && seconds % size == 0 {
                return format!("{}{unit}", seconds / size);
            }
        }
        format!("{seconds}s")
    }
}

impl fmt::Display for Span {
    /// For people, rounded down: `47 d`, `9 h`, `12 min`, `5 s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0 / MICROS_PER_SECOND;
        match seconds {
            172_800.. => write!(f, "{} d", seconds / 86_400),
            7_200.. => write!(f, "{} h", seconds / 3_600),
            120.. => write!(f, "{} min", seconds / 60),
            _ => write!(f, "{seconds} s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form_of_time_the_sources_write() {
        let noon = EventTime::parse("2026-03-29T12:00:00Z");
        assert!(noon.is_some());
        for text in [
            "2026-03-29T12:00:00.000000000Z",
            "2026-03-29T14:00:00+02:00",
            "2026-03-29 12:00:00",
            "2026-03-29 12:00:00.000000000",
            "2026-03-29T12:00:00",
            "2026-03-29 12:00:00Z",
            "2026-03-29 14:00:00+02:00",
        ] {
            assert_eq!(EventTime::parse(text), noon, "{text}");
        }
        let fraction = EventTime::parse("2026-11-22T17:43:38.110615207Z").map(|t| t.to_string());
        assert_eq!(fraction.as_deref(), Some("2026-11-22T17:43:38.110615Z"));
        for text in
            ["", "yesterday", "2026-13-01T00:00:00Z", "2026-03-29T12:00:00.1x3Z", "2026-03-29T12:00:0\u{e9}Z"]
        {
            assert_eq!(EventTime::parse(text), None, "{text}");
        }
    }

    #[test]
    fn spans_read_back_as_they_are_written() {
        for text in ["45d", "36h", "90s", "30min", "1d"] {
            assert_eq!(Span::parse(text).map(Span::to_policy_text).as_deref(), Some(text));
        }
        assert_eq!(Span::parse("2w"), Some(Span::days(14)));
        assert_eq!(Span::parse("-1d"), None);
        assert_eq!(Span::parse("9223372036854775807d"), None);
        assert_eq!(Span::parse("45"), None);
        assert_eq!(Span::parse("45 parsecs"), None);
    }
}
