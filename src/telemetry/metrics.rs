//! The numbers a running Tenure gives about itself, in the text format of Prometheus.
//!
//! One registry a process. Names begin with `tenure_`, units stand in names, labels never hold an id of a
//! credential, a principal or an address.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::stream::Stream;
use crate::time::EventTime;

/// Labels with their values: a handful, so a list of pairs.
pub type Labels = Vec<(&'static str, String)>;

/// What is counted. A clone counts into the same numbers.
#[derive(Debug, Clone)]
pub struct Metrics {
    transactions: Family<Labels, Counter>,
    producer_recycles: Family<Labels, Counter>,
    consumer_recreations: Family<Labels, Counter>,
    hung_calls: Family<Labels, Counter>,
    records: Family<Labels, Counter>,
    commit: Family<Labels, Histogram, fn() -> Histogram>,
    records_read: Family<Labels, Counter>,
    events: Family<Labels, Counter>,
    duplicates: Family<Labels, Counter>,
    first_event: Family<Labels, Gauge>,
    last_event: Family<Labels, Gauge>,
    proven: Family<Labels, Gauge>,
    clock: Family<Labels, Gauge>,
    findings: Family<Labels, Counter>,
    credentials: Family<Labels, Gauge>,
    open_findings: Family<Labels, Gauge>,
    position: Family<Labels, Gauge>,
    end: Family<Labels, Gauge>,
}

impl Metrics {
    /// The numbers, all of them zero, and the registry that shows them.
    #[must_use]
    pub fn new() -> (Self, Registry) {
        let metrics = Self {
            transactions: Family::default(),
            producer_recycles: Family::default(),
            consumer_recreations: Family::default(),
            hung_calls: Family::default(),
            records: Family::default(),
            commit: Family::new_with_constructor(commit_buckets),
            records_read: Family::default(),
            events: Family::default(),
            duplicates: Family::default(),
            first_event: Family::default(),
            last_event: Family::default(),
            proven: Family::default(),
            clock: Family::default(),
            findings: Family::default(),
            credentials: Family::default(),
            open_findings: Family::default(),
            position: Family::default(),
            end: Family::default(),
        };
        let mut registry = Registry::with_prefix("tenure");
        metrics.register(&mut registry);
        (metrics, registry)
    }

    fn register(&self, registry: &mut Registry) {
        let counters = [
            ("transactions", "Transactions by outcome: committed, aborted, in_doubt", &self.transactions),
            ("producer_recycles", "Producers made anew, by reason", &self.producer_recycles),
            ("consumer_recreations", "Consumers made anew", &self.consumer_recreations),
            ("hung_calls", "Calls of the Kafka client that never returned", &self.hung_calls),
            ("records", "Records of Kafka taken in", &self.records),
            (
                "records_read",
                "Records of logs by source and outcome: understood, ignored, rejected; and why",
                &self.records_read,
            ),
            ("events", "Events written", &self.events),
            ("duplicates", "Events that came a second time", &self.duplicates),
            ("findings", "Transitions written, by detection and change", &self.findings),
        ];
        for (name, help, family) in counters {
            registry.register(name, help, family.clone());
        }
        let help = "From the decision to commit until the transaction is committed";
        registry.register_with_unit("commit", help, Unit::Seconds, self.commit.clone());
        for (name, help, family) in [
            (
                "first_event",
                "Event time of the earliest record of a stream read by this process, in seconds since 1970",
                &self.first_event,
            ),
            (
                "last_event",
                "Event time of the latest record of a stream read by this process, in seconds since 1970",
                &self.last_event,
            ),
            (
                "proven",
                "Event time until which a stream proves its deliveries (digests), in seconds since 1970",
                &self.proven,
            ),
        ] {
            registry.register_with_unit(name, help, Unit::Seconds, family.clone());
        }
        let help = "Event time until which a stream is complete, in seconds since 1970";
        registry.register_with_unit("clock", help, Unit::Seconds, self.clock.clone());
        registry.register("credentials", "Credentials that are kept", self.credentials.clone());
        registry.register("open_findings", "Findings that are open", self.open_findings.clone());
        registry.register("position", "Offset of the next record to read", self.position.clone());
        let help = "Offset after the last record of the partition; less the position, the lag";
        registry.register("end", help, self.end.clone());
    }

    /// The numbers of one stage.
    #[must_use]
    pub fn of_stage(&self, stage: &str) -> StageMetrics {
        StageMetrics { all: self.clone(), stage: vec![("stage", stage.to_owned())] }
    }
}

fn seconds(at: EventTime) -> i64 {
    at.micros().div_euclid(1_000_000)
}

fn commit_buckets() -> Histogram {
    // Half a millisecond to 13 s.
    Histogram::new(exponential_buckets(0.000_5, 1.5, 26))
}

/// What one stage counts.
#[derive(Debug, Clone)]
pub struct StageMetrics {
    all: Metrics,
    stage: Labels,
}

impl StageMetrics {
    fn with(&self, more: &[(&'static str, &str)]) -> Labels {
        let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
        self.stage.iter().cloned().chain(more).collect()
    }

    pub fn transaction(&self, outcome: &str) {
        self.all.transactions.get_or_create(&self.with(&[("outcome", outcome)])).inc();
    }

    pub fn producer_recycled(&self, reason: &str) {
        self.all.producer_recycles.get_or_create(&self.with(&[("reason", reason)])).inc();
    }

    pub fn consumer_recreated(&self) {
        self.all.consumer_recreations.get_or_create(&self.stage).inc();
    }

    pub fn hung_call(&self) {
        self.all.hung_calls.get_or_create(&self.stage).inc();
    }

    /// A commit that took `cycle`, of a transaction that took in `records`.
    pub fn committed(&self, records: usize, cycle: Duration) {
        self.all.records.get_or_create(&self.stage).inc_by(records as u64);
        self.all.commit.get_or_create(&self.stage).observe(cycle.as_secs_f64());
        self.transaction("committed");
    }

    /// Where reading stands in a partition, and where the partition ends as far as is known.
    pub fn progress(&self, topic: &str, partition: i32, position: u64, end: Option<u64>) {
        let labels = self.with(&[("topic", topic), ("partition", &partition.to_string())]);
        self.all.position.get_or_create(&labels).set(position.cast_signed());
        if let Some(end) = end {
            self.all.end.get_or_create(&labels).set(end.cast_signed());
        }
    }

    /// So many records of a log were read and committed; `source` and `reason` are empty where there is none.
    pub fn records_read(&self, source: &str, outcome: &str, reason: &str, records: u64) {
        let labels = self.with(&[("source", source), ("outcome", outcome), ("reason", reason)]);
        self.all.records_read.get_or_create(&labels).inc_by(records);
    }

    /// So many events were written and committed.
    pub fn events(&self, events: u64) {
        self.all.events.get_or_create(&self.stage).inc_by(events);
    }

    /// So many events had been read before.
    pub fn duplicates(&self, events: u64) {
        self.all.duplicates.get_or_create(&self.stage).inc_by(events);
    }

    fn of_stream(&self, stream: &Stream) -> Labels {
        self.with(&[("source", stream.source.as_str()), ("stream", &stream.to_string())])
    }

    /// The log of `stream` is complete until `at`.
    pub fn clock(&self, stream: &Stream, at: EventTime) {
        self.all.clock.get_or_create(&self.of_stream(stream)).set(seconds(at));
    }

    /// Records of `stream` were read and committed that are of times from `first` to `last`.
    pub fn seen(&self, stream: &Stream, first: EventTime, last: EventTime) {
        let labels = self.of_stream(stream);
        let known = |family: &Family<Labels, Gauge>| family.get(&labels).map(|gauge| gauge.get());
        let first = known(&self.all.first_event).map_or(seconds(first), |known| known.min(seconds(first)));
        let last = known(&self.all.last_event).map_or(seconds(last), |known| known.max(seconds(last)));
        self.all.first_event.get_or_create(&labels).set(first);
        self.all.last_event.get_or_create(&labels).set(last);
    }

    /// The deliveries of `stream` are proven until `at`.
    pub fn proven(&self, stream: &Stream, at: EventTime) {
        let labels = self.of_stream(stream);
        let known = self.all.proven.get(&labels).map(|gauge| gauge.get());
        let latest = known.map_or(seconds(at), |known| known.max(seconds(at)));
        self.all.proven.get_or_create(&labels).set(latest);
    }

    /// A transition was written. What a lost transaction wrote counts again.
    pub fn finding(&self, detection: &str, change: &str) {
        self.all.findings.get_or_create(&self.with(&[("detection", detection), ("change", change)])).inc();
    }

    /// What a partition of state holds.
    pub fn holds(&self, partition: i32, credentials: usize, open_findings: usize) {
        let labels = self.with(&[("partition", &partition.to_string())]);
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.all.credentials.get_or_create(&labels).set(count(credentials));
        self.all.open_findings.get_or_create(&labels).set(count(open_findings));
    }

    /// The partition is read by somebody else.
    pub fn forget(&self, topic: &str, partition: i32) {
        let labels = self.with(&[("topic", topic), ("partition", &partition.to_string())]);
        self.all.position.remove(&labels);
        self.all.end.remove(&labels);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::SourceName;

    #[test]
    fn what_is_counted_can_be_read_with_its_labels() {
        let (metrics, registry) = Metrics::new();
        let stage = metrics.of_stage("detect");
        stage.committed(7, Duration::from_millis(3));
        stage.progress("tenure.events", 2, 40, Some(50));
        stage.progress("tenure.events", 3, 1, None);
        stage.forget("tenure.events", 3);
        stage.records_read("s", "ignored", "r", 4);
        let stream = Stream::default_for(SourceName::VaultAudit);
        let at = |seconds: i64| EventTime::from_micros(seconds * 1_000_000);
        stage.clock(&stream, EventTime::from_micros(-1));
        for (first, last) in [(50, 60), (40, 55), (45, 70)] {
            stage.seen(&stream, at(first), at(last));
            stage.proven(&stream, at(last));
        }
        stage.proven(&stream, at(30));

        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        for line in [
            r#"tenure_transactions_total{stage="detect",outcome="committed"} 1"#,
            r#"tenure_records_total{stage="detect"} 7"#,
            r#"tenure_position{stage="detect",topic="tenure.events",partition="2"} 40"#,
            r#"tenure_end{stage="detect",topic="tenure.events",partition="2"} 50"#,
            r#"tenure_commit_seconds_count{stage="detect"} 1"#,
            r#"tenure_records_read_total{stage="detect",source="s",outcome="ignored",reason="r"} 4"#,
            r#"tenure_clock_seconds{stage="detect",source="vault.audit",stream="default"} -1"#,
            r#"tenure_first_event_seconds{stage="detect",source="vault.audit",stream="default"} 40"#,
            r#"tenure_last_event_seconds{stage="detect",source="vault.audit",stream="default"} 70"#,
            r#"tenure_proven_seconds{stage="detect",source="vault.audit",stream="default"} 70"#,
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        assert!(!text.contains(r#"partition="3""#), "{text}");
    }
}
