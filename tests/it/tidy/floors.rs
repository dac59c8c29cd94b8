//! Imports only ever go down.
//!
//! Rust lets modules import in circles without a word. The table holds one floor per module; a module may
//! import what stands on a lower floor, and itself. Two modules of one floor are wings: they never import
//! each other.

use std::collections::BTreeSet;

use super::code::{self, Path};
use super::{File, complains, none, rust_files};

/// From the bottom. A new module of the crate gets its floor here, or the test fails.
const FLOORS: &[&[&str]] = &[
    &["time"],
    &["limits"],
    &["text"],
    &["document"],
    &["net"],
    &["origin"],
    &["stream"],
    &["progress"],
    &["avro"],
    &["kind"],
    &["event"],
    &["credential"],
    &["policy"],
    &["evidence"],
    &["finding"],
    &["source", "detect", "format", "changelog"],
    &["engine", "reading"],
    // ---- the line: no async, no clock, no file, no network, no environment below; I/O above ----
    &["telemetry"],
    &["files", "kafka", "http"],
    &["config"],
    &["cli"],
    &["main"],
];

/// The highest module below the line.
const UNDER_THE_LINE: &str = "engine";

/// Lower floors a wing has no business with: a source says what happened, never what it means.
const NOT_EVEN_BELOW: &[(&str, &[&str])] = &[("source", &["credential", "evidence", "policy", "finding"])];

/// Modules whose files are peers that never import each other, with the files all of them share.
pub const PEERS: &[(&str, &[&str])] = &[("detect", &["profile"]), ("source", &["bounds", "json", "veil"])];

/// Paths, and beginnings of paths, that mean a clock, a file, a network, an environment, a thread or chance.
const IO_PATHS: &[&str] = &[
    "anyhow",
    "chrono::Local",
    "chrono::Utc",
    "clap",
    "indicatif",
    "rand",
    "rdkafka",
    "std::env",
    "std::fs",
    "std::io::stderr",
    "std::io::stdin",
    "std::io::stdout",
    "std::net",
    "std::os",
    "std::process",
    "std::thread",
    "std::time",
    "tempfile",
    "tokio",
    "walkdir",
];

/// Names that mean the same wherever they come from.
const IO_NAMES: &[&str] = &["Instant", "RandomState", "SystemTime"];

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|row| row.contains(&module))
}

/// `src/detect/dormant.rs` is the module `detect::dormant`; `src/lib.rs` is the root.
fn module_of(path: &str) -> Vec<String> {
    let inner = path.trim_start_matches("src/").trim_end_matches(".rs");
    let inner = inner.strip_suffix("/mod").unwrap_or(inner);
    if inner == "lib" { Vec::new() } else { inner.split('/').map(str::to_owned).collect() }
}

/// The path from the root of the crate; `None` for a path into another crate, or of a type.
fn resolve(file_module: &[String], path: &Path) -> Option<Vec<String>> {
    let here = || file_module.iter().chain(&path.within).cloned();
    let (head, rest) = path.segments.split_first()?;
    let base: Vec<String> = match head.as_str() {
        "crate" | "tenure" => Vec::new(),
        "self" => here().collect(),
        "super" => {
            let mut module: Vec<String> = here().collect();
            module.pop();
            module
        }
        _ => return None,
    };
    Some(base.into_iter().chain(rest.iter().cloned()).collect())
}

/// The modules that are files or folders of `src/`, as `detect::dormant`.
fn modules(files: &[File]) -> BTreeSet<String> {
    let every_prefix = |file: &File| {
        let module = module_of(&file.path);
        (1..=module.len()).map(|end| module[..end].join("::")).collect::<Vec<_>>()
    };
    files.iter().flat_map(every_prefix).collect()
}

