//! L02: a credential that nobody ever used.
//!
//! # Finds
//! A durable or stored credential that is alive, whose issue is known, and that was not used once within
//! `never_used_after` of covered time.
//! # Why it matters
//! It can be taken away without breaking anything, and until then it is a way in that nobody watches.
//! # Silent when
//! The issue was never logged (then the use may lie before the log); its use cannot be seen, or shows only in
//! a log that is off by default, and none of its kind was seen used in the realm.
//! # False positives
//! Break-glass credentials; a successor that waits for its roll-out.
//! # Policy
//! `never_used_after`.

use crate::credential::{Facts, Slot};
use crate::detect::{Condition, Judgement, Rule, Scene, issue_sample, samples};
use crate::evidence::{Evidence, Explanation, Severity};
use crate::finding::CloseReason;
use crate::finding::remedy::Remedy;
use crate::kind::{Class, Kind};
use crate::policy::Key;

pub static CONDITION: Condition = Condition {
    id: "L02",
    version: 1,
    title: "Never used since issue",
    finds: "issued, and not used once",
    remedy: Remedy::Retire,
    closes_when: "used for the first time, deactivated, revoked or expired",
    fades: CloseReason::Cured,
    past_is_history: false,
    rule: Rule::Credential { applies, judge, explain },
};

fn applies(kind: Kind) -> bool {
    matches!(kind.class(), Class::Durable | Class::Stored) && kind.use_is_visible()
}

fn judge(scene: &Scene<'_>, _: Slot, facts: &Facts, judgement: &mut Judgement) {
    let Some(issued) = facts.issued() else { return };
    let unseen = facts.last_used().is_none() && scene.store.shows_use_of(facts.kind);
    if !unseen || !facts.is_alive(scene.at) {
        return;
    }
    if let Some(expires) = facts.expires() {
        judgement.again(expires, scene.at);
    }
    let after = scene.thresholds.span(Key::NeverUsedAfter);
    judgement.again(scene.coverage.reaches(issued, after), scene.at);
    let silence = scene.coverage.silence(issued, scene.at);
    if silence.span >= after {
        let evidence = Evidence::new(issued, issued, Severity::Medium, Some(Key::NeverUsedAfter));
        judgement.found(Evidence { covered: silence.full, ..evidence });
    }
}

fn explain(scene: &Scene<'_>, _: Slot, facts: &Facts, evidence: &Evidence) -> Explanation {
    let silence = scene.coverage.silence(evidence.anchor, scene.at).span;
    let verb = if facts.kind.class() == Class::Stored { "never read" } else { "never used" };
    Explanation {
        summary: format!("{} {verb} in the {silence} since its issue", scene.credential(facts)),
        lines: vec![("Fact", scene.age(facts)), scene.silence_line(facts, evidence.anchor)],
        samples: samples([issue_sample(facts)]),
    }
}
