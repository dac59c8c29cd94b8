//! How long a credential is remembered after its end.
//!
//! Durable kinds stay 400 days, so that a use after revocation is seen a year later; sessions until a day
//! after their expiry, or 30 days after a revocation. A session whose end is not stated is taken to live 32
//! days at most, the default maximum of Vault. Time that no log covers does not count: what happened in it
//! may still come to light.

use crate::credential::coverage::Coverage;
use crate::credential::{EndCause, Facts};
use crate::kind::Class;
use crate::time::{EventTime, Span};

const AFTER_END: Span = Span::days(400);
const SESSION_AFTER_EXPIRY: Span = Span::hours(24);
const SESSION_AFTER_REVOCATION: Span = Span::days(30);
const SESSION_LIFETIME_MAX: Span = Span::days(32);

/// When `facts` may be forgotten, as far as is known now. `None`: not while it lives.
#[must_use]
pub fn forget_at(facts: &Facts, coverage: &Coverage<'_>, now: EventTime) -> Option<EventTime> {
    let session = facts.kind.class() == Class::Session;
    let last = facts.last_used().or(facts.issued()).unwrap_or(now);
    let Some(end) = facts.end(now) else {
        return session.then(|| match facts.expires() {
            Some(expires) => coverage.reaches(expires.max(last), SESSION_AFTER_EXPIRY),
            None => coverage.reaches(last, SESSION_LIFETIME_MAX),
        });
    };
    let kept = match (session, end.cause) {
        (false, _) => AFTER_END,
        (true, EndCause::Expired) => SESSION_AFTER_EXPIRY,
        (true, EndCause::Revoked | EndCause::Implied | EndCause::Deactivated) => SESSION_AFTER_REVOCATION,
    };
    Some(coverage.reaches(end.at.max(last), kept))
}
