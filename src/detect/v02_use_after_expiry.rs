//! V02: a use after the stated end.
//!
//! # Finds
//! A use that was accepted later than the last known end plus `expiry_skew`.
//! # Why it matters
//! All kinds read so far are ended by their issuer, which does not accept them afterwards. So the log lacks a
//! renewal: a hole in the evidence, not an attack.
//! # Silent when
//! The renewal is in the log.
//! # False positives
//! Clocks that differ by more than the skew.
//! # Policy
//! `expiry_skew`.

use crate::credential::{EndCause, Facts, Flags, Slot};
use crate::detect::{Condition, Judgement, Rule, Scene, issue_sample, samples, use_sample};
use crate::evidence::{Evidence, Explanation, Severity};
use crate::finding::CloseReason;
use crate::finding::remedy::Remedy;
use crate::kind::Kind;
use crate::policy::Key;
use crate::stream::SourceName;
use crate::time::Span;

pub static CONDITION: Condition = Condition {
    id: "V02",
    version: 1,
    title: "Used after expiry: a renewal is missing",
    finds: "an accepted use after the stated end: the log lacks a renewal",
    remedy: Remedy::Review,
    closes_when: "the renewal is seen, or 24 h without another accepted use",
    fades: CloseReason::Cured,
    past_is_history: true,
    rule: Rule::Credential { applies, judge, explain },
};

const SILENT: Span = Span::hours(24);

fn applies(kind: Kind) -> bool {
    kind.use_is_visible() && kind.row().expires
}

fn judge(scene: &Scene<'_>, _: Slot, facts: &Facts, judgement: &mut Judgement) {
    let (Some(last_use), Some(expires)) = (facts.last_used(), facts.expires()) else { return };
    let ended_by_time = facts.end(last_use).is_some_and(|end| end.cause == EndCause::Expired);
    let skew = scene.thresholds.span(Key::ExpirySkew);
    if !ended_by_time || facts.flags.has(Flags::SPENT) || last_use <= expires.saturating_add(skew) {
        return;
    }
    let silent_at = last_use.saturating_add(SILENT);
    judgement.again(silent_at, scene.at);
    if scene.at < silent_at {
        let count = facts.rare.as_deref().map_or(1, |rare| rare.uses_after_end.max(1));
        let evidence = Evidence::new(expires, last_use, Severity::Info, Some(Key::ExpirySkew));
        judgement.found(Evidence { count, ..evidence });
    }
}

/// What it says of the issuer. Vault prolongs its tokens; a token that is signed once cannot be prolonged.
fn means(kind: Kind) -> &'static str {
    if kind.source() == SourceName::VaultAudit {
        "its issuer enforces the end, so a renewal happened that this log does not hold"
    } else {
        "its end is later than this log tells, or whoever accepts it does not look at the end"
    }
}

fn explain(scene: &Scene<'_>, _: Slot, facts: &Facts, evidence: &Evidence) -> Explanation {
    let after = evidence.last.since(evidence.anchor);
    Explanation {
        summary: format!("{} was accepted {after} after its stated end", scene.credential(facts)),
        lines: vec![
            (
                "Fact",
                format!(
                    "last known end {}; accepted {}× since, last {}",
                    evidence.anchor.to_minute(),
                    evidence.count,
                    evidence.last.to_minute()
                ),
            ),
            ("Means", means(facts.kind).into()),
        ],
        samples: samples([issue_sample(facts), use_sample(facts)]),
    }
}
