//! Of a record, only what its source lists in `fields` comes out.
//!
//! Every other text of every golden record is overwritten with a marker, and every member of a name that no
//! source knows is added with one; then the record is read, and nothing that comes of it holds the marker.
//! That includes texts inside texts: an ARN, a JSON document in a string.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use tenure::event::Event;
use tenure::format::event_json::event_line;
use tenure::kind::Kind;
use tenure::origin::Origin;
use tenure::source::{RecordContext, SOURCES, Source};
use tenure::stream::{SourceName, Stream, StreamIx};

use crate::golden;

const MARKER: &str = "PLANTED-MARKER";

/// Each golden record of `source` that is JSON.
pub fn records(source: &Source) -> Vec<Value> {
    let cases = golden::files(&format!("tests/golden/source/{}", source.name.as_str()), "jsonl");
    let texts = cases.iter().map(|case| fs::read(case).unwrap());
    let lines =
        texts.flat_map(|text| text.split(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>());
    lines.filter_map(|line| serde_json::from_slice(&line).ok()).collect()
}

/// Hands `look` everything that comes of `record`.
fn read(source: &Source, record: &[u8], mut look: impl FnMut(&[Event<'_>], &str)) {
    let stream = Stream::default_for(source.name);
    let realm = stream.own_realm();
    let origin = Origin::new(0, 1);
    let context = RecordContext { stream: &stream, stream_ix: StreamIx(0), stream_realm: &realm, origin };
    let mut events = Vec::new();
    let verdict = (source.parse)(record, &context, &mut events);
    let lines = events.iter().map(|event| event_line(event, &stream, "x").unwrap());
    look(&events, &format!("{verdict:?}\n{events:?}\n{}", lines.collect::<Vec<_>>().join("\n")));
}

/// The places in `value` of texts that `source` does not allow, as JSON pointers.
fn places(value: &Value, source: &Source, at: &str, allowed: bool, found: &mut Vec<String>) {
    match value {
        Value::String(_) if !allowed => found.push(at.to_owned()),
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                places(item, source, &format!("{at}/{number}"), allowed, found);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                let step = name.replace('~', "~0").replace('/', "~1");
                let allowed = source.fields.binary_search(&name.as_str()).is_ok();
                places(value, source, &format!("{at}/{step}"), allowed, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Overwrites every text in `value` that `source` does not allow. Returns how many there were.
fn plant(value: &mut Value, source: &Source, allowed: bool) -> usize {
    match value {
        Value::String(text) if !allowed => {
            MARKER.clone_into(text);
            1
        }
        Value::Array(items) => items.iter_mut().map(|item| plant(item, source, allowed)).sum(),
        Value::Object(members) => {
            let planted = members
                .iter_mut()
                .map(|(name, value)| {
                    plant(value, source, source.fields.binary_search(&name.as_str()).is_ok())
                })
                .sum();
            // Our own form refuses what it does not know, by its place and not by its name.
            if source.name != SourceName::Generic {
                members.insert("marker".to_owned(), Value::String(MARKER.to_owned()));
            }
            planted
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// The golden records of `source`, one a line, in which one text that must not come out is the marker, or
/// all; each of the latter also broken off, so that rejects are made of them too.
pub fn planted(source: &Source) -> String {
    let mut lines = String::new();
    for whole in records(source) {
        let mut record = whole.clone();
        plant(&mut record, source, false);
        let mut found = Vec::new();
        places(&whole, source, "", false, &mut found);
        for place in found {
            let mut record = whole.clone();
            *record.pointer_mut(&place).unwrap() = Value::String(MARKER.to_owned());
            lines.push_str(&record.to_string());
            lines.push('\n');
        }
        let line = record.to_string();
        for part in [1, 2, 3] {
            lines.push_str(&line[..line.floor_char_boundary(line.len() * part / 3)]);
            lines.push('\n');
        }
    }
    lines.push_str("no record at all: PLANTED-MARKER\n{\"PLANTED-MARKER\": \"PLANTED-MARKER\"}\n");
    lines
}

#[test]
fn nothing_but_the_listed_fields_comes_out_of_a_record() {
    let mut wrong = Vec::new();
    for source in SOURCES {
        let name = source.name.as_str();
        if !source.fields.is_sorted_by(|a, b| a < b) {
            wrong.push(format!("{name}: its fields are not sorted, or one is there twice"));
        }
        let mut planted = 0;
        for mut record in records(source) {
            planted += plant(&mut record, source, false);
            read(source, record.to_string().as_bytes(), |_, out| {
                if out.contains(MARKER) {
                    wrong.push(format!("{name}: {record}\n  gives {out}"));
                }
            });
        }
        if planted < 100 {
            wrong.push(format!("{name}: only {planted} texts were overwritten"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// As above, one text at a time: what a record is told by stays, so that all of it is read.
#[test]
fn no_single_text_beside_the_listed_fields_comes_out_of_a_record() {
    let mut wrong = Vec::new();
    for source in SOURCES {
        let name = source.name.as_str();
        for record in records(source) {
            let mut found = Vec::new();
            places(&record, source, "", false, &mut found);
            for place in found {
                let mut record = record.clone();
                *record.pointer_mut(&place).unwrap() = Value::String(MARKER.to_owned());
                read(source, record.to_string().as_bytes(), |_, out| {
                    if out.contains(MARKER) {
                        wrong.push(format!("{name}: {place} in {record}\n  gives {out}"));
                    }
                });
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A field that no golden record needs is a hole nobody looks through.
#[test]
fn every_listed_field_stands_in_a_golden_record() {
    fn names(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| names(item, found)),
            Value::Object(members) => members.iter().for_each(|(name, value)| {
                found.insert(name.clone());
                names(value, found);
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut wrong = Vec::new();
    for source in SOURCES {
        let mut found = BTreeSet::new();
        for record in records(source) {
            names(&record, &mut found);
        }
        let idle = source.fields.iter().filter(|field| !found.contains(**field));
        wrong.extend(idle.map(|field| format!("{}: no golden record has '{field}'", source.name.as_str())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_source_says_of_which_kinds_its_events_are() {
    let mut wrong = Vec::new();
    for source in SOURCES {
        let mut seen: BTreeSet<Kind> = BTreeSet::new();
        for record in records(source) {
            read(source, record.to_string().as_bytes(), |events, _| {
                seen.extend(events.iter().filter_map(Event::credential).map(|credential| credential.kind));
            });
        }
        let stated: BTreeSet<Kind> = source.kinds.iter().copied().collect();
        let name = source.name.as_str();
        wrong.extend(stated.difference(&seen).map(|kind| format!("{name}: no golden record gives {kind:?}")));
        wrong.extend(seen.difference(&stated).map(|kind| format!("{name}: {kind:?} is not in its kinds")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
