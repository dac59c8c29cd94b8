//! What a detection found: numbers first, words only when a finding is written out.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::credential::{EventRef, Sym};
use crate::policy::Key;
use crate::time::EventTime;

/// How grave a finding is. OCSF and most ticket systems use the same five steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    pub const ALL: &'static [Self] = &[Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    #[must_use]
    pub const fn raised(self) -> Self {
        match self {
            Self::Info => Self::Low,
            Self::Low => Self::Medium,
            Self::Medium => Self::High,
            Self::High | Self::Critical => Self::Critical,
        }
    }

    #[must_use]
    pub const fn lowered(self) -> Self {
        match self {
            Self::Critical => Self::High,
            Self::High => Self::Medium,
            Self::Medium => Self::Low,
            Self::Low | Self::Info => Self::Info,
        }
    }
}

/// How sure a finding is of its facts, not how grave it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    Low,
    Medium,
    High,
}

impl Confidence {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    #[must_use]
    pub const fn lowered(self) -> Self {
        match self {
            Self::High => Self::Medium,
            Self::Medium | Self::Low => Self::Low,
        }
    }
}

/// One condition that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// The fact that began it: it decides the identity of the finding.
    pub anchor: EventTime,
    /// The latest fact it rests on.
    pub last: EventTime,
    /// The version of the credential it is about, where it is about one.
    pub version: Sym,
    /// Before privilege, environment and confidence are weighed.
    pub severity: Severity,
    /// Before coverage is weighed.
    pub confidence: Confidence,
    /// No part of the conclusion rests on time that no log covers.
    pub covered: bool,
    /// How many records it rests on.
    pub count: u32,
    /// The threshold that decided; `None` where a fact alone decides.
    pub threshold: Option<Key>,
}

impl Evidence {
    /// Certain, covered, one record.
    #[must_use]
    pub const fn new(anchor: EventTime, last: EventTime, severity: Severity, threshold: Option<Key>) -> Self {
        let (version, confidence) = (Sym::NONE, Confidence::High);
        Self { anchor, last, version, severity, confidence, covered: true, count: 1, threshold }
    }
}

/// Evidence in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explanation {
    /// One sentence with the credential, the number and the unit.
    pub summary: String,
    /// Further lines: a word for the margin, and a sentence.
    pub lines: Vec<(&'static str, String)>,
    /// The records it rests on, oldest first.
    pub samples: Vec<Sample>,
}

/// One record that a finding rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    pub at: EventTime,
    pub by: EventRef,
    /// What the record says: `issued`, `used`, `refused`.
    pub what: Cow<'static, str>,
}
