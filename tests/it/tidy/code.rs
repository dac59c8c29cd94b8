//! Rust as a list of words, texts and marks, each with its line: enough to read imports and measure
//! functions.
//!
//! It is no parser. Comments are dropped, literals become one token, so a word in prose is never taken for
//! code. A path made by a macro escapes it, which is one more reason to have few macros.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// An identifier, a keyword or a number.
    Word(&'a str),
    /// A string, byte or character literal, without its quotes.
    Literal(&'a str),
    /// `::`
    Colons,
    /// Any other character.
    Mark(char),
}

/// A token and the line it begins on, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot<'a> {
    pub token: Token<'a>,
    pub line: usize,
}

/// The tokens of `text`, in order.
pub fn tokens(text: &str) -> Vec<Spot<'_>> {
    let mut found = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while let Some(first) = rest.chars().next() {
        let (token, length) = next(rest, first);
        found.extend(token.map(|token| Spot { token, line }));
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    found
}

/// The token `rest` begins with, if it is one, and how many bytes were read.
fn next(rest: &str, first: char) -> (Option<Token<'_>>, usize) {
    if rest.starts_with("//") {
        return (None, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (None, block_comment(rest));
    }
    if rest.starts_with("::") {
        return (Some(Token::Colons), 2);
    }
    if let Some((from, to, length)) = literal(rest) {
        return (Some(Token::Literal(&rest[from..to])), length);
    }
    if first.is_alphanumeric() || first == '_' {
        let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        return (Some(Token::Word(&rest[..length])), length);
    }
    let token = (!first.is_whitespace()).then_some(Token::Mark(first));
    (token, first.len_utf8())
}

/// The length of a block comment; they nest.
fn block_comment(rest: &str) -> usize {
    let (mut at, mut depth) = (0, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// Where the content of the literal at the head of `rest` begins and ends, and where the literal itself does.
fn literal(rest: &str) -> Option<(usize, usize, usize)> {
    let prefix = ["br", "cr", "b", "c", "r", ""].into_iter().find(|prefix| {
        rest.strip_prefix(prefix).is_some_and(|tail| tail.trim_start_matches('#').starts_with(['"', '\'']))
    })?;
    let tail = &rest[prefix.len()..];
    let hashes = tail.len() - tail.trim_start_matches('#').len();
    if prefix.ends_with('r') {
        let from = prefix.len() + hashes + 1;
        let end = format!("\"{}", "#".repeat(hashes));
        let to = from + rest.get(from..)?.find(&end)?;
        return tail[hashes..].starts_with('"').then_some((from, to, to + end.len()));
    }
    let quote = tail.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let from = prefix.len() + 1;
    let to = from + closing(&rest[from..], quote)?;
    Some((from, to, to + 1))
}

/// Where `quote` closes what `inside` begins with; `None` for a lifetime, which opens no literal.
fn closing(inside: &str, quote: char) -> Option<usize> {
    if quote == '\'' && !inside.starts_with('\\') {
        let end = inside.chars().next()?.len_utf8();
        return inside[end..].starts_with('\'').then_some(end);
    }
    let mut escaped = false;
    inside
        .char_indices()
        .find(|&(_, c)| {
            let closes = c == quote && !escaped;
            escaped = c == '\\' && !escaped;
            closes
        })
        .map(|(at, _)| at)
}

/// A path as code names it: its leaf in full, groups unfolded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The inline modules around it, outermost first.
    pub within: Vec<String>,
    pub segments: Vec<String>,
    pub line: usize,
}

/// Every path in `tokens` of two segments or more, grouped imports unfolded (`a::{b, c::d}` is `a::b`,
/// `a::c::d`).
pub fn paths(tokens: &[Spot<'_>]) -> Vec<Path> {
    let mut found = Vec::new();
    let mut modules: Vec<(usize, String)> = Vec::new();
    let (mut at, mut depth) = (0, 0);
    while let Some(spot) = tokens.get(at) {
        match (spot.token, &tokens[at + 1..]) {
            (Token::Mark('{'), _) => depth += 1,
            (Token::Mark('}'), _) => {
                depth -= 1;
                modules.retain(|(opened, _)| *opened <= depth);
            }
            (
                Token::Word("mod"),
                [Spot { token: Token::Word(name), .. }, Spot { token: Token::Mark('{'), .. }, ..],
            ) => {
                modules.push((depth + 1, (*name).to_owned()));
            }
            (Token::Word(_), [Spot { token: Token::Colons, .. }, ..]) => {
                let within: Vec<String> = modules.iter().map(|(_, name)| name.clone()).collect();
                let mut leaves = Vec::new();
                at = leaves_of(tokens, at, &[], &mut leaves);
                found.extend(leaves.into_iter().map(|(segments, line)| Path {
                    within: within.clone(),
                    segments,
                    line,
                }));
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Reads the path at `at` and pushes its leaves, each behind `head`; returns the token after it.
fn leaves_of(
    tokens: &[Spot<'_>],
    mut at: usize,
    head: &[String],
    leaves: &mut Vec<(Vec<String>, usize)>,
) -> usize {
    let mut segments = head.to_vec();
    let line = tokens[at].line;
    loop {
        match tokens.get(at).map(|spot| spot.token) {
            Some(Token::Word(word)) => segments.push(word.to_owned()),
            Some(Token::Mark('*')) => segments.push("*".to_owned()),
            Some(Token::Mark('{')) => return group(tokens, at + 1, &segments, leaves),
            _ => break,
        }
        at += 1;
        if tokens.get(at).is_none_or(|spot| spot.token != Token::Colons) {
            break;
        }
        at += 1;
    }
    leaves.push((segments, line));
    at
}

/// Reads the members of a group up to and with its `}`.
fn group(
    tokens: &[Spot<'_>],
    mut at: usize,
    head: &[String],
    leaves: &mut Vec<(Vec<String>, usize)>,
) -> usize {
    while let Some(spot) = tokens.get(at) {
        at = match spot.token {
            Token::Mark('}') => return at + 1,
            Token::Word("as") => at + 2,
            Token::Word(_) | Token::Mark('*') => leaves_of(tokens, at, head, leaves),
            Token::Literal(_) | Token::Colons | Token::Mark(_) => at + 1,
        };
    }
    at
}

/// The index of the `}` that closes the `{` at `open`.
pub fn block_end(tokens: &[Spot<'_>], open: usize) -> usize {
    let mut depth = 0usize;
    for (at, spot) in tokens.iter().enumerate().skip(open) {
        let Token::Mark(mark) = spot.token else { continue };
        match mark {
            '{' => depth += 1,
            '}' if depth <= 1 => return at,
            '}' => depth -= 1,
            _ => {}
        }
    }
    tokens.len().saturating_sub(1)
}

/// The index of the first token of `#[cfg(test)] mod ... {`: what lies before it ships.
pub fn tests_begin(tokens: &[Spot<'_>]) -> Option<usize> {
    (0..tokens.len()).find(|&at| is_test_module(tokens, at, '{'))
}

/// The names in `#[cfg(test)] mod NAME;`: files that do not ship.
pub fn test_files<'a>(tokens: &[Spot<'a>]) -> Vec<&'a str> {
    let name = |at: usize| if let Token::Word(name) = tokens[at + 8].token { Some(name) } else { None };
    (0..tokens.len()).filter(|&at| is_test_module(tokens, at, ';')).filter_map(name).collect()
}

/// Whether `#[cfg(test)] mod NAME` stands at `at`, followed by `after`.
fn is_test_module(tokens: &[Spot<'_>], at: usize, after: char) -> bool {
    let head = [
        Token::Mark('#'),
        Token::Mark('['),
        Token::Word("cfg"),
        Token::Mark('('),
        Token::Word("test"),
        Token::Mark(')'),
        Token::Mark(']'),
        Token::Word("mod"),
    ];
    head.iter().enumerate().all(|(n, token)| is(tokens, at + n, *token))
        && is(tokens, at + 9, Token::Mark(after))
}

/// Whether the token at `at` is `token`.
pub fn is(tokens: &[Spot<'_>], at: usize, token: Token<'_>) -> bool {
    tokens.get(at).is_some_and(|spot| spot.token == token)
}

#[test]
fn comments_and_literals_hide_what_they_hold() {
    let text = "use a::b; // use c::d\n/* x::y /* n */ */ let s = \"e::f\"; let r = r#\"g\"::h\"#;\n\
                let c = '\"'; fn f<'a>(x: &'a str) -> i::J {}";
    let found: Vec<String> = paths(&tokens(text)).iter().map(|path| path.segments.join("::")).collect();
    assert_eq!(found, ["a::b", "i::J"]);
}

#[test]
fn groups_are_unfolded_and_inline_modules_are_seen() {
    let text = "mod tests { use super::{a, b::{C, *}, d as e}; }\nuse crate::x::Y;";
    let found: Vec<(String, String, usize)> = paths(&tokens(text))
        .iter()
        .map(|path| (path.within.join("::"), path.segments.join("::"), path.line))
        .collect();
    let expected = [
        ("tests", "super::a", 1),
        ("tests", "super::b::C", 1),
        ("tests", "super::b::*", 1),
        ("tests", "super::d", 1),
        ("", "crate::x::Y", 2),
    ];
    assert_eq!(found, expected.map(|(m, p, l)| (m.to_owned(), p.to_owned(), l)));
}

#[test]
fn what_ships_ends_where_the_tests_begin() {
    let shipped = tokens("fn a() {}\n#[cfg(test)]\nuse x::y;\n");
    assert_eq!(tests_begin(&shipped), None);
    let both = tokens("fn a() {}\n#[cfg(test)]\nmod tests {}\n");
    assert_eq!(tests_begin(&both).map(|at| both[at].line), Some(2));
    let apart = tokens("#[cfg(test)]\nmod secrecy;\nmod record;\n");
    assert_eq!((tests_begin(&apart), test_files(&apart)), (None, vec!["secrecy"]));
}
