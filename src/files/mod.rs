//! Files: from paths to sorted events, in parallel and in bounded memory.
//!
//! Threads pull batches: whoever is free takes the next batch of lines (or a whole document) of an open
//! input, reads and inflates it into its own buffer, and parses it there, so that bytes are touched by one
//! core while they are in its cache. What they make of it goes into sorted runs ([`ingest`]), is counted
//! ([`survey`]), or goes out again in input order ([`in_order`]). The order of files, how records are split
//! among them and the number of threads change nothing of the events but their origins.
//!
//! Nothing here decides what a record means, and no clock is read: the latest time to believe is an argument.

mod arena;
mod batch;
mod by_realm;
pub mod dead_letter;
pub mod discover;
mod feed;
pub mod in_order;
pub mod ingest;
mod merge;
mod open;
mod parse;
pub mod proven;
mod row;
mod spread;
pub mod streams;
pub mod survey;
pub mod tally;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::source::Source;
use crate::time::EventTime;

/// How inputs are read.
#[derive(Clone)]
pub struct Settings {
    /// The sources to choose among; all of them, unless one was named.
    pub sources: &'static [&'static Source],
    /// Whether the source of a record is told by its shape. Otherwise every record is read by the first of
    /// `sources`.
    pub recognise: bool,
    /// Records of a later time are rejected.
    pub not_after: EventTime,
    pub threads: NonZeroUsize,
    /// Memory for events, over all threads; beyond it sorted runs go to temporary files.
    pub memory_bytes_max: usize,
}

/// One file, or standard input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Input {
    /// As people gave or found it; origins show it. Inputs are numbered in the order of their names.
    pub name: String,
    pub place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Stdin,
    File(PathBuf),
}

/// A path that could not be read, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unreadable {
    pub path: String,
    pub why: String,
}

/// How far reading has come, for whoever wants to show it.
#[derive(Debug, Default)]
pub struct Meter {
    bytes_read: AtomicU64,
}

impl Meter {
    /// Bytes read so far, as they lie on disk.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read.load(Ordering::Relaxed)
    }

    fn add(&self, bytes: usize) {
        self.bytes_read.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}
