//! A line of a log, and where in time it belongs.

use serde_json::Value;

use super::calendar::Moment;

/// One audit record as its source writes it.
#[derive(Debug, Clone)]
pub struct Record {
    pub at: Moment,
    /// The rest of a second, where the source writes it: keeps request before response.
    pub nanos: u32,
    /// The account whose trail delivers it; empty for Vault.
    pub account: String,
    /// The record without its line end.
    pub line: String,
}

/// The records in the order their source wrote them.
pub fn in_order(mut records: Vec<Record>) -> Vec<Record> {
    records.sort_by(|a, b| (a.at, a.nanos, &a.line).cmp(&(b.at, b.nanos, &b.line)));
    records
}

/// Sets `key` of the object `target`, unless the value is null: real records leave a field out.
pub fn put(target: &mut Value, key: &str, value: impl Into<Value>) {
    let value = value.into();
    if !value.is_null() {
        target[key] = value;
    }
}
