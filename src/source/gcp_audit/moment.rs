//! Moments inside requests and responses: RFC 3339 texts, and seconds of the epoch as a number or a text.

use serde::Deserialize;

use crate::source::json::{Lenient, Object, Scalar};
use crate::time::{EventTime, Span};

/// The last second of the year 9999, which stands for "never".
const NEVER: i64 = 253_402_300_799;

/// A moment that is stated, and is not "never".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment(pub EventTime);

impl Moment {
    fn kept(at: EventTime) -> Option<Self> {
        let never = EventTime::from_seconds(NEVER)?;
        (at < never).then_some(Self(at))
    }
}

impl Scalar<'_> for Moment {
    fn from_borrowed(text: &str) -> Option<Self> {
        Self::from_text(text)
    }

    fn from_text(text: &str) -> Option<Self> {
        match text.parse() {
            Ok(seconds) => Self::from_i64(seconds),
            Err(_) => EventTime::parse(text).and_then(Self::kept),
        }
    }

    fn from_i64(seconds: i64) -> Option<Self> {
        (0..NEVER).contains(&seconds).then(|| EventTime::from_seconds(seconds)).flatten().and_then(Self::kept)
    }
}

/// A moment as protocol buffers are written in logs: `{"seconds": 1767225600}`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Seconds {
    seconds: Lenient<Moment>,
}

/// The moment of a member that is written in either form, under its name in either case.
pub(super) fn either(snake: &Object<Seconds>, camel: &Lenient<Moment>) -> Option<EventTime> {
    snake.0.seconds.0.or(camel.0).map(|moment| moment.0)
}

/// A duration: `3600s`, `3600.5s`, or its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lifetime(pub Span);

/// No credential that is minted here lives longer than a year.
const LIFETIME_SECONDS_MAX: i64 = 366 * 86_400;

impl Scalar<'_> for Lifetime {
    fn from_borrowed(text: &str) -> Option<Self> {
        Self::from_text(text)
    }

    fn from_text(text: &str) -> Option<Self> {
        let number = text.strip_suffix('s').unwrap_or(text);
        let whole = number.split_once('.').map_or(number, |(whole, _)| whole);
        Self::from_i64(whole.parse().ok()?)
    }

    fn from_i64(seconds: i64) -> Option<Self> {
        let micros =
            (1..=LIFETIME_SECONDS_MAX).contains(&seconds).then_some(seconds)?.checked_mul(1_000_000)?;
        Some(Self(Span::from_micros(micros)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(json: &str) -> Option<String> {
        serde_json::from_str::<Lenient<Moment>>(json).unwrap().0.map(|moment| moment.0.to_string())
    }

    #[test]
    fn every_form_of_a_moment_is_read_and_never_is_none() {
        for json in [r#""2026-01-01T00:00:00Z""#, "1767225600", r#""1767225600""#] {
            assert_eq!(moment(json).as_deref(), Some("2026-01-01T00:00:00Z"), "{json}");
        }
        for json in
            [r#""9999-12-31T23:59:59Z""#, "253402300799", r#""253402300799""#, r#""soon""#, "-1", "{}"]
        {
            assert_eq!(moment(json), None, "{json}");
        }
    }

    #[test]
    fn lifetimes_are_seconds() {
        let read = |json: &str| serde_json::from_str::<Lenient<Lifetime>>(json).unwrap().0.map(|life| life.0);
        for json in [r#""3600s""#, r#""3600.5s""#, "3600"] {
            assert_eq!(read(json), Some(Span::hours(1)), "{json}");
        }
        for json in [r#""s""#, r#""-1s""#, "9223372036854775807", "0", "null"] {
            assert_eq!(read(json), None, "{json}");
        }
    }
}
