//! `README.md`, and the finding shown in `docs/findings.md`: output is real, tables are those of the
//! registries, the policy is one.

use std::fmt::Write as _;

use tenure::detect::CONDITIONS;
use tenure::kind::{Class, KINDS};
use tenure::policy::Policy;
use tenure::source::SOURCES;

use super::{document, evidence_for, slug, table, tenure, with_section, wrapped};
use crate::golden;

/// The findings shown, by a part of their first line.
const URGENT: &str = "TEN-V01-";
const DORMANT: &str = "Dormant credential: AWS access key AKIAIOSFODNN7EXAMPLE";

/// The lines of the summary shown, by their first word: those that no machine and no day changes.
const SUMMED_UP: &[&str] = &["records", "credentials", "findings"];

/// The finding whose first line holds `part`, broken into lines that fit a page.
fn finding(findings: &str, part: &str) -> String {
    let of = |finding: &&str| finding.lines().next().is_some_and(|line| line.contains(part));
    let finding = findings.split("\n\n").find(of).unwrap_or_else(|| panic!("no finding with {part}"));
    finding.lines().map(|line| wrapped(line, 9) + "\n").collect()
}

/// What a scan of the examples prints, cut to what a stranger reads.
fn scan() -> String {
    let output = tenure(&["scan", "examples/"]);
    let [findings, summary] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    let mut text = "```text\n".to_owned();
    for part in [URGENT, DORMANT] {
        writeln!(text, "{}\n...\n", finding(&findings, part)).unwrap();
    }
    for word in SUMMED_UP {
        let line = summary.lines().find(|line| line.starts_with(word)).unwrap();
        writeln!(text, "{line}").unwrap();
    }
    text + "```"
}

/// A finding under the policy of the examples.
fn under_policy() -> String {
    let output = tenure(&["scan", "--policy", "examples/policy.toml", "examples/"]);
    format!("```text\n{}```", finding(&String::from_utf8(output.stdout).unwrap(), DORMANT))
}

/// One line of `tenure events`, broken where JSON allows it.
fn event() -> String {
    let output = tenure(&["events", "examples/cloudtrail/"]);
    let events = String::from_utf8(output.stdout).unwrap();
    let of_key = |line: &&str| line.contains(r#""action":"issued""#) && line.contains(r#""aws.access_key""#);
    let broken = events.lines().find(of_key).unwrap().replace(",\"", ", \"");
    format!("```json\n{}\n```", wrapped(&broken, 1))
}

fn detections() -> String {
    let rows = CONDITIONS.iter().map(|row| {
        let anchor = slug(&format!("{} {}", row.id, row.title));
        let id = format!("[{}](docs/detections.md#{anchor})", row.id);
        vec![id, row.title.to_owned(), row.finds.to_owned(), evidence_for(row.id)]
    });
    table(&["Id", "Detection", "Finds", "Gives evidence for"], rows)
}

fn sources() -> String {
    let rows = SOURCES.iter().map(|source| {
        let name = source.name.as_str();
        let anchor = name.replace('.', "");
        vec![
            format!("[`{name}`](docs/sources.md#{anchor})"),
            format!("[{}]({})", source.summary, source.reference),
        ]
    });
    let more =
        "[docs/sources.md](docs/sources.md) says what is read of each, what it cannot show, and how to";
    format!("{}\n{more}\nget it in.", table(&["Source", "Format"], rows))
}

fn kinds() -> String {
    let rows = Class::ALL.iter().map(|&class| {
        let names: Vec<String> =
            KINDS.iter().filter(|row| row.class == class).map(|row| format!("`{}`", row.name)).collect();
        vec![format!("`{}`", class.as_str()), meaning(class).to_owned(), names.join(", ")]
    });
    table(&["Class", "What may be concluded", "Kinds"], rows)
}

fn meaning(class: Class) -> &'static str {
    match class {
        Class::Durable => "lives until somebody ends it: silence, age and overlap are judged",
        Class::Stored => "a value in a store: \"used\" means read; silence and old versions are judged",
        Class::Session => "ends by itself: judged by uses after its end, and by where it is used",
        Class::Material => "used in place by its store: age is judged, where it can be rotated",
        Class::Blind => "its use never shows in these logs: never called dormant; its end is announced",
    }
}

#[test]
fn the_readme_shows_what_the_program_says() {
    let mut text = document("README.md");
    for (section, body) in [
        ("scan", scan()),
        ("event", event()),
        ("detections", detections()),
        ("sources", sources()),
        ("kinds", kinds()),
    ] {
        text = with_section(&text, section, &body);
    }
    golden::hold(&golden::root().join("README.md"), &text).unwrap();
}

#[test]
fn the_finding_that_is_explained_is_one_of_the_examples() {
    let text = with_section(&document("docs/findings.md"), "finding", &under_policy());
    golden::hold(&golden::root().join("docs/findings.md"), &text).unwrap();
}

#[test]
fn the_policy_of_the_readme_is_one() {
    let readme = document("README.md");
    let (_, rest) = readme.split_once("```toml\n").unwrap();
    let (policy, _) = rest.split_once("```").unwrap();
    Policy::parse(policy).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
}

#[test]
fn the_readme_names_the_commands_and_the_heading_the_program_points_to() {
    let readme = document("README.md");
    for line in ["cargo test --locked", "cargo run --release -- scan examples/", "## What it cannot see"] {
        assert!(readme.lines().any(|text| text == line), "README.md has no line `{line}`");
    }
}
