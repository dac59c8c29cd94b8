//! Facts that most credentials never have: kept in a box of their own, so that the others do not pay for
//! them.

use crate::credential::group::NetKey;
use crate::credential::intern::Sym;
use crate::credential::stamp::{EventRef, Stamp};
use crate::limits::{
    REFUSALS_PER_CREDENTIAL_MAX, REVOCATIONS_PER_CREDENTIAL_MAX, REVOCATIONS_PER_SELECTOR_MAX,
    VERSIONS_PER_CREDENTIAL_MAX,
};
use crate::time::EventTime;

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Rare {
    /// Last writer of the active state: when, and whether that was a deactivation.
    state: Option<(EventTime, bool)>,
    deactivated_last: Option<EventTime>,
    pub state_ref: EventRef,
    pub rotated_ref: EventRef,
    /// Revocations between the first and the last, ascending.
    revocations: Vec<EventTime>,
    /// The last failed rotation.
    pub rotation_failed: Option<Stamp>,
    /// When a rotation first failed.
    pub rotation_first_failed: Option<EventTime>,
    /// The earliest revocation of its present life that reached it through a selector.
    pub implied: Option<Stamp>,
    /// The revocations that ended what it minted, ascending.
    cascades: Vec<Cascade>,
    /// Last writer of the owner.
    owner: Option<(EventTime, Sym)>,
    /// Versions of a stored value, by the time they were made.
    pub versions: Vec<Version>,
    /// The latest refused attempts, oldest first.
    pub refusals: Vec<Refusal>,
    /// Accepted uses that came after its end, in the order of the log.
    pub uses_after_end: u32,
}

/// The end of all that a credential minted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cascade {
    pub stamp: Stamp,
    /// Child tokens live on.
    pub spare_tokens: bool,
}

/// One version of a stored value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    pub name: Sym,
    /// When it last became the current one; `MIN` if that was not seen.
    pub made_at: EventTime,
    /// When the first of its successors that are forgotten was made; `MAX` if none is.
    pub superseded_at: EventTime,
    /// Its first reading; `MAX` if none.
    pub first_read: EventTime,
    /// Its last reading; `MIN` if none.
    pub last_read: EventTime,
    pub read_ref: EventRef,
    pub reads: u32,
}

impl Version {
    fn new(name: Sym) -> Self {
        Self {
            name,
            made_at: EventTime::MIN,
            superseded_at: EventTime::MAX,
            first_read: EventTime::MAX,
            last_read: EventTime::MIN,
            read_ref: EventRef::default(),
            reads: 0,
        }
    }

    fn last_touched(&self) -> EventTime {
        self.made_at.max(self.last_read)
    }
}

/// One refused attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    pub at: EventTime,
    pub by: EventRef,
    /// The public network it came from.
    pub network: Option<NetKey>,
}

/// What of [`Rare`] only its own functions may change.
#[derive(Debug, Default)]
pub(super) struct RareParts {
    pub state: Option<(EventTime, bool)>,
    pub deactivated_last: Option<EventTime>,
    pub owner: Option<(EventTime, Sym)>,
    pub revocations: Vec<EventTime>,
    pub cascades: Vec<Cascade>,
}

impl Rare {
    pub(super) fn parts(&self) -> RareParts {
        RareParts {
            state: self.state,
            deactivated_last: self.deactivated_last,
            owner: self.owner,
            revocations: self.revocations.clone(),
            cascades: self.cascades.clone(),
        }
    }

    pub(super) fn from_parts(parts: RareParts) -> Self {
        let RareParts { state, deactivated_last, owner, revocations, cascades } = parts;
        Self { state, deactivated_last, revocations, cascades, owner, ..Self::default() }
    }

    /// The latest moment that any record told something of this.
    #[must_use]
    pub fn latest(&self) -> EventTime {
        let stamps = [self.rotation_failed, self.implied].into_iter().flatten().map(|stamp| stamp.at);
        let states = self.state.map(|(at, _)| at).into_iter().chain(self.deactivated_last);
        let refused = self.refusals.last().map(|refusal| refusal.at);
        let versions = self.versions.iter().map(Version::last_touched);
        stamps.chain(states).chain(refused).chain(versions).max().unwrap_or(EventTime::MIN)
    }

    /// Since when it is deactivated, if it is.
    #[must_use]
    pub fn inactive_since(&self) -> Option<EventTime> {
        self.state.and_then(|(at, inactive)| inactive.then_some(at))
    }

    /// Since when it is active again after a deactivation in the life that began at `since`. Activating what
    /// is active changes nothing.
    #[must_use]
    pub fn reactivated_at(&self, since: EventTime) -> Option<EventTime> {
        self.deactivated_last.filter(|&at| at >= since)?;
        self.state.and_then(|(at, inactive)| (!inactive).then_some(at))
    }

    /// At the same instant a deactivation wins over a reactivation.
    pub fn fold_state(&mut self, at: EventTime, inactive: bool, by: EventRef) {
        if inactive {
            self.deactivated_last = self.deactivated_last.max(Some(at));
        }
        if self.state.is_none_or(|state| (at, inactive) > state) {
            self.state = Some((at, inactive));
            self.state_ref = by;
        }
    }

    #[must_use]
    pub fn owner(&self) -> Option<Sym> {
        self.owner.map(|(_, owner)| owner)
    }

