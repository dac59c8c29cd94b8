//! A Kafka and a Tenure as processes, and what they take.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::producer::BaseProducer;
use rdkafka::{Offset, TopicPartitionList};

/// Ticks of `/proc/PID/stat` in a second, the same on every Linux that is in use.
const TICKS_PER_SECOND: f64 = 100.0;

/// A broker that ends with this program.
pub struct Kafka {
    pub bootstrap: String,
    /// Where Tenure is to serve its metrics.
    pub http: String,
    pub folder: PathBuf,
    pub pid: u32,
    _script: Child,
}

impl Kafka {
    pub fn start() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("broker-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for the broker");
        let port = free_ports();
        let mut script = Command::new("tests/kafka/up");
        script.args(["broker".as_ref(), folder.join("data").as_os_str()]).arg(port.to_string());
        script.env("TENURE_KAFKA_MEASURE", "1").stdin(Stdio::piped()).stdout(Stdio::piped());
        std::os::unix::process::CommandExt::process_group(&mut script, 0);
        let mut script = script.spawn().expect("tests/kafka/up");
        let mut said = String::new();
        let mut out = BufReader::new(script.stdout.take().expect("its output"));
        while !said.contains("ready") {
            said.clear();
            assert!(out.read_line(&mut said).expect("its output") > 0, "the broker did not start");
        }
        let pid = java_of(&folder).expect("the process of the broker");
        let http = format!("127.0.0.1:{}", free_ports());
        Self { bootstrap: format!("127.0.0.1:{port}"), http, folder, pid, _script: script }
    }

    fn client(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.bootstrap);
        config
    }

    pub fn create_topics(&self, topics: &[(&str, i32)]) {
        let admin: AdminClient<DefaultClientContext> = self.client().create().expect("an admin client");
        let topics: Vec<_> = topics
            .iter()
            .map(|(name, count)| NewTopic::new(name, *count, TopicReplication::Fixed(1)))
            .collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let created = runtime.block_on(admin.create_topics(&topics, &AdminOptions::new()));
        created.expect("topics").into_iter().for_each(|topic| drop(topic.expect("a topic")));
    }

    pub fn tenure_topics(&self, config: &Path, partitions: i32) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenure"));
        command.args(["topics", "create", "--replication", "1", "--partitions", &partitions.to_string()]);
        let status = command.arg("--config").arg(config).stdout(Stdio::null()).status();
        assert!(status.expect("tenure").success(), "tenure topics create failed");
    }

    pub fn producer(&self) -> BaseProducer {
        let mut config = self.client();
        config.set("enable.idempotence", "true").set("linger.ms", "1");
        config.set("queue.buffering.max.messages", "500000").create().expect("a producer")
    }

    /// Reads all of `topic` from now on, as far as it is committed.
    pub fn reader(&self, topic: &str) -> BaseConsumer {
        let mut config = self.client();
        config.set("group.id", "bench").set("isolation.level", "read_committed");
        config.set("fetch.wait.max.ms", "10").set("enable.auto.commit", "false");
        let reader: BaseConsumer = config.create().expect("a consumer");
        let metadata = reader.fetch_metadata(Some(topic), Duration::from_secs(10)).expect("metadata");
        let mut list = TopicPartitionList::new();
        for partition in metadata.topics()[0].partitions() {
            list.add_partition_offset(topic, partition.id(), Offset::Beginning).expect("an offset");
        }
        reader.assign(&list).expect("an assignment");
        reader
    }

    /// What each topic takes on disk, by its name.
    pub fn topic_sizes(&self) -> Vec<(String, u64)> {
        let mut sizes = std::collections::BTreeMap::new();
        let mut folders = vec![self.folder.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|end| end == "log")
                    && let Some(name) = path.parent().and_then(Path::file_name).and_then(|name| name.to_str())
                    && let Some((topic, _)) = name.rsplit_once('-')
                {
                    *sizes.entry(topic.to_owned()).or_default() +=
                        entry.metadata().map_or(0, |data| data.len());
                }
            }
        }
        sizes.into_iter().collect()
    }
}

