//! Deliveries: every envelope around records of every source, one in another, cut, broken, made to exhaust.

pub mod forms;
mod hostile;
mod probe;

use std::fs;

use proptest::prelude::*;

use self::forms::{FORMS, Form, base64, bus, cloudwatch, gzip, sns};
use self::probe::{file, message};
use crate::golden::root;

/// The lines of a file of this test.
fn fixture(name: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join("tests/fixtures/deliveries").join(name)).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// A record of each source, as its service writes it.
fn records() -> Vec<String> {
    let golden = ["aws.cloudtrail", "vault.audit"].map(|source| {
        let cases = crate::golden::files(&format!("tests/golden/source/{source}"), "jsonl");
        let text = fs::read_to_string(&cases[0]).unwrap();
        text.lines().next().unwrap().to_owned()
    });
    let written = fixture("records.jsonl");
    golden.into_iter().chain(written).collect()
}

fn form(name: &str) -> &'static Form {
    FORMS.iter().find(|form| form.name == name).unwrap()
}

fn assert_holds(text: &str, records: &[String], what: &str) {
    for (seen, how) in [(file(text.as_bytes()), "file"), (message(text.as_bytes()), "message")] {
        assert_eq!(seen.records, records, "{what}, {how}: {text}");
        assert_eq!((seen.rejected.len(), seen.ignored.len()), (0, 0), "{what}, {how}: {seen:?}");
    }
}

#[test]
fn every_form_gives_exactly_the_records_inside() {
    let records = records();
    for form in FORMS {
        assert_holds(&(form.wrap)(&records), &records, form.name);
        for record in &records {
            assert_holds(&(form.wrap)(std::slice::from_ref(record)), std::slice::from_ref(record), form.name);
        }
        assert_eq!(file((form.wrap)(&[]).as_bytes()).records, [""; 0], "{}", form.name);
    }
}

/// What a mirror keeps is one delivery a line.
#[test]
fn every_form_is_read_line_by_line_and_behind_others() {
    let records = records();
    for form in FORMS {
        let text = (form.wrap)(&records);
        let twice = [records.clone(), records.clone()].concat();
        assert_holds(&format!("{text}\n{text}\n"), &twice, form.name);
        assert_holds(&format!("\u{feff}{text}\r\n"), &records, form.name);
    }
}

#[test]
fn every_form_is_read_in_every_other() {
    let records = &records()[..3];
    for outer in FORMS {
        for inner in FORMS.iter().filter(|inner| outer.of_text || inner.is_object) {
            let what = format!("{} in {}", inner.name, outer.name);
            assert_holds(&(outer.wrap)(&[(inner.wrap)(records)]), records, &what);
        }
    }
}

#[test]
fn chains_that_services_build_are_read() {
    let records = records();
    let one = std::slice::from_ref(&records[0]);
    let lambda = |text: String| (form("SQS, Lambda").wrap)(&[text]);
    let chains = [
        ("SQS of SNS of EventBridge", lambda(sns(&bus(&one[0])))),
        (
            "Kinesis of CloudWatch",
            (form("Kinesis, Lambda").wrap)(&[base64(gzip(cloudwatch(one).as_bytes()))]),
        ),
        ("Event Hub of AKS", (form("AKS, Event Hub").wrap)(one)),
        ("SQS of SNS of CloudWatch of AKS", lambda(sns(&cloudwatch(&[(form("AKS").wrap)(one)])))),
        (
            "Pub/Sub of Pub/Sub of entries",
            (form("Pub/Sub push").wrap)(&[(form("Pub/Sub pull").wrap)(&[
                (form("Cloud Logging, listed").wrap)(one)
            ])]),
        ),
        (
            "Firehose of Kinesis of EventList",
            (form("Firehose over HTTP").wrap)(&[(form("Base64 alone").wrap)(&[(form(
                "Kubernetes, EventList",
            )
            .wrap)(one)])]),
        ),
    ];
    for (what, text) in chains {
        assert_holds(&text, one, what);
    }
}

