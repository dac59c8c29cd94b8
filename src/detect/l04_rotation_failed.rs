//! L04: a rotation that was tried and did not happen.
//!
//! # Finds
//! A credential whose last rotation failed, with no success since.
//! # Why it matters
//! The schedule says it rotates; the value in use is the old one, and the next audit will find it.
//! # Silent when
//! The store does not log its own attempts (Vault's automatic rotation of static roles): L03 then tells by
//! age.
//! # False positives
//! A failure that the service retries by itself; the finding closes with the retry.
//! # Policy
//! None: a failed rotation is a fact.

use crate::credential::{Facts, Slot, Stamp};
use crate::detect::{Condition, Judgement, Rule, Scene, issue_sample, samples};
use crate::evidence::{Evidence, Explanation, Sample, Severity};
use crate::finding::CloseReason;
use crate::finding::remedy::Remedy;
use crate::kind::Kind;
use crate::time::EventTime;

pub static CONDITION: Condition = Condition {
    id: "L04",
    version: 1,
    title: "Rotation failed",
    finds: "a rotation was tried, failed, and none succeeded since",
    remedy: Remedy::Rotate,
    closes_when: "rotated, deactivated or revoked",
    fades: CloseReason::Cured,
    past_is_history: false,
    rule: Rule::Credential { applies, judge, explain },
};

fn applies(_: Kind) -> bool {
    true
}

fn failure(facts: &Facts) -> Option<Stamp> {
    facts.rare.as_deref()?.rotation_failed
}

fn judge(scene: &Scene<'_>, _: Slot, facts: &Facts, judgement: &mut Judgement) {
    let Some(failed) = failure(facts) else { return };
    let first_failed = facts.rare.as_deref().and_then(|rare| rare.rotation_first_failed).unwrap_or(failed.at);
    let made = facts.version_time().unwrap_or(EventTime::MIN);
    if failed.at <= made || !facts.is_alive(scene.at) {
        return;
    }
    if let Some(expires) = facts.expires() {
        judgement.again(expires, scene.at);
    }
    // The version that should have gone is the anchor: however often the rotation fails, it is one finding.
    let anchor = if made == EventTime::MIN { facts.first_use.min(first_failed) } else { made };
    judgement.found(Evidence::new(anchor, failed.at, Severity::High, None));
}

fn explain(scene: &Scene<'_>, _: Slot, facts: &Facts, evidence: &Evidence) -> Explanation {
    let failed = failure(facts);
    let since = facts.version_time().map_or_else(
        || "its age is unknown".to_owned(),
        |made| format!("the value in use is of {}", made.date()),
    );
    Explanation {
        summary: format!("{} could not be rotated on {}", scene.credential(facts), evidence.last.date()),
        lines: vec![("Fact", format!("rotation failed {}; {since}", evidence.last.to_minute()))],
        samples: samples([
            issue_sample(facts),
            failed.map(|stamp| Sample { at: stamp.at, by: stamp.by, what: "rotation failed".into() }),
        ]),
    }
}
