//! Detect: events in; findings out, and the state they rest on.
//!
//! One partition of the topic of events is one [`Partition`] of state. What it concludes, the state that
//! changed and how far it has read are committed together; beside the offset stands the end of the changelog
//! that belongs to it, so that a successor restores exactly what its predecessor committed.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use super::contracts::Contracts;
use super::dead_letter::DeadLetter;
use super::reader::{ReadTo, read_partition};
use super::settings::{Connection, Settings, Topics};
use super::stage::{Committed, Delivered, Incoming, Outbox, Outgoing, Place, ReadFrom, Stage};
use crate::avro::framing::{EVENT, FINDING, Header, PROGRESS};
use crate::avro::wire::WireError;
use crate::changelog::{self, Key, State};
use crate::engine::partition::{Conclusion, Named, Partition, PolicyText, WINDOW_OFFSETS};
use crate::format::{event_avro, finding_avro, finding_ocsf, progress_avro};
use crate::policy::Policy;
use crate::stream::Stream;
use crate::telemetry::metrics::StageMetrics;
use crate::time::{EventTime, WallTime};

/// What is committed beside the offset of a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Beside {
    v: u32,
    /// One past the last record of the changelog that belongs to the offset.
    state_end: u64,
}

const BESIDE_VERSION: u32 = 1;

/// A partition that is held.
struct Held {
    partition: Partition,
    state_end: u64,
    /// Duplicates that are counted already.
    duplicates: u64,
}

/// The stage that folds events.
pub struct DetectStage {
    connection: Connection,
    topics: Topics,
    group: String,
    contracts: Arc<Contracts>,
    finding_header: Header,
    policy: Policy,
    policy_text: PolicyText,
    events_partitions: u32,
    held: BTreeMap<i32, Held>,
    metrics: StageMetrics,
    buffer: Vec<u8>,
}

/// A record of the topic of events. It lives for one turn of the loop.
#[expect(clippy::large_enum_variant, reason = "nearly every one is an event")]
enum Read<'a> {
    Event(event_avro::Arrived<'a>),
    Progress(crate::progress::Progress),
}

/// Why a record of the topic of events is none.
enum Unread {
    /// For the dead letters.
    Bad(&'static str),
    /// It may be readable later.
    Later(anyhow::Error),
}

impl DetectStage {
    /// `group` is the consumer group, for messages; the topic of events has `events_partitions`.
    #[must_use]
    pub fn new(
        settings: &Settings,
        contracts: Arc<Contracts>,
        events_partitions: u32,
        group: String,
        metrics: StageMetrics,
    ) -> Self {
        let policy = settings.policy.clone().unwrap_or_default();
        let text = settings.policy_text.clone();
        let policy_text = text.map_or_else(PolicyText::default, |text| PolicyText {
            name: policy.file_name().to_owned(),
            text,
        });
        Self {
            connection: settings.connection.clone(),
            topics: settings.topics.clone(),
            group,
            finding_header: contracts.header(&FINDING),
            contracts,
            policy,
            policy_text,
            events_partitions,
            held: BTreeMap::new(),
            metrics,
            buffer: Vec::new(),
        }
    }

    fn restore(&self, place: &Place, committed: &Committed) -> anyhow::Result<Held> {
        let beside: Beside = serde_json::from_str(&committed.metadata).ok().with_context(|| {
            format!(
                "the offset of group {} in {place} was not committed by Tenure (its metadata is {:?})\n  \
                 State and offset belong together. Put the offset back, or delete the group and {} to \
                 begin anew.",
                self.group, committed.metadata, self.topics.state
            )
        })?;
        let state = Place { topic: self.topics.state.clone(), partition: place.partition };
        let mut records = BTreeMap::new();
        read_partition(&self.connection, &state, 0, ReadTo::Exactly(beside.state_end), |record| {
            let key = record.key.context("a record of state has no key")?.to_vec();
            if record.payload.is_empty() {
                records.remove(&key);
            } else {
                records.insert(key, record.payload.to_vec());
            }
            Ok(())
        })?;
        let (policy, text) = (self.policy.clone(), self.policy_text.clone());
        let mut partition = Partition::restore(policy, text, self.events_partitions, &records)
            .with_context(|| format!("the state in {state} cannot be taken up"))?;
        let from = committed.next_offset.saturating_sub(WINDOW_OFFSETS);
        read_partition(&self.connection, place, from, ReadTo::Before(committed.next_offset), |record| {
            if let Ok(Read::Event(arrived)) = self.read(&record) {
                partition.remember(record.offset, &named(arrived));
            }
            Ok(())
        })?;
        tracing::info!(%place, records = records.len(), credentials = partition.credentials(), "restored");
        Ok(Held { partition, state_end: beside.state_end, duplicates: 0 })
    }

