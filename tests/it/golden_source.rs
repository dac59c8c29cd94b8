//! Each source against golden records: `tests/golden/source/<source>/<case>.jsonl` beside `<case>.events`.
//!
//! A case is a few records of one topic, one a line. Its `.events` has one line per event, or
//! `ignored <reason>` / `rejected <reason>` for a record that gives none; `# n` names the record.

use std::fmt::Write as _;
use std::fs;

use tenure::format::event_json::event_line;
use tenure::origin::Origin;
use tenure::source::{RecordContext, SOURCES, Source, Verdict};
use tenure::stream::{Stream, StreamIx};

use crate::golden;

/// What `source` makes of the records in `text`, one a line.
pub fn render(source: &Source, text: &[u8]) -> String {
    let stream = Stream::default_for(source.name);
    let realm = stream.own_realm();
    let mut out = String::new();
    let lines = text.split(|&b| b == b'\n').filter(|line| !line.is_empty());
    for (at, line) in lines.enumerate() {
        let record = u32::try_from(at + 1).unwrap();
        let origin = Origin::new(0, record.into());
        let context = RecordContext { stream: &stream, stream_ix: StreamIx(0), stream_realm: &realm, origin };
        let mut events = Vec::new();
        let verdict = (source.parse)(line, &context, &mut events);
        writeln!(out, "# {record}").unwrap();
        match verdict {
            Verdict::Understood { .. } => assert!(!events.is_empty(), "understood without an event"),
            Verdict::Ignored { reason, .. } => writeln!(out, "ignored {reason}").unwrap(),
            Verdict::Rejected(reject) => writeln!(out, "rejected {}", reject.reason.as_str()).unwrap(),
        }
        for event in &events {
            writeln!(out, "{}", event_line(event, &stream, "case.jsonl").unwrap()).unwrap();
        }
    }
    out
}

#[test]
fn every_golden_record_gives_the_events_beside_it() {
    let mut wrong = Vec::new();
    for source in SOURCES {
        let folder = format!("tests/golden/source/{}", source.name.as_str());
        let cases = golden::files(&folder, "jsonl");
        if cases.is_empty() {
            wrong.push(format!("{folder} holds no case"));
        }
        for case in cases {
            let actual = render(source, &fs::read(&case).unwrap());
            wrong.extend(golden::hold(&case.with_extension("events"), &actual).err());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
