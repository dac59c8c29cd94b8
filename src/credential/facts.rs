//! What is known of one credential: facts that any order of records, and any number of deliveries, leave the
//! same.
//!
//! Times fold by minimum and maximum, states by the last writer, days into a set. There is no phase that an
//! event moves; whether a credential is alive is computed from its facts when somebody asks.

use serde::{Deserialize, Serialize};

use crate::credential::days::UsedDays;
use crate::credential::intern::Sym;
use crate::credential::rare::Rare;
use crate::credential::slot::Slot;
use crate::credential::stamp::EventRef;
use crate::kind::Kind;
use crate::time::EventTime;

/// How much a record knows of the identity of the credential it names. The higher one's name and kind win.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[repr(u8)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Named only as the parent of another; its kind is a guess.
    #[default]
    Guessed,
    /// One name alone: a refused attempt, a revocation by a hash.
    Named,
    /// Several names together: a use.
    Known,
    /// Its own issue.
    Issued,
}

/// Tier 0: kept of every credential. At most 224 bytes, held by a test.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Latest issue; `MIN` if unknown. A name can be made again, which begins a new life.
    pub issued_at: EventTime,
    /// First accepted use; `MAX` if none.
    pub first_use: EventTime,
    /// Last accepted use; `MIN` if none.
    pub last_use: EventTime,
    /// Last rotation in place; `MIN` if none.
    pub rotated_at: EventTime,
    /// Latest end its issuer stated; `MIN` if none was.
    pub expires_at: EventTime,
    /// First and last revocation; `MAX` and `MIN` if none.
    revoked_first: EventTime,
    revoked_last: EventTime,
    pub issue_ref: EventRef,
    pub use_ref: EventRef,
    pub end_ref: EventRef,
    used_days: UsedDays,
    pub name: Sym,
    pub principal: Sym,
    /// The path it was issued at, where that is not its name.
    pub place: Sym,
    pub parent: Slot,
    pub uses: u32,
    /// Index of its thresholds in the engine's table.
    pub thresholds: u16,
    pub kind: Kind,
    pub flags: Flags,
    pub rare: Option<Box<Rare>>,
}

/// Single bits of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags(u8);

impl Flags {
    /// Its issue was seen as an event, not only stated by a use.
    pub const ISSUE_SEEN: u8 = 1;
    /// Used as root or with the root policy.
    pub const PRIVILEGED: u8 = 2;
    /// Ended because it was spent, not because somebody revoked it.
    pub const SPENT: u8 = 4;
    /// Its first accepted use ends it.
    pub const SINGLE_USE: u8 = 8;
    const STANDING: u8 = 4;

    #[must_use]
    pub fn has(self, flag: u8) -> bool {
        self.0 & flag != 0
    }

    pub fn set(&mut self, flag: u8) {
        self.0 |= flag;
    }

    #[must_use]
    pub fn standing(self) -> Standing {
        match self.0 >> Self::STANDING & 3 {
            0 => Standing::Guessed,
            1 => Standing::Named,
            2 => Standing::Known,
            _ => Standing::Issued,
        }
    }

    pub fn set_standing(&mut self, standing: Standing) {
        self.0 = self.0 & !(3 << Self::STANDING) | (standing as u8) << Self::STANDING;
    }
}

/// Why and when a credential stopped being usable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    pub at: EventTime,
    pub cause: EndCause,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndCause {
    Revoked,
    /// Ended with its parent, its mount, a prefix or its principal; no record names it.
    Implied,
    Deactivated,
    Expired,
}

impl EndCause {
    /// In the middle of a sentence.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Implied => "revoked by implication",
            Self::Deactivated => "deactivated",
            Self::Expired => "expired",
        }
    }
}

