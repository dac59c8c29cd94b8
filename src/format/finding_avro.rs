//! A finding as a record of `schemas/finding.avsc`: the form other programs are meant to read.

use std::borrow::Cow;
use std::sync::LazyLock;

use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::writer::datum::GenericDatumWriter;
use serde::{Deserialize, Serialize};

use crate::avro::framing::{DecodeError, FINDING};
use crate::evidence::{Confidence, Sample, Severity};
use crate::finding::crosswalk::Control;
use crate::finding::{Change, CloseReason, Finding, ResolvedBy, Status, Subject, SubjectType, Threshold};
use crate::format::InputName;
use crate::origin::Origin;
use crate::time::{EventTime, WallTime};

/// The record, in the order of the schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Finding")]
pub struct FindingRecord<'a> {
    pub uid: String,
    pub short_id: String,
    pub change: Change,
    pub status: Status,
    pub close_reason: Option<CloseReason>,
    pub episode: i64,
    pub detection: Cow<'a, str>,
    pub detection_version: i64,
    pub title: Cow<'a, str>,
    pub severity: Severity,
    pub confidence: Confidence,
    pub coverage: Coverage,
    pub subject: SubjectRecord<'a>,
    pub environment: Option<Cow<'a, str>>,
    pub privileged: bool,
    pub principal: Option<Cow<'a, str>>,
    pub owner: Option<Cow<'a, str>>,
    pub case: Cow<'a, str>,
    pub baseline: bool,
    pub time: i64,
    pub known_at: Option<i64>,
    pub anchor_at: i64,
    pub opened_at: i64,
    pub due_at: Option<i64>,
    pub resolved_by: Option<ResolvedByRecord<'a>>,
    pub superseded_by: Option<String>,
    pub summary: Cow<'a, str>,
    pub facts: Vec<FactRecord<'a>>,
    pub threshold: Option<ThresholdRecord<'a>>,
    pub evidence: EvidenceRecord<'a>,
    pub controls: Vec<ControlRecord<'a>>,
    pub closes_when: Cow<'a, str>,
    pub remediation: Cow<'a, [String]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    Full,
    Partial,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Subject")]
pub struct SubjectRecord<'a> {
    pub r#type: SubjectType,
    pub realm: Cow<'a, str>,
    pub source: Cow<'a, str>,
    pub kind: Cow<'a, str>,
    pub id: Cow<'a, str>,
    pub version: Option<Cow<'a, str>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Fact")]
pub struct FactRecord<'a> {
    pub about: Cow<'a, str>,
    pub text: Cow<'a, str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Threshold")]
pub struct ThresholdRecord<'a> {
    pub name: Cow<'a, str>,
    pub value: Cow<'a, str>,
    pub rule: Cow<'a, str>,
    pub policy_ref: Option<Cow<'a, str>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Evidence")]
pub struct EvidenceRecord<'a> {
    pub count: i64,
    pub samples: Vec<SampleRecord<'a>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Sample")]
pub struct SampleRecord<'a> {
    pub event_id: String,
    pub what: Cow<'a, str>,
    pub at: i64,
    pub origin: OriginRecord<'a>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "ResolvedBy")]
pub struct ResolvedByRecord<'a> {
    pub event_id: String,
    pub action: Cow<'a, str>,
    pub at: i64,
    pub origin: OriginRecord<'a>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Origin")]
pub struct OriginRecord<'a> {
    pub input: Cow<'a, str>,
    pub record: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Control")]
pub struct ControlRecord<'a> {
    pub framework: Cow<'a, str>,
    pub version: Cow<'a, str>,
    pub id: Cow<'a, str>,
}

static WRITER: LazyLock<GenericDatumWriter<'static>> = LazyLock::new(|| {
    GenericDatumWriter::builder(FINDING.schema())
        .human_readable(false)
        .build()
        .unwrap_or_else(|_| unreachable!("the schema refers to nothing outside itself"))
});

static READER: LazyLock<GenericDatumReader<'static>> = LazyLock::new(|| {
    GenericDatumReader::builder(FINDING.schema())
        .human_readable(false)
        .build()
        .unwrap_or_else(|_| unreachable!("the schema refers to nothing outside itself"))
});

/// Appends the record of `finding`, without a header, to `out`. `known_at` is the wall time of the latest
/// progress in the log it was concluded from.
///
/// # Errors
/// Only where the record and its schema disagree, which a test excludes.
pub fn encode<'a>(
    finding: &'a Finding,
    input: InputName<'a>,
    known_at: Option<WallTime>,
    out: &mut Vec<u8>,
) -> apache_avro::AvroResult<()> {
    WRITER.write_ser(out, &FindingRecord::new(finding, input, known_at)).map(drop)
}

