//! V05: a credential that woke up.
//!
//! # Finds
//! A use after a silence of `dormant_after` or more, counted in UTC days: two neighbouring days of use that
//! lie that far apart, less the days no log covers.
//! # Why it matters
//! A key that nobody used for months and somebody uses now is how stolen keys look.
//! # Silent when
//! The silence lies in a gap of the log; it was over before the policy was adopted.
//! # False positives
//! Jobs that run once a quarter, restore drills. Give them a rule with a longer `dormant_after`.
//! # Policy
//! `dormant_after`.

use crate::credential::{Facts, Slot};
use crate::detect::{Condition, Judgement, Rule, Scene, samples, use_sample};
use crate::evidence::{Evidence, Explanation, Severity};
use crate::finding::CloseReason;
use crate::finding::remedy::Remedy;
use crate::kind::{Class, Kind};
use crate::policy::Key;
use crate::time::EventTime;

pub static CONDITION: Condition = Condition {
    id: "V05",
    version: 1,
    title: "Dormant, then active",
    finds: "a use after a long silence",
    remedy: Remedy::Contain,
    closes_when: "7 d after it woke up, or deactivated or revoked",
    fades: CloseReason::Cured,
    past_is_history: true,
    rule: Rule::Credential { applies, judge, explain },
};

/// Days after the day it woke up for which the finding stands.
const STANDS_DAYS: i64 = 7;

fn applies(kind: Kind) -> bool {
    matches!(kind.class(), Class::Durable | Class::Stored) && kind.use_is_visible()
}

/// The latest long silence, as (last day before, first day after), if what began after it still stands.
fn silence(scene: &Scene<'_>, facts: &Facts) -> Option<(i64, i64)> {
    let days = scene.thresholds.span(Key::DormantAfter).whole_days().max(1);
    let since = scene.at.day() - STANDS_DAYS;
    facts.last_gap(days, since, |before, after| scene.coverage.gap_days(before, after))
}

fn judge(scene: &Scene<'_>, _: Slot, facts: &Facts, judgement: &mut Judgement) {
    // Most credentials are used every day, and only a recent awakening is of interest.
    let Some(last_use) = facts.last_used() else { return };
    if facts.first_use.day() == last_use.day() || !facts.is_alive(scene.at) {
        return;
    }
    let Some((before, after)) = silence(scene, facts) else { return };
    let closes = EventTime::start_of_day(after + 1 + STANDS_DAYS);
    judgement.again(closes, scene.at);
    if scene.at < closes {
        let anchor = EventTime::start_of_day(before);
        let woke = EventTime::start_of_day(after);
        judgement.found(Evidence::new(anchor, woke, Severity::High, Some(Key::DormantAfter)));
    }
}

fn explain(scene: &Scene<'_>, _: Slot, facts: &Facts, evidence: &Evidence) -> Explanation {
    let silent = evidence.last.since(evidence.anchor);
    Explanation {
        summary: format!("{} woke up after {silent} of silence", scene.credential(facts)),
        lines: vec![(
            "Fact",
            format!(
                "{}. Used on {}, then not until {}; last use {}",
                scene.age(facts),
                evidence.anchor.date(),
                evidence.last.date(),
                facts.last_used().map(EventTime::to_minute).unwrap_or_default()
            ),
        )],
        samples: samples([use_sample(facts)]),
    }
}
