//! What stands at a moment, by the words of each detection and of all records so far.

use std::collections::{BTreeMap, BTreeSet};

use tenure::event::{Action, Outcome};
use tenure::kind::{Class, Kind, Shown};
use tenure::stream::SourceName;

use super::history::{About, DAY, Seconds};
use super::policies::Terms;
use super::world::{Cause, Life, Lives, Told, World};

/// One open conclusion: all that makes its identity, and how grave it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standing {
    pub realm: String,
    pub detection: &'static str,
    pub kind: String,
    pub id: String,
    pub version: Option<String>,
    pub anchor: Seconds,
    /// 0 is info, 4 critical.
    pub severity: usize,
}

/// What a rule found.
struct Found {
    detection: &'static str,
    anchor: Seconds,
    /// The latest fact it rests on.
    last: Seconds,
    severity: usize,
    version: Option<&'static str>,
    /// Confidence is low.
    doubted: bool,
}

const fn found(detection: &'static str, anchor: Seconds, last: Seconds, severity: usize) -> Found {
    Found { detection, anchor, last, severity, version: None, doubted: false }
}

const INFO: usize = 0;
const LOW: usize = 1;
const MEDIUM: usize = 2;
const HIGH: usize = 3;
const CRITICAL: usize = 4;

impl World {
    /// Everything that stands now.
    pub fn standing(&self, terms: &Terms) -> BTreeSet<Standing> {
        let mut all = BTreeSet::new();
        for realm in self.realms.keys() {
            let lives = self.lives(realm);
            for life in &lives.all {
                let about = Credential { world: self, lives: &lives, life, realm, terms, at: self.clock };
                all.extend(about.standing());
            }
            let groups = Groups { told: lives.told, realm, terms, at: self.clock };
            all.extend(groups.root_use());
            all.extend(groups.sessions());
        }
        all
    }
}

/// One credential at one moment.
struct Credential<'w> {
    world: &'w World,
    lives: &'w Lives<'w>,
    life: &'w Life<'w>,
    realm: &'w str,
    terms: &'w Terms,
    at: Seconds,
}

