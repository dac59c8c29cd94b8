//! A line of `tenure scan --format json`: one transition of one finding, absent fields left out.

use serde::Serialize;

use crate::evidence::Sample;
use crate::finding::crosswalk::Control;
use crate::finding::{Finding, Subject, Threshold};
use crate::format::InputName;
use crate::format::event_json::OriginField;

/// The version of this form; it grows when a field changes its meaning, not when one is added.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Line<'a> {
    v: u32,
    uid: String,
    short_id: String,
    change: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    close_reason: Option<&'static str>,
    episode: u32,
    detection: &'static str,
    detection_version: u32,
    title: &'static str,
    severity: &'static str,
    confidence: &'static str,
    coverage: &'static str,
    subject: SubjectField<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<&'a str>,
    privileged: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'a str>,
    case: &'a str,
    baseline: bool,
    time: String,
    anchor_at: String,
    opened_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_by: Option<ResolvedByField<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    superseded_by: Option<String>,
    summary: &'a str,
    facts: Vec<FactField<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    threshold: Option<ThresholdField<'a>>,
    evidence: EvidenceField<'a>,
    controls: Vec<ControlField>,
    closes_when: &'static str,
    remediation: &'a [String],
}

#[derive(Serialize)]
struct SubjectField<'a> {
    r#type: &'static str,
    realm: &'a str,
    source: &'static str,
    kind: &'static str,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
}

#[derive(Serialize)]
struct FactField<'a> {
    about: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
struct ThresholdField<'a> {
    name: &'static str,
    value: &'a str,
    rule: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_ref: Option<&'a str>,
}

#[derive(Serialize)]
struct EvidenceField<'a> {
    count: u32,
    samples: Vec<SampleField<'a>>,
}

#[derive(Serialize)]
struct SampleField<'a> {
    event_id: String,
    what: &'a str,
    at: String,
    origin: OriginField<'a>,
}

#[derive(Serialize)]
struct ResolvedByField<'a> {
    event_id: String,
    action: &'a str,
    at: String,
    origin: OriginField<'a>,
}

#[derive(Serialize)]
struct ControlField {
    framework: &'static str,
    version: &'static str,
    id: &'static str,
}

/// One transition as one line of JSON, without the line end.
///
/// # Errors
/// Only where serialisation itself fails, which no finding can cause.
pub fn finding_line<'a>(finding: &'a Finding, input: InputName<'a>) -> serde_json::Result<String> {
    serde_json::to_string(&Line {
        v: VERSION,
        uid: finding.uid.to_string(),
        short_id: finding.short_id(),
        change: finding.change.as_str(),
        status: finding.status.as_str(),
        close_reason: finding.close_reason.map(crate::finding::CloseReason::as_str),
        episode: finding.episode,
        detection: finding.detection,
        detection_version: finding.detection_version,
        title: finding.title,
        severity: finding.severity.as_str(),
        confidence: finding.confidence.as_str(),
        coverage: if finding.covered { "full" } else { "partial" },
        subject: subject_field(&finding.subject),
        environment: finding.environment.as_deref(),
        privileged: finding.privileged,
        principal: finding.principal.as_deref(),
        owner: finding.owner.as_deref(),
        case: &finding.case,
        baseline: finding.baseline,
        time: finding.time.to_string(),
        anchor_at: finding.anchor_at.to_string(),
        opened_at: finding.opened_at.to_string(),
        due_at: finding.due_at.map(|at| at.to_string()),
        resolved_by: finding.resolved_by.as_ref().map(|by| ResolvedByField {
            event_id: by.sample.by.id.to_string(),
            action: &by.action,
            at: by.sample.at.to_string(),
            origin: OriginField::new(by.sample.by.origin, input(by.sample.by.origin.input())),
        }),
        superseded_by: finding.superseded_by.map(|uid| uid.to_string()),
        summary: &finding.summary,
        facts: finding.lines.iter().map(|(about, text)| FactField { about, text }).collect(),
        threshold: finding.threshold.as_ref().map(threshold_field),
        evidence: EvidenceField {
            count: finding.count,
            samples: finding.samples.iter().map(|sample| sample_field(sample, input)).collect(),
        },
        controls: finding.controls.iter().map(control_field).collect(),
        closes_when: finding.closes_when,
        remediation: &finding.remediation,
    })
}

fn subject_field(subject: &Subject) -> SubjectField<'_> {
    SubjectField {
        r#type: subject.subject_type.as_str(),
        realm: &subject.realm,
        source: subject.source,
        kind: subject.kind,
        id: &subject.id,
        version: subject.version.as_deref(),
    }
}

fn threshold_field(threshold: &Threshold) -> ThresholdField<'_> {
    ThresholdField {
        name: threshold.name,
        value: &threshold.value,
        rule: &threshold.rule,
        policy_ref: threshold.policy_ref.as_deref(),
    }
}

fn sample_field<'a>(sample: &'a Sample, input: InputName<'a>) -> SampleField<'a> {
    SampleField {
        event_id: sample.by.id.to_string(),
        what: &sample.what,
        at: sample.at.to_string(),
        origin: OriginField::new(sample.by.origin, input(sample.by.origin.input())),
    }
}

fn control_field(control: &Control) -> ControlField {
    ControlField { framework: control.framework, version: control.version, id: control.id }
}
