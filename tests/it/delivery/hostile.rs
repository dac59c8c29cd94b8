//! Deliveries made to exhaust: each costs itself and what a limit allows.

use std::time::{Duration, Instant};

use tenure::limits::{ENVELOPES_DEEP_MAX, EXPANSION_FREE_BYTES, NESTING_MAX};

use super::forms::{FORMS, base64, bus, gzip, sns};
use super::probe::{file, message};

const GOOD: &str = r#"{"good":1}"#;

/// Long enough for a slow machine, far too short for what a bomb would take.
const SECONDS_MAX: Duration = Duration::from_secs(20);

fn message_data(bytes: &[u8]) -> String {
    format!(r#"{{"message":{{"data":"{}","messageId":"1"}}}}"#, base64(bytes))
}

#[test]
fn a_bomb_costs_itself() {
    let zeros = zstd::encode_all(std::io::repeat(b' ').take_of(64 << 20), 19).unwrap();
    let gzipped = gzip(&vec![b' '; 32 << 20]);
    let twice = gzip(message_data(&gzip(&vec![b'\n'; 64 << 20])).as_bytes());
    let start = Instant::now();
    for bomb in [zeros, gzip(&gzipped), twice] {
        let lines = format!("{GOOD}\n{}\n{GOOD}", message_data(&bomb));
        let array = format!("[{GOOD},{},{GOOD}]", message_data(&bomb));
        for text in [lines, array] {
            for seen in [file(text.as_bytes()), message(text.as_bytes())] {
                assert_eq!(seen.records, [GOOD, GOOD]);
                assert_eq!(seen.rejected.len(), 1, "{:?}", seen.rejected);
            }
        }
    }
    assert!(start.elapsed() < SECONDS_MAX, "{:?}", start.elapsed());
}

/// The first bytes of an endless reader.
trait TakeOf: std::io::Read + Sized {
    fn take_of(self, bytes: u64) -> std::io::Take<Self> {
        self.take(bytes)
    }
}

impl TakeOf for std::io::Repeat {}

#[test]
fn a_bomb_is_too_large_and_an_honest_text_is_not() {
    let bomb = zstd::encode_all(std::io::repeat(b' ').take_of(64 << 20), 19).unwrap();
    assert!(bomb.len() < 8 << 10, "{}", bomb.len());
    assert_eq!(message(message_data(&bomb).as_bytes()).rejected, ["too_large"]);
    let honest = format!("{GOOD}\n").repeat(EXPANSION_FREE_BYTES * 9 / 10 / (GOOD.len() + 1));
    let seen = message(message_data(&gzip(honest.as_bytes())).as_bytes());
    assert_eq!(seen.records.len(), honest.lines().count());
    assert!(seen.rejected.is_empty());
}

#[test]
fn rows_that_repeat_long_names_are_too_large() {
    let name = "n".repeat(100_000);
    let rows = vec!["[1]"; 100_000].join(",");
    let text = format!(r#"{{"tables":[{{"name":"t","columns":[{{"name":"{name}"}}],"rows":[{rows}]}}]}}"#);
    let seen = file(format!("{text}\n{GOOD}\n").as_bytes());
    assert_eq!((seen.records, seen.rejected), (vec![GOOD.to_owned()], vec!["too_large"]));
}

#[test]
fn depth_is_counted_through_texts() {
    type Wrap = fn(&str) -> String;
    let wraps: [Wrap; 4] =
        [bus, sns, |text| message_data(text.as_bytes()), |text| message_data(&gzip(text.as_bytes()))];
    for wrap in wraps {
        let mut text = GOOD.to_owned();
        for _ in 1..ENVELOPES_DEEP_MAX {
            text = wrap(&text);
        }
        assert_eq!(file(text.as_bytes()).records, [GOOD]);
        assert_eq!(file(wrap(&text).as_bytes()).rejected, ["too_deep"]);
    }
}

#[test]
fn a_text_without_end_of_envelopes_is_left_in_time() {
    let start = Instant::now();
    let deep = (0..24).fold(GOOD.to_owned(), |text, _| message_data(text.as_bytes()));
    assert_eq!(file(deep.as_bytes()).rejected, ["too_deep"]);
    for text in [
        r#"{"records":["#.repeat(50_000),
        r#"{"Records":[{"body":""#.repeat(50_000),
        "{\"value\":[\n".repeat(50_000),
        "H4sI\n".repeat(100_000),
        r#"{"data":"AAAA"}"#.repeat(50_000),
        format!("[{}]", r#"{"message":{"data":"H4sIAAAA"}},"#.repeat(50_000)),
    ] {
        let _ = (file(text.as_bytes()), message(text.as_bytes()));
    }
    assert!(start.elapsed() < SECONDS_MAX, "{:?}", start.elapsed());
}

/// Who may choose how deep a parameter nests must not choose which records of others are read.
#[test]
fn a_record_nested_too_deeply_costs_no_neighbour() {
    let levels = NESTING_MAX as usize + 10;
    let deep = format!(r#"{{"a":{}1{}}}"#, "[".repeat(levels), "]".repeat(levels));
    for form in FORMS.iter().filter(|form| form.is_list || form.of_text) {
        let records = [GOOD.to_owned(), deep.clone(), GOOD.to_owned()];
        let seen = file((form.wrap)(&records).as_bytes());
        assert_eq!(seen.records, [GOOD, GOOD], "{}", form.name);
        assert_eq!(seen.rejected, ["too_deep"], "{}", form.name);
    }
}
