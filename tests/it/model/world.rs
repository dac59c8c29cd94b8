//! The memory of the naive model: every record it was told of, and which of them speak of the same
//! credential.
//!
//! Nothing is kept but the records. Whatever is asked is computed from all of them, each time.

use std::collections::{BTreeMap, BTreeSet};

use tenure::event::{Action, Outcome};
use tenure::kind::{Class, Kind};

use super::history::{About, DAY, HOUR, Happening, NameText, Seconds, Step, Stretch, shown};

/// A record, and the clock when it came.
#[derive(Debug, Clone)]
pub struct Told {
    pub what: Happening,
    pub heard_at: Seconds,
}

/// All records of all realms.
#[derive(Debug, Default)]
pub struct World {
    pub realms: BTreeMap<&'static str, Vec<Told>>,
    pub gaps: Vec<Stretch>,
    pub clock: Seconds,
    /// Names of sessions that are no longer remembered, by realm.
    forgotten: BTreeSet<(&'static str, Key)>,
}

/// A name with the space it is unique in.
type Key = (&'static str, &'static str);

fn key(text: NameText, kind: Kind) -> Key {
    if text.starts_with('@') {
        return ("handle", shown(text));
    }
    let shares_space = matches!(kind, Kind::AwsRoleSession | Kind::AwsUserSession);
    (if shares_space { Kind::AwsAccessKey.name() } else { kind.name() }, text)
}

/// A parent is named by a handle, or by the id of an AWS key.
fn parent_key(text: NameText) -> Key {
    key(text, Kind::AwsAccessKey)
}

impl World {
    pub fn step(&mut self, step: &Step) {
        match step {
            Step::Tell(what) => {
                self.clock = self.clock.max(what.at);
                let known = self.realms.get(what.realm).into_iter().flatten();
                if known.map(|told| told.what.number).any(|number| number == what.number) {
                    return;
                }
                let told = Told { what: what.clone(), heard_at: self.clock };
                self.realms.entry(what.realm).or_default().push(told);
            }
            Step::Advance(at) => self.clock = self.clock.max(*at),
            Step::Gaps(gaps) => self.gaps.clone_from(gaps),
        }
    }

    /// How much of `[from, to]` no log covers. Gaps may overlap.
    pub fn uncovered(&self, from: Seconds, to: Seconds) -> Seconds {
        let mut edges: Vec<Seconds> = self.gaps.iter().flat_map(|&(from, to)| [from, to]).collect();
        edges.extend([from, to]);
        edges.sort_unstable();
        let inside = |a: Seconds, b: Seconds| {
            from <= a && b <= to && self.gaps.iter().any(|&(start, end)| start <= a && b <= end)
        };
        edges.windows(2).filter(|pair| inside(pair[0], pair[1])).map(|pair| pair[1] - pair[0]).sum()
    }

    pub fn lives(&self, realm: &'static str) -> Lives<'_> {
        let told = self.realms.get(realm).map_or(&[][..], Vec::as_slice);
        Lives { told, all: gather(told) }
    }

    /// Lets time pass, and notes which sessions are no longer remembered by then. What is learned of them
    /// later does not bring them back.
    pub fn forget(&mut self, at: Seconds) {
        self.clock = self.clock.max(at);
        let mut forgotten = BTreeSet::new();
        for realm in self.realms.keys() {
            let lives = self.lives(realm);
            let over = |life: &&Life<'_>| {
                lives.kept_until(life, self.clock).is_some_and(|until| until <= self.clock)
            };
            let keys = lives.all.iter().filter(over).flat_map(|life| &life.keys);
            forgotten.extend(keys.map(|key| (*realm, *key)));
        }
        self.forgotten.append(&mut forgotten);
    }

    /// Whether a record speaks of a session that is no longer remembered, or may do so: then the engine
    /// begins anew, and the model, which keeps all, has no say.
    pub fn has_forgotten(&self, what: &Happening) -> bool {
        let mut named = keys_of(what).chain(what.parent.map(parent_key));
        let in_realm = self.forgotten.iter().any(|(realm, _)| *realm == what.realm);
        (what.about.is_selector() && in_realm) || named.any(|key| self.forgotten.contains(&(what.realm, key)))
    }
}

fn keys_of(what: &Happening) -> impl Iterator<Item = Key> {
    let credential = what.about.credential().into_iter();
    credential.flat_map(|(kind, names, _)| names.iter().map(move |name| key(name, kind)))
}

/// One credential: all records that share a name, directly or through others.
#[derive(Debug)]
pub struct Life<'w> {
    keys: BTreeSet<Key>,
    pub told: Vec<&'w Told>,
    pub kind: Kind,
    pub name: &'static str,
}

