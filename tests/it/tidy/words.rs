//! Words that have no place here: unfinished work, panics in parsers, names that say nothing.

use std::collections::BTreeSet;

use super::code::{self, Spot, Token};
use super::{File, complains, none, rust_files};

/// Macros that are for the desk, not for the product.
const MACROS: &[&str] = &["dbg", "todo", "unimplemented"];

/// Names of modules that would fill with whatever had no better place.
const NAMES: &[&str] =
    &["common", "helper", "helpers", "manager", "misc", "shared", "stuff", "util", "utils"];

/// Marks of unfinished work, in code or prose. Written apart, or this file would report itself.
fn unfinished() -> [String; 3] {
    [["FIX", "ME"], ["XX", "X"], ["TO", "DO"]].map(|halves| halves.concat())
}

/// The paths of files that do not ship, because their module is declared with `#[cfg(test)]`.
fn test_files(files: &[File]) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for file in files {
        let folder = file.path.strip_suffix("/mod.rs").unwrap_or(file.path.trim_end_matches(".rs"));
        let names = code::test_files(&code::tokens(&file.text)).into_iter();
        paths.extend(names.map(|name| format!("{folder}/{name}.rs")));
    }
    paths
}

/// What `file` says that it should not; `test_files` do not ship.
fn check(file: &File, test_files: &BTreeSet<String>) -> Vec<String> {
    let tokens = code::tokens(&file.text);
    let mut wrong = prose(file);
    wrong.extend(module_name(file));
    for (at, spot) in tokens.iter().enumerate() {
        if let Token::Word(word) = spot.token
            && MACROS.contains(&word)
            && code::is(&tokens, at + 1, Token::Mark('!'))
        {
            wrong.push(format!("{}:{}: `{word}!` must not stay", file.path, spot.line));
        }
    }
    if file.path.starts_with("src/source/") && !test_files.contains(&file.path) {
        wrong.extend(panics(file, &tokens));
    }
    wrong
}

/// Marks of unfinished work, and a file that does not say what it is for.
fn prose(file: &File) -> Vec<String> {
    let mut wrong = Vec::new();
    let first = file.text.lines().next().unwrap_or_default();
    let words = first.strip_prefix("//!").map_or(0, |doc| doc.split_whitespace().count());
    if words < 3 {
        wrong.push(format!("{}:1: begin with `//!` and a sentence that says what it is for", file.path));
    }
    for (at, line) in file.text.lines().enumerate() {
        let mut words = line.split(|c: char| !c.is_ascii_alphanumeric());
        let marks = unfinished();
        if let Some(mark) = words.find(|word| marks.iter().any(|mark| mark == word)) {
            wrong.push(format!("{}:{}: {mark}: finish it, or file it", file.path, at + 1));
        }
    }
    wrong
}

fn module_name(file: &File) -> Option<String> {
    let bad = |part: &&str| NAMES.contains(&part.trim_end_matches(".rs"));
    let part = file.path.split('/').find(bad)?;
    Some(format!("{}:1: `{}` names no concept", file.path, part.trim_end_matches(".rs")))
}

/// `unwrap()` and `expect(` in what ships of a parser, beyond those that an `#[expect(clippy::expect_used)]`
/// answers for with its reason.
fn panics(file: &File, tokens: &[Spot<'_>]) -> Vec<String> {
    let shipped = &tokens[..code::tests_begin(tokens).unwrap_or(tokens.len())];
    let reasoned = shipped.iter().filter(|spot| spot.token == Token::Word("expect_used")).count();
    // The lint's name is written once to deny it for the whole of `source`.
    let reasoned = reasoned.saturating_sub(usize::from(file.path == "src/source/mod.rs"));
    let calls = shipped.iter().enumerate().filter_map(|(at, spot)| {
        let Token::Word(word @ ("unwrap" | "expect" | "unwrap_err" | "expect_err")) = spot.token else {
            return None;
        };
        let is_call = code::is(tokens, at.wrapping_sub(1), Token::Mark('.'))
            && code::is(tokens, at + 1, Token::Mark('('));
        is_call.then(|| format!("{}:{}: `{word}(` in a parser; parsing is total", file.path, spot.line))
    });
    calls.skip(reasoned).collect()
}

#[test]
fn nothing_unfinished_and_no_name_that_says_nothing() {
    let all: Vec<File> = ["src", "tests", "benches"].into_iter().flat_map(rust_files).collect();
    let test_files = test_files(&all);
    none(&all.iter().flat_map(|file| check(file, &test_files)).collect::<Vec<_>>());
}

/// What `check` says of `text` at `path`, in a crate without test files.
fn report(path: &str, text: &str) -> Vec<String> {
    check(&File::new(path, text), &BTreeSet::new())
}

#[test]
fn words_out_of_place_are_reported() {
    let of = |path: &str, body: &str| report(path, &format!("//! What it is for.\n{body}"));
    complains(&of("src/a.rs", "fn f() { dbg!(1); }"), &["src/a.rs:2: `dbg!`"]);
    complains(&of("src/a.rs", "fn f() { todo!() }\nfn g() { unimplemented!() }"), &["todo", "unimplemented"]);
    complains(&of("src/a.rs", "fn todo() {} // the list of all"), &[]);
    for mark in unfinished() {
        complains(&of("src/a.rs", &format!("// {mark}: later\n")), &["src/a.rs:2"]);
    }
    complains(&of("src/utils.rs", ""), &["`utils` names no concept"]);
    complains(&of("src/helper/net.rs", ""), &["`helper` names no concept"]);
    complains(&report("src/a.rs", "use x::y;\n"), &["src/a.rs:1: begin with `//!`"]);
    complains(&report("src/a.rs", "//! wip\n"), &["src/a.rs:1: begin with `//!`"]);
}

#[test]
fn a_panic_in_a_parser_is_reported() {
    let of = |body: &str| report("src/source/a.rs", &format!("//! What it is for.\n{body}"));
    complains(&of("fn f() { x.unwrap(); }"), &["src/source/a.rs:2: `unwrap(`"]);
    complains(&of("fn f() { x\n.expect(\"y\"); }"), &["src/source/a.rs:3: `expect(`"]);
    complains(&of("fn f() { x.unwrap_or(1); } // never unwrap()"), &[]);
    complains(&of("#[cfg(test)]\nmod tests { fn f() { x.unwrap(); } }"), &[]);
    let parent = File::new("src/source/a/mod.rs", "//! What it is for.\n#[cfg(test)] mod cases;\nmod b;");
    let panics =
        |name: &str| File::new(&format!("src/source/a/{name}.rs"), "//! What it is for.\nx.unwrap();");
    let tests = test_files(&[parent]);
    complains(&check(&panics("cases"), &tests), &[]);
    complains(&check(&panics("b"), &tests), &["src/source/a/b.rs:2: `unwrap(`"]);
    let reasoned = "#[expect(clippy::expect_used, reason = \"r\")]\nfn f() { x.expect(\"y\"); }";
    complains(&of(reasoned), &[]);
    complains(&of(&format!("{reasoned}\nfn g() {{ x.expect(\"z\"); }}")), &["`expect(`"]);
}
