//! L10: an old credential still in use beside its successor.
//!
//! # Finds
//! A user that holds two live access keys, both of them used, where the older one
//! was still used `key_overlap` after the newer one's first use.
//! # Why it matters
//! A rotation that leaves the old key alive and in use has rotated nothing.
//! # Silent when
//! The newer one was never used (then it is a spare, see L02); the older one is silent (then it is dormant,
//! see L01); the issue of neither was logged.
//! # False positives
//! Blue/green consumers, staged roll-outs over several regions.
//! # Policy
//! `key_overlap`.

use crate::credential::{Facts, Slot};
use crate::detect::{Condition, Judgement, Rule, Scene, issue_sample, samples, use_sample};
use crate::evidence::{Evidence, Explanation, Sample, Severity};
use crate::finding::CloseReason;
use crate::finding::remedy::Remedy;
use crate::kind::Kind;
use crate::policy::Key;
use crate::time::{EventTime, Span};

pub static CONDITION: Condition = Condition {
    id: "L10",
    version: 1,
    title: "Overlapping versions",
    finds: "the old credential is still used beside its successor",
    remedy: Remedy::Retire,
    closes_when: "the older one is deactivated or revoked, or silent for 7 d",
    fades: CloseReason::Cured,
    past_is_history: false,
    rule: Rule::Credential { applies, judge, explain },
};

/// An older credential that was silent for this long is no longer in use beside its successor.
const SILENT: Span = Span::days(7);

fn applies(kind: Kind) -> bool {
    kind == Kind::AwsAccessKey
}

/// The live successor of `facts` that has been in use longest: issued later, and used. What was issued before
/// the log begins is older than all whose issue is known, however late it was first used.
fn successor<'s>(scene: &'s Scene<'_>, slot: Slot, facts: &Facts) -> Option<&'s Facts> {
    let issued = facts.issued();
    scene
        .store
        .siblings(slot)
        .filter(|(other, sibling)| *other != slot && sibling.issued() > issued && sibling.is_alive(scene.at))
        .map(|(_, sibling)| sibling)
        .filter(|sibling| sibling.last_used().is_some())
        .min_by_key(|sibling| (sibling.first_use, scene.store.text(sibling.name)))
}

fn judge(scene: &Scene<'_>, slot: Slot, facts: &Facts, judgement: &mut Judgement) {
    let Some(last_use) = facts.last_used() else { return };
    if !facts.is_alive(scene.at) {
        return;
    }
    let Some(successor) = successor(scene, slot, facts) else { return };
    let overlap_ends = successor.first_use.saturating_add(scene.thresholds.span(Key::KeyOverlap));
    let silent_at = last_use.saturating_add(SILENT);
    judgement.again(silent_at, scene.at);
    for expires in [facts.expires(), successor.expires()].into_iter().flatten() {
        judgement.again(expires, scene.at);
    }
    if last_use >= overlap_ends && scene.at < silent_at {
        judgement.found(Evidence::new(
            successor.first_use,
            last_use,
            Severity::Medium,
            Some(Key::KeyOverlap),
        ));
    }
}

fn explain(scene: &Scene<'_>, slot: Slot, facts: &Facts, evidence: &Evidence) -> Explanation {
    let successor = successor(scene, slot, facts);
    let newer = successor.map_or("its successor", |facts| scene.store.text(facts.name));
    let overlap = evidence.last.since(evidence.anchor);
    Explanation {
        summary: format!("{} is still used {overlap} after {newer} took over", scene.credential(facts)),
        lines: vec![(
            "Fact",
            format!(
                "{newer} in use since {}; the older one last used {}, {} uses seen",
                evidence.anchor.to_minute(),
                facts.last_used().map(EventTime::to_minute).unwrap_or_default(),
                facts.uses
            ),
        )],
        samples: samples([
            issue_sample(facts),
            successor.and_then(|facts| {
                issue_sample(facts).map(|sample| Sample { what: "successor issued".into(), ..sample })
            }),
            use_sample(facts),
        ]),
    }
}
