//! Documents that say what is true: a change log with fixed sections, decisions with fixed headings,
//! invariants whose guards exist.

use std::collections::BTreeSet;

use super::code::{self, Token};
use super::{File, complains, none, read, rust_files};
use crate::golden;

/// The sections of a release, in this order: people who upgrade read what will newly fire first.
const SECTIONS: &[&str] = &["Detections", "Formats", "Operations"];

/// The headings of a decision record.
const HEADINGS: &[&str] = &["Context", "Decision", "Consequences", "Log"];

const ADR_LINES_MAX: usize = 60;

/// What is wrong with the shape of a change log.
fn check_changelog(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut releases = 0;
    let mut last: Option<usize> = None;
    let mut empty_section = None;
    for (at, line) in text.lines().enumerate() {
        let here = at + 1;
        if let Some(release) = line.strip_prefix("## ") {
            wrong.extend(check_release(release, releases).map(|what| format!("CHANGELOG.md:{here}: {what}")));
            (releases, last) = (releases + 1, None);
        } else if let Some(section) = line.strip_prefix("### ") {
            wrong.extend(empty_section.take());
            let place = SECTIONS.iter().position(|name| *name == section);
            if place.is_none() || place <= last {
                wrong.push(format!("CHANGELOG.md:{here}: sections are {SECTIONS:?}, in this order"));
            }
            last = place.or(last);
            empty_section = Some(format!("CHANGELOG.md:{here}: nothing stands under `{section}`"));
        } else if line.starts_with("- ") {
            if last.is_none() {
                wrong.push(format!("CHANGELOG.md:{here}: an entry outside {SECTIONS:?}"));
            }
            empty_section = None;
        }
    }
    wrong.extend(empty_section);
    if releases == 0 {
        wrong.push("CHANGELOG.md:1: begin with `## Unreleased`".to_owned());
    }
    wrong
}

/// The first release is `Unreleased`, the others `0.1.0 - 2026-01-31`.
fn check_release(title: &str, before: usize) -> Option<String> {
    if before == 0 {
        return (title != "Unreleased").then(|| "the first release is `Unreleased`".to_owned());
    }
    let is_dated = |(version, date): (&str, &str)| {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        version.split('.').count() == 3
            && version.split('.').all(digits)
            && date.len() == 10
            && date.split('-').count() == 3
            && date.split('-').all(digits)
    };
    let dated = title.split_once(" - ").is_some_and(is_dated);
    (!dated).then(|| format!("`{title}` is not `VERSION - YYYY-MM-DD`"))
}

/// What is wrong with the decision records: their numbers, headings and length.
fn check_decisions(files: &[File]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (at, file) in files.iter().enumerate() {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        let number = format!("{:03}", at + 1);
        if !name.starts_with(&format!("{number}-")) {
            wrong.push(format!("{}: number {number} comes next", file.path));
        }
        if !file.text.starts_with(&format!("# {number} ")) {
            wrong.push(format!("{}:1: begin with `# {number} ` and the decision", file.path));
        }
        let headings: Vec<&str> = file.text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        if headings != HEADINGS {
            wrong.push(format!("{}: the headings are {HEADINGS:?}, not {headings:?}", file.path));
        }
        if file.text.lines().count() > ADR_LINES_MAX {
            wrong.push(format!("{}: more than {ADR_LINES_MAX} lines", file.path));
        }
    }
    wrong
}

/// The `Guard:` of each numbered invariant names tests that exist, or says plainly that what it
/// guards is not built.
fn check_invariants(text: &str, tests: &BTreeSet<String>) -> Vec<String> {
    let Some((_, section)) = text.split_once("## Invariants") else {
        return vec!["ARCHITECTURE.md: no section `## Invariants`".to_owned()];
    };
    let section = section.split("\n## ").next().unwrap_or_default();
    let items = invariants(section);
    let mut wrong = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let number = at + 1;
        let guard = item.split_once("Guard:").map(|(_, guard)| guard);
        let named: Vec<&str> = guard.unwrap_or_default().split('`').skip(1).step_by(2).collect();
        if !item.starts_with(&format!("{number}. ")) {
            wrong.push(format!("ARCHITECTURE.md: invariant {number} is out of order"));
        }
        if named.is_empty() && !guard.is_some_and(|guard| guard.contains("not built")) {
            wrong.push(format!("ARCHITECTURE.md: invariant {number} names no guard"));
        }
        let missing = named.iter().filter(|name| !tests.contains(**name));
        wrong.extend(missing.map(|name| format!("ARCHITECTURE.md: invariant {number}: no test `{name}`")));
    }
    if items.is_empty() {
        wrong.push("ARCHITECTURE.md: no numbered invariant".to_owned());
    }
    wrong
}

