//! A conclusion written out as a finding: weighed, explained and complete.

use std::borrow::Cow;

use crate::credential::{EndCause, Facts, Sym};
use crate::detect::{CONDITIONS, Condition, Rule};
use crate::engine::life::{Live, Shown};
use crate::engine::realm::Realm;
use crate::engine::{Rules, SubjectIx};
use crate::evidence::{Confidence, Evidence, Explanation, Severity};
use crate::finding::crosswalk::controls;
use crate::finding::identity::{Uid, case_of};
use crate::finding::{Change, Finding, Status, Subject, SubjectType, Threshold, remedy};
use crate::kind::Kind;
use crate::policy::{Key, Policy};
use crate::time::{EventTime, Span};

/// One judgement of one subject, with all that writing it out needs.
pub struct Writing<'a> {
    pub(super) realm: &'a Realm,
    pub(super) rules: &'a Rules,
    pub subject: SubjectIx,
    /// Index of the subject's thresholds.
    pub thresholds: u16,
    pub at: EventTime,
}

impl Writing<'_> {
    fn facts(&self) -> Option<&Facts> {
        match self.subject {
            SubjectIx::Credential(slot) => self.realm.store.get(slot),
            SubjectIx::Group(_) => None,
        }
    }

    /// How the subject is shown at present.
    pub fn shown(&self) -> Shown {
        self.facts().map(|facts| (facts.kind, facts.name))
    }

    /// Whether the policy wants to hear of this.
    pub fn is_reported(&self, condition: u8, evidence: &Evidence) -> bool {
        let condition = condition_at(condition);
        if self.rules.thresholds[usize::from(self.thresholds)].is_off(condition.id) {
            return false;
        }
        let adopted = self.rules.policy.adoption();
        !(condition.past_is_history && adopted.is_some_and(|from| evidence.last < from))
    }

    /// Severity and confidence after coverage, privilege and environment are weighed.
    pub fn weigh(&self, condition: u8, evidence: &Evidence) -> (Severity, Confidence) {
        let mut confidence = evidence.confidence;
        if !evidence.covered {
            confidence = confidence.lowered();
        }
        let mut severity = evidence.severity;
        if self.facts().is_some_and(Facts::is_privileged) && condition_at(condition).id != "P01" {
            severity = severity.raised();
        }
        let environment = self.realm.environment.as_deref();
        if environment.is_some_and(|name| !Policy::is_production(name)) {
            severity = severity.lowered();
        }
        if confidence == Confidence::Low {
            severity = severity.lowered();
        }
        (severity, confidence)
    }

    /// Whether the credential came to its end by itself after `opened`.
    pub fn expired_since(&self, opened: EventTime) -> bool {
        let end = self.facts().and_then(|facts| facts.end(self.at));
        end.is_some_and(|end| end.cause == EndCause::Expired && end.at >= opened)
    }

    pub fn uid(&self, condition: u8, evidence: &Evidence) -> Uid {
        Uid::new(condition_at(condition).id, &self.subject_of(evidence.version), evidence.anchor)
    }

    /// A new finding, opened now.
    pub fn open(&self, condition: u8, evidence: &Evidence) -> Live {
        let (severity, confidence) = self.weigh(condition, evidence);
        let adopted = self.rules.policy.adoption();
        let explanation = self.explain(condition, evidence);
        let mut live = Live {
            condition,
            shown: self.shown(),
            uid: self.uid(condition, evidence),
            status: Status::Open,
            close_reason: None,
            episode: 1,
            opened_at: self.at,
            evidence: *evidence,
            count_written: evidence.count,
            severity,
            confidence,
            // What happened since is news, however long ago that began which it contradicts.
            baseline: !condition_at(condition).past_is_history
                && adopted.is_some_and(|from| evidence.anchor < from),
            samples: explanation.samples.clone(),
            written: Box::new(self.blank(condition, evidence)),
        };
        *live.written = self.write(&live, Change::Open, explanation);
        live
    }

    /// An open finding in the words of the present.
    pub fn restate(&self, live: &Live) -> Finding {
        let explanation = self.explain(live.condition, &live.evidence);
        let (summary, lines, count) = (explanation.summary, worded(explanation.lines), live.evidence.count);
        Finding { summary, lines, count, ..(*live.written).clone() }
    }

    pub fn explain(&self, condition: u8, evidence: &Evidence) -> Explanation {
        let network_name = |at| self.rules.network_name(at);
        let thresholds = &self.rules.thresholds[usize::from(self.thresholds)];
        let scene = self.realm.scene(self.at, thresholds, &network_name);
        match (&condition_at(condition).rule, self.subject) {
            (Rule::Credential { explain, .. }, SubjectIx::Credential(slot)) => {
                self.realm.store.get(slot).map(|facts| explain(&scene, slot, facts, evidence))
            }
            (Rule::Group { explain, .. }, SubjectIx::Group(group)) => {
                Some(explain(&scene, self.realm.group(group), evidence))
            }
            (Rule::Credential { .. } | Rule::Group { .. }, _) => None,
        }
        .unwrap_or_default()
    }

    /// The finding as it stands, in words.
    pub fn write(&self, live: &Live, change: Change, explanation: Explanation) -> Finding {
        Finding {
            uid: live.uid,
            change,
            status: live.status,
            close_reason: live.close_reason,
            episode: live.episode,
            severity: live.severity,
            confidence: live.confidence,
            baseline: live.baseline,
            opened_at: live.opened_at,
            due_at: self.due(live),
            summary: explanation.summary,
            lines: worded(explanation.lines),
            samples: live.samples.clone(),
            ..self.blank(live.condition, &live.evidence)
        }
    }

    /// Everything of a finding that its state does not change.
    fn blank(&self, condition: u8, evidence: &Evidence) -> Finding {
        let row = condition_at(condition);
        let subject = self.subject_of(evidence.version);
        let principal = self.principal();
        let holder = principal.map(|sym| self.realm.store.text(sym));
        let kind = self.facts().map(|facts| facts.kind);
        Finding {
            uid: self.uid(condition, evidence),
            change: Change::Open,
            status: Status::Open,
            close_reason: None,
            episode: 1,
            detection: row.id,
            detection_version: row.version,
            title: row.title,
            severity: evidence.severity,
            confidence: evidence.confidence,
            covered: evidence.covered,
            environment: self.realm.environment.clone(),
            privileged: self.facts().is_some_and(Facts::is_privileged) || row.id == "P01",
            principal: holder.map(str::to_owned),
            owner: self.realm.owner(self.facts(), principal.unwrap_or(Sym::NONE)).map(str::to_owned),
            case: case_of(&subject.realm, &subject.id, row.remedy.as_str()),
            baseline: false,
            time: self.at,
            anchor_at: evidence.anchor,
            opened_at: self.at,
            due_at: None,
            resolved_by: None,
            superseded_by: None,
            summary: String::new(),
            lines: Vec::new(),
            threshold: evidence.threshold.map(|key| self.threshold(key)),
            count: evidence.count,
            samples: Vec::new(),
            controls: controls(row.id).to_vec(),
            closes_when: row.closes_when,
            remediation: self.remediation(row, kind, &subject.id, holder.unwrap_or_default()),
            subject,
        }
    }

    fn remediation(&self, row: &Condition, kind: Option<Kind>, id: &str, holder: &str) -> Vec<String> {
        let role = self.session_role();
        let (kind, holder) = match kind {
            Some(kind) => (kind, holder),
            None => (Kind::AwsRoleSession, role.unwrap_or(holder)),
        };
        remedy::steps(row.remedy, kind, id, holder)
    }

    /// The role of a role session: what stands before the session name in its ARN.
    fn session_role(&self) -> Option<&str> {
        let SubjectIx::Group(group) = self.subject else { return None };
        let name = self.realm.store.text(self.realm.group(group).name);
        name.rsplit_once(":assumed-role/").map(|(_, tail)| tail.split('/').next().unwrap_or(tail))
    }

    fn principal(&self) -> Option<Sym> {
        match self.subject {
            SubjectIx::Credential(_) => self.facts().and_then(|facts| facts.principal.some()),
            SubjectIx::Group(group) => self.realm.group(group).name.some(),
        }
    }

    fn subject_of(&self, version: Sym) -> Subject {
        let (subject_type, kind, id) = match self.subject {
            SubjectIx::Credential(_) => {
                let (kind, name) =
                    self.facts().map_or(("", Sym::NONE), |facts| (facts.kind.name(), facts.name));
                (SubjectType::Credential, kind, name)
            }
            SubjectIx::Group(group) => match self.realm.group(group).kind {
                crate::credential::GroupKind::Principal => {
                    (SubjectType::Principal, "principal", self.realm.group(group).name)
                }
                crate::credential::GroupKind::Session => {
                    (SubjectType::Session, Kind::AwsRoleSession.name(), self.realm.group(group).name)
                }
            },
        };
        Subject {
            subject_type,
            realm: self.realm.name.clone(),
            source: Kind::parse(kind).map_or(self.realm.source, Kind::source).as_str(),
            kind,
            id: self.realm.store.text(id).to_owned(),
            version: version.some().map(|version| self.realm.store.text(version).to_owned()),
        }
    }

    fn threshold(&self, key: Key) -> Threshold {
        let thresholds = &self.rules.thresholds[usize::from(self.thresholds)];
        let (rule, policy_ref) = self.rules.policy.citation(thresholds, key);
        let value = thresholds.value(key).to_string();
        Threshold { name: key.name(), value, rule, policy_ref: policy_ref.map(str::to_owned) }
    }

    /// 3, 7, 30 and 60 days from critical to low; from the day of adoption for what was there before.
    fn due(&self, live: &Live) -> Option<EventTime> {
        let days = match live.severity {
            Severity::Critical => 3,
            Severity::High => 7,
            Severity::Medium => 30,
            Severity::Low => 60,
            Severity::Info => return None,
        };
        let from = self.rules.policy.adoption().filter(|_| live.baseline);
        Some(from.unwrap_or(live.opened_at).max(live.opened_at).saturating_add(Span::days(days)))
    }
}

impl Realm {
    /// Who answers for a credential: its own owner, else that of its principal.
    pub(super) fn owner(&self, facts: Option<&Facts>, principal: Sym) -> Option<&str> {
        let own = facts.and_then(|facts| facts.rare.as_deref()).and_then(crate::credential::Rare::owner);
        let owner = own.or_else(|| self.store.principal(principal)?.owner())?;
        Some(self.store.text(owner))
    }
}

/// Lines as a finding keeps them: it may have been read back, so its words need not be ours.
fn worded(lines: Vec<(&'static str, String)>) -> Vec<(Cow<'static, str>, String)> {
    lines.into_iter().map(|(about, text)| (about.into(), text)).collect()
}

fn condition_at(condition: u8) -> &'static Condition {
    CONDITIONS[usize::from(condition)]
}
