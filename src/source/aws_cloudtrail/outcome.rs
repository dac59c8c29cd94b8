//! How a call went.
//!
//! `errorCode` decides. Service events and sign-ins fail with an `errorMessage` alone; everywhere else a
//! message without a code says nothing.

use super::record::Record;
use crate::event::Outcome;

/// Codes of a credential that was not accepted, without `Client.` and `Exception`
/// (<https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html> and the EC2 error reference).
const REFUSED: &[&str] = &[
    "AuthFailure",
    "ExpiredToken",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSecurity",
    "InvalidSignature",
    "InvalidToken",
    "MissingAuthenticationToken",
    "NotSigned",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
    "UnrecognizedClient",
];

/// Codes of a call that policy refused to a credential it had accepted.
const DENIED: &[&str] =
    &["AuthorizationError", "NotAuthorized", "Unauthorized", "UnauthorizedAccess", "UnauthorizedOperation"];

pub(super) fn of(record: &Record<'_>) -> Outcome {
    if let Some(code) = record.error_code.0.as_deref() {
        return of_code(code);
    }
    let message = record.error_message.0.is_some();
    if message && record.service() == "signin" {
        Outcome::Refused
    } else if message && record.is_service_event() {
        Outcome::Failure
    } else {
        Outcome::Success
    }
}

fn of_code(code: &str) -> Outcome {
    let code = code.strip_prefix("Client.").unwrap_or(code);
    let code = code.strip_suffix("Exception").unwrap_or(code);
    if REFUSED.contains(&code) {
        Outcome::Refused
    } else if code.contains("AccessDenied") || DENIED.contains(&code) {
        Outcome::Denied
    } else {
        Outcome::Failure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_tell_a_refused_credential_from_a_refused_call() {
        for (code, outcome) in [
            ("AccessDenied", Outcome::Denied),
            ("AccessDeniedException", Outcome::Denied),
            ("VpceAccessDenied", Outcome::Denied),
            ("Client.UnauthorizedOperation", Outcome::Denied),
            ("UnauthorizedException", Outcome::Denied),
            ("InvalidClientTokenId", Outcome::Refused),
            ("Client.AuthFailure", Outcome::Refused),
            ("ExpiredTokenException", Outcome::Refused),
            ("UnrecognizedClientException", Outcome::Refused),
            ("NoSuchBucket", Outcome::Failure),
            ("Client.DryRunOperation", Outcome::Failure),
            // About the topic of a trail, not about the caller.
            ("CloudTrailInvalidClientTokenIdException", Outcome::Failure),
        ] {
            assert_eq!(of_code(code), outcome, "{code}");
        }
    }
}
