//! Findings as Avro: what one library writes another reads, byte for byte, and nothing is lost.

use std::collections::BTreeSet;

use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::types::Value;
use apache_avro::{AvroResult, Schema};
use serde_json::json;
use tenure::avro::framing::FINDING;
use tenure::avro::wire;
use tenure::format::finding_avro::{FindingRecord, decode, encode};
use tenure::format::finding_json::finding_line;
use tenure::time::EventTime;

use crate::corpus::{INPUT, KNOWN_AT, findings};

fn encoded(at: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(&findings()[at], &|_| INPUT, Some(KNOWN_AT), &mut bytes).unwrap();
    bytes
}

#[test]
fn every_finding_comes_back_as_it_was_written() {
    for (finding, at) in findings().iter().zip(0..) {
        let written = FindingRecord::new(finding, &|_| INPUT, Some(KNOWN_AT));
        assert_eq!(decode(&encoded(at)).unwrap(), written, "{}", finding.summary);
    }
}

#[test]
fn the_one_pass_form_has_the_same_bytes() {
    let mut ours = Vec::new();
    for (finding, at) in findings().iter().zip(0..) {
        let record = FindingRecord::new(finding, &|_| INPUT, Some(KNOWN_AT));
        ours.clear();
        wire::write(&record, &mut ours);
        assert_eq!(encoded(at), ours, "{}", finding.summary);
    }
}

#[test]
fn the_corpus_has_every_word_a_finding_can_say() {
    let said = |word: fn(&FindingRecord<'_>) -> String| -> BTreeSet<String> {
        findings().iter().map(|finding| word(&FindingRecord::new(finding, &|_| INPUT, None))).collect()
    };
    let words = |set: BTreeSet<String>| set.into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(words(said(|record| format!("{:?}", record.change))), "Open Reopen Resolve Update Withdraw");
    assert_eq!(words(said(|record| format!("{:?}", record.coverage))), "Full Partial");
    assert_eq!(words(said(|record| format!("{:?}", record.confidence))), "High Low Medium");
    let reasons = words(said(|record| format!("{:?}", record.close_reason)));
    assert_eq!(reasons, "None Some(AgedOut) Some(Cured) Some(Expired) Some(WithdrawnLateData)");
    assert!(findings().iter().any(|finding| finding.resolved_by.is_some()));
    assert!(findings().iter().any(|finding| finding.superseded_by.is_some()));
    assert!(findings().iter().any(|finding| finding.subject.version.is_some()));
}

/// A line of JSON leaves out what is absent, and says `v`, which is the part of the schema here.
#[test]
fn the_record_says_what_a_line_of_json_says_and_nothing_else() {
    for finding in findings() {
        let record = FindingRecord::new(finding, &|_| INPUT, None);
        let line = finding_line(finding, &|_| INPUT).unwrap();
        let mut line: serde_json::Value = serde_json::from_str(&line).unwrap();
        line.as_object_mut().unwrap().remove("v");
        same(&line, &serde_json::to_value(&record).unwrap(), "");
    }
}

/// Fails where a line of JSON and a record differ. Times are text in one and microseconds in the other.
fn same(line: &serde_json::Value, record: &serde_json::Value, path: &str) {
    match (line, record) {
        (serde_json::Value::Object(line), serde_json::Value::Object(record)) => {
            let said: BTreeSet<_> =
                record.iter().filter(|(_, field)| !field.is_null()).map(|it| it.0).collect();
            let named = |name: &str| if name == "file" { "input".to_owned() } else { name.to_owned() };
            let expected: BTreeSet<_> = line.keys().map(|name| named(name)).collect();
            assert_eq!(said.into_iter().cloned().collect::<BTreeSet<_>>(), expected, "{path}");
            line.iter()
                .for_each(|(name, field)| same(field, &record[&named(name)], &format!("{path}.{name}")));
        }
        (serde_json::Value::Array(items), serde_json::Value::Array(record)) => {
            assert_eq!(items.len(), record.len(), "{path}");
            items.iter().zip(record).for_each(|(item, other)| same(item, other, path));
        }
        (serde_json::Value::String(text), serde_json::Value::Number(micros)) => {
            let at = EventTime::from_micros(micros.as_i64().unwrap());
            assert_eq!(*text, at.to_string(), "{path}");
        }
        (line, record) => assert_eq!(line, record, "{path}"),
    }
}

