//! Dates inside records, other than `eventTime`.
//!
//! IAM and STS print `createDate` and `expiration` with Java's English locale (`Jul 30, 2024 9:53:13 PM`;
//! newer runtimes put a comma after the year and a narrow no-break space before the half of the day), other
//! services write ISO 8601 or a number of (milli)seconds. All of them are UTC.

use chrono::NaiveDateTime;

use crate::source::json::Scalar;
use crate::time::EventTime;

/// A date in any of the forms that services write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date(pub EventTime);

/// Chrono reads a space in a pattern as any run of white space, narrow and no-break spaces included.
const PATTERNS: &[&str] = &["%b %d, %Y %I:%M:%S %p", "%b %d, %Y, %I:%M:%S %p", "%Y%m%dT%H%M%SZ"];

/// A number below this is of seconds (it would be the year 1973 in milliseconds).
const SECONDS_BELOW: i64 = 100_000_000_000;

impl Date {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        EventTime::parse(text).or_else(|| parse_pattern(text)).map(Self)
    }
}

fn parse_pattern(text: &str) -> Option<EventTime> {
    let date = PATTERNS.iter().find_map(|pattern| NaiveDateTime::parse_from_str(text, pattern).ok())?;
    EventTime::from_seconds(date.and_utc().timestamp())
}

impl Scalar<'_> for Date {
    fn from_borrowed(text: &str) -> Option<Self> {
        Self::parse(text)
    }

    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text)
    }

    fn from_i64(number: i64) -> Option<Self> {
        if (-SECONDS_BELOW..SECONDS_BELOW).contains(&number) {
            return EventTime::from_seconds(number).map(Self);
        }
        number.checked_mul(1_000).map(EventTime::from_micros).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::json::Lenient;

    fn read(json: &str) -> Option<String> {
        serde_json::from_str::<Lenient<Date>>(json).unwrap().0.map(|date| date.0.to_string())
    }

    #[test]
    fn the_least_number_of_all_is_no_date_and_no_panic() {
        assert_eq!(read("-9223372036854775808"), None);
        assert_eq!(read("9223372036854775807"), None);
        assert_eq!(read("-99999999999"), EventTime::from_seconds(-99_999_999_999).map(|at| at.to_string()));
    }

    #[test]
    fn every_form_that_services_write_is_read() {
        for json in [
            r#""Jul 30, 2024 9:53:13 PM""#,
            r#""Jul 30, 2024, 9:53:13 PM""#,
            "\"Jul 30, 2024, 9:53:13\u{202f}PM\"",
            "\"Jul 30, 2024 9:53:13\u{a0}PM\"",
            r#""Jul 30, 2024, 9:53:13\u202fPM""#,
            r#""20240730T215313Z""#,
            r#""2024-07-30T21:53:13Z""#,
            r#""2024-07-30T21:53:13.000000000Z""#,
            r#""2024-07-30 21:53:13""#,
            "1722376393000",
            "1722376393",
            "1.722376393E9",
        ] {
            assert_eq!(read(json).as_deref(), Some("2024-07-30T21:53:13Z"), "{json}");
        }
        assert_eq!(read(r#""Jan 8, 2020 12:00:06 AM""#).as_deref(), Some("2020-01-08T00:00:06Z"));
        assert_eq!(read(r#""Jan 8, 2020 12:00:06 PM""#).as_deref(), Some("2020-01-08T12:00:06Z"));
    }

    #[test]
    fn what_is_no_date_reads_as_absent() {
        for json in
            [r#""""#, r#""soon""#, r#""Jul 32, 2024 9:53:13 PM""#, "null", "{}", "9223372036854775807"]
        {
            assert_eq!(read(json), None, "{json}");
        }
    }
}
