//! A finding in the changelog: what the engine remembers of it, and how it was last written out.
//!
//! What a detection says of itself (its title, its controls, what closes it) is not kept: it is the same for
//! all its findings, and read from the registry of this version.

use serde::{Deserialize, Serialize};

use crate::credential::image::{RefImage, StampImage};
use crate::evidence::{Confidence, Severity};
use crate::finding::{Change, CloseReason, Status};
use crate::origin::EventId;
use crate::time::EventTime;

/// See the module. Ids of findings are 16 bytes, as those of events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Finding")]
pub struct FindingImage<'a> {
    pub realm: u32,
    /// The place of the credential it is about, or else of the group.
    pub credential: Option<u32>,
    pub group: Option<u32>,
    pub detection: &'a str,
    /// Kind and name the credential went by, which are part of the identity of the finding.
    pub shown_kind: Option<&'a str>,
    pub shown_name: &'a str,
    pub status: Status,
    pub close_reason: Option<CloseReason>,
    pub episode: u32,
    pub opened_at: EventTime,
    #[serde(borrow)]
    pub evidence: EvidenceImage<'a>,
    pub count_written: u32,
    pub severity: Severity,
    pub confidence: Confidence,
    pub baseline: bool,
    #[serde(borrow)]
    pub samples: Vec<SampleImage<'a>>,
    #[serde(borrow)]
    pub written: WrittenImage<'a>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Evidence")]
pub struct EvidenceImage<'a> {
    pub anchor: EventTime,
    pub last: EventTime,
    pub version: &'a str,
    pub severity: Severity,
    pub confidence: Confidence,
    pub covered: bool,
    pub count: u32,
    pub threshold: Option<&'a str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Sample")]
pub struct SampleImage<'a> {
    pub stamp: StampImage,
    pub what: &'a str,
}

/// How a finding was last written out, as far as it is not the same for all of its detection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Written")]
pub struct WrittenImage<'a> {
    pub change: Change,
    pub status: Status,
    pub close_reason: Option<CloseReason>,
    pub episode: u32,
    pub severity: Severity,
    pub confidence: Confidence,
    pub covered: bool,
    pub subject_kind: &'a str,
    pub subject_id: &'a str,
    pub subject_version: Option<&'a str>,
    pub environment: Option<&'a str>,
    pub privileged: bool,
    pub principal: Option<&'a str>,
    pub owner: Option<&'a str>,
    pub baseline: bool,
    pub time: EventTime,
    pub anchor_at: EventTime,
    pub opened_at: EventTime,
    pub due_at: Option<EventTime>,
    #[serde(borrow)]
    pub resolved_by: Option<ResolvedByImage<'a>>,
    pub superseded_by: Option<EventId>,
    pub summary: &'a str,
    #[serde(borrow)]
    pub lines: Vec<LineImage<'a>>,
    #[serde(borrow)]
    pub threshold: Option<ThresholdImage<'a>>,
    pub count: u32,
    #[serde(borrow)]
    pub samples: Vec<SampleImage<'a>>,
    pub remediation: Vec<&'a str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "ResolvedBy")]
pub struct ResolvedByImage<'a> {
    pub action: &'a str,
    pub at: EventTime,
    pub by: RefImage,
    pub what: &'a str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Line")]
pub struct LineImage<'a> {
    pub about: &'a str,
    pub text: &'a str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Threshold")]
pub struct ThresholdImage<'a> {
    pub name: &'a str,
    pub value: &'a str,
    pub rule: &'a str,
    pub policy_ref: Option<&'a str>,
}
