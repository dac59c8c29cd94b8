//! What is in a folder is registered, and what is registered is shown by golden files.
//!
//! Detections are read as text, so that a detection that nobody registered is found, not only one that is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::code::{self, Spot, Token};
use super::{File, complains, none, rust_files};
use crate::golden;
use tenure::source::SOURCES;

/// A scenario each detection must have, by how its file name begins.
const SCENARIOS: &[&str] = &["closes", "fires", "reopens", "silent"];

/// Folders of `src/source/` that hold no source: what records come wrapped in.
const NO_SOURCES: &[&str] = &["envelope"];

/// What the documentation of a detection says, in this order, each under a heading of its own.
const HEADINGS: &[&str] = &["Finds", "Why it matters", "Silent when", "False positives", "Policy"];

/// The slices of `src/detect/mod.rs` in which a detection may stand.
const SLICES: &[&str] = &["CONDITIONS", "TRIGGERS"];

/// The files of `src/detect/` that hold one detection each, by the name of their module.
fn detections(files: &[File]) -> BTreeMap<&str, &File> {
    let shared = super::floors::PEERS.iter().find(|(wing, _)| *wing == "detect").map_or(&[][..], |(_, s)| *s);
    let member = |file: &&File| {
        let name = file.path.strip_prefix("src/detect/").is_some_and(|rest| !rest.contains('/'));
        name && !file.path.ends_with("/mod.rs")
    };
    let stem = |path: &'_ str| path.rfind('/').map_or(0, |at| at + 1);
    files
        .iter()
        .filter(member)
        .map(|file| (&file.path[stem(&file.path)..file.path.len() - 3], file))
        .filter(|(name, _)| !shared.contains(name))
        .collect()
}

