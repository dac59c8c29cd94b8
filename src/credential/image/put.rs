//! Puts what an image holds back into a store.

use crate::credential::Rare;
use crate::credential::facts::{Facts, Flags};
use crate::credential::group::{GroupParts, Known, NetKey, RootDay, Seen};
use crate::credential::image::{
    CredentialImage, GroupImage, ImageError, NetworkImage, NetworkNames, RareImage, SpreadImage,
};
use crate::credential::names::Space;
use crate::credential::rare::{Cascade, RareParts, Refusal, Version};
use crate::credential::slot::{GroupIx, Slot};
use crate::credential::stamp::EventRef;
use crate::credential::store::Store;
use crate::kind::Kind;
use crate::net::Network;
use crate::time::EventTime;

/// `None` for a name the policy has no more.
fn network_key(image: &NetworkImage, names: &NetworkNames<'_>) -> Option<NetKey> {
    if image.named {
        return (names.number)(&image.text).map(NetKey::Named);
    }
    let address = image.text.split_once('/').map_or(image.text.as_str(), |(address, _)| address);
    address.parse().ok().map(|address| NetKey::Net(Network::of(address)))
}

impl Store {
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
        self.witness(slot);
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
