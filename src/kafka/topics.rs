//! What Tenure asks of the topics it reads and writes, and what to do where one is not so.
//!
//! Pure: from what a cluster says of its topics to faults. `admin` asks the cluster.

use std::collections::BTreeMap;
use std::fmt;

use super::settings::Settings;

const DAY_MS: i64 = 86_400_000;

/// Events are kept at least this long: what a restore and a second reading go back to.
const EVENTS_KEPT_MS: i64 = 7 * DAY_MS;

/// The largest record Tenure writes, with room for the batch around it.
const RECORD_BYTES_MAX: i64 = 1_000_000;

/// What a topic is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Input,
    Events,
    State,
    Findings,
    DeadLetter,
}

/// A topic Tenure has to do with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub name: String,
    pub role: Role,
}

/// A topic as it is on the cluster.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    pub partitions: usize,
    pub replicas: usize,
    /// Its configuration, the values it takes over from the brokers included.
    pub config: BTreeMap<String, String>,
}

/// Something about a topic that is not as it must, or should, be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub topic: String,
    /// Whether Tenure refuses to run so.
    pub fatal: bool,
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "topic {}: {}", self.topic, self.message)
    }
}

impl Role {
    /// What a topic of this role is created with. Everything else is the brokers' default.
    #[must_use]
    pub const fn config(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Input => &[],
            Self::Events => &[
                ("cleanup.policy", "delete"),
                ("message.timestamp.type", "LogAppendTime"),
                ("retention.ms", "2592000000"),
            ],
            // Segments small enough to be compacted often, tombstones kept longer than the longest restore.
            Self::State => &[
                ("cleanup.policy", "compact"),
                ("delete.retention.ms", "86400000"),
                ("max.compaction.lag.ms", "86400000"),
                ("min.cleanable.dirty.ratio", "0.3"),
                ("retention.ms", "-1"),
                ("segment.bytes", "134217728"),
                ("segment.ms", "21600000"),
            ],
            // Findings are evidence: thirteen months cover an audit of the last year.
            Self::Findings => &[("cleanup.policy", "delete"), ("retention.ms", "34128000000")],
            Self::DeadLetter => &[("cleanup.policy", "delete"), ("retention.ms", "2592000000")],
        }
    }
}

/// The topics a configuration speaks of; those that are created in front of those that are only read.
#[must_use]
pub fn wanted(settings: &Settings) -> Vec<Wanted> {
    let topics = &settings.topics;
    let ours = [
        (&topics.events, Role::Events),
        (&topics.state, Role::State),
        (&topics.findings, Role::Findings),
        (&topics.dead_letter, Role::DeadLetter),
    ];
    let ocsf = topics.findings_ocsf.iter().map(|name| (name, Role::Findings));
    let inputs = settings.inputs.iter().map(|input| (&input.topic, Role::Input));
    let all = ours.into_iter().chain(ocsf).chain(inputs);
    all.map(|(name, role)| Wanted { name: name.clone(), role }).collect()
}

/// Everything that is wrong with the topics `wanted`, of which `found` are there.
#[must_use]
pub fn faults(wanted: &[Wanted], found: &BTreeMap<String, Found>) -> Vec<Fault> {
    let events = wanted.iter().find(|topic| topic.role == Role::Events);
    let events_partitions = events.and_then(|topic| found.get(&topic.name)).map(|found| found.partitions);
    let mut faults = Vec::new();
    for topic in wanted {
        let mut report = Report { topic: &topic.name, faults: &mut faults };
        match found.get(&topic.name) {
            None if topic.role == Role::Input => {
                report.fatal("is not there: create it, or correct 'topic' of its [[input]]".to_owned());
            }
            None => report.fatal("is not there: run `tenure topics create`".to_owned()),
            Some(found) => {
                match topic.role {
                    Role::Events => check_events(found, &mut report),
                    Role::State => check_state(found, events_partitions, &mut report),
                    Role::Input | Role::Findings | Role::DeadLetter => {}
                }
                if topic.role != Role::Input {
                    check_written(found, &mut report);
                }
            }
        }
    }
    faults
}

struct Report<'a> {
    topic: &'a str,
    faults: &'a mut Vec<Fault>,
}

impl Report<'_> {
    fn add(&mut self, fatal: bool, message: String) {
        self.faults.push(Fault { topic: self.topic.to_owned(), fatal, message });
    }

    fn fatal(&mut self, message: String) {
        self.add(true, message);
    }

    fn warn(&mut self, message: String) {
        self.add(false, message);
    }

    /// The command that sets `setting`.
    fn set(&self, setting: &str) -> String {
        let topic = self.topic;
        format!(
            "run `kafka-configs.sh --alter --entity-type topics --entity-name {topic} --add-config {setting}`"
        )
    }
}

fn number(found: &Found, key: &str) -> Option<i64> {
    found.config.get(key)?.parse().ok()
}

fn policy(found: &Found) -> Vec<&str> {
    found.config.get("cleanup.policy").map_or_else(Vec::new, |text| text.split(',').map(str::trim).collect())
}

