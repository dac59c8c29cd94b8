//! V03: an old version of a secret, read long after its successor was made.
//!
//! # Finds
//! A reading of version *k* of a stored secret later than `version_overlap` after a newer version was made.
//! # Why it matters
//! Whoever reads the old version still uses it, or hopes that it still works.
//! # Silent when
//! The reading does not say which version it was; the newer version was made before the log begins, or before
//! the first reading of a version whose making was not logged and whose name is no number.
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

/// When the successor of `version` was made, in this life: the first one made later than it.
fn superseded_at(scene: &Scene<'_>, facts: &Facts, version: &Version) -> Option<EventTime> {
    let born = facts.issued_at;
    let of_this_life = version.made_at >= born || !is_numbered(scene, version);
    let logged = version.made_at != EventTime::MIN && of_this_life;
    let made = if logged { version.made_at } else { made_unlogged(scene, version).max(born) };
    let succeeds =
        |other: &&Version| other.made_at > made && (logged || !is_numbered_below(scene, other, version));
    let successors = versions(facts).iter().filter(succeeds).map(|other| other.made_at);
    let forgotten = Some(version.superseded_at).filter(|&at| at > made);
    successors.chain(forgotten).min().filter(|&at| at != EventTime::MAX)
}

/// When a version was made at the latest, if that was not logged in this life. A numbered one is as old as
/// its number says; of any other it is only known that it was there when it was first read.
fn made_unlogged(scene: &Scene<'_>, version: &Version) -> EventTime {
    if is_numbered(scene, version) { EventTime::MIN } else { version.first_read }
}

/// Whether a version has a number. Numbers begin anew with a secret that is made again under its name; any
/// other name is never given twice, so a version that bears it is the one that was made.
fn is_numbered(scene: &Scene<'_>, version: &Version) -> bool {
    scene.store.text(version.name).parse::<u64>().is_ok()
}

/// Whether the numbers of two versions say that `one` is older than `other`, as those of Vault's KV store do.
fn is_numbered_below(scene: &Scene<'_>, one: &Version, other: &Version) -> bool {
    let number = |version: &Version| scene.store.text(version.name).parse::<u64>().ok();
    number(one).zip(number(other)).is_some_and(|(one, other)| one < other)
}

/// Whether a version was read in this life of the secret.
fn is_read_in(facts: &Facts, version: &Version) -> bool {
    version.last_read != EventTime::MIN && version.last_read >= facts.issued_at
}

fn judge(scene: &Scene<'_>, _: Slot, facts: &Facts, judgement: &mut Judgement) {
    if versions(facts).is_empty() || !facts.is_alive(scene.at) {
        return;
    }
    let overlap = scene.thresholds.span(Key::VersionOverlap);
    for version in versions(facts).iter().filter(|version| is_read_in(facts, version)) {
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
            what: "old version read".into(),
        })]),
    }
}