/// The ids a detection file states in what ships: `id: "L01"`.
fn ids(text: &str) -> Vec<&str> {
    let tokens = code::tokens(text);
    let shipped = &tokens[..code::tests_begin(&tokens).unwrap_or(tokens.len())];
    let stated =
        |window: &[Spot<'_>]| window[0].token == Token::Word("id") && window[1].token == Token::Mark(':');
    shipped
        .windows(3)
        .filter(|window| stated(window))
        .filter_map(|window| if let Token::Literal(id) = window[2].token { Some(id) } else { None })
        .filter(|id| is_id(id))
        .collect()
}

/// `L01`: a family and two digits.
fn is_id(text: &str) -> bool {
    matches!(text.as_bytes(), [b'A'..=b'Z', b'0'..=b'9', b'0'..=b'9'])
}

/// The modules named in the slices of `mod.rs`, in the order they stand there, slice by slice.
fn registered(text: &str) -> Vec<Vec<&str>> {
    let tokens = code::tokens(text);
    let slice = |at: usize| {
        let tail = &tokens[at..];
        let from = tail.iter().position(|spot| spot.token == Token::Mark('='))?;
        let to = from + tail[from..].iter().position(|spot| spot.token == Token::Mark(';'))?;
        let pairs = tail[from..to].windows(2);
        let named = pairs.filter_map(|pair| match (pair[0].token, pair[1].token) {
            (Token::Word(module), Token::Colons) => Some(module),
            _ => None,
        });
        Some(named.collect())
    };
    let heads = (0..tokens.len()).filter(|&at| {
        code::is(&tokens, at, Token::Word("static"))
            && SLICES.iter().any(|name| code::is(&tokens, at + 1, Token::Word(name)))
    });
    heads.filter_map(slice).collect()
}

/// What is wrong with the registration of the detections in `files`.
fn check_detections(files: &[File]) -> Vec<String> {
    let found = detections(files);
    let Some(registry) = files.iter().find(|file| file.path == "src/detect/mod.rs") else {
        return found.values().map(|file| format!("{}: src/detect/mod.rs is missing", file.path)).collect();
    };
    let slices = registered(&registry.text);
    let mut wrong = Vec::new();
    let mut owner = BTreeMap::new();
    for (module, file) in &found {
        if !slices.iter().flatten().any(|named| named == module) {
            wrong.push(format!("{}: stands in no slice of src/detect/mod.rs", file.path));
        }
        let headings: Vec<&str> = file.text.lines().filter_map(|line| line.strip_prefix("//! # ")).collect();
        if headings != HEADINGS {
            wrong.push(format!("{}: its documentation has the headings {HEADINGS:?}", file.path));
        }
        match ids(&file.text)[..] {
            [id] => {
                let taken = owner.insert(id, *module);
                wrong.extend(taken.map(|other| format!("{}: its id {id} is taken by `{other}`", file.path)));
                if !module.starts_with(&format!("{}_", id.to_lowercase())) {
                    wrong.push(format!("{}: the name of the file begins with its id {id}", file.path));
                }
            }
            [] => wrong.push(format!("{}: states no `id: \"X00\"`", file.path)),
            _ => wrong.push(format!("{}: one detection a file, not {:?}", file.path, ids(&file.text))),
        }
    }
    for slice in slices {
        let order: Vec<_> = slice
            .iter()
            .filter_map(|m| owner.iter().find(|(_, owner)| *owner == m))
            .map(|(id, _)| id)
            .collect();
        if !order.is_sorted() {
            wrong.push(format!("src/detect/mod.rs: not in the order of ids: {order:?}"));
        }
    }
    wrong
}

/// What is missing or left over among scenario files; `paths` are relative to `tests/golden/detect/`.
fn check_scenarios(ids: &BTreeSet<String>, paths: &[String]) -> Vec<String> {
    let mut wrong = Vec::new();
    for id in ids {
        for case in SCENARIOS {
            if !paths.iter().any(|path| path.starts_with(&format!("{id}/{case}"))) {
                wrong.push(format!("tests/golden/detect/{id}/: no `{case}*.scenario`"));
            }
        }
    }
    let known = |path: &&String| path.split_once('/').is_some_and(|(folder, _)| ids.contains(folder));
    let foreign = paths.iter().filter(|path| !known(path));
    wrong.extend(foreign.map(|path| format!("tests/golden/detect/{path}: belongs to no detection")));
    wrong
}

/// What is missing or left over among the golden files of a source, by their names in its folder.
fn check_cases(source: &str, names: &BTreeSet<String>) -> Vec<String> {
    let with = |extension: &str| -> BTreeSet<String> {
        names.iter().filter_map(|name| name.strip_suffix(extension)).map(str::to_owned).collect()
    };
    let (records, events) = (with(".jsonl"), with(".events"));
    let folder = format!("tests/golden/source/{source}/");
    let mut wrong = Vec::new();
    if records.is_empty() {
        wrong.push(format!("{folder}: no golden case"));
    }
    wrong.extend(
        records.difference(&events).map(|case| format!("{folder}{case}.jsonl: no .events beside it")),
    );
    wrong.extend(
        events.difference(&records).map(|case| format!("{folder}{case}.events: no .jsonl beside it")),
    );
    wrong
}

/// What is wrong with a list of sources, by name, against the parsers `folders` in `src/source/`.
fn check_sources(names: &[&str], folders: &BTreeSet<String>) -> Vec<String> {
    let mut wrong = Vec::new();
    if !names.is_sorted() {
        wrong.push(format!("src/source/mod.rs: SOURCES is not sorted: {names:?}"));
    }
    let registered: BTreeSet<String> = names.iter().map(|name| name.replace('.', "_")).collect();
    let foreign = folders.difference(&registered).filter(|name| !NO_SOURCES.contains(&name.as_str()));
    wrong.extend(foreign.map(|name| format!("src/source/{name}/: not in SOURCES")));
    wrong
}

fn names_in(folder: &str) -> BTreeSet<String> {
    let Ok(entries) = fs::read_dir(golden::root().join(folder)) else { return BTreeSet::new() };
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn every_detection_is_registered() {
    none(&check_detections(&rust_files("src/detect")));
}

#[test]
fn every_detection_has_its_scenarios() {
    let files = rust_files("src/detect");
    let ids: BTreeSet<String> =
        detections(&files).values().flat_map(|file| ids(&file.text)).map(str::to_owned).collect();
    let paths: Vec<String> = golden::files("tests/golden/detect", "scenario")
        .iter()
        .map(|path| super::relative(path).replacen("tests/golden/detect/", "", 1))
        .collect();
    none(&check_scenarios(&ids, &paths));
}

#[test]
fn every_source_is_registered_and_has_golden_cases() {
    let names: Vec<&str> = SOURCES.iter().map(|source| source.name.as_str()).collect();
    let folders = names_in("src/source").into_iter().filter(|name| !name.contains('.')).collect();
    let mut wrong = check_sources(&names, &folders);
    for name in names {
        wrong.extend(check_cases(name, &names_in(&format!("tests/golden/source/{name}"))));
    }
    none(&wrong);
}

/// A detection as it should be, in the file its id and `name` make.
fn detection(id: &str, name: &str) -> File {
    let headings = HEADINGS.iter().map(|heading| format!("//! # {heading}")).collect::<Vec<_>>().join("\n");
    let text = format!("{headings}\npub static CONDITION: Condition = Condition {{ id: \"{id}\" }};\n");
    File::new(&format!("src/detect/{}_{name}.rs", id.to_lowercase()), &text)
}

#[test]
fn an_unregistered_detection_is_reported() {
    let registry =
        "pub static CONDITIONS: &[&Condition] = &[&l01_dormant::CONDITION, &l03_old::CONDITION];\n";
    let of = |registry: &str, other: File| {
        check_detections(&[
            File::new("src/detect/mod.rs", registry),
            File::new("src/detect/profile.rs", ""),
            detection("L01", "dormant"),
            other,
        ])
    };
    let old = || detection("L03", "old");
    complains(&of(registry, old()), &[]);
    let edited = |from: &str, to: &str| File { text: old().text.replace(from, to), ..old() };
    complains(&of(registry, edited("# Silent when", "# Quiet")), &["l03_old.rs: its documentation has"]);
    complains(&of(registry, edited("\"L03\"", "\"L04\"")), &["the name of the file begins with its id L04"]);
    complains(&of(registry, edited("\"L03\"", "X")), &["l03_old.rs: states no `id"]);
    complains(&of(registry, edited("};", "}; static B: C = C { id: \"L04\" };")), &["one detection a file"]);
    complains(
        &of(&registry.replace(", &l03_old::CONDITION", ""), old()),
        &["l03_old.rs: stands in no slice"],
    );
    let unsorted = "static CONDITIONS: &[&Condition] = &[&l03_old::CONDITION, &l01_dormant::CONDITION];";
    complains(&of(unsorted, old()), &["not in the order of ids"]);
    complains(&check_detections(&[old()]), &["src/detect/mod.rs is missing"]);
}

#[test]
fn one_id_for_one_detection() {
    let registry = "static CONDITIONS: &[&Condition] = &[&l01_dormant::CONDITION, &l01_idle::CONDITION];";
    let files =
        [File::new("src/detect/mod.rs", registry), detection("L01", "dormant"), detection("L01", "idle")];
    complains(&check_detections(&files), &["l01_idle.rs: its id L01 is taken by `l01_dormant`"]);
}

#[test]
fn a_missing_scenario_is_reported() {
    let ids = BTreeSet::from(["L01".to_owned()]);
    let all: Vec<String> = SCENARIOS.iter().map(|case| format!("L01/{case}-a.scenario")).collect();
    complains(&check_scenarios(&ids, &all), &[]);
    complains(&check_scenarios(&ids, &all[1..]), &["L01/: no `closes*.scenario`"]);
    let stray = [all, vec!["L99/fires.scenario".to_owned()]].concat();
    complains(&check_scenarios(&ids, &stray), &["L99/fires.scenario: belongs to no detection"]);
}

#[test]
fn a_source_without_cases_is_reported() {
    let names = |names: &[&str]| -> BTreeSet<String> { names.iter().map(|&name| name.to_owned()).collect() };
    complains(&check_cases("a.b", &names(&["x.jsonl", "x.events"])), &[]);
    complains(&check_cases("a.b", &names(&[])), &["a.b/: no golden case"]);
    complains(&check_cases("a.b", &names(&["x.jsonl"])), &["x.jsonl: no .events"]);
    complains(&check_cases("a.b", &names(&["x.jsonl", "x.events", "y.events"])), &["y.events: no .jsonl"]);
    complains(&check_sources(&["a.b", "c"], &names(&["a_b", "envelope"])), &[]);
    complains(
        &check_sources(&["c", "a.b"], &names(&["d"])),
        &["not sorted", "src/source/d/: not in SOURCES"],
    );
}
