//! Parsing is total: no bytes make a source or the envelopes panic, whatever is wrong with them.
//!
//! Golden records are where every branch of a parser is reached; here they are cut, flipped, spliced, and
//! given values of every other type. What holds besides: a record that is understood gave events, a bounded
//! number of them, of bounded size; one that is not gave none.

use std::fs;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Number, Value, json};
use tenure::limits::FIELD_BYTES_MAX;
use tenure::source::{RejectReason, SOURCES, Source, Verdict, aws_cloudtrail, vault_audit};

use crate::golden;
use crate::totality::{self, parsed};

/// Golden records, one a line, by their source.
fn golden_records() -> Vec<(&'static Source, Vec<Vec<u8>>)> {
    let of = |source: &&'static Source| {
        let cases = golden::files(&format!("tests/golden/source/{}", source.name.as_str()), "jsonl");
        let lines = cases.iter().flat_map(|case| {
            let bytes = fs::read(case).unwrap();
            bytes.split(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>()
        });
        (*source, lines.filter(|line| !line.is_empty()).collect())
    };
    SOURCES.iter().map(of).collect()
}

/// Reads `bytes` every way there is.
fn read(bytes: &[u8]) {
    for source in SOURCES {
        let _ = (source.recognises)(bytes);
        let _ = parsed(source, bytes);
    }
    let _ = totality::reading(bytes);
}

/// One thing done to the bytes of a record.
#[derive(Debug, Clone)]
enum Harm {
    Cut(Index),
    Flip(Index, u8),
    Insert(Index, &'static [u8]),
    /// A stretch comes again: mostly a member twice.
    Repeat(Index, Index),
    Remove(Index, Index),
}

fn harm() -> impl Strategy<Value = Harm> {
    let fragments: Vec<&'static [u8]> = vec![
        b"\0",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\r\n",
        b"\"",
        b"{",
        b"]",
        b"\\",
        b"\\ud800",
        b"\"path\":1,",
        b"null",
        b"1e999",
        b"-99999999999999999999999999",
        b"{\"Records\":[",
        b"{\"records\":[",
        b"{\"data\":\"eyJhIjoxfQ\"}",
        b"{\"Body\":\"{\\\"a\\\":1}\"}",
        b"{\"tables\":[{\"columns\":[{\"name\":\"a\"}],\"rows\":[[1]]}]}",
        b"{\"TimeGenerated\":1,\"Type\":\"{}\",",
        b"@cee: ",
    ];
    prop_oneof![
        any::<Index>().prop_map(Harm::Cut),
        (any::<Index>(), 0..8_u8).prop_map(|(at, bit)| Harm::Flip(at, bit)),
        (any::<Index>(), select(fragments)).prop_map(|(at, fragment)| Harm::Insert(at, fragment)),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Harm::Repeat(from, to)),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Harm::Remove(from, to)),
    ]
}

impl Harm {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let len = bytes.len();
        let stretch = |a: &Index, b: &Index| {
            let (a, b) = (a.index(len + 1), b.index(len + 1));
            a.min(b)..a.max(b)
        };
        match self {
            Self::Cut(at) => bytes.truncate(at.index(len + 1)),
            Self::Flip(at, bit) => {
                if len > 0 {
                    bytes[at.index(len)] ^= 1 << bit;
                }
            }
            Self::Insert(at, fragment) => {
                let at = at.index(len + 1);
                bytes.splice(at..at, fragment.iter().copied());
            }
            Self::Repeat(from, to) => {
                let stretch = stretch(from, to);
                let again = bytes[stretch.clone()].to_vec();
                bytes.splice(stretch.end..stretch.end, again);
            }
            Self::Remove(from, to) => {
                bytes.drain(stretch(from, to));
            }
        }
    }
}

/// Values that no field expects.
fn odd_values() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(u64::MAX),
        json!(i64::MIN),
        Value::Number(Number::from_f64(1e308).unwrap()),
        json!(""),
        json!("\u{0}\u{feff}\r\n"),
        json!("x".repeat(FIELD_BYTES_MAX + 1)),
        json!("ø".repeat(FIELD_BYTES_MAX / 2 + 1)),
        json!("9999-12-31T23:59:59.999999999Z"),
        json!("0000-01-01T00:00:00+14:00"),
        json!("////"),
        json!("hmac-sha256:"),
        json!(["a", 1, null, {"a": []}]),
        json!({"": {"": ""}}),
        deep(100),
    ]
}

