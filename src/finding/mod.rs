//! Findings: one transition in the life of a conclusion, complete enough to be read alone.

pub mod crosswalk;
pub mod identity;
pub mod remedy;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::evidence::{Confidence, Sample, Severity};
use crate::finding::crosswalk::Control;
use crate::finding::identity::Uid;
use crate::time::EventTime;

/// What happened to a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Open,
    Update,
    Resolve,
    Withdraw,
    Reopen,
}

impl Change {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Update => "update",
            Self::Resolve => "resolve",
            Self::Withdraw => "withdraw",
            Self::Reopen => "reopen",
        }
    }
}

/// Where a finding stands after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Open,
    Resolved,
    Withdrawn,
}

impl Status {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Resolved => "resolved",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// Why a finding is no longer open. A loosened threshold never reads as a cure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// Somebody did something about it.
    Cured,
    /// The credential came to its end by itself.
    Expired,
    /// A record that came late shows it never was so.
    WithdrawnLateData,
    /// Nothing more happened for as long as the detection waits; nobody gave a verdict.
    AgedOut,
    /// The policy asks for something else: nobody cured anything.
    ReclassifiedPolicy,
}

impl CloseReason {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cured => "cured",
            Self::Expired => "expired",
            Self::WithdrawnLateData => "withdrawn_late_data",
            Self::AgedOut => "aged_out",
            Self::ReclassifiedPolicy => "reclassified_policy",
        }
    }
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectType {
    Credential,
    Principal,
    Session,
}

impl SubjectType {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Credential => "credential",
            Self::Principal => "principal",
            Self::Session => "session",
        }
    }
}

/// The subject of a finding, by the names people look it up with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub subject_type: SubjectType,
    pub realm: String,
    pub source: &'static str,
    /// The kind of the credential; for others what it is (`principal`, `role session`).
    pub kind: &'static str,
    pub id: String,
    pub version: Option<String>,
}

/// The threshold that decided, and where it was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Threshold {
    pub name: &'static str,
    pub value: String,
    /// `policy.toml:41`, or `built in`.
    pub rule: String,
    pub policy_ref: Option<String>,
}

/// The event that closed a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedBy {
    pub action: Cow<'static, str>,
    pub sample: Sample,
}

/// One transition of one finding, with the whole state after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub uid: Uid,
    pub change: Change,
    pub status: Status,
    pub close_reason: Option<CloseReason>,
    /// How often it has been opened, from 1.
    pub episode: u32,
    pub detection: &'static str,
    pub detection_version: u32,
    pub title: &'static str,
    pub severity: Severity,
    pub confidence: Confidence,
    /// Nothing of the conclusion rests on time that no log covers.
    pub covered: bool,
    pub subject: Subject,
    pub environment: Option<String>,
    pub privileged: bool,
    pub principal: Option<String>,
    pub owner: Option<String>,
    pub case: String,
    /// It began before the day the policy was adopted.
    pub baseline: bool,
    /// Event time of this transition.
    pub time: EventTime,
    pub anchor_at: EventTime,
    pub opened_at: EventTime,
    pub due_at: Option<EventTime>,
    pub resolved_by: Option<ResolvedBy>,
    pub superseded_by: Option<Uid>,
    pub summary: String,
    /// Further facts: a word for the margin, and a sentence.
    pub lines: Vec<(Cow<'static, str>, String)>,
    /// The threshold that decided; `None` where a fact alone decides.
    pub threshold: Option<Threshold>,
    /// How many records the conclusion rests on.
    pub count: u32,
    /// Up to eight of them.
    pub samples: Vec<Sample>,
    pub controls: Vec<Control>,
    pub closes_when: &'static str,
    pub remediation: Vec<String>,
}

impl Finding {
    /// `TEN-L01-7F3K2Q`: short enough to say on the phone.
    #[must_use]
    pub fn short_id(&self) -> String {
        self.uid.short(self.detection)
    }

    /// The identity of this transition: whatever makes an update is part of it.
    #[must_use]
    pub fn transition_uid(&self) -> Uid {
        Uid::of_parts(&[
            "transition",
            &self.uid.to_string(),
            &self.episode.to_string(),
            self.change.as_str(),
            &self.time.micros().to_string(),
            self.severity.as_str(),
            self.confidence.as_str(),
            if self.covered { "full" } else { "partial" },
            &self.count.to_string(),
        ])
    }
}
