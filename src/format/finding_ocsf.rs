//! A finding as an event of the Open Cybersecurity Schema Framework, for a SIEM: a Compliance Finding where a
//! control was judged (L), a Detection Finding for everything else. `docs/findings.md` has the mapping.
//!
//! Only attributes of 1.5.0 are written, which later versions still accept. `activity_id` says what this
//! record does, `status_id` where the finding stands. Consumers must not rely on `unmapped`, so nothing
//! stands there alone that a standard attribute could say.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::evidence::{Confidence, Sample, Severity};
use crate::finding::crosswalk::Control;
use crate::finding::identity::Uid;
use crate::finding::{Change, CloseReason, Finding, Status, SubjectType};
use crate::format::InputName;
use crate::time::{EventTime, WallTime};

/// The version of the framework whose attributes are written.
const VERSION: &str = "1.5.0";

/// Ticket systems cut a longer correlation id off.
const CORRELATION_CHARS_MAX: usize = 100;

const ATTACK: &str = "MITRE ATT&CK";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Compliance,
    Detection,
}

impl Class {
    fn of(finding: &Finding) -> Self {
        if finding.detection.starts_with('L') { Self::Compliance } else { Self::Detection }
    }

    const fn uid(self) -> u32 {
        match self {
            Self::Compliance => 2003,
            Self::Detection => 2004,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Compliance => "Compliance Finding",
            Self::Detection => "Detection Finding",
        }
    }
}

/// One transition as one line of JSON, without the line end. `known_at` is the wall time of the latest
/// progress in the log it was concluded from.
#[must_use]
pub fn finding_line(finding: &Finding, input: InputName<'_>, known_at: Option<WallTime>) -> String {
    event(finding, input, known_at).to_string()
}

fn event(finding: &Finding, input: InputName<'_>, known_at: Option<WallTime>) -> Value {
    let class = Class::of(finding);
    let (activity_id, activity) = activity(finding.change);
    let (severity_id, severity) = severity(finding.severity);
    let (status_id, status) = status(finding);
    let seen = seen(finding);
    let event = json!({
        "activity_id": activity_id,
        "activity_name": activity,
        "category_name": "Findings",
        "category_uid": 2,
        "class_name": class.name(),
        "class_uid": class.uid(),
        "compliance": (class == Class::Compliance).then(|| compliance(finding)),
        "confidence": confidence(finding.confidence).1,
        "confidence_id": confidence(finding.confidence).0,
        "end_time": seen.map(|(_, last)| last),
        "evidences": some(evidences(finding, input)),
        "finding_info": finding_info(finding, seen),
        "is_alert": (class == Class::Detection).then(|| finding.status == Status::Open && !finding.baseline),
        "message": finding.summary,
        "metadata": metadata(finding, known_at),
        "observables": observables(finding),
        "remediation": remediation(finding),
        "resources": resources(finding),
        "severity": severity,
        "severity_id": severity_id,
        "start_time": seen.map(|(first, _)| first),
        "status": status,
        "status_detail": finding.close_reason.map(CloseReason::as_str),
        "status_id": status_id,
        "time": millis(finding.time),
        "type_name": format!("{}: {activity}", class.name()),
        "type_uid": class.uid() * 100 + activity_id,
        "unmapped": unmapped(finding),
    });
    without_nulls(event)
}

/// The framework counts milliseconds. Nothing but an own invariant tells them from seconds.
fn millis(at: EventTime) -> i64 {
    at.micros().div_euclid(1_000)
}

/// A reopened finding was there before: an update, after which its status says that it is open.
const fn activity(change: Change) -> (u32, &'static str) {
    match change {
        Change::Open => (1, "Create"),
        Change::Update | Change::Reopen => (2, "Update"),
        Change::Resolve | Change::Withdraw => (3, "Close"),
    }
}

/// What nobody cured is archived, so that what is counted as resolved was.
const fn status(finding: &Finding) -> (u32, &'static str) {
    match finding.close_reason {
        None => (1, "New"),
        Some(CloseReason::Cured | CloseReason::Expired) => (4, "Resolved"),
        Some(CloseReason::WithdrawnLateData | CloseReason::AgedOut | CloseReason::ReclassifiedPolicy) => {
            (5, "Archived")
        }
    }
}

