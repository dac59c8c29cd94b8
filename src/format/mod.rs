//! Formats: findings and events as bytes. A format reads plain values and decides nothing.

pub mod event_json;