/// What is wrong with the imports of `file`; `modules` are those of the crate.
fn check(file: &File, modules: &BTreeSet<String>) -> Vec<String> {
    let module = module_of(&file.path);
    let name = file.path.trim_start_matches("src/");
    let Some(own) = module.first() else { return Vec::new() };
    let Some(own_floor) = floor(own) else {
        return vec![format!(
            "`{name}`: `{own}` has no floor; give it one in FLOORS, tests/it/tidy/floors.rs"
        )];
    };
    let under_the_line = Some(own_floor) <= floor(UNDER_THE_LINE);
    let mut wrong = BTreeSet::new();
    for path in code::paths(&code::tokens(&file.text)) {
        let full = path.segments.join("::");
        let at = format!("(line {}: {full})", path.line);
        if full.starts_with("super::super") {
            wrong.insert(format!("`{name}`: name it from `crate`, not by `super::super` {at}"));
        } else if let Some(target) = resolve(&module, &path) {
            wrong.extend(import(&module, &target, modules).map(|what| format!("`{name}`: {what} {at}")));
        } else if under_the_line && is_io(&path.segments, &full) {
            wrong.insert(format!("`{name}`: `{full}` must stay above the line (line {})", path.line));
        }
    }
    wrong.into_iter().collect()
}

fn is_io(segments: &[String], full: &str) -> bool {
    let under =
        |io: &str| full.strip_prefix(io).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
    IO_PATHS.iter().any(|io| under(io)) || segments.iter().any(|s| IO_NAMES.contains(&s.as_str()))
}

/// What is wrong with `module` importing `target`, both from the root of the crate.
fn import(module: &[String], target: &[String], modules: &BTreeSet<String>) -> Option<String> {
    let (own, theirs) = (module.first()?, target.first()?);
    if theirs == "*" {
        return Some("the whole crate must not be imported; name the module".to_owned());
    }
    if own == theirs {
        return sibling(module, target, modules);
    }
    let forbidden =
        NOT_EVEN_BELOW.iter().any(|(wing, rooms)| wing == own && rooms.contains(&theirs.as_str()));
    match floor(theirs) {
        None if is_item(theirs) => None,
        None => Some(format!("`{theirs}` has no floor")),
        Some(below) if Some(below) < floor(own) && !forbidden => None,
        Some(_) => Some(format!("`{own}` must not import `{theirs}`")),
    }
}

/// Whether a segment names a type or a constant, as `super::Outcome` in a test of `event` does, not a module.
fn is_item(segment: &str) -> bool {
    segment.starts_with(char::is_uppercase)
}

/// What is wrong with `module` importing from its own wing.
fn sibling(module: &[String], target: &[String], modules: &BTreeSet<String>) -> Option<String> {
    let (wing, shared) = PEERS.iter().find(|(wing, _)| *wing == module[0])?;
    let (own, theirs) = (module.get(1)?, target.get(1)?);
    let allowed = own == theirs || shared.contains(&theirs.as_str());
    let is_module = modules.contains(&format!("{wing}::{theirs}"));
    (!allowed && is_module).then(|| format!("`{wing}::{own}` must not import its sibling `{wing}::{theirs}`"))
}

/// `lib.rs` declares modules and nothing else.
fn check_lib(text: &str) -> Vec<String> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| {
            let line = line.trim();
            !(line.is_empty()
                || line.starts_with("//")
                || line.starts_with("#!")
                || line.starts_with("pub mod ") && line.ends_with(';'))
        })
        .map(|(at, line)| format!("src/lib.rs:{}: only `pub mod` lines stand here, not `{line}`", at + 1))
        .collect()
}

#[test]
fn imports_only_go_down() {
    let files = rust_files("src");
    assert!(files.len() > 10, "src/ was not found");
    let modules = modules(&files);
    none(&files.iter().flat_map(|file| check(file, &modules)).collect::<Vec<_>>());
}

#[test]
fn the_crate_root_declares_modules_and_nothing_else() {
    for file in rust_files("src").iter().filter(|file| file.path == "src/lib.rs") {
        none(&check_lib(&file.text));
    }
    complains(&check_lib("//! Docs.\npub mod a;\npub use a::B;\n"), &["src/lib.rs:3"]);
}

