//! Formats: findings and events as bytes. A format reads plain values and decides nothing.

pub mod event_avro;
pub mod event_json;
pub mod finding_avro;
pub mod finding_json;
pub mod finding_ocsf;
pub mod progress_avro;
pub mod table;

/// The name of an input by its number in this run.
pub type InputName<'a> = &'a dyn Fn(u32) -> &'a str;
