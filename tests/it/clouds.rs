//! What a user of each source gets: `tenure scan` over logs as they are delivered, in folders that say in
//! plain words what happens in them and what has to be found.
//!
//! A case is a folder of `tests/golden/clouds`, named for its source: `case.md` with the command that is run,
//! `logs/`, at times a `policy.toml`, `expected.txt` with what is printed, and `exposed.txt` with the events
//! that no finding tells.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, value::RawValue};
use tenure::kind::Kind;

use crate::finding_ocsf::faults;
use crate::golden;
use crate::invariance::{first_difference, without_origins};
use crate::program::{code, stderr, stdout, tenure};

pub const FOLDER: &str = "tests/golden/clouds";

/// The sources by the first word of a folder's name.
const SOURCES: [(&str, &[&str]); 8] = [
    ("aws", &["aws.cloudtrail"]),
    ("azure", &["azure.activity", "azure.keyvault"]),
    ("entra", &["entra.audit", "entra.signin"]),
    ("gcp", &["gcp.audit"]),
    ("generic", &["generic"]),
    ("github", &["github.audit"]),
    ("kubernetes", &["kubernetes.audit"]),
    ("okta", &["okta.system"]),
];

struct Case {
    name: String,
    folder: PathBuf,
    text: String,
}

impl Case {
    /// The options of the command in its text: all between `scan` and `logs`, files under their full names.
    fn options(&self) -> Vec<String> {
        let command = self.text.lines().find_map(|line| line.strip_prefix("    tenure scan "));
        let words = command.unwrap_or_else(|| panic!("{} says no command", self.name)).split(' ');
        let options = words.filter(|&word| word != "logs");
        let full = |word: &str| match word {
            "policy.toml" => self.folder.join(word).to_str().unwrap().to_owned(),
            word => word.to_owned(),
        };
        options.map(full).collect()
    }

    /// The policy is named as a person would name it, since findings cite it.
    fn table(&self) -> String {
        let mut options = self.options();
        for option in &mut options {
            if option.ends_with("/policy.toml") {
                "policy.toml".clone_into(option);
            }
        }
        let output = self.run(&options, &["logs"]);
        let counts = stderr(&output);
        let steady = counts.lines().filter(|line| !line.starts_with("read "));
        stdout(&output) + &steady.flat_map(|line| [line, "\n"]).collect::<String>()
    }

    fn run(&self, options: &[String], more: &[&str]) -> std::process::Output {
        let scan = std::iter::once("scan").chain(options.iter().map(String::as_str));
        let output = tenure(&self.folder, &scan.chain(more.iter().copied()).collect::<Vec<_>>());
        assert_eq!(code(&output), 0, "{}: {}", self.name, stderr(&output));
        output
    }

    /// Every transition in a folder of logs, a line each.
    fn findings(&self, format: &str, logs: &Path) -> String {
        stdout(&self.run(&self.options(), &["--format", format, logs.to_str().unwrap()]))
    }

    /// What is delivered at once: a line, or a file that is one document.
    fn deliveries(&self) -> Vec<Vec<u8>> {
        let logs = fs::read_dir(self.folder.join("logs")).unwrap();
        let mut files: Vec<PathBuf> = logs.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.iter().flat_map(|file| parts(&fs::read(file).unwrap())).collect()
    }
}

fn parts(bytes: &[u8]) -> Vec<Vec<u8>> {
    let lines = || bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    let each_is_whole = lines().all(|line| serde_json::from_slice::<&RawValue>(line).is_ok());
    if each_is_whole { lines().map(<[u8]>::to_vec).collect() } else { vec![bytes.to_vec()] }
}

fn cases() -> Vec<Case> {
    let cases: Vec<Case> = golden::files(FOLDER, "md")
        .into_iter()
        .map(|path| {
            let folder = path.parent().unwrap().to_path_buf();
            let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
            Case { name, folder, text: fs::read_to_string(path).unwrap() }
        })
        .collect();
    assert!(cases.len() > 15, "{} cases", cases.len());
    cases
}

