//! Sizes that only shrink: a function fits a screen, a file fits a head, a line fits beside another.

use std::collections::BTreeSet;

use super::code::{self, Spot, Token};
use super::{File, complains, none, rust_files};

const FUNCTION_LINES_MAX: usize = 70;
/// Lines before the tests of a file.
const FILE_LINES_MAX: usize = 500;
const LINE_COLUMNS_MAX: usize = 110;

/// What of `file` is too large.
fn check(file: &File) -> Vec<String> {
    let tokens = code::tokens(&file.text);
    let mut wrong = long_lines(file, &tokens);
    wrong.extend(long_functions(&tokens).map(|(line, name, lines)| {
        format!("{}:{line}: `{name}` has {lines} lines, more than {FUNCTION_LINES_MAX}", file.path)
    }));
    let shipped = code::tests_begin(&tokens).map_or(file.text.lines().count(), |at| tokens[at].line - 1);
    if shipped > FILE_LINES_MAX {
        let path = &file.path;
        wrong.push(format!(
            "{path}:{shipped}: {shipped} lines before the tests, more than {FILE_LINES_MAX}; split it"
        ));
    }
    wrong
}

/// Lines that are too long, but for those that cannot be split: an address at the end, the lines of a text
/// that is laid out as it stands.
fn long_lines(file: &File, tokens: &[Spot<'_>]) -> Vec<String> {
    let laid_out = laid_out_lines(tokens);
    let ends_in_address =
        |line: &str| line.split_whitespace().last().is_some_and(|word| word.contains("://"));
    let mut wrong = Vec::new();
    for (line, text) in (1..).zip(file.text.lines()) {
        let columns = text.chars().count();
        if columns > LINE_COLUMNS_MAX && !laid_out.contains(&line) && !ends_in_address(text) {
            wrong.push(format!("{}:{line}: {columns} columns, more than {LINE_COLUMNS_MAX}", file.path));
        }
    }
    wrong
}

/// The lines of literals that hold their line breaks, rather than skipping them with `\`.
fn laid_out_lines(tokens: &[Spot<'_>]) -> BTreeSet<usize> {
    let lines = tokens.iter().filter_map(|spot| match spot.token {
        Token::Literal(text) if !text.contains("\\\n") => {
            Some(spot.line..=spot.line + text.matches('\n').count())
        }
        Token::Literal(_) | Token::Word(_) | Token::Colons | Token::Mark(_) => None,
    });
    lines.filter(|lines| lines.start() < lines.end()).flatten().collect()
}

/// Line, name and length of each function that is too long, from `fn` to its closing brace.
fn long_functions<'a>(tokens: &'a [Spot<'a>]) -> impl Iterator<Item = (usize, &'a str, usize)> {
    tokens.iter().enumerate().filter_map(|(at, spot)| {
        let Token::Word(name) = tokens.get(at + 1)?.token else { return None };
        let open = (spot.token == Token::Word("fn")).then(|| body(tokens, at + 2)).flatten()?;
        let lines = tokens[code::block_end(tokens, open)].line + 1 - spot.line;
        (lines > FUNCTION_LINES_MAX).then_some((spot.line, name, lines))
    })
}

/// Where the body of a function opens; `None` where it has none.
fn body(tokens: &[Spot<'_>], from: usize) -> Option<usize> {
    let mut brackets = 0usize;
    for (at, spot) in tokens.iter().enumerate().skip(from) {
        let Token::Mark(mark) = spot.token else { continue };
        match mark {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets = brackets.saturating_sub(1),
            '{' if brackets == 0 => return Some(at),
            ';' if brackets == 0 => return None,
            _ => {}
        }
    }
    None
}

#[test]
fn functions_files_and_lines_keep_their_size() {
    let all = ["src", "tests", "benches"].map(rust_files);
    none(&all.iter().flatten().flat_map(check).collect::<Vec<_>>());
}

#[test]
fn what_is_too_large_is_reported() {
    let body = "    x();\n";
    let function = |lines: usize| format!("\nfn long(a: [u8; 4]) {{\n{}}}\n", body.repeat(lines));
    let of = |text: &str| check(&File::new("src/a.rs", text));
    complains(&of(&function(68)), &[]);
    complains(&of(&function(69)), &["src/a.rs:2: `long` has 71 lines"]);
    complains(&of("trait A { fn a(&self); }\n"), &[]);
    complains(&of(&"// one\n".repeat(501)), &["src/a.rs:501"]);
    let tested =
        format!("{}#[cfg(test)]\nmod tests {{\n{}}}\n", "// one\n".repeat(500), "// two\n".repeat(500));
    complains(&of(&tested), &[]);
    complains(&of(&format!("\n//{}\n", "-".repeat(109))), &["src/a.rs:2: 111 columns"]);
    complains(&of(&format!("//{}\n", "\u{e9}".repeat(108))), &[]);
}

#[test]
fn a_long_line_that_cannot_be_split_is_not_reported() {
    let of = |text: &str| check(&File::new("src/a.rs", text));
    let long = "-".repeat(111);
    complains(&of(&format!("//! <https://example.com/{long}>\n")), &[]);
    complains(&of(&format!("const A: &str = \"\n{long}\n\";\n")), &[]);
    complains(&of(&format!("const A: &str = \"{long}\";\n")), &["src/a.rs:1"]);
    complains(&of(&format!("const A: &str = \"\\\n{long}\";\n")), &["src/a.rs:2"]);
}