fn gather(told: &[Told]) -> Vec<Life<'_>> {
    let mut groups: Vec<(BTreeSet<Key>, Vec<&Told>)> = Vec::new();
    let facts = told.iter().filter(|told| told.what.about.credential().is_some() && told.what.took_place());
    for told in facts {
        let mut keys: BTreeSet<Key> = keys_of(&told.what).collect();
        let (same, others): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|(known, _)| !known.is_disjoint(&keys));
        let mut records = Vec::new();
        for (known, of_it) in same {
            keys.extend(known);
            records.extend(of_it);
        }
        records.push(told);
        groups = others;
        groups.push((keys, records));
    }
    groups.into_iter().map(|(keys, told)| Life::new(keys, told)).collect()
}

impl<'w> Life<'w> {
    /// Shown as the record that knows most of it shows it: its issue, then one with several names, then any;
    /// among equals the smallest name.
    fn new(keys: BTreeSet<Key>, told: Vec<&'w Told>) -> Self {
        let best = told.iter().filter_map(|told| {
            let (kind, names, _) = told.what.about.credential()?;
            let rank = if told.what.action == Action::Issued { 0 } else { 1 + u8::from(names.len() == 1) };
            Some((rank, shown(names[0]), kind))
        });
        let (_, name, kind) = best.min().unwrap();
        Self { keys, told, kind, name }
    }

    pub fn class(&self) -> Class {
        self.kind.class()
    }

    fn times(&self, action: Action) -> impl Iterator<Item = Seconds> + '_ {
        self.told.iter().filter(move |told| told.what.action == action).map(|told| told.what.at)
    }

    pub fn version_of(told: &Told) -> Option<&'static str> {
        told.what.about.credential().and_then(|(_, _, version)| version)
    }

    /// The latest issue that was seen, else the latest one that a record states.
    pub fn issued(&self) -> Option<Seconds> {
        let stated = || self.told.iter().filter_map(|told| told.what.issued_at).max();
        self.times(Action::Issued).max().or_else(stated)
    }

    /// Accepted uses, of whatever life.
    pub fn uses(&self) -> impl Iterator<Item = &Told> + '_ {
        self.attempts().filter(|told| told.what.is_accepted())
    }

    fn attempts(&self) -> impl Iterator<Item = &'w Told> + '_ {
        let is_attempt =
            |told: &&Told| matches!(told.what.action, Action::Used | Action::SecretRead | Action::Denied);
        self.told.iter().copied().filter(is_attempt)
    }

    /// The latest eight refused attempts: no more are remembered.
    pub fn refusals(&self) -> Vec<&'w Told> {
        let mut refused: Vec<_> =
            self.attempts().filter(|told| told.what.outcome == Outcome::Refused).collect();
        refused.sort_by_key(|told| (told.what.at, told.what.id()));
        refused.dedup_by_key(|told| told.what.number);
        refused.split_off(refused.len().saturating_sub(8))
    }

    pub fn first_use(&self) -> Option<Seconds> {
        self.uses().map(|told| told.what.at).min()
    }

    /// The last use since its latest issue: what was used before was another credential of the same name.
    pub fn last_use(&self) -> Option<Seconds> {
        self.uses().map(|told| told.what.at).filter(|at| Some(*at) >= self.issued()).max()
    }

    /// The issue, else the first use, or the last rotation if nothing used it before.
    pub fn start(&self) -> Option<Seconds> {
        self.issued().or_else(|| [self.first_use(), self.rotated()].into_iter().flatten().min())
    }

    /// Whether an end at `at` ends the life that began with the latest issue. A path or a user name that is
    /// made again in the second of its end lives.
    fn is_of_this_life(&self, at: Seconds) -> bool {
        let made_again = self.kind.row().made_again && self.times(Action::Issued).next().is_some();
        if made_again { Some(at) > self.issued() } else { Some(at) >= self.issued() }
    }

    pub fn rotated(&self) -> Option<Seconds> {
        self.times(Action::Rotated).max()
    }

    /// When the present version of it was made.
    pub fn made(&self) -> Option<Seconds> {
        self.rotated().max(self.issued())
    }

    /// The first and the last failed rotation.
    pub fn rotation_failed(&self) -> Option<(Seconds, Seconds)> {
        Some((self.times(Action::RotationFailed).min()?, self.times(Action::RotationFailed).max()?))
    }

    /// The end of a deletion that can be taken back is no end of the credential; nor is one that was stated
    /// before its name was made again.
    pub fn expires(&self) -> Option<Seconds> {
        let ends = self.told.iter().filter(|told| told.what.action != Action::Deactivated);
        let stated = ends.filter_map(|told| told.what.expires_at).max();
        stated.filter(|end| !self.kind.row().made_again || Some(*end) > self.issued())
    }

    pub fn is_spent(&self) -> bool {
        self.times(Action::Expired).next().is_some()
    }

    /// The first revocation of the credential itself, not of a version, that is not before its latest issue.
    pub fn revoked(&self) -> Option<Seconds> {
        let revocations = self.told.iter().filter(|told| {
            let of_all = told.what.action == Action::Revoked && Self::version_of(told).is_none();
            of_all || told.what.action == Action::Expired
        });
        revocations.map(|told| told.what.at).filter(|at| self.is_of_this_life(*at)).min()
    }

    pub fn principal(&self) -> Option<&'static str> {
        self.told.iter().find_map(|told| told.what.principal)
    }

    pub fn is_privileged(&self) -> bool {
        self.uses().any(|told| told.what.privileged)
    }

    pub fn is_token(&self) -> bool {
        matches!(self.kind, Kind::VaultToken | Kind::VaultBatchToken)
    }

    fn is_under(&self, prefix: &str) -> bool {
        let places = self.told.iter().filter_map(|told| told.what.place);
        self.keys.iter().map(|(_, text)| *text).chain(places).any(|text| is_under(text, prefix))
    }
}

