//! The story as files: what Larkfield's Vault and CloudTrail would have left in a folder.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use flate2::{Compression, GzBuilder};
use serde_json::json;

use super::edition::Edition;
use super::organisation::{PRODUCTION, REGION, STAGING};
use super::record::{Record, in_order};
use super::{Story, tell};

/// Every how many records of the production trail one is delivered a second time, in a file of a later month.
const DELIVERED_TWICE_EVERY: usize = 97;

/// The month whose Vault log and staging trail are not compressed: the one still being written.
const CURRENT_MONTH: &str = "2026-05";

/// One file of `examples/`.
pub struct ExampleFile {
    /// Relative to `examples/`; `.gz` says that its content is stored compressed.
    pub path: String,
    /// The content before compression.
    pub content: Vec<u8>,
}

impl ExampleFile {
    fn new(path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), content: content.into() }
    }

    pub fn is_compressed(&self) -> bool {
        Path::new(&self.path).extension().is_some_and(|extension| extension == "gz")
    }

    /// The bytes on disk. The header of gzip holds no time and no system, so that they are the same
    /// everywhere.
    pub fn stored(&self) -> Vec<u8> {
        if !self.is_compressed() {
            return self.content.clone();
        }
        let mut writer =
            GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
        writer.write_all(&self.content).expect("memory takes every byte");
        writer.finish().expect("memory takes every byte")
    }
}

/// All files of `examples/` that the story writes.
pub fn files() -> Vec<ExampleFile> {
    let Story { vault, cloudtrail, expectations } = tell(&Edition::FIRST);
    let mut files = vault_files(vault);
    let (production, staging): (Vec<_>, Vec<_>) =
        in_order(cloudtrail).into_iter().partition(|record| record.account == PRODUCTION);
    files.extend(production_files(production));
    files.extend(staging_files(staging));
    files.push(digest_file());
    let mut lines: Vec<String> = expectations.iter().map(|expected| format!("{expected}\n")).collect();
    lines.sort();
    files.push(ExampleFile::new("expected.txt", lines.concat()));
    files
}

/// One file a month, as a rotating shipper leaves them; the current one is not compressed yet.
fn vault_files(records: Vec<Record>) -> Vec<ExampleFile> {
    by_month(in_order(records))
        .into_iter()
        .map(|(month, records)| {
            let end = if month == CURRENT_MONTH { "" } else { ".gz" };
            ExampleFile::new(format!("vault/audit-{month}.jsonl{end}"), lines(&records))
        })
        .collect()
}

/// One S3 object a month, with some records delivered again a month late.
fn production_files(records: Vec<Record>) -> Vec<ExampleFile> {
    let mut files = Vec::new();
    let mut again: Vec<Record> = Vec::new();
    for (month, mut records) in by_month(records) {
        let next = records.iter().step_by(DELIVERED_TWICE_EVERY).cloned().collect();
        records.append(&mut again);
        again = next;
        files.push(ExampleFile::new(trail_path(PRODUCTION, &month), delivery(&records)));
    }
    files
}

/// One S3 object for all that is past, and an export as lines for the current month.
fn staging_files(records: Vec<Record>) -> Vec<ExampleFile> {
    let (current, past): (Vec<_>, Vec<_>) =
        records.into_iter().partition(|record| record.at.month() == CURRENT_MONTH);
    vec![
        ExampleFile::new(trail_path(STAGING, "2026-04"), delivery(&past)),
        ExampleFile::new(format!("cloudtrail/staging-{CURRENT_MONTH}.jsonl"), lines(&current)),
    ]
}

/// `111122223333_CloudTrail_us-east-1_20260101T0000Z_EXAMPLE.json.gz`
fn trail_path(account: &str, month: &str) -> String {
    let day = format!("{}01", month.replace('-', ""));
    format!("cloudtrail/{account}_CloudTrail_{REGION}_{day}T0000Z_EXAMPLE.json.gz")
}

/// A digest file lies in the same bucket and holds no record.
fn digest_file() -> ExampleFile {
    let object = |hour: &str| {
        format!(
            "AWSLogs/{PRODUCTION}/CloudTrail-Digest/{REGION}/2026/05/19/\
             {PRODUCTION}_CloudTrail-Digest_{REGION}_org-trail_{REGION}_20260519T{hour}0000Z.json.gz"
        )
    };
    let digest = json!({
        "awsAccountId": PRODUCTION,
        "digestStartTime": "2026-05-19T22:00:00Z",
        "digestEndTime": "2026-05-19T23:00:00Z",
        "digestS3Bucket": "larkfield-trails",
        "digestS3Object": object("23"),
        "digestPublicKeyFingerprint": "EXAMPLE",
        "digestSignatureAlgorithm": "SHA256withRSA",
        "newestEventTime": "2026-05-19T22:10:44Z",
        "oldestEventTime": "2026-05-19T22:10:44Z",
        "previousDigestS3Bucket": "larkfield-trails",
        "previousDigestS3Object": object("22"),
        "previousDigestHashValue": "EXAMPLE",
        "previousDigestHashAlgorithm": "SHA-256",
        "previousDigestSignature": "EXAMPLE",
        "logFiles": [],
    });
    let path = format!("cloudtrail/{PRODUCTION}_CloudTrail-Digest_{REGION}_20260519T230000Z_EXAMPLE.json.gz");
    ExampleFile::new(path, digest.to_string())
}

fn by_month(records: Vec<Record>) -> BTreeMap<String, Vec<Record>> {
    let mut months: BTreeMap<String, Vec<Record>> = BTreeMap::new();
    for record in records {
        months.entry(record.at.month()).or_default().push(record);
    }
    months
}

/// One record a line.
pub fn lines(records: &[Record]) -> Vec<u8> {
    records.iter().flat_map(|record| [record.line.as_bytes(), b"\n"]).flatten().copied().collect()
}

/// `{"Records":[...]}`
fn delivery(records: &[Record]) -> Vec<u8> {
    let records: Vec<&str> = records.iter().map(|record| record.line.as_str()).collect();
    format!("{{\"Records\":[{}]}}", records.join(",")).into_bytes()
}
