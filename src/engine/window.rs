//! Which events came lately: a second delivery is not counted twice.
//!
//! Facts are the same however often they are folded, counts are not. What came within the last 2^18 offsets
//! of the partition is remembered, which is a function of the log alone: after a restart these offsets are
//! read again, and nothing of it has to be kept elsewhere.

use core::hash::{BuildHasher, Hasher};
use std::collections::VecDeque;

use foldhash::fast::FixedState;
use hashbrown::HashSet;

use crate::origin::EventId;

/// How many offsets back a repetition is recognised.
pub const OFFSETS: u64 = 1 << 18;

/// The id its source gave an event, which nobody else can choose, and a hash of all it says.
type Seen = (EventId, u64);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Window {
    seen: HashSet<Seen, FixedState>,
    order: VecDeque<(u64, Seen)>,
}

impl Window {
    /// Remembers an event; whether it is the first of its kind within the window.
    pub(super) fn is_first(&mut self, offset: u64, id: EventId, identity: &[u8]) -> bool {
        while let Some(&(oldest, seen)) = self.order.front()
            && oldest.saturating_add(OFFSETS) <= offset
        {
            self.order.pop_front();
            self.seen.remove(&seen);
        }
        let mut hasher = FixedState::default().build_hasher();
        hasher.write(identity);
        let seen = (id, hasher.finish());
        let first = self.seen.insert(seen);
        if first {
            self.order.push_back((offset, seen));
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repetition_is_seen_within_the_window_and_forgotten_after_it() {
        let mut window = Window::default();
        let id = EventId::digest(b"a");
        assert!(window.is_first(0, id, b"used"));
        assert!(window.is_first(1, id, b"issued"));
        assert!(!window.is_first(OFFSETS - 1, id, b"used"));
        assert!(window.is_first(OFFSETS, id, b"used"));
        assert!(!window.is_first(OFFSETS, id, b"issued"));
        assert!(window.is_first(OFFSETS + 1, id, b"issued"));
        assert_eq!(window.seen.len(), window.order.len());
    }
}
