//! The bytes of one Avro record, read and written in one pass.
//!
//! The shapes that are written are structs with the fields of the schema in its order, so that nothing is
//! looked up or copied twice. Reading is total: any bytes give a value or an error, and no list is longer
//! than a list of ours can be.

use std::io::BufRead;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_avro_fast::de::read::SliceRead;
use serde_avro_fast::de::{DeserializerConfig, DeserializerState};
use serde_avro_fast::ser::{SerializerConfig, SerializerState};

/// Longest list read. Events hold a few names and labels; one reader's progress tells of all its partitions.
const LIST_MAX: usize = 100_000;

/// A schema in the form the fast path works by.
pub type FastSchema = LazyLock<serde_avro_fast::Schema>;

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
}

/// `text` as a schema; it is part of the program.
pub fn fast_schema(text: &str) -> serde_avro_fast::Schema {
    text.parse().unwrap_or_else(|_| unreachable!("the schemas are part of the program, and tests use each"))
}

/// Appends `value`, which has the shape of `schema`.
pub fn write(value: &impl Serialize, schema: &serde_avro_fast::Schema, out: &mut Vec<u8>) {
    let mut config = SerializerConfig::new(schema);
    let written = value.serialize(SerializerState::from_writer(out, &mut config).serializer());
    if written.is_err() {
        unreachable!("memory takes every byte, and tests hold the shape of what is written");
    }
}

/// The one value that `bytes` are.
pub fn read<'a, T: Deserialize<'a>>(
    bytes: &'a [u8],
    schema: &serde_avro_fast::Schema,
) -> Result<T, WireError> {
    let mut config = DeserializerConfig::new(schema);
    config.max_seq_size = LIST_MAX;
    let mut state = DeserializerState::with_config(SliceRead::new(bytes), config);
    let value = T::deserialize(state.deserializer()).map_err(|_| WireError::Malformed)?;
    match state.into_reader().fill_buf() {
        Ok([]) => Ok(value),
        Ok(_) | Err(_) => Err(WireError::TrailingBytes),
    }
}
