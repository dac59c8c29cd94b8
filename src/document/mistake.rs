//! Mistakes in a document: where, what, and what to do. All of them are gathered before anything is said.

use std::fmt;
use std::ops::Range;

/// One mistake. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    pub line: u32,
    pub column: u32,
    /// Characters the mistake covers, at least 1 and never beyond the line.
    pub width: u32,
    pub message: String,
}

impl Mistake {
    /// Shows it with the name of its file: `policy.toml:12:5: unknown key ...`.
    #[must_use]
    pub fn in_file<'a>(&'a self, file_name: &'a str) -> impl fmt::Display + 'a {
        fmt::from_fn(move |f| write!(f, "{file_name}:{self}"))
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

/// The mistakes found so far in one text.
#[derive(Debug)]
pub struct Mistakes<'t> {
    text: &'t str,
    found: Vec<Mistake>,
    /// Starts of values that TOML already refused; whatever else is wrong with them follows from that.
    refused: Vec<usize>,
    noticed: usize,
    /// The text may hold a secret: what stands in it is not repeated.
    discreet: bool,
}

impl<'t> Mistakes<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, found: Vec::new(), refused: Vec::new(), noticed: 0, discreet: false }
    }

    /// Mistakes in a text of which no part is to be repeated unasked, since it may hold a secret.
    pub fn discreet(text: &'t str) -> Self {
        Self { discreet: true, ..Self::new(text) }
    }

    pub fn is_discreet(&self) -> bool {
        self.discreet
    }

    pub fn text(&self) -> &'t str {
        self.text
    }

    /// How many were noticed, those that need no mention included.
    pub fn count(&self) -> usize {
        self.noticed
    }

    /// Notes a mistake at a range of bytes of the text.
    pub fn add(&mut self, at: Range<usize>, message: impl Into<String>) {
        self.noticed += 1;
        if !self.refused.contains(&at.start) {
            self.push(at, message.into());
        }
    }

    /// Notes a value that is not TOML. Later mistakes at the same place are dropped.
    pub fn refuse(&mut self, at: Range<usize>, message: impl Into<String>) {
        self.refused.push(at.start);
        self.push(at, message.into());
    }

    /// The line, from 1, in which a byte of the text lies.
    pub fn line(&self, byte: usize) -> u32 {
        number(before(self.text, byte).matches('\n').count() + 1)
    }

    fn push(&mut self, at: Range<usize>, message: String) {
        let head = before(self.text, at.start);
        let line_start = head.rfind('\n').map_or(0, |newline| newline + 1);
        let covered = before(self.text, at.end).get(head.len()..).unwrap_or_default();
        let on_line = covered.lines().next().unwrap_or_default();
        self.found.push(Mistake {
            line: self.line(at.start),
            column: number(head[line_start..].chars().count() + 1),
            width: number(on_line.chars().count().max(1)),
            message,
        });
    }

    /// All of them, in the order of the text; `value` where there are none.
    pub fn or<T>(mut self, value: T) -> Result<T, Vec<Mistake>> {
        if self.found.is_empty() {
            return Ok(value);
        }
        self.found.sort();
        self.found.dedup();
        Err(self.found)
    }
}

/// The text before a byte, which may stand anywhere.
fn before(text: &str, byte: usize) -> &str {
    &text[..text.floor_char_boundary(byte)]
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