impl Credential<'_> {
    fn standing(&self) -> Vec<Standing> {
        let rules = [
            Self::dormant,
            Self::never_used,
            Self::over_age,
            Self::rotation_failed,
            Self::expiring_soon,
            Self::overlapping,
            Self::used_after_revocation,
            Self::used_after_expiry,
            Self::woke_up,
            Self::tried_when_dead,
        ];
        let mut all: Vec<Found> = rules.iter().filter_map(|rule| rule(self)).collect();
        all.extend(self.old_versions());
        all.retain(|found| self.is_reported(found));
        all.into_iter().map(|found| self.weigh(&found)).collect()
    }

    fn is_reported(&self, found: &Found) -> bool {
        let history =
            found.detection.starts_with('V') && self.terms.adopted.is_some_and(|at| found.last < at);
        !history && !(self.terms.is_off)(Some(self.life.class()), found.detection)
    }

    fn weigh(&self, found: &Found) -> Standing {
        let mut severity = found.severity;
        if self.life.is_privileged() {
            severity = CRITICAL.min(severity + 1);
        }
        if self.terms.vault_is_staging && self.realm.starts_with("vault/") {
            severity = severity.saturating_sub(1);
        }
        if found.doubted {
            severity = severity.saturating_sub(1);
        }
        Standing {
            realm: self.realm.to_owned(),
            detection: found.detection,
            kind: self.life.kind.name().to_owned(),
            id: self.life.name.to_owned(),
            version: found.version.map(str::to_owned),
            anchor: found.anchor,
            severity,
        }
    }

    fn threshold(&self, key: &str) -> Seconds {
        self.terms.threshold(Some(self.life.class()), self.realm, self.life.name, key)
    }

    fn is_alive(&self) -> bool {
        self.lives.is_alive(self.life, self.at)
    }

    fn falls_silent(&self) -> bool {
        matches!(self.life.class(), Class::Durable | Class::Stored)
    }

    fn silence(&self, anchor: Seconds) -> Seconds {
        self.at - anchor - self.world.uncovered(anchor, self.at)
    }

    fn dormant(&self) -> Option<Found> {
        let last_use = self.life.last_use().filter(|_| self.falls_silent() && self.is_alive())?;
        let anchor = self.lives.reactivated(self.life).map_or(last_use, |at| at.max(last_use));
        let silence = self.silence(anchor);
        let high = silence >= self.threshold("dormant_high_after");
        let severity = if high { HIGH } else { MEDIUM };
        (silence >= self.threshold("dormant_after")).then(|| found("L01", anchor, anchor, severity))
    }

    fn never_used(&self) -> Option<Found> {
        let issued = self.life.issued().filter(|_| self.falls_silent() && self.is_alive())?;
        let used = self.life.last_use().is_some() || !self.use_would_show();
        let silent = self.silence(issued) >= self.threshold("never_used_after");
        (!used && silent).then(|| found("L02", issued, issued, MEDIUM))
    }

    /// Of some kinds nothing tells that uses are logged but a use.
    fn use_would_show(&self) -> bool {
        let kind = self.life.kind;
        let mut others = self.lives.all.iter().filter(|other| other.kind == kind);
        kind.row().shown == Shown::Always || others.any(|other| other.uses().next().is_some())
    }

    fn over_age(&self) -> Option<Found> {
        let ages = self.life.class() == Class::Durable || self.life.kind.row().rotated_in_place;
        let made = self.life.made().filter(|_| ages && self.is_alive())?;
        let age = self.at - made;
        let reached = |key: &str| age >= self.threshold(key);
        let severity = match () {
            () if reached("over_age_high_after") => HIGH,
            () if reached("over_age_medium_after") => MEDIUM,
            () if reached("over_age_after") => LOW,
            () => return None,
        };
        Some(found("L03", made, made, severity))
    }

    fn rotation_failed(&self) -> Option<Found> {
        let (first_failed, failed) = self.life.rotation_failed().filter(|_| self.is_alive())?;
        let made = self.life.made();
        let seen = self.life.first_use().map_or(first_failed, |first| first.min(first_failed));
        (Some(failed) > made).then(|| found("L04", made.unwrap_or(seen), failed, HIGH))
    }

    fn expiring_soon(&self) -> Option<Found> {
        let (expires, issued) = (self.life.expires()?, self.life.issued()?);
        let kind = self.life.kind.row();
        if !kind.expires || kind.class == Class::Session || !self.is_alive() || expires - issued < 30 * DAY {
            return None;
        }
        let left = expires - self.at;
        let window = self.threshold("expiring_within").min((expires - issued) / 10);
        let in_use = self.life.last_use().is_some_and(|at| self.at - at < 30 * DAY);
        if left > window || (self.life.kind.use_is_visible() && !in_use) {
            return None;
        }
        let severity = match left {
            left if left <= self.threshold("expiring_medium_within") => MEDIUM,
            left if left <= self.threshold("expiring_low_within") => LOW,
            _ => INFO,
        };
        Some(found("L05", expires, issued, severity))
    }

    fn overlapping(&self) -> Option<Found> {
        let last_use = self.life.last_use()?;
        let principal = self.life.principal()?;
        let successors = self.lives.all.iter().filter(|other| {
            other.kind == self.life.kind
                && other.principal() == Some(principal)
                && other.issued() > self.life.issued()
                && other.last_use().is_some()
                && self.lives.is_alive(other, self.at)
        });
        let first_use = successors.filter_map(Life::first_use).min()?;
        let beside = last_use >= first_use + self.threshold("key_overlap") && self.at < last_use + 7 * DAY;
        let stands = beside && self.life.kind == Kind::AwsAccessKey && self.is_alive();
        stands.then(|| found("L10", first_use, last_use, MEDIUM))
    }

    fn used_after_revocation(&self) -> Option<Found> {
        let seen = self.life.kind.use_is_visible() && !self.life.is_spent();
        let last_use = self.life.last_use().filter(|_| seen)?;
        let explicit = self.life.revoked();
        let revoked = explicit.or_else(|| self.lives.implied(self.life))?;
        let severity = if explicit.is_some() { CRITICAL } else { HIGH };
        let stands = last_use > revoked + self.threshold("revoke_skew") && self.at < last_use + DAY;
        let doubted = explicit.is_none();
        stands.then(|| Found { doubted, ..found("V01", revoked, last_use, severity) })
    }

    fn used_after_expiry(&self) -> Option<Found> {
        let last_use = self.life.last_use().filter(|_| self.life.kind.row().expires)?;
        let expires = self.life.expires().filter(|_| !self.life.is_spent())?;
        let by_time = self.lives.end(self.life, last_use)?.1 == Cause::Expired;
        let late = last_use > expires + self.threshold("expiry_skew");
        let stands = by_time && late && self.at < last_use + DAY;
        (stands && self.life.kind.use_is_visible()).then(|| found("V02", expires, last_use, INFO))
    }

    fn old_versions(&self) -> Vec<Found> {
        if self.life.class() != Class::Stored || !self.is_alive() {
            return Vec::new();
        }
        let mut made: BTreeMap<&str, Seconds> = BTreeMap::new();
        let mut read: BTreeMap<&'static str, (Seconds, Seconds)> = BTreeMap::new();
        let born = self.life.issued().unwrap_or(Seconds::MIN);
        for told in &self.life.told {
            let Some(version) = Life::version_of(told) else { continue };
            let at = told.what.at;
            if matches!(told.what.action, Action::Issued | Action::Rotated) && at >= born {
                made.entry(version).and_modify(|known| *known = at.max(*known)).or_insert(at);
            }
        }
        for told in self.life.uses() {
            if let Some(version) = Life::version_of(told) {
                let at = told.what.at;
                let both = read.entry(version).or_insert((at, at));
                *both = (both.0.min(at), both.1.max(at));
            }
        }
        let old = |(version, (first, last)): (&'static str, (Seconds, Seconds))| {
            let own = made.get(version).copied();
            // Where its making was not logged, the numbers of versions tell which are newer; without numbers
            // it was there at its first reading, and no more is known.
            let numbered = version.parse::<u64>().is_ok();
            let succeeds = |&(other, at): &(&&str, &Seconds)| match own {
                Some(own) => *at > own,
                None if numbered => *at > born && **other > *version,
                None => *at > first.max(born),
            };
            let next = made.iter().filter(succeeds).map(|(_, at)| *at).min()?;
            let fresh = last >= born && self.at < last + 7 * DAY;
            let stands = fresh && last > next + self.threshold("version_overlap");
            stands.then(|| Found { version: Some(version), ..found("V03", next, last, HIGH) })
        };
        read.into_iter().filter_map(old).collect()
    }

    fn woke_up(&self) -> Option<Found> {
        self.life.last_use().filter(|_| self.falls_silent() && self.is_alive())?;
        let born = self.life.issued().map(|at| at.div_euclid(DAY));
        let days = self.life.uses().map(|told| told.what.at.div_euclid(DAY));
        let days: BTreeSet<i64> = days.filter(|day| Some(*day) >= born).collect();
        let days: Vec<i64> = days.into_iter().collect();
        let wanted = (self.threshold("dormant_after") / DAY).max(1);
        let long = |pair: &&[i64]| {
            let uncovered =
                self.world.uncovered((pair[0] + 1) * DAY, (pair[1] * DAY).max((pair[0] + 1) * DAY));
            pair[1] - pair[0] - uncovered / DAY >= wanted
        };
        let latest = days.windows(2).rev().find(long)?;
        let stands = self.at < (latest[1] + 8) * DAY;
        stands.then(|| found("V05", latest[0] * DAY, latest[1] * DAY, HIGH))
    }

    fn tried_when_dead(&self) -> Option<Found> {
        let refusals = self.life.refusals();
        let last = refusals.last()?.what.at;
        let (end, _) = self.lives.end(self.life, last)?;
        let after: Vec<&&Told> = refusals.iter().filter(|told| told.what.at > end).collect();
        let in_vault = self.life.kind.row().visible_in.contains(&SourceName::VaultAudit);
        if after.is_empty() || !in_vault || self.at >= last + DAY {
            return None;
        }
        let within = self.threshold("dead_attempts_within");
        let recent = after.iter().filter(|told| last - told.what.at < within).count();
        let outside = after.iter().any(|told| self.is_from_outside(told));
        let many = i64::try_from(recent).unwrap() >= self.threshold("dead_attempts");
        (many || outside).then(|| found("V07", end, last, if outside { HIGH } else { MEDIUM }))
    }

    /// From a public network that its principal, of whom others are known, was not seen in before.
    fn is_from_outside(&self, refused: &Told) -> bool {
        let Some(principal) = self.life.principal() else { return false };
        let Some(from) = refused.what.address.filter(|address| is_public(address)) else { return false };
        let before = |told: &&Told| {
            told.what.is_accepted()
                && is_use(told.what.action)
                && told.what.principal == Some(principal)
                && told.what.at < refused.what.at
        };
        let before = self.lives.told.iter().filter(before).filter_map(|told| told.what.address);
        let known: BTreeSet<&str> = before.map(|address| network(self.terms, address)).collect();
        !known.is_empty() && !known.contains(network(self.terms, from))
    }
}

