//! The life of a finding: open, update, resolve or withdraw, reopen.
//!
//! Detections say what holds; this file alone says what that means for findings that are open already. A
//! finding is the same finding as long as its anchor is the same. When an older fact moves the anchor, the
//! old finding never was true and is withdrawn; when a newer one does, it was true and is over.

use crate::credential::{EventRef, Slot, Sym};
use crate::detect::{CONDITIONS, Condition, Judgement, Rule};
use crate::engine::realm::Realm;
use crate::engine::writing::Writing;
use crate::engine::{Rules, SubjectIx};
use crate::event::Event;
use crate::evidence::{Confidence, Evidence, Sample, Severity};
use crate::finding::identity::Uid;
use crate::finding::{Change, CloseReason, Finding, ResolvedBy, Status};
use crate::kind::Kind;
use crate::limits::SAMPLES_PER_FINDING_MAX;
use crate::time::EventTime;

/// What led to a judgement.
#[derive(Debug, Clone, Copy)]
pub enum Why<'a> {
    Record(&'a Cause),
    Time,
    /// It became known that the log has a hole, or that it has none.
    Coverage,
    /// The policy was changed.
    Policy,
}

/// The event that led to a judgement.
#[derive(Debug, Clone, Copy)]
pub struct Cause {
    pub at: EventTime,
    pub by: EventRef,
    pub action: &'static str,
}

impl Cause {
    #[must_use]
    pub fn of(event: &Event<'_>) -> Self {
        let by = EventRef { id: event.id, origin: event.origin };
        Self { at: event.at, by, action: event.action.as_str() }
    }
}

/// What all conditions together say of one subject.
#[derive(Debug, Default)]
pub struct Verdicts {
    /// The condition, as an index into `CONDITIONS`, with what it found.
    pub found: Vec<(u8, Evidence)>,
    pub again_at: Option<EventTime>,
}

impl Verdicts {
    /// Takes what `condition` has put into `judgement`, which is empty afterwards.
    pub fn take(&mut self, condition: u8, judgement: &mut Judgement) {
        self.found.extend(judgement.found.drain(..).map(|evidence| (condition, evidence)));
        if let Some(at) = judgement.again_at.take() {
            self.again_at = Some(self.again_at.map_or(at, |known| known.min(at)));
        }
    }
}

/// The conditions that apply to credentials of `kind`.
pub fn conditions_for(kind: Kind) -> Vec<u8> {
    let applies = |rule: &Rule| match rule {
        Rule::Credential { applies, .. } => applies(kind),
        Rule::Group { .. } => false,
    };
    (0u8..).zip(CONDITIONS).filter(|(_, row)| applies(&row.rule)).map(|(at, _)| at).collect()
}

/// The kind and name a credential goes by, which are part of the identity of its findings. `None` for a
/// group: its name is all there is of it.
pub type Shown = Option<(Kind, Sym)>;

/// A finding as the engine remembers it: while it is open, and afterwards as long as its subject is kept, so
/// that the same anchor opens the same finding again.
#[derive(Debug, Clone)]
pub struct Live {
    pub condition: u8,
    pub shown: Shown,
    pub uid: Uid,
    pub status: Status,
    pub close_reason: Option<CloseReason>,
    pub episode: u32,
    pub opened_at: EventTime,
    /// As it was last judged, whether or not that was worth a word.
    pub evidence: Evidence,
    /// The number of records that was last written out.
    pub count_written: u32,
    pub severity: Severity,
    pub confidence: Confidence,
    pub baseline: bool,
    pub samples: Vec<Sample>,
    /// How it was last written out, for the transitions that say nothing new about it.
    pub written: Box<Finding>,
}

impl Live {
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.status == Status::Open
    }

    /// Whether its uid is that of `evidence` on a subject that goes by `shown`.
    fn is_about(&self, condition: u8, evidence: &Evidence, shown: Shown) -> bool {
        let (anchor, version) = (self.evidence.anchor, self.evidence.version);
        let same = anchor == evidence.anchor && version == evidence.version;
        self.condition == condition && same && self.shown == shown
    }

    /// Appends samples that are new; the first eight stay.
    fn add_samples(&mut self, samples: &[Sample]) {
        for sample in samples {
            let known =
                self.samples.iter().any(|other| other.by.id == sample.by.id && other.what == sample.what);
            if !known && self.samples.len() < SAMPLES_PER_FINDING_MAX {
                self.samples.push(sample.clone());
            }
        }
    }
}

impl Realm {
    /// Carries the verdicts on `subject` into its findings.
    #[expect(clippy::too_many_arguments, reason = "the parts of one judgement, used once")]
    pub(super) fn carry(
        &mut self,
        subject: SubjectIx,
        verdicts: &Verdicts,
        why: Why<'_>,
        at: EventTime,
        thresholds: u16,
        rules: &Rules,
        out: &mut Vec<Finding>,
    ) {
        let mut findings = self.findings.remove(&subject).unwrap_or_default();
        let writing = Writing { realm: self, rules, subject, thresholds, at };
        let found: Vec<_> = verdicts
            .found
            .iter()
            .filter(|(condition, evidence)| writing.is_reported(*condition, evidence))
            .collect();
        let shown = writing.shown();
        let was_open: Vec<_> = findings.iter().filter(|live| live.is_open()).map(|live| live.uid).collect();
        for live in findings.iter_mut().filter(|live| live.is_open()) {
            if !found.iter().any(|(condition, evidence)| live.is_about(*condition, evidence, shown)) {
                let successor = found
                    .iter()
                    .find(|(condition, evidence)| {
                        *condition == live.condition && evidence.version == live.evidence.version
                    })
                    .map(|(condition, evidence)| writing.uid(*condition, evidence));
                out.push(close(live, &writing, why, successor));
            }
        }
        for (condition, evidence) in found {
            let known = findings.iter_mut().find(|live| live.is_about(*condition, evidence, shown));
            match known {
                None => {
                    let live = writing.open(*condition, evidence);
                    out.push((*live.written).clone());
                    findings.push(live);
                }
                Some(live) if live.is_open() => out.extend(update(live, evidence, &writing)),
                Some(live) => out.push(reopen(live, evidence, &writing)),
            }
        }
        for uid in was_open.into_iter().chain(findings.iter().filter(|live| live.is_open()).map(|l| l.uid)) {
            self.note_finding(uid, subject);
        }
        if !findings.is_empty() {
            self.findings.insert(subject, findings);
        }
    }

