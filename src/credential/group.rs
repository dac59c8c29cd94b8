//! What is known of a principal or of a role session: the stable end on which many credentials meet.

use serde::{Deserialize, Serialize};

use crate::credential::intern::Sym;
use crate::credential::members::Members;
use crate::credential::stamp::Stamp;
use crate::limits::NETWORKS_PER_GROUP_MAX;
use crate::net::Network;
use crate::time::EventTime;

/// A network as it is compared: a range the policy names counts as one, whatever its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NetKey {
    Net(Network),
    /// Index of a named range in the policy.
    Named(u16),
}

/// What the members of a group have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    Principal,
    /// An EC2 role session, which several keys share.
    Session,
}

/// First and last use from one network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub network: NetKey,
    pub public: bool,
    pub first: Stamp,
    pub last: Stamp,
    /// The clock when its first or its last record came in: what comes late is not old news.
    pub heard_at: EventTime,
    pub count: u32,
}

/// One UTC day on which a principal acted as root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RootDay {
    pub day: i64,
    pub first: Stamp,
    pub last: Stamp,
    /// The clock when its first or its last record came in: what comes late is not old news.
    pub heard_at: EventTime,
    pub count: u32,
}

/// Most days of root use that are remembered: beyond the longest time a policy lets a review wait.
const ROOT_DAYS_MAX: usize = 100;

/// A network a principal was seen in, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub network: NetKey,
    pub first_at: EventTime,
}

/// There is one for every principal, and most hold one credential and stand in one network: what few of them
/// have is in a box.
#[derive(Debug, Clone)]
pub struct Group {
    pub kind: GroupKind,
    pub name: Sym,
    /// A name people know it by.
    pub display_name: Sym,
    owner: Option<(EventTime, Sym)>,
    /// The networks of a principal.
    pub known: Vec<Known>,
    /// The durable credentials of a principal.
    pub(super) held: Members,
    watched: Option<Box<Watched>>,
    /// More networks than are remembered: nothing can be called new any more.
    many_networks: bool,
    /// Index of its thresholds in the engine's table.
    pub thresholds: u16,
}

/// What is kept with the records it came from, because a finding shows them.
#[derive(Debug, Clone, Default)]
struct Watched {
    /// The networks of a role session.
    networks: Vec<Seen>,
    root_days: Vec<RootDay>,
}

/// What of a [`Group`] only its own functions may change.
#[derive(Debug, Default)]
pub(super) struct GroupParts {
    pub owner: Option<(EventTime, Sym)>,
    pub many_networks: bool,
    /// The networks of a role session.
    pub networks: Vec<Seen>,
    pub root_days: Vec<RootDay>,
}

impl Group {
    pub(super) fn parts(&self) -> GroupParts {
        let watched = self.watched.as_deref().cloned().unwrap_or_default();
        GroupParts {
            owner: self.owner,
            many_networks: self.many_networks,
            networks: watched.networks,
            root_days: watched.root_days,
        }
    }

    pub(super) fn set_parts(&mut self, parts: GroupParts) {
        let GroupParts { owner, many_networks, networks, root_days } = parts;
        (self.owner, self.many_networks) = (owner, many_networks);
        let is_watched = !networks.is_empty() || !root_days.is_empty();
        self.watched = is_watched.then(|| Box::new(Watched { networks, root_days }));
    }

    #[must_use]
    pub fn new(kind: GroupKind, name: Sym) -> Self {
        Self {
            kind,
            name,
            display_name: Sym::NONE,
            owner: None,
            known: Vec::new(),
            held: Members::default(),
            watched: None,
            many_networks: false,
            thresholds: u16::MAX,
        }
    }

