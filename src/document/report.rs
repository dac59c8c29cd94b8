//! What people read of a document: its mistakes with the lines they stand in, and comments in defaults.

use std::fmt::Write as _;

use crate::document::mistake::Mistake;

/// Each mistake with its line and a mark below it.
#[must_use]
pub fn mistakes_report(file_name: &str, text: &str, mistakes: &[Mistake]) -> String {
    let mut out = String::new();
    for mistake in mistakes {
        let _ = writeln!(out, "{}", mistake.in_file(file_name));
        if let Some(line) = text.lines().nth(mistake.line as usize - 1) {
            let marked = mark(line, mistake.column as usize, mistake.width as usize);
            let _ = writeln!(out, "    {line}\n    {marked}");
        }
    }
    let _ = writeln!(out, "{file_name}: {}", counted(mistakes.len(), "mistake"));
    out
}

/// `^^^` below the part of a line that is meant; tabs before it stay tabs, so that it stands below its part.
fn mark(line: &str, column: usize, width: usize) -> String {
    let before = line.chars().take(column - 1).map(|c| if c == '\t' { '\t' } else { ' ' });
    before.chain(std::iter::repeat_n('^', width)).collect()
}

/// `1 rule`, `2 rules`.
#[must_use]
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Columns of a line of comment.
const COMMENT_WIDTH: usize = 100;

/// Writes a text as comment lines of at most [`COMMENT_WIDTH`] characters.
pub fn comment(out: &mut String, text: &str) {
    let mut line = "#".to_owned();
    for word in text.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > COMMENT_WIDTH {
            let _ = writeln!(out, "{line}");
            "#".clone_into(&mut line);
        }
        line.push(' ');
        line.push_str(word);
    }
    let _ = writeln!(out, "{line}");
}
