//! The credentials and groups of one realm: a slab with indexes. Only `fold` writes to it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use hashbrown::hash_map::Entry;

use crate::credential::Map;
use crate::credential::changes::Changes;
use crate::credential::facts::{Facts, Standing};
use crate::credential::group::{Group, GroupKind, NetKey};
use crate::credential::image::ImageError;
use crate::credential::intern::{Strings, Sym};
use crate::credential::members::Members;
use crate::credential::names::{Names, Space};
use crate::credential::slot::{GroupIx, Slot};
use crate::credential::spread::Spreads;
use crate::credential::witness::Witnesses;
use crate::event::{Credential, Name};
use crate::kind::{Class, Kind};
use crate::limits::NAMES_PER_CREDENTIAL_MAX;
use crate::stream::SourceName;
use crate::time::EventTime;

/// The credential that a record names.
pub(super) struct Resolved {
    pub slot: Slot,
    /// Slots that turned out to be the same credential: nothing is there any more.
    pub absorbed: Vec<Slot>,
    /// It has a name that it did not have before.
    pub renamed: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Store {
    pub(super) strings: Strings,
    slots: Vec<Option<Facts>>,
    /// Places that can be taken again, the first in front: which one is taken next depends on nothing else.
    free: BinaryHeap<Reverse<Slot>>,
    pub(super) names: Names,
    /// What each credential minted.
    children: Map<Slot, Members>,
    groups: Vec<Group>,
    group_index: Map<(GroupKind, Sym), GroupIx>,
    pub(super) spreads: Spreads,
    pub(super) witnesses: Witnesses,
    /// What changed since it was last asked, where somebody asks.
    pub(super) changes: Option<Box<Changes>>,
}

impl Store {
    /// The facts of `slot`, if it is still kept.
    #[must_use]
    pub fn get(&self, slot: Slot) -> Option<&Facts> {
        self.slots.get(slot.index())?.as_ref()
    }

    pub fn get_mut(&mut self, slot: Slot) -> Option<&mut Facts> {
        self.note(slot);
        self.slots.get_mut(slot.index())?.as_mut()
    }

    /// Remembers which thresholds hold for `slot`: no fact, and worked out again after a restart.
    pub fn set_thresholds(&mut self, slot: Slot, thresholds: u16) {
        if let Some(facts) = self.slots.get_mut(slot.index()).and_then(Option::as_mut) {
            facts.thresholds = thresholds;
        }
    }

    pub fn set_group_thresholds(&mut self, group: GroupIx, thresholds: u16) {
        self.groups[group.index()].thresholds = thresholds;
    }

    /// Forgets which thresholds hold for whom: the policy is another one.
    pub fn forget_thresholds(&mut self) {
        self.slots.iter_mut().flatten().for_each(|facts| facts.thresholds = u16::MAX);
        self.groups.iter_mut().for_each(|group| group.thresholds = u16::MAX);
    }

    /// From now on remembers what changes.
    pub fn keep_changes(&mut self) {
        self.changes.get_or_insert_default();
    }

