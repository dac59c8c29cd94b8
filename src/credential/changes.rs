//! What changed in a realm since its state was last written out.

use serde::{Deserialize, Serialize};

use crate::credential::slot::{GroupIx, Slot};
use crate::event::Selector;

/// See the module. Lists may name one more than once, until they are sorted.
#[derive(Debug, Default)]
pub struct Changes {
    credentials: Vec<Slot>,
    groups: Vec<GroupIx>,
    /// Prefixes and principals whose acts changed, as [`Spreads`](super::spread::Spreads) keeps them.
    spreads: Vec<(SpreadKind, String)>,
}

/// By what an act on many credentials selects them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpreadKind {
    Prefix,
    Principal,
}

impl Changes {
    pub(super) fn credential(&mut self, slot: Slot) {
        if self.credentials.last() != Some(&slot) {
            self.credentials.push(slot);
        }
    }

    pub(super) fn group(&mut self, group: GroupIx) {
        if self.groups.last() != Some(&group) {
            self.groups.push(group);
        }
    }

    pub(super) fn spread(&mut self, selector: &Selector<'_>) {
        if let Some((kind, text)) = super::spread::key(selector) {
            self.acts(kind, text);
        }
    }

    pub(super) fn acts(&mut self, kind: SpreadKind, text: &str) {
        self.spreads.push((kind, text.to_owned()));
    }

    /// The credentials that changed, each once. What is not kept any more is gone.
    pub fn credentials(&mut self) -> &[Slot] {
        self.credentials.sort_unstable();
        self.credentials.dedup();
        &self.credentials
    }

    pub fn groups(&mut self) -> &[GroupIx] {
        self.groups.sort_unstable();
        self.groups.dedup();
        &self.groups
    }

    pub fn spreads(&mut self) -> &[(SpreadKind, String)] {
        self.spreads.sort_unstable();
        self.spreads.dedup();
        &self.spreads
    }
}