/// Prefixes end where a folder ends, whether or not they are written with the slash.
fn is_under(text: &str, prefix: &str) -> bool {
    format!("{text}/").starts_with(&format!("{}/", prefix.trim_end_matches('/')))
}

/// Why a credential is at its end. The order decides between ends at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    Spent,
    Revoked,
    Implied,
    Deactivated,
    Expired,
}

/// The credentials of one realm.
pub struct Lives<'w> {
    pub told: &'w [Told],
    pub all: Vec<Life<'w>>,
}

impl Lives<'_> {
    /// Acts on many that reach `life` by a prefix or by its holder, at or after its start.
    fn acts_on<'l>(&'l self, life: &'l Life<'_>, action: Action) -> impl Iterator<Item = Seconds> + 'l {
        let reaches = move |told: &&Told| match &told.what.about {
            About::Prefix(prefix) => life.is_under(prefix),
            About::Principal(principal) => life.principal() == Some(principal),
            About::Credential { .. } | About::Parent { .. } | About::Nobody => false,
        };
        let acts = self.told.iter().filter(move |told| told.what.action == action).filter(reaches);
        acts.map(|told| told.what.at).filter(|at| life.start().is_some_and(|start| start <= *at))
    }

    /// The moments at which an act on others ended `life`.
    fn implied_ends(&self, life: &Life<'_>) -> Vec<Seconds> {
        let mut ends: Vec<Seconds> = self.acts_on(life, Action::Revoked).collect();
        if let Some(parent) = life.told.iter().find_map(|told| told.what.parent) {
            let mut inherited = self.ends_of_children(parent_key(parent), life.kind == Kind::VaultToken);
            inherited.retain(|at| life.start().is_some_and(|start| start <= *at));
            ends.extend(inherited);
        }
        ends
    }

    /// The moments at which all that `parent` minted ended.
    fn ends_of_children(&self, parent: Key, of_tokens: bool) -> Vec<Seconds> {
        let parent_life = self.all.iter().find(|life| life.keys.contains(&parent));
        let is_parent = |name: NameText| {
            let key = parent_key(name);
            key == parent || parent_life.is_some_and(|life| life.keys.contains(&key))
        };
        let acts = self.told.iter().filter(|told| told.what.action == Action::Revoked);
        let named = acts.filter(|told| match &told.what.about {
            About::Parent { name, spare_tokens } => is_parent(name) && !(*spare_tokens && of_tokens),
            About::Credential { .. } | About::Prefix(_) | About::Principal(_) | About::Nobody => false,
        });
        let mut ends: Vec<Seconds> = named.map(|told| told.what.at).collect();
        if let Some(life) = parent_life.filter(|life| life.is_token()) {
            ends.extend(self.implied_ends(life));
        }
        ends
    }

    pub fn implied(&self, life: &Life<'_>) -> Option<Seconds> {
        self.implied_ends(life).into_iter().filter(|at| life.is_of_this_life(*at)).min()
    }

    /// The last word on whether it is switched on: when, and whether that was off. At one instant off wins.
    fn state(&self, life: &Life<'_>) -> Option<(Seconds, bool)> {
        self.switches(life).into_iter().max()
    }

    /// Every time it was switched off (true) or on.
    fn switches(&self, life: &Life<'_>) -> Vec<(Seconds, bool)> {
        let own = |action: Action| {
            let whole = life.told.iter().filter(|told| Life::version_of(told).is_none());
            whole.filter(move |told| told.what.action == action).map(|told| told.what.at)
        };
        let off =
            own(Action::Deactivated).chain(self.acts_on(life, Action::Deactivated)).map(|at| (at, true));
        let on =
            own(Action::Reactivated).chain(self.acts_on(life, Action::Reactivated)).map(|at| (at, false));
        off.chain(on).collect()
    }

    /// Since when it is on again after it was off.
    pub fn reactivated(&self, life: &Life<'_>) -> Option<Seconds> {
        let last_off = self.switches(life).into_iter().filter(|(_, off)| *off).map(|(at, _)| at).max()?;
        self.state(life).filter(|(_, off)| !off && Some(last_off) >= life.issued()).map(|(at, _)| at)
    }

    /// The earliest of its ends that has come by `at`.
    pub fn end(&self, life: &Life<'_>, at: Seconds) -> Option<(Seconds, Cause)> {
        let off = self.state(life).filter(|(since, off)| *off && Some(*since) >= life.made());
        let ends = [
            (life.revoked(), if life.is_spent() { Cause::Spent } else { Cause::Revoked }),
            (self.implied(life), Cause::Implied),
            (off.map(|(since, _)| since), Cause::Deactivated),
            (life.expires(), Cause::Expired),
        ];
        ends.into_iter().filter_map(|(end, cause)| Some((end?, cause))).filter(|(end, _)| *end <= at).min()
    }

    pub fn is_alive(&self, life: &Life<'_>, at: Seconds) -> bool {
        self.end(life, at).is_none()
    }

    /// When a session of which no time is known was first heard of, if it minted nothing.
    fn first_heard_of_childless(&self, life: &Life<'_>) -> Option<Seconds> {
        let parents = self.told.iter().filter_map(|told| told.what.parent);
        let minted = parents.map(parent_key).any(|parent| life.keys.contains(&parent));
        life.told.iter().map(|told| told.heard_at).min().filter(|_| !minted)
    }

    /// Until when a session is remembered, without a word about it; `None` for what lasts.
    fn kept_until(&self, life: &Life<'_>, now: Seconds) -> Option<Seconds> {
        let accepted = life.made().is_some() || life.last_use().is_some();
        let named_alone = life.told.iter().all(|told| match told.what.about.credential() {
            Some((_, names, _)) => names.len() == 1,
            None => true,
        });
        let guessable = matches!(life.kind, Kind::VaultUserPassword | Kind::VaultSecretId);
        let guessed = guessable && !accepted && named_alone && self.end(life, now).is_none();
        if life.class() != Class::Session && !guessed {
            return None;
        }
        let refused = life.refusals().last().map(|told| told.what.at);
        let last = [life.last_use(), life.made(), life.revoked(), refused].into_iter().max().flatten();
        let after = |at: Seconds| last.map_or(at, |last| last.max(at));
        match self.end(life, now) {
            None => match life.expires() {
                Some(expires) => Some(after(expires) + DAY),
                None => last.or_else(|| self.first_heard_of_childless(life)).map(|at| at + 32 * DAY),
            },
            Some((end, Cause::Expired | Cause::Spent)) => Some(after(end) + 24 * HOUR),
            Some((end, _)) => Some(after(end) + 30 * DAY),
        }
    }
}
