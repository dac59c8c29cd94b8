//! What a JSON object of a delivery is besides a record: an envelope around records, or a message about them.
//!
//! Each service's envelopes are rules over the same few members. What no rule knows is a record, and its
//! source judges it.

mod aws;
mod azure;
mod google;
mod others;
mod shippers;

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::packed::{LOG_LINE, Packed};
use crate::source::json::members;
use crate::text::Text;

/// What an object turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape<'a> {
    Record,
    /// The records are in here: an object, or a list of them.
    Around(List, &'a [u8]),
    /// The records are in here once it is decoded.
    Packed(Packed<'a>),
    /// A row of a table, which is the record once the JSON in its columns is unfolded.
    Row,
    /// A message about deliveries or findings of the vendor; there is no record in it.
    Notice(&'static str),
}

/// What the objects of a list are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// Records, or envelopes around them.
    Records,
    /// Lines of a log group of CloudWatch, which are any text.
    LogEvents,
}

/// The members by which envelopes are told apart, and in which they carry records.
#[derive(serde::Deserialize)]
struct Marks<'a> {
    /// The object itself.
    #[serde(skip)]
    object: &'a [u8],
    // AWS
    #[serde(borrow, default, rename = "detail-type")]
    detail_type: Raw<'a>,
    #[serde(borrow, default)]
    detail: Raw<'a>,
    #[serde(borrow, default, rename = "eventSource")]
    event_source: Raw<'a>,
    #[serde(borrow, default, rename = "EventSource")]
    lambda_source: Raw<'a>,
    #[serde(borrow, default, rename = "Event")]
    s3_test: Raw<'a>,
    #[serde(borrow, default, rename = "s3ObjectKey")]
    s3_object_key: Raw<'a>,
    #[serde(borrow, default, rename = "Type")]
    sns_type: Raw<'a>,
    #[serde(borrow, default, rename = "TopicArn")]
    topic: Raw<'a>,
    #[serde(borrow, default, rename = "Message")]
    sns_message: Raw<'a>,
    #[serde(borrow, default, rename = "Sns")]
    sns: Raw<'a>,
    #[serde(borrow, default, alias = "body", rename = "Body")]
    body: Raw<'a>,
    #[serde(borrow, default)]
    kinesis: Raw<'a>,
    #[serde(borrow, default, rename = "PartitionKey")]
    partition_key: Raw<'a>,
    #[serde(borrow, default, rename = "Data")]
    kinesis_data: Raw<'a>,
    #[serde(borrow, default)]
    awslogs: Raw<'a>,
    #[serde(borrow, default, rename = "messageType")]
    message_type: Raw<'a>,
    #[serde(borrow, default, rename = "logEvents")]
    log_events: Raw<'a>,
    #[serde(borrow, default, rename = "CloudTrailEvent")]
    cloudtrail_event: Raw<'a>,
    // Google Cloud and CloudEvents
    #[serde(borrow, default)]
    specversion: Raw<'a>,
    #[serde(borrow, default, rename = "type")]
    cloud_event_type: Raw<'a>,
    #[serde(borrow, default)]
    data: Raw<'a>,
    #[serde(borrow, default)]
    data_base64: Raw<'a>,
    #[serde(borrow, default)]
    message: Raw<'a>,
    // Azure
    #[serde(borrow, default)]
    category: Raw<'a>,
    #[serde(borrow, default, rename = "Category")]
    category_column: Raw<'a>,
    #[serde(borrow, default)]
    properties: Raw<'a>,
    #[serde(borrow, default)]
    log_s: Raw<'a>,
    #[serde(borrow, default, rename = "TimeGenerated")]
    time_generated: Raw<'a>,
    #[serde(borrow, default, rename = "SourceSystem")]
    source_system: Raw<'a>,
    #[serde(borrow, default, rename = "OperationName")]
    operation_name: Raw<'a>,
    #[serde(borrow, default)]
    tables: Raw<'a>,
    // Others
    #[serde(borrow, default)]
    kind: Raw<'a>,
    #[serde(borrow, default, rename = "apiVersion")]
    api_version: Raw<'a>,
    #[serde(borrow, default)]
    items: Raw<'a>,
    #[serde(borrow, default)]
    event: Raw<'a>,
    #[serde(borrow, default)]
    host: Raw<'a>,
    #[serde(borrow, default)]
    sourcetype: Raw<'a>,
    // Shippers
    #[serde(borrow, default)]
    log: Raw<'a>,
    // Several
    #[serde(borrow, default, rename = "eventType")]
    event_type: Raw<'a>,
    #[serde(borrow, default)]
    source: Raw<'a>,
    #[serde(borrow, default, alias = "records", alias = "Events", alias = "Messages", rename = "Records")]
    records: Raw<'a>,
    #[serde(borrow, default, alias = "value", alias = "receivedMessages", rename = "entries")]
    entries: Raw<'a>,
}

