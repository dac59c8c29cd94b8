//! A remembered finding as an image, and back.

use crate::changelog::{
    ChangelogError, EvidenceImage, FindingImage, LineImage, ResolvedByImage, SampleImage, ThresholdImage,
    WrittenImage,
};
use crate::credential::{EventRef, Sym};
use crate::detect::CONDITIONS;
use crate::engine::SubjectIx;
use crate::engine::life::Live;
use crate::engine::realm::Realm;
use crate::evidence::{Evidence, Sample};
use crate::finding::crosswalk::controls;
use crate::finding::identity::{Uid, case_of};
use crate::finding::{Finding, ResolvedBy, Subject, SubjectType, Threshold};
use crate::kind::Kind;
use crate::origin::EventId;
use crate::policy::Key;

pub(super) fn image<'r>(
    live: &'r Live,
    realm: &'r Realm,
    number: u32,
    subject: SubjectIx,
) -> FindingImage<'r> {
    let (credential, group) = match subject {
        SubjectIx::Credential(slot) => (Some(slot.number()), None),
        SubjectIx::Group(group) => (None, Some(group.number())),
    };
    FindingImage {
        realm: number,
        credential,
        group,
        detection: live.written.detection,
        shown_kind: live.shown.map(|(kind, _)| kind.name()),
        shown_name: live.shown.map_or("", |(_, name)| realm.store.text(name)),
        status: live.status,
        close_reason: live.close_reason,
        episode: live.episode,
        opened_at: live.opened_at,
        evidence: evidence_image(&live.evidence, realm),
        count_written: live.count_written,
        severity: live.severity,
        confidence: live.confidence,
        baseline: live.baseline,
        samples: live.samples.iter().map(sample_image).collect(),
        written: written_image(&live.written),
    }
}

fn evidence_image<'r>(evidence: &Evidence, realm: &'r Realm) -> EvidenceImage<'r> {
    EvidenceImage {
        anchor: evidence.anchor,
        last: evidence.last,
        version: realm.store.text(evidence.version),
        severity: evidence.severity,
        confidence: evidence.confidence,
        covered: evidence.covered,
        count: evidence.count,
        threshold: evidence.threshold.map(Key::name),
    }
}

fn sample_image(sample: &Sample) -> SampleImage<'_> {
    let stamp = crate::credential::Stamp { at: sample.at, by: sample.by }.into();
    SampleImage { stamp, what: &sample.what }
}

fn written_image(finding: &Finding) -> WrittenImage<'_> {
    WrittenImage {
        change: finding.change,
        status: finding.status,
        close_reason: finding.close_reason,
        episode: finding.episode,
        severity: finding.severity,
        confidence: finding.confidence,
        covered: finding.covered,
        subject_kind: finding.subject.kind,
        subject_id: &finding.subject.id,
        subject_version: finding.subject.version.as_deref(),
        environment: finding.environment.as_deref(),
        privileged: finding.privileged,
        principal: finding.principal.as_deref(),
        owner: finding.owner.as_deref(),
        baseline: finding.baseline,
        time: finding.time,
        anchor_at: finding.anchor_at,
        opened_at: finding.opened_at,
        due_at: finding.due_at,
        resolved_by: finding.resolved_by.as_ref().map(|by| ResolvedByImage {
            action: &by.action,
            at: by.sample.at,
            by: by.sample.by.into(),
            what: &by.sample.what,
        }),
        superseded_by: finding.superseded_by.map(|uid| EventId::from_bytes(*uid.as_bytes())),
        summary: &finding.summary,
        lines: finding.lines.iter().map(|(about, text)| LineImage { about, text }).collect(),
        threshold: finding.threshold.as_ref().map(|threshold| ThresholdImage {
            name: threshold.name,
            value: &threshold.value,
            rule: &threshold.rule,
            policy_ref: threshold.policy_ref.as_deref(),
        }),
        count: finding.count,
        samples: finding.samples.iter().map(sample_image).collect(),
        remediation: finding.remediation.iter().map(String::as_str).collect(),
    }
}

