//! Avro as all topics use it: which schema a record has, and its bytes.

pub mod framing;
pub mod wire;
