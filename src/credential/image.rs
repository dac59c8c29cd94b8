//! A credential, a principal or an act on many, as it is kept between runs: complete, and without any number
//! that means something in this process only.
//!
//! Slots are the exception, and on purpose: a credential is kept under the place it has in its realm, so that
//! what minted it needs no name and two names that turn out to be one credential leave one place empty.

use serde::{Deserialize, Serialize};

use crate::credential::changes::SpreadKind;
use crate::credential::facts::{Facts, Flags, Standing};
use crate::credential::group::{GroupKind, GroupParts, Known, NetKey, RootDay, Seen};
use crate::credential::names::Space;
use crate::credential::rare::{Cascade, RareParts, Refusal, Version};
use crate::credential::slot::{GroupIx, Slot};
use crate::credential::spread::Act;
use crate::credential::stamp::{EventRef, Stamp};
use crate::credential::store::Store;
use crate::credential::{Rare, Sym};
use crate::kind::Kind;
use crate::net::Network;
use crate::origin::{EventId, Origin};
use crate::time::EventTime;

/// The record a fact came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Ref")]
pub struct RefImage {
    pub event_id: EventId,
    /// The number of the input, as the state of the partition keeps it.
    pub input: u32,
    pub record: u64,
}

/// A moment with the record that told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Stamp")]
pub struct StampImage {
    pub at: EventTime,
    pub by: RefImage,
}

/// One name, with the space it is unique in: the name of a kind, or empty for a handle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Name")]
pub struct NameImage<'a> {
    pub space: &'a str,
    pub text: &'a str,
}

/// A network: by its prefix, or by the name the policy gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Network")]
pub struct NetworkImage {
    pub named: bool,
    pub text: String,
}

/// How the names that a policy gives to networks are turned into numbers and back.
pub struct NetworkNames<'n> {
    pub name: &'n dyn Fn(u16) -> String,
    pub number: &'n dyn Fn(&str) -> Option<u16>,
}

/// One credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Credential")]
#[expect(clippy::struct_excessive_bools, reason = "single facts, each with its name in the schema")]
pub struct CredentialImage<'a> {
    pub kind: &'a str,
    /// The name it is shown by.
    pub shown: &'a str,
    #[serde(borrow)]
    pub names: Vec<NameImage<'a>>,
    pub standing: Standing,
    pub principal: &'a str,
    pub place: &'a str,
    /// The slot of what minted it.
    pub parent: Option<u32>,
    pub issue_seen: bool,
    pub privileged: bool,
    pub spent: bool,
    pub single_use: bool,
    pub uses: u32,
    pub issued_at: Option<EventTime>,
    pub first_use: Option<EventTime>,
    pub last_use: Option<EventTime>,
    pub rotated_at: Option<EventTime>,
    pub expires_at: Option<EventTime>,
    pub revoked_first: Option<EventTime>,
    pub revoked_last: Option<EventTime>,
    pub issue_ref: Option<RefImage>,
    pub use_ref: Option<RefImage>,
    pub end_ref: Option<RefImage>,
    /// The days of use, as 512 bits.
    pub used_days: Vec<i64>,
    #[serde(borrow)]
    pub rare: Option<RareImage<'a>>,
    /// When it is to be judged again; not for the store to know.
    pub wake_at: Option<EventTime>,
}

/// What few credentials have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Rare")]
pub struct RareImage<'a> {
    pub state_at: Option<EventTime>,
    pub state_inactive: bool,
    pub deactivated_last: Option<EventTime>,
    pub state_ref: Option<RefImage>,
    pub rotated_ref: Option<RefImage>,
    pub revocations: Vec<EventTime>,
    pub rotation_failed: Option<StampImage>,
    pub rotation_first_failed: Option<EventTime>,
    pub implied: Option<StampImage>,
    pub cascades: Vec<CascadeImage>,
    pub owner_at: Option<EventTime>,
    pub owner: &'a str,
    #[serde(borrow)]
    pub versions: Vec<VersionImage<'a>>,
    pub refusals: Vec<RefusalImage>,
    pub uses_after_end: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Cascade")]
