//! Arguments of `tenure feed`.

use clap::{Args, Subcommand, ValueEnum};

use super::InputArgs;

#[derive(Debug, Subcommand)]
pub enum FeedCommand {
    /// Count what is read of logs, what is not, and what they cannot show
    Check(FeedCheckArgs),
}

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct FeedCheckArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// How to print what was found
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = FeedFormat::Table)]
    pub format: FeedFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FeedFormat {
    /// For people
    Table,
    /// One object
    Json,
}

const EXAMPLES: &str = "\
Examples:
  A folder of CloudTrail, with its digests as proof that nothing is missing:
    tenure feed check AWSLogs/111122223333/
  Where the records lie that cannot be read:
    tenure feed check --dead-letter rejected.jsonl logs/
  Has a gap come up since yesterday?
    tenure feed check --format json logs/ | jq '.look_at'";
