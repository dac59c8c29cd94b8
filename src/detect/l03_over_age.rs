//! L03: a credential whose material is older than the policy allows.
//!
//! # Finds
//! A durable credential, or one that is rotated in place (static roles, root credentials of engines, transit
//! and barrier keys), whose present version is `over_age_after` old or older.
//! # Why it matters
//! The longer a value lives, the more copies of it exist.
//! # Silent when
//! Its age is not known: the issue was never logged and no record states it.
//! # False positives
//! Keys that their cloud rotates by itself; a metadata edit that looks like a rotation hides the opposite.
//! # Policy
//! `over_age_after` (Low), `over_age_medium_after` (Medium), `over_age_high_after` (High).

use crate::credential::{Facts, Slot};
use crate::detect::{Condition, Judgement, Rule, Scene, issue_sample, samples, use_sample};
use crate::evidence::{Evidence, Explanation, Sample, Severity};
use crate::finding::CloseReason;
use crate::finding::remedy::Remedy;
use crate::kind::{Class, Kind};
use crate::policy::Key;
use crate::time::EventTime;

pub static CONDITION: Condition = Condition {
    id: "L03",
    version: 1,
    title: "Over-age credential",
    finds: "not rotated within the age the policy allows",
    remedy: Remedy::Rotate,
    closes_when: "rotated, deactivated, revoked or expired",
    fades: CloseReason::Cured,
    past_is_history: false,
    rule: Rule::Credential { applies, judge, explain },
};

/// The steps of the ladder, the highest first.
const LADDER: [(Key, Severity); 3] = [
    (Key::OverAgeHighAfter, Severity::High),
    (Key::OverAgeMediumAfter, Severity::Medium),
    (Key::OverAgeAfter, Severity::Low),
];

fn applies(kind: Kind) -> bool {
    kind.class() == Class::Durable || kind.row().rotated_in_place
}

fn judge(scene: &Scene<'_>, _: Slot, facts: &Facts, judgement: &mut Judgement) {
    let Some(made) = facts.version_time() else { return };
    if !facts.is_alive(scene.at) {
        return;
    }
    if let Some(expires) = facts.expires() {
        judgement.again(expires, scene.at);
    }
    let age = scene.at.since(made);
    let reached = LADDER.iter().find(|(key, _)| age >= scene.thresholds.span(*key));
    for (key, _) in &LADDER {
        judgement.again(made.saturating_add(scene.thresholds.span(*key)), scene.at);
    }
    if let Some(&(key, severity)) = reached {
        judgement.found(Evidence::new(made, made, severity, Some(key)));
    }
}

fn explain(scene: &Scene<'_>, _: Slot, facts: &Facts, evidence: &Evidence) -> Explanation {
    let age = scene.at.since(evidence.anchor);
    let rotated = facts.rotated_at > facts.issued_at;
    let made = if rotated { "last rotated" } else { "issued" };
    let rotation = facts.rare.as_deref().filter(|_| rotated).map(|rare| rare.rotated_ref);
    let used = facts.last_used().map_or_else(
        || {
            let text = match facts.kind.class() {
                _ if !facts.kind.use_is_visible() => "its use does not show in this log",
                Class::Stored => "no read of it shows in this log",
                Class::Durable | Class::Session | Class::Material | Class::Blind => "never used",
            };
            text.to_owned()
        },
        |last| format!("in use: {} uses, last {}", facts.uses, EventTime::to_minute(last)),
    );
    Explanation {
        summary: format!("{} is {age} old", scene.credential(facts)),
        lines: vec![("Fact", format!("{made} {} ({age}); {used}", evidence.anchor.date()))],
        samples: samples([
            issue_sample(facts),
            rotation.map(|by| Sample { at: facts.rotated_at, by, what: "rotated".into() }),
            use_sample(facts),
        ]),
    }
}
