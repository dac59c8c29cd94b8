//! What policy says of one credential: every threshold with the place that set it.

use crate::kind::Class;
use crate::policy::keys::{DETECTION_IDS, KEYS, Key, Value};
use crate::stream::SourceName;
use crate::time::Span;

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provenance {
    /// Built in; the policy file does not speak of it.
    Default,
    /// Set by this rule of the file, [`Policy::rule`](crate::policy::Policy::rule). `[defaults]` is the
    /// first.
    Rule { rule: u16 },
}

/// The thresholds of one credential.
///
/// A plain value without references: equal ones can be kept once and shared by all credentials that have
/// them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Thresholds {
    values: [Value; Key::COUNT],
    from: [Provenance; Key::COUNT],
    off: Off,
    off_from: Provenance,
}

impl Thresholds {
    /// What is built in for a class and a source.
    #[must_use]
    pub fn built_in(class: Option<Class>, source: SourceName) -> Self {
        Self {
            values: std::array::from_fn(|at| KEYS[at].built_in(class, source)),
            from: [Provenance::Default; Key::COUNT],
            off: Off::default(),
            off_from: Provenance::Default,
        }
    }

    /// The value of a key that is a span.
    ///
    /// # Panics
    /// Where `key` is a count: the caller asks for something that does not exist.
    #[must_use]
    #[expect(
        clippy::panic,
        reason = "a detection that confuses two keys is a bug, not a condition of the input"
    )]
    pub fn span(&self, key: Key) -> Span {
        match self.value(key) {
            Value::Span(span) => span,
            Value::Count(_) => panic!("{} is a count", key.name()),
        }
    }

    /// The value of a key that is a count.
    ///
    /// # Panics
    /// Where `key` is a span: the caller asks for something that does not exist.
    #[must_use]
    #[expect(
        clippy::panic,
        reason = "a detection that confuses two keys is a bug, not a condition of the input"
    )]
    pub fn count(&self, key: Key) -> u32 {
        match self.value(key) {
            Value::Count(count) => count,
            Value::Span(_) => panic!("{} is a span", key.name()),
        }
    }

    #[must_use]
    pub fn value(&self, key: Key) -> Value {
        self.values[key as usize]
    }

    #[must_use]
    pub fn provenance(&self, key: Key) -> Provenance {
        self.from[key as usize]
    }

    /// Whether policy switched the detection off for this credential.
    #[must_use]
    pub fn is_off(&self, detection: &str) -> bool {
        self.off.holds(detection)
    }

    /// Where the list of detections that are off comes from.
    #[must_use]
    pub fn off_provenance(&self) -> Provenance {
        self.off_from
    }

    pub(super) fn set(&mut self, key: Key, value: Value, from: Provenance) {
        self.values[key as usize] = value;
        self.from[key as usize] = from;
    }

    pub(super) fn set_off(&mut self, off: Off, from: Provenance) {
        self.off = off;
        self.off_from = from;
    }
}

/// A set of detections, by their place in [`DETECTION_IDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Off(u32);

const _: () = assert!(DETECTION_IDS.len() <= 32, "one bit per detection");

impl Off {
    /// Adds a detection; `false` where there is none of that id.
    pub fn add(&mut self, detection: &str) -> bool {
        let at = DETECTION_IDS.iter().position(|id| *id == detection);
        self.0 |= at.map_or(0, |at| 1 << at);
        at.is_some()
    }

    #[must_use]
    pub fn holds(self, detection: &str) -> bool {
        self.ids().any(|id| id == detection)
    }

    /// The detections in it, in the order of [`DETECTION_IDS`].
    pub fn ids(self) -> impl Iterator<Item = &'static str> {
        DETECTION_IDS.iter().enumerate().filter(move |(at, _)| self.0 & 1 << at != 0).map(|(_, id)| *id)
    }
}
