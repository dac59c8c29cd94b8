//! How a call went.
//!
//! `status.code` decides; it is left out where it is 0. Where an entry has none, a call of which no
//! permission was granted did not happen either.

use super::record::Payload;
use crate::event::Outcome;

/// `google.rpc.Code` (<https://cloud.google.com/apis/design/errors>).
const PERMISSION_DENIED: i64 = 7;
const UNAUTHENTICATED: i64 = 16;

pub(super) fn of(payload: &Payload<'_>) -> Outcome {
    match payload.status.0.code.0.unwrap_or_default() {
        0 if nothing_granted(payload) => Outcome::Denied,
        0 => Outcome::Success,
        PERMISSION_DENIED => Outcome::Denied,
        UNAUTHENTICATED => Outcome::Refused,
        _ => Outcome::Failure,
    }
}

/// Whether permissions were asked and none was given. One that is not granted says nothing beside one that
/// is: services also ask for what a call does not need.
fn nothing_granted(payload: &Payload<'_>) -> bool {
    let asked = &payload.authorization_info.0;
    !asked.is_empty() && asked.iter().all(|permission| permission.0.granted.0 != Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(payload: &str) -> Outcome {
        of(&serde_json::from_str(payload).unwrap())
    }

    #[test]
    fn the_code_decides_and_then_what_was_granted() {
        for (payload, expected) in [
            (r"{}", Outcome::Success),
            (r#"{"status":{}}"#, Outcome::Success),
            (r#"{"status":{"code":0}}"#, Outcome::Success),
            (r#"{"status":{"code":7}}"#, Outcome::Denied),
            (r#"{"status":{"code":16}}"#, Outcome::Refused),
            (r#"{"status":{"code":5},"authorizationInfo":[{"granted":true}]}"#, Outcome::Failure),
            (r#"{"authorizationInfo":[{"granted":true},{"permission":"x"}]}"#, Outcome::Success),
            (r#"{"authorizationInfo":[{"permission":"x"}]}"#, Outcome::Denied),
            (r#"{"authorizationInfo":[]}"#, Outcome::Success),
        ] {
            assert_eq!(outcome(payload), expected, "{payload}");
        }
    }
}