    /// What changed since this was last asked; nothing where nobody said that they would ask.
    pub fn take_changes(&mut self) -> Changes {
        self.changes.as_deref_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Takes all there is for changed.
    pub fn note_all(&mut self) {
        let mut changes = Changes::default();
        self.credentials().for_each(|(slot, _)| changes.credential(slot));
        self.groups().for_each(|(group, _)| changes.group(group));
        self.spreads.keys().for_each(|(kind, text)| changes.acts(kind, text));
        self.changes = Some(Box::new(changes));
    }

    /// Remembers that something is to be written out again that is kept of a credential elsewhere.
    pub fn note(&mut self, slot: Slot) {
        if let Some(changes) = &mut self.changes {
            changes.credential(slot);
        }
    }

    /// Likewise of a group.
    pub fn note_group(&mut self, group: GroupIx) {
        if let Some(changes) = &mut self.changes {
            changes.group(group);
        }
    }

    /// The number of `text`, made if it is new.
    pub fn intern(&mut self, text: &str) -> Sym {
        self.strings.intern(text)
    }

    #[must_use]
    pub fn text(&self, sym: Sym) -> &str {
        self.strings.text(sym)
    }

    /// How many credentials are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All credentials that are kept, in no order that may reach output.
    pub fn credentials(&self) -> impl Iterator<Item = (Slot, &Facts)> {
        self.slots.iter().zip(0u32..).filter_map(|(facts, at)| Some((Slot::at(at), facts.as_ref()?)))
    }

    /// The names of a credential other than the one it is shown by.
    pub fn aliases(&self, slot: Slot) -> impl Iterator<Item = &str> {
        let shown = self.get(slot).map_or(Sym::NONE, |facts| facts.name);
        self.names.of(slot).filter(move |&sym| sym != shown).map(|sym| self.text(sym))
    }

    /// Durable credentials of the same kind and principal as `slot`, itself included, by their places.
    pub fn siblings(&self, slot: Slot) -> impl Iterator<Item = (Slot, &Facts)> {
        let facts = self.get(slot);
        let kind = facts.map(|facts| facts.kind);
        let principal = facts.map_or(Sym::NONE, |facts| facts.principal);
        let held = self.principal(principal).map_or(&[][..], |holder| holder.held.entries());
        Members::in_order(held)
            .into_iter()
            .filter_map(move |slot| Some((slot, self.get(slot)?)))
            .filter(move |(_, facts)| Some(facts.kind) == kind && facts.principal == principal)
    }

    #[must_use]
    pub fn group(&self, group: GroupIx) -> &Group {
        &self.groups[group.index()]
    }

    /// Every group, in the order they were made.
    pub fn groups(&self) -> impl Iterator<Item = (GroupIx, &Group)> {
        (0u32..).map(GroupIx::at).zip(&self.groups)
    }

    pub fn group_mut(&mut self, group: GroupIx) -> &mut Group {
        self.note_group(group);
        &mut self.groups[group.index()]
    }

    /// What a principal holds, which is worked out of what each credential says.
    fn held_mut(&mut self, group: GroupIx) -> &mut Members {
        &mut self.groups[group.index()].held
    }

    /// A use by `principal` from `network`; mostly one that is known.
    pub(super) fn fold_known(&mut self, principal: GroupIx, network: NetKey, at: EventTime) {
        if self.groups[principal.index()].fold_known(network, at) {
            self.note_group(principal);
        }
    }

    /// The group of a principal, if anything is known of it.
    #[must_use]
    pub fn principal(&self, principal: Sym) -> Option<&Group> {
        let group = self.group_index.get(&(GroupKind::Principal, principal))?;
        Some(self.group(*group))
    }

    pub(super) fn group_of(&mut self, kind: GroupKind, name: Sym) -> GroupIx {
        let group = match self.group_index.entry((kind, name)) {
            Entry::Occupied(entry) => return *entry.get(),
            Entry::Vacant(entry) => {
                let at = u32::try_from(self.groups.len())
                    .unwrap_or_else(|_| unreachable!("fewer than 2^32 groups"));
                self.groups.push(Group::new(kind, name));
                *entry.insert(GroupIx::at(at))
            }
        };
        self.note_group(group);
        group
    }

    /// The slot of a name, if it is known.
    #[must_use]
    pub fn find(&self, name: &Name<'_>, kind: Kind) -> Option<Slot> {
        let sym = self.strings.find(&name.text)?;
        self.names.find(sym, Space::of(name.space, kind))
    }

    /// The one credential that `credential` names, made if it is new. Names that turn out to be of one
    /// credential join it.
    pub(super) fn resolve(&mut self, credential: &Credential<'_>, standing: Standing) -> Resolved {
        let kind = credential.kind;
        let shown = self.strings.intern(&credential.name.text);
        let mut known = self.names.find(shown, Space::of(credential.name.space, kind));
        let mut absorbed = Vec::new();
        let mut all_known = known.is_some();
        for alias in &credential.aliases {
            match (self.find(alias, kind), known) {
                (None, _) => all_known = false,
                (Some(found), None) => known = Some(found),
                (Some(found), Some(slot)) if found != slot => {
                    self.absorb(slot, found);
                    absorbed.push(found);
                }
                (Some(_), Some(_)) => {}
            }
        }
        let slot = known.unwrap_or_else(|| self.make(kind));
        let renamed = !all_known && self.add_names(slot, credential);
        self.settle_identity(slot, shown, kind, standing);
        Resolved { slot, absorbed, renamed }
    }

    /// The slot of a parent, which may be known by this name only, and then is what mints credentials in the
    /// log of `source`.
    pub(super) fn resolve_parent(&mut self, name: &Name<'_>, source: SourceName) -> Slot {
        let kind = Kind::minter_in(source);
        self.find(name, kind).unwrap_or_else(|| {
            let standing = Standing::Guessed;
            self.resolve(
                &Credential { kind, name: name.clone(), aliases: Vec::new(), version: None },
                standing,
            )
            .slot
        })
    }

    fn make(&mut self, kind: Kind) -> Slot {
        let facts = Some(Facts::new(kind, Sym::NONE));
        if let Some(Reverse(slot)) = self.free.pop() {
            self.slots[slot.index()] = facts;
            return slot;
        }
        let at =
            u32::try_from(self.slots.len()).unwrap_or_else(|_| unreachable!("fewer than 2^32 credentials"));
        self.slots.push(facts);
        Slot::at(at)
    }

    /// Puts `facts` at `slot`, which nothing holds.
    pub(super) fn place(&mut self, slot: Slot, facts: Facts) -> Result<(), ImageError> {
        if slot.index() >= self.slots.len() {
            self.slots.resize_with(slot.index() + 1, || None);
        }
        let place = &mut self.slots[slot.index()];
        if place.is_some() {
            return Err(ImageError::Taken);
        }
        *place = Some(facts);
        Ok(())
    }

    /// Works out, of all that was put back, which places are free, who minted and who holds what.
    pub(super) fn connect_credentials(&mut self) {
        let slots = std::mem::take(&mut self.slots);
        for (slot, facts) in (0u32..).map(Slot::at).zip(&slots) {
            let Some(facts) = facts else {
                self.free.push(Reverse(slot));
                continue;
            };
            if facts.parent != Slot::NONE {
                self.children.entry(facts.parent).or_default().push(slot);
            }
            if facts.kind.class() == Class::Durable && facts.principal != Sym::NONE {
                let holder = self.group_of(GroupKind::Principal, facts.principal);
                self.held_mut(holder).push(slot);
            }
        }
        self.slots = slots;
    }

    /// Returns whether one of the names was news.
    fn add_names(&mut self, slot: Slot, credential: &Credential<'_>) -> bool {
        let mut renamed = false;
        for name in std::iter::once(&credential.name).chain(&credential.aliases) {
            let sym = self.strings.intern(&name.text);
            let space = Space::of(name.space, credential.kind);
            let new = sym != Sym::NONE && self.names.find(sym, space).is_none();
            if new && self.names.of(slot).take(NAMES_PER_CREDENTIAL_MAX).count() < NAMES_PER_CREDENTIAL_MAX {
                self.note(slot);
                self.names.insert(sym, space, slot);
                renamed = true;
            }
        }
        renamed
    }

    /// The record that knows most of a credential decides how it is shown and what kind it is.
    fn settle_identity(&mut self, slot: Slot, name: Sym, kind: Kind, standing: Standing) {
        if name == Sym::NONE {
            return;
        }
        let Some(facts) = self.slots.get(slot.index()).and_then(Option::as_ref) else { return };
        if facts.name == Sym::NONE || self.shows_better((standing, name), facts) {
            self.show(slot, name, kind, standing);
        }
    }

    /// Whether a record of `standing` decides how `facts` are shown; among equals the smallest name does.
    fn shows_better(&self, (standing, name): (Standing, Sym), facts: &Facts) -> bool {
        let known = facts.flags.standing();
        let smaller = || self.strings.text(name) < self.strings.text(facts.name);
        standing > known || (standing == known && name != facts.name && smaller())
    }

    fn show(&mut self, slot: Slot, name: Sym, kind: Kind, standing: Standing) {
        if let Some(facts) = self.get_mut(slot) {
            (facts.name, facts.kind) = (name, kind);
            facts.flags.set_standing(standing);
            // Policy selects by both.
            facts.thresholds = u16::MAX;
        }
    }

    /// Joins `from` into `into`.
    fn absorb(&mut self, into: Slot, from: Slot) {
        let Some(other) = self.slots[from.index()].take() else { return };
        self.note(from);
        self.note(into);
        self.names.merge(into, from);
        self.leave_siblings(&other);
        for child in self.children(from) {
            self.attach(into, child);
        }
        self.children.remove(&from);
        let parent = other.parent;
        self.detach(parent);
        let (principal, place, standing) = (other.principal, other.place, other.flags.standing());
        let (name, kind) = (other.name, other.kind);
        if self.get(into).is_some_and(|facts| self.shows_better((standing, name), facts)) {
            self.show(into, name, kind, standing);
        }
        if let Some(facts) = self.get_mut(into) {
            facts.place = facts.place.some().unwrap_or(place);
            facts.merge(other);
            // Owner and privilege may be the other's, and policy selects by both.
            facts.thresholds = u16::MAX;
        }
        if self.get(into).is_some_and(|facts| facts.principal == Sym::NONE) {
            self.set_principal(into, principal);
        }
        if self.get(into).is_some_and(|facts| facts.parent == Slot::NONE) && parent != into {
            self.attach(parent, into);
        }
        self.lose_witness(from);
        self.free.push(Reverse(from));
    }

    /// Sets who holds `slot`.
    pub(super) fn set_principal(&mut self, slot: Slot, principal: Sym) {
        let Some(mut facts) = self.slots.get_mut(slot.index()).and_then(Option::take) else { return };
        self.note(slot);
        self.leave_siblings(&facts);
        facts.principal = principal;
        facts.thresholds = u16::MAX;
        if facts.kind.class() == Class::Durable && principal != Sym::NONE {
            let holder = self.group_of(GroupKind::Principal, principal);
            self.held_mut(holder).push(slot);
        }
        self.slots[slot.index()] = Some(facts);
    }

    /// What the policy selects a principal by has changed.
    pub(super) fn resolve_thresholds_anew(&mut self, principal: GroupIx) {
        let group = &mut self.groups[principal.index()];
        group.thresholds = u16::MAX;
        for facts in self.slots.iter_mut().flatten().filter(|facts| facts.principal == group.name) {
            facts.thresholds = u16::MAX;
        }
    }

    fn leave_siblings(&mut self, facts: &Facts) {
        let Some(&holder) = self.group_index.get(&(GroupKind::Principal, facts.principal)) else { return };
        let mut held = std::mem::take(self.held_mut(holder));
        held.leave(|other| self.get(other).is_some_and(|other| other.principal == facts.principal));
        *self.held_mut(holder) = held;
    }

    /// Whether anything that is still kept was minted by it.
    #[must_use]
    pub fn has_children(&self, parent: Slot) -> bool {
        self.children.contains_key(&parent) && !self.children(parent).is_empty()
    }

    /// What a credential minted, as far as it is still kept, by their places.
    pub(super) fn children(&self, parent: Slot) -> Vec<Slot> {
        let is_child = |child: Slot| self.get(child).is_some_and(|facts| facts.parent == parent);
        let entries = self.children.get(&parent).map_or(&[][..], Members::entries);
        Members::in_order(entries).into_iter().filter(|&child| is_child(child)).collect()
    }

    pub(super) fn attach(&mut self, parent: Slot, child: Slot) {
        if parent == Slot::NONE || parent == child {
            return;
        }
        if let Some(facts) = self.get_mut(child) {
            facts.parent = parent;
            self.children.entry(parent).or_default().push(child);
        }
    }

    fn detach(&mut self, parent: Slot) {
        let Some(mut minted) = self.children.remove(&parent) else { return };
        minted.leave(|child| self.get(child).is_some_and(|facts| facts.parent == parent));
        self.children.insert(parent, minted);
    }

    /// Forgets a credential: its time of retention is over. Returns its kind where it was the last of it that
    /// showed that uses are seen.
    pub fn forget(&mut self, slot: Slot) -> Option<Kind> {
        let facts = self.slots[slot.index()].take()?;
        self.note(slot);
        self.names.remove(slot);
        self.leave_siblings(&facts);
        self.detach(facts.parent);
        for child in self.children(slot) {
            if let Some(child) = self.get_mut(child) {
                child.parent = Slot::NONE;
            }
        }
        self.children.remove(&slot);
        self.free.push(Reverse(slot));
        self.lose_witness(slot)
    }
}