type Raw<'a> = Option<&'a RawValue>;

/// Whether the marks are those of one envelope; in the order in which they are asked.
type Rule = for<'a> fn(&Marks<'a>) -> Option<Shape<'a>>;

/// Rows of Azure come first: a column may have any name, that of a member of another envelope too. What
/// ships lines comes last: it has members by any of the names above.
const RULES: &[&[Rule]] = &[azure::RULES, aws::RULES, google::RULES, others::RULES, shippers::RULES];

/// The shape of `object`, by all its keys. What is not JSON is a record: its source says what is wrong with
/// it.
pub(super) fn shape(object: &[u8]) -> Shape<'_> {
    let Ok(marks) = serde_json::from_slice::<Marks<'_>>(object) else { return Shape::Record };
    let marks = Marks { object, ..marks };
    RULES.iter().copied().flatten().find_map(|rule| rule(&marks)).unwrap_or(Shape::Record)
}

/// What a line of a log group is.
pub(super) fn log_event(object: &[u8]) -> Shape<'_> {
    aws::log_event(object)
}

/// Whether `object` has no member but those of `names`. Where a text of anybody is read as a record, it must:
/// a log that happens to have such a member too has others beside it.
fn has_only(object: &[u8], names: &[&str]) -> bool {
    all_keys(object, |key| names.contains(&key))
}

/// Whether `object` has one member of `names` at least.
fn has_any(object: &[u8], names: &[&str]) -> bool {
    !all_keys(object, |key| !names.contains(&key))
}

fn all_keys(object: &[u8], is: impl Fn(&str) -> bool) -> bool {
    let mut all = true;
    let keys = Keys(|key: &str| all &= is(key));
    serde_json::Deserializer::from_slice(object).deserialize_map(keys).is_ok() && all
}

/// Shows the keys of an object.
struct Keys<F>(F);

impl<'de, F: FnMut(&str)> Visitor<'de> for Keys<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some((key, _)) = map.next_entry::<Text<'de>, IgnoredAny>()? {
            (self.0)(&key);
        }
        Ok(())
    }
}

/// The text of a string, where it is one.
fn text(raw: Raw<'_>) -> Text<'_> {
    raw.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
}

fn is_text(raw: Raw<'_>) -> bool {
    begins(raw, '"')
}

fn is_object(raw: Raw<'_>) -> bool {
    begins(raw, '{')
}

fn begins(raw: Raw<'_>, with: char) -> bool {
    raw.is_some_and(|raw| raw.get().starts_with(with))
}

/// The records in `raw`, where it is an object.
fn around_object(raw: Raw<'_>) -> Option<Shape<'_>> {
    is_object(raw).then(|| Shape::Around(List::Records, bytes(raw)))
}

/// The records in `raw`, where it is a list.
fn around_list(list: List, raw: Raw<'_>) -> Option<Shape<'_>> {
    begins(raw, '[').then(|| Shape::Around(list, bytes(raw)))
}

/// The records that the string `raw` holds. Where it is no JSON it is ignored as `prose`, if it may be that.
fn packed_text<'a>(raw: Raw<'a>, prose: Option<&'static str>) -> Option<Shape<'a>> {
    is_text(raw).then(|| Shape::Packed(Packed::text(bytes(raw), prose)))
}

fn packed_base64(raw: Raw<'_>) -> Option<Shape<'_>> {
    is_text(raw).then(|| Shape::Packed(Packed::base64(bytes(raw))))
}

fn bytes(raw: Raw<'_>) -> &[u8] {
    raw.map_or(b"", |raw| raw.get().as_bytes())
}

/// A member of an object that was left raw.
fn member<'a, T: Deserialize<'a> + Default>(raw: Raw<'a>) -> T {
    members(raw)
}
