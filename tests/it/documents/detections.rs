//! `docs/detections.md`: the registry of detections, with what each file says of itself.

use std::fmt::Write as _;

use tenure::credential::GroupKind;
use tenure::detect::{CONDITIONS, Condition, Rule};
use tenure::kind::{Class, KINDS};
use tenure::policy::keys::KEYS;

use super::{evidence_for, slug, table, wrapped};
use crate::golden;

const INTRODUCTION: &str = "\
<!-- Generated from `src/detect` and its registries; `TENURE_BLESS=1 cargo test documents` rewrites it. -->

# Detections

Each is a condition: true or not of the facts at a moment of event time, whatever the order in which the
records came. [findings.md](findings.md) says how to read what they find, [policy.md](policy.md) how to set
their thresholds or switch one `off`.
";

/// The module documentation of a detection as (heading, text).
fn sections(id: &str) -> Vec<(String, String)> {
    let begins = format!("{}_", id.to_lowercase());
    let files = golden::files("src/detect", "rs");
    let of = |path: &&std::path::PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(&begins);
    let path = files.iter().find(of).unwrap_or_else(|| panic!("no file of {id}"));
    let text = std::fs::read_to_string(path).unwrap();
    let mut sections: Vec<(String, String)> = Vec::new();
    for line in text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim) {
        if let Some(heading) = line.strip_prefix("# ") {
            sections.push((heading.to_owned(), String::new()));
        } else if let Some((_, text)) = sections.last_mut() {
            text.push_str(if text.is_empty() { "" } else { " " });
            text.push_str(line);
        }
    }
    sections
}

/// Whom a detection is judged on.
fn applies_to(condition: &Condition) -> String {
    let applies = match &condition.rule {
        Rule::Credential { applies, .. } => applies,
        Rule::Group { kind: GroupKind::Principal, .. } => return "principals that act as root".to_owned(),
        Rule::Group { kind: GroupKind::Session, .. } => return "EC2 role sessions".to_owned(),
    };
    if KINDS.iter().all(|row| applies(row.kind)) {
        return "every kind".to_owned();
    }
    let of_class = |class: Class| {
        let all: Vec<_> = KINDS.iter().filter(|row| row.class == class).collect();
        let some: Vec<_> = all.iter().filter(|row| applies(row.kind)).collect();
        if some.is_empty() {
            None
        } else if some.len() == all.len() {
            Some(format!("every {} kind", class.as_str()))
        } else {
            Some(some.iter().map(|row| format!("`{}`", row.name)).collect::<Vec<_>>().join(", "))
        }
    };
    Class::ALL.iter().filter_map(|&class| of_class(class)).collect::<Vec<_>>().join("; ")
}

/// The thresholds a detection asks for, with what they decide.
fn thresholds(id: &str) -> Vec<String> {
    let of = KEYS.iter().filter(|row| row.used_by.contains(&id));
    of.map(|row| {
        let own = row.scoped.iter().map(|(scope, value)| format!("; {} {value}", scope.selector().1));
        format!("- `{}` ({}{}): {}", row.name, row.default, own.collect::<String>(), row.doc)
    })
    .collect()
}

/// What a detection says of itself, its policy last; then what the registries say of it.
fn section(condition: &Condition) -> String {
    let mut text = format!("\n## {} {}\n", condition.id, condition.title);
    for (heading, body) in sections(condition.id) {
        writeln!(text, "\n{}", wrapped(&format!("**{heading}.** {body}"), 0)).unwrap();
    }
    for (at, line) in thresholds(condition.id).iter().enumerate() {
        let before = if at == 0 { "\n" } else { "" };
        writeln!(text, "{before}{}", wrapped(line, 2)).unwrap();
    }
    text.push('\n');
    for (heading, body) in [
        ("Judged on", applies_to(condition)),
        ("Closes when", condition.closes_when.to_owned()),
        ("When time alone closes it", format!("`{}`", condition.fades.as_str())),
        ("Before the adoption of the policy", before_adoption(condition).to_owned()),
        ("Way out", condition.remedy.as_str().to_owned()),
        ("Evidence for", evidence_for(condition.id)),
    ] {
        writeln!(text, "{}", wrapped(&format!("- **{heading}:** {body}"), 2)).unwrap();
    }
    text
}

fn before_adoption(condition: &Condition) -> &'static str {
    if condition.past_is_history { "history, not reported" } else { "reported as `baseline`" }
}

fn page() -> String {
    let rows = CONDITIONS.iter().map(|row| {
        let id = format!("[{}](#{})", row.id, slug(&format!("{} {}", row.id, row.title)));
        let keys = KEYS.iter().filter(|key| key.used_by.contains(&row.id));
        let keys: Vec<String> = keys.map(|key| format!("`{}`", key.name)).collect();
        vec![id, row.title.to_owned(), row.finds.to_owned(), row.closes_when.to_owned(), keys.join(", ")]
    });
    let overview = table(&["Id", "Detection", "Finds", "Closes when", "Thresholds"], rows);
    let sections: String = CONDITIONS.iter().map(|row| section(row)).collect();
    format!("{INTRODUCTION}\n{overview}{sections}")
}

#[test]
fn the_page_of_detections_is_current() {
    golden::hold(&golden::root().join("docs/detections.md"), &page()).unwrap();
}

#[test]
fn a_detection_documents_every_threshold_it_asks_for() {
    for row in CONDITIONS {
        let (_, policy) = sections(row.id).into_iter().find(|(heading, _)| heading == "Policy").unwrap();
        for key in KEYS.iter().filter(|key| key.used_by.contains(&row.id)) {
            assert!(policy.contains(&format!("`{}`", key.name)), "{}: {}", row.id, key.name);
        }
    }
}
