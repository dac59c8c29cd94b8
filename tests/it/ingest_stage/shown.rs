//! What the stage counts: each record once, however often its transaction is lost.

use tenure::kafka::stage::Stage as _;
use tenure::telemetry::metrics::Metrics;

use super::{Written, call, hand, input, place, stage_with};

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
