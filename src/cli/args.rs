//! The arguments, as `--help` shows them.

mod feed;
mod running;

use std::num::NonZeroUsize;
use std::path::PathBuf;

pub use feed::{FeedCheckArgs, FeedCommand, FeedFormat};
pub use running::{RunArgs, StageChoice, TopicsArgs, TopicsCommand, TopicsCreateArgs};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use tracing::level_filters::LevelFilter;

use crate::config::units;
use crate::evidence::Severity;
use crate::files::streams::StreamPattern;
use crate::stream::SourceName;
use crate::time::EventTime;

/// Watches how long every credential has held its post, from the audit logs you already have.
#[derive(Debug, Parser)]
#[command(name = "tenure", version, propagate_version = true, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done, with or without findings
  1  a finding at or above --fail-on is open
  2  a mistake in the arguments or in a configuration
  3  an input cannot be read, or nothing in it was recognised (the rest was done)
  4  no broker can be reached, or none lets us in";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read logs and report what is wrong with the credentials in them
    Scan(ScanArgs),
    /// Read logs and print the normalised events as JSON lines, in input order
    Events(EventsArgs),
    /// Say whether logs are read right, before anything is concluded from them
    #[command(subcommand)]
    Feed(FeedCommand),
    /// Follow logs on Kafka and report findings as they come up
    Run(RunArgs),
    /// Create the topics of a configuration, or check them
    #[command(subcommand)]
    Topics(TopicsCommand),
    /// Check a policy, or print the built-in one
    #[command(subcommand)]
    Policy(PolicyCommand),
}

#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Say what is wrong with a policy, every mistake at once, or what it decides
    Check(PolicyCheckArgs),
}

#[derive(Debug, Args)]
#[command(after_help = POLICY_EXAMPLES)]
pub struct PolicyCheckArgs {
    /// Policy files
    #[arg(value_name = "FILE", required_unless_present = "print_default")]
    pub files: Vec<PathBuf>,
    /// Print a commented policy that decides what the built-in one decides
    #[arg(long, conflicts_with = "files")]
    pub print_default: bool,
}

const POLICY_EXAMPLES: &str = "\
Examples:
  Begin with the built-in policy and change what you need:
    tenure policy check --print-default > policy.toml
  Before it is used:
    tenure policy check policy.toml";

/// Under a heading of their own, so that help begins with what the command itself is about.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// What to log on stderr
    #[arg(long, global = true, value_name = "LEVEL", value_enum, default_value_t = LogLevel::Warn)]
    pub log: LogLevel,
    /// How to write log lines
    #[arg(long, global = true, value_name = "FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// Threads that read and parse [default: one per processor]
    #[arg(long, global = true, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    /// Memory for sorting events; what is beyond goes to temporary files
    #[arg(long, global = true, value_name = "SIZE", value_parser = memory_size, default_value = "512MiB")]
    pub memory_limit: usize,
}

/// Which logs, and whose.
#[derive(Debug, Args)]
pub struct InputArgs {
    /// Files, directories, patterns, or - for standard input
    ///
    /// From a directory, files ending in .json .jsonl .ndjson .log .gz .zst are taken. gzip and zstd are
    /// recognised by their first bytes, whatever the name.
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
    /// The log format; auto tells each record by its shape
    #[arg(long, value_name = "NAME", value_parser = source_choice(), default_value = "auto")]
    pub source: SourceChoice,
    /// Records of inputs that match GLOB belong to the stream NAME
    ///
    /// Each Vault audit device is a stream of its own, since its hashes mean nothing elsewhere: name it
    /// CLUSTER/DEVICE, and its credentials are found in the realm vault/CLUSTER/DEVICE. The first match wins;
    /// `*` stays within a directory, `**` does not. Write TENANT:NAME where one run reads the logs of several
    /// organisations.
    #[arg(long = "stream", value_name = "NAME=GLOB", value_parser = StreamPattern::parse)]
    pub streams: Vec<StreamPattern>,
    /// Write a line of JSON for each record that cannot be read: reason and place, never its content
    #[arg(long, value_name = "FILE")]
    pub dead_letter: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = SCAN_EXAMPLES)]
