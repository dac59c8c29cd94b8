//! The engine: folds events, judges what they changed, fires timers and owns the life of every finding.
//!
//! Values in, values out. It reads no clock, file or network; time moves by the events it is given and by
//! [`Engine::advance`]. Realms do not know of each other.

mod clocks;
mod keep;
mod keep_finding;
mod life;
pub mod partition;
mod realm;
mod retention;
mod timers;
mod window;
mod writing;

use std::sync::Arc;

use crate::credential::coverage::Gaps;
use crate::credential::{GroupIx, Map, Slot};
use crate::event::Event;
use crate::finding::Finding;
use crate::kind::KINDS;
use crate::policy::{Policy, Thresholds};
use crate::stream::{SourceName, Stream, StreamIx};
use crate::time::EventTime;

pub use clocks::Reach;
pub use keep::Write;
use life::Why;
use realm::Realm;

/// A subject that conditions are judged on, within its realm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectIx {
    Credential(Slot),
    Group(GroupIx),
}

/// The stream processor over any number of realms.
pub struct Engine {
    rules: Rules,
    streams: Vec<StreamState>,
    realms: Vec<Realm>,
    index: Map<String, usize>,
    out: Vec<Finding>,
    /// Whether somebody will ask what changed.
    keeps_changes: bool,
}

/// A stream with what its log covers.
struct StreamState {
    stream: Stream,
    gaps: Arc<Gaps>,
    /// Until when its log is complete, where that is told.
    reach: Reach,
}

impl StreamState {
    fn new(stream: Stream) -> Self {
        Self { stream, gaps: Arc::default(), reach: Reach::NONE }
    }
}

/// The policy, with the thresholds that were resolved from it.
pub(crate) struct Rules {
    policy: Policy,
    /// The networks the policy names, sorted: their place is their number.
    network_names: Vec<String>,
    thresholds: Vec<Thresholds>,
    index: Map<Thresholds, u16>,
    /// The conditions that apply to each kind, as indexes into `detect::CONDITIONS`.
    by_kind: Vec<Vec<u8>>,
}

impl Rules {
    fn new(policy: Policy) -> Self {
        let by_kind = KINDS.iter().map(|row| life::conditions_for(row.kind)).collect();
        let network_names = policy.network_names().map(str::to_owned).collect();
        Self { policy, network_names, thresholds: Vec::new(), index: Map::default(), by_kind }
    }

    /// The number of the named network an address lies in.
    fn network_number(&self, address: core::net::IpAddr) -> Option<u16> {
        let name = self.policy.network_name(address)?;
        self.number_of_name(name)
    }

    fn network_name(&self, number: u16) -> String {
        self.network_names.get(usize::from(number)).cloned().unwrap_or_default()
    }

    /// The number of a network that the policy names.
    fn number_of_name(&self, name: &str) -> Option<u16> {
        let at = self.network_names.binary_search_by(|known| known.as_str().cmp(name)).ok()?;
        u16::try_from(at).ok()
    }

    /// The number under which `thresholds` are kept.
    fn intern(&mut self, thresholds: &Thresholds) -> u16 {
        if let Some(&known) = self.index.get(thresholds) {
            return known;
        }
        let at = u16::try_from(self.thresholds.len()).unwrap_or(u16::MAX - 1);
        self.thresholds.push(*thresholds);
        self.index.insert(*thresholds, at);
        at
    }
}

/// How many credentials are kept, and what is not resolved among them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Census {
    /// By kind, in the order of `KINDS`.
    pub by_kind: Vec<(&'static str, u64)>,
    /// Credentials of which only an end is known: a revocation by a name that no other record uses.
    pub unresolved: u64,
    pub realms: u64,
}

impl Census {
    /// Adds what another engine keeps; they share no realm.
    pub fn absorb(&mut self, other: Self) {
        for (kind, count) in other.by_kind {
            match self.by_kind.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, sum)) => *sum += count,
                None => self.by_kind.push((kind, count)),
            }
        }
        let place = |name: &str| KINDS.iter().position(|row| row.name == name);
        self.by_kind.sort_by_key(|(name, _)| place(name));
        self.unresolved += other.unresolved;
        self.realms += other.realms;
    }
}

