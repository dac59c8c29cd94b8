//! The command line: arguments in, exit code out.
//!
//! This is the only place that reads the wall clock and decides what goes to stdout, to stderr and into the
//! exit code. Names, shapes and codes are a contract with the scripts of others.

pub mod args;
mod events;
mod exit;
mod feed;
mod input;
mod policy;
mod progress;
mod run;
mod scan;
mod stages;
mod summary;
mod topics;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;

use crate::files::in_order::is_closed_pipe;
use crate::kafka::connect::Unreachable;
use crate::telemetry;
use args::{Cli, Color, Command, FeedCommand, Global, LogFormat, PolicyCommand};

pub use exit::{Exit, Usage};

/// Runs the command the process was started with.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Done };
            // There is nowhere left to say that stderr is closed.
            let _ = error.print();
            return exit.into();
        }
    };
    start(&cli.global);
    let exit = match &cli.command {
        Command::Scan(args) => scan::run(args, &cli.global),
        Command::Events(args) => events::run(args, &cli.global),
        Command::Feed(FeedCommand::Check(args)) => feed::check(args, &cli.global),
        Command::Run(args) => run::run(args),
        Command::Topics(command) => topics::run(command),
        Command::Policy(PolicyCommand::Check(args)) => policy::check(args),
    };
    exit.unwrap_or_else(|error| report(&error)).into()
}

fn start(global: &Global) {
    global.color.choice().write_global();
    let ansi = match global.color {
        Color::Auto => std::io::stderr().is_terminal(),
        Color::Always => true,
        Color::Never => false,
    };
    match global.log_format {
        LogFormat::Text => telemetry::log_to_stderr(global.log.filter(), ansi),
        LogFormat::Json => telemetry::log_as_json(global.log.filter()),
    }
}

/// Says what went wrong. A reader that went away (`| head`) is no error.
fn report(error: &anyhow::Error) -> Exit {
    if is_closed_pipe(error) {
        return Exit::Done;
    }
    let _ = writeln!(anstream::stderr(), "tenure: {error:#}");
    exit_of(error)
}

/// What a script learns of an error: of brokers there is another remedy than of arguments.
fn exit_of(error: &anyhow::Error) -> Exit {
    let unreachable = error.chain().any(<dyn std::error::Error>::is::<Unreachable>);
    if unreachable { Exit::Unreachable } else { Exit::Usage }
}