    /// A partition nobody has read before.
    fn begin(&self, place: &Place) -> anyhow::Result<Held> {
        let state = Place { topic: self.topics.state.clone(), partition: place.partition };
        let found = read_partition(&self.connection, &state, 0, ReadTo::Now, |_| Ok(()))?;
        if found.records > 0 {
            bail!(
                "{state} holds state, but group {} has no offset in {place}\n  \
                 State and offset belong together. If the group was renamed, name it as before; to begin \
                 anew delete and create {} again.",
                self.group,
                self.topics.state
            );
        }
        let (policy, text) = (self.policy.clone(), self.policy_text.clone());
        let partition = Partition::new(policy, text, self.events_partitions);
        Ok(Held { partition, state_end: found.end, duplicates: 0 })
    }

    /// The clock of each stream, by the partition that is furthest behind.
    fn clocks(&self) -> BTreeMap<&Stream, EventTime> {
        let mut clocks = BTreeMap::new();
        for (stream, at) in self.held.values().flat_map(|held| held.partition.clocks()) {
            let earliest = clocks.entry(stream).or_insert(at);
            *earliest = at.min(*earliest);
        }
        clocks
    }

    fn read<'m>(&self, record: &Incoming<'m>) -> Result<Read<'m>, Unread> {
        let (header, datum) = Header::split(record.payload).ok_or(Unread::Bad("no_schema"))?;
        let contract = self.contracts.contract_of(header).map_err(|error| {
            if error.is_passing() { Unread::Later(error.into()) } else { Unread::Bad("unknown_schema") }
        })?;
        let malformed = |_: WireError| Unread::Bad("malformed");
        if std::ptr::eq(contract, &raw const EVENT) {
            return event_avro::decode(datum).map(Read::Event).map_err(malformed);
        }
        if std::ptr::eq(contract, &raw const PROGRESS) {
            return progress_avro::decode(datum).map(Read::Progress).map_err(malformed);
        }
        Err(Unread::Bad("unknown_schema"))
    }
}

