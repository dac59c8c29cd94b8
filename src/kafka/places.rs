//! The partitions a shard holds, and how far each has been read.

use super::stage::Place;

/// One partition. The offsets are the shard's own count: the client's position also moves past what only the
/// client sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub place: Place,
    /// The next offset to read.
    pub next: u64,
    /// What the group had committed when the present transaction began; `None`: nothing yet.
    pub committed: Option<u64>,
    pub at_end: bool,
}

/// All of them, in the order of places.
#[derive(Debug, Default)]
pub struct Places {
    held: Vec<Held>,
    /// Where the last record was found: records come in runs of one partition.
    last: usize,
}

impl Places {
    pub fn all(&self) -> &[Held] {
        &self.held
    }

    /// Takes `held` up, instead of what was known of its place.
    pub fn put(&mut self, held: Held) {
        match self.held.binary_search_by(|other| other.place.cmp(&held.place)) {
            Ok(at) => self.held[at] = held,
            Err(at) => self.held.insert(at, held),
        }
    }

    pub fn remove(&mut self, place: &Place) {
        self.held.retain(|held| held.place != *place);
    }

    /// The index of a partition that is held.
    pub fn find(&mut self, topic: &str, partition: i32) -> Option<usize> {
        let is = |held: &Held| held.place.partition == partition && held.place.topic == topic;
        if !self.held.get(self.last).is_some_and(is) {
            self.last = self.held.iter().position(is)?;
        }
        Some(self.last)
    }

    pub fn get(&self, index: usize) -> &Held {
        &self.held[index]
    }

    /// A record was read.
    pub fn advance(&mut self, index: usize, next: u64) {
        let held = &mut self.held[index];
        held.next = next;
        held.at_end = false;
    }

    pub fn reached_end(&mut self, place: &Place) {
        for held in self.held.iter_mut().filter(|held| held.place == *place) {
            held.at_end = true;
        }
    }

    /// Whether there is nothing more to read.
    pub fn all_at_end(&self) -> bool {
        self.held.iter().all(|held| held.at_end)
    }

    /// What was read is committed.
    pub fn committed(&mut self) {
        for held in &mut self.held {
            held.committed = Some(held.next);
        }
    }
}
