//! Which events came lately: a second delivery is not counted twice.
//!
//! Facts are the same however often they are folded, counts are not. What came within the last 2^18 offsets
//! of the partition is remembered, which is a function of the log alone: after a restart these offsets are
//! read again, and nothing of it has to be kept elsewhere.

use core::hash::{BuildHasher, Hasher};
use std::collections::VecDeque;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::origin::EventId;

/// How many offsets back a repetition is recognised.
pub const OFFSETS: u64 = 1 << 18;

/// The id its source gave an event, which nobody else can choose, and a hash of all it says.
type Seen = (EventId, u64);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// The last offset of each. The first would not do: whoever reads only the window again does not know it.
    last: HashMap<Seen, u64, FixedState>,
    order: VecDeque<(u64, Seen)>,
}

impl Window {
    /// Remembers an event; whether it is the first of its kind within the window.
    pub(super) fn is_first(&mut self, offset: u64, id: EventId, identity: &[u8]) -> bool {
        while let Some(&(oldest, seen)) = self.order.front()
            && oldest.saturating_add(OFFSETS) <= offset
        {
            self.order.pop_front();
            if self.last.get(&seen) == Some(&oldest) {
                self.last.remove(&seen);
            }
        }
        let mut hasher = FixedState::default().build_hasher();
        hasher.write(identity);
        let seen = (id, hasher.finish());
        self.order.push_back((offset, seen));
        self.last.insert(seen, offset).is_none()
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
        assert!(!window.is_first(OFFSETS, id, b"issued"));
        assert!(window.is_first(OFFSETS, id, b"used"));
        assert!(window.is_first(3 * OFFSETS, id, b"issued"));
        assert_eq!((window.last.len(), window.order.len()), (1, 1));
    }

    #[test]
    fn a_window_that_is_read_again_remembers_what_the_first_one_does() {
        let id = EventId::digest(b"a");
        let mut straight = Window::default();
        straight.is_first(0, id, b"used");
        straight.is_first(100, id, b"used");
        let mut again = Window::default();
        again.is_first(100, id, b"used");
        for window in [&mut straight, &mut again] {
            assert!(!window.is_first(OFFSETS + 50, id, b"used"));
        }
    }
}
