//! What stands where a live secret could stand reaches no event.

use super::parse;
use crate::event::Event;
use crate::origin::Origin;
use crate::source::RecordContext;
use crate::stream::{SourceName, Stream, StreamIx};

const PLANTED: &str = include_str!("../../../tests/golden/source/aws.cloudtrail/planted_secrets.jsonl");
const CANARY: &str = "PLANTED-SECRET";

#[test]
fn no_planted_secret_reaches_an_event() {
    let stream = Stream::default_for(SourceName::AwsCloudtrail);
    let origin = Origin::new(0, 1);
    let context = RecordContext { stream: &stream, stream_ix: StreamIx(0), stream_realm: "", origin };
    for record in PLANTED.lines() {
        assert!(record.contains(CANARY), "{record}");
        let mut events: Vec<Event<'_>> = Vec::new();
        let verdict = parse(record.as_bytes(), &context, &mut events);
        let out = format!("{verdict:?}{events:?}");
        assert!(!out.contains(CANARY), "{out}");
    }
}
