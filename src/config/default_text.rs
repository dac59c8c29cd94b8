//! The default configuration as a file: every key with what it means, those that must be given set.
//!
//! A line that begins with `#` and no space is a setting to switch on; its value is an example.

use std::fmt::Write as _;

use super::keys::{Key, Presence, SECTIONS, Section};
use crate::document::report::comment;

const HEAD: &str = "\
# Configuration of `tenure run` and `tenure topics`.
#
# Relative paths start at the folder of this file. Secrets never stand in it: name the file or the variable
# of the environment they lie in. Every mistake is reported at start, with its line and column.
";

/// The text of the default configuration.
#[must_use]
pub fn default_text() -> String {
    let mut out = HEAD.to_owned();
    for section in SECTIONS {
        out.push('\n');
        write_section(&mut out, section);
    }
    out
}

fn write_section(out: &mut String, section: &Section) {
    comment(out, &plain(section.doc));
    let is_set = matches!(section.presence, Presence::Required | Presence::Repeated);
    let sign = if is_set { "" } else { "#" };
    if !section.path.is_empty() {
        let _ = writeln!(out, "{sign}{}", section.header());
    }
    for key in section.keys {
        write_key(out, key, is_set && key.default.is_empty());
    }
}

fn write_key(out: &mut String, key: &Key, is_set: bool) {
    let default = match key.default {
        "" => String::new(),
        default => format!(" [default: {}]", plain(default)),
    };
    comment(out, &format!("{}{default}", plain(key.doc)));
    let _ = writeln!(out, "{}{} = {}", if is_set { "" } else { "#" }, key.name, key.example);
}

/// Without the marks of Markdown.
fn plain(text: &str) -> String {
    text.replace('`', "")
}
