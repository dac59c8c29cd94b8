//! Progress of reading on the wire: a record of `schemas/progress.avsc`.

use crate::avro::wire::{self, WireError};
use crate::progress::Progress;

/// Appends `progress` as one record, without a header.
pub fn encode(progress: &Progress, out: &mut Vec<u8>) {
    wire::write(progress, out);
}

/// Reads what [`encode`] wrote.
///
/// # Errors
/// Where `record` is nothing of the kind.
pub fn decode(record: &[u8]) -> Result<Progress, WireError> {
    wire::read(record)
}