#[test]
fn members_may_be_spread_over_lines() {
    let records = records();
    for form in FORMS.iter().filter(|form| form.is_object || form.is_list) {
        let Ok(value) = serde_json::from_str::<serde_json::Value>(&(form.wrap)(&records)) else { continue };
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        for seen in [file(pretty.as_bytes()), message(pretty.as_bytes())] {
            assert_eq!((seen.records.len(), seen.rejected.len()), (records.len(), 0), "{}", form.name);
        }
        // Keys in the order of the alphabet, as programs write them that sort.
        let seen = file(value.to_string().as_bytes());
        assert_eq!((seen.records.len(), seen.rejected.len()), (records.len(), 0), "{}: {value}", form.name);
    }
}

#[test]
fn a_broken_record_costs_no_neighbour() {
    let good = records();
    for broken in
        ["{\"broken\":tru}", "{\"broken\":1}}", "{\"broken\":", "no record", "[1", "\u{1}", "\"H4sIbroken"]
    {
        for form in FORMS.iter().filter(|form| form.of_text || broken == "{\"broken\":tru}") {
            let text = (form.wrap)(&[good[0].clone(), broken.to_owned(), good[1].clone()]);
            for seen in [file(text.as_bytes()), message(text.as_bytes())] {
                assert_eq!(seen.records.first(), Some(&good[0]), "{} with {broken}", form.name);
                assert_eq!(seen.records.last(), Some(&good[1]), "{} with {broken}", form.name);
                assert!(seen.rejected.len() + seen.ignored.len() >= 1, "{} with {broken}", form.name);
            }
        }
    }
}