const fn severity(severity: Severity) -> (u32, &'static str) {
    match severity {
        Severity::Info => (1, "Informational"),
        Severity::Low => (2, "Low"),
        Severity::Medium => (3, "Medium"),
        Severity::High => (4, "High"),
        Severity::Critical => (5, "Critical"),
    }
}

const fn confidence(confidence: Confidence) -> (u32, &'static str) {
    match confidence {
        Confidence::Low => (1, "Low"),
        Confidence::Medium => (2, "Medium"),
        Confidence::High => (3, "High"),
    }
}

/// The times of the first and of the last record it rests on.
fn seen(finding: &Finding) -> Option<(i64, i64)> {
    let times = || finding.samples.iter().map(|sample| millis(sample.at));
    Some((times().min()?, times().max()?))
}

fn metadata(finding: &Finding, known_at: Option<WallTime>) -> Value {
    let tenant = finding.subject.realm.split_once(':').map(|(tenant, _)| tenant);
    json!({
        "correlation_uid": correlation_uid(finding),
        "event_code": finding.detection,
        "processed_time": known_at.map(|at| at.micros().div_euclid(1_000)),
        "product": { "name": "Tenure", "vendor_name": "Tenure", "version": env!("CARGO_PKG_VERSION") },
        "tenant_uid": tenant,
        "uid": finding.transition_uid().to_string(),
        "version": VERSION,
    })
}

/// What all findings of one credential share, short enough to be a key elsewhere.
fn correlation_uid(finding: &Finding) -> String {
    let subject = &finding.subject;
    let key = format!("{}/{}", subject.realm, subject.id);
    if key.chars().count() <= CORRELATION_CHARS_MAX {
        return key;
    }
    format!("sha256:{}", Uid::of_parts(&["subject", &subject.realm, &subject.id]))
}

fn finding_info(finding: &Finding, seen: Option<(i64, i64)>) -> Value {
    let successor = finding
        .superseded_by
        .map(|uid| json!([{ "desc": "the finding that replaces this one", "uid": uid.to_string() }]));
    let attacks = finding.controls.iter().filter(|control| control.framework == ATTACK);
    json!({
        "analytic": {
            "name": finding.title,
            "type": "Rule",
            "type_id": 1,
            "uid": finding.detection,
            "version": finding.detection_version.to_string(),
        },
        "attacks": some(attacks.map(attack).collect()),
        "created_time": millis(finding.opened_at),
        "data_sources": [finding.subject.source],
        "desc": finding.summary,
        "first_seen_time": seen.map(|(first, _)| first),
        "last_seen_time": seen.map(|(_, last)| last),
        "modified_time": millis(finding.time),
        "related_events": successor,
        "related_events_count": finding.count,
        "tags": [{ "name": "case", "value": finding.case }],
        "title": finding.title,
        "uid": finding.uid.to_string(),
        "uid_alt": finding.short_id(),
    })
}

/// `T1078.004` is a sub-technique of `T1078`.
fn attack(control: &Control) -> Value {
    let (technique, sub) =
        control.id.split_once('.').map_or((control.id, None), |(head, _)| (head, Some(control.id)));
    json!({
        "sub_technique": sub.map(|uid| json!({ "uid": uid })),
        "technique": { "uid": technique },
        "version": control.version.trim_start_matches('v'),
    })
}

/// The control that was judged: a threshold of the customer's policy, as evidence for those of frameworks.
fn compliance(finding: &Finding) -> Value {
    let (status_id, status) = match (finding.status, finding.close_reason) {
        (Status::Open, _) => (3, "Fail"),
        (_, Some(CloseReason::AgedOut)) => (0, "Unknown"),
        (Status::Resolved | Status::Withdrawn, _) => (1, "Pass"),
    };
    let judged = || finding.controls.iter().filter(|control| control.framework != ATTACK);
    let standard = |control: &Control| format!("{} {}", control.framework, control.version);
    let mut standards: Vec<String> = judged().map(standard).collect();
    standards.dedup();
    let check = |control: &Control| {
        let standards = [standard(control)];
        json!({ "standards": standards, "status": status, "status_id": status_id, "uid": control.id })
    };
    let parameter = |(name, value): (&str, &str)| json!({ "name": name, "value": value });
    json!({
        "assessments": [{ "meets_criteria": finding.covered, "name": "source_coverage" }],
        "checks": some(judged().map(check).collect()),
        "control": judged().next().map(|control| control.id),
        "control_parameters":
            finding.threshold.as_ref().map(|it| vec![parameter((it.name, it.value.as_str()))]),
        "standards": some(standards.into_iter().map(Value::from).collect()),
        "status": status,
        "status_id": status_id,
    })
}

