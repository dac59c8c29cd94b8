//! How long a credential is remembered after its end.
//!
//! Durable kinds stay 400 days, so that a use after revocation is seen a year later; sessions until a day
//! after their expiry, or 30 days after a revocation. A session whose end is not stated is taken to live 32
//! days at most, the default maximum of Vault, and a name that was never accepted is kept no longer. Kinds
//! that are made anew for every job and pod go much sooner. Time that no log covers does not count: what
//! happened in it may still come to light.

use crate::credential::coverage::Coverage;
use crate::credential::facts::Standing;
use crate::credential::{EndCause, Facts};
use crate::kind::{Class, Kind};
use crate::time::{EventTime, Span};

const AFTER_END: Span = Span::days(400);
const SESSION_AFTER_EXPIRY: Span = Span::hours(24);
const SESSION_AFTER_REVOCATION: Span = Span::days(30);
const NOTHING_HEARD_MAX: Span = Span::days(32);
/// A token of a GitHub App lives an hour, that of a workflow's job 24 hours at most; a kubelet asks for the
/// token of each pod again every 48 minutes. A large estate makes a million of them in 32 days, none of which
/// comes again.
const NOTHING_HEARD_OF_A_JOB_MAX: Span = Span::hours(48);

/// The last moment anything is known of a credential.
#[must_use]
pub fn last_known(facts: &Facts) -> Option<EventTime> {
    let refused = facts.rare.as_deref().and_then(|rare| rare.refusals.last()).map(|refusal| refusal.at);
    [facts.last_used(), facts.issued(), facts.version_time(), facts.revoked_at(), refused]
        .into_iter()
        .max()?
}

/// When `facts` may be forgotten, as far as is known now. `None`: not while it lives.
#[must_use]
pub fn forget_at(facts: &Facts, coverage: &Coverage<'_>, now: EventTime) -> Option<EventTime> {
    let session = facts.kind.class() == Class::Session;
    let last = last_known(facts);
    let Some(end) = facts.end(now) else {
        return (session || is_a_guess(facts)).then(|| match facts.expires() {
            Some(expires) => {
                coverage.reaches(last.map_or(expires, |at| at.max(expires)), SESSION_AFTER_EXPIRY)
            }
            None => coverage.reaches(last.unwrap_or(now), nothing_heard_max(facts.kind)),
        });
    };
    let kept = match (session, end.cause) {
        (false, _) => AFTER_END,
        (true, EndCause::Expired) => SESSION_AFTER_EXPIRY,
        (true, EndCause::Revoked | EndCause::Implied | EndCause::Deactivated) => SESSION_AFTER_REVOCATION,
    };
    Some(coverage.reaches(last.map_or(end.at, |at| at.max(end.at)), kept))
}

const fn nothing_heard_max(kind: Kind) -> Span {
    let of_a_job = matches!(kind, Kind::GithubAppToken | Kind::KubernetesToken);
    if of_a_job { NOTHING_HEARD_OF_A_JOB_MAX } else { NOTHING_HEARD_MAX }
}

/// A name that only ever was refused, as anybody at the door can have it written into the log: a user that
/// does not exist, a secret-id made up. It is not kept as long as a credential lives.
fn is_a_guess(facts: &Facts) -> bool {
    let guessable = matches!(facts.kind, Kind::VaultUserPassword | Kind::VaultSecretId);
    let accepted = facts.version_time().is_some() || facts.last_used().is_some();
    guessable && !accepted && facts.flags.standing() <= Standing::Named
}
