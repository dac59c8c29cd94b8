//! The stages of a run by their names.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Context;

use crate::avro::framing::{Contract, EVENT, FINDING, PROGRESS};
use crate::kafka::admin::Admin;
use crate::kafka::contracts::{Binding, Contracts};
use crate::kafka::detect::DetectStage;
use crate::kafka::ingest::{IngestStage, Setup};
use crate::kafka::registry::Client;
use crate::kafka::settings::Settings;
use crate::kafka::shard;
use crate::kafka::topics::wanted;
use crate::kafka::watched::Watched;
use crate::telemetry::clock::wall_clock;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::status::Status;

pub(super) const INGEST: &str = "ingest";
pub(super) const DETECT: &str = "detect";

/// What is read and written under a schema.
const CONTRACTS: [&Contract; 3] = [&EVENT, &PROGRESS, &FINDING];

/// What all stages of a process share.
pub(super) struct Running {
    pub settings: Settings,
    pub metrics: Metrics,
    pub status: Status,
    pub contracts: Arc<Contracts>,
    /// How many partitions each topic has.
    pub partitions: BTreeMap<String, u32>,
    /// Set when it is time to stop.
    pub stop: Arc<AtomicBool>,
}

/// Asks the registry, if there is one, for the numbers of the schemas that are written.
pub(super) fn contracts(settings: &Settings) -> anyhow::Result<Contracts> {
    let Some(registry) = &settings.registry else { return Ok(Contracts::by_fingerprint(&CONTRACTS)) };
    let topics = &settings.topics;
    let bindings = [
        Binding::of_record(&topics.events, &EVENT),
        Binding::of_record(&topics.events, &PROGRESS),
        Binding::of_topic(&topics.findings, &FINDING),
    ];
    let client = Client::new(registry)?;
    Ok(Contracts::registered(client, registry.register, &bindings, &CONTRACTS)?)
}

/// How many partitions each topic has that is read or written.
pub(super) fn partitions(settings: &Settings, admin: &Admin) -> anyhow::Result<BTreeMap<String, u32>> {
    let found = admin.find(&wanted(settings))?;
    let count = |partitions| u32::try_from(partitions).unwrap_or(u32::MAX);
    Ok(found.into_iter().map(|(topic, found)| (topic, count(found.partitions))).collect())
}

/// Runs a stage on the calling thread until `stop` is set.
///
/// # Errors
/// Where the stage cannot go on.
pub(super) fn start_stage(name: &'static str, running: &Running) -> anyhow::Result<()> {
    let Running { settings, metrics, status, stop, .. } = running;
    if name == INGEST {
        let stage = Watched::new(ingest(running)?, status.clone());
        shard::run(settings, stage, stop, metrics)
    } else {
        let stage = Watched::new(detect(running)?, status.clone());
        shard::run(settings, stage, stop, metrics)
    }
}

fn ingest(running: &Running) -> anyhow::Result<IngestStage> {
    let Running { settings, contracts, metrics, .. } = running;
    IngestStage::new(&Setup {
        inputs: settings.inputs.clone(),
        topics: settings.topics.clone(),
        mode: settings.mode,
        raw_partitions: running.partitions.clone(),
        events_partitions: i32::try_from(events_partitions(running)?)?,
        event_header: contracts.header(&EVENT),
        progress_header: contracts.header(&PROGRESS),
        metrics: metrics.of_stage(INGEST),
        now: wall_clock(),
    })
}

fn detect(running: &Running) -> anyhow::Result<DetectStage> {
    let Running { settings, contracts, metrics, .. } = running;
    let group = format!("{}-{DETECT}", settings.application);
    let partitions = events_partitions(running)?;
    Ok(DetectStage::new(settings, Arc::clone(contracts), partitions, group, metrics.of_stage(DETECT)))
}

fn events_partitions(running: &Running) -> anyhow::Result<u32> {
    let topic = &running.settings.topics.events;
    running.partitions.get(topic).copied().with_context(|| format!("topic {topic} does not exist"))
}
