//! Topics of a cluster: asked for as they are, and created.
//!
//! Creating is safe to repeat. What is there already is left as it is: a partition count that changed would
//! part the credentials of one realm, and a setting that an operator chose is theirs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};
use rdkafka::admin::{
    AdminClient, AdminOptions, NewTopic, OwnedResourceSpecifier, ResourceSpecifier, TopicReplication,
};
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::RDKafkaErrorCode;

use super::client::{self, Refused};
use super::connect::{Connector, Unreachable};
use super::context::ConsumerNotes;
use super::health::Health;
use super::settings::Connection;
use super::topics::{Found, Role, Wanted};
use crate::telemetry::clock::Deadline;

/// A program that starts is to be told soon if nothing can come of it.
const FIRST: Duration = Duration::from_secs(10);
const SLICE: Duration = Duration::from_millis(500);
const REQUEST: Duration = Duration::from_secs(15);
/// Between two looks at what was just created.
const PAUSE: Duration = Duration::from_millis(50);

/// How topics are created.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    pub partitions: i32,
    pub replication: i32,
}

/// What became of a topic that was to be created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Creation {
    Created,
    WasThere,
}

/// A connection to a cluster for its administration.
pub struct Admin {
    client: AdminClient<Notes>,
}

/// Passes on what librdkafka logs. Errors never come here: nobody can poll an admin client for them.
struct Notes;

impl ClientContext for Notes {
    fn log(&self, _level: RDKafkaLogLevel, facility: &str, text: &str) {
        tracing::debug!(target: "librdkafka", facility, "{text}");
    }
}

impl Admin {
    /// Connects, or says why not within seconds.
    ///
    /// # Errors
    /// [`Unreachable`] where no broker lets us in.
    pub fn connect(connection: &Connection) -> anyhow::Result<Self> {
        client::check_support(connection)?;
        knock(connection)?;
        let client = client::admin(connection).create_with_context(Notes).map_err(Refused::from)?;
        Ok(Self { client })
    }

    /// The topics of `wanted` that are there, as they are.
    ///
    /// # Errors
    /// Where the cluster does not say.
    pub fn find(&self, wanted: &[Wanted]) -> anyhow::Result<BTreeMap<String, Found>> {
        let mut found = BTreeMap::new();
        let metadata = self.client.inner().fetch_metadata(None, REQUEST).context("cannot list topics")?;
        for topic in metadata.topics().iter().filter(|topic| topic.error().is_none()) {
            if wanted.iter().any(|wanted| wanted.name == topic.name()) {
                let partitions = topic.partitions();
                let replicas = partitions.iter().map(|partition| partition.replicas().len()).min();
                let replicas = replicas.unwrap_or_default();
                let topic_found = Found { partitions: partitions.len(), replicas, config: BTreeMap::new() };
                found.insert(topic.name().to_owned(), topic_found);
            }
        }
        self.describe(&mut found)?;
        Ok(found)
    }

    fn describe(&self, found: &mut BTreeMap<String, Found>) -> anyhow::Result<()> {
        if found.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = found.keys().cloned().collect();
        let resources: Vec<_> = names.iter().map(|name| ResourceSpecifier::Topic(name)).collect();
        let answers = wait(self.client.describe_configs(&resources, &options()))?;
        for answer in answers.context("cannot read configurations of topics")? {
            let resource = answer.map_err(|code| denied("DESCRIBE_CONFIGS", code))?;
            let OwnedResourceSpecifier::Topic(name) = resource.specifier else { continue };
            let Some(found) = found.get_mut(&name) else { continue };
            let entries = resource.entries.into_iter();
            found.config = entries.filter_map(|entry| Some((entry.name, entry.value?))).collect();
        }
        Ok(())
    }

    /// Creates what is not there, except inputs, which belong to somebody else. Says of each what became of
    /// it.
    ///
    /// # Errors
    /// Where a topic can neither be found nor created.
    pub fn create(&self, wanted: &[Wanted], layout: Layout) -> anyhow::Result<Vec<(String, Creation)>> {
        let there = self.find(wanted)?;
        // As many as the events have, which may have been there before with another count.
        let events = wanted.iter().find(|topic| topic.role == Role::Events);
        let events = events.and_then(|topic| there.get(&topic.name)).map(|found| found.partitions);
        let partitions = events.and_then(|count| i32::try_from(count).ok()).unwrap_or(layout.partitions);
        let mut made = Vec::new();
        for topic in wanted.iter().filter(|topic| topic.role != Role::Input) {
            let creation = if there.contains_key(&topic.name) {
                Creation::WasThere
            } else {
                self.create_one(topic, Layout { partitions, ..layout })?
            };
            made.push((topic.name.clone(), creation));
        }
        self.wait_until_known(&made)?;
        Ok(made)
    }