/// What it is about, then who holds it.
fn resources(finding: &Finding) -> Value {
    let subject = &finding.subject;
    let owner = finding.owner.as_ref().map(|name| json!({ "name": name }));
    let mut resources = vec![json!({
        "namespace": subject.realm,
        "owner": owner,
        "type": subject.kind,
        "uid": subject.id,
        "version": subject.version,
    })];
    let holder = |uid: &String| json!({ "namespace": subject.realm, "type": "principal", "uid": uid });
    resources.extend(finding.principal.as_ref().map(holder));
    Value::from(resources)
}

fn observables(finding: &Finding) -> Value {
    let (type_id, name) = match finding.subject.subject_type {
        SubjectType::Credential => (19, "User Credential ID"),
        SubjectType::Principal | SubjectType::Session => (10, "Resource UID"),
    };
    let subject =
        json!({ "name": "resources[0].uid", "type": name, "type_id": type_id, "value": finding.subject.id });
    let holder = finding.principal.as_ref().map(
        |uid| json!({ "name": "resources[1].uid", "type": "Resource UID", "type_id": 10, "value": uid }),
    );
    std::iter::once(subject).chain(holder).collect()
}

/// The records it rests on, then the one that closed it.
fn evidences(finding: &Finding, input: InputName<'_>) -> Vec<Value> {
    let evidence = |name: &str, what: &str, sample: &Sample| {
        let origin = sample.by.origin;
        let data = json!({
            "at": sample.at.to_string(),
            "origin": { "input": input(origin.input()), "record": origin.record() },
            "what": what,
        });
        json!({ "data": data, "name": name, "uid": sample.by.id.to_string() })
    };
    let rests_on = finding.samples.iter().map(|sample| evidence("rests_on", &sample.what, sample));
    let closed = finding.resolved_by.iter().map(|by| evidence("resolved_by", &by.action, &by.sample));
    rests_on.chain(closed).collect()
}

fn remediation(finding: &Finding) -> Option<Value> {
    let step = |(text, number): (&String, u32)| format!("{number}) {text}");
    let steps: Vec<String> = finding.remediation.iter().zip(1..).map(step).collect();
    (!steps.is_empty()).then(|| json!({ "desc": steps.join("\n") }))
}

/// Our own fields under the names they have in `scan --format json`.
fn unmapped(finding: &Finding) -> Value {
    let threshold = finding.threshold.as_ref().map(
        |it| json!({ "name": it.name, "policy_ref": it.policy_ref, "rule": it.rule, "value": it.value }),
    );
    let fact = |(about, text): &(Cow<'static, str>, String)| json!({ "about": about, "text": text });
    json!({
        "anchor_at": finding.anchor_at.to_string(),
        "baseline": finding.baseline,
        "case": finding.case,
        "change": finding.change.as_str(),
        "close_reason": finding.close_reason.map(CloseReason::as_str),
        "closes_when": finding.closes_when,
        "coverage": if finding.covered { "full" } else { "partial" },
        "due_at": finding.due_at.map(|at| at.to_string()),
        "environment": finding.environment,
        "episode": finding.episode,
        "facts": finding.lines.iter().map(fact).collect::<Vec<_>>(),
        "privileged": finding.privileged,
        "short_id": finding.short_id(),
        "status": finding.status.as_str(),
        "subject_type": finding.subject.subject_type.as_str(),
        "superseded_by": finding.superseded_by.map(|uid| uid.to_string()),
        "threshold": threshold,
    })
}

/// `None` instead of a list of nothing.
fn some(list: Vec<Value>) -> Option<Vec<Value>> {
    (!list.is_empty()).then_some(list)
}

/// What is absent is left out: no attribute of the framework may be null.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let present = fields.into_iter().filter(|(_, field)| !field.is_null());
            Value::Object(present.map(|(name, field)| (name, without_nulls(field))).collect::<Map<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}
