//! Places in a realm's store. They are private to it and to its changelog, and nothing is ordered by them for
//! output.

/// Where a credential lies in its realm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(u32);

impl Slot {
    pub const NONE: Self = Self(u32::MAX);

    #[must_use]
    pub const fn at(index: u32) -> Self {
        Self(index)
    }

    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    #[must_use]
    pub fn some(self) -> Option<Self> {
        (self != Self::NONE).then_some(self)
    }

    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Where a group lies in its realm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupIx(u32);

impl GroupIx {
    #[must_use]
    pub const fn at(index: u32) -> Self {
        Self(index)
    }

    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}
