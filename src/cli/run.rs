//! `tenure run`: stages on threads of their own, HTTP and signals beside them.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread;

use anyhow::{Context, bail};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::args::{RunArgs, StageChoice};
use super::exit::Exit;
use super::stages::{self, Running};
use super::topics::find_faults;
use crate::config;
use crate::http::{self, Listener, Pages};
use crate::kafka::admin::Admin;
use crate::kafka::settings::Settings;
use crate::telemetry;
use crate::telemetry::clock::wall_clock;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::status::Status;

/// As shells report a process that ended by SIGINT; nothing is lost by it.
const INTERRUPTED: i32 = 130;

/// How a stage ended, by its name.
type Ended = (&'static str, anyhow::Result<()>);

pub(super) fn run(args: &RunArgs) -> anyhow::Result<Exit> {
    let Some(file) = args.config.as_deref().filter(|_| !args.print_default_config) else {
        anstream::stdout().write_all(config::default_text().as_bytes())?;
        return Ok(Exit::Done);
    };
    telemetry::log_panics_by_place();
    let settings = load(file)?;
    let listener = settings.http.map(Listener::bind).transpose()?;
    let admin = Admin::connect(&settings.connection)?;
    check_topics(&admin, &settings)?;
    let contracts = Arc::new(stages::contracts(&settings)?);
    let partitions = stages::partitions(&settings, &admin)?;
    drop(admin);
    let (metrics, registry) = Metrics::new();
    let stop = Arc::new(AtomicBool::new(false));
    let running = Running { settings, metrics, status: Status::default(), contracts, partitions, stop };
    let pages = Pages { registry: Arc::new(registry), status: running.status.clone() };
    stand_by(listener, pages, Arc::clone(&running.stop))?;
    run_stages(args.stage, &Arc::new(running))?;
    Ok(Exit::Done)
}

/// The settings in `file`; what is doubtful in them is logged.
pub(super) fn load(file: &Path) -> anyhow::Result<Settings> {
    let config = config::load(file)?;
    let name = file.display().to_string();
    for warning in &config.warnings {
        tracing::warn!("{}", warning.in_file(&name));
    }
    Ok(config.settings)
}

fn check_topics(admin: &Admin, settings: &Settings) -> anyhow::Result<()> {
    let faults = find_faults(admin, settings)?;
    let (fatal, doubtful): (Vec<_>, Vec<_>) = faults.iter().partition(|fault| fault.fatal);
    for fault in doubtful {
        tracing::warn!("{fault}");
    }
    if !fatal.is_empty() {
        let lines: Vec<_> = fatal.iter().map(ToString::to_string).collect();
        bail!("the topics cannot be used\n{}", lines.join("\n"));
    }
    Ok(())
}

/// Serves HTTP and listens to signals on a thread of its own, which ends with the process.
fn stand_by(listener: Option<Listener>, pages: Pages, stop: Arc<AtomicBool>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    if let Some(listener) = &listener {
        tracing::info!(address = %listener.address()?, "serving /metrics, /healthz and /readyz");
    }
    // Before the first stage starts, so that no signal falls between.
    let signals = {
        let _inside = runtime.enter();
        [signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?]
    };
    let serve = move || {
        runtime.block_on(async move {
            if let Some(listener) = listener {
                tokio::spawn(async move {
                    if let Err(error) = http::serve(listener, pages).await {
                        tracing::error!("HTTP is no more served: {error:#}");
                    }
                });
            }
            obey(signals, &stop).await;
        });
    };
    thread::Builder::new().name("http".to_owned()).spawn(serve).context("cannot start a thread")?;
    Ok(())
}

/// The first signal asks the stages to stop, the second does not wait for them.
async fn obey([mut terminate, mut interrupt]: [Signal; 2], stop: &AtomicBool) {
    loop {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        if stop.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED);
        }
        tracing::info!("stopping: what is done is committed; a second signal stops at once");
    }
}

/// Runs the stages until all have ended. The first that fails stops the others, and is the cause.
fn run_stages(choice: StageChoice, running: &Arc<Running>) -> anyhow::Result<()> {
    let names: &[&'static str] = match choice {
        StageChoice::Ingest => &[stages::INGEST],
        StageChoice::Detect => &[stages::DETECT],
        StageChoice::All => &[stages::INGEST, stages::DETECT],
    };
    let (sender, ended) = mpsc::channel();
    for name in names {
        spawn(name, running, sender.clone())?;
    }
    drop(sender);
    let mut cause = None;
    for (name, result) in ended {
        running.status.stopped(name);
        if let Err(error) = result {
            running.stop.store(true, Ordering::Relaxed);
            let error = error.context(format!("stage {name} failed"));
            tracing::error!("{error:#}");
            cause.get_or_insert(error);
        }
    }
    cause.map_or(Ok(()), Err)
}

fn spawn(name: &'static str, running: &Arc<Running>, ended: Sender<Ended>) -> anyhow::Result<()> {
    let running = Arc::clone(running);
    let run = move || {
        running.status.started(name, wall_clock());
        // A panic outside of a record is a bug: it ends the stage, and must not leave the other running.
        let result =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| stages::start_stage(name, &running)));
        let result =
            result.unwrap_or_else(|_| Err(anyhow::anyhow!("it panicked; the lines above say where")));
        // Nobody waits any more where the process is ending.
        let _ = ended.send((name, result));
    };
    thread::Builder::new().name(name.to_owned()).spawn(run).context("cannot start a thread")?;
    Ok(())
}
