//! Detections: pure functions over facts, one in a file, registered in one slice.
//!
//! A detection is a *condition*: true or not of the facts at a moment of event time. It is judged on every
//! change of the facts and at the moments it names itself, so the order of arrival cannot matter. It finds
//! evidence; it does not know whether a finding is open. The engine owns a finding's life.
//!
//! To add one: a file here with the headings *Finds / Why it matters / Silent when / False positives /
//! Policy*, its line in [`CONDITIONS`], its row in `finding::crosswalk`, and scenarios under
//! `tests/golden/detect/<ID>/`.

mod b11_instance_credential_outside;
mod l01_dormant;
mod l02_never_used;
mod l03_over_age;
mod l04_rotation_failed;
mod l05_expiring_soon;
mod l10_overlapping_versions;
mod p01_root_use;
mod v01_use_after_revoke;
mod v02_use_after_expiry;
mod v03_old_version_used;
mod v05_dormant_then_active;
mod v07_dead_attempts;

use crate::credential::coverage::Coverage;
use crate::credential::{Facts, Group, GroupKind, NetKey, Slot, Store, Sym};
use crate::evidence::{Evidence, Explanation, Sample};
use crate::finding::CloseReason;
use crate::finding::remedy::Remedy;
use crate::kind::Kind;
use crate::policy::Thresholds;
use crate::time::{EventTime, Span};

/// A detection: one row of [`CONDITIONS`].
pub struct Condition {
    /// `L01`: the id in findings, policies and the crosswalk.
    pub id: &'static str,
    /// Grows when the meaning changes.
    pub version: u32,
    /// In a few words, as the head of a finding.
    pub title: &'static str,
    /// What it finds, in one sentence, for the table of detections.
    pub finds: &'static str,
    pub remedy: Remedy,
    /// What closes it, for the reader of a finding.
    pub closes_when: &'static str,
    /// Why it closed, when time alone closed it.
    pub fades: CloseReason,
    /// What happened before the policy was adopted is history, not a baseline to work off.
    pub past_is_history: bool,
    pub rule: Rule,
}