impl Facts {
    #[must_use]
    pub fn new(kind: Kind, name: Sym) -> Self {
        Self {
            issued_at: EventTime::MIN,
            first_use: EventTime::MAX,
            last_use: EventTime::MIN,
            rotated_at: EventTime::MIN,
            expires_at: EventTime::MIN,
            revoked_first: EventTime::MAX,
            revoked_last: EventTime::MIN,
            issue_ref: EventRef::default(),
            use_ref: EventRef::default(),
            end_ref: EventRef::default(),
            used_days: UsedDays::default(),
            name,
            principal: Sym::NONE,
            place: Sym::NONE,
            parent: Slot::NONE,
            uses: 0,
            thresholds: u16::MAX,
            kind,
            flags: Flags::default(),
            rare: None,
        }
    }

    /// First and last revocation; `MAX` and `MIN` if none.
    pub(super) const fn revoked_ends(&self) -> (EventTime, EventTime) {
        (self.revoked_first, self.revoked_last)
    }

    pub(super) const fn set_revoked_ends(&mut self, first: EventTime, last: EventTime) {
        (self.revoked_first, self.revoked_last) = (first, last);
    }

    pub(super) const fn used_days(&self) -> &UsedDays {
        &self.used_days
    }

    pub(super) const fn used_days_mut(&mut self) -> &mut UsedDays {
        &mut self.used_days
    }

