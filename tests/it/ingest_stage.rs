//! The stage of ingest without a broker: what it writes for what it is given.

mod deliveries;
mod digests;
mod same_events;
mod shown;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tenure::avro::framing::{EVENT, Header, PROGRESS};
use tenure::files::discover::discover;
use tenure::files::{Input as FileInput, Place as FilePlace};
use tenure::format::event_avro::{self, Arrived};
use tenure::format::progress_avro;
use tenure::kafka::ingest::{IngestStage, Setup};
use tenure::kafka::murmur2::partition_of;
use tenure::kafka::settings::{Input, Mode, Topics};
use tenure::kafka::stage::{Committed, Delivered, Incoming, Outbox, Outgoing, Place, ReadFrom, Stage};
use tenure::progress::{Pace, Progress, StreamProgress};
use tenure::stream::SourceName;
use tenure::telemetry::metrics::Metrics;
use tenure::time::{EventTime, Span, WallTime};

use crate::golden::root;
use crate::secrecy::holds_none;

const PARTITIONS: i32 = 4;

/// Long after every record of the examples.
pub const NOW: &str = "2026-06-01T00:00:00Z";

/// What was written, in its order.
#[derive(Default)]
pub struct Written(pub Vec<Record>);

pub struct Record {
    topic: String,
    pub partition: Option<i32>,
    key: Option<Vec<u8>>,
    payload: Vec<u8>,
}

impl Outbox for Written {
    fn send(&mut self, record: Outgoing<'_>) -> anyhow::Result<()> {
        self.0.push(Record {
            topic: record.topic.to_owned(),
            partition: record.partition,
            key: record.key.map(<[u8]>::to_vec),
            payload: record.payload.unwrap().to_vec(),
        });
        Ok(())
    }
}

impl Record {
    pub fn event(&self) -> Option<Arrived<'_>> {
        let (header, datum) = Header::split(&self.payload)?;
        (self.topic == "tenure.events" && header == EVENT.header())
            .then(|| event_avro::decode(datum).unwrap())
    }

    pub fn progress(&self) -> Option<Progress> {
        let (header, datum) = Header::split(&self.payload)?;
        (header == PROGRESS.header()).then(|| progress_avro::decode(datum).unwrap())
    }
}

impl Written {
    fn events(&self) -> Vec<Arrived<'_>> {
        self.0.iter().filter_map(Record::event).collect()
    }

    /// Each progress once, after holding that every partition got it, without a key.
    fn progress(&self) -> Vec<Progress> {
        let all: Vec<_> = self.0.iter().filter(|record| record.progress().is_some()).collect();
        let each = all.chunks(PARTITIONS.cast_unsigned() as usize);
        each.map(|copies| {
            let partitions: Vec<_> = copies.iter().map(|copy| copy.partition).collect();
            assert_eq!(partitions, (0..PARTITIONS).map(Some).collect::<Vec<_>>());
            assert!(copies.iter().all(|copy| copy.payload == copies[0].payload && copy.key.is_none()));
            copies[0].progress().unwrap()
        })
        .collect()
    }

    fn letters(&self) -> Vec<Value> {
        let letters = self.0.iter().filter(|record| record.topic == "tenure.dead-letter");
        letters.map(|letter| serde_json::from_slice(&letter.payload).unwrap()).collect()
    }
}

struct NothingDelivered;

impl Delivered for NothingDelivered {
    fn end(&self, _: &str, _: i32) -> Option<u64> {
        None
    }
}

pub fn wall(text: &str) -> WallTime {
    WallTime::from_micros(EventTime::parse(text).unwrap().micros())
}

fn later(millis: i64) -> WallTime {
    WallTime::from_micros(wall(NOW).micros() + millis * 1_000)
}

fn input(topic: &str, source: Option<SourceName>) -> Input {
    Input {
        topic: topic.to_owned(),
        source,
        tenant: "default".to_owned(),
        stream: "default".to_owned(),
        lateness: None,
        max_silence: Span::minutes(30),
    }
}

