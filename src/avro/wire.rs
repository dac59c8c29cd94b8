//! The bytes of one Avro record, read and written in one pass.
//!
//! A record of ours is a struct with the fields of its schema in their order, so nothing is searched by
//! name, and texts are borrowed when read. That leaves a few rules, which tests hold by comparing with
//! the reference implementation: an `Option` is the union of null and its type, in this order; the
//! variants of an enum stand in the order of their symbols, or of the branches of their union; bytes
//! are ids, of a fixed length. Reading is total: any bytes give a value or an error, and no list is
//! longer than a list of ours can be.
//!
//! The encoding: <https://avro.apache.org/docs/1.12.0/specification/#binary-encoding>.

mod read;
mod write;

use serde::{Deserialize, Serialize};

/// Longest list read. Events hold a few names and labels; one reader's progress tells of all its partitions.
const LIST_MAX: usize = 100_000;

/// The length of an id.
const ID_BYTES: usize = 16;

/// Why bytes are not a record of ours. It never carries a part of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    #[error("the bytes are not a whole record of its schema")]
    Malformed,
    #[error("bytes follow the end of the record")]
    TrailingBytes,
    #[error("the source is one this version does not know; a later version wrote it")]
    UnknownSource,
    #[error("the kind of credential is one this version does not know; a later version wrote it")]
    UnknownKind,
    #[error("the value has no form in Avro that records of ours use")]
    NoForm,
}

impl serde::ser::Error for WireError {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self::NoForm
    }
}

impl serde::de::Error for WireError {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self::Malformed
    }
}

/// Appends `value`.
pub fn write(value: &impl Serialize, out: &mut Vec<u8>) {
    if value.serialize(write::Writer::new(out)).is_err() {
        unreachable!("memory takes every byte, and tests hold the shape of what is written");
    }
}

/// The one value that `bytes` are.
///
/// # Errors
/// Where they are not exactly one value of this shape.
pub fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, WireError> {
    let mut reader = read::Reader::new(bytes);
    let value = T::deserialize(&mut reader)?;
    if reader.is_at_end() { Ok(value) } else { Err(WireError::TrailingBytes) }
}
