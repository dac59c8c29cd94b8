//! The logs in `examples/` are what the story writes, and what their README promises.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;

use flate2::read::GzDecoder;
use tenure::time::EventTime;

use crate::golden::{blessing, root};
use crate::story::{ExampleFile, Log, amplified, files, write_amplified};

/// Small enough to be cloned without a thought.
const ALL_BYTES_MAX: usize = 1_500_000;

/// What stands in the repository, before compression. How well it is compressed may change with the library
/// that does it, so stored bytes are not compared.
fn stored_content(file: &ExampleFile) -> Vec<u8> {
    let bytes = fs::read(root().join("examples").join(&file.path)).unwrap_or_default();
    if !file.is_compressed() {
        return bytes;
    }
    let mut content = Vec::new();
    GzDecoder::new(bytes.as_slice()).read_to_end(&mut content).map_or_else(|_| Vec::new(), |_| content)
}

/// The records of the Vault files, one a line.
fn vault_lines() -> Vec<String> {
    let vault = files().into_iter().filter(|file| file.path.starts_with("vault/"));
    vault
        .flat_map(|file| {
            String::from_utf8(file.content).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn the_examples_are_what_the_story_writes() {
    let mut wrong = Vec::new();
    for file in files() {
        if stored_content(&file) == file.content {
            continue;
        }
        if blessing() {
            fs::write(root().join("examples").join(&file.path), file.stored()).unwrap();
        } else {
            wrong.push(file.path);
        }
    }
    assert!(wrong.is_empty(), "TENURE_BLESS=1 cargo test rewrites {wrong:?}");
}

#[test]
fn the_examples_hold_no_file_that_the_story_does_not_write() {
    let written: BTreeSet<String> = files().into_iter().map(|file| file.path).collect();
    for folder in ["vault", "cloudtrail"] {
        for entry in fs::read_dir(root().join("examples").join(folder)).unwrap() {
            let path = format!("{folder}/{}", entry.unwrap().file_name().to_str().unwrap());
            assert!(written.contains(&path), "{path} is no part of the story");
        }
    }
}

#[test]
fn the_examples_stay_small() {
    let bytes: usize = files().iter().map(|file| file.stored().len()).sum();
    assert!(bytes < ALL_BYTES_MAX, "{bytes} bytes");
}

#[test]
fn every_detection_has_a_finding_that_is_still_open() {
    let expected = files().into_iter().find(|file| file.path == "expected.txt").unwrap();
    let text = String::from_utf8(expected.content).unwrap();
    for detection in
        ["B11", "L01", "L02", "L03", "L04", "L05", "L10", "P01", "V01", "V02", "V03", "V05", "V07"]
    {
        let open = text.lines().any(|line| line.starts_with(detection) && line.contains(" open "));
        assert!(open, "{detection} has no open finding");
    }
}

#[test]
fn vault_is_silent_once_for_nearly_four_days_and_never_else_for_two() {
    let day = 24 * 3_600;
    let mut times: Vec<i64> = vault_lines()
        .iter()
        .map(|line| {
            let record: serde_json::Value = serde_json::from_str(line).unwrap();
            EventTime::parse(record["time"].as_str().unwrap()).unwrap().micros() / 1_000_000
        })
        .collect();
    times.sort_unstable();
    let gaps: Vec<i64> =
        times.windows(2).map(|pair| pair[1] - pair[0]).filter(|seconds| *seconds > 2 * day).collect();
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert!(gaps[0] > 3 * day + day / 2, "{gaps:?}");
}

#[test]
fn every_key_id_is_an_example() {
    for file in files() {
        let text = String::from_utf8(file.content).unwrap();
        for prefix in ["\"AKIA", "\"ASIA", "\"AIDA", "\"AROA"] {
            for (at, _) in text.match_indices(prefix) {
                let id: String = text[at + 1..].chars().take_while(|c| *c != '"').collect();
                assert!(id.contains("EXAMPLE") || id == "AKIA****************", "{}: {id}", file.path);
            }
        }
    }
}

#[test]
fn the_story_can_be_told_many_times_over_under_other_names() {
    for log in [Log::Vault, Log::CloudTrail] {
        let bytes = amplified(log, 7_001);
        let lines: Vec<&[u8]> = bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).collect();
        assert_eq!(lines.len(), 7_001);
        let distinct: BTreeSet<&[u8]> = lines.iter().copied().collect();
        assert_eq!(distinct.len(), lines.len(), "{log:?} repeats a record");
        let mean = bytes.len() / lines.len();
        let mut shorter = Vec::new();
        write_amplified(log, 6_000, &mut shorter).unwrap();
        assert!(bytes.starts_with(&shorter), "{log:?}: the same records whatever their number");
        assert!((1_100..1_900).contains(&mean), "{log:?}: {mean} bytes a record");
    }
}

/// What `tenure scan` says of the examples under their policy: one line per finding, in the words of
/// `expected.txt`.
fn concluded() -> BTreeSet<String> {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_tenure"))
        .args(["scan", "--policy", "examples/policy.toml", "--format", "json", "--latest", "examples/"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let line = |line: &str| {
        let finding: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| finding[name].as_str().unwrap().to_owned();
        let subject = finding["subject"]["id"].as_str().unwrap();
        format!("{} {subject} {} {}", text("detection"), text("status"), &text("opened_at")[..10])
    };
    String::from_utf8(output.stdout).unwrap().lines().map(line).collect()
}

#[test]
fn a_scan_of_the_examples_concludes_what_their_author_expects_and_nothing_else() {
    let expected = fs::read_to_string(root().join("examples/expected.txt")).unwrap();
    let expected: BTreeSet<String> = expected.lines().map(str::to_owned).collect();
    let concluded = concluded();
    let missing: Vec<_> = expected.difference(&concluded).collect();
    let more: Vec<_> = concluded.difference(&expected).collect();
    assert!(missing.is_empty() && more.is_empty(), "missing {missing:#?}\nmore {more:#?}");
}
