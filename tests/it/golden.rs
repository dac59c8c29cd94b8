//! Golden files: what a person can read, edit and review stands beside what the code made of it.
//!
//! `TENURE_BLESS=1 cargo test` rewrites the expected side; the diff is what a reviewer reads.

use std::fs;
use std::path::{Path, PathBuf};

/// The repository's root.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files below `folder` (relative to the root) that end in `.extension`, sorted.
pub fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(&root().join(folder), extension, &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, extension, found);
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
}

pub fn blessing() -> bool {
    std::env::var("TENURE_BLESS").is_ok_and(|value| value == "1")
}

/// Holds `actual` against the file at `path`, or writes it when blessing. Returns what differs.
pub fn hold(path: &Path, actual: &str) -> Result<(), String> {
    if blessing() {
        fs::write(path, actual).unwrap();
        return Ok(());
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    if expected == actual {
        return Ok(());
    }
    let line = expected.lines().zip(actual.lines()).take_while(|(e, a)| e == a).count();
    Err(format!(
        "{}:{}: expected\n  {}\ngot\n  {}\n(TENURE_BLESS=1 cargo test rewrites it; read the diff)",
        path.strip_prefix(root()).unwrap_or(path).display(),
        line + 1,
        expected.lines().nth(line).unwrap_or("<end>"),
        actual.lines().nth(line).unwrap_or("<end>"),
    ))
}
