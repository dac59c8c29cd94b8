//! When to judge a subject again though nothing happened to it.
//!
//! A timer that fires for nothing is harmless: the subject is judged from its facts, whatever woke the judge.
//! So one entry per subject is enough, the earliest; later moments are named again when that one has fired.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::engine::SubjectIx;
use crate::time::EventTime;

/// The armed moments of one realm.
#[derive(Debug, Default)]
pub struct Timers {
    heap: BinaryHeap<Reverse<(EventTime, SubjectIx)>>,
    /// The moment of each credential and of each group, by their places; `MAX` where there is none.
    credentials: Vec<EventTime>,
    groups: Vec<EventTime>,
}

impl Timers {
    /// Wakes `subject` at `at`, unless it will be woken before. Returns whether that is news.
    pub fn arm(&mut self, subject: SubjectIx, at: EventTime) -> bool {
        let armed = self.armed(subject);
        let news = at < *armed;
        if news {
            *armed = at;
            self.heap.push(Reverse((at, subject)));
        }
        news
    }

    /// `subject` is gone: whoever takes its place is not woken for it.
    pub fn disarm(&mut self, subject: SubjectIx) {
        *self.armed(subject) = EventTime::MAX;
    }

    /// When `subject` will be woken.
    #[must_use]
    pub fn wakes_at(&self, subject: SubjectIx) -> Option<EventTime> {
        let at = match subject {
            SubjectIx::Credential(slot) => self.credentials.get(slot.index()),
            SubjectIx::Group(group) => self.groups.get(group.index()),
        };
        at.copied().filter(|&at| at != EventTime::MAX)
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
            let armed = self.armed(subject);
            if *armed == at {
                *armed = EventTime::MAX;
                return Some((at, subject));
            }
        }
    }

    fn armed(&mut self, subject: SubjectIx) -> &mut EventTime {
        let (moments, at) = match subject {
            SubjectIx::Credential(slot) => (&mut self.credentials, slot.index()),
            SubjectIx::Group(group) => (&mut self.groups, group.index()),
        };
        if at >= moments.len() {
            moments.resize(at + 1, EventTime::MAX);
        }
        &mut moments[at]
    }
}