fn hold_all(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_source_has_a_case_that_finds_and_one_that_must_not() {
    let found = |case: &Case| !case.findings("json", Path::new("logs")).is_empty();
    let told: BTreeSet<(String, bool)> =
        cases().iter().map(|case| (case.name.split('_').next().unwrap().to_owned(), found(case))).collect();
    for (source, _) in SOURCES {
        for found in [true, false] {
            assert!(told.contains(&(source.to_owned(), found)), "{source} {found}");
        }
    }
    assert!(cases().iter().all(|case| case.text.starts_with("# why\n\n")), "each says why");
}

#[test]
fn every_case_finds_what_it_should_and_nothing_else() {
    let hold = |case: &Case| golden::hold(&case.folder.join("expected.txt"), &case.table()).err();
    hold_all(&cases().iter().filter_map(hold).collect::<Vec<_>>());
}

#[test]
fn what_lay_open_is_told_as_an_event() {
    let mut told = 0;
    for case in cases() {
        let events = stdout(&tenure(&case.folder, &["events", "logs"]));
        let exposed: String = events
            .lines()
            .filter(|line| line.contains(r#""action":"exposed""#))
            .flat_map(|line| [line, "\n"])
            .collect();
        if !exposed.is_empty() {
            golden::hold(&case.folder.join("exposed.txt"), &exposed).unwrap();
            told += 1;
        }
    }
    assert!(told >= 2, "{told} cases tell of an exposure");
}

/// Lays deliveries out as a file each, the last first, every other one compressed.
fn scatter(deliveries: &[Vec<u8>], folder: &Path) {
    for (number, delivery) in deliveries.iter().rev().enumerate() {
        if number % 2 == 0 {
            fs::write(folder.join(format!("{number:03}.json")), delivery).unwrap();
        } else {
            let file = fs::File::create(folder.join(format!("{number:03}.json.gz"))).unwrap();
            let mut gzip = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
            gzip.write_all(delivery).unwrap();
            gzip.finish().unwrap();
        }
    }
}

#[test]
fn no_order_and_no_packing_of_deliveries_changes_a_finding() {
    for case in cases() {
        let expected = without_origins(&case.findings("json", Path::new("logs")));
        let folder = tempfile::tempdir().unwrap();
        scatter(&case.deliveries(), folder.path());
        let actual = without_origins(&case.findings("json", folder.path()));
        assert_eq!(first_difference(&expected, &actual), None, "{}", case.name);
    }
}

#[test]
fn findings_name_the_source_and_a_kind_of_it() {
    let mut seen = BTreeSet::new();
    for case in cases() {
        let word = case.name.split('_').next().unwrap();
        let sources = SOURCES.iter().find(|(name, _)| *name == word).map(|(_, sources)| *sources);
        let sources = sources.unwrap_or(&["vault.audit"]);
        for line in case.findings("json", Path::new("logs")).lines() {
            let finding: Value = serde_json::from_str(line).unwrap();
            let subject = &finding["subject"];
            let source = subject["source"].as_str().unwrap();
            assert!(sources.contains(&source), "{}: {subject}", case.name);
            if subject["type"] == "credential" {
                let kind = Kind::parse(subject["kind"].as_str().unwrap()).unwrap();
                assert_eq!(kind.source().as_str(), source, "{}: {subject}", case.name);
                seen.insert(kind.name());
            }
        }
    }
    assert!(seen.len() >= 9, "{seen:?}");
}

#[test]
fn findings_of_every_source_are_valid_ocsf() {
    let mut checked = 0;
    for case in cases() {
        for line in case.findings("ocsf", Path::new("logs")).lines() {
            let event: Value = serde_json::from_str(line).unwrap();
            let wrong = faults(&event);
            assert!(wrong.is_empty(), "{} {wrong:#?}", case.name);
            checked += 1;
        }
    }
    assert!(checked > 15, "{checked} findings");
}
