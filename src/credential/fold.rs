//! One event into the facts of its realm: the only writer of the store.

use crate::credential::facts::{Facts, Flags, Standing};
use crate::credential::group::{GroupKind, NetKey};
use crate::credential::intern::Sym;
use crate::credential::rare::Refusal;
use crate::credential::slot::{GroupIx, Slot};
use crate::credential::spread::{Act, pathless_user};
use crate::credential::stamp::{EventRef, Stamp};
use crate::credential::store::Store;
use crate::event::{Action, Credential, Event, Label, Outcome, Target};
use crate::kind::{Class, Kind};
use crate::time::EventTime;

/// The network a caller stood in: its key, and whether it can be reached from the internet.
pub type SeenFrom = Option<(NetKey, bool)>;

/// A record, from where it was made and for whom, and the clock when it came in.
#[derive(Clone, Copy)]
struct Heard {
    stamp: Stamp,
    from: SeenFrom,
    principal: Option<Sym>,
    at: EventTime,
}

/// What an event changed, so that only that is judged again.
#[derive(Debug, Default)]
pub struct Touched {
    pub slot: Option<Slot>,
    /// Credentials changed by implication.
    pub others: Vec<Slot>,
    /// Credentials that turned out to be another one: nothing is at their slot any more.
    pub absorbed: Vec<Slot>,
    /// The kind of which it is the first that was seen used, where the use of that kind need not show.
    pub witnessed: Option<Kind>,
    pub principal: Option<GroupIx>,
    pub session: Option<GroupIx>,
}

impl Store {
    /// Folds one event that came in when the clock stood at `heard_at`.
    pub fn fold(&mut self, event: &Event<'_>, from: SeenFrom, heard_at: EventTime) -> Touched {
        let mut touched = Touched::default();
        let stamp = Stamp::new(event.at, EventRef { id: event.id, origin: event.origin });
        let principal = event.principal.as_ref().map(|principal| self.strings.intern(principal));
        let heard = Heard { stamp, from, principal, at: heard_at };
        match &event.target {
            Target::Credential(credential) if took_place(event) => {
                self.fold_credential(event, credential, heard, &mut touched);
            }
            Target::Selector(selector) if took_place(event) => {
                if let Some(act) = Act::of(event.action) {
                    touched.others = self.spread(selector, act, stamp, event.source);
                }
            }
            Target::Credential(_) | Target::Selector(_) | Target::None => {}
        }
        self.fold_groups(event, heard, &mut touched);
        touched
    }

    fn fold_credential(
        &mut self,
        event: &Event<'_>,
        credential: &Credential<'_>,
        heard: Heard,
        touched: &mut Touched,
    ) {
        let standing = if event.action == Action::Issued {
            Standing::Issued
        } else if credential.aliases.is_empty() {
            Standing::Named
        } else {
            Standing::Known
        };
        let resolved = self.resolve(credential, standing);
        let slot = resolved.slot;
        touched.slot = Some(slot);
        touched.absorbed = resolved.absorbed;
        let start = self.get(slot).map(Facts::start);
        let mut moved = self.fold_bonds(event, slot, heard.principal, standing) | resolved.renamed;
        self.fold_action(event, credential, slot, heard);
        touched.witnessed = self.witness(slot);
        moved |= self.get(slot).map(Facts::start) != start;
        if moved || !touched.absorbed.is_empty() {
            self.catch_up(slot, &mut touched.others);
        }
        if !touched.absorbed.is_empty() {
            self.end_children_of_joined(slot, &mut touched.others);
        }
    }

    /// Principal, place and parent. Returns whether one of them was news.
    fn fold_bonds(
        &mut self,
        event: &Event<'_>,
        slot: Slot,
        principal: Option<Sym>,
        standing: Standing,
    ) -> bool {
        let mut moved = false;
        if let Some(principal) = principal {
            let known = self.get(slot).map_or(Sym::NONE, |facts| facts.principal);
            if principal != known && self.is_better_holder(known, principal, standing) {
                self.set_principal(slot, principal);
                moved = true;
            }
        }
        if let Some(place) = &event.place {
            let place = self.strings.intern(place);
            if let Some(facts) = self.get_mut(slot)
                && facts.place == Sym::NONE
            {
                facts.place = place;
                moved = true;
            }
        }
        if let Some(parent) = &event.parent
            && self.get(slot).is_some_and(|facts| facts.parent == Slot::NONE)
        {
            let parent = self.resolve_parent(parent, event.source);
            self.attach(parent, slot);
            moved = true;
        }
        moved
    }

    /// Whether `principal` says better than `known` who holds a credential. Its issue says it best, but a
    /// request to make a key names the user without its path, and every use with it.
    fn is_better_holder(&self, known: Sym, principal: Sym, standing: Standing) -> bool {
        let (old, new) = (self.text(known), self.text(principal));
        if pathless_user(old).as_deref() == Some(new) {
            return false;
        }
        known == Sym::NONE || standing == Standing::Issued || pathless_user(new).as_deref() == Some(old)
    }