/// What `check` says of `text` at `path`, in a crate with a few modules.
fn report(path: &str, text: &str) -> Vec<String> {
    let others = ["detect/over_age", "detect/profile", "source/aws_cloudtrail/mod", "source/json"];
    let others = others.map(|module| File::new(&format!("src/{module}.rs"), ""));
    check(&File::new(path, text), &modules(&others))
}

#[test]
fn an_upward_import_is_reported() {
    let dormant = |text: &str| report("src/detect/dormant.rs", text);
    complains(
        &dormant("use crate::engine::Partition;"),
        &["`detect/dormant.rs`: `detect` must not import `engine`"],
    );
    complains(&dormant("use crate::{time::Span, engine::{A, B}};"), &["`engine`", "`engine`"]);
    complains(&dormant("fn f() -> crate::format::Format {}"), &["`detect` must not import `format`"]);
    complains(&dormant("use crate::source::Source;"), &["`detect` must not import `source`"]);
    complains(&dormant("use crate::*;"), &["whole crate"]);
    complains(&dormant("use crate::policy::Policy; // use crate::engine::X"), &[]);
    let event = |text: &str| report("src/event.rs", text);
    complains(&event("use super::source::Source;"), &["`event` must not import `source`"]);
    complains(&event("#[cfg(test)]\nmod tests { use super::*; use super::Action; }"), &[]);
    complains(&event("mod tests { use super::super::kind::Kind; }"), &["super::super"]);
    let source = report("src/source/json.rs", "use crate::policy::Policy;");
    complains(&source, &["`source` must not import `policy`"]);
}

#[test]
fn a_module_without_a_floor_is_reported() {
    complains(&report("src/attic/mod.rs", ""), &["`attic` has no floor"]);
    complains(&report("src/cli/mod.rs", "use crate::attic::Box;"), &["`attic` has no floor"]);
}

#[test]
fn files_of_one_wing_do_not_import_each_other() {
    let dormant = |text: &str| report("src/detect/dormant.rs", text);
    complains(&dormant("use crate::detect::over_age::holds;"), &["sibling `detect::over_age`"]);
    complains(&dormant("use super::over_age;"), &["sibling `detect::over_age`"]);
    complains(&dormant("use super::{Condition, over_age as o};"), &["sibling `detect::over_age`"]);
    complains(&dormant("use super::{Condition, profile::Mean};"), &[]);
    complains(&report("src/detect/mod.rs", "use self::dormant::L01;"), &[]);
    let vault = |text: &str| report("src/source/vault_audit/token.rs", text);
    complains(&vault("use crate::source::aws_cloudtrail::SOURCE;"), &["sibling `source::aws_cloudtrail`"]);
    complains(&vault("use super::lease::Lease; use crate::source::json::Field;"), &[]);
}

#[test]
fn io_below_the_line_is_reported() {
    let engine = |text: &str| report("src/engine/partition.rs", text);
    complains(&engine("use std::fs;"), &["`std::fs` must stay above the line"]);
    complains(
        &engine("use std::{collections::BTreeMap, env, net::IpAddr};"),
        &["std::env", "std::net::IpAddr"],
    );
    complains(&engine("fn f() { tokio::spawn(g()) }"), &["tokio::spawn"]);
    complains(&engine("use std::time::Duration;"), &["std::time"]);
    complains(&engine("use chrono::{NaiveDate, Utc};"), &["chrono::Utc"]);
    complains(&engine("let at = Instant::now(); std::thread::sleep(d);"), &["Instant::now", "std::thread"]);
    complains(&engine("use core::net::IpAddr; use std::fmt; use chrono::NaiveDate;"), &[]);
    complains(&report("src/files/open.rs", "use std::fs::File;"), &[]);
}
