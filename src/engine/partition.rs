//! One partition of the topic of events: everything that is known of its realms, and nothing else.
//!
//! What it concludes is a function of the log of the partition: of its records in their order, and of the
//! wall times that progress records carry. So a second process that reads the same log, or goes on from the
//! changelog of the first, concludes the same.

use std::collections::BTreeMap;

use crate::changelog::{ChangelogError, InputImage, Key, MetaImage, PolicyImage, State, decode};
use crate::credential::image::{ImageError, NetworkNames};
use crate::credential::{GroupIx, Map, Slot};
use crate::engine::clocks::{Reach, StreamClock};
use crate::engine::keep::Write;
use crate::engine::realm::Realm;
use crate::engine::window::Window;
use crate::engine::{Census, Engine, SubjectIx, keep_finding};
use crate::event::Event;
use crate::finding::Finding;
use crate::origin::Origin;
use crate::policy::{Mistake, Policy};
use crate::progress::Progress;
use crate::stream::{SourceName, Stream, StreamIx};
use crate::time::{EventTime, WallTime};

pub use crate::engine::window::OFFSETS as WINDOW_OFFSETS;

/// The version of the rules by which state is worked out of events. State of a later one is refused.
const VERSION: u32 = 1;

/// An event with the names of what its numbers stand for.
#[derive(Debug)]
pub struct Named<'a> {
    pub event: Event<'a>,
    pub tenant: &'a str,
    pub stream: &'a str,
    /// `topic/partition` and offset of the raw message.
    pub input: &'a str,
    pub record: u64,
    /// The bytes that are the same for each delivery of the same fact.
    pub identity: &'a [u8],
}

/// A transition, and the wall time up to which its stream was known then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conclusion {
    pub finding: Finding,
    pub known_at: Option<WallTime>,
}

/// The policy as it is kept: its text, and the name findings cite it by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicyText {
    pub name: String,
    /// Empty for the built-in policy.
    pub text: String,
}

impl PolicyText {
    /// # Errors
    /// Every mistake of the text.
    pub fn parse(&self) -> Result<Policy, Vec<Mistake>> {
        if self.text.is_empty() {
            return Ok(Policy::default());
        }
        Policy::parse(&self.text).map(|policy| policy.named(&self.name))
    }
}

/// Why state cannot be taken up.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error("the record with the key {key:?} cannot be read: {why}")]
    Record { key: String, why: ChangelogError },
    #[error("the record with the key {key:?} cannot be taken up: {why}")]
    Image { key: String, why: ImageError },
    #[error("it was written by version {0} of the rules, and this is version {VERSION}: run a later Tenure")]
    LaterVersion(u32),
    #[error(
        "it was written for {was} partitions of the topic of events, which has {is}. Their number is decided \
         when they are created: restore it, or begin anew with other topics"
    )]
    Partitions { was: u32, is: u32 },
    #[error("the record with the key {0:?} speaks of a realm that is not there")]
    NoRealm(String),
}

/// See the module.
pub struct Partition {
    engine: Engine,
    clocks: Vec<StreamClock>,
    inputs: Vec<String>,
    by_input: Map<String, u32>,
    window: Window,
    concluded: Vec<Conclusion>,
    policy: PolicyText,
    partitions: u32,
    /// The first input that was not written out yet.
    inputs_written: u32,
    /// Meta and policy are not written out yet.
    is_new: bool,
    duplicates: u64,
}

impl Partition {
    /// One that knows nothing, of `partitions`.
    #[must_use]
    pub fn new(policy: Policy, text: PolicyText, partitions: u32) -> Self {
        let mut engine = Engine::new(policy, &[]);
        engine.keep_changes();
        Self {
            engine,
            clocks: Vec::new(),
            inputs: Vec::new(),
            by_input: Map::default(),
            window: Window::default(),
            concluded: Vec::new(),
            policy: text,
            partitions,
            inputs_written: 0,
            is_new: true,
            duplicates: 0,
        }
    }

    /// Takes an event that lies at `offset`.
    pub fn event(&mut self, offset: u64, named: Named<'_>) {
        let Named { mut event, tenant, stream, input, record, identity } = named;
        let stream = self.stream(tenant, stream, event.source);
        if let Some(clock) = self.clocks.get_mut(usize::from(stream.0)) {
            clock.event(input, event.at);
            self.engine.set_reach(stream, clock.reach);
        }
        if !self.window.is_first(offset, event.id, identity) {
            self.duplicates += 1;
            return;
        }
        event.stream = stream;
        event.origin = Origin::new(self.input(input), record);
        self.engine.receive(&event);
        self.conclude();
    }

    /// Remembers an event at `offset` that is part of the state already.
    pub fn remember(&mut self, offset: u64, named: &Named<'_>) {
        self.window.is_first(offset, named.event.id, named.identity);
    }

