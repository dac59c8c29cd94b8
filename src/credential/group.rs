//! What is known of a principal or of a role session: the stable end on which many credentials meet.

use crate::credential::facts::EventRef;
use crate::credential::intern::Sym;
use crate::credential::rare::Stamp;
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// The clock when a record of it last came in: what comes late is not old news.
    pub heard_at: EventTime,
    pub count: u32,
}

/// One UTC day on which a principal acted as root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RootDay {
    pub day: i64,
    pub first: Stamp,
    pub last: Stamp,
    /// The clock when a record of it last came in: what comes late is not old news.
    pub heard_at: EventTime,
    pub count: u32,
}

/// Most days of root use that are remembered; a finding is closed a week after its day.
const ROOT_DAYS_MAX: usize = 16;

#[derive(Debug, Clone)]
pub struct Group {
    pub kind: GroupKind,
    pub name: Sym,
    /// A name people know it by.
    pub display_name: Sym,
    owner: Option<(EventTime, Sym)>,
    pub networks: Vec<Seen>,
    /// More networks than are remembered: nothing can be called new any more.
    pub many_networks: bool,
    pub root_days: Vec<RootDay>,
    /// Index of its thresholds in the engine's table.
    pub thresholds: u16,
}

impl Group {
    #[must_use]
    pub fn new(kind: GroupKind, name: Sym) -> Self {
        Self {
            kind,
            name,
            display_name: Sym::NONE,
            owner: None,
            networks: Vec::new(),
            many_networks: false,
            root_days: Vec::new(),
            thresholds: u16::MAX,
        }
    }

    /// A use from `network`.
    pub fn fold_network(&mut self, network: NetKey, public: bool, stamp: Stamp, heard_at: EventTime) {
        if let Some(seen) = self.networks.iter_mut().find(|seen| seen.network == network) {
            seen.first = seen.first.min(stamp);
            seen.last = seen.last.max(stamp);
            seen.heard_at = seen.heard_at.max(heard_at);
            seen.count = seen.count.saturating_add(1);
        } else if self.networks.len() < NETWORKS_PER_GROUP_MAX {
            self.networks.push(Seen { network, public, first: stamp, last: stamp, heard_at, count: 1 });
        } else {
            self.many_networks = true;
        }
    }

    /// A use as root.
    pub fn fold_root_use(&mut self, stamp: Stamp, heard_at: EventTime) {
        let day = stamp.at.day();
        match self.root_days.binary_search_by_key(&day, |root| root.day) {
            Ok(at) => {
                let root = &mut self.root_days[at];
                root.first = root.first.min(stamp);
                root.last = root.last.max(stamp);
                root.heard_at = root.heard_at.max(heard_at);
                root.count = root.count.saturating_add(1);
            }
            Err(at) => {
                self.root_days.insert(at, RootDay { day, first: stamp, last: stamp, heard_at, count: 1 });
            }
        }
        if self.root_days.len() > ROOT_DAYS_MAX {
            self.root_days.remove(0);
        }
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

    /// Whether `network` had not been used by this group before `at`, as far as that can be said: something
    /// must be known of it, and not too much.
    #[must_use]
    pub fn is_new_network(&self, network: NetKey, at: EventTime) -> bool {
        let mut known = self.networks.iter().filter(|seen| seen.first.at < at).peekable();
        !self.many_networks && known.peek().is_some() && known.all(|seen| seen.network != network)
    }

    /// The public networks, the one used first in front.
    #[must_use]
    pub fn public_networks(&self) -> Vec<Seen> {
        let mut public: Vec<Seen> = self.networks.iter().copied().filter(|seen| seen.public).collect();
        public.sort_by_key(|seen| (seen.first.at, seen.first.by.id, seen.network));
        public
    }
}

impl Stamp {
    #[must_use]
    pub fn new(at: EventTime, by: EventRef) -> Self {
        Self { at, by }
    }
}
