//! How a call went, by the fields that do not lie.
//!
//! A refused token leaves `auth` empty; a refusal by policy shows the caller in full. `permission denied`
//! although policy allowed the call means that the thing named in the body was bad, not the caller. A refusal
//! that the engine itself answers with (`response.data.error`) may come without any `error`.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::call::{Call, Op};
use crate::event::Outcome;
use crate::text::Text;

/// Who stands behind a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// No token, or one that was not looked at. On a login that is the rule.
    Nobody,
    /// A token that the server accepted.
    Accepted,
    /// A token of inline authentication whose call failed before the server wrote whose it was.
    Inline,
    /// A token that the server did not accept: unknown, revoked, expired, its holder disabled.
    Refused,
}

pub fn judge(call: &Call<'_>) -> (Standing, Outcome) {
    let error = call.error.as_deref();
    if call.auth.is_token() {
        return (Standing::Accepted, accepted(call, error));
    }
    let named = call.request.client_token.0.is_some() || call.request.client_token_accessor.0.is_some();
    match error {
        Some(error) if named && error.contains("inline authentication") => {
            (Standing::Inline, Outcome::Failure)
        }
        Some(error) if named && refuses(error) => (Standing::Refused, Outcome::Refused),
        Some(_) => (Standing::Nobody, Outcome::Failure),
        None if answers_with_error(call) => (Standing::Nobody, Outcome::Failure),
        None => (Standing::Nobody, Outcome::Success),
    }
}

fn accepted(call: &Call<'_>, error: Option<&str>) -> Outcome {
    let allowed = call.auth.policy_results.0.allowed.0;
    match error {
        Some(_) if allowed == Some(false) => Outcome::Denied,
        Some(error) if allowed.is_none() && error.contains("permission denied") => Outcome::Denied,
        Some(_) => Outcome::Failure,
        None if answers_with_error(call) => Outcome::Failure,
        None => Outcome::Success,
    }
}

fn refuses(error: &str) -> bool {
    ["permission denied", "bad token", "invalid token", "token not found"]
        .iter()
        .any(|text| error.contains(text))
}

/// Whether the data is an error and nothing else. A secret whose only key is `error`, read from KV, is not.
fn answers_with_error(call: &Call<'_>) -> bool {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct OnlyError<'a> {
        #[serde(borrow)]
        error: Text<'a>,
    }

    if call.op == Op::Read && matches!(call.mount_type(), "kv" | "generic" | "cubbyhole") {
        return false;
    }
    let Some(data) = call.response.data.map(RawValue::get) else { return false };
    let begins = data.trim_start_matches(['{', ' ', '\n', '\t', '\r']).starts_with("\"error\"");
    begins && serde_json::from_str(data).is_ok_and(|OnlyError { error }| !error.is_empty())
}
