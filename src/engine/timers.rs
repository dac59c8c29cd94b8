//! When to judge a subject again though nothing happened to it.
//!
//! A timer that fires for nothing is harmless: the subject is judged from its facts, whatever woke the judge.
//! So one entry per subject is enough, the earliest; later moments are named again when that one has fired.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::credential::Map;
use crate::engine::SubjectIx;
use crate::time::EventTime;

/// The armed moments of one realm.
#[derive(Debug, Default)]
pub struct Timers {
    heap: BinaryHeap<Reverse<(EventTime, SubjectIx)>>,
    armed: Map<SubjectIx, EventTime>,
}

impl Timers {
    /// Wakes `subject` at `at`, unless it will be woken before.
    pub fn arm(&mut self, subject: SubjectIx, at: EventTime) {
        if self.armed.get(&subject).is_none_or(|&armed| at < armed) {
            self.armed.insert(subject, at);
            self.heap.push(Reverse((at, subject)));
        }
    }

    /// The next subject whose moment is before `until`, or at it if `inclusive`, in the order of (moment,
    /// subject).
    pub fn pop(&mut self, until: EventTime, inclusive: bool) -> Option<(EventTime, SubjectIx)> {
        loop {
            let &Reverse((at, subject)) = self.heap.peek()?;
            if at > until || (at == until && !inclusive) {
                return None;
            }
            self.heap.pop();
            if self.armed.get(&subject) == Some(&at) {
                self.armed.remove(&subject);
                return Some((at, subject));
            }
        }
    }
}
