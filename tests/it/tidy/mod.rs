//! What a compiler does not hold: floors, sizes, words, fixtures, registration, the shape of the documents.
//!
//! Each rule is a function from text to complaints, so that each is also shown to complain: a check that
//! cannot fail is a defect. A new rule arrives here together with its check, or not at all.

mod code;
mod documents;
mod fixtures;
mod floors;
mod ratchet;
mod registry;
mod words;

use std::fs;
use std::path::Path;

use crate::golden;

/// A text file of the repository.
pub struct File {
    /// From the root, with `/`: `src/detect/dormant.rs`.
    pub path: String,
    pub text: String,
}

impl File {
    pub fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }
}

/// The Rust files below `folder`, sorted by path.
fn rust_files(folder: &str) -> Vec<File> {
    golden::files(folder, "rs").iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> File {
    let text = fs::read_to_string(path).unwrap();
    File { path: relative(path), text }
}

fn relative(path: &Path) -> String {
    path.strip_prefix(golden::root()).unwrap().to_string_lossy().replace('\\', "/")
}

/// Fails with all complaints at once.
fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// Fails unless exactly one complaint was made for each of `expected`, and each holds its text.
#[track_caller]
fn complains(actual: &[String], expected: &[&str]) {
    let same = actual.len() == expected.len()
        && actual.iter().zip(expected).all(|(complaint, part)| complaint.contains(part));
    assert!(same, "expected complaints with {expected:#?}\ngot {actual:#?}");
}