    /// The rarely needed facts, made when the first of them is known.
    pub fn rare_mut(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    pub fn fold_issue(&mut self, at: EventTime, by: EventRef) {
        let newer = !self.flags.has(Flags::ISSUE_SEEN) || (at, by.id) > (self.issued_at, self.issue_ref.id);
        if newer {
            self.issued_at = at;
            self.issue_ref = by;
            self.flags.set(Flags::ISSUE_SEEN);
        }
    }

    /// An issue time that a later record states. It yields to an issue that was seen.
    pub fn fold_stated_issue(&mut self, at: EventTime) {
        if !self.flags.has(Flags::ISSUE_SEEN) {
            self.issued_at = self.issued_at.max(at);
        }
    }

    pub fn fold_use(&mut self, at: EventTime, by: EventRef) {
        self.used_days.insert(at.day(), self.last_use_day());
        if (at, by.id) > (self.last_use, self.use_ref.id) {
            self.last_use = at;
            self.use_ref = by;
        }
        self.first_use = self.first_use.min(at);
        self.uses = self.uses.saturating_add(1);
    }

    pub fn fold_revocation(&mut self, at: EventTime, by: EventRef) {
        let first = at < self.revoked_first || (at == self.revoked_first && by.id < self.end_ref.id);
        if first || self.revoked_first < self.issued_at {
            self.end_ref = by;
        }
        self.add_revocation(at);
    }

    /// Keeps the first and the last here; what lies between them is rare.
    fn add_revocation(&mut self, at: EventTime) {
        let (first, last) = (self.revoked_first.min(at), self.revoked_last.max(at));
        for between in [self.revoked_first, at, self.revoked_last] {
            if first < between && between < last {
                let since = self.issued_at;
                self.rare_mut().fold_revocation(between, since);
            }
        }
        (self.revoked_first, self.revoked_last) = (first, last);
    }

    pub fn fold_rotation(&mut self, at: EventTime, by: EventRef) {
        if at >= self.rotated_at {
            self.rotated_at = at;
            self.rare_mut().rotated_ref = by;
        }
    }

    pub fn fold_expiry(&mut self, at: EventTime) {
        self.expires_at = self.expires_at.max(at);
    }

    /// The explicit revocation of this life: the first one that is not before the latest issue.
    #[must_use]
    pub fn revoked_at(&self) -> Option<EventTime> {
        let between = self.rare.as_deref().map_or(&[][..], |rare| rare.revocations());
        let all = [self.revoked_first].into_iter().chain(between.iter().copied()).chain([self.revoked_last]);
        all.filter(|&at| at != EventTime::MIN && at != EventTime::MAX).find(|&at| self.is_of_this_life(at))
    }

    /// Whether an end at `at` is one of this life. A name that can be made again may be deleted and made in
    /// one second, which is as exact as many logs are: then it lives.
    #[must_use]
    pub fn is_of_this_life(&self, at: EventTime) -> bool {
        let made_again = self.kind.row().made_again && self.flags.has(Flags::ISSUE_SEEN);
        if made_again { at > self.issued_at } else { at >= self.issued_at }
    }

    /// When it came into being, if that is known.
    #[must_use]
    pub fn issued(&self) -> Option<EventTime> {
        known(self.issued_at)
    }

    /// When it ends by itself. A name that was made again after that end bears another credential, whose end
    /// nobody stated.
    #[must_use]
    pub fn expires(&self) -> Option<EventTime> {
        known(self.expires_at).filter(|&at| !self.kind.row().made_again || at > self.issued_at)
    }

    /// The last use in this life: what was used before the latest issue was another credential of the same
    /// name.
    #[must_use]
    pub fn last_used(&self) -> Option<EventTime> {
        known(self.last_use).filter(|&at| at >= self.issued_at)
    }

    /// When this version of its material was made: the last rotation, else the issue.
    #[must_use]
    pub fn version_time(&self) -> Option<EventTime> {
        known(self.rotated_at.max(self.issued_at))
    }

    /// The latest moment that any record told something of it.
    #[must_use]
    pub fn latest(&self) -> EventTime {
        let rare = self.rare.as_deref().map_or(EventTime::MIN, Rare::latest);
        let own = self.issued_at.max(self.last_use).max(self.rotated_at).max(self.revoked_last);
        own.max(rare)
    }

    /// The first moment it is known to have existed.
    #[must_use]
    pub fn start(&self) -> EventTime {
        let rotated = known(self.rotated_at).unwrap_or(EventTime::MAX);
        self.issued().unwrap_or(self.first_use.min(rotated))
    }

    /// What ended it by `at`, the earliest first. `None`: it is alive.
    #[must_use]
    pub fn end(&self, at: EventTime) -> Option<End> {
        let revoked = self.revoked_at().map(|at| {
            let spent = self.flags.has(Flags::SPENT);
            End { at, cause: if spent { EndCause::Expired } else { EndCause::Revoked } }
        });
        let rare = self.rare.as_deref();
        let implied = self.implied_end().map(|at| End { at, cause: EndCause::Implied });
        let spent = self.flags.has(Flags::SINGLE_USE) && self.first_use >= self.issued_at;
        let spent = spent.then_some(End { at: self.first_use, cause: EndCause::Expired });
        // New material brings a deactivated name back to life, as a write does in Vault's KV store.
        let made = self.issued_at.max(self.rotated_at);
        let inactive = rare.and_then(Rare::inactive_since).filter(|since| *since >= made);
        let inactive = inactive.map(|at| End { at, cause: EndCause::Deactivated });
        let expired = self.expires().map(|at| End { at, cause: EndCause::Expired });
        [revoked, implied, spent, inactive, expired]
            .into_iter()
            .flatten()
            .filter(|end| end.at <= at)
            .min_by_key(|end| end.at)
    }

    /// The revocation that reached this life through a selector.
    #[must_use]
    pub fn implied_end(&self) -> Option<EventTime> {
        let implied = self.rare.as_deref()?.implied?.at;
        (self.is_of_this_life(implied) && implied >= self.start()).then_some(implied)
    }

    #[must_use]
    pub fn is_alive(&self, at: EventTime) -> bool {
        self.end(at).is_none()
    }

    /// The latest pair of neighbouring used days of this life that lie at least `days` apart, as (before,
    /// after), where the second is not before `since`.
    #[must_use]
    pub fn last_gap(&self, days: i64, since: i64, gap_days: impl Fn(i64, i64) -> i64) -> Option<(i64, i64)> {
        let newest = self.last_use_day()?;
        let born = self.issued().map_or(i64::MIN, EventTime::day);
        let mut after = newest;
        for day in self.used_days.newest_first(newest).skip(1).take_while(|&day| day >= born) {
            if after < since {
                return None;
            }
            if after - day >= days && after - day - gap_days(day, after) >= days {
                return Some((day, after));
            }
            after = day;
        }
        None
    }

    #[must_use]
    pub fn is_privileged(&self) -> bool {
        self.flags.has(Flags::PRIVILEGED)
    }

    /// Only an end of it is known: some record revoked it by a name that no record of its issue or use has.
    /// A look-up by that name alone states its age, and still not what it is.
    #[must_use]
    pub fn is_unresolved(&self) -> bool {
        let never_seen = !self.flags.has(Flags::ISSUE_SEEN) && self.last_used().is_none();
        let nameless = self.principal == Sym::NONE && self.flags.standing() <= Standing::Named;
        never_seen && (self.issued().is_none() || nameless) && self.revoked_last != EventTime::MIN
    }

    fn last_use_day(&self) -> Option<i64> {
        known(self.last_use).map(EventTime::day)
    }

    /// Joins what was known under another name of the same credential.
    pub fn merge(&mut self, other: Self) {
        self.used_days.merge(self.last_use_day(), &other.used_days, other.last_use_day());
        if other.flags.has(Flags::ISSUE_SEEN) {
            self.fold_issue(other.issued_at, other.issue_ref);
        } else if let Some(issued) = other.issued() {
            self.fold_stated_issue(issued);
        }
        if (other.last_use, other.use_ref.id) > (self.last_use, self.use_ref.id) {
            self.last_use = other.last_use;
            self.use_ref = other.use_ref;
        }
        self.first_use = self.first_use.min(other.first_use);
        self.uses = self.uses.saturating_add(other.uses);
        if other.revoked_first < self.revoked_first {
            self.end_ref = other.end_ref;
        }
        if other.revoked_last != EventTime::MIN {
            self.add_revocation(other.revoked_first);
            self.add_revocation(other.revoked_last);
        }
        self.rotated_at = self.rotated_at.max(other.rotated_at);
        self.expires_at = self.expires_at.max(other.expires_at);
        for flag in [Flags::PRIVILEGED, Flags::SPENT, Flags::SINGLE_USE] {
            if other.flags.has(flag) {
                self.flags.set(flag);
            }
        }
        if let Some(rare) = other.rare {
            self.rare_mut().merge(*rare);
        }
    }
}

fn known(at: EventTime) -> Option<EventTime> {
    (at != EventTime::MIN).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tier_0_fits_in_224_bytes() {
        assert!(size_of::<Facts>() <= 224, "{} bytes", size_of::<Facts>());
    }

    #[test]
    fn a_name_that_is_made_again_lives_again() {
        let at = |hour| EventTime::start_of_hour(hour);
        let by = EventRef::default();
        let mut facts = Facts::new(Kind::VaultKvSecret, Sym::NONE);
        facts.fold_issue(at(1), by);
        facts.fold_revocation(at(5), by);
        assert_eq!(facts.end(at(9)).map(|end| end.at), Some(at(5)));
        facts.fold_issue(at(7), by);
        assert!(facts.is_alive(at(9)));
        facts.fold_revocation(at(8), by);
        assert_eq!(facts.end(at(9)).map(|end| end.at), Some(at(8)));
    }

    #[test]
    fn a_name_that_is_made_again_loses_the_end_that_was_stated_before() {
        let at = |hour| EventTime::start_of_hour(hour);
        let by = EventRef::default();
        for (kind, lives) in [(Kind::AzureKeyvaultSecret, true), (Kind::VaultToken, false)] {
            let mut facts = Facts::new(kind, Sym::NONE);
            facts.fold_issue(at(1), by);
            facts.fold_expiry(at(5));
            assert_eq!(facts.end(at(9)).map(|end| end.at), Some(at(5)));
            facts.fold_issue(at(7), by);
            assert_eq!(facts.is_alive(at(9)), lives, "{kind:?}");
        }
    }
}
