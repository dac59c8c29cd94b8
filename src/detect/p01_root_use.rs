//! P01: somebody acted as root.
//!
//! # Finds
//! Any accepted act as the root user of an AWS account (not a service acting for it), or with a Vault token
//! that has the root policy, or the making of a new root token. One finding for each principal and UTC day.
//! # Why it matters
//! Root passes every policy. There is no ordinary work that needs it.
//! # Silent when
//! A service acts on behalf of root; the act was refused.
//! # False positives
//! The few tasks AWS keeps for root (closing an account, some billing). They deserve a record too.
//! # Policy
//! `root_review_within`: how long a finding waits for its review.

use crate::credential::group::RootDay;
use crate::credential::{Group, GroupKind};
use crate::detect::{Condition, Judgement, Rule, Scene, samples};
use crate::evidence::{Evidence, Explanation, Sample, Severity};
use crate::finding::CloseReason;
use crate::finding::remedy::Remedy;
use crate::policy::Key;
use crate::time::EventTime;

pub static CONDITION: Condition = Condition {
    id: "P01",
    version: 1,
    title: "Root use",
    finds: "an act as root, one finding a day",
    remedy: Remedy::Review,
    closes_when: "reviewed; without a verdict it ages out",
    fades: CloseReason::AgedOut,
    past_is_history: true,
    rule: Rule::Group { kind: GroupKind::Principal, judge, explain },
};

fn judge(scene: &Scene<'_>, principal: &Group, judgement: &mut Judgement) {
    for root in principal.root_days() {
        let review = scene.thresholds.span(Key::RootReviewWithin);
        let closes = EventTime::start_of_day(root.heard_at.day() + 1).saturating_add(review);
        judgement.again(closes, scene.at);
        if scene.at < closes {
            let anchor = EventTime::start_of_day(root.day);
            let evidence = Evidence::new(anchor, root.last.at, Severity::High, Some(Key::RootReviewWithin));
            judgement.found(Evidence { count: root.count, ..evidence });
        }
    }
}

fn explain(scene: &Scene<'_>, principal: &Group, evidence: &Evidence) -> Explanation {
    let day = |root: &&RootDay| root.day == evidence.anchor.day();
    let root = principal.root_days().iter().find(day);
    let holder = scene.holder(principal.name).unwrap_or_else(|| "root".to_owned());
    let sample = |root: &RootDay| {
        [
            Some(Sample { at: root.first.at, by: root.first.by, what: "act as root".into() }),
            Some(Sample { at: root.last.at, by: root.last.by, what: "act as root".into() }),
        ]
    };
    Explanation {
        summary: format!("{holder} acted as root {}× on {}", evidence.count, evidence.anchor.date()),
        lines: root
            .map(|root| {
                ("Fact", format!("first {}, last {}", root.first.at.to_minute(), root.last.at.to_minute()))
            })
            .into_iter()
            .collect(),
        samples: samples(root.map(sample).into_iter().flatten()),
    }
}