pub struct CascadeImage {
    pub stamp: StampImage,
    pub spare_tokens: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Version")]
pub struct VersionImage<'a> {
    pub name: &'a str,
    pub made_at: Option<EventTime>,
    pub superseded_at: Option<EventTime>,
    pub first_read: Option<EventTime>,
    pub last_read: Option<EventTime>,
    pub read_ref: Option<RefImage>,
    pub reads: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Refusal")]
pub struct RefusalImage {
    pub stamp: StampImage,
    pub network: Option<NetworkImage>,
}

/// A principal, or a role session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Group")]
pub struct GroupImage<'a> {
    pub kind: GroupKind,
    pub name: &'a str,
    pub display_name: &'a str,
    pub owner_at: Option<EventTime>,
    pub owner: &'a str,
    pub many_networks: bool,
    pub known: Vec<KnownImage>,
    pub networks: Vec<SeenImage>,
    pub root_days: Vec<RootDayImage>,
    /// When it is to be judged again; not for the store to know.
    pub wake_at: Option<EventTime>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Known")]
pub struct KnownImage {
    pub network: NetworkImage,
    pub first_at: EventTime,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Seen")]
pub struct SeenImage {
    pub network: NetworkImage,
    pub public: bool,
    pub first: StampImage,
    pub last: StampImage,
    pub heard_at: EventTime,
    pub count: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "RootDay")]
pub struct RootDayImage {
    pub day: i64,
    pub first: StampImage,
    pub last: StampImage,
    pub heard_at: EventTime,
    pub count: u32,
}

/// The acts on all that one prefix or principal selects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Spread")]
pub struct SpreadImage<'a> {
    pub kind: SpreadKind,
    pub text: &'a str,
    pub acts: Vec<ActImage>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "ActRecord")]
pub struct ActImage {
    pub act: Act,
    pub stamp: StampImage,
}

/// Why an image cannot be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    #[error("a kind of credential that this version does not know; a later version wrote it")]
    UnknownKind,
    #[error("a place that another record holds")]
    Taken,
}

impl From<EventRef> for RefImage {
    fn from(by: EventRef) -> Self {
        Self { event_id: by.id, input: by.origin.input(), record: by.origin.record() }
    }
}

impl From<RefImage> for EventRef {
    fn from(image: RefImage) -> Self {
        Self { id: image.event_id, origin: Origin::new(image.input, image.record) }
    }
}

impl From<Stamp> for StampImage {
    fn from(stamp: Stamp) -> Self {
        Self { at: stamp.at, by: stamp.by.into() }
    }
}

impl From<StampImage> for Stamp {
    fn from(image: StampImage) -> Self {
        Self { at: image.at, by: image.by.into() }
    }
}

fn reference(by: EventRef) -> Option<RefImage> {
    (by != EventRef::default()).then(|| by.into())
}

fn unless(at: EventTime, none: EventTime) -> Option<EventTime> {
    (at != none).then_some(at)
}

fn network_image(key: NetKey, names: &NetworkNames<'_>) -> NetworkImage {
    match key {
        NetKey::Net(network) => NetworkImage { named: false, text: network.to_string() },
        NetKey::Named(number) => NetworkImage { named: true, text: (names.name)(number) },
    }
}

/// `None` for a name the policy has no more.
fn network_key(image: &NetworkImage, names: &NetworkNames<'_>) -> Option<NetKey> {
    if image.named {
        return (names.number)(&image.text).map(NetKey::Named);
    }
    let address = image.text.split_once('/').map_or(image.text.as_str(), |(address, _)| address);
    address.parse().ok().map(|address| NetKey::Net(Network::of(address)))
}