fn stage(inputs: Vec<Input>) -> IngestStage {
    stage_with(&Metrics::new().0, inputs)
}

fn stage_with(metrics: &Metrics, inputs: Vec<Input>) -> IngestStage {
    IngestStage::new(&Setup {
        raw_partitions: inputs.iter().map(|input| (input.topic.clone(), 3)).collect::<BTreeMap<_, _>>(),
        inputs,
        topics: Topics::named("tenure"),
        mode: Mode::Live,
        events_partitions: PARTITIONS,
        event_header: EVENT.header(),
        progress_header: PROGRESS.header(),
        metrics: metrics.of_stage("ingest"),
        now: wall(NOW),
    })
    .unwrap()
}

fn place(topic: &str, partition: i32) -> Place {
    Place { topic: topic.to_owned(), partition }
}

pub fn hand(stage: &mut IngestStage, place: &Place, offset: u64, payload: &[u8], out: &mut Written) {
    stage.handle(Incoming { place, offset, timestamp: None, key: None, payload }, out).unwrap();
}

/// A stage that reads partition 0 of `raw`, and the place.
pub fn reading(source: Option<SourceName>) -> (IngestStage, Place) {
    let mut stage = stage(vec![input("raw", source)]);
    let place = place("raw", 0);
    assert_eq!(stage.load(&place, None).unwrap(), ReadFrom::Beginning);
    (stage, place)
}