/// Reads a record, without its header, that was written with the schema of this version.
///
/// # Errors
/// Where the bytes are no record of that schema, or more than one.
pub fn decode(mut bytes: &[u8]) -> Result<FindingRecord<'static>, DecodeError> {
    let record = READER.read_deser(&mut bytes)?;
    if bytes.is_empty() { Ok(record) } else { Err(DecodeError::Trailing(bytes.len())) }
}

impl<'a> FindingRecord<'a> {
    #[must_use]
    pub fn new(finding: &'a Finding, input: InputName<'a>, known_at: Option<WallTime>) -> Self {
        Self {
            uid: finding.uid.to_string(),
            short_id: finding.short_id(),
            change: finding.change,
            status: finding.status,
            close_reason: finding.close_reason,
            episode: finding.episode.into(),
            detection: finding.detection.into(),
            detection_version: finding.detection_version.into(),
            title: finding.title.into(),
            severity: finding.severity,
            confidence: finding.confidence,
            coverage: if finding.covered { Coverage::Full } else { Coverage::Partial },
            subject: subject(&finding.subject),
            environment: optional(finding.environment.as_ref()),
            privileged: finding.privileged,
            principal: optional(finding.principal.as_ref()),
            owner: optional(finding.owner.as_ref()),
            case: Cow::from(&finding.case),
            baseline: finding.baseline,
            time: finding.time.micros(),
            known_at: known_at.map(WallTime::micros),
            anchor_at: finding.anchor_at.micros(),
            opened_at: finding.opened_at.micros(),
            due_at: finding.due_at.map(EventTime::micros),
            resolved_by: finding.resolved_by.as_ref().map(|by| resolved_by(by, input)),
            superseded_by: finding.superseded_by.map(|uid| uid.to_string()),
            summary: Cow::from(&finding.summary),
            facts: finding.lines.iter().map(fact).collect(),
            threshold: finding.threshold.as_ref().map(threshold),
            evidence: EvidenceRecord {
                count: finding.count.into(),
                samples: finding.samples.iter().map(|it| sample(it, input)).collect(),
            },
            controls: finding.controls.iter().map(control).collect(),
            closes_when: finding.closes_when.into(),
            remediation: Cow::from(&finding.remediation),
        }
    }
}

fn optional(text: Option<&String>) -> Option<Cow<'_, str>> {
    text.map(Cow::from)
}

fn subject(subject: &Subject) -> SubjectRecord<'_> {
    SubjectRecord {
        r#type: subject.subject_type,
        realm: Cow::from(&subject.realm),
        source: subject.source.into(),
        kind: subject.kind.into(),
        id: Cow::from(&subject.id),
        version: optional(subject.version.as_ref()),
    }
}

fn fact<'a>((about, text): &'a (Cow<'static, str>, String)) -> FactRecord<'a> {
    FactRecord { about: Cow::Borrowed(about), text: Cow::from(text) }
}

fn threshold(threshold: &Threshold) -> ThresholdRecord<'_> {
    ThresholdRecord {
        name: threshold.name.into(),
        value: Cow::from(&threshold.value),
        rule: Cow::from(&threshold.rule),
        policy_ref: optional(threshold.policy_ref.as_ref()),
    }
}

fn sample<'a>(sample: &Sample, input: InputName<'a>) -> SampleRecord<'a> {
    SampleRecord {
        event_id: sample.by.id.to_string(),
        what: sample.what.clone(),
        at: sample.at.micros(),
        origin: origin(sample.by.origin, input),
    }
}

fn resolved_by<'a>(by: &ResolvedBy, input: InputName<'a>) -> ResolvedByRecord<'a> {
    ResolvedByRecord {
        event_id: by.sample.by.id.to_string(),
        action: by.action.clone(),
        at: by.sample.at.micros(),
        origin: origin(by.sample.by.origin, input),
    }
}

fn origin(origin: Origin, input: InputName<'_>) -> OriginRecord<'_> {
    OriginRecord { input: input(origin.input()).into(), record: origin.record().cast_signed() }
}

fn control(control: &Control) -> ControlRecord<'static> {
    ControlRecord {
        framework: control.framework.into(),
        version: control.version.into(),
        id: control.id.into(),
    }
}