impl Engine {
    /// An engine under `policy`, for events of `streams`.
    #[must_use]
    pub fn new(policy: Policy, streams: &[Stream]) -> Self {
        let state = |stream: &Stream| StreamState::new(stream.clone());
        Self {
            rules: Rules::new(policy),
            streams: streams.iter().map(state).collect(),
            realms: Vec::new(),
            index: Map::default(),
            out: Vec::new(),
            keeps_changes: false,
        }
    }

    /// States the gaps of a stream. Realms that rest on it are judged again, as far as they are known.
    pub fn set_gaps(&mut self, stream: StreamIx, gaps: Gaps) {
        if let Some(state) = self.streams.get_mut(usize::from(stream.0)) {
            state.gaps = Arc::new(gaps);
        }
        for realm in &mut self.realms {
            if realm.streams.contains(&stream) {
                realm.gaps = joined_gaps(&self.streams, &realm.streams);
                realm.judge_all(Why::Coverage, &mut self.rules, &mut self.out);
            }
        }
    }

    /// Folds one event. Timers of its realm that were due before it fire first.
    pub fn handle(&mut self, event: &Event<'_>) {
        let at = self.realm_of(event);
        let realm = &mut self.realms[at];
        realm.advance(event.at, false, &mut self.rules, &mut self.out);
        realm.handle(event, &mut self.rules, &mut self.out);
    }

    /// Folds one event that may run ahead of the clocks: its realm moves as far as what is told of its
    /// streams.
    pub fn receive(&mut self, event: &Event<'_>) {
        let at = self.realm_of(event);
        let realm = &mut self.realms[at];
        let Reach { at, inclusive } = reach_of(&self.streams, realm);
        realm.advance(at, inclusive, &mut self.rules, &mut self.out);
        realm.handle(event, &mut self.rules, &mut self.out);
    }

    /// Adds a stream that came up.
    pub fn add_stream(&mut self, stream: Stream) -> StreamIx {
        self.streams.push(StreamState::new(stream));
        StreamIx(u16::try_from(self.streams.len() - 1).unwrap_or(u16::MAX))
    }

    /// States until when the log of a stream is complete.
    pub fn set_reach(&mut self, stream: StreamIx, reach: Reach) {
        if let Some(state) = self.streams.get_mut(usize::from(stream.0)) {
            state.reach = reach;
        }
    }

    /// Moves every realm as far as what is told of its streams.
    pub fn advance_to_reach(&mut self) {
        for realm in &mut self.realms {
            let Reach { at, inclusive } = reach_of(&self.streams, realm);
            realm.advance(at, inclusive, &mut self.rules, &mut self.out);
        }
    }

    /// From now on remembers what changes, for [`Engine::write_changes`].
    pub fn keep_changes(&mut self) {
        self.keeps_changes = true;
        self.realms.iter_mut().for_each(Realm::keep_changes);
    }

    /// Writes the state that changed since this was last called.
    pub fn write_changes(&mut self, write: Write<'_>) {
        for (number, realm) in (0u32..).zip(&mut self.realms) {
            realm.write_changes(number, &self.rules, write);
        }
    }

    /// Takes all there is for changed.
    fn note_all(&mut self) {
        self.realms.iter_mut().for_each(Realm::note_all);
    }

    /// How many credentials are kept.
    #[must_use]
    pub fn credentials(&self) -> usize {
        self.realms.iter().map(|realm| realm.store.len()).sum()
    }

    /// How many findings are open.
    #[must_use]
    pub fn open_findings(&self) -> usize {
        self.realms.iter().map(Realm::open_findings).sum()
    }

    /// Puts back a realm, whose streams are there already.
    fn add_realm(&mut self, mut realm: Realm) {
        realm.gaps = joined_gaps(&self.streams, &realm.streams);
        self.index.insert(realm.name.clone(), self.realms.len());
        self.realms.push(realm);
    }

    /// Once all is put back: finds out who minted and who holds what.
    fn reconnect(&mut self) {
        self.realms.iter_mut().for_each(|realm| realm.store.reconnect());
    }

    /// Judges everything anew: the policy is another one than before.
    fn reclassify(&mut self) {
        self.realms.iter_mut().for_each(|realm| realm.reclassify(&mut self.rules, &mut self.out));
    }

