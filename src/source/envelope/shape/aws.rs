//! AWS: EventBridge, CloudWatch Logs, SNS, SQS, Kinesis, LookupEvents, and notices that point at an object.
//!
//! Shapes: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html>,
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html>,
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html>,
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>,
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html>,
//! <https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html>,
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>.

use serde::Deserialize;

use super::{
    LOG_LINE, List, Marks, Raw, Rule, Shape, around_list, around_object, has_only, member, packed_base64,
    packed_text, text,
};

pub(super) const RULES: &[Rule] =
    &[insight, bus_event, cloudwatch, object_notice, sns, kinesis, sqs, lookup, records];

/// What a message is whose text holds no JSON: words for people.
const NOTICE: &str = "notification";

fn insight<'a>(marks: &Marks<'a>) -> Option<Shape<'a>> {
    (*text(marks.event_type) == *"AwsCloudTrailInsight").then_some(Shape::Notice("insight"))
}

/// Members of a message of a queue.
const OF_MESSAGE: &[&str] = &[
    "Attributes",
    "Body",
    "MD5OfBody",
    "MD5OfMessageAttributes",
    "MessageAttributes",
    "MessageId",
    "ReceiptHandle",
    "attributes",
    "awsRegion",
    "body",
    "eventSource",
    "eventSourceARN",
    "md5OfBody",
    "md5OfMessageAttributes",
    "messageAttributes",
    "messageId",
    "receiptHandle",
];

/// An EventBridge event, by its `detail-type`. Okta's partner source names its records `SystemLog`. Whoever
/// may put events on a bus gives them any `detail-type`; a `source` that begins with `aws.` is kept for AWS
/// and its partners.
fn bus_event<'a>(marks: &Marks<'a>) -> Option<Shape<'a>> {
    marks.detail_type?;
    let detail_type = text(marks.detail_type);
    let is_vouched_for = text(marks.source).starts_with("aws.");
    let carries = |kind: &str| is_vouched_for && (kind.ends_with("via CloudTrail") || kind == "SystemLog");
    Some(match &*detail_type {
        "AWS Insight via CloudTrail" => Shape::Notice("insight"),
        kind if kind.starts_with("Object ") => Shape::Notice(NOTICE),
        kind if carries(kind) => around_object(marks.detail).unwrap_or(Shape::Notice("other_bus_event")),
        _ => Shape::Notice("other_bus_event"),
    })
}

/// What a subscription of a log group delivers, as it is or as Lambda hands it over.
fn cloudwatch<'a>(marks: &Marks<'a>) -> Option<Shape<'a>> {
    if marks.awslogs.is_some() {
        return packed_base64(member::<Data<'_>>(marks.awslogs).data);
    }
    match &*text(marks.message_type) {
        "CONTROL_MESSAGE" => Some(Shape::Notice("control_message")),
        _ => around_list(List::LogEvents, marks.log_events),
    }
}

/// What points at an object of S3, itself or as CloudTrail tells a topic of a delivery.
fn object_notice<'a>(marks: &Marks<'a>) -> Option<Shape<'a>> {
    let points = *text(marks.event_source) == *"aws:s3"
        || *text(marks.s3_test) == *"s3:TestEvent"
        || marks.s3_object_key.is_some();
    points.then_some(Shape::Notice(NOTICE))
}

/// A message of a topic, or what the topic says of a subscription.
fn sns<'a>(marks: &Marks<'a>) -> Option<Shape<'a>> {
    if marks.sns.is_some() || *text(marks.lambda_source) == *"aws:sns" {
        let message = member::<SnsMessage<'_>>(marks.sns).message;
        return Some(packed_text(message, Some(NOTICE)).unwrap_or(Shape::Notice(NOTICE)));
    }
    match &*text(marks.sns_type) {
        "SubscriptionConfirmation" | "UnsubscribeConfirmation" => Some(Shape::Notice(NOTICE)),
        kind if kind == "Notification" || marks.topic.is_some() => {
            Some(packed_text(marks.sns_message, Some(NOTICE)).unwrap_or(Shape::Notice(NOTICE)))
        }
        _ => None,
    }
}

/// A record of a stream, as Lambda hands it over or as it is fetched.
fn kinesis<'a>(marks: &Marks<'a>) -> Option<Shape<'a>> {
    if marks.partition_key.is_some() {
        return packed_base64(marks.kinesis_data);
    }
    packed_base64(member::<Data<'_>>(marks.kinesis).data)
}

/// A message of a queue, as Lambda hands it over or as it is received.
fn sqs<'a>(marks: &Marks<'a>) -> Option<Shape<'a>> {
    marks.body.filter(|_| has_only(marks.object, OF_MESSAGE))?;
    packed_text(marks.body, Some(NOTICE))
}

/// An item of `LookupEvents`.
fn lookup<'a>(marks: &Marks<'a>) -> Option<Shape<'a>> {
    packed_text(marks.cloudtrail_event, None)
}

/// A list of records by the names that AWS and Azure give to one.
fn records<'a>(marks: &Marks<'a>) -> Option<Shape<'a>> {
    around_list(List::Records, marks.records)
}

/// A line of a log group.
pub(super) fn log_event(object: &[u8]) -> Shape<'_> {
    let line = serde_json::from_slice::<LogEvent<'_>>(object).ok();
    line.and_then(|line| packed_text(line.message, Some(LOG_LINE))).unwrap_or(Shape::Record)
}

#[derive(Deserialize, Default)]
struct Data<'a> {
    #[serde(borrow, default)]
    data: Raw<'a>,
}

#[derive(Deserialize, Default)]
struct SnsMessage<'a> {
    #[serde(borrow, default, rename = "Message")]
    message: Raw<'a>,
}

#[derive(Deserialize)]
struct LogEvent<'a> {
    #[serde(borrow, default)]
    message: Raw<'a>,
}
