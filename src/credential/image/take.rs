//! Takes the image of what a store holds.

use crate::credential::changes::SpreadKind;
use crate::credential::facts::Flags;
use crate::credential::group::{Known, NetKey, RootDay, Seen};
use crate::credential::image::{
    ActImage, CascadeImage, CredentialImage, GroupImage, KnownImage, NameImage, NetworkImage, NetworkNames,
    RareImage, RefImage, RefusalImage, RootDayImage, SeenImage, SpreadImage, StampImage, VersionImage,
};
use crate::credential::names::Space;
use crate::credential::rare::{Cascade, Refusal, Version};
use crate::credential::slot::{GroupIx, Slot};
use crate::credential::stamp::EventRef;
use crate::credential::store::Store;
use crate::credential::{Rare, Sym};
use crate::time::EventTime;

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
}
