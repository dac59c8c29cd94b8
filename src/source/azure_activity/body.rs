//! What is read of the bodies of a call, which the log keeps of some operations.
//!
//! A body may hold a live key, so hardly any of its text is passed on: switches and dates, ids of a strict
//! shape, words that are compared with a list, and the address of an identity provider. A body is an object,
//! or the text of one.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::source::azure::{Moment, is_guid};
use crate::source::json::{Lenient, Object, Scalar};
use crate::text::Text;
use crate::time::EventTime;

/// The members of `properties` that are read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Bodies<'a> {
    #[serde(borrow, rename = "eventDataId")]
    pub event_data_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    requestbody: Option<&'a RawValue>,
    #[serde(borrow, rename = "responseBody")]
    response_body: Option<&'a RawValue>,
}

impl Bodies<'_> {
    /// Adds what the bodies say, the request first: under `properties`, and on top.
    pub fn read_into(&self, said: &mut Vec<Said>) {
        for body in [self.requestbody, self.response_body].into_iter().flatten() {
            let text: Cow<'_, str> = match serde_json::from_str::<String>(body.get()) {
                Ok(text) => Cow::Owned(text),
                Err(_) => Cow::Borrowed(body.get()),
            };
            if let Ok(nested) = serde_json::from_str::<Object<Nested>>(&text) {
                said.push(nested.0.properties.0);
            }
            if let Ok(Object(top)) = serde_json::from_str::<Object<Said>>(&text) {
                said.push(top);
            }
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Nested {
    #[serde(alias = "Properties")]
    properties: Object<Said>,
}

/// What one level of a body says.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Said {
    #[serde(alias = "KeyName", alias = "keyKind", alias = "keyType")]
    key_name: Lenient<Word>,
    #[serde(alias = "PrincipalId")]
    principal_id: Lenient<Word>,
    #[serde(alias = "RoleDefinitionId")]
    role_definition_id: Lenient<Word>,
    #[serde(alias = "RequestType")]
    request_type: Lenient<Word>,
    schedule_info: Object<Schedule>,
    create_mode: Lenient<Word>,
    issuer: Lenient<Word>,
    signed_expiry: Lenient<Moment>,
    duration_in_seconds: Lenient<i64>,
    pub allow_shared_key_access: Lenient<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Schedule {
    expiration: Object<Expiration>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Expiration {
    end_date_time: Lenient<Moment>,
}

/// A text of a body, which must be held against a list or a shape before anything is made of it.
#[derive(Debug)]
struct Word(String);

impl Scalar<'_> for Word {
    fn from_borrowed(text: &str) -> Option<Self> {
        Self::from_text(text)
    }

    fn from_text(text: &str) -> Option<Self> {
        Some(Self(text.to_owned()))
    }
}

/// How services name the two halves of a pair of keys. Anything else is no name of a key, and may be one.
const KEY_NAMES: &[&str] = &[
    "kerb1",
    "kerb2",
    "key1",
    "key2",
    "password",
    "password2",
    "primary",
    "primarykey",
    "primaryreadonly",
    "secondary",
    "secondarykey",
    "secondaryreadonly",
];

impl Said {
    /// Which key of a pair is meant.
    pub fn key_name(&self) -> Option<&'static str> {
        let Word(text) = self.key_name.0.as_ref()?;
        KEY_NAMES.iter().copied().find(|name| text.eq_ignore_ascii_case(name))
    }

    /// Whose role it is, in lower case.
    pub fn principal(&self) -> Option<String> {
        self.principal_id.0.as_ref().filter(|word| is_guid(&word.0)).map(|word| word.0.to_ascii_lowercase())
    }

    /// The GUID of a role, in lower case.
    pub fn role(&self) -> Option<String> {
        let Word(text) = self.role_definition_id.0.as_ref()?;
        let id = text.rsplit('/').next().filter(|id| is_guid(id))?;
        Some(id.to_ascii_lowercase())
    }

    /// Whether a scheduled role is taken back rather than given. `None` where it is neither.
    pub fn ends_grant(&self) -> Option<bool> {
        let Word(text) = self.request_type.0.as_ref()?;
        if ["AdminRemove", "SelfDeactivate"].iter().any(|word| text.eq_ignore_ascii_case(word)) {
            return Some(true);
        }
        let gives = ["AdminAssign", "AdminExtend", "AdminRenew", "SelfActivate", "SelfExtend", "SelfRenew"];
        gives.iter().any(|word| text.eq_ignore_ascii_case(word)).then_some(false)
    }

    pub fn grant_end(&self) -> Option<EventTime> {
        self.schedule_info.0.expiration.0.end_date_time.0.map(|moment| moment.0)
    }

    /// Whether a vault is taken back from among the deleted.
    pub fn recovers(&self) -> bool {
        self.create_mode.0.as_ref().is_some_and(|Word(text)| text.eq_ignore_ascii_case("recover"))
    }

    /// The provider whose tokens are trusted: an address without a query.
    pub fn issuer(&self) -> Option<String> {
        let Word(text) = self.issuer.0.as_ref()?;
        let plain = text.starts_with("https://") && !text.contains(['?', '#', '@', ' ']);
        plain.then(|| text.clone())
    }

    /// When a signature made at `at` ends.
    pub fn signature_end(&self, at: EventTime) -> Option<EventTime> {
        let stated = self.signed_expiry.0.map(|moment| moment.0);
        let lasts = self.duration_in_seconds.0.filter(|seconds| *seconds > 0);
        let lasts =
            lasts.and_then(|seconds| seconds.checked_mul(1_000_000)).map(crate::time::Span::from_micros);
        stated.or_else(|| lasts.map(|span| at.saturating_add(span)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(properties: &str) -> Vec<Said> {
        let mut said = Vec::new();
        let Object(bodies) = serde_json::from_str::<Object<Bodies<'_>>>(properties).unwrap();
        bodies.read_into(&mut said);
        said
    }

    #[test]
    fn a_body_is_an_object_or_the_text_of_one() {
        for properties in [
            r#"{"requestbody":{"keyName":"Key1"}}"#,
            r#"{"requestbody":"{\"keyName\":\"key1\"}"}"#,
            r#"{"responseBody":"{\"properties\":{\"keyName\":\"key1\"}}"}"#,
        ] {
            assert_eq!(said(properties).iter().find_map(Said::key_name), Some("key1"), "{properties}");
        }
        for properties in ["{}", r#"{"requestbody":"keyName"}"#, r#"{"requestbody":[1]}"#] {
            assert!(said(properties).iter().all(|said| said.key_name().is_none()), "{properties}");
        }
    }

    #[test]
    fn what_is_not_of_the_expected_shape_is_not_passed_on() {
        let said = said(
            r#"{"requestbody":{"keyName":"PLANTED","principalId":"PLANTED","roleDefinitionId":"/PLANTED",
            "issuer":"https://idp.example.com/?token=PLANTED","requestType":"PLANTED"}}"#,
        );
        for level in &said {
            assert_eq!(level.key_name(), None);
            assert_eq!(level.principal(), None);
            assert_eq!(level.role(), None);
            assert_eq!(level.issuer(), None);
            assert_eq!(level.ends_grant(), None);
        }
    }
}