    fn fold_action(&mut self, event: &Event<'_>, credential: &Credential<'_>, slot: Slot, heard: Heard) {
        let stamp = heard.stamp;
        let version = credential.version.as_ref().map(|version| self.strings.intern(version));
        let owner = event.label(Label::Owner).map(|owner| self.strings.intern(owner));
        let at = event.at;
        let Some(facts) = self.get_mut(slot) else { return };
        if let Some(owner) = owner {
            facts.rare_mut().fold_owner(at, owner);
            facts.thresholds = u16::MAX;
        }
        match event.action {
            Action::Issued => {
                facts.fold_issue(at, stamp.by);
                if event.label(Label::Note) == Some("single_use") {
                    facts.flags.set(Flags::SINGLE_USE);
                }
                if let Some(version) = version {
                    facts.rare_mut().version_made(version, at);
                }
            }
            Action::Rotated => {
                facts.fold_rotation(at, stamp.by);
                if let Some(version) = version {
                    facts.rare_mut().version_made(version, at);
                }
            }
            Action::RotationFailed => facts.rare_mut().fold_rotation_failure(stamp),
            Action::Revoked if version.is_none() => facts.fold_revocation(at, stamp.by),
            // A session that is used up never comes back; everything else reached an end that can be put off.
            Action::Expired if facts.kind.class() == Class::Session => {
                facts.flags.set(Flags::SPENT);
                facts.fold_revocation(at, stamp.by);
            }
            Action::Expired => facts.fold_expiry(at),
            Action::Deactivated if version.is_none() => facts.rare_mut().fold_state(at, true, stamp.by),
            Action::Reactivated if version.is_none() => facts.rare_mut().fold_state(at, false, stamp.by),
            Action::Used | Action::SecretRead | Action::Denied => {
                let accepted = event.outcome != Outcome::Refused;
                self.fold_attempt(slot, stamp, heard.from, accepted, version, event.operation.privileged);
            }
            Action::Revoked
            | Action::Deactivated
            | Action::Reactivated
            | Action::Renewed
            | Action::Modified
            | Action::OwnerChanged
            | Action::PrivilegeChanged
            | Action::TrustChanged
            | Action::LoggingChanged
            | Action::Exposed
            | Action::GrantStarted
            | Action::GrantEnded => {}
        }
        self.fold_stated_times(event, slot);
    }

    fn fold_attempt(
        &mut self,
        slot: Slot,
        stamp: Stamp,
        from: SeenFrom,
        accepted: bool,
        version: Option<Sym>,
        privileged: bool,
    ) {
        let Some(facts) = self.get_mut(slot) else { return };
        if !accepted {
            let network = from.and_then(|(network, public)| public.then_some(network));
            facts.rare_mut().fold_refusal(Refusal { at: stamp.at, by: stamp.by, network });
            return;
        }
        if facts.end(stamp.at).is_some_and(|end| end.at < stamp.at) {
            let rare = facts.rare_mut();
            rare.uses_after_end = rare.uses_after_end.saturating_add(1);
        }
        facts.fold_use(stamp.at, stamp.by);
        if let Some(version) = version {
            facts.rare_mut().version_read(version, stamp);
        }
        if privileged && !facts.is_privileged() {
            facts.flags.set(Flags::PRIVILEGED);
            facts.thresholds = u16::MAX;
        }
    }

    fn fold_stated_times(&mut self, event: &Event<'_>, slot: Slot) {
        let Some(facts) = self.get_mut(slot) else { return };
        if let Some(issued_at) = event.issued_at {
            facts.fold_stated_issue(issued_at);
        }
        // The end that comes with a deactivation is that of a deletion which can still be taken back.
        if let Some(expires_at) = event.expires_at
            && event.action != Action::Deactivated
        {
            facts.fold_expiry(expires_at);
        }
    }

    fn fold_groups(&mut self, event: &Event<'_>, heard: Heard, touched: &mut Touched) {
        let from = heard.from;
        let accepted = event.outcome != Outcome::Refused;
        if let Some(name) = heard.principal {
            let group = self.group_of(GroupKind::Principal, name);
            self.describe_group(event, group, event.at);
            // Who makes or ends a credential of somebody else stands where the holder does not.
            if accepted
                && is_use(event.action)
                && let Some((network, _)) = from
            {
                self.fold_known(group, network, event.at);
            }
            if accepted && is_root_act(event) {
                self.group_mut(group).fold_root_use(heard.stamp, heard.at);
                touched.principal = Some(group);
            }
        }
        if let (Some(session), Some(_), true) =
            (event.label(Label::Session), event.label(Label::Instance), accepted)
            && let Some((network, public)) = from
            && is_use(event.action)
        {
            let name = self.strings.intern(session);
            let group = self.group_of(GroupKind::Session, name);
            self.group_mut(group).fold_network(network, public, heard.stamp, heard.at);
            touched.session = Some(group);
        }
    }

    fn describe_group(&mut self, event: &Event<'_>, group: GroupIx, at: EventTime) {
        if self.group(group).display_name == Sym::NONE
            && let Some(display_name) = event.label(Label::DisplayName)
        {
            self.group_mut(group).display_name = self.strings.intern(display_name);
        }
        if event.action == Action::OwnerChanged
            && let Some(owner) = event.label(Label::Owner)
        {
            let owner = self.strings.intern(owner);
            self.group_mut(group).fold_owner(at, owner);
            self.resolve_thresholds_anew(group);
        }
    }
}

/// An act as root. A record that makes something also gives the use that made it, so only uses are counted;
/// a root token that was generated without being shown is an act of its own.
fn is_root_act(event: &Event<'_>) -> bool {
    let generated = event.action == Action::Issued && event.principal.as_deref() == Some("root");
    let unseen = generated && matches!(event.target, Target::None);
    event.operation.privileged && (is_use(event.action) || unseen)
}

/// Whether an event changes anything. An act that did not succeed does not, but an attempt is a fact of its
/// own.
fn took_place(event: &Event<'_>) -> bool {
    let is_attempt = matches!(event.action, Action::Used | Action::Denied | Action::RotationFailed);
    is_attempt || event.outcome == Outcome::Success
}

fn is_use(action: Action) -> bool {
    matches!(action, Action::Used | Action::SecretRead | Action::Denied)
}
