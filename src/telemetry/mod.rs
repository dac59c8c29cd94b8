//! What Tenure says about itself while it runs: log lines on stderr.
//!
//! Findings and summaries are output, not log lines. Nothing that identifies anybody is logged above debug,
//! and no part of a record at any level.

pub mod clock;
pub mod metrics;
pub mod status;

use std::io;

use tracing::level_filters::LevelFilter;

/// Logs to stderr from `level` on.
pub fn log_to_stderr(level: LevelFilter, ansi: bool) {
    let subscriber =
        tracing_subscriber::fmt().with_max_level(level).with_writer(io::stderr).with_ansi(ansi).finish();
    // A second call in one process keeps the first subscriber; there is nothing to do about it.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// Logs to stderr from `level` on, one JSON object a line.
pub fn log_as_json(level: LevelFilter) {
    let subscriber = tracing_subscriber::fmt().json().with_max_level(level).with_writer(io::stderr).finish();
    let _ = tracing::subscriber::set_global_default(subscriber);
}