fn check_events(found: &Found, report: &mut Report<'_>) {
    let stamps = found.config.get("message.timestamp.type").map_or("unknown", String::as_str);
    if stamps != "LogAppendTime" {
        let fix = report.set("message.timestamp.type=LogAppendTime");
        report.fatal(format!(
            "message.timestamp.type is {stamps}, and clocks rest on the broker's time: {fix}"
        ));
    }
    let policies = policy(found);
    if policies != ["delete"] {
        let fix = report.set("cleanup.policy=delete");
        let is = policies.join(",");
        report.fatal(format!("cleanup.policy is {is}: compaction would drop events of one realm; {fix}"));
    }
    let kept = number(found, "retention.ms").filter(|kept| *kept >= 0);
    if let Some(kept) = kept.filter(|kept| *kept < EVENTS_KEPT_MS) {
        let fix = report.set(&format!("retention.ms={EVENTS_KEPT_MS}"));
        let hours = kept / 3_600_000;
        report.warn(format!("keeps events for {hours} h only, less than a stop of a week needs: {fix}"));
    }
}

fn check_state(found: &Found, events: Option<usize>, report: &mut Report<'_>) {
    let policies = policy(found);
    if policies != ["compact"] {
        let fix = report.set("cleanup.policy=compact");
        let is = policies.join(",");
        report.fatal(format!("cleanup.policy is {is}, and state that is deleted is lost: {fix}"));
    }
    if let Some(events) = events.filter(|events| *events != found.partitions) {
        let own = found.partitions;
        report.fatal(format!(
            "has {own} partitions and the events have {events}; they must be as many: create a new topic \
             with {events} (`tenure topics create` under another name in [topics])"
        ));
    }
}

/// What holds for every topic that is written.
fn check_written(found: &Found, report: &mut Report<'_>) {
    if found.replicas < 2 {
        report.warn(format!("has {} replica: one broker's disk holds it alone", found.replicas));
    }
    let in_sync = number(found, "min.insync.replicas").unwrap_or(1);
    let replicas = i64::try_from(found.replicas).unwrap_or(i64::MAX);
    if in_sync > replicas {
        let fix = report.set(&format!("min.insync.replicas={}", (replicas - 1).max(1)));
        report.fatal(format!("wants {in_sync} of {replicas} replicas in sync and takes nothing: {fix}"));
    } else if replicas >= 3 && in_sync < 2 {
        let fix = report.set("min.insync.replicas=2");
        report.warn(format!("acknowledges a write that one broker has: {fix}"));
    }
    if let Some(most) = number(found, "max.message.bytes").filter(|most| *most < RECORD_BYTES_MAX) {
        let fix = report.set(&format!("max.message.bytes={RECORD_BYTES_MAX}"));
        report.fatal(format!("takes records up to {most} bytes only: {fix}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Wanted> {
        let roles = [
            ("events", Role::Events),
            ("state", Role::State),
            ("findings", Role::Findings),
            ("dead", Role::DeadLetter),
            ("raw", Role::Input),
        ];
        roles.map(|(name, role)| Wanted { name: name.to_owned(), role }).to_vec()
    }

    /// A cluster on which `wanted` were created by us.
    fn created(wanted: &[Wanted]) -> BTreeMap<String, Found> {
        let found = |topic: &Wanted| {
            let config =
                topic.role.config().iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
            let found = Found { partitions: 6, replicas: 3, config: config.collect() };
            let mut found = found;
            found.config.insert("min.insync.replicas".to_owned(), "2".to_owned());
            (topic.name.clone(), found)
        };
        wanted.iter().map(found).collect()
    }

    fn with(topic: &str, change: impl FnOnce(&mut Found)) -> Vec<Fault> {
        let mut found = created(&all());
        change(found.get_mut(topic).unwrap());
        faults(&all(), &found)
    }

    fn set(topic: &str, key: &str, value: &str) -> Vec<Fault> {
        with(topic, |found| drop(found.config.insert(key.to_owned(), value.to_owned())))
    }

    #[test]
    fn what_is_created_has_no_fault() {
        assert_eq!(faults(&all(), &created(&all())), []);
    }

    #[test]
    fn each_fault_is_found_and_says_what_to_do() {
        let cases = [
            (set("events", "message.timestamp.type", "CreateTime"), true, "LogAppendTime`"),
            (set("events", "cleanup.policy", "compact"), true, "cleanup.policy=delete`"),
            (set("events", "retention.ms", "3600000"), false, "for 1 h only"),
            (set("state", "cleanup.policy", "compact,delete"), true, "cleanup.policy=compact`"),
            (with("state", |found| found.partitions = 4), true, "has 4 partitions and the events have 6"),
            (set("findings", "min.insync.replicas", "4"), true, "min.insync.replicas=2`"),
            (set("findings", "min.insync.replicas", "1"), false, "min.insync.replicas=2`"),
            (set("dead", "max.message.bytes", "1000"), true, "max.message.bytes=1000000`"),
        ];
        for (faults, fatal, part) in cases {
            let [fault] = faults.as_slice() else { panic!("{part}: {faults:?}") };
            assert!(fault.fatal == fatal && fault.message.contains(part), "{part}: {fault}");
        }
        let alone = with("dead", |found| {
            found.replicas = 1;
            found.config.remove("min.insync.replicas");
        });
        assert!(matches!(alone.as_slice(), [fault] if !fault.fatal), "{alone:?}");
    }

    #[test]
    fn events_that_are_kept_for_ever_are_kept_long_enough() {
        assert_eq!(set("events", "retention.ms", "-1"), []);
    }

    #[test]
    fn a_topic_that_is_not_there_is_created_by_whoever_owns_it() {
        let faults = faults(&all(), &BTreeMap::new());
        assert_eq!(faults.len(), all().len());
        for fault in faults {
            assert_eq!(fault.message.contains("tenure topics create"), fault.topic != "raw", "{fault}");
        }
    }
}