impl Store {
    /// The credential at `slot`, if one is kept there.
    #[must_use]
    pub fn credential_image<'s>(
        &'s self,
        slot: Slot,
        nets: &NetworkNames<'_>,
    ) -> Option<CredentialImage<'s>> {
        let facts = self.get(slot)?;
        let (revoked_first, revoked_last) = facts.revoked_ends();
        let name = |(sym, space): (Sym, Space)| NameImage { space: space.name(), text: self.text(sym) };
        Some(CredentialImage {
            kind: facts.kind.name(),
            shown: self.text(facts.name),
            names: self.names.spaced(slot).map(name).collect(),
            standing: facts.flags.standing(),
            principal: self.text(facts.principal),
            place: self.text(facts.place),
            parent: facts.parent.some().map(Slot::number),
            issue_seen: facts.flags.has(Flags::ISSUE_SEEN),
            privileged: facts.flags.has(Flags::PRIVILEGED),
            spent: facts.flags.has(Flags::SPENT),
            single_use: facts.flags.has(Flags::SINGLE_USE),
            uses: facts.uses,
            issued_at: unless(facts.issued_at, EventTime::MIN),
            first_use: unless(facts.first_use, EventTime::MAX),
            last_use: unless(facts.last_use, EventTime::MIN),
            rotated_at: unless(facts.rotated_at, EventTime::MIN),
            expires_at: unless(facts.expires_at, EventTime::MIN),
            revoked_first: unless(revoked_first, EventTime::MAX),
            revoked_last: unless(revoked_last, EventTime::MIN),
            issue_ref: reference(facts.issue_ref),
            use_ref: reference(facts.use_ref),
            end_ref: reference(facts.end_ref),
            used_days: facts.used_days().words().map(u64::cast_signed).to_vec(),
            rare: facts.rare.as_deref().map(|rare| self.rare_image(rare, nets)),
            wake_at: None,
        })
    }

    fn rare_image<'s>(&'s self, rare: &Rare, nets: &NetworkNames<'_>) -> RareImage<'s> {
        let parts = rare.parts();
        let version = |version: &Version| VersionImage {
            name: self.text(version.name),
            made_at: unless(version.made_at, EventTime::MIN),
            superseded_at: unless(version.superseded_at, EventTime::MAX),
            first_read: unless(version.first_read, EventTime::MAX),
            last_read: unless(version.last_read, EventTime::MIN),
            read_ref: reference(version.read_ref),
            reads: version.reads,
        };
        let refusal = |refusal: &Refusal| RefusalImage {
            stamp: StampImage { at: refusal.at, by: refusal.by.into() },
            network: refusal.network.map(|network| network_image(network, nets)),
        };
        let cascade = |cascade: &Cascade| CascadeImage {
            stamp: cascade.stamp.into(),
            spare_tokens: cascade.spare_tokens,
        };
        RareImage {
            state_at: parts.state.map(|(at, _)| at),
            state_inactive: parts.state.is_some_and(|(_, inactive)| inactive),
            deactivated_last: parts.deactivated_last,
            state_ref: reference(rare.state_ref),
            rotated_ref: reference(rare.rotated_ref),
            revocations: rare.revocations().to_vec(),
            rotation_failed: rare.rotation_failed.map(Into::into),
            rotation_first_failed: rare.rotation_first_failed,
            implied: rare.implied.map(Into::into),
            cascades: rare.cascades().iter().map(cascade).collect(),
            owner_at: parts.owner.map(|(at, _)| at),
            owner: parts.owner.map_or("", |(_, owner)| self.text(owner)),
            versions: rare.versions.iter().map(version).collect(),
            refusals: rare.refusals.iter().map(refusal).collect(),
            uses_after_end: rare.uses_after_end,
        }
    }

    /// The group at `group`.
    #[must_use]
    pub fn group_image<'s>(&'s self, group: GroupIx, nets: &NetworkNames<'_>) -> GroupImage<'s> {
        let group = self.group(group);
        let parts = group.parts();
        let known = |known: &Known| KnownImage {
            network: network_image(known.network, nets),
            first_at: known.first_at,
        };
        let seen = |seen: &Seen| SeenImage {
            network: network_image(seen.network, nets),
            public: seen.public,
            first: seen.first.into(),
            last: seen.last.into(),
            heard_at: seen.heard_at,
            count: seen.count,
        };
        let root_day = |root: &RootDay| RootDayImage {
            day: root.day,
            first: root.first.into(),
            last: root.last.into(),
            heard_at: root.heard_at,
            count: root.count,
        };
        GroupImage {
            kind: group.kind,
            name: self.text(group.name),
            display_name: self.text(group.display_name),
            owner_at: parts.owner.map(|(at, _)| at),
            owner: parts.owner.map_or("", |(_, owner)| self.text(owner)),
            many_networks: parts.many_networks,
            known: group.known.iter().map(known).collect(),
            networks: parts.networks.iter().map(seen).collect(),
            root_days: group.root_days().iter().map(root_day).collect(),
            wake_at: None,
        }
    }

    /// The acts on what `text` selects.
    #[must_use]
    pub fn spread_image<'t>(&self, kind: SpreadKind, text: &'t str) -> SpreadImage<'t> {
        let acts = self.spreads.acts(kind, text).iter();
        let acts = acts.map(|&(stamp, act)| ActImage { act, stamp: stamp.into() }).collect();
        SpreadImage { kind, text, acts }
    }

    /// Puts a credential back into its place.
    ///
    /// # Errors
    /// Where this version does not know its kind, or its place is taken.
    pub fn put_credential(
        &mut self,
        slot: u32,
        image: &CredentialImage<'_>,
        nets: &NetworkNames<'_>,
    ) -> Result<(), ImageError> {
        let slot = Slot::at(slot);
        let kind = Kind::parse(image.kind).ok_or(ImageError::UnknownKind)?;
        let mut facts = Facts::new(kind, self.strings.intern(image.shown));
        facts.principal = self.strings.intern(image.principal);
        facts.place = self.strings.intern(image.place);
        facts.parent = image.parent.map_or(Slot::NONE, Slot::at);
        facts.flags.set_standing(image.standing);
        let flags = [
            (Flags::ISSUE_SEEN, image.issue_seen),
            (Flags::PRIVILEGED, image.privileged),
            (Flags::SPENT, image.spent),
            (Flags::SINGLE_USE, image.single_use),
        ];
        flags.iter().filter(|(_, on)| *on).for_each(|(flag, _)| facts.flags.set(*flag));
        facts.uses = image.uses;
        facts.issued_at = image.issued_at.unwrap_or(EventTime::MIN);
        facts.first_use = image.first_use.unwrap_or(EventTime::MAX);
        facts.last_use = image.last_use.unwrap_or(EventTime::MIN);
        facts.rotated_at = image.rotated_at.unwrap_or(EventTime::MIN);
        facts.expires_at = image.expires_at.unwrap_or(EventTime::MIN);
        facts.set_revoked_ends(
            image.revoked_first.unwrap_or(EventTime::MAX),
            image.revoked_last.unwrap_or(EventTime::MIN),
        );
        facts.issue_ref = image.issue_ref.map_or_else(EventRef::default, Into::into);
        facts.use_ref = image.use_ref.map_or_else(EventRef::default, Into::into);
        facts.end_ref = image.end_ref.map_or_else(EventRef::default, Into::into);
        facts.used_days_mut().set_words(&image.used_days);
        facts.rare = image.rare.as_ref().map(|rare| Box::new(self.rare_of(rare, nets)));
        self.place(slot, facts)?;
        // The last one named stands in front.
        for name in image.names.iter().rev() {
            let space = Space::named(name.space).ok_or(ImageError::UnknownKind)?;
            let sym = self.strings.intern(name.text);
            if self.names.find(sym, space).is_some() {
                return Err(ImageError::Taken);
            }
            self.names.insert(sym, space, slot);
        }
        Ok(())
    }

    fn rare_of(&mut self, image: &RareImage<'_>, nets: &NetworkNames<'_>) -> Rare {
        let owner = self.strings.intern(image.owner);
        let parts = RareParts {
            state: image.state_at.map(|at| (at, image.state_inactive)),
            deactivated_last: image.deactivated_last,
            owner: image.owner_at.map(|at| (at, owner)),
            revocations: image.revocations.clone(),
            cascades: image
                .cascades
                .iter()
                .map(|cascade| Cascade { stamp: cascade.stamp.into(), spare_tokens: cascade.spare_tokens })
                .collect(),
        };
        let mut rare = Rare::from_parts(parts);
        rare.state_ref = image.state_ref.map_or_else(EventRef::default, Into::into);
        rare.rotated_ref = image.rotated_ref.map_or_else(EventRef::default, Into::into);
        rare.rotation_failed = image.rotation_failed.map(Into::into);
        rare.rotation_first_failed = image.rotation_first_failed;
        rare.implied = image.implied.map(Into::into);
        for version in &image.versions {
            rare.versions.push(Version {
                name: self.strings.intern(version.name),
                made_at: version.made_at.unwrap_or(EventTime::MIN),
                superseded_at: version.superseded_at.unwrap_or(EventTime::MAX),
                first_read: version.first_read.unwrap_or(EventTime::MAX),
                last_read: version.last_read.unwrap_or(EventTime::MIN),
                read_ref: version.read_ref.map_or_else(EventRef::default, Into::into),
                reads: version.reads,
            });
        }
        for refusal in &image.refusals {
            let network = refusal.network.as_ref().and_then(|network| network_key(network, nets));
            rare.refusals.push(Refusal { at: refusal.stamp.at, by: refusal.stamp.by.into(), network });
        }
        rare.uses_after_end = image.uses_after_end;
        rare
    }

    /// Puts a group back. Groups come in the order of their places.
    ///
    /// # Errors
    /// Where it is not the next one.
    pub fn put_group(
        &mut self,
        at: u32,
        image: &GroupImage<'_>,
        nets: &NetworkNames<'_>,
    ) -> Result<(), ImageError> {
        let name = self.strings.intern(image.name);
        let owner = self.strings.intern(image.owner);
        let group = self.group_of(image.kind, name);
        if group != GroupIx::at(at) {
            return Err(ImageError::Taken);
        }
        let networks = image.networks.iter().filter_map(|seen| {
            Some(Seen {
                network: network_key(&seen.network, nets)?,
                public: seen.public,
                first: seen.first.into(),
                last: seen.last.into(),
                heard_at: seen.heard_at,
                count: seen.count,
            })
        });
        let root_days = image.root_days.iter().map(|root| RootDay {
            day: root.day,
            first: root.first.into(),
            last: root.last.into(),
            heard_at: root.heard_at,
            count: root.count,
        });
        let parts = GroupParts {
            owner: image.owner_at.map(|at| (at, owner)),
            many_networks: image.many_networks,
            networks: networks.collect(),
            root_days: root_days.collect(),
        };
        let display_name = self.strings.intern(image.display_name);
        let facts = self.group_mut(group);
        facts.display_name = display_name;
        facts.set_parts(parts);
        facts.known = image
            .known
            .iter()
            .filter_map(|known| {
                Some(Known { network: network_key(&known.network, nets)?, first_at: known.first_at })
            })
            .collect();
        Ok(())
    }

    /// Puts acts back.
    pub fn put_spread(&mut self, image: &SpreadImage<'_>) {
        let acts = image.acts.iter().map(|act| (act.stamp.into(), act.act)).collect();
        self.spreads.put(image.kind, image.text, acts);
    }

    /// Once all is put back: finds who minted and who holds what, and which places are free.
    pub fn reconnect(&mut self) {
        self.connect_credentials();
        self.changes = None;
    }
}
