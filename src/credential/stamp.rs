//! When something was, and which record says so.

use crate::origin::{EventId, Origin};
use crate::time::EventTime;

/// The record a fact came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct EventRef {
    pub id: EventId,
    pub origin: Origin,
}

/// A moment with the record that told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    pub at: EventTime,
    pub by: EventRef,
}

impl Stamp {
    #[must_use]
    pub fn new(at: EventTime, by: EventRef) -> Self {
        Self { at, by }
    }
}