    /// The log of `stream` is complete until `until`: fires what is due in its realms.
    pub fn advance(&mut self, stream: StreamIx, until: EventTime) {
        for realm in &mut self.realms {
            if realm.streams.contains(&stream) {
                realm.advance(until, true, &mut self.rules, &mut self.out);
            }
        }
    }

    /// The logs of all streams are complete until what `clock` says of each. A realm that rests on several
    /// streams moves with the slowest.
    pub fn advance_all(&mut self, clock: impl Fn(StreamIx) -> EventTime) {
        for realm in &mut self.realms {
            let until = realm.streams.iter().map(|&stream| clock(stream)).min();
            if let Some(until) = until {
                realm.advance(until, true, &mut self.rules, &mut self.out);
            }
        }
    }

    /// Takes the transitions so far, in the order they were concluded.
    pub fn take_findings(&mut self) -> Vec<Finding> {
        std::mem::take(&mut self.out)
    }

    /// The open findings in the words of the present, in the order of their uids: "unused for 45 d" on the
    /// day one opened is 52 d a week later. This is no transition.
    #[must_use]
    pub fn restate(&self) -> Vec<Finding> {
        let mut open: Vec<Finding> =
            self.realms.iter().flat_map(|realm| realm.restate(&self.rules)).collect();
        open.sort_by_key(|finding| finding.uid);
        open
    }

    /// Counts what is kept.
    #[must_use]
    pub fn census(&self) -> Census {
        let mut counts = vec![0u64; KINDS.len()];
        let mut census = Census { realms: self.realms.len() as u64, ..Census::default() };
        for realm in &self.realms {
            realm.count(&mut counts, &mut census.unresolved);
        }
        let counted = KINDS.iter().zip(counts).filter(|(_, count)| *count > 0);
        census.by_kind = counted.map(|(row, count)| (row.name, count)).collect();
        census
    }

    /// The realm of `event`, made if it is new, which rests on the stream of the event.
    fn realm_of(&mut self, event: &Event<'_>) -> usize {
        let at = self.realm_named(event);
        let realm = &mut self.realms[at];
        if !realm.streams.contains(&event.stream) {
            // Whatever the other one says, what is complete stays so.
            let Reach { at, inclusive } = reach_of(&self.streams, realm);
            realm.advance(at, inclusive, &mut self.rules, &mut self.out);
            realm.streams.push(event.stream);
            realm.changed = true;
            realm.gaps = joined_gaps(&self.streams, &realm.streams);
        }
        at
    }

    fn realm_named(&mut self, event: &Event<'_>) -> usize {
        if let Some(&at) = self.index.get(event.realm.as_str()) {
            return at;
        }
        let tenant = self.streams.get(usize::from(event.stream.0)).map(|state| state.stream.tenant.as_str());
        let environment = self.rules.policy.environment(&event.realm).map(str::to_owned);
        let source = SourceName::of_realm(&event.realm).unwrap_or(event.source);
        let mut realm = Realm::new(&event.realm, tenant.unwrap_or("default"), source, environment);
        if self.keeps_changes {
            realm.keep_changes();
        }
        self.realms.push(realm);
        self.index.insert(event.realm.to_string(), self.realms.len() - 1);
        self.realms.len() - 1
    }
}

/// A realm that rests on several streams moves with the slowest.
fn reach_of(streams: &[StreamState], realm: &Realm) -> Reach {
    let reach = |stream: &StreamIx| streams.get(usize::from(stream.0)).map_or(Reach::NONE, |s| s.reach);
    realm.streams.iter().map(reach).min().unwrap_or(Reach::NONE)
}

fn joined_gaps(streams: &[StreamState], of: &[StreamIx]) -> Arc<Gaps> {
    let mut of = of.iter().filter_map(|stream| streams.get(usize::from(stream.0)));
    let Some(first) = of.next() else { return Arc::default() };
    let rest: Vec<_> = of.flat_map(|state| state.gaps.as_slice().iter().copied()).collect();
    if rest.is_empty() {
        return Arc::clone(&first.gaps);
    }
    Arc::new(Gaps::new(first.gaps.as_slice().iter().copied().chain(rest).collect()))
}
