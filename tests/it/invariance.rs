//! The order of files and of lines, how records are packed and split, threads and memory: none of them
//! changes a byte of what is concluded.
//!
//! One thing may differ and is cut out before bytes are compared: `"origin":{...}`, which names the file and
//! the record where a fact was read. Everything else of `scan --format json` is held to be the same.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use serde_json::value::RawValue;

use crate::golden;
use crate::program::{code, stderr, stdout, tenure};
use crate::story;

/// Few cases of much work: each is a scan of every record of the examples.
const CASES: u32 = 6;

/// Every record of the examples, and every golden record that is whole: the story is broad, the golden
/// records are odd.
fn records() -> Vec<String> {
    let logs = story::files().into_iter().filter(|file| file.path.contains('/'));
    let mut records: Vec<String> = logs
        .flat_map(|file| {
            let text = String::from_utf8(file.content).unwrap();
            delivered(&text).unwrap_or_else(|| text.lines().map(str::to_owned).collect())
        })
        .collect();
    for source in ["aws.cloudtrail", "vault.audit"] {
        for case in golden::files(&format!("tests/golden/source/{source}"), "jsonl") {
            let bytes = fs::read(&case).unwrap();
            let lines = bytes.split(|&byte| byte == b'\n').filter(|line| is_whole(line));
            records.extend(lines.map(|line| String::from_utf8(line.to_vec()).unwrap()));
        }
    }
    records
}

/// The records of an S3 delivery.
fn delivered(text: &str) -> Option<Vec<String>> {
    #[derive(serde::Deserialize)]
    struct Delivery<'a> {
        #[serde(borrow, rename = "Records")]
        records: Vec<&'a RawValue>,
    }
    let delivery: Delivery<'_> = serde_json::from_str(text).ok()?;
    Some(delivery.records.iter().map(|record| record.get().to_owned()).collect())
}

/// Whether a line can be put into any envelope without breaking its neighbours.
fn is_whole(line: &[u8]) -> bool {
    line.starts_with(b"{") && serde_json::from_slice::<&RawValue>(line).is_ok()
}

/// How a run of records is packed into a file.
#[derive(Debug, Clone, Copy)]
enum Packing {
    Lines,
    WindowsLines,
    BehindPrefix,
    Gzip,
    Zstd,
    Delivery,
    GzipDelivery,
    Array,
    Concatenated,
}

fn packing() -> impl Strategy<Value = Packing> {
    prop::sample::select(vec![
        Packing::Lines,
        Packing::WindowsLines,
        Packing::BehindPrefix,
        Packing::Gzip,
        Packing::Zstd,
        Packing::Delivery,
        Packing::GzipDelivery,
        Packing::Array,
        Packing::Concatenated,
    ])
}

impl Packing {
    fn name(self) -> &'static str {
        match self {
            Self::Lines | Self::WindowsLines => "lines.jsonl",
            Self::BehindPrefix => "syslog.log",
            Self::Gzip => "lines.jsonl.gz",
            Self::Zstd => "lines.jsonl.zst",
            Self::Delivery | Self::Array => "document.json",
            Self::GzipDelivery => "document.json.gz",
            Self::Concatenated => "stream.ndjson",
        }
    }

    fn pack(self, records: &[&str]) -> Vec<u8> {
        let lines = || records.join("\n") + "\n";
        let delivery = || format!("{{\"Records\":[{}]}}", records.join(","));
        match self {
            Self::Lines => lines().into_bytes(),
            Self::WindowsLines => (records.join("\r\n") + "\r\n").into_bytes(),
            Self::BehindPrefix => {
                records.iter().flat_map(|record| ["@cee: ", record, "\n"]).collect::<String>().into_bytes()
            }
            Self::Gzip => gzip(&lines()),
            Self::Zstd => zstd::encode_all(lines().as_bytes(), 1).unwrap(),
            Self::Delivery => delivery().into_bytes(),
            Self::GzipDelivery => gzip(&delivery()),
            Self::Array => format!("[\n{}\n]", records.join(",\n")).into_bytes(),
            Self::Concatenated => records.concat().into_bytes(),
        }
    }
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// How the same records are read another way.
#[derive(Debug)]
struct Way {
    order: Vec<usize>,
    /// Where the records are cut into files, and how each file is packed.
    cuts: Vec<(Index, Packing)>,
    threads: usize,
    memory_limit: &'static str,
}

