//! How an act went: `outcome.result` says whether, `outcome.reason` on which ground.

use super::record::OutcomeOf;
use crate::event::Outcome;

/// What the reason of a failure holds, in lower case, where the client itself was not accepted. A wrong
/// password, a spent code or an expired grant is the user's, and the client that brought it was.
const REFUSED: &[&str] = &["client_assertion", "client_auth", "client_secret", "invalid_client"];

/// What it holds where policy refused the call.
const DENIED: &[&str] = &[
    "access_denied",
    "denied",
    "forbidden",
    "not_allowed",
    "no_matching_policy",
    "not authorized",
    "permission",
];

pub(super) fn of(outcome: &OutcomeOf<'_>) -> Outcome {
    match outcome.result.0.as_deref() {
        Some("DENY") => Outcome::Denied,
        Some("FAILURE") => of_reason(outcome.reason.0.as_deref().unwrap_or_default()),
        Some("SKIPPED" | "RATE_LIMIT" | "RATE_LIMITED" | "ABANDONED" | "UNANSWERED") => Outcome::Failure,
        _ => Outcome::Success,
    }
}

fn of_reason(reason: &str) -> Outcome {
    let reason = reason.to_ascii_lowercase();
    if REFUSED.iter().any(|part| reason.contains(part)) {
        Outcome::Refused
    } else if DENIED.iter().any(|part| reason.contains(part)) {
        Outcome::Denied
    } else {
        Outcome::Failure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_and_its_reason_tell_a_refused_credential_from_a_refused_call() {
        for (result, reason, outcome) in [
            ("SUCCESS", "", Outcome::Success),
            ("ALLOW", "Sign-on policy evaluation resulted in ALLOW", Outcome::Success),
            ("UNKNOWN", "", Outcome::Success),
            ("DENY", "Password Spray", Outcome::Denied),
            ("FAILURE", "INVALID_CREDENTIALS", Outcome::Failure),
            ("FAILURE", "invalid_grant", Outcome::Failure),
            ("FAILURE", "invalid_client_secret", Outcome::Refused),
            ("FAILURE", "no_matching_policy", Outcome::Denied),
            ("FAILURE", "access_denied", Outcome::Denied),
            ("FAILURE", "invalid_scope", Outcome::Failure),
            ("FAILURE", "", Outcome::Failure),
            ("RATE_LIMIT", "", Outcome::Failure),
        ] {
            let json = format!(r#"{{"result":"{result}","reason":"{reason}"}}"#);
            assert_eq!(of(&serde_json::from_str(&json).expect("an outcome")), outcome, "{json}");
        }
    }
}
