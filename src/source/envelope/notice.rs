//! What a JSON object of a delivery is besides a record: an envelope around records, or a message about them.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::source::json::{Lenient, Present};
use crate::text::Text;

/// What an object turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape<'a> {
    Record,
    /// The records are in here.
    Around(&'a [u8]),
    /// A message about deliveries or findings of the vendor; there is no record in it.
    Notice(&'static str),
}

/// First keys of every envelope and message told apart here. No source writes a record that begins with one,
/// so that a record is passed on after a look at its first key.
const ENVELOPE_KEYS: &[&[u8]] = &[
    b"Records",
    b"version",
    b"id",
    b"detail-type",
    b"detail",
    b"source",
    b"account",
    b"awsAccountId",
    b"digestStartTime",
    b"digestS3Object",
    b"Type",
    b"Message",
    b"MessageId",
    b"TopicArn",
    b"Service",
    b"Bucket",
    b"Event",
    b"messageId",
    b"attributes",
    b"body",
    b"EventSource",
    b"EventVersion",
];

/// The fields by which they are told apart.
#[derive(Deserialize)]
struct Marks<'a> {
    #[serde(borrow, default, rename = "Records")]
    records: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "detail-type")]
    detail_type: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    detail: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "eventType")]
    event_type: Lenient<Text<'a>>,
    #[serde(borrow, default, rename = "eventSource")]
    event_source: Lenient<Text<'a>>,
    #[serde(borrow, default, rename = "EventSource")]
    lambda_source: Lenient<Text<'a>>,
    #[serde(default, rename = "TopicArn")]
    topic: Lenient<Present>,
    #[serde(default, rename = "receiptHandle")]
    receipt: Lenient<Present>,
    #[serde(borrow, default, rename = "Event")]
    s3_test: Lenient<Text<'a>>,
}

/// Whether `object` begins with a key of an envelope.
pub(super) fn may_be_envelope(object: &[u8]) -> bool {
    first_key(object).is_some_and(|key| ENVELOPE_KEYS.contains(&key))
}

/// The shape of `object`, where its first key leaves a doubt.
pub(super) fn shape_if_envelope(object: &[u8]) -> Shape<'_> {
    if may_be_envelope(object) { shape(object) } else { Shape::Record }
}

/// The shape of `object`, by all its keys. What is not JSON is a record: its source says what is wrong with
/// it.
pub(super) fn shape(object: &[u8]) -> Shape<'_> {
    let Ok(marks) = serde_json::from_slice::<Marks<'_>>(object) else { return Shape::Record };
    if text(&marks.event_type) == "AwsCloudTrailInsight" {
        return Shape::Notice("insight");
    }
    if let Some(detail_type) = &marks.detail_type.0 {
        return bus_event(detail_type, marks.detail);
    }
    if is_notification(&marks) {
        return Shape::Notice("notification");
    }
    match marks.records.map(|raw| raw.get().as_bytes()) {
        Some(records) if records.starts_with(b"[") => Shape::Around(records),
        Some(_) | None => Shape::Record,
    }
}

/// An EventBridge event, by its `detail-type`.
fn bus_event<'a>(detail_type: &str, detail: Option<&'a RawValue>) -> Shape<'a> {
    if detail_type == "AWS Insight via CloudTrail" {
        return Shape::Notice("insight");
    }
    match detail.map(|raw| raw.get().as_bytes()) {
        Some(detail) if detail_type.ends_with("via CloudTrail") && detail.starts_with(b"{") => {
            Shape::Around(detail)
        }
        Some(_) | None if detail_type.starts_with("Object ") => Shape::Notice("notification"),
        Some(_) | None => Shape::Notice("other_bus_event"),
    }
}

/// Whether it points at an object of S3, itself or as carried by SNS, SQS or Lambda.
fn is_notification(marks: &Marks<'_>) -> bool {
    text(&marks.event_source) == "aws:s3"
        || text(&marks.lambda_source) == "aws:sns"
        || text(&marks.s3_test) == "s3:TestEvent"
        || marks.topic.0.is_some()
        || marks.receipt.0.is_some()
}

fn text<'a>(field: &'a Lenient<Text<'_>>) -> &'a str {
    field.0.as_deref().unwrap_or_default()
}

fn first_key(object: &[u8]) -> Option<&[u8]> {
    let rest = object.strip_prefix(b"{")?.trim_ascii_start().strip_prefix(b"\"")?;
    rest.get(..memchr::memchr(b'"', rest)?)
}