    pub fn fold_owner(&mut self, at: EventTime, owner: Sym) {
        if self.owner.is_none_or(|(writer, _)| at >= writer) {
            self.owner = Some((at, owner));
        }
    }

    pub fn fold_rotation_failure(&mut self, stamp: Stamp) {
        self.rotation_failed = self.rotation_failed.max(Some(stamp));
        let first = self.rotation_first_failed.map_or(stamp.at, |first| first.min(stamp.at));
        self.rotation_first_failed = Some(first);
    }

    /// Keeps the earliest; what is `stale`, because it was of an earlier life, yields. Returns whether that
    /// changed anything.
    pub fn fold_implied(&mut self, stamp: Stamp, stale: bool) -> bool {
        let news = self.implied.is_none_or(|known| stale || stamp < known);
        if news {
            self.implied = Some(stamp);
        }
        news
    }

    /// Remembers that what it minted has ended. Returns whether that is news.
    pub fn fold_cascade(&mut self, cascade: Cascade) -> bool {
        let Err(at) = self.cascades.binary_search(&cascade) else { return false };
        self.cascades.insert(at, cascade);
        if self.cascades.len() > REVOCATIONS_PER_SELECTOR_MAX {
            self.cascades.remove(0);
        }
        true
    }

    #[must_use]
    pub fn cascades(&self) -> &[Cascade] {
        &self.cascades
    }

    /// Beyond the limit, those of the lives before `since` go first, then those that end a life once more.
    pub fn fold_revocation(&mut self, at: EventTime, since: EventTime) {
        if let Err(place) = self.revocations.binary_search(&at) {
            self.revocations.insert(place, at);
        }
        if self.revocations.len() > REVOCATIONS_PER_CREDENTIAL_MAX {
            self.revocations.retain(|at| *at >= since);
            self.revocations.truncate(REVOCATIONS_PER_CREDENTIAL_MAX);
        }
    }

    /// The revocations between the first and the last, in order.
    #[must_use]
    pub fn revocations(&self) -> &[EventTime] {
        &self.revocations
    }

    /// A version became the current one at `at`. A roll-back makes an old one current again.
    pub fn version_made(&mut self, name: Sym, at: EventTime) {
        let version = self.version_mut(name);
        version.made_at = version.made_at.max(at);
        self.drop_oldest_version();
    }

    pub fn version_read(&mut self, name: Sym, stamp: Stamp) {
        let version = self.version_mut(name);
        version.reads = version.reads.saturating_add(1);
        version.first_read = version.first_read.min(stamp.at);
        if (stamp.at, stamp.by.id) > (version.last_read, version.read_ref.id) {
            version.last_read = stamp.at;
            version.read_ref = stamp.by;
        }
        self.drop_oldest_version();
    }

    fn version_mut(&mut self, name: Sym) -> &mut Version {
        let at = self.versions.iter().position(|version| version.name == name).unwrap_or_else(|| {
            self.versions.push(Version::new(name));
            self.versions.len() - 1
        });
        &mut self.versions[at]
    }

    /// Forgets the version that nothing happened to for longest. Those it superseded remember when.
    fn drop_oldest_version(&mut self) {
        if self.versions.len() <= VERSIONS_PER_CREDENTIAL_MAX {
            return;
        }
        let oldest = (0..self.versions.len()).min_by_key(|&at| self.versions[at].last_touched());
        let Some(gone) = oldest.map(|at| self.versions.remove(at)) else { return };
        for version in self.versions.iter_mut().filter(|version| version.made_at < gone.made_at) {
            if gone.made_at != EventTime::MIN {
                version.superseded_at = version.superseded_at.min(gone.made_at);
            }
        }
    }

    pub fn fold_refusal(&mut self, refusal: Refusal) {
        if let Err(at) = self.refusals.binary_search(&refusal) {
            self.refusals.insert(at, refusal);
        }
        if self.refusals.len() > REFUSALS_PER_CREDENTIAL_MAX {
            self.refusals.remove(0);
        }
    }

    /// Joins what was known under another name.
    pub fn merge(&mut self, other: Self) {
        if let Some((at, inactive)) = other.state {
            self.fold_state(at, inactive, other.state_ref);
        }
        self.deactivated_last = self.deactivated_last.max(other.deactivated_last);
        if let Some((at, owner)) = other.owner {
            self.fold_owner(at, owner);
        }
        self.rotation_failed = self.rotation_failed.max(other.rotation_failed);
        let firsts = [self.rotation_first_failed, other.rotation_first_failed];
        self.rotation_first_failed = firsts.into_iter().flatten().min();
        if let Some(implied) = other.implied {
            self.fold_implied(implied, false);
        }
        for cascade in other.cascades {
            self.fold_cascade(cascade);
        }
        for revocation in other.revocations {
            self.fold_revocation(revocation, EventTime::MIN);
        }
        for version in other.versions {
            self.version_made(version.name, version.made_at);
            let known = self.version_mut(version.name);
            known.superseded_at = known.superseded_at.min(version.superseded_at);
            known.first_read = known.first_read.min(version.first_read);
            if version.last_read != EventTime::MIN {
                self.version_read(version.name, Stamp { at: version.last_read, by: version.read_ref });
            }
        }
        other.refusals.into_iter().for_each(|refusal| self.fold_refusal(refusal));
        self.uses_after_end = self.uses_after_end.saturating_add(other.uses_after_end);
    }
}