/// Whom a condition is judged on, and how.
pub enum Rule {
    Credential {
        applies: fn(Kind) -> bool,
        judge: fn(&Scene<'_>, Slot, &Facts, &mut Judgement),
        explain: fn(&Scene<'_>, Slot, &Facts, &Evidence) -> Explanation,
    },
    Group {
        kind: GroupKind,
        judge: fn(&Scene<'_>, &Group, &mut Judgement),
        explain: fn(&Scene<'_>, &Group, &Evidence) -> Explanation,
    },
}

/// All detections, sorted by id.
pub static CONDITIONS: &[&Condition] = &[
    &b11_instance_credential_outside::CONDITION,
    &l01_dormant::CONDITION,
    &l02_never_used::CONDITION,
    &l03_over_age::CONDITION,
    &l04_rotation_failed::CONDITION,
    &l05_expiring_soon::CONDITION,
    &l10_overlapping_versions::CONDITION,
    &p01_root_use::CONDITION,
    &v01_use_after_revoke::CONDITION,
    &v02_use_after_expiry::CONDITION,
    &v03_old_version_used::CONDITION,
    &v05_dormant_then_active::CONDITION,
    &v07_dead_attempts::CONDITION,
];

/// What a condition may look at, besides its subject.
pub struct Scene<'a> {
    /// The moment it is judged for.
    pub at: EventTime,
    pub store: &'a Store,
    pub coverage: Coverage<'a>,
    pub thresholds: &'a Thresholds,
    /// The name the policy gives a network.
    pub network_name: &'a dyn Fn(u16) -> String,
}

/// What a condition says of a subject.
#[derive(Debug, Default)]
pub struct Judgement {
    pub found: Vec<Evidence>,
    /// The next moment at which time alone could change the answer.
    pub again_at: Option<EventTime>,
}

impl Judgement {
    pub fn found(&mut self, evidence: Evidence) {
        self.found.push(evidence);
    }

    /// Asks to be judged again at `moment`. A moment that is over is of no interest.
    pub fn again(&mut self, moment: EventTime, now: EventTime) {
        if moment > now {
            self.again_at = Some(self.again_at.map_or(moment, |known| known.min(moment)));
        }
    }
}

/// How principals begin that are told apart by an id nobody knows by heart: Vault's entities, Entra's
/// applications and service principals, Okta's users.
const OPAQUE: [&str; 4] = ["entity:", "app:", "sp:", "00u"];

impl Scene<'_> {
    /// `AWS access key AKIA... of user/svc-export`.
    fn credential(&self, facts: &Facts) -> String {
        let name = short_name(self.store.text(facts.name));
        let noun = facts.kind.row().noun;
        match self.holder(facts.principal) {
            Some(holder) => format!("{noun} {name} of {holder}"),
            None => format!("{noun} {name}"),
        }
    }

    /// The principal as people know it: the end of its ARN, the name behind an opaque id.
    fn holder(&self, principal: Sym) -> Option<String> {
        principal.some()?;
        let text = self.store.text(principal);
        if text.starts_with("arn:") {
            return Some(text.rsplit_once(':').map_or(text, |(_, tail)| tail).to_owned());
        }
        let opaque = OPAQUE.iter().any(|prefix| text.starts_with(prefix));
        let display_name = self.store.principal(principal).filter(|_| opaque).map(|group| group.display_name);
        let display_name = display_name.and_then(Sym::some).map(|name| self.store.text(name));
        Some(display_name.unwrap_or_else(|| text.strip_prefix("name:").unwrap_or(text)).to_owned())
    }

    fn network(&self, network: NetKey) -> String {
        match network {
            NetKey::Net(network) => network.to_string(),
            NetKey::Named(at) => (self.network_name)(at),
        }
    }

    /// The line on silence: over which time it is proven.
    fn silence_line(&self, facts: &Facts, anchor: EventTime) -> (&'static str, String) {
        let gaps = self.coverage.gaps.within(anchor, self.at);
        let gaps =
            (gaps > Span::ZERO).then(|| format!(", less {gaps} in which the stream delivered nothing"));
        let alone = self.coverage.realm_last <= anchor;
        let alone = alone.then_some(", but nothing at all was heard of this realm since");
        let blind_spot = facts.kind.row().blind_spot.map(|text| format!(". Blind spot: {text}"));
        let (from, to) = (anchor.to_minute(), self.at.to_minute());
        let tail = [gaps.as_deref(), alone, blind_spot.as_deref()].into_iter().flatten().collect::<String>();
        ("Silence", format!("{from} to {to}{tail}"))
    }

    /// How old it is: exactly, at least, or unknown.
    fn age(&self, facts: &Facts) -> String {
        match facts.issued() {
            Some(issued) => format!("issued {} ({})", issued.date(), self.at.since(issued)),
            None if facts.first_use != EventTime::MAX => {
                format!(
                    "issued before {} (at least {} old; its issue was never logged)",
                    facts.first_use.date(),
                    self.at.since(facts.first_use)
                )
            }
            None => "issue never logged".to_owned(),
        }
    }
}

/// A hash cut to what tells it from others; it stands in full beside the realm.
fn short_name(name: &str) -> String {
    match name.split_once("sha256:") {
        Some((prefix, hash)) if hash.len() > 16 => {
            format!("{prefix}sha256:{}…", &hash[..hash.floor_char_boundary(8)])
        }
        _ => name.to_owned(),
    }
}

/// The record of the issue, where it was seen.
fn issue_sample(facts: &Facts) -> Option<Sample> {
    let seen = facts.flags.has(crate::credential::Flags::ISSUE_SEEN);
    seen.then_some(Sample { at: facts.issued_at, by: facts.issue_ref, what: "issued".into() })
}

/// The record of the latest use, where there is one.
fn use_sample(facts: &Facts) -> Option<Sample> {
    facts.last_used().map(|at| Sample { at, by: facts.use_ref, what: "used".into() })
}

/// Samples in the order of time.
fn samples(items: impl IntoIterator<Item = Option<Sample>>) -> Vec<Sample> {
    let mut samples: Vec<Sample> = items.into_iter().flatten().collect();
    samples.sort_by_key(|sample| (sample.at, sample.by.id));
    samples.dedup_by_key(|sample| sample.by.id);
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detections_are_sorted_and_stand_in_the_crosswalk() {
        let ids: Vec<_> = CONDITIONS.iter().map(|condition| condition.id).collect();
        assert!(ids.is_sorted(), "{ids:?}");
        let crosswalk: Vec<_> = crate::finding::crosswalk::CROSSWALK.iter().map(|(id, _)| *id).collect();
        assert_eq!(ids, crosswalk);
    }
}
