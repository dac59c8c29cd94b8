//! The story told many times over, for benches: the same lives with other names and ids, each a little later.

use std::io::{self, Write};

use super::edition::Edition;
use super::record::{Record, in_order};

/// Which of the two logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Log {
    Vault,
    CloudTrail,
}

/// Writes exactly `records` records of `log`, one a line: edition after edition, each in time order.
pub fn write_amplified(log: Log, records: usize, out: &mut impl Write) -> io::Result<()> {
    let mut left = records;
    for edition in (1..).map(Edition::numbered) {
        if left == 0 {
            break;
        }
        let told = edition_of(log, &edition);
        for record in told.iter().take(left) {
            out.write_all(record.line.as_bytes())?;
            out.write_all(b"\n")?;
        }
        left = left.saturating_sub(told.len());
    }
    Ok(())
}

/// [`write_amplified`] into memory.
pub fn amplified(log: Log, records: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_amplified(log, records, &mut bytes).expect("memory takes every byte");
    bytes
}

fn edition_of(log: Log, edition: &Edition) -> Vec<Record> {
    in_order(match log {
        Log::Vault => super::vault::tell(edition).0,
        Log::CloudTrail => super::cloudtrail::tell(edition).0,
    })
}
