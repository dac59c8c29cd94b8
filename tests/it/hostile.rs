//! What a broken or hostile shipper may do to the records of any source, and that it costs nobody else.

use serde_json::{Value, json};
use tenure::limits::RECORD_BYTES_MAX;
use tenure::origin::Origin;
use tenure::reading::{Choice, Reader};
use tenure::source::envelope::Layout;
use tenure::source::{Reject, RejectReason, SOURCES, Source, Verdict};
use tenure::stream::SourceName;
use tenure::time::EventTime;

use crate::allow_list::records;
use crate::totality::{Held, parsed};

/// The golden records of `source` that give events.
fn understood(source: &Source) -> Vec<Value> {
    let all = records(source).into_iter();
    let good = all.filter(|record| is_understood(parsed(source, record.to_string().as_bytes())));
    let good: Vec<Value> = good.collect();
    assert!(!good.is_empty(), "{:?}", source.name);
    good
}

fn is_understood(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Understood { .. })
}

fn reason(verdict: Verdict) -> Option<RejectReason> {
    match verdict {
        Verdict::Rejected(Reject { reason, .. }) => Some(reason),
        Verdict::Understood { .. } | Verdict::Ignored { .. } => None,
    }
}

/// Reads `text` line by line as logs of `source`.
fn lines(source: &'static Source, text: &[u8]) -> Held {
    let mut held = Held::default();
    let mut reader = Reader::new(Choice::Only(source), EventTime::MAX);
    let Ok(()) = reader.text(text, Layout::Lines, Origin::new(0, 1), &mut held);
    held
}

/// `record` with `member` in front of its first.
fn with_member(record: &Value, member: &str) -> String {
    let text = record.to_string();
    format!("{{{member},{}", &text[1..])
}

/// Names by which the records of all sources are told, where a caller may choose names: a label, a tag.
const CHOSEN: &str = r#""chosen":{"digestS3Object":1,"eventSource":"a","eventName":"a","eventVersion":"1",
    "userIdentity":{},"protoPayload":{"methodName":"a"},"logName":1,
    "insertId":1,"auditID":1,"verb":1,"stage":1,"objectRef":{},"eventType":1,"published":1,"tenure":1,
    "action":"a.b","created_at":1,"actor":1,"type":"request","request":{},"auth":{}}"#;

/// Those of Azure and Entra. They date their records in `time`, as Vault does: only the records of others are
/// told from theirs by that.
const CHOSEN_OF_MICROSOFT: &str = r#""also":{"eventDataId":1,"OperationNameValue":1,"activityDisplayName":1,
    "initiatedBy":{},"riskEventType":1,"servicePrincipalId":1,"conditionalAccessStatus":1,"appId":1}"#;

