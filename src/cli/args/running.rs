//! Arguments of what runs on Kafka.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, value_parser};

#[derive(Debug, Args)]
#[command(after_help = RUN_EXAMPLES)]
pub struct RunArgs {
    /// The configuration: brokers, inputs, topics
    #[arg(long, value_name = "FILE", required_unless_present = "print_default_config")]
    pub config: Option<PathBuf>,
    /// What to run of the pipeline
    #[arg(long, value_name = "STAGE", value_enum, default_value_t = StageChoice::All)]
    pub stage: StageChoice,
    /// Print a commented configuration with every key
    #[arg(long, conflicts_with = "config")]
    pub print_default_config: bool,
}

const RUN_EXAMPLES: &str = "\
Examples:
  Begin with a configuration that has every key, and create its topics:
    tenure run --print-default-config > tenure.toml
    tenure topics create --config tenure.toml --partitions 12 --replication 3
  Everything in one process:
    tenure run --config tenure.toml --log info
  The two stages in processes of their own:
    tenure run --config tenure.toml --stage ingest
    tenure run --config tenure.toml --stage detect

SIGTERM and SIGINT commit what is done and stop; a second one stops at once, which loses nothing either.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StageChoice {
    /// Raw topics to events
    Ingest,
    /// Events to findings
    Detect,
    /// Both in one process
    All,
}

#[derive(Debug, Subcommand)]
pub enum TopicsCommand {
    /// Create the topics that are not there; what is there stays as it is
    Create(TopicsCreateArgs),
    /// Say what is wrong with the topics, and how to put it right
    Check(TopicsArgs),
}

#[derive(Debug, Args)]
#[command(after_help = CHECK_EXAMPLES)]
pub struct TopicsArgs {
    /// The configuration that names brokers and topics
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = CREATE_EXAMPLES)]
pub struct TopicsCreateArgs {
    #[command(flatten)]
    pub topics: TopicsArgs,
    /// Partitions of each topic; the count of events and state can never change
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = value_parser!(i32).range(1..=10_000))]
    pub partitions: i32,
    /// Replicas of each partition
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = value_parser!(i32).range(1..=100))]
    pub replication: i32,
}

const CHECK_EXAMPLES: &str = "\
Examples:
  Before a deployment:
    tenure topics check --config tenure.toml";

const CREATE_EXAMPLES: &str = "\
Examples:
  On a cluster of three brokers or more:
    tenure topics create --config tenure.toml --partitions 24
  On a single broker, to try it:
    tenure topics create --config tenure.toml --partitions 4 --replication 1";