fn is_public(address: &str) -> bool {
    !address.starts_with("10.")
}

/// What counts as one network: a /24, or the office.
fn network<'a>(terms: &Terms, address: &'a str) -> &'a str {
    let (net, _) = address.rsplit_once('.').unwrap();
    if terms.has_office && matches!(net, "198.51.100" | "203.0.113") { "office" } else { net }
}

/// Principals and role sessions of one realm at one moment.
struct Groups<'w> {
    told: &'w [Told],
    realm: &'w str,
    terms: &'w Terms,
    at: Seconds,
}

impl Groups<'_> {
    fn threshold(&self, key: &str) -> Seconds {
        self.terms.threshold(None, self.realm, "", key)
    }

    fn standing(&self, kind: &str, id: &str, found: &Found) -> Option<Standing> {
        let staging = self.terms.vault_is_staging && self.realm.starts_with("vault/");
        let reported = self.terms.adopted.is_none_or(|adopted| found.last >= adopted);
        reported.then(|| Standing {
            realm: self.realm.to_owned(),
            detection: found.detection,
            kind: kind.to_owned(),
            id: id.to_owned(),
            version: None,
            anchor: found.anchor,
            severity: found.severity - usize::from(staging),
        })
    }

    /// Acts as root, one finding for each principal and day.
    fn root_use(&self) -> Vec<Standing> {
        let mut days: BTreeMap<(&str, i64), Vec<&Told>> = BTreeMap::new();
        for told in self.told {
            let what = &told.what;
            let accepted = what.outcome != Outcome::Refused;
            let generated = what.action == Action::Issued && what.about == About::Nobody;
            let acted = is_use(what.action) || (generated && what.principal == Some("root"));
            if let (Some(principal), true) = (what.principal, accepted && acted && what.privileged) {
                days.entry((principal, what.at.div_euclid(DAY))).or_default().push(told);
            }
        }
        let stands = |((principal, day), acts): (&(&str, i64), &Vec<&Told>)| {
            let heard = acts.iter().map(|told| told.heard_at).max()?.div_euclid(DAY);
            let last = acts.iter().map(|told| told.what.at).max()?;
            let open = self.at < (heard + 1) * DAY + self.threshold("root_review_within");
            let found = found("P01", day * DAY, last, HIGH);
            self.standing("principal", principal, &found).filter(|_| open)
        };
        days.iter().filter_map(stands).collect()
    }

    /// Instance sessions used from several public networks.
    fn sessions(&self) -> Vec<Standing> {
        let mut sessions: BTreeMap<&str, BTreeMap<&str, Vec<&Told>>> = BTreeMap::new();
        for told in self.told.iter().filter(|told| told.what.is_accepted() && is_use(told.what.action)) {
            if let (Some(session), Some(address)) = (told.what.session, told.what.address)
                && is_public(address)
            {
                let network = network(self.terms, address);
                sessions.entry(session).or_default().entry(network).or_default().push(told);
            }
        }
        sessions.iter().filter_map(|(session, networks)| self.session(session, networks)).collect()
    }

    fn session(&self, session: &str, networks: &BTreeMap<&str, Vec<&Told>>) -> Option<Standing> {
        let first = |told: &Vec<&Told>| told.iter().map(|told| (told.what.at, told.what.id())).min().unwrap();
        let mut in_order: Vec<&Vec<&Told>> = networks.values().collect();
        in_order.sort_by_key(|told| first(told));
        let wanted = usize::try_from(self.threshold("session_networks")).unwrap();
        let decisive = in_order.get(wanted - 1)?;
        let latest = in_order[1..].iter().copied().flatten();
        let latest = latest.max_by_key(|told| (told.what.at, told.heard_at))?;
        let open = self.at < latest.heard_at + 7 * DAY;
        let found = found("B11", first(decisive).0, latest.what.at, HIGH);
        self.standing("aws.role_session", session, &found).filter(|_| open)
    }
}

fn is_use(action: Action) -> bool {
    matches!(action, Action::Used | Action::SecretRead | Action::Denied)
}
