//! `docs/feed.md`: what `tenure feed check` prints is real, and every field of its JSON is described.

use std::fs;

use super::lines::{described, paths_of, same};
use super::{document, tenure, with_section};
use crate::feed::odd_folder;
use crate::golden;
use crate::program;

const PAGE: &str = "docs/feed.md";

/// Fields that only a source with blind spots writes.
const OF_BLIND_SPOTS: &[&str] = &["streams[].blind_spots[].cure", "streams[].blind_spots[].unseen"];

#[test]
fn the_check_that_is_shown_is_that_of_the_examples() {
    let output = tenure(&["feed", "check", "examples/"]);
    let shown = format!("```text\n{}```", String::from_utf8(output.stdout).unwrap());
    let text = with_section(&document(PAGE), "check", &shown);
    golden::hold(&golden::root().join(PAGE), &text).unwrap();
}

#[test]
fn every_field_of_a_check_is_described() {
    let folder = odd_folder();
    fs::write(folder.path().join("broken.log"), "one\n").unwrap();
    let args = ["feed", "check", "--format", "json", "."];
    let mut lines = vec![program::stdout(&program::tenure(folder.path(), &args))];
    lines.push(program::stdout(&program::tenure(
        &golden::root(),
        &["feed", "check", "--format", "json", "examples/"],
    )));
    let mut written = paths_of(lines.iter().map(String::as_str));
    written.extend(OF_BLIND_SPOTS.iter().map(|&field| field.to_owned()));
    same(&described(PAGE, "JSON"), &written);
}
