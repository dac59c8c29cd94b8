//! Lists that credentials leave far more often than they are read: what a parent minted, what a principal
//! holds.
//!
//! Who leaves is not looked for. Readers check each entry against the credential itself, and when half of the
//! entries may be stale the list is cleaned at once, so that leaving costs the same however long it is.

use crate::credential::slot::Slot;

/// Lists shorter than this are not worth cleaning.
const WORTH_CLEANING: usize = 16;

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Members {
    slots: Vec<Slot>,
    left: usize,
}

impl Members {
    pub fn push(&mut self, slot: Slot) {
        self.slots.push(slot);
    }

    /// Every entry, stale ones among them.
    #[must_use]
    pub fn entries(&self) -> &[Slot] {
        &self.slots
    }

    /// Entries each once and by their places: who joined first is not kept, and nothing may depend on it.
    #[must_use]
    pub fn in_order(entries: &[Slot]) -> Vec<Slot> {
        let mut slots = entries.to_vec();
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    /// One of them has left. `stays` says of an entry whether it is still a member.
    pub fn leave(&mut self, stays: impl Fn(Slot) -> bool) {
        self.left += 1;
        if self.slots.len() >= WORTH_CLEANING && self.left * 2 > self.slots.len() {
            self.slots.sort_unstable();
            self.slots.dedup();
            self.slots.retain(|&slot| stays(slot));
            self.left = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_does_not_grow_with_those_that_left() {
        let mut members = Members::default();
        for _ in 0..10_000 {
            members.push(Slot::NONE);
            members.leave(|_| false);
        }
        assert!(members.entries().len() <= WORTH_CLEANING, "{}", members.entries().len());
    }
}