fn named(arrived: event_avro::Arrived<'_>) -> Named<'_> {
    Named {
        event: arrived.event,
        tenant: arrived.tenant,
        stream: arrived.stream,
        input: arrived.origin.input,
        record: arrived.origin.offset,
        identity: arrived.identity,
    }
}

impl Stage for DetectStage {
    fn name(&self) -> &'static str {
        "detect"
    }

    fn topics(&self) -> Vec<String> {
        vec![self.topics.events.clone()]
    }

    fn load(&mut self, place: &Place, committed: Option<&Committed>) -> anyhow::Result<ReadFrom> {
        self.held.remove(&place.partition);
        let held = match committed {
            Some(committed) => self.restore(place, committed)?,
            None => self.begin(place)?,
        };
        self.held.insert(place.partition, held);
        Ok(committed.map_or(ReadFrom::Beginning, |committed| ReadFrom::Offset(committed.next_offset)))
    }

    fn unload(&mut self, place: &Place) {
        self.held.remove(&place.partition);
    }

    fn handle(&mut self, record: Incoming<'_>, out: &mut dyn Outbox) -> anyhow::Result<()> {
        let read = match self.read(&record) {
            Ok(read) => read,
            Err(Unread::Later(error)) => return Err(error),
            Err(Unread::Bad(reason)) => {
                return DeadLetter::of(reason, &record).send(&self.topics.dead_letter, out);
            }
        };
        let Self { held, topics, finding_header, buffer, metrics, .. } = self;
        let number = record.place.partition;
        let held = held.get_mut(&number).with_context(|| format!("{} is not loaded", record.place))?;
        match read {
            Read::Event(arrived) => held.partition.event(record.offset, named(arrived)),
            Read::Progress(progress) => {
                let wall = record.timestamp.context("a record has no timestamp")?;
                held.partition.progress(wall, &progress);
            }
        }
        let mut pen = Pen { topics, header: *finding_header, buffer, metrics };
        pen.conclusions(&mut held.partition, out)
    }

    fn reached_end(&mut self, _: &Place) {}

    /// A partition that was restored under another policy has something to say before its first record.
    fn tick(&mut self, _: WallTime, out: &mut dyn Outbox) -> anyhow::Result<bool> {
        let Self { held, topics, finding_header, buffer, metrics, .. } = self;
        let mut wrote = false;
        for held in held.values_mut().filter(|held| held.partition.has_conclusions()) {
            let mut pen = Pen { topics, header: *finding_header, buffer, metrics };
            pen.conclusions(&mut held.partition, out)?;
            wrote = true;
        }
        Ok(wrote)
    }

    fn finish(&mut self, out: &mut dyn Outbox) -> anyhow::Result<()> {
        let Self { held, topics, buffer, .. } = self;
        for (&number, held) in held {
            let mut failure = None;
            held.partition.write_changes(&mut |key, state| {
                if failure.is_none() {
                    failure = write_state(&topics.state, number, &key, state, buffer, out).err();
                }
            });
            if let Some(failure) = failure {
                return Err(failure);
            }
        }
        Ok(())
    }

    fn metadata(&mut self, place: &Place, delivered: &dyn Delivered) -> String {
        let written = delivered.end(&self.topics.state, place.partition);
        let held = self.held.get_mut(&place.partition);
        let state_end = held.map_or(0, |held| {
            // It holds for later transactions too, which may write no state here; where this one fails, the
            // partition is loaded again.
            held.state_end = written.unwrap_or(held.state_end);
            held.state_end
        });
        serde_json::to_string(&Beside { v: BESIDE_VERSION, state_end }).unwrap_or_default()
    }

    fn committed(&mut self) {
        for (number, held) in &mut self.held {
            let partition = &held.partition;
            self.metrics.holds(*number, partition.credentials(), partition.open_findings());
            let counted = std::mem::replace(&mut held.duplicates, partition.duplicates());
            self.metrics.duplicates(partition.duplicates() - counted);
        }
        for (stream, at) in self.clocks() {
            self.metrics.clock(stream, at);
        }
    }
}

fn write_state(
    topic: &str,
    partition: i32,
    key: &Key,
    state: Option<&State<'_>>,
    buffer: &mut Vec<u8>,
    out: &mut dyn Outbox,
) -> anyhow::Result<()> {
    buffer.clear();
    if let Some(state) = state {
        changelog::encode(state, buffer);
    }
    let payload = state.map(|_| buffer.as_slice());
    out.send(Outgoing { topic, partition: Some(partition), key: Some(&key.to_bytes()), payload })
}

/// Writes findings, over one buffer.
struct Pen<'s> {
    topics: &'s Topics,
    header: Header,
    buffer: &'s mut Vec<u8>,
    metrics: &'s StageMetrics,
}

impl Pen<'_> {
    fn conclusions(&mut self, partition: &mut Partition, out: &mut dyn Outbox) -> anyhow::Result<()> {
        for Conclusion { finding, known_at } in partition.take_conclusions() {
            let input = |number| partition.input_name(number);
            // One partition orders the life of all findings of a subject.
            let key = format!("{}/{}", finding.subject.realm, finding.subject.id);
            self.buffer.clear();
            self.header.write(self.buffer);
            finding_avro::encode(&finding, &input, known_at, self.buffer)?;
            let record = |topic, payload| Outgoing {
                topic,
                partition: None,
                key: Some(key.as_bytes()),
                payload: Some(payload),
            };
            out.send(record(&self.topics.findings, self.buffer.as_slice()))?;
            if let Some(topic) = &self.topics.findings_ocsf {
                let line = finding_ocsf::finding_line(&finding, &input, known_at);
                out.send(record(topic, line.as_bytes()))?;
            }
            self.metrics.finding(finding.detection, finding.change.as_str());
        }
        Ok(())
    }
}