fn deep(levels: usize) -> Value {
    (0..levels).fold(json!("bottom"), |inner, _| json!([inner]))
}

/// Every place in `value` that can hold another value, outermost first.
fn places(value: &Value) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut at = 0;
    while let Some(place) = found.get(at).cloned() {
        at += 1;
        match value.pointer(&place).unwrap() {
            Value::Object(members) => {
                let escaped = members.keys().map(|name| name.replace('~', "~0").replace('/', "~1"));
                found.extend(escaped.map(|name| format!("{place}/{name}")));
            }
            Value::Array(items) => found.extend((0..items.len()).map(|item| format!("{place}/{item}"))),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

#[test]
fn any_bytes_are_parsed_without_a_panic() {
    let golden: Vec<Vec<u8>> = golden_records().into_iter().flat_map(|(_, records)| records).collect();
    proptest!(config(10_000), |(bytes in prop::collection::vec(any::<u8>(), 0..600))| read(&bytes));
    let harms = prop::collection::vec(harm(), 1..5);
    proptest!(config(40_000), |(mut bytes in select(golden), harms in harms)| {
        for harm in &harms {
            harm.apply(&mut bytes);
        }
        read(&bytes);
    });
}

#[test]
fn any_value_may_stand_anywhere() {
    let odd = odd_values();
    for (source, records) in golden_records() {
        for record in records.iter().filter_map(|record| serde_json::from_slice::<Value>(record).ok()) {
            for (number, place) in places(&record).into_iter().enumerate() {
                let mut record = record.clone();
                // Fields recur from record to record, so a third of the values at a time meets them all.
                for odd in odd.iter().skip(number % 3).step_by(3) {
                    record.pointer_mut(&place).unwrap().clone_from(odd);
                    let _ = parsed(source, record.to_string().as_bytes());
                }
            }
        }
    }
}

#[test]
fn a_record_cut_anywhere_is_no_record() {
    for (source, records) in golden_records() {
        for record in records.iter().filter(|record| serde_json::from_slice::<Value>(record).is_ok()) {
            for at in 1..record.len() {
                let verdict = parsed(source, &record[..at]);
                assert!(matches!(verdict, Verdict::Rejected(_)), "cut at {at}: {verdict:?}");
            }
        }
    }
}

/// Whole records that a hostile or broken shipper could send.
fn hostile() -> Vec<Vec<u8>> {
    let nested = |open: &str, close: &str| open.repeat(10_000) + &close.repeat(10_000);
    let vault = |data: &str| {
        format!(
            r#"{{"time":"2026-01-05T09:00:00Z","type":"response","auth":{{"accessor":"aEXAMPLE"}},"request":
            {{"path":"kv/a","operation":"update","data":{data}}}}}"#
        )
    };
    let trail = |data: &str| {
        format!(
            r#"{{"eventVersion":"1.08","eventSource":"iam.amazonaws.com","eventName":"CreateAccessKey",
            "eventTime":"2026-03-01T10:00:00Z","userIdentity":{{"type":"Root"}},"requestParameters":{data}}}"#
        )
    };
    let odd = [
        nested("[", "]"),
        nested("{\"a\":", "}"),
        nested("[", ""),
        "1".repeat(100_000),
        format!("-0.{}e-{}", "0".repeat(10_000), "9".repeat(10_000)),
        r#"{"a":1,"a":2}"#.to_owned(),
        "\"\u{0}\"".to_owned(),
        r#""\ud800""#.to_owned(),
    ];
    let mut all: Vec<Vec<u8>> =
        odd.iter().flat_map(|odd| [odd.clone(), vault(odd), trail(odd)]).map(String::into_bytes).collect();
    for record in [vault("{}"), trail("{}")] {
        all.push([b"\xef\xbb\xbf", record.as_bytes()].concat());
        all.push([record.as_bytes(), b"\r\n"].concat());
        all.push([record.as_bytes(), b"\0"].concat());
        all.push(record.replace("2026", "999999999999").into_bytes());
        all.push(record.replace("kv/a", &"é/".repeat(60_000)).into_bytes());
        all.push(record.replace("iam.amazonaws.com", &".".repeat(60_000)).into_bytes());
    }
    all
}

