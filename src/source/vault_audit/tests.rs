//! What must hold for any record: nothing secret comes out, nothing stops the parser.

use serde_json::{Value, json};

use super::{parse, recognises};
use crate::event::Event;
use crate::origin::Origin;
use crate::source::{RecordContext, RejectReason, Verdict};
use crate::stream::{SourceName, Stream, StreamIx};

const RAW: &str = include_str!("../../../tests/golden/source/vault.audit/raw_mode.jsonl");
const CASES: &[&str] = &[
    RAW,
    include_str!("../../../tests/golden/source/vault.audit/approle_secret_ids.jsonl"),
    include_str!("../../../tests/golden/source/vault.audit/barrier_and_root.jsonl"),
    include_str!("../../../tests/golden/source/vault.audit/identity.jsonl"),
    include_str!("../../../tests/golden/source/vault.audit/kv_v2.jsonl"),
    include_str!("../../../tests/golden/source/vault.audit/lease_renew_and_revoke.jsonl"),
    include_str!("../../../tests/golden/source/vault.audit/login_userpass.jsonl"),
    include_str!("../../../tests/golden/source/vault.audit/namespaces.jsonl"),
    include_str!("../../../tests/golden/source/vault.audit/old_shapes.jsonl"),
    include_str!("../../../tests/golden/source/vault.audit/pki_certificates.jsonl"),
    include_str!("../../../tests/golden/source/vault.audit/static_roles_and_root_credentials.jsonl"),
    include_str!("../../../tests/golden/source/vault.audit/token_lookup.jsonl"),
    include_str!("../../../tests/golden/source/vault.audit/wrapping.jsonl"),
];

/// Parses one record and hands over what became of it.
fn with_events<T>(record: &[u8], look: impl FnOnce(Verdict, &[Event<'_>]) -> T) -> T {
    let stream = Stream::default_for(SourceName::VaultAudit);
    let context = RecordContext {
        stream: &stream,
        stream_ix: StreamIx(0),
        stream_realm: "vault/default",
        origin: Origin::new(0, 1),
    };
    let mut events = Vec::new();
    let verdict = parse(record, &context, &mut events);
    assert_eq!(matches!(verdict, Verdict::Understood { .. }), !events.is_empty());
    look(verdict, &events)
}

#[test]
fn no_secret_of_a_raw_device_comes_out() {
    let marks = RAW.matches("MARKER").count();
    assert!(marks > 50, "the fixture holds {marks} markers");
    for line in RAW.lines() {
        with_events(line.as_bytes(), |_, events| {
            let shown = format!("{events:?}");
            assert!(!shown.contains("MARKER"), "{shown}");
        });
    }
}

#[test]
fn a_value_of_any_type_anywhere_loses_at_most_the_time() {
    let others =
        [Value::Null, json!(true), json!(-1.5), json!("x"), json!(["x", 1]), json!({ "x": { "y": 1 } })];
    for line in CASES.iter().flat_map(|case| case.lines()) {
        let record: Value = serde_json::from_str(line).expect("a record of a case is JSON");
        for pointer in pointers(&record) {
            for other in &others {
                let mut changed = record.clone();
                *changed.pointer_mut(&pointer).expect("it was there") = other.clone();
                with_events(changed.to_string().as_bytes(), |verdict, events| {
                    let timeless =
                        matches!(verdict, Verdict::Rejected(r) if r.reason == RejectReason::NoTime);
                    assert!(timeless == (pointer == "/time"), "{pointer}: {verdict:?}");
                    assert!(!format!("{events:?}").contains("MARKER"), "{pointer}");
                });
            }
        }
    }
}

/// The JSON pointer of every value below the top.
fn pointers(value: &Value) -> Vec<String> {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(map) => {
            map.iter().map(|(key, child)| (key.replace('~', "~0").replace('/', "~1"), child)).collect()
        }
        Value::Array(list) => list.iter().enumerate().map(|(at, child)| (at.to_string(), child)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    let below = |(key, child): (String, &Value)| {
        let own = format!("/{key}");
        let deeper: Vec<_> = pointers(child).into_iter().map(|tail| format!("{own}{tail}")).collect();
        [vec![own], deeper].concat()
    };
    children.into_iter().flat_map(below).collect()
}

#[test]
fn only_records_of_an_audit_device_are_recognised() {
    for line in CASES.iter().flat_map(|case| case.lines()) {
        assert!(recognises(line.as_bytes()), "{line}");
    }
    for other in [
        r#"{"eventVersion":"1.08","eventSource":"sts.amazonaws.com","requestParameters":{"type":"request"}}"#,
        r#"{"type":"response","body":"request"}"#,
        r#"{"kind":"Event","request":{},"type":"ResponseComplete"}"#,
        r#"{"type":"request","request":"x","auth":[]}"#,
        r#"["type","request"]"#,
        "",
        "{",
    ] {
        assert!(!recognises(other.as_bytes()), "{other}");
    }
    assert!(recognises(br#"{ "type" : "response" , "auth" : { } }"#));
}
