//! The documents say what the program does: tables come from the registries, output from a run over the
//! examples, and the contract of a line names every field that is written.
//!
//! `TENURE_BLESS=1 cargo test documents` rewrites what is generated; the diff is what a reviewer reads.

mod contributing;
mod detections;
mod feed;
mod lines;
mod readme;
mod run;
mod sources;

use std::fmt::Write as _;
use std::fs;
use std::process::{Command, Output};

use tenure::finding::crosswalk::controls;

use crate::golden;

/// Columns of a line of a document.
const WIDTH: usize = 110;

fn document(path: &str) -> String {
    fs::read_to_string(golden::root().join(path)).unwrap()
}

/// Runs the program in the root of the repository, where the documents tell people to run it.
fn tenure(args: &[&str]) -> Output {
    let output =
        Command::new(env!("CARGO_BIN_EXE_tenure")).args(args).current_dir(golden::root()).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// `text` with `body` between the markers of `section`.
fn with_section(text: &str, section: &str, body: &str) -> String {
    let (begin, end) = (format!("<!-- {section}:begin -->\n"), format!("<!-- {section}:end -->"));
    let (head, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("no {begin}"));
    let (_, tail) = rest.split_once(&end).unwrap_or_else(|| panic!("no {end}"));
    format!("{head}{begin}{}\n{end}{tail}", body.trim_end())
}

/// A Markdown table.
fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    for row in rows {
        writeln!(text, "| {} |", row.join(" | ")).unwrap();
    }
    text
}

/// `text` in lines of at most [`WIDTH`] columns, the second and further ones indented. Spaces within a line
/// stay as they are.
fn wrapped(text: &str, indent: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) => lines.push(format!("{}{word}", " ".repeat(indent))),
            None => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

/// The controls a detection gives evidence for, those of one framework together.
fn evidence_for(detection: &str) -> String {
    let mut text = String::new();
    let mut framework = "";
    for control in controls(detection) {
        if control.framework == framework {
            write!(text, ", {}", control.id).unwrap();
        } else {
            let between = if text.is_empty() { "" } else { " · " };
            write!(text, "{between}{} {}", control.framework, control.id).unwrap();
        }
        framework = control.framework;
    }
    text
}

/// The anchor GitHub gives a heading.
fn slug(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn long_lines_are_broken_between_words_and_keep_their_margin() {
    let text = format!("Fact     {}", "word ".repeat(40));
    let lines: Vec<String> = wrapped(text.trim_end(), 9).lines().map(str::to_owned).collect();
    assert!(lines.len() > 1 && lines.iter().all(|line| line.chars().count() <= WIDTH), "{lines:?}");
    assert!(lines[0].starts_with("Fact     word") && lines[1].starts_with("         word"), "{lines:?}");
    assert_eq!(lines.join(" ").split_whitespace().count(), 41);
    assert_eq!(
        slug("V02 Used after expiry: a renewal is missing"),
        "v02-used-after-expiry-a-renewal-is-missing"
    );
}
