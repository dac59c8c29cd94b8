//! V03: an old version of a secret, read long after its successor was made.
//!
//! # Finds
//! A reading of version *k* of a stored secret later than `version_overlap` after a newer version was made.
//! # Why it matters
//! Whoever reads the old version still uses it, or hopes that it still works.
//! # Silent when
//! The reading does not say which version it was; the newer version was made before the log begins.
//! # False positives
//! Roll-backs, and tools that compare versions.
//! # Policy
//! `version_overlap`.

use crate::credential::rare::Version;
use crate::credential::{Facts, Slot};
use crate::detect::{Condition, Judgement, Rule, Scene, samples};
use crate::evidence::{Evidence, Explanation, Sample, Severity};
use crate::finding::CloseReason;
use crate::finding::remedy::Remedy;
use crate::kind::{Class, Kind};
use crate::policy::Key;
use crate::time::{EventTime, Span};

pub static CONDITION: Condition = Condition {
    id: "V03",
    version: 1,
    title: "Old version used after rotation",
    finds: "an old version of a secret, read long after its successor was made",
    remedy: Remedy::Rotate,
    closes_when: "the old version is not read for 7 d, or the secret is deleted",
    fades: CloseReason::Cured,
    past_is_history: true,
    rule: Rule::Credential { applies, judge, explain },
};

const SILENT: Span = Span::days(7);

fn applies(kind: Kind) -> bool {
    kind.class() == Class::Stored
}

fn versions(facts: &Facts) -> &[Version] {
    facts.rare.as_deref().map_or(&[], |rare| &rare.versions)
}

/// When the successor of `version` was made: the first one made later than it.
fn superseded_at(scene: &Scene<'_>, facts: &Facts, version: &Version) -> Option<EventTime> {
    let unlogged = version.made_at == EventTime::MAX;
    let succeeds = |other: &&Version| {
        other.made() > version.made() && !(unlogged && is_numbered_below(scene, other, version))
    };
    let successors = versions(facts).iter().filter(succeeds).map(|other| other.made_at);
    successors.chain([version.superseded_at]).min().filter(|&at| at != EventTime::MAX)
}

/// Whether the numbers of two versions say that `one` is older than `other`, as those of Vault's KV store do.
fn is_numbered_below(scene: &Scene<'_>, one: &Version, other: &Version) -> bool {
    let number = |version: &Version| scene.store.text(version.name).parse::<u64>().ok();
    number(one).zip(number(other)).is_some_and(|(one, other)| one < other)
}

fn judge(scene: &Scene<'_>, _: Slot, facts: &Facts, judgement: &mut Judgement) {
    if versions(facts).is_empty() || !facts.is_alive(scene.at) {
        return;
    }
    let overlap = scene.thresholds.span(Key::VersionOverlap);
    for version in versions(facts).iter().filter(|version| version.last_read != EventTime::MIN) {
        let Some(superseded) = superseded_at(scene, facts, version) else { continue };
        let silent_at = version.last_read.saturating_add(SILENT);
        judgement.again(silent_at, scene.at);
        if version.last_read > superseded.saturating_add(overlap) && scene.at < silent_at {
            let evidence =
                Evidence::new(superseded, version.last_read, Severity::High, Some(Key::VersionOverlap));
            judgement.found(Evidence { version: version.name, ..evidence });
        }
    }
}

fn explain(scene: &Scene<'_>, _: Slot, facts: &Facts, evidence: &Evidence) -> Explanation {
    let read = versions(facts).iter().find(|version| version.name == evidence.version);
    let after = evidence.last.since(evidence.anchor);
    let name = scene.store.text(evidence.version);
    Explanation {
        summary: format!(
            "version {name} of {} was read {after} after its successor was made",
            scene.credential(facts)
        ),
        lines: vec![(
            "Fact",
            format!(
                "successor made {}; old version last read {}",
                evidence.anchor.to_minute(),
                evidence.last.to_minute()
            ),
        )],
        samples: samples([read.map(|version| Sample {
            at: version.last_read,
            by: version.read_ref,
            what: "old version read",
        })]),
    }
}
