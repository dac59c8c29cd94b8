//! The story of Larkfield Freight, from which the audit logs in `examples/` are written.
//!
//! Pure functions from a story to bytes: no clock, no randomness, no file. What varies from day to day is a
//! hash of the name of the job and the day. Tests hold `examples/` against it; benches tell it again under
//! other names (`amplified`), and include this folder by path for that.

mod amplified;
mod calendar;
mod cloudtrail;
mod edition;
mod expectation;
mod files;
mod organisation;
mod record;
mod vault;

pub use amplified::{Log, amplified, write_amplified};
pub use files::{ExampleFile, files};

use edition::Edition;
use expectation::Expectation;
use record::Record;

/// Everything that happened, and what of it should be found.
struct Story {
    vault: Vec<Record>,
    cloudtrail: Vec<Record>,
    expectations: Vec<Expectation>,
}

fn tell(edition: &Edition) -> Story {
    let (vault, mut expectations) = vault::tell(edition);
    let (cloudtrail, found) = cloudtrail::tell(edition);
    expectations.extend(found);
    Story { vault, cloudtrail, expectations }
}
