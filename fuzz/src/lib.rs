//! What every fuzz target asks: the promises the tests hold parsers and readers to.

#[path = "../../tests/it/totality.rs"]
#[allow(dead_code, reason = "the tests ask for more of it")]
mod totality;

use tenure::source::Source;

/// Recognises and parses one record.
pub fn source(source: &Source, bytes: &[u8]) {
    let _ = (source.recognises)(bytes);
    let _ = totality::parsed(source, bytes);
}

/// Reads a delivery: envelopes, recognition and all sources.
pub fn reading(bytes: &[u8]) {
    let _ = totality::reading(bytes);
}