    /// Remembers that a finding has to be written out again.
    pub(super) fn note_finding(&mut self, uid: Uid, subject: SubjectIx) {
        if let Some(changed) = &mut self.changed_findings {
            changed.insert(uid, subject);
        }
    }

    /// The open findings in the words of the present, in no order.
    pub(super) fn restate(&self, rules: &Rules) -> Vec<Finding> {
        let restate = |(&subject, findings): (&SubjectIx, &Vec<Live>)| {
            let thresholds = self.resolved_thresholds(subject)?;
            let writing = Writing { realm: self, rules, subject, thresholds, at: self.moment(subject) };
            let open = findings.iter().filter(|live| live.is_open());
            Some(open.map(|live| writing.restate(live)).collect::<Vec<_>>())
        };
        self.findings.iter().filter_map(restate).flatten().collect()
    }

    /// `gone` turned out to be the credential at `slot`: what was found of it is judged there.
    pub(super) fn take_over(&mut self, slot: Slot, gone: Slot) {
        if let Some(findings) = self.findings.remove(&SubjectIx::Credential(gone)) {
            for live in &findings {
                self.note_finding(live.uid, SubjectIx::Credential(slot));
            }
            self.findings.entry(SubjectIx::Credential(slot)).or_default().extend(findings);
        }
    }
}

/// An older fact, or a hole in the log, shows that it never was so; a newer fact, or time, ends what was so.
/// Under a name that a better one has replaced, nothing ever was.
fn close(live: &mut Live, writing: &Writing<'_>, why: Why<'_>, successor: Option<Uid>) -> Finding {
    let renamed = live.shown != writing.shown();
    let late = renamed
        || match why {
            Why::Record(cause) => cause.at < live.opened_at,
            Why::Time | Why::Policy => false,
            Why::Coverage => true,
        };
    let reason = if late {
        CloseReason::WithdrawnLateData
    } else if writing.expired_since(live.opened_at) {
        CloseReason::Expired
    } else {
        ended_by(why, CONDITIONS[usize::from(live.condition)])
    };
    let cause = match why {
        Why::Record(cause) => Some(cause),
        Why::Time | Why::Coverage | Why::Policy => None,
    };
    live.status = if late { Status::Withdrawn } else { Status::Resolved };
    live.close_reason = Some(reason);
    // Where nothing but time has changed, the present words are the last that are true of it.
    let only_time = matches!(why, Why::Time);
    let mut finding = if only_time && !renamed { writing.restate(live) } else { (*live.written).clone() };
    finding.change = if late { Change::Withdraw } else { Change::Resolve };
    finding.status = live.status;
    finding.close_reason = live.close_reason;
    finding.time = writing.at;
    finding.superseded_by = successor.filter(|_| late);
    finding.resolved_by = cause.map(|cause| ResolvedBy {
        action: cause.action.into(),
        sample: Sample { at: cause.at, by: cause.by, what: "closed by".into() },
    });
    finding.count = live.evidence.count;
    finding.samples.clone_from(&live.samples);
    *live.written = finding.clone();
    finding
}

/// A record cures what a credential did; what a group did is only ever over, whatever comes in at that
/// moment.
fn ended_by(why: Why<'_>, condition: &Condition) -> CloseReason {
    match (why, &condition.rule) {
        (Why::Record(_), Rule::Credential { .. }) => CloseReason::Cured,
        (Why::Policy, _) => CloseReason::ReclassifiedPolicy,
        (Why::Record(_), Rule::Group { .. }) | (Why::Time | Why::Coverage, _) => condition.fades,
    }
}

/// Says something only where a reader would act on it: severity, confidence or coverage changed, or the
/// number of records reached the next power of two.
fn update(live: &mut Live, evidence: &Evidence, writing: &Writing<'_>) -> Option<Finding> {
    let (severity, confidence) = writing.weigh(live.condition, evidence);
    let said = (live.severity, live.confidence, live.written.covered);
    let reached = evidence.count.checked_ilog2() > live.count_written.checked_ilog2();
    if (severity, confidence, evidence.covered) == said && !reached {
        live.evidence = *evidence;
        return None;
    }
    Some(rewrite(live, evidence, writing, Change::Update))
}

fn reopen(live: &mut Live, evidence: &Evidence, writing: &Writing<'_>) -> Finding {
    live.episode += 1;
    live.opened_at = writing.at;
    rewrite(live, evidence, writing, Change::Reopen)
}

fn rewrite(live: &mut Live, evidence: &Evidence, writing: &Writing<'_>, change: Change) -> Finding {
    (live.severity, live.confidence) = writing.weigh(live.condition, evidence);
    live.evidence = *evidence;
    live.count_written = evidence.count;
    live.status = Status::Open;
    live.close_reason = None;
    let explanation = writing.explain(live.condition, evidence);
    live.add_samples(&explanation.samples);
    *live.written = writing.write(live, change, explanation);
    (*live.written).clone()
}
