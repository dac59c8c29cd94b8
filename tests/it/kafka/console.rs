//! Reads a topic with a client that is not ours: the Java one, which shares no code with librdkafka.

use super::server;
use crate::golden;

/// A record as `tests/kafka/Dump.java` prints it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Record {
    pub partition: i32,
    pub offset: u64,
    /// Empty if there is none.
    pub key: Vec<u8>,
    /// `None`: a tombstone.
    pub value: Option<Vec<u8>>,
}

/// What is committed in `topic` up to its last stable offsets, by partition and offset.
pub fn read_committed(bootstrap: &str, topic: &str) -> Vec<Record> {
    let libs = server::script().arg("libs").output().unwrap();
    assert!(libs.status.success(), "{}", String::from_utf8_lossy(&libs.stderr));
    let classes = format!("{}/*", String::from_utf8(libs.stdout).unwrap().trim_end());
    let dump = std::process::Command::new("java")
        .args(["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", &classes])
        .arg("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
        .arg(golden::root().join("tests/kafka/Dump.java"))
        .args([bootstrap, topic])
        .output()
        .unwrap();
    assert!(dump.status.success(), "Dump.java failed: {}", String::from_utf8_lossy(&dump.stderr));
    let mut records: Vec<Record> = String::from_utf8(dump.stdout).unwrap().lines().map(record).collect();
    records.sort();
    records
}

fn record(line: &str) -> Record {
    let [partition, offset, key, value] = line.split(' ').collect::<Vec<_>>()[..] else {
        panic!("not a line of Dump.java: {line}")
    };
    Record {
        partition: partition.parse().unwrap(),
        offset: offset.parse().unwrap(),
        key: bytes(key).unwrap_or_default(),
        value: bytes(value),
    }
}

/// `:` and hexadecimal digits; `-` is nothing at all.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix(':')?.as_bytes();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    Some(digits.chunks(2).map(byte).collect())
}

#[test]
fn no_value_is_not_an_empty_one() {
    assert_eq!(record("1 7 - -"), Record { partition: 1, offset: 7, key: vec![], value: None });
    assert_eq!(
        record("0 2 :61ff :"),
        Record { partition: 0, offset: 2, key: vec![0x61, 0xff], value: Some(vec![]) }
    );
}