    /// Takes progress that the broker appended at `wall`.
    pub fn progress(&mut self, wall: WallTime, progress: &Progress) {
        // Where a clock stands that nothing happened to is not kept: it stands where it was told.
        self.engine.advance_to_reach();
        let gap_beyond = self.engine.rules.policy.max_silence();
        for told in &progress.streams {
            let stream = self.stream(&told.tenant, &told.name, told.source);
            let Some(clock) = self.clocks.get_mut(usize::from(stream.0)) else { continue };
            let gaps = clock.progress(wall, told, gap_beyond);
            self.engine.set_reach(stream, clock.reach);
            if let Some(gaps) = gaps {
                self.engine.set_gaps(stream, gaps);
            }
        }
        self.engine.advance_to_reach();
        self.conclude();
    }

    /// What was concluded since this was last asked, in order.
    pub fn take_conclusions(&mut self) -> Vec<Conclusion> {
        std::mem::take(&mut self.concluded)
    }

    #[must_use]
    pub fn has_conclusions(&self) -> bool {
        !self.concluded.is_empty()
    }

    /// Writes the state that changed since this was last called.
    pub fn write_changes(&mut self, write: Write<'_>) {
        if self.is_new {
            let meta = MetaImage { version: VERSION, partitions: self.partitions };
            write(Key::Meta, Some(&State::Meta(meta)));
            let policy = PolicyImage { name: &self.policy.name, text: &self.policy.text };
            write(Key::Policy, Some(&State::Policy(policy)));
            self.is_new = false;
        }
        for (number, clock) in (0u16..).zip(&mut self.clocks) {
            if std::mem::take(&mut clock.changed) {
                write(Key::Stream(number), Some(&State::Stream(clock.image())));
            }
        }
        for (number, name) in (0u32..).zip(&self.inputs).skip(self.inputs_written as usize) {
            write(Key::Input(number), Some(&State::Input(InputImage { name })));
        }
        self.inputs_written = u32::try_from(self.inputs.len()).unwrap_or(u32::MAX);
        self.engine.write_changes(write);
    }

    /// Writes all state there is, whether or not it changed.
    pub fn write_all(&mut self, write: Write<'_>) {
        self.is_new = true;
        self.clocks.iter_mut().for_each(|clock| clock.changed = true);
        self.inputs_written = 0;
        self.engine.note_all();
        self.write_changes(write);
    }

    /// The name of an input of this partition by its number.
    #[must_use]
    pub fn input_name(&self, number: u32) -> &str {
        self.inputs.get(number as usize).map_or("", String::as_str)
    }

    #[must_use]
    pub fn census(&self) -> Census {
        self.engine.census()
    }

    /// How many credentials are kept.
    #[must_use]
    pub fn credentials(&self) -> usize {
        self.engine.credentials()
    }

    /// How many findings are open.
    #[must_use]
    pub fn open_findings(&self) -> usize {
        self.engine.open_findings()
    }

    /// How many events came a second time.
    #[must_use]
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// The earliest clock of a stream, for those who watch over it.
    #[must_use]
    pub fn clock(&self) -> Option<EventTime> {
        self.clocks.iter().map(|clock| clock.reach).min().filter(|reach| *reach != Reach::NONE).map(|r| r.at)
    }

    /// The streams that clocks were told for, each with the moment until which its log is complete.
    pub fn clocks(&self) -> impl Iterator<Item = (&Stream, EventTime)> {
        let told = self.clocks.iter().filter(|clock| clock.reach != Reach::NONE);
        told.map(|clock| (&clock.stream, clock.reach.at))
    }

    /// A partition from the records of its changelog: the last of each key. Where the policy that holds is
    /// another than the one it was written under, everything is judged again.
    ///
    /// # Errors
    /// Where a record cannot be taken up. Nothing is left out silently.
    pub fn restore(
        policy: Policy,
        text: PolicyText,
        partitions: u32,
        records: &BTreeMap<Vec<u8>, Vec<u8>>,
    ) -> Result<Self, RestoreError> {
        let mut partition = Self::new(policy, text, partitions);
        let mut kept_policy = None;
        let mut states = Vec::with_capacity(records.len());
        for (key, value) in records {
            let name = || String::from_utf8_lossy(key).into_owned();
            let failed = |why| RestoreError::Record { key: name(), why };
            let parsed = Key::from_bytes(key).ok_or_else(|| failed(ChangelogError::UnknownKey))?;
            states.push((parsed, decode(value).map_err(failed)?));
        }
        // In the order of keys as they are, not as they are written: numbers ascend.
        states.sort_by(|a, b| a.0.cmp(&b.0));
        for (key, state) in &states {
            partition.put(key, state, &mut kept_policy)?;
        }
        partition.inputs_written = u32::try_from(partition.inputs.len()).unwrap_or(u32::MAX);
        partition.is_new = states.is_empty();
        partition.engine.reconnect();
        partition.engine.keep_changes();
        if kept_policy.is_some_and(|kept| kept != partition.policy) {
            partition.is_new = true;
            partition.engine.reclassify();
            partition.conclude();
        }
        Ok(partition)
    }

