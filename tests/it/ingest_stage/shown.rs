//! What the stage counts: each record once, however often its transaction is lost.

use tenure::kafka::stage::Stage as _;
use tenure::source::SOURCES;
use tenure::telemetry::metrics::Metrics;

use super::{NothingDelivered, Written, call, hand, input, place, stage_with};
use crate::allow_list::planted;
use crate::secrecy::holds_none;

/// Topics, keys, progress, the metadata of offsets and metrics, of records of every source.
#[test]
fn planted_texts_of_every_source_reach_no_topic_and_no_metric() {
    let (metrics, registry) = Metrics::new();
    let mut stage = stage_with(&metrics, vec![input("raw", None)]);
    let place = place("raw", 0);
    let _ = stage.load(&place, None).unwrap();
    let mut out = Written::default();
    let texts: Vec<String> = SOURCES.iter().map(|source| planted(source)).collect();
    for (offset, message) in (0..).zip(texts.iter().flat_map(|text| text.lines())) {
        hand(&mut stage, &place, offset, message.as_bytes(), &mut out);
    }
    assert!(out.events().len() > 500, "{} events", out.events().len());
    assert!(out.letters().len() > 200, "{} letters", out.letters().len());
    for record in &out.0 {
        holds_none(&record.topic, &String::from_utf8_lossy(&record.payload));
        holds_none(&record.topic, &String::from_utf8_lossy(record.key.as_deref().unwrap_or_default()));
    }
    holds_none("metadata", &stage.metadata(&place, &NothingDelivered));
    stage.committed();
    let mut shown = String::new();
    prometheus_client::encoding::text::encode(&mut shown, &registry).unwrap();
    for source in SOURCES {
        assert!(shown.contains(source.name.as_str()), "no metric of {}", source.name.as_str());
    }
    holds_none("metrics", &shown);
}

#[test]
fn what_was_read_is_shown_once_it_is_committed_and_once_only() {
    let (metrics, registry) = Metrics::new();
    let mut stage = stage_with(&metrics, vec![input("raw", None)]);
    let place = place("raw", 0);
    let shown = || {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        let lines = text.lines().filter_map(|line| line.strip_prefix("tenure_records_read_total"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let _ = stage.load(&place, None).unwrap();
    for lost in [true, false] {
        let mut out = Written::default();
        hand(&mut stage, &place, 0, &call("2026-05-01T00:00:00Z"), &mut out);
        hand(&mut stage, &place, 1, b"no json", &mut out);
        assert_eq!(shown(), [""; 0]);
        if lost {
            let _ = stage.load(&place, None).unwrap();
        }
    }
    stage.committed();
    stage.committed();
    let mut lines = shown();
    lines.sort();
    assert_eq!(
        lines,
        [
            r#"{stage="ingest",source="",outcome="rejected",reason="not_json"} 1"#,
            r#"{stage="ingest",source="vault.audit",outcome="understood",reason=""} 1"#,
        ]
    );
}
