//! No fixture that could be somebody's live secret: ids end in EXAMPLE, tokens say so, private keys stay
//! away.
//!
//! What looks live is treated as live: a reader cannot tell, and neither can a scanner of public
//! repositories.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::{File, complains, none, relative};
use crate::golden;

/// Where fixtures and prose about them lie.
const PLACES: &[&str] = &["tests", "examples", "docs", "src", "benches"];

/// How a secret begins, and how many characters after it make it one.
struct Shape {
    prefix: &'static str,
    length_min: usize,
    is_inside: fn(u8) -> bool,
    /// Whether it must be a documented example to its very end, as an AWS id must, or merely say so.
    ends_in_example: bool,
}

const SHAPES: &[Shape] = &[
    Shape { prefix: "AKIA", length_min: 12, is_inside: upper, ends_in_example: true },
    Shape { prefix: "ASIA", length_min: 12, is_inside: upper, ends_in_example: true },
    Shape { prefix: "hvs.", length_min: 20, is_inside: base64_url, ends_in_example: false },
    Shape { prefix: "hvb.", length_min: 20, is_inside: base64_url, ends_in_example: false },
    Shape { prefix: "hvr.", length_min: 20, is_inside: base64_url, ends_in_example: false },
    Shape { prefix: "s.", length_min: 24, is_inside: alphanumeric, ends_in_example: false },
    Shape { prefix: "b.", length_min: 24, is_inside: base64_url, ends_in_example: false },
    Shape { prefix: "ghp_", length_min: 30, is_inside: alphanumeric, ends_in_example: false },
    Shape { prefix: "xoxb-", length_min: 20, is_inside: base64_url, ends_in_example: false },
];

fn upper(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn base64_url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// What in `file` could be a live secret. Names where, never what.
fn check(file: &File) -> Vec<String> {
    let mut wrong = Vec::new();
    for shape in SHAPES {
        let spots = file.text.match_indices(shape.prefix).filter(|(at, _)| is_live(&file.text, *at, shape));
        wrong.extend(spots.map(|(at, prefix)| {
            format!("{}: a live-looking `{prefix}...`; use an EXAMPLE value", place(file, at))
        }));
    }
    let keys = file.text.match_indices("-----BEGIN ").filter(|(at, _)| is_private_key(&file.text[*at..]));
    wrong.extend(keys.map(|(at, _)| format!("{}: a private key", place(file, at))));
    wrong
}

fn place(file: &File, at: usize) -> String {
    format!("{}:{}", file.path, file.text[..at].matches('\n').count() + 1)
}

/// Whether what begins at `at` has the length of a secret and neither says that it is an example nor is a
/// mask.
fn is_live(text: &str, at: usize, shape: &Shape) -> bool {
    let bytes = text.as_bytes();
    let starts_inside_a_word = at > 0 && (base64_url(bytes[at - 1]) || bytes[at - 1] == b'.');
    let body = &bytes[at + shape.prefix.len()..];
    let length = body.iter().position(|&byte| !(shape.is_inside)(byte)).unwrap_or(body.len());
    let body = &text[at + shape.prefix.len()..][..length];
    let is_mask = body.bytes().all(|byte| body.starts_with(char::from(byte)));
    let says_so = if shape.ends_in_example { body.ends_with("EXAMPLE") } else { body.contains("EXAMPLE") };
    !starts_inside_a_word && length >= shape.length_min && !is_mask && !says_so
}

/// A PEM header of a private key, unless its body begins by saying that it is an example.
fn is_private_key(text: &str) -> bool {
    let Some((header, body)) = text.split_at_checked(11).and_then(|(_, rest)| rest.split_once("-----"))
    else {
        return false;
    };
    let opening: String = body.chars().take(24).collect();
    header.len() < 40 && header.ends_with("PRIVATE KEY") && !opening.contains("EXAMPLE")
}

/// All files below `folder`, whatever they are called.
fn every_file(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() { every_file(&path, found) } else { found.push(path) }
    }
}

/// The text of a fixture, unpacked where it is packed.
fn unpacked(path: &Path) -> File {
    let mut bytes = fs::read(path).unwrap();
    let packed = std::mem::take(&mut bytes);
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("gz") => _ = flate2::read::MultiGzDecoder::new(packed.as_slice()).read_to_end(&mut bytes),
        Some("zst") => bytes = zstd::stream::decode_all(packed.as_slice()).unwrap_or_default(),
        _ => bytes = packed,
    }
    File { path: relative(path), text: String::from_utf8_lossy(&bytes).into_owned() }
}

#[test]
fn no_fixture_could_be_a_live_secret() {
    let mut paths = Vec::new();
    for place in PLACES {
        every_file(&golden::root().join(place), &mut paths);
    }
    paths.sort();
    paths.extend(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].map(|name| golden::root().join(name)));
    none(&paths.iter().map(|path| unpacked(path)).flat_map(|file| check(&file)).collect::<Vec<_>>());
}

#[test]
fn what_looks_live_is_reported_by_place_only() {
    let of = |text: &str| check(&File::new("tests/golden/x.jsonl", text));
    let key = format!("AKIA{}", "QWERTYUIOPAS2345");
    let complaints = of(&format!("\n\"accessKeyId\":\"{key}\""));
    complains(&complaints, &["tests/golden/x.jsonl:2: a live-looking `AKIA...`"]);
    assert!(!complaints[0].contains(&key));
    complains(&of(&format!("ASIA{}", "QWERTYUIOPAS2345")), &["`ASIA...`"]);
    complains(&of(&format!("hvs.{}", "CAESIBCDEFGHIJKLMNOPQRSTUV")), &["`hvs....`"]);
    complains(&of(&format!("\"s.{}\"", "aBcDeFgHiJkLmNoPqRsTuVwX")), &["`s....`"]);
    complains(&of(&format!("-----BEGIN RSA {}-----\\nMIIE", "PRIVATE KEY")), &["a private key"]);
}

#[test]
fn what_says_it_is_an_example_passes() {
    let of = |text: &str| check(&File::new("examples/x.jsonl", text));
    complains(
        &of("AKIAIOSFODNN7EXAMPLE ASIAIOSFODNN7EXAMPLE AKIAI44QH8DHBEXAMPLE AKIA...Q2 ASIAXXXXXXXXXXXXXXXX"),
        &[],
    );
    complains(&of("hvs.EXAMPLEtokenThatNobodyHolds0001 s.EXAMPLEabcdefghijklmnopqr"), &[]);
    complains(&of("https://docs.aws.amazon.com/a sources.json files.compressed"), &[]);
    complains(&of("-----BEGIN CERTIFICATE-----\\nMIIE"), &[]);
    complains(&of(&format!("-----BEGIN {}-----\\nEXAMPLE", "PRIVATE KEY")), &[]);
}