#[test]
fn hostile_records_are_read_to_their_end() {
    for record in hostile() {
        read(&record);
    }
    let lines = hostile().join(&b'\n');
    read(&lines);
    read(&[b"{\"Records\":[", lines.as_slice(), b"]}"].concat());
}

#[test]
fn a_string_of_twenty_megabytes_costs_no_more_than_its_reading() {
    let long = "A".repeat(20 << 20);
    let vault = format!(
        r#"{{"time":"2026-01-05T09:00:00Z","type":"response","auth":{{"accessor":"aEXAMPLE",
        "display_name":"{long}"}},"request":{{"path":"kv/a","operation":"read"}}}}"#
    );
    let trail = format!(
        r#"{{"eventVersion":"1.08","eventSource":"s3.amazonaws.com","eventName":"ListBuckets","userAgent":"{long}",
        "eventTime":"2026-03-01T10:00:00Z","userIdentity":{{"type":"IAMUser","userName":"app",
        "arn":"arn:aws:iam::111122223333:user/app","accessKeyId":"AKIAIOSFODNN7EXAMPLE"}}}}"#
    );
    for (source, record) in [(&aws_cloudtrail::SOURCE, trail), (&vault_audit::SOURCE, vault)] {
        let verdict = parsed(source, record.as_bytes());
        assert!(matches!(verdict, Verdict::Understood { .. }), "{:?}: {verdict:?}", source.name);
    }
}

#[test]
fn one_record_gives_a_bounded_number_of_events() {
    let names: Vec<String> = (0..500).map(|at| format!("\"/app/{at}\"")).collect();
    let versions: Vec<String> = (0..500).map(|at| at.to_string()).collect();
    let trail = format!(
        r#"{{"eventVersion":"1.08","eventSource":"ssm.amazonaws.com","eventName":"GetParameters",
        "eventTime":"2026-03-01T10:00:00Z","recipientAccountId":"111122223333","awsRegion":"eu-west-1",
        "userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/app","accountId":"111122223333",
        "accessKeyId":"AKIAIOSFODNN7EXAMPLE"}},
        "requestParameters":{{"withDecryption":true,"names":[{}]}}}}"#,
        names.join(",")
    );
    let vault = format!(
        r#"{{"time":"2026-01-05T09:00:00Z","type":"response","auth":{{"accessor":"aEXAMPLE",
        "token_type":"service"}},"request":{{"path":"kv/destroy/a","operation":"update","mount_point":"kv/",
        "mount_type":"kv","data":{{"versions":[{}]}}}}}}"#,
        versions.join(",")
    );
    for (source, record) in [(&aws_cloudtrail::SOURCE, trail), (&vault_audit::SOURCE, vault)] {
        let verdict = parsed(source, record.as_bytes());
        assert!(matches!(verdict, Verdict::Understood { .. }), "{:?}: {verdict:?}", source.name);
    }
}

#[test]
fn a_cut_record_says_that_it_was_cut() {
    for (source, records) in golden_records() {
        let whole = records.iter().find(|record| serde_json::from_slice::<Value>(record).is_ok()).unwrap();
        let Verdict::Rejected(reject) = parsed(source, &whole[..whole.len() - 1]) else {
            panic!("{:?}", source.name)
        };
        assert_eq!(reject.reason, RejectReason::Truncated);
    }
}

/// Inputs that the fuzz targets found worth keeping, and those that once broke something.
#[test]
fn the_corpus_of_the_fuzz_targets_is_read() {
    let mut inputs = 0;
    for target in
        SOURCES.iter().map(|source| source.name.as_str().replace('.', "_")).chain(["reading".into()])
    {
        let folder = golden::root().join("fuzz/corpus").join(&target);
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for entry in entries {
            read(&fs::read(entry.unwrap().path()).unwrap());
            inputs += 1;
        }
    }
    assert!(inputs > 500, "only {inputs} inputs");
}
