//! What a digest of CloudTrail counts for where only messages come, without the names of files.

use serde_json::{Value, json};
use tenure::kafka::stage::Stage as _;
use tenure::stream::SourceName;
use tenure::telemetry::metrics::Metrics;
use tenure::time::EventTime;

use super::{Written, hand, input, only, place, stage_with};

#[test]
fn a_digest_of_nothing_counts_as_heard_and_one_of_files_leaves_that_to_their_records() {
    let (metrics, registry) = Metrics::new();
    let mut stage = stage_with(&metrics, vec![input("raw", None)]);
    let place = place("raw", 0);
    stage.load(&place, None).unwrap();
    let digest = |from: &str, to: &str, files: Value| {
        json!({"awsAccountId": "111122223333", "digestS3Object": "k", "digestStartTime": from,
            "digestEndTime": to, "logFiles": files})
    };
    let file = json!({"s3Object": "f", "oldestEventTime": "2026-05-01T12:30:00Z",
        "newestEventTime": "2026-05-01T13:10:00Z"});
    let empty = digest("2026-05-01T10:30:00Z", "2026-05-01T11:30:00Z", json!([]));
    let full = digest("2026-05-01T12:30:00Z", "2026-05-01T13:30:00Z", json!([file]));
    let future = digest("2027-05-01T12:30:00Z", "2027-05-01T13:30:00Z", json!([]));
    let mut out = Written::default();
    for (record, offset) in [full, future, empty.clone(), empty].iter().zip(0..) {
        hand(&mut stage, &place, offset, record.to_string().as_bytes(), &mut out);
    }
    let ten = EventTime::parse("2026-05-01T10:00:00Z").unwrap().hour();
    let hours: Vec<_> = out.progress().iter().flat_map(|progress| only(progress).hours.clone()).collect();
    assert_eq!(hours, [ten, ten + 1]);
    let progress = out.progress();
    let told = only(progress.last().unwrap());
    assert_eq!((told.source, told.partitions[0].max_at), (SourceName::AwsCloudtrail, None));
    assert!(out.events().is_empty() && out.letters().is_empty());
    stage.committed();
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
    let until = EventTime::parse("2026-05-01T13:30:00Z").unwrap().micros() / 1_000_000;
    let line = format!(
        r#"tenure_proven_seconds{{stage="ingest",source="aws.cloudtrail",stream="default"}} {until}"#
    );
    assert!(text.contains(&line), "{line} is not in\n{text}");
}