/// A record stays one of its source, whatever a caller wrote into it and whichever record came before.
/// Tenure's own form has no place for names of others.
#[test]
fn names_that_a_caller_chose_hide_no_record() {
    let has_time =
        |name: SourceName| ["azure", "entra", "vault"].iter().any(|of| name.as_str().starts_with(of));
    for source in SOURCES.iter().filter(|source| source.name != SourceName::Generic) {
        let record = understood(source).remove(0).to_string();
        let also = if has_time(source.name) { r#""also":{}"# } else { CHOSEN_OF_MICROSOFT };
        let hostile = format!("{},{CHOSEN},{also}}}", &record[..record.len() - 1]).replace("\n    ", "");
        for before in SOURCES {
            let text = format!("{}\n{hostile}\n", understood(before)[0]);
            let mut held = Held::default();
            let mut reader = Reader::new(Choice::ByShape(SOURCES), EventTime::MAX);
            let Ok(()) = reader.text(text.as_bytes(), Layout::Lines, Origin::new(0, 1), &mut held);
            assert_eq!(held.sources, [before.name, source.name], "{hostile}");
            let mut alone = Held::default();
            let mut reader = Reader::new(Choice::ByShape(SOURCES), EventTime::MAX);
            let Ok(()) = reader.text(hostile.as_bytes(), Layout::Lines, Origin::new(0, 1), &mut alone);
            assert_eq!(alone.sources, [source.name], "{hostile}");
        }
    }
}

#[test]
fn marks_and_line_ends_of_other_systems_change_nothing() {
    for source in SOURCES {
        for record in understood(source) {
            let text = record.to_string();
            for odd in [format!("\u{feff}{text}\n"), format!("{text}\r\n"), format!("  {text}\t\r\n\r\n")] {
                let held = lines(source, odd.as_bytes());
                assert_eq!((held.understood, held.rejects), (1, 0), "{:?}: {odd}", source.name);
            }
        }
    }
}

/// What no source reads may be anything that JSON can say.
#[test]
fn members_that_nobody_reads_change_nothing() {
    let nested = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    let odd = [
        format!("\"unread\":{}", nested(100)),
        format!("\"unread\":{}", "9".repeat(400)),
        format!("\"unread\":-0.{}e-99", "0".repeat(400)),
        "\"unread\":\"\\u0000\\uFFFF\\ud83d\\ude00\"".to_owned(),
        "\"unread\":1,\"unread\":{}".to_owned(),
        "\"\":\"\"".to_owned(),
    ];
    for source in SOURCES.iter().filter(|source| source.name != SourceName::Generic) {
        for record in understood(source) {
            for member in &odd {
                let text = with_member(&record, member);
                assert!(is_understood(parsed(source, text.as_bytes())), "{:?}: {text}", source.name);
            }
        }
    }
}

#[test]
fn a_member_that_stands_twice_is_refused_or_unread() {
    for source in SOURCES {
        for record in understood(source) {
            let first = record.as_object().unwrap().iter().next().unwrap();
            let text = with_member(&record, &format!("{}:{}", json!(first.0), first.1));
            let verdict = parsed(source, text.as_bytes());
            let refused = [Some(RejectReason::NotJson), Some(RejectReason::InvalidEvent)];
            let refused = refused.contains(&reason(verdict));
            assert!(refused || is_understood(verdict), "{:?}: {verdict:?} {text}", source.name);
        }
    }
}

#[test]
fn brackets_are_counted_and_bytes_are_text() {
    for source in SOURCES {
        for record in understood(source) {
            let deep = with_member(&record, &format!("\"unread\":{}", "[".repeat(200_000)));
            assert!(reason(parsed(source, deep.as_bytes())).is_some(), "{:?}", source.name);
            let mut bytes = record.to_string().into_bytes();
            let quote = bytes.iter().position(|&byte| byte == b'"').unwrap();
            bytes.insert(quote + 1, 0xff);
            let _ = parsed(source, &bytes);
            let nul = record.to_string() + "\0";
            assert_eq!(reason(parsed(source, nul.as_bytes())), Some(RejectReason::NotJson));
        }
    }
}

/// A record cut off, a line of noise, a text without end: whatever stands between two records of a batch,
/// both are read.
#[test]
fn no_line_costs_its_neighbours() {
    for source in SOURCES {
        let good: Vec<String> = understood(source).iter().map(Value::to_string).collect();
        let cut = &good[0][..good[0].len() / 2];
        let bad: [&[u8]; 8] = [
            cut.as_bytes(),
            b"{",
            b"]",
            b"\xff\xfe{\"a\":1}",
            b"{\"a\":\"without end",
            b"null",
            b"{\"Records\":[{\"a\":",
            b"H4sIAAAAAAAAA0vLz1dIBAA",
        ];
        for bad in bad {
            let mut text = Vec::new();
            for record in &good {
                text.extend_from_slice(record.as_bytes());
                text.push(b'\n');
                text.extend_from_slice(bad);
                text.push(b'\n');
            }
            let held = lines(source, &text);
            let bad = String::from_utf8_lossy(bad);
            assert_eq!(held.understood, good.len(), "{:?} between {bad}", source.name);
        }
    }
}

#[test]
fn a_text_of_a_hundred_megabytes_costs_only_itself() {
    let long = format!("\"unread\":\"{}\"", "A".repeat(100 << 20));
    assert!(long.len() > RECORD_BYTES_MAX);
    for source in SOURCES {
        let record = understood(source).remove(0);
        let good = record.to_string();
        let held = lines(source, format!("{good}\n{}\n{good}\n", with_member(&record, &long)).as_bytes());
        assert_eq!((held.understood, held.rejects), (2, 1), "{:?}", source.name);
    }
}
