//! The stages of a run by their names.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::kafka::settings::Settings;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::status::Status;

pub(super) const INGEST: &str = "ingest";
pub(super) const DETECT: &str = "detect";

/// What all stages of a process share.
pub(super) struct Running {
    pub settings: Settings,
    #[expect(dead_code, reason = "counted into by the stages, none of which is built in")]
    pub metrics: Metrics,
    pub status: Status,
    /// Set when it is time to stop.
    pub stop: Arc<AtomicBool>,
}

/// Runs a stage on the calling thread until `stop` is set.
///
/// # Errors
/// Where the stage cannot go on.
pub(super) fn start_stage(name: &'static str, running: &Running) -> anyhow::Result<()> {
    anyhow::bail!("this build has no stage '{name}' for application '{}'", running.settings.application)
}
