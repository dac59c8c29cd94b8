//! L01: a credential that was used, and is no longer.
//!
//! # Finds
//! A durable or stored credential that is alive and has been silent for `dormant_after` of covered time since
//! its last use, or since it was switched on again.
//! # Why it matters
//! Nobody misses it, so nobody notices when somebody else uses it.
//! # Silent when
//! The silence lies in a gap of the log; the credential is deactivated, revoked or expired; its use cannot be
//! seen.
//! # False positives
//! Jobs that run once a quarter, standby credentials, reads served from a cache. Give them a rule of their
//! own.
//! # Policy
//! `dormant_after` (Medium), `dormant_high_after` (High).

use crate::credential::{Facts, Slot};
use crate::detect::{Condition, Judgement, Rule, Scene, issue_sample, samples, use_sample};
use crate::evidence::{Evidence, Explanation, Severity};
use crate::finding::CloseReason;
use crate::finding::remedy::Remedy;
use crate::kind::{Class, Kind};
use crate::policy::Key;
use crate::time::EventTime;

pub static CONDITION: Condition = Condition {
    id: "L01",
    version: 1,
    title: "Dormant credential",
    finds: "in use once, silent for too long",
    remedy: Remedy::Retire,
    closes_when: "used, deactivated, revoked or expired",
    fades: CloseReason::Cured,
    past_is_history: false,
    rule: Rule::Credential { applies, judge, explain },
};

fn applies(kind: Kind) -> bool {
    matches!(kind.class(), Class::Durable | Class::Stored) && kind.use_is_visible()
}

/// The last use, or the moment it was switched on again if that is later.
fn anchor(facts: &Facts) -> Option<EventTime> {
    let last_use = facts.last_used()?;
    let reactivated = facts.rare.as_deref().and_then(|rare| rare.reactivated_at(facts.issued_at));
    Some(reactivated.map_or(last_use, |at| at.max(last_use)))
}

fn judge(scene: &Scene<'_>, _: Slot, facts: &Facts, judgement: &mut Judgement) {
    let Some(anchor) = anchor(facts) else { return };
    if !facts.is_alive(scene.at) {
        return;
    }
    if let Some(expires) = facts.expires() {
        judgement.again(expires, scene.at);
    }
    let after = scene.thresholds.span(Key::DormantAfter);
    let high_after = scene.thresholds.span(Key::DormantHighAfter);
    judgement.again(scene.coverage.reaches(anchor, after), scene.at);
    judgement.again(scene.coverage.reaches(anchor, high_after), scene.at);
    let silence = scene.coverage.silence(anchor, scene.at);
    if silence.span < after {
        return;
    }
    let high = silence.span >= high_after;
    let (severity, key) =
        if high { (Severity::High, Key::DormantHighAfter) } else { (Severity::Medium, Key::DormantAfter) };
    judgement.found(Evidence { covered: silence.full, ..Evidence::new(anchor, anchor, severity, Some(key)) });
}

fn explain(scene: &Scene<'_>, _: Slot, facts: &Facts, evidence: &Evidence) -> Explanation {
    let silence = scene.coverage.silence(evidence.anchor, scene.at).span;
    let verb = if facts.kind.class() == Class::Stored { "unread" } else { "unused" };
    let age = scene.age(facts);
    let last = facts.last_used().map(EventTime::to_minute).unwrap_or_default();
    Explanation {
        summary: format!("{} {verb} for {silence}", scene.credential(facts)),
        lines: vec![
            ("Fact", format!("{age}. Last use {last}, {} uses seen", facts.uses)),
            scene.silence_line(facts, evidence.anchor),
        ],
        samples: samples([issue_sample(facts), use_sample(facts)]),
    }
}
