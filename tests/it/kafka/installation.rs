//! A configuration with topics of its own, the program that runs under it, and what came of it.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use tenure::kafka::reader::{ReadTo, read_partition};
use tenure::kafka::stage::Place;

use super::broker::Broker;
use super::console::{self, Record};
use super::logs::Logs;
use super::pass::{PATIENCE, connection};
use crate::golden::root;
use crate::program::{code, stderr, stdout, tenure};

/// How many partitions the events have, and with them state and findings.
const PARTITIONS: i32 = 4;

/// What may differ between installations.
pub struct Plan<'a> {
    pub bootstrap: &'a str,
    pub mode: &'a str,
    pub policy: String,
    /// Further sections.
    pub sections: String,
}

pub struct Installation {
    pub folder: tempfile::TempDir,
    /// The name of the application, and in front of those of all its topics.
    pub name: String,
    pub cloudtrail: String,
    pub vault: String,
    broker: &'static Broker,
}

/// A running `tenure run`, which does not outlive the test.
pub struct Life {
    child: Child,
    stderr: PathBuf,
}

impl<'a> Plan<'a> {
    /// The logs of `examples/` under their policy.
    pub fn replay(broker: &'a Broker) -> Self {
        let policy = fs::read_to_string(root().join("examples/policy.toml")).unwrap();
        Self { bootstrap: &broker.bootstrap, mode: "replay", policy, sections: String::new() }
    }
}

impl Installation {
    /// Makes its topics, the raw ones of one partition each.
    pub fn new(broker: &'static Broker, plan: &Plan<'_>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let name = broker.fresh("run");
        let (cloudtrail, vault) = (broker.topic("cloudtrail", 1, &[]), broker.topic("vault", 1, &[]));
        let Plan { bootstrap, mode, policy, sections } = plan;
        let text = format!(
            "application = '{name}'\nnode = 'node-1'\n\
             [kafka]\nbrokers = ['{bootstrap}']\n\
             [[input]]\ntopic = '{cloudtrail}'\nsource = 'aws.cloudtrail'\nlateness = '0s'\n\
             [[input]]\ntopic = '{vault}'\nsource = 'vault.audit'\nlateness = '0s'\n\
             [topics]\nprefix = '{name}'\n[policy]\nfile = 'policy.toml'\n[time]\nmode = '{mode}'\n\
             [commit]\nrecords_max = 200\nrecords_max_behind = 200\n{sections}"
        );
        fs::write(folder.path().join("tenure.toml"), text).unwrap();
        fs::write(folder.path().join("policy.toml"), policy).unwrap();
        Self { folder, name, cloudtrail, vault, broker }
    }

    pub fn create_topics(&self) {
        let partitions = PARTITIONS.to_string();
        let created = self.tenure(&["topics", "create", "--replication", "1", "--partitions", &partitions]);
        assert_eq!(code(&created), 0, "{}{}", stdout(&created), stderr(&created));
    }

    /// Runs a command until it ends.
    pub fn tenure(&self, command: &[&str]) -> Output {
        tenure(self.folder.path(), &[command, &["--config", "tenure.toml"]].concat())
    }

    pub fn feed(&self, logs: &Logs) {
        self.produce(&self.cloudtrail, &logs.cloudtrail);
        self.produce(&self.vault, &logs.vault);
    }

    /// Writes each record as a message of its own, in order.
    pub fn produce(&self, topic: &str, records: &[String]) {
        let mut config = self.broker.client();
        let producer: BaseProducer = config.set("enable.idempotence", "true").create().unwrap();
        for record in records {
            let message = BaseRecord::<[u8], str>::to(topic).payload(record).partition(0);
            producer.send(message).map_err(|(error, _)| error).unwrap();
        }
        producer.flush(PATIENCE).unwrap();
    }

    pub fn start(&self) -> Life {
        let stderr = self.folder.path().join("stderr.txt");
        let child = Command::new(env!("CARGO_BIN_EXE_tenure"))
            .args(["run", "--config", "tenure.toml", "--log", "info"])
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::options().create(true).append(true).open(&stderr).unwrap())
            .spawn()
            .unwrap();
        Life { child, stderr }
    }

    /// All findings that are committed, as a client sees them that is not ours.
    pub fn findings(&self) -> Vec<Record> {
        console::read_committed(&self.broker.bootstrap, &format!("{}.findings", self.name))
    }

    pub fn findings_ocsf(&self) -> Vec<Record> {
        console::read_committed(&self.broker.bootstrap, &format!("{}.findings.ocsf", self.name))
    }

    /// How many findings are committed.
    pub fn count(&self) -> usize {
        self.offsets("findings").iter().map(Vec::len).sum()
    }

    /// The offsets of the committed records of each partition of a topic of its own.
    fn offsets(&self, topic: &str) -> Vec<Vec<u64>> {
        let read = |partition| {
            let place = Place { topic: format!("{}.{topic}", self.name), partition };
            let mut offsets = Vec::new();
            let keep = |record: tenure::kafka::stage::Incoming<'_>| {
                offsets.push(record.offset);
                Ok(())
            };
            read_partition(&connection(&self.broker.bootstrap), &place, 0, ReadTo::Now, keep).unwrap();
            offsets
        };
        (0..PARTITIONS).map(read).collect()
    }

    /// Where `stage` goes on in a partition, as committed; 0 if it did not begin.
    pub fn committed(&self, stage: &str, topic: &str, partition: i32) -> i64 {
        let mut config = self.broker.client();
        config.set("group.id", format!("{}-{stage}", self.name));
        let consumer: BaseConsumer = config.create().unwrap();
        let mut list = TopicPartitionList::new();
        list.add_partition(topic, partition);
        let list = consumer.committed_offsets(list, PATIENCE).unwrap();
        let found = list.find_partition(topic, partition).unwrap().offset();
        if let Offset::Offset(offset) = found { offset } else { 0 }
    }

    /// Whether all raw records are read.
    pub fn has_ingested(&self) -> bool {
        let consumer: BaseConsumer = self.broker.client().create().unwrap();
        [&self.cloudtrail, &self.vault].into_iter().all(|topic| {
            let (_, end) = consumer.fetch_watermarks(topic, 0, PATIENCE).unwrap();
            self.committed("ingest", topic, 0) == end
        })
    }

    /// Whether both stages have done all there is to do.
    pub fn is_done(&self) -> bool {
        let events = format!("{}.events", self.name);
        self.has_ingested()
            && (0..).zip(self.offsets("events")).all(|(partition, offsets)| {
                let end = offsets.last().map_or(0, |last| last.cast_signed() + 1);
                self.committed("detect", &events, partition) >= end
            })
    }

    /// Waits until both stages have done all there is to do, with `findings` or more of them.
    pub fn finish(&self, life: &mut Life, findings: usize) {
        life.wait_until("all is done", || self.is_done() && self.count() >= findings);
    }
}

impl Life {
    /// Waits for what should come while it runs.
    pub fn wait_until(&mut self, what: &str, mut is_so: impl FnMut() -> bool) {
        let since = Instant::now();
        while !is_so() {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "ended before {what}: {ended:?}\n{}", self.said());
            assert!(since.elapsed() < PATIENCE, "never: {what}\n{}", self.said());
            thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn said(&self) -> String {
        fs::read_to_string(&self.stderr).unwrap()
    }

    /// Asks it to end; how, and how long that took.
    pub fn terminate(mut self) -> (ExitStatus, Duration) {
        let since = Instant::now();
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        let status = self.child.wait().unwrap();
        (status, since.elapsed())
    }
}

/// As `kill -9`.
impl Drop for Life {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
