//! What a reader of the logs should find in them, said by the author of each story.

use std::fmt;

/// How a finding stands when the logs end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    Open,
    Resolved,
}

/// One finding, by the words of `examples/expected.txt`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expectation {
    pub detection: &'static str,
    pub subject: String,
    pub standing: Standing,
    /// The UTC day on which it opens.
    pub opened: &'static str,
}

impl Expectation {
    pub fn open(detection: &'static str, subject: &str, opened: &'static str) -> Self {
        Self { detection, subject: subject.to_owned(), standing: Standing::Open, opened }
    }

    pub fn resolved(detection: &'static str, subject: &str, opened: &'static str) -> Self {
        Self { detection, subject: subject.to_owned(), standing: Standing::Resolved, opened }
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let standing = match self.standing {
            Standing::Open => "open",
            Standing::Resolved => "resolved",
        };
        write!(f, "{} {} {standing} {}", self.detection, self.subject, self.opened)
    }
}