#[test]
fn members_of_other_types_cost_no_neighbour() {
    let good = r#"{"good":1}"#;
    for list in ["Records", "records", "value", "entries", "Messages", "Events", "receivedMessages"] {
        for odd in [
            r#"{"body":7}"#,
            r#"{"Body":null}"#,
            r#"{"Sns":[]}"#,
            r#"{"Sns":{"Message":{}}}"#,
            r#"{"kinesis":{"data":[]}}"#,
            r#"{"data":{}}"#,
            r#"{"data":"%"}"#,
            r#"{"message":"text"}"#,
            r#"{"ackId":"a","message":{"data":1}}"#,
            r#"{"CloudTrailEvent":{}}"#,
            r#"{"awslogs":"x"}"#,
            r#"{"awslogs":{"data":"H4sIAAAA"}}"#,
            r#"{"messageType":"DATA_MESSAGE","logEvents":{}}"#,
            r#"{"messageType":"DATA_MESSAGE","logEvents":[{"message":1}]}"#,
            r#"{"category":"kube-audit","properties":"x"}"#,
            r#"{"kind":"EventList","items":{}}"#,
            r#"{"eventType":"com.okta.event_hook","data":{"events":7}}"#,
            r#"{"tables":[1]}"#,
            r#"{"tables":{}}"#,
            r#"{"TimeGenerated":1,"Type":2}"#,
            r#"{"specversion":1,"type":[],"data":"="}"#,
            r#"{"event":[],"host":{}}"#,
            r#"{"detail-type":{},"detail":1}"#,
            r#"{"detail-type":"SystemLog","detail":"x"}"#,
        ] {
            let seen = file(format!(r#"{{"{list}":[{good},{odd},{good}]}}"#).as_bytes());
            let ends = (seen.records.first(), seen.records.last());
            assert_eq!(ends, (Some(&good.to_owned()), Some(&good.to_owned())), "{list}: {odd}: {seen:?}");
            assert!(seen.records.len() >= 2);
        }
    }
}

#[test]
fn cut_anywhere_a_delivery_gives_the_records_before_the_cut() {
    let records: Vec<String> = (0..3).map(|n| format!(r#"{{"n":{n},"x":"}}]"}}"#)).collect();
    for form in FORMS {
        let text = (form.wrap)(&records);
        let mut found = 0;
        for cut in 0..=text.len() {
            let seen = file(&text.as_bytes()[..cut]);
            let _ = (message(&text.as_bytes()[..cut]), file(&text.as_bytes()[cut..]));
            assert!(records.starts_with(&seen.records), "{} at {cut}: {seen:?}", form.name);
            assert!(seen.records.len() >= found, "{} at {cut} forgets a record", form.name);
            found = seen.records.len();
            let is_cut = cut + 2 == text.len() && form.is_object;
            if form.is_list && is_cut {
                assert_eq!(found, records.len(), "{}: {}", form.name, &text[..cut]);
                assert!(!seen.rejected.is_empty(), "{} does not say that it was cut", form.name);
            }
        }
        assert_eq!(found, records.len(), "{}", form.name);
    }
}

#[test]
fn a_record_is_numbered_by_the_outer_document() {
    let records = &records()[..2];
    for (name, numbers) in [
        ("lines", [1, 2]),
        ("S3 object", [1, 2]),
        ("Azure, Event Hub", [1, 2]),
        ("SNS", [1, 2]),
        ("SQS, Lambda", [1, 2]),
        ("CloudWatch subscription", [1, 2]),
        ("CloudWatch subscription, packed", [1, 1]),
    ] {
        let text = (form(name).wrap)(records);
        assert_eq!(file(text.as_bytes()).numbers, numbers, "{name}");
        assert_eq!(message(text.as_bytes()).numbers, numbers, "{name}");
    }
    let line = (form("Azure, Event Hub").wrap)(records);
    assert_eq!(file(format!("{line}\n{line}\n").as_bytes()).numbers, [1, 1, 2, 2]);
}

/// Rows of Log Analytics become objects whose columns are JSON, whichever way they are exported.
#[test]
fn rows_of_log_analytics_are_unfolded() {
    let lines = fixture("row.jsonl");
    let (row, unfolded) = (&lines[0], &lines[1]);
    let value: serde_json::Map<String, serde_json::Value> = serde_json::from_str(row).unwrap();
    let columns: Vec<_> =
        value.keys().map(|name| serde_json::json!({"name": name, "type": "string"})).collect();
    let values: Vec<_> = value.values().collect();
    let table = serde_json::json!({"name": "PrimaryResult", "columns": columns, "rows": [values, values]});
    let tables = serde_json::json!({"tables": [table]});
    let one = std::slice::from_ref(unfolded);
    for text in [row.clone(), format!("[{row}]"), format!(r#"{{"records":[{row}]}}"#), sns(row)] {
        assert_holds(&text, one, "a row");
    }
    let seen = file(tables.to_string().as_bytes());
    let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(seen.records.len(), 2);
    assert!(seen.records.iter().all(|record| parsed(record) == parsed(unfolded)), "{seen:?}");
}

fn any_record() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        ".{0,20}".prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        Just(serde_json::json!([{"a": [null, {}]}])),
    ];
    proptest::collection::btree_map("[a-z]{0,5}", value, 0..4)
        .prop_map(|members| format!(r#"{{"probe":{}}}"#, serde_json::to_string(&members).unwrap()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_records_come_out_of_any_three_forms(
        records in proptest::collection::vec(any_record(), 1..4),
        outer in 0..FORMS.len(),
        middle in 0..FORMS.len(),
        inner in 0..FORMS.len(),
    ) {
        let (outer, middle, inner) = (&FORMS[outer], &FORMS[middle], &FORMS[inner]);
        prop_assume!((outer.of_text || middle.is_object) && (middle.of_text || inner.is_object));
        let text = (outer.wrap)(&[(middle.wrap)(&[(inner.wrap)(&records)])]);
        let seen = file(text.as_bytes());
        prop_assert_eq!(&seen.records, &records, "{} in {} in {}", inner.name, middle.name, outer.name);
    }

    #[test]
    fn any_damage_to_a_form_is_survived(
        which in 0..FORMS.len(),
        at in any::<proptest::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut text = (FORMS[which].wrap)(&records()[..2]).into_bytes();
        let at = at.index(text.len());
        text[at] = byte;
        let _ = (file(&text), message(&text));
    }
}
