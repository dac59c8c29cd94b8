//! Where each partition of this process stands, for whoever asks from outside.
//!
//! Shards write what they committed; HTTP reads it. Nothing here names a credential.

use std::sync::Arc;

use dashmap::DashMap;

use crate::time::WallTime;

/// A shard that did not turn its loop for this long is stuck, not slow: its longest wait is a commit of
/// seconds.
const STUCK_AFTER_MICROS: i64 = 60_000_000;

/// What a stage is doing with a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Restoring,
    Running,
}

/// Where one partition stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionStatus {
    pub state: State,
    pub position: u64,
    /// Where the partition ends, as far as is known.
    pub end: Option<u64>,
    pub credentials: u64,
    pub open_findings: u64,
}

/// Where one stage stands, apart from its partitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct StageStatus {
    /// Its consumer has been told which partitions are its own.
    assigned: bool,
    last_turn: WallTime,
    stopped: bool,
}

type PlaceKey = (&'static str, String, i32);

/// Shared by the threads of a process. A clone shows the same.
#[derive(Debug, Clone, Default)]
pub struct Status {
    stages: Arc<DashMap<&'static str, StageStatus>>,
    partitions: Arc<DashMap<PlaceKey, PartitionStatus>>,
}

impl Status {
    /// A stage begins; until it holds its partitions, this process is not ready.
    pub fn started(&self, stage: &'static str, now: WallTime) {
        self.stages.insert(stage, StageStatus { assigned: false, last_turn: now, stopped: false });
    }

    /// The loop of a stage went round once more.
    pub fn turned(&self, stage: &'static str, now: WallTime) {
        if let Some(mut status) = self.stages.get_mut(stage) {
            status.last_turn = now;
        }
    }

    /// A stage was told which partitions are its own, if any.
    pub fn assigned(&self, stage: &'static str) {
        if let Some(mut status) = self.stages.get_mut(stage) {
            status.assigned = true;
        }
    }

    pub fn stopped(&self, stage: &'static str) {
        if let Some(mut status) = self.stages.get_mut(stage) {
            status.stopped = true;
        }
    }

    pub fn set(&self, stage: &'static str, topic: &str, partition: i32, status: PartitionStatus) {
        self.partitions.insert((stage, topic.to_owned(), partition), status);
    }

    /// The partition is somebody else's.
    pub fn forget(&self, stage: &'static str, topic: &str, partition: i32) {
        self.partitions.remove(&(stage, topic.to_owned(), partition));
    }

    /// Why this process should be restarted; `None` while it is alive.
    #[must_use]
    pub fn stuck(&self, now: WallTime) -> Option<String> {
        let silent = |status: &StageStatus| now.micros().saturating_sub(status.last_turn.micros());
        let mut stuck: Vec<_> = self
            .stages
            .iter()
            .filter(|stage| !stage.stopped && silent(stage.value()) > STUCK_AFTER_MICROS)
            // Restoring takes as long as there is state; whoever reads it notices by itself if nothing comes.
            .filter(|stage| !self.restores(stage.key()))
            .map(|stage| format!("stage {} did nothing for {} s", stage.key(), silent(&stage) / 1_000_000))
            .collect();
        stuck.sort();
        stuck.into_iter().next()
    }

    fn restores(&self, stage: &str) -> bool {
        self.partitions.iter().any(|entry| entry.key().0 == stage && entry.state == State::Restoring)
    }

    /// Why this process does not do its work yet, or no more; `None` while it does.
    #[must_use]
    pub fn not_ready(&self) -> Option<String> {
        let mut reasons = Vec::new();
        for stage in self.stages.iter() {
            let name = stage.key();
            match (stage.stopped, stage.assigned) {
                (true, _) => reasons.push(format!("stage {name} has stopped")),
                (false, false) => reasons.push(format!("stage {name} waits for its partitions")),
                (false, true) => {}
            }
        }
        for entry in self.partitions.iter().filter(|entry| entry.state == State::Restoring) {
            let (stage, topic, partition) = entry.key();
            reasons.push(format!("stage {stage} restores {topic}/{partition}"));
        }
        if self.stages.is_empty() {
            reasons.push("no stage has started".to_owned());
        }
        reasons.sort();
        reasons.into_iter().next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    fn at(seconds: i64) -> WallTime {
        WallTime::from_micros(seconds * SECOND)
    }

    fn partition(state: State) -> PartitionStatus {
        PartitionStatus { state, position: 0, end: None, credentials: 0, open_findings: 0 }
    }

    #[test]
    fn ready_is_who_holds_its_partitions_and_has_restored_them() {
        let status = Status::default();
        assert_eq!(status.not_ready().as_deref(), Some("no stage has started"));
        status.started("detect", at(0));
        assert_eq!(status.not_ready().as_deref(), Some("stage detect waits for its partitions"));
        status.assigned("detect");
        status.set("detect", "tenure.events", 3, partition(State::Restoring));
        assert_eq!(status.not_ready().as_deref(), Some("stage detect restores tenure.events/3"));
        status.set("detect", "tenure.events", 3, partition(State::Running));
        assert_eq!(status.not_ready(), None);
        status.set("detect", "tenure.events", 4, partition(State::Restoring));
        status.forget("detect", "tenure.events", 4);
        assert_eq!(status.not_ready(), None);
        status.stopped("detect");
        assert_eq!(status.not_ready().as_deref(), Some("stage detect has stopped"));
    }

    #[test]
    fn a_stage_that_does_not_turn_for_a_minute_is_stuck() {
        let status = Status::default();
        status.started("ingest", at(0));
        assert_eq!(status.stuck(at(60)), None);
        assert_eq!(status.stuck(at(61)).as_deref(), Some("stage ingest did nothing for 61 s"));
        status.turned("ingest", at(30));
        assert_eq!(status.stuck(at(61)), None);
        status.stopped("ingest");
        assert_eq!(status.stuck(at(600)), None, "nobody turns what was told to stop");
    }

    #[test]
    fn a_stage_that_restores_for_long_is_not_stuck() {
        let status = Status::default();
        for stage in ["detect", "ingest"] {
            status.started(stage, at(0));
        }
        status.set("detect", "tenure.events", 0, partition(State::Restoring));
        assert_eq!(status.stuck(at(61)).as_deref(), Some("stage ingest did nothing for 61 s"));
        status.turned("ingest", at(600));
        assert_eq!(status.stuck(at(600)), None);
        status.set("detect", "tenure.events", 0, partition(State::Running));
        assert_eq!(status.stuck(at(600)).as_deref(), Some("stage detect did nothing for 600 s"));
    }
}
