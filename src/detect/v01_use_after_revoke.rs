//! V01: a credential that still works after it was revoked.
//!
//! # Finds
//! A use that was accepted later than the revocation plus `revoke_skew`, by event time.
//! # Why it matters
//! Either the revocation did not take, or something accepts what it should not.
//! # Silent when
//! The attempt was refused (see V07); the use lies before the revocation and only its record came late.
//! # False positives
//! Propagation in IAM, which the skew allows for. A revocation that is only implied (the parent's, the
//! mount's) can be wrong where the child was an orphan: such findings have low confidence.
//! # Policy
//! `revoke_skew`.

use crate::credential::{Facts, Flags, Slot};
use crate::detect::{Condition, Judgement, Rule, Scene, samples, use_sample};
use crate::evidence::{Confidence, Evidence, Explanation, Sample, Severity};
use crate::finding::CloseReason;
use crate::finding::remedy::Remedy;
use crate::kind::Kind;
use crate::policy::Key;
use crate::time::{EventTime, Span};

pub static CONDITION: Condition = Condition {
    id: "V01",
    version: 1,
    title: "Used after revocation",
    finds: "an accepted use after the revocation",
    remedy: Remedy::Contain,
    closes_when: "24 h without another accepted use",
    fades: CloseReason::Cured,
    past_is_history: true,
    rule: Rule::Credential { applies, judge, explain },
};

const SILENT: Span = Span::hours(24);

fn applies(kind: Kind) -> bool {
    kind.use_is_visible()
}

fn judge(scene: &Scene<'_>, _: Slot, facts: &Facts, judgement: &mut Judgement) {
    let Some(last_use) = facts.last_used() else { return };
    let Some((revoked, severity, confidence)) = revocation(facts) else { return };
    let skew = scene.thresholds.span(Key::RevokeSkew);
    if last_use <= revoked.saturating_add(skew) {
        return;
    }
    let silent_at = last_use.saturating_add(SILENT);
    judgement.again(silent_at, scene.at);
    if scene.at < silent_at {
        let count = facts.rare.as_deref().map_or(1, |rare| rare.uses_after_end.max(1));
        let evidence = Evidence::new(revoked, last_use, severity, Some(Key::RevokeSkew));
        judgement.found(Evidence { confidence, count, ..evidence });
    }
}

/// When it was revoked, explicitly or by implication, and what a use after that weighs.
fn revocation(facts: &Facts) -> Option<(EventTime, Severity, Confidence)> {
    if facts.flags.has(Flags::SPENT) {
        return None;
    }
    if let Some(revoked) = facts.revoked_at() {
        return Some((revoked, Severity::Critical, Confidence::High));
    }
    let implied = facts.implied_end()?;
    Some((implied, Severity::High, Confidence::Low))
}

fn explain(scene: &Scene<'_>, _: Slot, facts: &Facts, evidence: &Evidence) -> Explanation {
    let implied = facts
        .rare
        .as_deref()
        .and_then(|rare| rare.implied)
        .filter(|_| evidence.confidence == Confidence::Low);
    let by = implied.map_or(facts.end_ref, |stamp| stamp.by);
    let how = if implied.is_some() { "revoked by implication (no record names it)" } else { "revoked" };
    let after = evidence.last.since(evidence.anchor);
    Explanation {
        summary: format!("{} was accepted {after} after it was revoked", scene.credential(facts)),
        lines: vec![
            (
                "Fact",
                format!(
                    "{how} {}; accepted {}× since, last {}",
                    evidence.anchor.to_minute(),
                    evidence.count,
                    evidence.last.to_minute()
                ),
            ),
            (
                "Means",
                "it still opens what it should no longer open, or the revocation was recorded wrongly".into(),
            ),
        ],
        samples: samples([
            Some(Sample { at: evidence.anchor, by, what: "revoked".into() }),
            use_sample(facts),
        ]),
    }
}
