//! A stage that writes what it reads, and the means to run it and to see what came of it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use tenure::kafka::reader::{ReadTo, read_partition};
use tenure::kafka::settings::{Commit, Connection, Mode, Settings, Topics};
use tenure::kafka::shard;
use tenure::kafka::stage::{Committed, Delivered, Incoming, Outbox, Outgoing, Place, ReadFrom, Stage};
use tenure::telemetry::metrics::Metrics;
use tenure::time::WallTime;

use super::broker::Broker;

/// How long anything is waited for that should come.
pub const PATIENCE: Duration = Duration::from_mins(1);

type Fault = Box<dyn FnMut(&Incoming<'_>) -> anyhow::Result<()> + Send>;

/// Writes each record to a partition of the same number, and keeps the sum of what it wrote of each beside
/// the offset.
pub struct Pass {
    input: String,
    output: String,
    sums: BTreeMap<Place, u64>,
    fault: Fault,
}

impl Stage for Pass {
    fn name(&self) -> &'static str {
        "pass"
    }

    fn topics(&self) -> Vec<String> {
        vec![self.input.clone()]
    }

    fn load(&mut self, place: &Place, committed: Option<&Committed>) -> anyhow::Result<ReadFrom> {
        let sum = committed.map_or("0", |committed| committed.metadata.split(' ').next().unwrap());
        self.sums.insert(place.clone(), sum.parse()?);
        Ok(committed.map_or(ReadFrom::Beginning, |committed| ReadFrom::Offset(committed.next_offset)))
    }

    fn unload(&mut self, place: &Place) {
        self.sums.remove(place);
    }

    fn handle(&mut self, record: Incoming<'_>, out: &mut dyn Outbox) -> anyhow::Result<()> {
        *self.sums.get_mut(record.place).unwrap() += number(record.payload);
        let (partition, payload) = (Some(record.place.partition), Some(record.payload));
        out.send(Outgoing { topic: &self.output, partition, key: record.key, payload })?;
        (self.fault)(&record)
    }

    fn reached_end(&mut self, _: &Place) {}

    fn tick(&mut self, _: WallTime, _: &mut dyn Outbox) -> anyhow::Result<bool> {
        Ok(false)
    }

    fn finish(&mut self, _: &mut dyn Outbox) -> anyhow::Result<()> {
        Ok(())
    }

    fn metadata(&mut self, place: &Place, delivered: &dyn Delivered) -> String {
        let end = delivered.end(&self.output, place.partition);
        format!("{} {end:?} é", self.sums[place])
    }

    fn committed(&mut self) {}
}

pub fn number(payload: &[u8]) -> u64 {
    std::str::from_utf8(payload).unwrap().parse().unwrap()
}

/// Topics and settings of one test.
pub struct Site {
    pub broker: &'static Broker,
    pub input: String,
    pub output: String,
    pub settings: Settings,
    pub partitions: i32,
}

impl Site {
    pub fn new(broker: &'static Broker, partitions: i32) -> Self {
        let application = broker.fresh("shard");
        let mut topics = Topics::named(&application);
        topics.dead_letter = broker.topic("dead-letter", 1, &[]);
        let settings = Settings {
            connection: connection(&broker.bootstrap),
            node: "node-1".into(),
            application,
            topics,
            inputs: Vec::new(),
            registry: None,
            commit: Commit::default(),
            policy: None,
            policy_text: None,
            mode: Mode::Replay,
            http: None::<SocketAddr>,
        };
        let input = broker.topic("in", partitions, &[]);
        let output = broker.topic("out", partitions, &[]);
        Self { broker, input, output, settings, partitions }
    }

    /// Writes the numbers of `range`, each to one of the partitions in turn.
    pub fn produce(&self, range: std::ops::Range<u64>) {
        let producer: BaseProducer =
            self.broker.client().set("queue.buffering.max.messages", "1000000").create().unwrap();
        for number in range {
            let text = number.to_string();
            let partition = i32::try_from(number % u64::try_from(self.partitions).unwrap()).unwrap();
            let record = BaseRecord::<[u8], str>::to(&self.input).payload(&text).partition(partition);
            producer.send(record).map_err(|(error, _)| error).unwrap();
        }
        producer.flush(PATIENCE).unwrap();
    }

    /// The numbers in `topic`, in order within a partition.
    pub fn numbers(&self, topic: &str, partitions: i32) -> Vec<u64> {
        self.payloads(topic, partitions).iter().map(|payload| number(payload)).collect()
    }

    pub fn payloads(&self, topic: &str, partitions: i32) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        for partition in 0..partitions {
            let place = Place { topic: topic.into(), partition };
            let each = |record: Incoming<'_>| {
                all.push(record.payload.to_vec());
                Ok(())
            };
            read_partition(&self.settings.connection, &place, 0, ReadTo::Now, each).unwrap();
        }
        all
    }

    /// Waits until the output holds as many records, and gives them sorted.
    pub fn wait_for(&self, records: usize) -> Vec<u64> {
        let since = Instant::now();
        loop {
            let mut numbers = self.numbers(&self.output, self.partitions);
            if numbers.len() >= records {
                numbers.sort_unstable();
                return numbers;
            }
            assert!(since.elapsed() < PATIENCE, "{} of {records} records came", numbers.len());
            thread::sleep(Duration::from_millis(100));
        }
    }

    pub fn run(&self) -> Running {
        self.run_with(|_| Ok(()))
    }

    /// Runs a stage that calls `fault` after it wrote a record.
    pub fn run_with(
        &self,
        fault: impl FnMut(&Incoming<'_>) -> anyhow::Result<()> + Send + 'static,
    ) -> Running {
        let stage = Pass {
            input: self.input.clone(),
            output: self.output.clone(),
            sums: BTreeMap::new(),
            fault: Box::new(fault),
        };
        let stop = Arc::new(AtomicBool::new(false));
        let (metrics, registry) = Metrics::new();
        let (settings, stopped) = (self.settings.clone(), Arc::clone(&stop));
        let thread = thread::spawn(move || shard::run(&settings, stage, &stopped, &metrics));
        Running { stop, thread, registry }
    }
}

pub fn connection(bootstrap: &str) -> Connection {
    Connection { brokers: vec![bootstrap.into()], tls: None, sasl: None, overrides: BTreeMap::new() }
}

/// A shard at work.
pub struct Running {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<anyhow::Result<()>>,
    registry: prometheus_client::registry::Registry,
}

impl Running {
    pub fn stop(self) -> Duration {
        let since = Instant::now();
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap().unwrap();
        since.elapsed()
    }

    /// How it ends by itself.
    pub fn fails(self) -> anyhow::Error {
        self.thread.join().unwrap().unwrap_err()
    }

    /// The value of a counter, given with its labels.
    pub fn count(&self, name: &str) -> u64 {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry).unwrap();
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.map_or(0, |value| value.parse().unwrap())
    }
}
