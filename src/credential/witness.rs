//! Kinds whose use shows only where a log is switched on that is off by default: the silence of one means
//! something once another of its realm was seen used, and nothing before.

use std::collections::BTreeMap;

use super::slot::Slot;
use super::store::Store;
use crate::credential::Facts;
use crate::kind::{Kind, Shown};
use crate::time::EventTime;

/// For each such kind, a credential that was seen used. Which one is of no meaning.
pub(super) type Witnesses = BTreeMap<Kind, Slot>;

impl Store {
    /// Whether the log of this realm shows uses of `kind`.
    #[must_use]
    pub fn shows_use_of(&self, kind: Kind) -> bool {
        kind.row().shown == Shown::Always || self.witnesses.contains_key(&kind)
    }

    /// Takes `slot` for a witness where it is one. Returns its kind where it is the first.
    pub(super) fn witness(&mut self, slot: Slot) -> Option<Kind> {
        let kind = self.get(slot).filter(|facts| is_witness(facts))?.kind;
        let first = !self.witnesses.contains_key(&kind);
        first.then(|| self.witnesses.insert(kind, slot));
        first.then_some(kind)
    }

    /// `slot` is no more: another takes its place as a witness. Returns its kind where there is none left.
    pub(super) fn lose_witness(&mut self, slot: Slot) -> Option<Kind> {
        let kind = self.witnesses.iter().find(|(_, known)| **known == slot).map(|(kind, _)| *kind)?;
        let stands_in = |facts: &Facts| facts.kind == kind && is_witness(facts);
        let other = self.credentials().find(|(_, facts)| stands_in(facts)).map(|(other, _)| other);
        if let Some(other) = other {
            self.witnesses.insert(kind, other);
            return None;
        }
        self.witnesses.remove(&kind);
        Some(kind)
    }
}

/// A use in an earlier life under the same name is one too: that is never taken back.
fn is_witness(facts: &Facts) -> bool {
    facts.kind.row().shown == Shown::IfLogged && facts.last_use != EventTime::MIN
}
