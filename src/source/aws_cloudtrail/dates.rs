//! Dates inside records, other than `eventTime`.
//!
//! IAM and STS print `createDate` and `expiration` with Java's English locale (`Jul 30, 2024 9:53:13 PM`;
//! newer runtimes put a comma after the year and a narrow no-break space before the half of the day), other
//! services write ISO 8601 or a number of (milli)seconds. All of them are UTC.

use chrono::{NaiveDate, NaiveDateTime};

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
        let time = parse_english(text).or_else(|| EventTime::parse(text)).or_else(|| parse_pattern(text));
        time.map(Self)
    }
}

/// `Jul 30, 2024, 9:53:13 PM` as most records write it, without a general parser.
fn parse_english(text: &str) -> Option<EventTime> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (name, rest) = text.split_once(' ')?;
    let month = (1..).zip(MONTHS).find_map(|(number, month)| (month == name).then_some(number))?;
    let (day, rest) = rest.split_once(", ")?;
    let (year, rest) = rest.split_once(' ')?;
    let year = year.strip_suffix(',').unwrap_or(year);
    let (clock, half) = rest.split_once(' ')?;
    let mut parts = clock.split(':');
    let (hour, minute, second) = (number(parts.next()?)?, number(parts.next()?)?, number(parts.next()?)?);
    let afternoon = match half {
        "AM" => 0,
        "PM" => 12,
        _ => return None,
    };
    let (century, year) = year.split_at_checked(2)?;
    let year = i32::try_from(number(century)? * 100 + number(year)?).ok()?;
    if parts.next().is_some() || !(1..=12).contains(&hour) {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(year, month, number(day)?)?;
    let time = date.and_hms_opt(hour % 12 + afternoon, minute, second)?;
    EventTime::from_seconds(time.and_utc().timestamp())
}

/// One digit or two.
fn number(digits: &str) -> Option<u32> {
    let plain = (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
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
