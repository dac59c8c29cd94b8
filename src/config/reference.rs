//! The table of keys in `docs/run.md`.

use std::fmt::Write as _;

use super::keys::{Key, SECTIONS};

/// A part for each section, each with a table of its keys.
#[must_use]
pub fn keys_table() -> String {
    let mut out = String::new();
    for section in SECTIONS {
        let title =
            if section.path.is_empty() { "Above all sections".to_owned() } else { code(&section.header()) };
        let _ = writeln!(out, "### {title}\n\n{}\n", section.doc);
        if !section.keys.is_empty() {
            out.push_str("| key | example | if left out | meaning |\n|---|---|---|---|\n");
            section.keys.iter().for_each(|key| row(&mut out, key));
            out.push('\n');
        }
    }
    out
}

fn row(out: &mut String, key: &Key) {
    let default = if key.default.is_empty() { "**needed**" } else { key.default };
    let _ = writeln!(out, "| `{}` | {} | {default} | {} |", key.name, code(key.example), key.doc);
}

fn code(text: &str) -> String {
    format!("`{text}`")
}