    fn put(
        &mut self,
        key: &Key,
        state: &State<'_>,
        kept_policy: &mut Option<PolicyText>,
    ) -> Result<(), RestoreError> {
        let name = || String::from_utf8_lossy(&key.to_bytes()).into_owned();
        let other = || RestoreError::Record { key: name(), why: ChangelogError::OtherValue };
        let image_error = |why| RestoreError::Image { key: name(), why };
        let rules = &self.engine.rules;
        let (to_name, to_number) = (|at| rules.network_name(at), |name: &str| rules.number_of_name(name));
        let nets = NetworkNames { name: &to_name, number: &to_number };
        let realms = &mut self.engine.realms;
        match (key, state) {
            (Key::Meta, State::Meta(meta)) => self.check(*meta)?,
            (Key::Policy, State::Policy(policy)) => {
                *kept_policy =
                    Some(PolicyText { name: policy.name.to_owned(), text: policy.text.to_owned() });
            }
            (Key::Stream(number), State::Stream(image)) => {
                let clock = StreamClock::from_image(image).ok_or_else(other)?;
                if usize::from(number.to_owned()) != self.clocks.len() {
                    return Err(other());
                }
                self.add_stream(clock);
            }
            (Key::Input(_), State::Input(input)) => {
                self.input(input.name);
            }
            (Key::Realm(number), State::Realm(image)) => {
                let realm = Realm::from_image(image, rules).map_err(|_| other())?;
                if *number as usize != self.engine.realms.len() {
                    return Err(other());
                }
                self.engine.add_realm(realm);
            }
            (Key::Group { realm, at }, State::Group(image)) => {
                let realm = realm_at(realms, *realm, key)?;
                realm.store.put_group(*at, image, &nets).map_err(image_error)?;
                realm.wake_at(SubjectIx::Group(GroupIx::at(*at)), image.wake_at);
            }
            (Key::Credential { realm, at }, State::Credential(image)) => {
                let realm = realm_at(realms, *realm, key)?;
                realm.store.put_credential(*at, image, &nets).map_err(image_error)?;
                realm.wake_at(SubjectIx::Credential(Slot::at(*at)), image.wake_at);
            }
            (Key::Spread { realm, .. }, State::Spread(image)) => {
                realm_at(realms, *realm, key)?.store.put_spread(image);
            }
            (Key::Finding(uid), State::Finding(image)) => {
                let realm = realm_at(realms, image.realm, key)?;
                let live = keep_finding::live(*uid, image, realm).map_err(|_| other())?;
                realm.put_finding(live, image).map_err(|_| other())?;
            }
            _ => return Err(other()),
        }
        Ok(())
    }

    fn check(&self, meta: MetaImage) -> Result<(), RestoreError> {
        if meta.version > VERSION {
            return Err(RestoreError::LaterVersion(meta.version));
        }
        if meta.partitions != self.partitions {
            return Err(RestoreError::Partitions { was: meta.partitions, is: self.partitions });
        }
        Ok(())
    }

    /// Transitions of one record stand in the order of their time, then of their uids.
    fn conclude(&mut self) {
        let mut findings = self.engine.take_findings();
        findings.sort_by_key(|finding| (finding.time, finding.uid));
        let known_at = self.clocks.iter().filter_map(|clock| clock.told_at).max();
        self.concluded.extend(findings.into_iter().map(|finding| Conclusion { finding, known_at }));
    }

    fn stream(&mut self, tenant: &str, name: &str, source: SourceName) -> StreamIx {
        let of = |clock: &StreamClock| {
            clock.stream.source == source && clock.stream.name == name && clock.stream.tenant == tenant
        };
        if let Some(at) = self.clocks.iter().position(of) {
            return StreamIx(u16::try_from(at).unwrap_or(u16::MAX));
        }
        let stream = Stream { tenant: tenant.to_owned(), name: name.to_owned(), source };
        self.add_stream(StreamClock::new(stream))
    }

    fn add_stream(&mut self, clock: StreamClock) -> StreamIx {
        let stream = self.engine.add_stream(clock.stream.clone());
        self.engine.set_gaps(stream, clock.gaps());
        self.engine.set_reach(stream, clock.reach);
        self.clocks.push(clock);
        stream
    }

    fn input(&mut self, name: &str) -> u32 {
        if let Some(&known) = self.by_input.get(name) {
            return known;
        }
        let number = u32::try_from(self.inputs.len()).unwrap_or(u32::MAX);
        self.inputs.push(name.to_owned());
        self.by_input.insert(name.to_owned(), number);
        number
    }
}

fn realm_at<'r>(realms: &'r mut [Realm], at: u32, key: &Key) -> Result<&'r mut Realm, RestoreError> {
    let name = || String::from_utf8_lossy(&key.to_bytes()).into_owned();
    realms.get_mut(at as usize).ok_or_else(|| RestoreError::NoRealm(name()))
}
