//! Findings read by another implementation of Avro, in another language: `tests/it/read_findings.py`.
//!
//! Skipped, aloud, where Python or its package `fastavro` cannot be had. Where they can, it must succeed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tenure::avro::framing::FINDING;
use tenure::format::finding_avro::{FindingRecord, encode};

use crate::corpus::{INPUT, KNOWN_AT, findings};
use crate::golden::root;

/// Packages of Python that this test installed for itself.
fn packages() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("python")
}

fn python(args: &[&str]) -> Option<Output> {
    Command::new("python3").args(args).env("PYTHONPATH", packages()).current_dir(root()).output().ok()
}

/// Whether Python has `fastavro`, if need be after it was installed beside the build.
fn has_fastavro() -> bool {
    let succeeds = |args: &[&str]| python(args).is_some_and(|output| output.status.success());
    let imports = || succeeds(&["-c", "import fastavro"]);
    let folder = packages();
    imports()
        || succeeds(&["-m", "pip", "install", "--quiet", "--target", folder.to_str().unwrap(), "fastavro"])
            && imports()
}

/// Every finding as it lies in Kafka, each behind its length.
fn framed() -> Vec<u8> {
    let mut all = Vec::new();
    for finding in findings() {
        let mut record = Vec::new();
        FINDING.header().write(&mut record);
        encode(finding, &|_| INPUT, Some(KNOWN_AT), &mut record).unwrap();
        all.extend_from_slice(&u32::try_from(record.len()).unwrap().to_be_bytes());
        all.append(&mut record);
    }
    all
}

#[test]
fn python_reads_every_finding_by_the_published_schema() {
    if !has_fastavro() {
        eprintln!("SKIPPED: python3 with the package fastavro is not to be had; no other language was asked");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("findings");
    fs::write(&path, framed()).unwrap();
    let output =
        python(&["tests/it/read_findings.py", "schemas/finding.avsc", path.to_str().unwrap()]).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), findings().len());
    for (line, finding) in text.lines().zip(findings()) {
        let read: Value = serde_json::from_str(line).unwrap();
        let written = FindingRecord::new(finding, &|_| INPUT, Some(KNOWN_AT));
        assert_eq!(read, serde_json::to_value(&written).unwrap(), "{}", finding.summary);
    }
}
