//! Every envelope, as a function from records to the text of a delivery.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use flate2::write::GzEncoder;
use serde_json::to_string as quoted;

/// An envelope.
pub struct Form {
    pub name: &'static str,
    pub wrap: fn(&[String]) -> String,
    /// It carries text: lines, arrays and Base64 too, not one object alone.
    pub of_text: bool,
    /// It makes one object of many records.
    pub is_object: bool,
    /// Records stand in a list that is read up to where it is cut.
    pub is_list: bool,
}

pub fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

pub fn base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

fn string(text: &str) -> String {
    quoted(text).unwrap()
}

/// An envelope around each record, one a line.
fn each(records: &[String], wrap: impl Fn(&str) -> String) -> String {
    records.iter().map(|record| wrap(record)).collect::<Vec<_>>().join("\n")
}

/// An envelope around a list of what `wrap` makes of each record.
fn list(before: &str, records: &[String], after: &str, wrap: impl Fn(&str) -> String) -> String {
    let items: Vec<String> = records.iter().map(|record| wrap(record)).collect();
    format!("{before}[{}]{after}", items.join(","))
}

fn itself(record: &str) -> String {
    record.to_owned()
}

pub fn cloudwatch(records: &[String]) -> String {
    let before = r#"{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"g","logStream":"s",
        "subscriptionFilters":["f"],"logEvents":"#;
    list(&before.replace("\n        ", ""), records, "}", |record| {
        format!(r#"{{"id":"36","timestamp":1772323200000,"message":{}}}"#, string(record))
    })
}

pub fn sns(text: &str) -> String {
    let topic = "arn:aws:sns:eu-west-1:111122223333:audit";
    format!(
        r#"{{"Type":"Notification","MessageId":"m","TopicArn":"{topic}","Message":{},"Timestamp":"2026"}}"#,
        string(text)
    )
}

fn pubsub(text: &str) -> String {
    format!(
        r#"{{"data":"{}","messageId":"1","message_id":"1","publishTime":"2026-03-01T00:00:00Z"}}"#,
        base64(text)
    )
}

fn aks(text: &str) -> String {
    let head = r#""time":"2026-03-01T00:00:00Z","resourceId":"/SUBSCRIPTIONS/X","category":"kube-audit""#;
    format!(r#"{{{head},"properties":{{"log":{},"stream":"stdout"}}}}"#, string(text))
}

pub fn bus(detail: &str) -> String {
    let head = r#""version":"0","id":"i","detail-type":"AWS API Call via CloudTrail","source":"aws.iam""#;
    format!(r#"{{{head},"account":"111122223333","region":"eu-west-1","resources":[],"detail":{detail}}}"#)
}

const fn plain(name: &'static str, wrap: fn(&[String]) -> String) -> Form {
    Form { name, wrap, of_text: false, is_object: false, is_list: false }
}

/// One object with a list of records.
const fn listed(name: &'static str, wrap: fn(&[String]) -> String) -> Form {
    Form { is_object: true, is_list: true, ..plain(name, wrap) }
}

/// A text a record, one envelope a line.
const fn texts(name: &'static str, wrap: fn(&[String]) -> String) -> Form {
    Form { of_text: true, ..plain(name, wrap) }
}

/// A list of texts.
const fn listed_texts(name: &'static str, wrap: fn(&[String]) -> String) -> Form {
    Form { of_text: true, ..listed(name, wrap) }
}

pub const FORMS: &[Form] = &[
    plain("lines", |records| records.join("\n")),
    plain("concatenated", <[String]>::concat),
    Form { is_list: true, ..plain("array", |records| format!("[{}]", records.join(","))) },
    plain("syslog lines", |records| {
        each(records, |r| format!("<134>1 2026-03-01T00:00:00Z host app - - - {r}"))
    }),
    listed("S3 object", |records| list(r#"{"Records":"#, records, "}", itself)),
    plain("EventBridge", |records| each(records, bus)),
    plain("EventBridge, Okta", |records| {
        each(records, |r| {
            format!(
                r#"{{"version":"0","detail-type":"SystemLog","source":"aws.partner/okta.com","detail":{r}}}"#
            )
        })
    }),
    listed_texts("CloudWatch subscription", cloudwatch),
    plain("CloudWatch subscription, packed", |records| base64(gzip(cloudwatch(records).as_bytes()))),
    Form {
        is_object: true,
        ..plain("CloudWatch subscription, Lambda", |records| {
            format!(r#"{{"awslogs":{{"data":"{}"}}}}"#, base64(gzip(cloudwatch(records).as_bytes())))
        })
    },
    texts("SNS", |records| each(records, sns)),
    listed_texts("SNS, Lambda", |records| {
        list(r#"{"Records":"#, records, "}", |r| {
            format!(r#"{{"EventSource":"aws:sns","EventVersion":"1.0","Sns":{}}}"#, sns(r))
        })
    }),
    texts("SQS", |records| {
        each(records, |r| {
            format!(r#"{{"MessageId":"m","ReceiptHandle":"h","MD5OfBody":"d","Body":{}}}"#, string(r))
        })
    }),
    texts("SQS, body alone", |records| each(records, |r| format!(r#"{{"body":{}}}"#, string(r)))),
    listed_texts("SQS, received", |records| {
        list(r#"{"Messages":"#, records, "}", |r| format!(r#"{{"MessageId":"m","Body":{}}}"#, string(r)))
    }),
    listed_texts("SQS, Lambda", |records| {
        list(r#"{"Records":"#, records, "}", |r| {
            format!(r#"{{"messageId":"m","receiptHandle":"h","body":{},"eventSource":"aws:sqs"}}"#, string(r))
        })
    }),
    listed_texts("Kinesis, Lambda", |records| {
        list(r#"{"Records":"#, records, "}", |r| {
            format!(
                r#"{{"kinesis":{{"partitionKey":"1","data":"{}"}},"eventSource":"aws:kinesis"}}"#,
                base64(r)
            )
        })
    }),
    listed_texts("Kinesis, fetched", |records| {
        list(r#"{"Records":"#, records, r#","NextShardIterator":"x"}"#, |r| {
            format!(r#"{{"SequenceNumber":"1","Data":"{}","PartitionKey":"k"}}"#, base64(r))
        })
    }),
    listed_texts("Firehose over HTTP", |records| {
        list(r#"{"requestId":"r","timestamp":1772323200000,"records":"#, records, "}", |r| {
            format!(r#"{{"data":"{}"}}"#, base64(gzip(r.as_bytes())))
        })
    }),
    listed_texts("Firehose, transformed", |records| {
        list(r#"{"invocationId":"i","deliveryStreamArn":"a","region":"r","records":"#, records, "}", |r| {
            format!(r#"{{"recordId":"1","data":"{}"}}"#, URL_SAFE_NO_PAD.encode(r))
        })
    }),
    texts("Base64 alone", |records| each(records, |r| format!(r#"{{"data":"{}"}}"#, base64(r)))),
    listed_texts("LookupEvents", |records| {
        list(r#"{"Events":"#, records, r#","NextToken":"t"}"#, |r| {
            format!(r#"{{"EventId":"e","EventName":"x","CloudTrailEvent":{}}}"#, string(r))
        })
    }),
    texts("LookupEvents, items", |records| {
        each(records, |r| {
            format!(r#"{{"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","CloudTrailEvent":{}}}"#, string(r))
        })
    }),
    texts("Pub/Sub push", |records| {
        each(records, |r| {
            format!(r#"{{"message":{},"subscription":"projects/p/subscriptions/s"}}"#, pubsub(r))
        })
    }),
    listed_texts("Pub/Sub pull", |records| {
        list(r#"{"receivedMessages":"#, records, "}", |r| {
            format!(r#"{{"ackId":"a","message":{}}}"#, pubsub(r))
        })
    }),
    Form {
        is_list: true,
        ..texts("Pub/Sub pull by gcloud", |records| {
            list("", records, "", |r| format!(r#"{{"ackId":"a","message":{}}}"#, pubsub(r)))
        })
    },
    listed("Cloud Logging, listed", |records| {
        list(r#"{"entries":"#, records, r#","nextPageToken":"t"}"#, itself)
    }),
    plain("CloudEvents", |records| {
        each(records, |r| {
            let head =
                r#""specversion":"1.0","type":"google.cloud.audit.log.v1.written","source":"s","id":"1""#;
            format!(r#"{{{head},"datacontenttype":"application/json","data":{r}}}"#)
        })
    }),
    texts("CloudEvents, Base64", |records| {
        each(records, |r| {
            let head = r#""id":"1","specversion":"1.0","type":"google.cloud.audit.log.v1.written""#;
            format!(r#"{{{head},"data_base64":"{}"}}"#, base64(r))
        })
    }),
    texts("CloudEvents, Pub/Sub", |records| {
        each(records, |r| {
            let head = r#""specversion":"1.0","type":"google.cloud.pubsub.topic.v1.messagePublished""#;
            format!(r#"{{{head},"data":{{"message":{},"subscription":"s"}}}}"#, pubsub(r))
        })
    }),
    listed("Azure, Event Hub", |records| list(r#"{"records":"#, records, "}", itself)),
    listed("Microsoft Graph", |records| {
        let before = r#"{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#auditLogs","value":"#;
        list(before, records, r#","@odata.nextLink":"https://example.com"}"#, itself)
    }),
    listed("Azure, REST", |records| list(r#"{"value":"#, records, "}", itself)),
    texts("AKS", |records| each(records, aks)),
    listed_texts("AKS, Event Hub", |records| list(r#"{"records":"#, records, "}", aks)),
    texts("AKS, Log Analytics", |records| {
        each(records, |r| {
            format!(r#"{{"TimeGenerated":"2026-03-01","Category":"kube-audit-admin","log_s":{}}}"#, string(r))
        })
    }),
    listed("Kubernetes, EventList", |records| {
        list(
            r#"{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":"#,
            records,
            "}",
            itself,
        )
    }),
    plain("Splunk HEC", |records| {
        each(records, |r| format!(r#"{{"time":1772323200.5,"host":"github.com","source":"s","event":{r}}}"#))
    }),
    texts("Splunk HEC, text", |records| {
        each(records, |r| format!(r#"{{"host":"h","sourcetype":"t","event":{}}}"#, string(r)))
    }),
    plain("Docker", |records| {
        each(records, |r| {
            let log = string(&format!("{r}\n"));
            format!(r#"{{"log":{log},"stream":"stdout","time":"2026-03-01T00:00:00.000000001Z"}}"#)
        })
    }),
    plain("Fluent Bit", |records| {
        each(records, |r| {
            let head = r#""date":1772323200.5,"stream":"stdout","logtag":"F""#;
            format!(r#"{{{head},"log":{},"kubernetes":{{"a":{{}}}}}}"#, string(r))
        })
    }),
    plain("Filebeat", |records| {
        each(records, |r| {
            let head = r#""@timestamp":"2026-03-01T00:00:00.000Z","@metadata":{"beat":"filebeat"}"#;
            let beside = r#""log":{"file":{"path":"a"},"offset":0},"input":{"type":"log"},"host":{}"#;
            format!(r#"{{{head},{beside},"message":{}}}"#, string(r))
        })
    }),
    plain("Logstash", |records| {
        each(records, |r| {
            format!(r#"{{"message":{},"@version":"1","@timestamp":"2026","host":"h"}}"#, string(r))
        })
    }),
    plain("Vector", |records| {
        each(records, |r| {
            format!(r#"{{"file":"a","host":"h","message":{},"source_type":"file"}}"#, string(r))
        })
    }),
    listed("Okta Event Hook", |records| {
        let before = r#"{"eventType":"com.okta.event_hook","eventTypeVersion":"1.0",
            "cloudEventsVersion":"0.1","source":"https://example.com","eventId":"e","data":{"events":"#;
        let before = before.replace("\n            ", "");
        list(
            &before,
            records,
            r#"},"eventTime":"2026-03-01T00:00:00Z","contentType":"application/json"}"#,
            itself,
        )
    }),
];
