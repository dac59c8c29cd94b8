//! What Tenure says about itself while it runs: log lines on stderr.
//!
//! Findings and summaries are output, not log lines. Nothing that identifies anybody is logged above debug,
//! and no part of a record at any level.

pub mod clock;
pub mod metrics;
pub mod status;

use std::fmt;
use std::io;
use std::panic::{self, PanicHookInfo};
use std::thread;

use tracing::level_filters::LevelFilter;

/// Logs to stderr from `level` on.
pub fn log_to_stderr(level: LevelFilter, ansi: bool) {
    let subscriber =
        tracing_subscriber::fmt().with_max_level(level).with_writer(io::stderr).with_ansi(ansi).finish();
    // A second call in one process keeps the first subscriber; there is nothing to do about it.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// Has a panic logged by its place alone: what it says may quote a record.
pub fn log_panics_by_place() {
    panic::set_hook(Box::new(|panic| tracing::error!("{}", place_of(panic))));
}

fn place_of<'a>(panic: &'a PanicHookInfo<'_>) -> impl fmt::Display + 'a {
    fmt::from_fn(move |f| {
        let thread = thread::current();
        write!(f, "thread {} panicked", thread.name().unwrap_or("without a name"))?;
        panic.location().map_or(Ok(()), |place| write!(f, " at {place}"))
    })
}

/// Logs to stderr from `level` on, one JSON object a line.
pub fn log_as_json(level: LevelFilter) {
    let subscriber = tracing_subscriber::fmt().json().with_max_level(level).with_writer(io::stderr).finish();
    let _ = tracing::subscriber::set_global_default(subscriber);
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_panic_is_told_by_its_place_and_not_by_what_it_quotes() {
        let (sender, told) = mpsc::channel();
        let usual = panic::take_hook();
        // Other tests run beside this one; their panics are told too, and then fail them all the same.
        panic::set_hook(Box::new(move |panic| {
            let _ = sender.send(place_of(panic).to_string());
        }));
        let panicked = panic::catch_unwind(|| panic!("the record says hush"));
        panic::set_hook(usual);
        assert!(panicked.is_err());
        let told: Vec<String> = told.iter().collect();
        assert!(told.iter().any(|line| line.contains(file!())), "{told:?}");
        assert!(told.iter().all(|line| !line.contains("hush")), "{told:?}");
    }
}
