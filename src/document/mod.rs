//! TOML documents that people write: read as a whole, with every mistake at once, at its line and column.
//!
//! A policy and the configuration of a run are such documents.

pub mod mistake;
pub mod nearest;
pub mod report;
pub mod tree;