#[test]
fn bytes_that_are_no_record_are_refused() {
    let whole = encoded(0);
    for end in 0..whole.len() {
        assert!(decode(&whole[..end]).is_err(), "cut off after {end} of {} bytes", whole.len());
    }
    assert!(decode(&[whole.as_slice(), &[0]].concat()).is_err(), "a byte behind the record");
    let mut huge = vec![0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F];
    huge.extend_from_slice(&whole);
    assert!(decode(&huge).is_err(), "a text longer than memory");
}

/// The schema as a later version may be, read by whom has this one's: a field more, a symbol more.
#[test]
fn a_reader_of_this_schema_understands_a_later_one() {
    let mut later: serde_json::Value = serde_json::from_str(FINDING.text).unwrap();
    let fields = later["fields"].as_array_mut().unwrap();
    let change = fields.iter_mut().find(|field| field["name"] == "change").unwrap();
    change["type"]["symbols"] = json!(["suppress", "unknown"]);
    fields.push(json!({ "name": "exception_id", "type": ["null", "string"], "default": null }));
    let later = Schema::parse_str(&later.to_string()).unwrap();
    let read = resolved(&later, FINDING.schema(), |record| {
        record.retain(|(name, _)| name != "change");
        record.push(("change".into(), Value::Enum(0, "suppress".into())));
        record.push(("exception_id".into(), Value::Union(0, Box::new(Value::Null))));
    });
    let Value::Record(fields) = read.unwrap() else { panic!("not a record") };
    let change = fields.iter().find(|(name, _)| name == "change").unwrap();
    assert_eq!(change.1, Value::Enum(5, "unknown".into()));
    assert!(fields.iter().all(|(name, _)| name != "exception_id"));
}

/// A record of this version with `amend`ed fields, written with `writer` and read with `reader`.
fn resolved(writer: &Schema, reader: &Schema, amend: fn(&mut Vec<(String, Value)>)) -> AvroResult<Value> {
    let own = GenericDatumReader::builder(FINDING.schema()).build()?;
    let Value::Record(mut fields) = own.read_value(&mut encoded(0).as_slice())? else {
        panic!("not a record")
    };
    amend(&mut fields);
    let Schema::Record(schema) = writer else { panic!("not a record") };
    let place = |name: &str| schema.fields.iter().position(|field| field.name == name);
    fields.sort_by_key(|(name, _)| place(name));
    let bytes = apache_avro::writer::datum::GenericDatumWriter::builder(writer)
        .build()?
        .write_value_to_vec(Value::Record(fields))?;
    GenericDatumReader::builder(writer).reader_schema(reader).build()?.read_value(&mut bytes.as_slice())
}

/// What a consumer has to know stands in the schema itself.
#[test]
fn every_field_and_type_of_the_schema_is_documented() {
    let schema: serde_json::Value = serde_json::from_str(FINDING.text).unwrap();
    let mut wrong = Vec::new();
    documented(&schema, "", &mut wrong);
    assert!(wrong.is_empty(), "{wrong:?}");
}

fn documented(schema: &serde_json::Value, path: &str, wrong: &mut Vec<String>) {
    match schema {
        serde_json::Value::Array(branches) => {
            for branch in branches {
                documented(branch, path, wrong);
            }
        }
        serde_json::Value::Object(parts) => {
            let named = parts.contains_key("name");
            if named && parts.get("doc").and_then(|doc| doc.as_str()).is_none_or(str::is_empty) {
                wrong.push(format!("{path}{} has no doc", parts["name"]));
            }
            if parts["type"] == "enum" && parts.get("default").is_none() {
                wrong.push(format!("{path}{} has no default symbol", parts["name"]));
            }
            let nullable = parts["type"].as_array().is_some_and(|types| types[0] == "null");
            if nullable && parts.get("default") != Some(&serde_json::Value::Null) {
                wrong.push(format!("{path}{} is nullable without the default null", parts["name"]));
            }
            let path = parts.get("name").map_or(path.to_owned(), |name| format!("{path}{name}."));
            for part in ["type", "items", "fields"] {
                parts.get(part).into_iter().for_each(|part| documented(part, &path, wrong));
            }
        }
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_) => {}
    }
}