/// The numbered items of `section`, each with its continuation lines.
fn invariants(section: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for line in section.lines() {
        let begins = line.split_once(". ").is_some_and(|(n, _)| n.parse::<u32>().is_ok());
        if begins {
            items.push(line.to_owned());
        } else if let Some(item) = items.last_mut() {
            item.push(' ');
            item.push_str(line.trim());
        }
    }
    items
}

/// The names of all functions marked `#[test]`, proptest's among them.
fn tests_of(files: &[File]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in files {
        let tokens = code::tokens(&file.text);
        let mut marked = false;
        for pair in tokens.windows(2) {
            match (pair[0].token, pair[1].token) {
                (Token::Word("test"), Token::Mark(']')) => marked = true,
                (Token::Word("fn"), Token::Word(name)) if std::mem::take(&mut marked) => {
                    names.insert(name.to_owned());
                }
                _ => {}
            }
        }
    }
    names
}

#[test]
fn the_change_log_keeps_its_shape() {
    none(&check_changelog(&read(&golden::root().join("CHANGELOG.md")).text));
}

#[test]
fn decisions_are_numbered_and_short() {
    let files: Vec<File> = golden::files("docs/adr", "md").iter().map(|path| read(path)).collect();
    assert!(!files.is_empty(), "docs/adr holds no decision");
    none(&check_decisions(&files));
}

#[test]
fn every_invariant_names_a_guard_that_exists() {
    let files = [rust_files("src"), rust_files("tests")].into_iter().flatten().collect::<Vec<_>>();
    none(&check_invariants(&read(&golden::root().join("ARCHITECTURE.md")).text, &tests_of(&files)));
}

#[test]
fn a_bad_change_log_is_reported() {
    let good = "# Changelog\n\n## Unreleased\n\n### Detections\n\n- L01.\n\n### Operations\n\n- Run.\n";
    complains(&check_changelog(good), &[]);
    complains(&check_changelog("# Changelog\n"), &["begin with `## Unreleased`"]);
    complains(&check_changelog(&good.replace("Detections", "Added")), &["sections are", "an entry outside"]);
    complains(&check_changelog(&good.replace("Operations", "Detections")), &["in this order"]);
    complains(&check_changelog(&good.replace("- Run.\n", "")), &["nothing stands under `Operations`"]);
    complains(&check_changelog(&format!("{good}\n## 0.1.0\n")), &["`0.1.0` is not"]);
    complains(&check_changelog(&format!("{good}\n## 0.1.0 - 2026-01-31\n")), &[]);
}

#[test]
fn a_bad_decision_record_is_reported() {
    let body = "## Context\n\nc\n\n## Decision\n\nd\n\n## Consequences\n\ne\n\n## Log\n\nf\n";
    let of = |name: &str, text: &str| check_decisions(&[File::new(&format!("docs/adr/{name}"), text)]);
    complains(&of("001-a.md", &format!("# 001 A\n\n{body}")), &[]);
    complains(&of("002-a.md", &format!("# 001 A\n\n{body}")), &["number 001 comes next"]);
    complains(&of("001-a.md", &format!("# A\n\n{body}")), &["begin with `# 001 `"]);
    complains(&of("001-a.md", "# 001 A\n\n## Context\n"), &["the headings are"]);
    complains(&of("001-a.md", &format!("# 001 A\n{}{body}", "\n".repeat(60))), &["more than 60 lines"]);
}

#[test]
fn an_invariant_without_a_real_guard_is_reported() {
    let code =
        "#[test]\nfn parsing_is_total() {}\nfn helper() {}\nproptest! { #[test] fn any_order(x in y) {} }";
    let tests = tests_of(&[File::new("tests/it/a.rs", code)]);
    let of = |items: &str| check_invariants(&format!("# A\n\n## Invariants\n\n{items}\n\n## Next\n"), &tests);
    complains(&of("1. Total.\n   Guard: `parsing_is_total`,\n   `any_order`."), &[]);
    complains(&of("1. Later. Guard: none, not built."), &[]);
    complains(&of("1. Total. Guard: `helper`."), &["invariant 1: no test `helper`"]);
    complains(&of("1. Total."), &["invariant 1 names no guard"]);
    complains(&of("1. Total. Guard: some day."), &["invariant 1 names no guard"]);
    complains(&of("2. Total. Guard: `any_order`."), &["invariant 1 is out of order"]);
    complains(&of(""), &["no numbered invariant"]);
    complains(&check_invariants("# A\n", &tests), &["no section"]);
}