    /// A use by this principal from `network`. Returns whether that changed anything.
    pub fn fold_known(&mut self, network: NetKey, at: EventTime) -> bool {
        if let Some(known) = self.known.iter_mut().find(|known| known.network == network) {
            let earlier = at < known.first_at;
            known.first_at = known.first_at.min(at);
            return earlier;
        }
        if self.known.len() < NETWORKS_PER_GROUP_MAX {
            if self.known.is_empty() {
                self.known.reserve_exact(1);
            }
            self.known.push(Known { network, first_at: at });
            return true;
        }
        !std::mem::replace(&mut self.many_networks, true)
    }

    /// A use in this session from `network`.
    pub fn fold_network(&mut self, network: NetKey, public: bool, stamp: Stamp, heard_at: EventTime) {
        let networks = &mut self.watched.get_or_insert_default().networks;
        if let Some(seen) = networks.iter_mut().find(|seen| seen.network == network) {
            // A second delivery is no news, nor is a record between two that are known.
            if stamp < seen.first || stamp > seen.last {
                seen.heard_at = seen.heard_at.max(heard_at);
            }
            seen.first = seen.first.min(stamp);
            seen.last = seen.last.max(stamp);
            seen.count = seen.count.saturating_add(1);
        } else if networks.len() < NETWORKS_PER_GROUP_MAX {
            networks.push(Seen { network, public, first: stamp, last: stamp, heard_at, count: 1 });
        } else {
            self.many_networks = true;
        }
    }

    /// A use as root.
    pub fn fold_root_use(&mut self, stamp: Stamp, heard_at: EventTime) {
        let root_days = &mut self.watched.get_or_insert_default().root_days;
        let day = stamp.at.day();
        match root_days.binary_search_by_key(&day, |root| root.day) {
            Ok(at) => {
                let root = &mut root_days[at];
                if stamp < root.first || stamp > root.last {
                    root.heard_at = root.heard_at.max(heard_at);
                }
                root.first = root.first.min(stamp);
                root.last = root.last.max(stamp);
                root.count = root.count.saturating_add(1);
            }
            Err(at) => {
                root_days.insert(at, RootDay { day, first: stamp, last: stamp, heard_at, count: 1 });
            }
        }
        if root_days.len() > ROOT_DAYS_MAX {
            root_days.remove(0);
        }
    }

    /// The latest moment that any record told something of it which is judged.
    #[must_use]
    pub fn latest(&self) -> EventTime {
        let Some(watched) = self.watched.as_deref() else { return EventTime::MIN };
        let networks = watched.networks.iter().map(|seen| seen.last.at);
        let days = watched.root_days.iter().map(|root| root.last.at);
        networks.chain(days).max().unwrap_or(EventTime::MIN)
    }

    /// The days on which this principal acted as root, oldest first.
    #[must_use]
    pub fn root_days(&self) -> &[RootDay] {
        self.watched.as_deref().map_or(&[], |watched| &watched.root_days)
    }

    pub fn fold_owner(&mut self, at: EventTime, owner: Sym) {
        if self.owner.is_none_or(|(writer, _)| at >= writer) {
            self.owner = Some((at, owner));
        }
    }

    #[must_use]
    pub fn owner(&self) -> Option<Sym> {
        self.owner.map(|(_, owner)| owner)
    }

    /// Whether `network` had not been used by this principal before `at`, as far as that can be said:
    /// something must be known of it, and not too much.
    #[must_use]
    pub fn is_new_network(&self, network: NetKey, at: EventTime) -> bool {
        let mut known = self.known.iter().filter(|known| known.first_at < at).peekable();
        !self.many_networks && known.peek().is_some() && known.all(|known| known.network != network)
    }

    /// The public networks of this session, the one used first in front.
    #[must_use]
    pub fn public_networks(&self) -> Vec<Seen> {
        let networks = self.watched.as_deref().map_or(&[][..], |watched| &watched.networks);
        let mut public: Vec<Seen> = networks.iter().copied().filter(|seen| seen.public).collect();
        public.sort_by_key(|seen| (seen.first.at, seen.first.by.id, seen.network));
        public
    }
}
