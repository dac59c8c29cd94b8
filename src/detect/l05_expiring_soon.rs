//! L05: a credential that is about to end while something depends on it.
//!
//! # Finds
//! A credential that was issued for 30 days or more and ends within `expiring_within`, or within a tenth of
//! its lifetime if that is less; and that was used within the last 30 days, where its use can be seen.
//! # Why it matters
//! An end that nobody prepared is an outage.
//! # Silent when
//! It is a session; its end is not known; nothing uses it.
//! # False positives
//! Renewal by a machine that works at the last moment: set `expiring_within` below its renewal point.
//! # Policy
//! `expiring_within` (Info), `expiring_low_within` (Low), `expiring_medium_within` (Medium).

use crate::credential::{Facts, Slot};
use crate::detect::{Condition, Judgement, Rule, Scene, issue_sample, samples, use_sample};
use crate::evidence::{Evidence, Explanation, Severity};
use crate::finding::CloseReason;
use crate::finding::remedy::Remedy;
use crate::kind::{Class, Kind};
use crate::policy::Key;
use crate::time::{EventTime, Span};

pub static CONDITION: Condition = Condition {
    id: "L05",
    version: 1,
    title: "Expiring soon",
    finds: "about to end while it is in use",
    remedy: Remedy::Renew,
    closes_when: "renewed, replaced and revoked, not used for 30 d, or expired",
    fades: CloseReason::AgedOut,
    past_is_history: false,
    rule: Rule::Credential { applies, judge, explain },
};

/// What is issued for less than this is renewed by machines, or not at all.
const LIFETIME_MIN: Span = Span::days(30);
/// A use older than this does not count as "in use".
const IN_USE: Span = Span::days(30);

fn applies(kind: Kind) -> bool {
    kind.row().expires && kind.class() != Class::Session
}

fn judge(scene: &Scene<'_>, _: Slot, facts: &Facts, judgement: &mut Judgement) {
    let (Some(expires), Some(issued)) = (facts.expires(), facts.issued()) else { return };
    let lifetime = expires.since(issued);
    if lifetime < LIFETIME_MIN || !facts.is_alive(scene.at) {
        return;
    }
    let tenth = Span::from_micros(lifetime.micros() / 10);
    let window = scene.thresholds.span(Key::ExpiringWithin).min(tenth);
    let low = scene.thresholds.span(Key::ExpiringLowWithin).min(window);
    let medium = scene.thresholds.span(Key::ExpiringMediumWithin).min(low);
    for before in [window, low, medium, Span::ZERO] {
        judgement.again(expires - before, scene.at);
    }
    let left = expires.since(scene.at);
    let (severity, key) = match left {
        left if left <= medium => (Severity::Medium, Key::ExpiringMediumWithin),
        left if left <= low => (Severity::Low, Key::ExpiringLowWithin),
        left if left <= window => (Severity::Info, Key::ExpiringWithin),
        _ => return,
    };
    if facts.kind.use_is_visible() {
        let Some(last_use) = facts.last_used() else { return };
        judgement.again(last_use.saturating_add(IN_USE), scene.at);
        if scene.at.since(last_use) >= IN_USE {
            return;
        }
    }
    judgement.found(Evidence::new(expires, issued, severity, Some(key)));
}

fn explain(scene: &Scene<'_>, _: Slot, facts: &Facts, evidence: &Evidence) -> Explanation {
    let left = evidence.anchor.since(scene.at);
    let used = facts.last_used().map_or_else(
        || "whether it is in use does not show in this log".to_owned(),
        |last| format!("in use: last {}", EventTime::to_minute(last)),
    );
    let ends = if left == Span::ZERO { "has ended".to_owned() } else { format!("ends in {left}") };
    Explanation {
        summary: format!("{} {ends}", scene.credential(facts)),
        lines: vec![("Fact", format!("{}; ends {}; {used}", scene.age(facts), evidence.anchor.to_minute()))],
        samples: samples([issue_sample(facts), use_sample(facts)]),
    }
}
