//! Google Cloud: Pub/Sub by push and by pull, lists of log entries, and CloudEvents.
//!
//! Shapes: <https://cloud.google.com/pubsub/docs/push#receive_push>,
//! <https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions/pull>,
//! <https://cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list>,
//! <https://github.com/cloudevents/spec/blob/main/cloudevents/formats/json-format.md>.

use memchr::memmem;
use serde::Deserialize;

use super::{
    List, Marks, Raw, Rule, Shape, around_list, around_object, bytes, has_only, is_object, member,
    packed_base64, text,
};

pub(super) const RULES: &[Rule] = &[cloud_event, pubsub, data, entries];

/// Members of a message of Pub/Sub without anything around it, and of a record of Firehose.
const BESIDE_DATA: &[&str] = &[
    "approximateArrivalTimestamp",
    "attributes",
    "data",
    "kinesisRecordMetadata",
    "messageId",
    "message_id",
    "orderingKey",
    "publishTime",
    "publish_time",
    "recordId",
];

/// An event of Google around a log entry or a message. Those of others carry no record of a source, and are
/// left as they are.
fn cloud_event<'a>(marks: &Marks<'a>) -> Option<Shape<'a>> {
    marks.specversion?;
    let is_of_google = text(marks.cloud_event_type).starts_with("google.cloud.");
    if is_of_google && let Some(packed) = packed_base64(marks.data_base64) {
        return Some(packed);
    }
    let is_log_entry = || memmem::find(bytes(marks.data), b"\"protoPayload\"").is_some();
    (is_of_google || is_log_entry()).then(|| around_object(marks.data)).flatten()
}

/// A message by push, or by pull with its `ackId`. One without data has attributes alone.
fn pubsub<'a>(marks: &Marks<'a>) -> Option<Shape<'a>> {
    if !is_object(marks.message) {
        return None;
    }
    let message = member::<Message<'_>>(marks.message);
    let is_message = message.id.or(message.id_snake_case).or(message.data).is_some();
    is_message.then(|| packed_base64(message.data).unwrap_or(Shape::Notice("notification")))
}

/// `data` in Base64: a message without anything around it, or a record of Firehose.
fn data<'a>(marks: &Marks<'a>) -> Option<Shape<'a>> {
    marks.data.filter(|_| has_only(marks.object, BESIDE_DATA))?;
    packed_base64(marks.data)
}

/// A list of entries; also of messages by pull, and of rows by the REST of Azure.
fn entries<'a>(marks: &Marks<'a>) -> Option<Shape<'a>> {
    around_list(List::Records, marks.entries)
}

#[derive(Deserialize, Default)]
struct Message<'a> {
    #[serde(borrow, default)]
    data: Raw<'a>,
    #[serde(borrow, default, rename = "messageId")]
    id: Raw<'a>,
    #[serde(borrow, default, rename = "message_id")]
    id_snake_case: Raw<'a>,
}
