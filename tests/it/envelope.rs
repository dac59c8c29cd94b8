//! Envelopes: every shape a delivery has, whole and cut at every byte.

use proptest::prelude::*;

use tenure::limits::{ENVELOPES_DEEP_MAX, NESTING_MAX};
use tenure::source::RejectReason;
use tenure::source::envelope::{Item, Layout, Unpacked, bare, items, layout};

/// The items of `text`, one word each: a record as it stands, what is ignored in brackets, a reject with a
/// `!`. What is packed is unpacked, but not inflated.
fn seen(text: &str) -> Vec<String> {
    items(text.as_bytes()).flat_map(words).collect()
}

fn words(item: Item<'_>) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    match item {
        Item::Record(record) => vec![text(record)],
        Item::Ignored(reason) => vec![format!("({reason})")],
        Item::Rejected(reject) => vec![format!("!{}", reject.reason.as_str())],
        Item::Packed(packed) => match packed.unpack(1 << 20) {
            Ok(Unpacked::Record(record)) => vec![text(&record)],
            Ok(Unpacked::Text(inner)) => packed.items(&inner).flat_map(words).collect(),
            Err(instead) => words(instead),
        },
    }
}

#[test]
fn records_are_found_in_every_envelope() {
    let (one, two) = (r#"{"a":{"b":[1,"}{"]}}"#, r#"{"c":2}"#);
    for text in [
        format!("{one}\n{two}\n"),
        format!("\u{feff}{one}\r\n\r\n  {two}\r\n"),
        format!("{one}{two}"),
        format!("{one}   {two}"),
        format!("[{one},{two}]"),
        format!("[\n  {one},\n  {two}\n]\n"),
        format!(r#"{{"Records":[{one},{two}]}}"#),
        format!("{{ \"Records\" : [\n{one} ,\n{two}\n]\n}}\n"),
        format!(r#"{{"Records":[{one}]}}{{"Records":[{two}],"next":{{"Records":[3]}}}}"#),
        format!(r#"[{{"Records":[{one}]}},{{"Records":[{two}]}}]"#),
        format!(r#"{{"account":"111122223333","Records":[{one},{two}]}}"#),
        format!("@cee: {one}\n<134>1 2026-03-01T00:00:00Z host vault 1 - - {two}\n"),
        format!("[2026-03-01 00:00:00] vault[17]: {one}\n{two}\n"),
        format!(r#"{{"detail-type":"AWS API Call via CloudTrail","source":"aws.","detail":{one}}}{two}"#),
    ] {
        assert_eq!(seen(&text), [one, two], "{text}");
    }
}

#[test]
fn deliveries_without_records_are_named() {
    for (text, reason) in [
        (
            r#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","s3":{"object":{"key":"k"}}}]}"#,
            "notification",
        ),
        (r#"{"Records":[{"EventSource":"aws:sns","Sns":{"Type":"Notification"}}]}"#, "notification"),
        (
            r#"{"Records":[{"messageId":"m","receiptHandle":"h","body":"{\"s3ObjectKey\":[\"k\"]}"}]}"#,
            "notification",
        ),
        (
            r#"{"Type":"Notification","TopicArn":"arn:aws:sns:eu-west-1:111122223333:t",
            "Message":"{\"Records\":[{\"eventSource\":\"aws:s3\",\"s3\":{}}]}"}"#,
            "notification",
        ),
        (r#"{"Type":"Notification","TopicArn":"t","Message":"ALARM: it is late"}"#, "notification"),
        (r#"{"Type":"SubscriptionConfirmation","TopicArn":"t","Message":"{}"}"#, "notification"),
        (r#"{"s3Bucket":"b","s3ObjectKey":["k"]}"#, "notification"),
        (r#"{"message":{"attributes":{"a":"b"},"messageId":"1"},"subscription":"s"}"#, "notification"),
        (r#"{"messageType":"CONTROL_MESSAGE","logEvents":[{"message":"CWL CONTROL"}]}"#, "control_message"),
        (r#"{"messageType":"DATA_MESSAGE","logEvents":[{"id":"1","message":"I0301 x"}]}"#, "log_line"),
        (r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}"#, "notification"),
        (
            r#"{"version":"0","detail-type":"Object Created","source":"aws.s3","detail":{"object":{}}}"#,
            "notification",
        ),
        (
            r#"{"version":"0","detail-type":"GuardDuty Finding","source":"aws.guardduty","detail":{}}"#,
            "other_bus_event",
        ),
        (
            r#"{"detail-type":"AWS API Call via CloudTrail","source":"com.example","detail":{}}"#,
            "other_bus_event",
        ),
        (r#"{"version":"0","detail-type":"SystemLog","detail":{}}"#, "other_bus_event"),
        (r#"{"log":"I0301 \"{}\"\n","stream":"stderr","time":"2026-03-01T00:00:00Z"}"#, "log_line"),
        (r#"{"@timestamp":"2026","@metadata":{"beat":"filebeat"},"message":"a {\"b\":1}"}"#, "log_line"),
        (r#"{"version":"0","detail-type":"AWS Insight via CloudTrail","detail":{}}"#, "insight"),
        (
            r#"{"Records":[{"eventVersion":"1.07","eventType":"AwsCloudTrailInsight","insightDetails":{}}]}"#,
            "insight",
        ),
    ] {
        assert_eq!(
            seen(&format!("{text}\n{{\"a\":1}}")),
            [format!("({reason})").as_str(), r#"{"a":1}"#],
            "{text}"
        );
        assert_eq!(bare(text.as_bytes()), None, "{text}");
    }
}

/// Text that anybody may write is no record, whatever it says.
#[test]
fn what_somebody_said_in_a_record_is_no_record() {
    let said = r#""{\"planted\":1}""#;
    let packed = r#""eyJwbGFudGVkIjoxfQ==""#;
    for text in [
        format!(r#"{{"body":{said},"statusCode":200}}"#),
        format!(r#"{{"message":{said},"level":"info"}}"#),
        format!(r#"{{"message":{said},"@timestamp":"2026","level":"info","stream":"stdout"}}"#),
        format!(r#"{{"message":{said},"@timestamp":"2026"}}"#),
        format!(r#"{{"log":{said},"time":"2026","request":1}}"#),
        format!(r#"{{"log":{said}}}"#),
        format!(r#"{{"message":"text","data":{packed}}}"#),
        format!(r#"{{"data":{packed},"action":"x"}}"#),
        format!(r#"{{"event":{said},"sourcetype":"s","user":"u"}}"#),
        r#"{"event":{"planted":1},"message":"text"}"#.to_owned(),
        format!(r#"{{"specversion":"1.0","type":"com.example","data_base64":{packed}}}"#),
    ] {
        assert_eq!(seen(&text), [text.as_str()]);
    }
    for row in [
        format!(r#"{{"TimeGenerated":"2026","Type":"T","Body":{said}}}"#),
        format!(r#"{{"TimeGenerated":"2026","Type":"Notification","Message":{said}}}"#),
        r#"{"TimeGenerated":"2026","Type":"T","Events":[{"planted":1}]}"#.to_owned(),
        format!(r#"{{"TimeGenerated":"2026","Type":"T","UserAgent":{said}}}"#),
    ] {
        assert_eq!(seen(&row), [row.as_str()]);
    }
    for line in [r#"198.51.100.7 "GET /" 200 "{"planted":1}""#, r#"time=1 msg="{"planted":1}"#] {
        assert_eq!(seen(line), ["!not_json"], "{line}");
        assert_eq!(bare(line.as_bytes()), None);
    }
}

#[test]
fn a_broken_value_costs_no_neighbour() {
    for (text, expected) in [
        ("{\"a\":1}\n{\"b\":\n{\"c\":3}\n{\"d\":4}", vec![r#"{"a":1}"#, "!not_json", r#"{"d":4}"#]),
        ("{\"a\":1}\n{\"b\":\"cut\n{\"c\":3}", vec![r#"{"a":1}"#, "!truncated", r#"{"c":3}"#]),
        ("{\"a\":1}\n{\"b\":2,\n{\"c\":3}", vec![r#"{"a":1}"#, "!not_json", r#"{"c":3}"#]),
        ("{\"a\":1}\nnot json\n{\"c\":3}", vec![r#"{"a":1}"#, "!not_json", r#"{"c":3}"#]),
        ("{\"a\":1}\n17\n{\"c\":3}", vec![r#"{"a":1}"#, "!unknown_format", r#"{"c":3}"#]),
        (
            "[\n  {\"a\":1},\n  {\"b\":[\n    {\"x\":1},\n  {\"c\":3}\n]\n",
            vec![r#"{"a":1}"#, "!truncated", r#"{"c":3}"#],
        ),
        ("{\"Records\":[{\"a\":1},{\"b\":", vec![r#"{"a":1}"#, "!truncated"]),
        ("{\"Records\":[{\"a\":1},", vec![r#"{"a":1}"#, "!truncated"]),
        ("{\"Records\":[{\"a\":1}]", vec![r#"{"a":1}"#, "!truncated"]),
        ("[{\"a\":1}", vec![r#"{"a":1}"#, "!truncated"]),
    ] {
        assert_eq!(seen(text), expected, "{text}");
    }
}

#[test]
fn nesting_is_bounded() {
    let deep = format!("{}1{}", r#"{"a":"#.repeat(200), "}".repeat(200));
    assert_eq!(seen(&format!("{deep}\n{{\"b\":1}}")), ["!too_deep", r#"{"b":1}"#]);
    let open = NESTING_MAX as usize;
    let allowed = format!("{}1{}", r#"{"a":"#.repeat(open), "}".repeat(open));
    assert_eq!(seen(&allowed), [allowed.as_str()]);
    assert!(serde_json::from_str::<serde_json::Value>(&allowed).is_ok(), "as deep as the parser goes");

    let wrap = |inner: &str| {
        format!(r#"{{"detail-type":"AWS API Call via CloudTrail","source":"aws.iam","detail":{inner}}}"#)
    };
    let mut text = r#"{"a":1}"#.to_owned();
    for _ in 1..ENVELOPES_DEEP_MAX {
        text = wrap(&text);
    }
    assert_eq!(seen(&text), [r#"{"a":1}"#]);
    assert_eq!(seen(&wrap(&text)), ["!too_deep"]);
}

#[test]
fn time_to_give_up_is_linear() {
    for text in
        ["{\n".repeat(100_000), "{\"a\":\n".repeat(100_000), "[{\n".repeat(50_000), "]}\n".repeat(50_000)]
    {
        assert!(items(text.as_bytes()).count() <= 150_000);
    }
}

#[test]
fn cut_anywhere_a_document_keeps_the_records_before_the_cut() {
    let (one, two) = (r#"{"a":{"b":"\"}{"}}"#, r#"{"c":[1,{"d":"é"}]}"#);
    for text in [
        format!("{one}\n{two}\n"),
        format!(r#"{{"Records":[{one},{two}],"x":1}}"#),
        format!("[\n{one},\n{two}\n]"),
        format!("@cee: {one}\n@cee: {two}"),
    ] {
        let ends = [one, two].map(|record| text.find(record).unwrap() + record.len());
        for cut in 0..text.len() {
            let head = &text.as_bytes()[..cut];
            let found: Vec<_> = items(head).filter(|item| matches!(item, Item::Record(_))).collect();
            assert_eq!(found.len(), ends.iter().filter(|end| **end <= cut).count(), "{cut} of {text}");
            let _ = (layout(head, true), layout(head, false), bare(head));
            let tail: Vec<_> = items(&text.as_bytes()[cut..]).collect();
            assert!(tail.len() <= 8, "{cut} of {text}: {tail:?}");
        }
    }
}

#[test]
fn the_path_without_envelopes_takes_what_it_should() {
    let record = br#"{"eventVersion":"1.08","a":1}"#.as_slice();
    for line in ["", "\u{feff}", "  ", "@cee: ", "vault[17]: ", "[a b=\"c\"] - "] {
        let line = [line.as_bytes(), record, b" \r\n"].concat();
        assert_eq!(bare(&line), Some(record));
    }
    for line in [r#"[{"a":1}]"#, r#"{"Records":[{"a":1}]}"#, r#"{"a":1"#, "text", "", r#"[{"a":1}"#] {
        assert_eq!(bare(line.as_bytes()), None, "{line}");
    }
}

#[test]
fn the_layout_is_told_by_the_first_value() {
    use Layout::{Document, Lines};
    for (text, expected) in [
        ("", Lines),
        ("{\"a\":1}", Lines),
        ("\n\n{\"a\":1}\n{\"b\":2}\n", Lines),
        ("text\n{\"a\":1}\n", Lines),
        ("[info] {\"a\":1}\n", Lines),
        ("{\"a\":\n{\"b\":2}\n", Lines),
        ("{\"a\":\"cut\n{\"b\":2}\n", Lines),
        ("{\"a\":1}{\"b\":2}", Document),
        ("[{\"a\":1}]", Document),
        ("[\n]", Document),
        ("{\n  \"a\": 1\n}\n{\n  \"b\": 2\n}\n", Document),
        ("{\"Records\":[{\"a\":1}]}", Document),
    ] {
        assert_eq!(layout(text.as_bytes(), true), Some(expected), "{text}");
        for cut in 0..text.len() {
            if let Some(early) = layout(&text.as_bytes()[..cut], false) {
                assert_eq!(early, expected, "{cut} of {text}");
            }
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_their_end(text in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = (items(&text).count(), layout(&text, true), bare(&text));
    }

    #[test]
    fn any_brackets_are_read_to_their_end(text in r#"([\[\]{},:\n "a1\\]|"Records":\[){0,60}"#) {
        for item in items(text.as_bytes()) {
            if let Item::Rejected(reject) = item {
                prop_assert_ne!(reject.reason, RejectReason::TimeInFuture);
            }
        }
    }
}