/// A call of Vault at `at`, by a token.
fn call(at: &str) -> Vec<u8> {
    let line = json!({
        "time": at, "type": "response",
        "auth": {"accessor": "hmac-sha256:EXAMPLE", "token_type": "service"},
        "request": {"id": "4bf1ca5d-42ba-4e95-a493-9cdeefb58b87", "path": "kv/data/a", "operation": "read",
            "mount_point": "kv/", "mount_type": "kv", "remote_address": "198.51.100.7"}
    });
    line.to_string().into_bytes()
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

fn only(progress: &Progress) -> &StreamProgress {
    assert_eq!(progress.streams.len(), 1, "{progress:?}");
    &progress.streams[0]
}

pub fn files(folder: &str) -> Vec<FileInput> {
    discover(&[root().join(folder)]).inputs
}

pub fn bytes_of(file: &FileInput) -> Vec<u8> {
    let FilePlace::File(path) = &file.place else { panic!("{file:?}") };
    fs::read(path).unwrap()
}

#[test]
fn an_event_lies_where_its_realm_lies_and_says_where_it_came_from() {
    let (mut stage, place) = reading(Some(SourceName::VaultAudit));
    let mut out = Written::default();
    let lines = [call("2026-05-01T10:00:00Z"), call("2026-05-01T10:00:01Z")].join(&b'\n');
    hand(&mut stage, &place, 41, &lines, &mut out);
    let events: Vec<_> = out.0.iter().filter(|record| record.event().is_some()).collect();
    assert!(!events.is_empty());
    for record in &events {
        assert_eq!(record.key.as_deref(), Some(b"vault/default".as_slice()));
        assert_eq!(record.partition, Some(partition_of(b"vault/default", PARTITIONS)));
    }
    let last = events.last().unwrap().event().unwrap();
    assert_eq!((last.origin.input, last.origin.offset, last.origin.record), ("raw/0", 41, 2));
    assert_eq!((last.tenant, last.stream), ("default", "default"));
}

#[test]
fn every_form_of_a_delivery_gives_its_records() {
    let (mut stage, place) = reading(None);
    let one = call("2026-05-01T10:00:00Z");
    let mut single = Written::default();
    hand(&mut stage, &place, 0, &one, &mut single);
    let each = single.events().len();
    assert!(each > 0);
    let lines = [one.as_slice(), one.as_slice()].join(&b'\n');
    let array = [b"[", one.as_slice(), b",\n", one.as_slice(), b"]"].concat();
    let records = [b"{\"Records\":[", one.as_slice(), b",", one.as_slice(), b"]}"].concat();
    let zstd = zstd::encode_all(lines.as_slice(), 1).unwrap();
    let members = [gzip(&[one.as_slice(), b"\n"].concat()), gzip(&one)].concat();
    for (form, offset) in
        [lines.clone(), array, records.clone(), gzip(&records), zstd, members].iter().zip(1..)
    {
        let mut out = Written::default();
        hand(&mut stage, &place, offset, form, &mut out);
        assert_eq!(out.events().len(), 2 * each, "form {offset}");
        assert_eq!(out.events().last().unwrap().origin.record, 2, "form {offset}");
        assert!(out.letters().is_empty(), "form {offset}: {:?}", out.letters());
    }
}

#[test]
fn an_hour_is_told_before_its_first_event_and_once() {
    let (mut stage, place) = reading(Some(SourceName::VaultAudit));
    let mut out = Written::default();
    for (at, offset) in ["10:00:00", "10:59:59", "11:00:00", "10:30:00"].iter().zip(7..) {
        hand(&mut stage, &place, offset, &call(&format!("2026-05-01T{at}Z")), &mut out);
    }
    let told: Vec<Option<(Vec<i64>, u64)>> = out
        .0
        .iter()
        .map(|record| {
            let progress = record.progress()?;
            Some((only(&progress).hours.clone(), only(&progress).partitions[0].next_offset))
        })
        .collect();
    let ten = EventTime::parse("2026-05-01T10:00:00Z").unwrap().hour();
    let four = |hour, next_offset| vec![Some((vec![hour], next_offset)); 4];
    let each = (told.len() - 8) / 4;
    assert!(each > 0);
    let events = |records: usize| vec![None; records * each];
    assert_eq!(told, [four(ten, 7), events(2), four(ten + 1, 9), events(2)].concat());
    let first = &out.progress()[0];
    assert_eq!(only(first).partitions[0].max_at, None);
    assert_eq!(only(first).partitions_total, 3);
    assert_eq!(only(first).lateness, Span::minutes(1));
    assert!(only(first).live);
}

#[test]
fn a_stream_at_its_end_is_told_at_once_and_then_every_ten_seconds() {
    let (mut stage, place) = reading(Some(SourceName::VaultAudit));
    let mut out = Written::default();
    assert!(!stage.tick(later(0), &mut out).unwrap(), "nothing is known of a stream before its first record");
    stage.reached_end(&place);
    assert!(stage.tick(later(1), &mut out).unwrap(), "an empty stream is told once it is known to be empty");
    hand(&mut stage, &place, 5, &call("2026-05-01T10:00:00Z"), &mut out);
    stage.finish(&mut out).unwrap();
    stage.reached_end(&place);
    assert!(!stage.tick(later(500), &mut out).unwrap(), "at most one a second");
    assert!(stage.tick(later(1_001), &mut out).unwrap());
    stage.reached_end(&place);
    assert!(!stage.tick(later(11_000), &mut out).unwrap(), "it stands where it stood");
    assert!(stage.tick(later(11_001), &mut out).unwrap());
    stage.finish(&mut out).unwrap();
    let told: Vec<_> = out
        .progress()
        .iter()
        .map(|progress| {
            let partition = &only(progress).partitions[0];
            (partition.next_offset, partition.max_at.is_some(), partition.pace)
        })
        .collect();
    let at_end = (6, true, Pace::Idle);
    assert_eq!(told, [(0, false, Pace::Idle), (5, false, Pace::Live), at_end, at_end]);
}

#[test]
fn what_changed_is_told_at_the_end_of_a_transaction_once_a_second() {
    let (mut stage, place) = reading(Some(SourceName::VaultAudit));
    let mut out = Written::default();
    let mut offset = 0;
    let mut step = |stage: &mut IngestStage, at: i64, out: &mut Written| {
        let _ = stage.tick(later(at), out).unwrap();
        hand(stage, &place, offset, &call("2026-05-01T10:00:00Z"), out);
        offset += 1;
        stage.finish(out).unwrap();
    };
    for at in [0, 400, 800, 1_200, 1_600] {
        step(&mut stage, at, &mut out);
    }
    let told: Vec<_> = out
        .progress()
        .iter()
        .map(|progress| (only(progress).partitions[0].next_offset, only(progress).partitions[0].pace))
        .collect();
    assert_eq!(told, [(0, Pace::Behind), (4, Pace::Behind)]);
}

#[test]
fn what_was_read_before_a_restart_is_told_after_it() {
    let (mut stage, place) = reading(None);
    let mut out = Written::default();
    hand(&mut stage, &place, 8, &call("2026-05-01T10:00:00Z"), &mut out);
    let metadata = stage.metadata(&place, &NothingDelivered);
    assert_eq!(metadata, r#"{"v":1,"max_at":{"vault.audit":1777629600000000}}"#);
    let (mut again, _) = reading(None);
    let committed = Committed { next_offset: 9, metadata };
    assert_eq!(again.load(&place, Some(&committed)).unwrap(), ReadFrom::Offset(9));
    let mut out = Written::default();
    assert!(again.tick(later(0), &mut out).unwrap());
    let told = &out.progress()[0];
    assert_eq!(only(told).partitions.len(), 1);
    assert_eq!(only(told).partitions[0].next_offset, 9);
    assert_eq!(only(told).partitions[0].max_at, EventTime::parse("2026-05-01T10:00:00Z"));
    for metadata in ["", "{}", r#"{"v":2,"max_at":{"vault.audit":1}}"#, r#"{"v":1,"max_at":{"other":1}}"#] {
        let committed = Committed { next_offset: 9, metadata: metadata.to_owned() };
        assert_eq!(again.load(&place, Some(&committed)).unwrap(), ReadFrom::Offset(9), "{metadata}");
        assert_eq!(again.metadata(&place, &NothingDelivered), r#"{"v":1,"max_at":{}}"#);
    }
}

#[test]
fn hours_of_a_lost_transaction_are_told_again() {
    let (mut stage, place) = reading(Some(SourceName::VaultAudit));
    for _ in 0..2 {
        let mut out = Written::default();
        hand(&mut stage, &place, 0, &call("2026-05-01T10:00:00Z"), &mut out);
        assert_eq!(out.progress().len(), 1);
        stage.load(&place, None).unwrap();
    }
}

#[test]
fn streams_come_up_with_their_first_record_and_tell_of_all_their_partitions() {
    let mut stage = stage(vec![input("raw", None)]);
    let places = [place("raw", 0), place("raw", 2)];
    for place in &places {
        stage.load(place, None).unwrap();
        stage.reached_end(place);
    }
    let mut out = Written::default();
    assert!(!stage.tick(later(0), &mut out).unwrap());
    hand(&mut stage, &places[1], 3, &call("2026-05-01T10:00:00Z"), &mut out);
    let told = &out.progress()[0];
    assert_eq!(only(told).source, SourceName::VaultAudit);
    let inputs: Vec<_> = only(told).partitions.iter().map(|partition| partition.input.as_str()).collect();
    assert_eq!(inputs, ["raw/0", "raw/2"]);
    stage.unload(&places[0]);
    assert!(stage.tick(later(20_000), &mut out).unwrap());
    assert_eq!(only(out.progress().last().unwrap()).partitions.len(), 1);
}

#[test]
fn what_cannot_be_read_is_told_by_reason_and_origin_and_its_neighbours_survive() {
    let (mut stage, place) = reading(None);
    let mut out = Written::default();
    let good = call("2026-05-01T10:00:00Z");
    let cut = &good[..good.len() - 3];
    let lines = [good.as_slice(), cut, good.as_slice()].join(&b'\n');
    let mut damaged = gzip(&good);
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xff;
    let late = call("2026-06-01T00:05:01Z");
    let bad = [b"no json".as_slice(), cut, b"{\"a\":1}", &lines, &damaged, &late, b"\xff{\xfe", &good];
    for (payload, offset) in bad.into_iter().zip(0..) {
        hand(&mut stage, &place, offset, payload, &mut out);
    }
    let letters: Vec<_> = out
        .letters()
        .iter()
        .map(|letter| {
            assert_eq!(
                (&letter["v"], &letter["topic"], &letter["partition"]),
                (&json!(1), &json!("raw"), &json!(0))
            );
            let reason = letter["reason"].as_str().unwrap().to_owned();
            (letter["offset"].as_u64().unwrap(), letter["record"].as_u64().unwrap(), reason)
        })
        .collect();
    let letter = |offset, record, reason: &str| (offset, record, reason.to_owned());
    assert_eq!(
        letters,
        [
            letter(0, 1, "not_json"),
            letter(1, 1, "truncated"),
            letter(2, 1, "unknown_format"),
            letter(3, 2, "truncated"),
            letter(4, 1, "damaged_compression"),
            letter(5, 1, "time_in_future"),
            letter(6, 1, "truncated"),
        ]
    );
    let late = &out.letters()[5];
    assert_eq!(late["source"], "vault.audit");
    let keys = out.0.iter().filter(|record| record.topic == "tenure.dead-letter");
    assert!(
        keys.into_iter().all(|record| record.key.as_deref() == Some(b"raw/0") && record.partition.is_none())
    );
    let offsets: Vec<_> =
        out.events().iter().map(|arrived| (arrived.origin.offset, arrived.origin.record)).collect();
    let mut distinct = offsets.clone();
    distinct.dedup();
    assert_eq!(distinct, [(3, 1), (3, 3), (7, 1)]);
    assert_eq!(stage.tallies().rejected.values().sum::<u64>(), 7);
}

#[test]
fn a_record_is_of_the_future_until_its_time_has_come() {
    let (mut stage, place) = reading(None);
    let mut out = Written::default();
    hand(&mut stage, &place, 0, &call("2026-06-01T00:05:01Z"), &mut out);
    assert!(out.events().is_empty());
    let _ = stage.tick(later(2_000), &mut out).unwrap();
    hand(&mut stage, &place, 1, &call("2026-06-01T00:05:01Z"), &mut out);
    assert!(!out.events().is_empty());
}

#[test]
fn a_message_without_a_payload_is_counted_and_passed() {
    let (mut stage, place) = reading(None);
    let mut out = Written::default();
    hand(&mut stage, &place, 0, b"", &mut out);
    assert!(out.0.is_empty());
    assert_eq!(stage.tallies().ignored, BTreeMap::from([((None, "no_payload"), 1)]));
}

#[test]
fn raw_secrets_reach_no_topic() {
    for by_line in [false, true] {
        let (mut stage, place) = reading(None);
        let mut out = Written::default();
        let mut offset = 0;
        for file in files("tests/fixtures/raw") {
            let bytes = bytes_of(&file);
            let messages: Vec<&[u8]> =
                if by_line { bytes.split(|&b| b == b'\n').collect() } else { vec![&bytes] };
            for message in messages {
                hand(&mut stage, &place, offset, message, &mut out);
                offset += 1;
            }
        }
        stage.reached_end(&place);
        assert!(stage.tick(later(2_000), &mut out).unwrap());
        assert!(out.events().len() > 250, "{} events", out.events().len());
        assert!(out.letters().len() > 15, "{} letters", out.letters().len());
        for record in &out.0 {
            holds_none(&record.topic, &String::from_utf8_lossy(&record.payload));
            holds_none(&record.topic, &String::from_utf8_lossy(record.key.as_deref().unwrap_or_default()));
        }
        holds_none("metadata", &stage.metadata(&place, &NothingDelivered));
        holds_none("tallies", &format!("{:?}", stage.tallies()));
    }
}