pub struct ScanArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Thresholds and rules [default: the built-in policy]
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The logs are complete until then (RFC 3339, or a date)
    ///
    /// Silence is counted up to this time. Without it each stream ends at its own last record, and nothing is
    /// concluded from what came after.
    #[arg(long, value_name = "TIME", value_parser = claimed_time)]
    pub now: Option<EventTime>,
    /// With --format json or ocsf: only where each finding stands at the end, not how it came there
    #[arg(long)]
    pub latest: bool,
    /// How to print findings
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// In a table: one line per finding
    #[arg(long)]
    pub summary: bool,
    /// Exit with 1 if a finding at or above this severity is open
    #[arg(long, value_name = "SEVERITY", value_enum)]
    pub fail_on: Option<FailOn>,
}

const SCAN_EXAMPLES: &str = "\
Examples:
  Everything below a directory, compressed or not:
    tenure scan logs/
  Two Vault clusters in one folder:
    tenure scan --stream prod/file='vault/prod/**' --stream lab/file='vault/lab/**' vault/
  In a pipeline that fails on what is serious:
    tenure scan --format json --fail-on high --policy tenure.toml logs/ > findings.jsonl
  As of the end of the quarter, for an audit:
    tenure scan --now 2026-07-01 logs/";

#[derive(Debug, Args)]
#[command(after_help = EVENTS_EXAMPLES)]
pub struct EventsArgs {
    #[command(flatten)]
    pub input: InputArgs,
}

const EVENTS_EXAMPLES: &str = "\
Examples:
  What is said about one access key:
    tenure events logs/ | grep AKIAIOSFODNN7EXAMPLE
  A CloudTrail delivery straight from its bucket:
    aws s3 cp s3://BUCKET/KEY.json.gz - | tenure events -
  Which records could not be read:
    tenure events --dead-letter rejected.jsonl logs/ > events.jsonl";

/// A log format by name, or by the shape of each record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceChoice {
    Auto,
    Only(SourceName),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// One transition a line
    Json,
    /// One transition a line, for a SIEM: OCSF 1.5.0, classes 2003 and 2004
    Ocsf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum FailOn {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl FailOn {
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::Info => Severity::Info,
            Self::Low => Severity::Low,
            Self::Medium => Severity::Medium,
            Self::High => Severity::High,
            Self::Critical => Severity::Critical,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

impl Color {
    #[must_use]
    pub fn choice(self) -> anstream::ColorChoice {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    Off,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    Text,
    /// One object a line
    Json,
}

impl LogLevel {
    #[must_use]
    pub fn filter(self) -> LevelFilter {
        match self {
            Self::Off => LevelFilter::OFF,
            Self::Error => LevelFilter::ERROR,
            Self::Warn => LevelFilter::WARN,
            Self::Info => LevelFilter::INFO,
            Self::Debug => LevelFilter::DEBUG,
            Self::Trace => LevelFilter::TRACE,
        }
    }
}

fn source_choice() -> impl TypedValueParser<Value = SourceChoice> {
    let names = SourceName::ALL.iter().map(|name| name.as_str());
    PossibleValuesParser::new(std::iter::once("auto").chain(names))
        .map(|text| SourceName::parse(&text).map_or(SourceChoice::Auto, SourceChoice::Only))
}

fn memory_size(text: &str) -> Result<usize, String> {
    let advice = || "write a whole number of bytes, KiB, MiB or GiB, as in 512MiB".to_owned();
    units::bytes(text).ok_or_else(advice)
}

fn claimed_time(text: &str) -> Result<EventTime, String> {
    EventTime::parse(text)
        .or_else(|| EventTime::parse(&format!("{text}T00:00:00Z")))
        .ok_or_else(|| "write a time as 2026-07-01T00:00:00Z, or a date as 2026-07-01".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn sizes_and_times_are_read_with_their_units() {
        assert_eq!(memory_size("512MiB"), Ok(512 << 20));
        assert_eq!(memory_size("4096"), Ok(4_096));
        for text in ["", "MiB", "1MB", "-1KiB", "99999999999999999999GiB", "18446744073709551615GiB"] {
            assert!(memory_size(text).is_err(), "{text}");
        }
        assert_eq!(claimed_time("2026-07-01"), claimed_time("2026-07-01T00:00:00Z"));
        assert!(claimed_time("tomorrow").is_err());
    }
}