    /// Waits for every broker to hear of what was created: whoever asks one that has not is told that there
    /// is no such topic.
    fn wait_until_known(&self, made: &[(String, Creation)]) -> anyhow::Result<()> {
        let deadline = Deadline::after(REQUEST);
        loop {
            let metadata = self.client.inner().fetch_metadata(None, REQUEST).context("cannot list topics")?;
            let is_known = |name: &String| {
                let mut topics = metadata.topics().iter();
                topics.any(|topic| topic.name() == name && topic.error().is_none())
            };
            match made.iter().find(|(name, _)| !is_known(name)) {
                None => return Ok(()),
                Some((name, _)) if deadline.passed() => {
                    bail!("topic {name} was created but has no leader: see the logs of the brokers")
                }
                Some(_) => thread::sleep(PAUSE),
            }
        }
    }

    fn create_one(&self, topic: &Wanted, layout: Layout) -> anyhow::Result<Creation> {
        let replication = TopicReplication::Fixed(layout.replication);
        let mut new = NewTopic::new(&topic.name, layout.partitions, replication);
        for (key, value) in topic.role.config() {
            new = new.set(key, value);
        }
        if layout.replication >= 3 {
            new = new.set("min.insync.replicas", "2");
        }
        let answers = wait(self.client.create_topics([&new], &options()))?;
        let answers = answers.with_context(|| format!("cannot create topic {}", topic.name))?;
        match answers.into_iter().next() {
            Some(Ok(_)) => Ok(Creation::Created),
            // Somebody else was faster.
            Some(Err((_, RDKafkaErrorCode::TopicAlreadyExists))) => Ok(Creation::WasThere),
            Some(Err((name, RDKafkaErrorCode::InvalidReplicationFactor))) => bail!(
                "cannot create {name} with {} replicas, more than there are brokers: give --replication",
                layout.replication
            ),
            Some(Err((name, code))) => {
                Err(denied("CREATE", code)).with_context(|| format!("cannot create topic {name}"))
            }
            None => bail!("the cluster did not say whether topic {} was created", topic.name),
        }
    }
}

fn options() -> AdminOptions {
    AdminOptions::new().request_timeout(Some(REQUEST)).operation_timeout(Some(REQUEST))
}

/// Waits for an answer of the cluster; librdkafka bounds the wait.
fn wait<T>(answer: impl Future<Output = T>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    Ok(runtime.context("cannot wait for an answer")?.block_on(answer))
}

fn denied(right: &str, code: RDKafkaErrorCode) -> anyhow::Error {
    use RDKafkaErrorCode::{ClusterAuthorizationFailed, TopicAuthorizationFailed};
    if matches!(code, ClusterAuthorizationFailed | TopicAuthorizationFailed) {
        return anyhow::anyhow!(
            "the brokers do not allow it: give this user the right {right} on the topics"
        );
    }
    anyhow::anyhow!("the brokers refuse: {code}")
}

/// Waits until a broker lets a consumer in: unlike an admin client it is told why one does not.
fn knock(connection: &Connection) -> anyhow::Result<()> {
    let health = Arc::new(Health::default());
    let notes = ConsumerNotes::new(Arc::clone(&health));
    let consumer: BaseConsumer<ConsumerNotes> =
        client::reader(connection).create_with_context(notes).map_err(Refused::from)?;
    let deadline = Deadline::after(FIRST);
    while let Err(error) = consumer.fetch_metadata(None, SLICE) {
        // Errors wait in a queue until somebody polls. Nothing is assigned, so no record is among them.
        let _ = consumer.poll(Duration::ZERO);
        let refused = health.refused();
        if refused.is_some() || deadline.passed() {
            let why = refused.or_else(|| health.last()).unwrap_or_else(|| error.to_string());
            return Err(unreachable(connection, &health, why).into());
        }
    }
    Ok(())
}

fn unreachable(connection: &Connection, health: &Arc<Health>, why: String) -> Unreachable {
    let stop = AtomicBool::new(false);
    Connector { connection, transactional_id: "", health, stop: &stop }.unreachable(Some(why))
}
