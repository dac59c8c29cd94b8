//! How a request for a token went, by the code of the token service.
//!
//! Codes: <https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes>

use crate::event::Outcome;

/// The credential itself was not accepted: wrong, expired or unknown, or its application is unknown or
/// disabled.
const REFUSED: &[i64] = &[
    50_012,    // the credential could not be verified
    50_013,    // an assertion of another issuer is not valid
    50_027,    // an assertion is malformed
    70_002,    // client credentials are not valid
    70_021,    // no federated credential matches the assertion
    500_133,   // an assertion is outside its time
    700_016,   // no such application in this tenant
    700_021,   // the assertion names another application
    700_023,   // the assertion is for another audience
    700_024,   // the assertion is outside its time
    700_027,   // the signature of the assertion, or its certificate, is not known
    700_030,   // the certificate is not valid
    700_211,   // no federated credential has this issuer
    700_212,   // no federated credential has this audience
    700_213,   // no federated credential has this subject
    1_000_502, // the certificate is outside its time
    7_000_112, // the application is disabled
    7_000_215, // wrong secret
    7_000_216, // neither secret nor assertion was sent
    7_000_218, // neither secret nor assertion was sent
    7_000_222, // the secret has expired
    7_000_229, // no service principal of the application in this tenant
];

/// The credential was accepted, and a policy refused the token.
const DENIED: &[i64] = &[
    50_105,  // not assigned to a role of the resource
    53_000,  // conditional access: device
    53_001,  // conditional access: device
    53_002,  // conditional access: application
    53_003,  // conditional access
    53_004,  // proof of identity is required
    65_001,  // no consent
    65_005,  // the permission was not asked for
    501_051, // not assigned to a role of the resource
    530_034, // blocked for risk
    530_035, // security defaults
];

/// No code is a success. A code that is in neither list is of a request that failed on its own: an unknown
/// resource, a scope that does not exist, too many requests.
pub(super) fn of(code: Option<i64>) -> Outcome {
    match code {
        None | Some(0) => Outcome::Success,
        Some(code) if REFUSED.contains(&code) => Outcome::Refused,
        Some(code) if DENIED.contains(&code) => Outcome::Denied,
        Some(_) => Outcome::Failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_of_one_meaning() {
        assert!(REFUSED.is_sorted_by(|a, b| a < b) && DENIED.is_sorted_by(|a, b| a < b));
        assert!(REFUSED.iter().all(|code| !DENIED.contains(code)));
    }

    #[test]
    fn codes_tell_a_refused_secret_from_a_refused_request() {
        for (code, outcome) in [
            (Some(0), Outcome::Success),
            (None, Outcome::Success),
            (Some(7_000_215), Outcome::Refused),
            (Some(7_000_222), Outcome::Refused),
            (Some(70_021), Outcome::Refused),
            (Some(1_000_502), Outcome::Refused),
            (Some(53_003), Outcome::Denied),
            (Some(500_011), Outcome::Failure),
            (Some(-1), Outcome::Failure),
        ] {
            assert_eq!(of(code), outcome, "{code:?}");
        }
    }
}
