//! The members every entry of the log can have, and nothing else of it.
//!
//! What only some actions have is in `details`, which is read for the actions that need it.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::event::Outcome;
use crate::source::json::{Code, Lenient, Scalar};
use crate::text::Text;
use crate::time::EventTime;

/// Numbers below this are seconds: as milliseconds they would lie before 1973.
const MILLISECONDS_MIN: i64 = 100_000_000_000;

/// One entry, as far as it is read. Every member may be missing or of another type.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Record<'a> {
    #[serde(borrow)]
    pub action: Lenient<Text<'a>>,
    #[serde(rename = "@timestamp")]
    pub timestamp: Lenient<Moment>,
    /// `@timestamp`, in stores whose columns cannot begin with `@`.
    pub at_sign_timestamp: Lenient<Moment>,
    pub created_at: Lenient<Moment>,
    /// What a store that keeps no other time calls it.
    pub p_event_time: Lenient<Moment>,
    #[serde(borrow, rename = "_document_id")]
    pub document_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub actor: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub actor_ip: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub user_agent: Lenient<Text<'a>>,
    /// Who the actor is at the identity provider of a single sign-on.
    #[serde(borrow)]
    pub external_identity_nameid: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub org: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub business: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub repo: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub token_id: Lenient<Digits<'a>>,
    #[serde(borrow)]
    pub hashed_token: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub programmatic_access_type: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub transport_protocol_name: Lenient<Text<'a>>,
    /// What an API request was answered with.
    pub status_code: Lenient<Code>,
    /// Where old exports keep what others write beside the rest.
    #[serde(borrow)]
    pub data: Option<&'a RawValue>,
}

impl<'a> Record<'a> {
    pub fn time(&self) -> Option<EventTime> {
        [&self.timestamp, &self.at_sign_timestamp, &self.created_at, &self.p_event_time]
            .into_iter()
            .find_map(|time| time.0.as_ref())
            .map(|moment| moment.0)
    }

    pub fn action(&self) -> &str {
        self.action.0.as_deref().unwrap_or_default()
    }

    /// The repository, else the organisation, else the enterprise: what an act was about.
    pub fn scope(&self) -> Option<Text<'a>> {
        [&self.repo, &self.org, &self.business].into_iter().find_map(|scope| scope.0.clone())
    }

    /// How it went. The log holds what was done; of what was not, it has an API's answer and a refused push.
    pub fn outcome(&self) -> Outcome {
        match self.action() {
            "api.request" => match self.status_code.0.map(|Code(code)| code) {
                Some(401) => Outcome::Refused,
                Some(403) => Outcome::Denied,
                Some(400..) => Outcome::Failure,
                _ => Outcome::Success,
            },
            "protected_branch.rejected_ref_update" => Outcome::Denied,
            action if action.ends_with("_failure") || action.ends_with("_failed") => Outcome::Failure,
            _ => Outcome::Success,
        }
    }
}

/// A time as a number of milliseconds since the epoch, or whatever an export made of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment(pub EventTime);

impl Scalar<'_> for Moment {
    fn from_i64(value: i64) -> Option<Self> {
        let time = match value {
            ..=0 => None,
            MILLISECONDS_MIN.. => value.checked_mul(1_000).map(EventTime::from_micros),
            _ => EventTime::from_seconds(value),
        };
        time.map(Self)
    }

    fn from_borrowed(text: &str) -> Option<Self> {
        Self::from_text(text)
    }

    fn from_text(text: &str) -> Option<Self> {
        match text.parse() {
            Ok(number) => Self::from_i64(number),
            Err(_) => EventTime::parse(text).map(Self),
        }
    }
}

/// An id that is a number above zero, however it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Digits<'a>(pub Text<'a>);

const DIGITS_MAX: usize = 20;

impl<'de: 'a, 'a> Scalar<'de> for Digits<'a> {
    fn from_i64(value: i64) -> Option<Self> {
        (value > 0).then(|| Self(Text::owned(value.to_string())))
    }

    fn from_borrowed(text: &'de str) -> Option<Self> {
        is_id(text).then_some(Self(Text::borrowed(text)))
    }

    fn from_text(text: &str) -> Option<Self> {
        is_id(text).then(|| Self(Text::owned(text.to_owned())))
    }
}

fn is_id(text: &str) -> bool {
    text.len() <= DIGITS_MAX
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.bytes().any(|byte| byte != b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_however_an_export_wrote_it() {
        let at = |json: &str| {
            let record: Record<'_> = serde_json::from_str(json).expect(json);
            record.time().map(|at| at.to_string())
        };
        let expected = Some("2026-03-02T09:15:04.250Z".to_owned());
        assert_eq!(at(r#"{"@timestamp":1772442904250}"#), expected);
        assert_eq!(at(r#"{"created_at":"1772442904250"}"#), expected);
        assert_eq!(at(r#"{"created_at":"2026-03-02 09:15:04.250"}"#), expected);
        assert_eq!(at(r#"{"at_sign_timestamp":"2026-03-02 09:15:04.250000000"}"#), expected);
        assert_eq!(at(r#"{"@timestamp":1772442904}"#).as_deref(), Some("2026-03-02T09:15:04Z"));
        assert_eq!(at(r#"{"@timestamp":null,"created_at":"2026-03-02T09:15:04.250Z"}"#), expected);
        for none in [r#"{"@timestamp":0}"#, r#"{"created_at":"yesterday"}"#, r#"{"created_at":[]}"#, "{}"] {
            assert_eq!(at(none), None, "{none}");
        }
        assert_eq!(at(r#"{"@timestamp":9223372036854775807}"#), None);
    }

    #[test]
    fn an_id_is_digits_above_zero() {
        assert!(is_id("1") && is_id("1111111111111"));
        assert!(!is_id("0") && !is_id("") && !is_id("-1") && !is_id("12a") && !is_id(&"1".repeat(21)));
    }
}
