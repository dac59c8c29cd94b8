//! The reference page of the policy file: its prose beside this file, its tables from what the code runs on.

use crate::policy::default_text::default_text;
use crate::policy::keys::{DETECTION_IDS, KEYS, KeyRow};
use crate::policy::rule::Field;

const PROSE: &str = include_str!("reference.md");

/// The text of `docs/policy.md`.
#[must_use]
pub fn reference_page() -> String {
    let fields = Field::ALL.iter().map(|field| format!("| `{}` | {} |", field.as_str(), field.doc()));
    PROSE
        .replace(
            "{thresholds}",
            &table(&["key", "built in", "decides", "why", "asked by"], KEYS.iter().map(key)),
        )
        .replace("{fields}", &table(&["field", "holds"], fields))
        .replace("{detections}", &format!("`{}`", DETECTION_IDS.join("`, `")))
        .replace("{default}", default_text().trim_end())
}

/// A Markdown table of rows that are already written.
fn table(head: &[&str], rows: impl Iterator<Item = String>) -> String {
    let mut lines = vec![format!("| {} |", head.join(" | ")), format!("|{}", "---|".repeat(head.len()))];
    lines.extend(rows);
    lines.join("\n")
}

fn key(row: &KeyRow) -> String {
    let own = row.scoped.iter().map(|(scope, value)| format!("; {} {value}", scope.selector().1));
    let built_in: String = std::iter::once(row.default.to_string()).chain(own).collect();
    format!("| `{}` | {built_in} | {} | {} | {} |", row.name, row.doc, row.why, row.used_by.join(", "))
}