/// The finding of `image`, whose realm is put back already as far as its strings.
pub(super) fn live(uid: Uid, image: &FindingImage<'_>, realm: &mut Realm) -> Result<Live, ChangelogError> {
    let row = CONDITIONS.iter().position(|row| row.id == image.detection);
    let condition = row.and_then(|row| u8::try_from(row).ok()).ok_or(ChangelogError::OtherValue)?;
    let shown = match image.shown_kind {
        Some(kind) => {
            let kind = Kind::parse(kind).ok_or(ChangelogError::OtherValue)?;
            Some((kind, realm.store.intern(image.shown_name)))
        }
        None => None,
    };
    Ok(Live {
        condition,
        shown,
        uid,
        status: image.status,
        close_reason: image.close_reason,
        episode: image.episode,
        opened_at: image.opened_at,
        evidence: evidence(&image.evidence, realm.store.intern(image.evidence.version)),
        count_written: image.count_written,
        severity: image.severity,
        confidence: image.confidence,
        baseline: image.baseline,
        samples: image.samples.iter().map(sample).collect(),
        written: Box::new(written(uid, condition, image, realm)?),
    })
}

fn evidence(image: &EvidenceImage<'_>, version: Sym) -> Evidence {
    Evidence {
        anchor: image.anchor,
        last: image.last,
        version,
        severity: image.severity,
        confidence: image.confidence,
        covered: image.covered,
        count: image.count,
        threshold: image.threshold.and_then(Key::parse),
    }
}

fn sample(image: &SampleImage<'_>) -> Sample {
    let by = EventRef::from(image.stamp.by);
    Sample { at: image.stamp.at, by, what: image.what.to_owned().into() }
}

fn written(
    uid: Uid,
    condition: u8,
    image: &FindingImage<'_>,
    realm: &Realm,
) -> Result<Finding, ChangelogError> {
    let row = &CONDITIONS[usize::from(condition)];
    let written = &image.written;
    let subject = subject(image, realm)?;
    Ok(Finding {
        uid,
        change: written.change,
        status: written.status,
        close_reason: written.close_reason,
        episode: written.episode,
        detection: row.id,
        detection_version: row.version,
        title: row.title,
        severity: written.severity,
        confidence: written.confidence,
        covered: written.covered,
        environment: written.environment.map(str::to_owned),
        privileged: written.privileged,
        principal: written.principal.map(str::to_owned),
        owner: written.owner.map(str::to_owned),
        case: case_of(&subject.realm, &subject.id, row.remedy.as_str()),
        baseline: written.baseline,
        time: written.time,
        anchor_at: written.anchor_at,
        opened_at: written.opened_at,
        due_at: written.due_at,
        resolved_by: written.resolved_by.as_ref().map(resolved_by),
        superseded_by: written.superseded_by.map(|uid| Uid::from_bytes(*uid.as_bytes())),
        summary: written.summary.to_owned(),
        lines: written
            .lines
            .iter()
            .map(|line| (line.about.to_owned().into(), line.text.to_owned()))
            .collect(),
        threshold: written.threshold.as_ref().and_then(threshold),
        count: written.count,
        samples: written.samples.iter().map(sample).collect(),
        controls: controls(row.id).to_vec(),
        closes_when: row.closes_when,
        remediation: written.remediation.iter().map(|&step| step.to_owned()).collect(),
        subject,
    })
}

fn subject(image: &FindingImage<'_>, realm: &Realm) -> Result<Subject, ChangelogError> {
    let written = &image.written;
    let (subject_type, kind) = match (image.credential, Kind::parse(written.subject_kind)) {
        (Some(_), Some(kind)) => (SubjectType::Credential, kind.name()),
        (Some(_), None) => return Err(ChangelogError::OtherValue),
        (None, Some(kind)) => (SubjectType::Session, kind.name()),
        (None, None) => (SubjectType::Principal, "principal"),
    };
    Ok(Subject {
        subject_type,
        realm: realm.name.clone(),
        source: Kind::parse(kind).map_or(realm.source, Kind::source).as_str(),
        kind,
        id: written.subject_id.to_owned(),
        version: written.subject_version.map(str::to_owned),
    })
}

fn resolved_by(image: &ResolvedByImage<'_>) -> ResolvedBy {
    let sample = Sample { at: image.at, by: image.by.into(), what: image.what.to_owned().into() };
    ResolvedBy { action: image.action.to_owned().into(), sample }
}

fn threshold(image: &ThresholdImage<'_>) -> Option<Threshold> {
    Some(Threshold {
        name: Key::parse(image.name)?.name(),
        value: image.value.to_owned(),
        rule: image.rule.to_owned(),
        policy_ref: image.policy_ref.map(str::to_owned),
    })
}
