//! The names credentials are known by, and which of them is meant.
//!
//! One credential has several names, and records seldom use the same one twice: a Vault token is its
//! accessor, the hash of its outer and of its inner form. Whenever one record gives two names, they are the
//! same credential.

use core::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::credential::intern::Sym;
use crate::credential::slot::Slot;
use crate::event::NameSpace;
use crate::kind::{KINDS, Kind};

/// Within which names are unique. Handles share one space; ids have one per family of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Space(u8);

impl Space {
    /// The space of a name of a credential of `kind`. Long-term and temporary AWS keys share theirs; so do
    /// secrets and certificates of an Entra application, which a sign-in does not always tell apart, and the
    /// secrets of a Kubernetes cluster, whose type only the body of a request has.
    #[must_use]
    pub fn of(space: NameSpace, kind: Kind) -> Self {
        match (space, kind) {
            (NameSpace::Handle, _) => Self(u8::MAX),
            (NameSpace::Id, Kind::AwsRoleSession | Kind::AwsUserSession) => Self(Kind::AwsAccessKey as u8),
            (NameSpace::Id, Kind::AzureAppCertificate) => Self(Kind::AzureAppSecret as u8),
            (NameSpace::Id, Kind::KubernetesTokenSecret | Kind::KubernetesBootstrapToken) => {
                Self(Kind::KubernetesSecret as u8)
            }
            (NameSpace::Id, kind) => Self(kind as u8),
        }
    }
}

impl Space {
    /// The name of the kind whose ids it holds; empty for handles.
    #[must_use]
    pub fn name(self) -> &'static str {
        KINDS.get(usize::from(self.0)).map_or("", |row| row.name)
    }

    /// The space that [`Space::name`] names.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        if name.is_empty() { Some(Self(u8::MAX)) } else { Kind::parse(name).map(|kind| Self(kind as u8)) }
    }
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    sym: Sym,
    space: Space,
    slot: Slot,
    /// The next name of the same credential.
    next: u32,
}

const NO_ENTRY: u32 = u32::MAX;

/// Every name of every credential of a realm.
#[derive(Debug, Default)]
pub struct Names {
    entries: Vec<Entry>,
    free: Vec<u32>,
    index: HashTable<u32>,
    /// The first name of each slot.
    heads: Vec<u32>,
}

fn hash(sym: Sym, space: Space) -> u64 {
    FixedState::default().hash_one((sym, space))
}

impl Names {
    #[must_use]
    pub fn find(&self, sym: Sym, space: Space) -> Option<Slot> {
        let same =
            |&at: &u32| self.entries[at as usize].sym == sym && self.entries[at as usize].space == space;
        self.index.find(hash(sym, space), same).map(|&at| self.entries[at as usize].slot)
    }

    /// Makes `sym` a name of `slot`. It must not be a name of another credential.
    pub fn insert(&mut self, sym: Sym, space: Space, slot: Slot) {
        if slot.index() >= self.heads.len() {
            self.heads.resize(slot.index() + 1, NO_ENTRY);
        }
        let entry = Entry { sym, space, slot, next: self.heads[slot.index()] };
        let at = self.free.pop().unwrap_or_else(|| {
            self.entries.push(entry);
            u32::try_from(self.entries.len() - 1).unwrap_or_else(|_| unreachable!("fewer than 2^32 names"))
        });
        self.entries[at as usize] = entry;
        self.heads[slot.index()] = at;
        let entries = &self.entries;
        let rehash = |&at: &u32| hash(entries[at as usize].sym, entries[at as usize].space);
        self.index.insert_unique(hash(sym, space), at, rehash);
    }

    /// Gives all names of `from` to `into`.
    pub fn merge(&mut self, into: Slot, from: Slot) {
        let mut at = std::mem::replace(&mut self.heads[from.index()], NO_ENTRY);
        while at != NO_ENTRY {
            let entry = &mut self.entries[at as usize];
            entry.slot = into;
            let next = std::mem::replace(&mut entry.next, self.heads[into.index()]);
            self.heads[into.index()] = at;
            at = next;
        }
    }

    /// Forgets all names of `slot`.
    pub fn remove(&mut self, slot: Slot) {
        let mut at = std::mem::replace(&mut self.heads[slot.index()], NO_ENTRY);
        while at != NO_ENTRY {
            let entry = self.entries[at as usize];
            if let Ok(found) = self.index.find_entry(hash(entry.sym, entry.space), |&other| other == at) {
                found.remove();
            }
            self.free.push(at);
            at = entry.next;
        }
    }

    /// All names of `slot`.
    pub fn of(&self, slot: Slot) -> impl Iterator<Item = Sym> + '_ {
        self.spaced(slot).map(|(sym, _)| sym)
    }

    /// All names of `slot`, with the space of each.
    pub fn spaced(&self, slot: Slot) -> impl Iterator<Item = (Sym, Space)> + '_ {
        let mut at = self.heads.get(slot.index()).copied().unwrap_or(NO_ENTRY);
        std::iter::from_fn(move || {
            let entry = self.entries.get(at as usize)?;
            at = entry.next;
            Some((entry.sym, entry.space))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_of_a_cluster_has_one_name_whatever_its_type_is_known_to_be() {
        let space = |kind| Space::of(NameSpace::Id, kind);
        for kind in [Kind::KubernetesTokenSecret, Kind::KubernetesBootstrapToken] {
            assert_eq!(space(kind), space(Kind::KubernetesSecret));
        }
        assert_ne!(space(Kind::KubernetesCertificateRequest), space(Kind::KubernetesSecret));
        assert_eq!(
            Space::named(space(Kind::KubernetesTokenSecret).name()),
            Some(space(Kind::KubernetesSecret))
        );
    }
}
