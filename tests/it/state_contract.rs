//! State on the wire: a topic of state outlives every version that wrote it.
//!
//! Each kind of record stands as bytes in `tests/golden/state`, taken from what the examples leave behind. A
//! difference there means that state which lies in a topic can no longer be taken up.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::writer::datum::GenericDatumWriter;
use tenure::avro::framing::Header;
use tenure::changelog::{STATE, State, decode, encode};
use tenure::engine::partition::{Partition, PolicyText};

use crate::golden::{self, root};
use crate::ingest_stage::{NOW, Written, bytes_of, files, hand, reading, wall};
use crate::restore::log::of;

/// The records of the schema, in its order.
const RECORDS: [&str; 9] =
    ["Meta", "Policy", "Stream", "Input", "Realm", "Group", "Credential", "Spread", "Finding"];

fn record_of(state: &State<'_>) -> &'static str {
    match state {
        State::Meta(_) => "Meta",
        State::Policy(_) => "Policy",
        State::Stream(_) => "Stream",
        State::Input(_) => "Input",
        State::Realm(_) => "Realm",
        State::Group(_) => "Group",
        State::Credential(_) => "Credential",
        State::Spread(_) => "Spread",
        State::Finding(_) => "Finding",
    }
}

fn encoded(state: &State<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(state, &mut bytes);
    bytes
}

/// What ingest writes for the examples, as one partition reads it.
fn examples() -> Partition {
    let policy = fs::read_to_string(root().join("examples/policy.toml")).unwrap();
    let text = PolicyText { name: "policy.toml".to_owned(), text: policy };
    let mut partition = Partition::new(text.parse().unwrap(), text, 4);
    let (mut stage, place) = reading(None);
    let mut out = Written::default();
    let all = [files("examples/cloudtrail"), files("examples/vault")].concat();
    for (file, offset) in all.iter().zip(0..) {
        hand(&mut stage, &place, offset, &bytes_of(file), &mut out);
    }
    for (record, offset) in out.0.iter().zip(0..) {
        if let Some(arrived) = record.event() {
            partition.event(offset, of(arrived));
        } else if let Some(progress) = record.progress().filter(|_| record.partition == Some(0)) {
            partition.progress(wall(NOW), &progress);
        }
    }
    partition
}

/// Of each record the one that says most, so that few fields are empty.
fn samples() -> BTreeMap<&'static str, Vec<u8>> {
    let mut largest = BTreeMap::<_, Vec<u8>>::new();
    examples().write_all(&mut |_, state| {
        let Some(state) = state else { return };
        let (known, bytes) = (largest.entry(record_of(state)).or_default(), encoded(state));
        if bytes.len() > known.len() {
            *known = bytes;
        }
    });
    largest
}

fn path_of(record: &str) -> PathBuf {
    root().join(format!("tests/golden/state/{}.hex", record.to_lowercase()))
}

/// Bytes as lines of 32.
fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for line in bytes.chunks(32) {
        for byte in line {
            write!(text, "{byte:02x}").unwrap();
        }
        text.push('\n');
    }
    text
}

fn golden(record: &str) -> Vec<u8> {
    LazyLock::force(&BLESSED);
    let text = fs::read_to_string(path_of(record)).unwrap();
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

/// Writes the golden files where that is asked for, once.
static BLESSED: LazyLock<()> = LazyLock::new(|| {
    if golden::blessing() {
        let samples = samples();
        for record in RECORDS {
            fs::write(path_of(record), hex(&samples[record])).unwrap();
        }
    }
});

#[test]
fn state_once_written_stays_readable() {
    for record in RECORDS {
        let bytes = golden(record);
        let state = decode(&bytes).unwrap_or_else(|why| panic!("{record}: {why}"));
        assert_eq!(record_of(&state), record);
        assert_eq!(hex(&encoded(&state)), hex(&bytes), "{record}");
    }
}

#[test]
fn state_is_what_apache_avro_writes() {
    let reader = GenericDatumReader::builder(STATE.schema()).build().unwrap();
    let writer = GenericDatumWriter::builder(STATE.schema()).build().unwrap();
    for record in RECORDS {
        let bytes = golden(record);
        let (header, mut datum) = Header::split(&bytes).unwrap();
        assert_eq!(header, STATE.header(), "{record}");
        let ours = datum.to_vec();
        let value = reader.read_value(&mut datum).unwrap_or_else(|why| panic!("{record}: {why}"));
        assert!(datum.is_empty(), "{record}: {} bytes follow", datum.len());
        assert_eq!(hex(&writer.write_value_to_vec(value).unwrap()), hex(&ours), "{record}");
    }
}
