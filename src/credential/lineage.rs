//! What ends with what: children with their parent, everything under a prefix, all that a principal holds.

use crate::credential::intern::Sym;
use crate::credential::rare::{Cascade, Rare};
use crate::credential::slot::Slot;
use crate::credential::spread::{Act, is_under, pathless_user};
use crate::credential::stamp::Stamp;
use crate::credential::store::Store;
use crate::event::Selector;
use crate::kind::Kind;
use crate::stream::SourceName;

/// Deepest lineage that is followed. Vault itself refuses to nest tokens without end.
const DEPTH_MAX: u32 = 32;

impl Store {
    /// Applies an act on many credentials and returns those it changed.
    pub(super) fn spread(
        &mut self,
        selector: &Selector<'_>,
        act: Act,
        stamp: Stamp,
        source: SourceName,
    ) -> Vec<Slot> {
        if let Selector::Parent { parent, spare_tokens } = selector {
            let parent = self.resolve_parent(parent, source);
            let mut changed = Vec::new();
            if act == Act::Revoke {
                self.end_children(
                    parent,
                    Cascade { stamp, spare_tokens: *spare_tokens },
                    &mut changed,
                    DEPTH_MAX,
                );
            }
            return changed;
        }
        self.spreads.insert(selector, act, stamp);
        if let Some(changes) = &mut self.changes {
            changes.spread(selector);
        }
        let reached = self.reached_by(selector, stamp);
        let mut changed = Vec::new();
        for slot in reached {
            self.apply(slot, act, stamp, &mut changed);
        }
        changed
    }

    fn reached_by(&self, selector: &Selector<'_>, stamp: Stamp) -> Vec<Slot> {
        let matches = |slot: Slot, principal: Sym, place: Sym| match selector {
            Selector::Prefix(prefix) | Selector::Mount(prefix) => {
                is_under(self.text(place), prefix)
                    || self.names.of(slot).any(|name| is_under(self.text(name), prefix))
            }
            Selector::Principal(wanted) => {
                let holder = self.text(principal);
                holder == wanted.as_str() || pathless_user(holder).as_deref() == Some(wanted.as_str())
            }
            Selector::Parent { .. } => false,
        };
        self.credentials()
            .filter(|(slot, facts)| facts.start() <= stamp.at && matches(*slot, facts.principal, facts.place))
            .map(|(slot, _)| slot)
            .collect()
    }

    fn apply(&mut self, slot: Slot, act: Act, stamp: Stamp, changed: &mut Vec<Slot>) {
        match act {
            Act::Revoke => self.imply_end(slot, stamp, changed, DEPTH_MAX),
            Act::Deactivate | Act::Reactivate => {
                if let Some(facts) = self.get_mut(slot) {
                    facts.rare_mut().fold_state(stamp.at, act == Act::Deactivate, stamp.by);
                    changed.push(slot);
                }
            }
        }
    }

    /// Ends `slot` by implication, and what it minted with it.
    fn imply_end(&mut self, slot: Slot, stamp: Stamp, changed: &mut Vec<Slot>, depth: u32) {
        let Some(facts) = self.get_mut(slot) else { return };
        if facts.start() > stamp.at || !facts.is_of_this_life(stamp.at) {
            return;
        }
        let stale = facts.implied_end().is_none();
        if facts.rare_mut().fold_implied(stamp, stale) {
            changed.push(slot);
        }
        if matches!(facts.kind, Kind::VaultToken | Kind::VaultBatchToken) {
            self.end_children(slot, Cascade { stamp, spare_tokens: false }, changed, depth);
        }
    }

    fn end_children(&mut self, parent: Slot, cascade: Cascade, changed: &mut Vec<Slot>, depth: u32) {
        // What is known already has reached them, and those that came later caught up with it.
        if depth > 0 && self.get_mut(parent).is_some_and(|facts| facts.rare_mut().fold_cascade(cascade)) {
            self.end_each_child(parent, cascade, changed, depth);
        }
    }

    fn end_each_child(&mut self, parent: Slot, cascade: Cascade, changed: &mut Vec<Slot>, depth: u32) {
        for child in self.children(parent) {
            if !(cascade.spare_tokens && self.is_token(child)) {
                self.imply_end(child, cascade.stamp, changed, depth - 1);
            }
        }
    }

    /// Two names turned out to be one credential: if it had ended under one, what it minted under the other
    /// ended too.
    pub(super) fn end_children_of_joined(&mut self, slot: Slot, changed: &mut Vec<Slot>) {
        for cascade in self.cascades(slot).to_vec() {
            self.end_each_child(slot, cascade, changed, DEPTH_MAX);
        }
    }

    fn is_token(&self, slot: Slot) -> bool {
        self.get(slot).is_some_and(|facts| facts.kind == Kind::VaultToken)
    }

    /// Applies every act that reached `slot` before it, or enough of it, was known.
    pub(super) fn catch_up(&mut self, slot: Slot, changed: &mut Vec<Slot>) {
        let Some(facts) = self.get(slot) else { return };
        let start = facts.start();
        let is_token = facts.kind == Kind::VaultToken;
        let inherited =
            self.cascades(facts.parent).iter().filter(|cascade| !(cascade.spare_tokens && is_token));
        let mut acts: Vec<(Stamp, Act)> = inherited.map(|cascade| (cascade.stamp, Act::Revoke)).collect();
        if !self.spreads.is_empty() {
            let names = self.names.of(slot).chain([facts.place]);
            let names: Vec<&str> = names.map(|name| self.text(name)).collect();
            acts.extend(self.spreads.reaching(&names, self.text(facts.principal)));
        }
        for (stamp, act) in acts {
            if stamp.at >= start {
                self.apply(slot, act, stamp, changed);
            }
        }
    }

    fn cascades(&self, slot: Slot) -> &[Cascade] {
        self.get(slot).and_then(|facts| facts.rare.as_deref()).map_or(&[], Rare::cascades)
    }
}