/// Ways to read the records numbered `order`, which come shuffled.
fn way(order: impl Strategy<Value = Vec<usize>>) -> impl Strategy<Value = Way> {
    let cuts = prop::collection::vec((any::<Index>(), packing()), 1..16);
    let memory = prop::sample::select(vec!["1", "2KiB", "64KiB", "512MiB"]);
    let order = order.prop_shuffle();
    (order, cuts, 1..=4_usize, memory).prop_map(|(order, cuts, threads, memory_limit)| Way {
        order,
        cuts,
        threads,
        memory_limit,
    })
}

impl Way {
    fn lay_out(&self, records: &[String], folder: &Path) {
        let mut ends: Vec<(usize, Packing)> =
            self.cuts.iter().map(|(at, packing)| (at.index(self.order.len()), *packing)).collect();
        ends.sort_by_key(|(end, _)| *end);
        ends.push((self.order.len(), Packing::Lines));
        let mut start = 0;
        for (number, (end, packing)) in ends.into_iter().enumerate() {
            let part: Vec<&str> = self.order[start..end].iter().map(|&at| records[at].as_str()).collect();
            let path = folder.join(format!("{}/{number:02}-{}", number % 3, packing.name()));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, packing.pack(&part)).unwrap();
            start = end;
        }
    }

    fn scan(&self, records: &[String]) -> String {
        let folder = tempfile::tempdir().unwrap();
        self.lay_out(records, folder.path());
        scan(folder.path(), self.threads, self.memory_limit)
    }
}

/// The findings in a folder as JSON, without origins.
fn scan(folder: &Path, threads: usize, memory_limit: &str) -> String {
    let policy = golden::root().join("examples/policy.toml");
    let (policy, threads) = (policy.to_str().unwrap(), threads.to_string());
    let options = ["--policy", policy, "--threads", &threads, "--memory-limit", memory_limit];
    let output = tenure(folder, &[&["scan", "--format", "json", "."], options.as_slice()].concat());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    without_origins(&stdout(&output))
}

pub fn without_origins(text: &str) -> String {
    let mut parts = text.split("\"origin\":{");
    let mut kept = parts.next().unwrap().to_owned();
    for part in parts {
        kept.push_str("\"origin\":{");
        kept.push_str(&part[part.find('}').unwrap()..]);
    }
    kept
}

/// What one file of all records in their own order gives.
fn expected(records: &[String]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("all.jsonl"), records.join("\n") + "\n").unwrap();
    let expected = scan(folder.path(), 1, "512MiB");
    assert!(expected.lines().count() > 60, "the examples have findings to lose");
    expected
}

/// Where two outputs part, for people: the whole is too long to read.
pub fn first_difference(expected: &str, actual: &str) -> Option<String> {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (expected, actual) = (lines(expected), lines(actual));
    let at = (0..expected.len().max(actual.len())).find(|&at| expected.get(at) != actual.get(at))?;
    Some(format!("line {at}\nexpected {:?}\nactual   {:?}", expected.get(at), actual.get(at)))
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: CASES,
        max_shrink_iters: 0,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

#[test]
fn order_files_and_threads_change_no_byte() {
    let records = records();
    let expected = expected(&records);
    let all = Just((0..records.len()).collect::<Vec<_>>());
    proptest!(config(), |(way in way(all))| {
        prop_assert_eq!(first_difference(&expected, &way.scan(&records)), None);
    });
}

#[test]
fn records_delivered_twice_change_no_byte() {
    let records = records();
    let expected = expected(&records);
    let count = records.len();
    let again = subsequence((0..count).collect::<Vec<_>>(), 1..=count);
    let twice = again.prop_map(move |again| (0..count).chain(again).collect::<Vec<_>>());
    proptest!(config(), |(way in way(twice))| {
        prop_assert_eq!(first_difference(&expected, &way.scan(&records)), None);
    });
}