impl Drop for Kafka {
    fn drop(&mut self) {
        // Its standard input ends, and with it the broker.
        drop(self._script.stdin.take());
        let _ = self._script.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The first of a few free ports in a row.
fn free_ports() -> u16 {
    loop {
        let port =
            TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address").port();
        if port < 60_000 && (port..port + 4).all(|port| TcpListener::bind(("127.0.0.1", port)).is_ok()) {
            return port;
        }
    }
}

fn java_of(folder: &Path) -> Option<u32> {
    let folder = folder.to_str()?;
    let pids = std::fs::read_dir("/proc")
        .ok()?
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.into_iter().find(|pid: &u32| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line);
        line.starts_with("java") && line.contains(folder)
    })
}

/// Processor seconds a process has taken.
pub fn ticks(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<_> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let number = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
    (number(11) + number(12)) / TICKS_PER_SECOND
}

/// `tenure run`, both stages.
pub struct Tenure {
    child: Child,
    http: String,
}

impl Tenure {
    pub fn run(config: &Path, kafka: &Kafka) -> Self {
        let log = std::fs::File::create(kafka.folder.join("tenure.log")).expect("a log");
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenure"));
        let child = command.args(["run", "--config"]).arg(config).stderr(log).spawn().expect("tenure");
        Self { child, http: kafka.http.clone() }
    }

    /// What `/metrics` says; empty while it says nothing.
    pub fn metrics(&self) -> String {
        let mut text = String::new();
        if let Ok(mut stream) = TcpStream::connect(&self.http) {
            let _ = stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n");
            let _ = stream.read_to_string(&mut text);
        }
        text
    }

    /// Whether `is_so` becomes true of the metrics.
    pub fn wait_until(&self, is_so: impl Fn(&str) -> bool) -> bool {
        let until = Instant::now() + Duration::from_mins(10);
        while Instant::now() < until {
            if is_so(&self.metrics()) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        false
    }

    /// Ends it; processor seconds and most memory in MiB.
    pub fn stop(mut self) -> (f64, u64) {
        let pid = self.child.id();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = most.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        let cpu = ticks(pid);
        let _ = Command::new("kill").arg(pid.to_string()).status();
        let _ = self.child.wait();
        (cpu, kilobytes.unwrap_or_default() / 1024)
    }
}

/// How many records a stage has still to read; `None` while it does not say.
pub fn behind(metrics: &str, stage: &str) -> Option<u64> {
    let stage = format!("stage=\"{stage}\"");
    let of = |name: &str| {
        let lines = metrics.lines().filter(|line| line.starts_with(name) && line.contains(&stage));
        lines.map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).collect::<Option<Vec<_>>>()
    };
    let (positions, ends) = (of("tenure_position{")?, of("tenure_end{")?);
    let counted = !positions.is_empty() && positions.len() == ends.len();
    counted.then(|| ends.iter().sum::<u64>().saturating_sub(positions.iter().sum()))
}

/// The commit cycle of a stage: median and 99th percentile in milliseconds, and how many there were.
pub fn commit_cycle(metrics: &str, stage: &str) -> (f64, f64, u64) {
    let stage = format!("stage=\"{stage}\"");
    let bucket = |line: &str| {
        let bound = line.split("le=\"").nth(1)?.split('"').next()?.parse::<f64>().ok()?;
        Some((bound, line.rsplit(' ').next()?.parse::<u64>().ok()?))
    };
    let lines = metrics.lines().filter(|line| line.starts_with("tenure_commit_seconds_bucket{"));
    let buckets: Vec<_> = lines.filter(|line| line.contains(&stage)).filter_map(bucket).collect();
    let count = buckets.iter().map(|(_, count)| *count).max().unwrap_or_default();
    let at = |share: f64| {
        let wanted = count as f64 * share;
        let mut before = (0.0, 0);
        for &(bound, sum) in &buckets {
            if sum as f64 >= wanted && sum > before.1 {
                let within = (wanted - before.1 as f64) / (sum - before.1) as f64;
                return (before.0 + (bound - before.0) * within) * 1e3;
            }
            before = (bound, sum);
        }
        f64::NAN
    };
    (at(0.5), at(0.99), count)
}
