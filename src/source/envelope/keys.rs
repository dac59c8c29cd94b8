//! What the beginning of an object tells: whether it may be an envelope at all.
//!
//! Nearly every line is a bare record, and it must not pay for the envelopes there are. The first key
//! decides: most records of every source begin with one that no envelope begins with. Where one is shared, a
//! second look at a few bytes does. It may say "perhaps" too often and must never say "no" of an envelope
//! whose members stand in an order that its service writes.

use memchr::memmem;

/// How far a [`Sign::Near`] is looked for.
const NEAR_BYTES: usize = 256;

/// What makes an envelope likely, where the first key alone does not say.
#[derive(Debug)]
enum Sign {
    /// Its value begins so.
    Value(&'static str),
    /// This stands somewhere.
    Holds(&'static str),
    /// This stands near the beginning.
    Near(&'static str),
}

use Sign::{Holds, Near, Value};

const AKS: &[Sign] = &[Holds("\"kube-audit")];
const BUS: &[Sign] = &[Holds("\"detail-type\""), Holds("\"specversion\"")];

/// No source writes a record that begins with the key.
const ALWAYS: &[Sign] = &[Near("")];

/// First keys of envelopes, sorted by length and then by text. Keys that begin with a capital are not here:
/// they are all looked at, since columns of Log Analytics have any name and hardly another record begins with
/// one.
const FIRST_KEYS: &[(&str, &[Sign])] = &[
    ("_p", ALWAYS),
    ("id", BUS),
    ("ecs", ALWAYS),
    ("log", ALWAYS),
    ("tag", ALWAYS),
    ("beat", ALWAYS),
    ("body", ALWAYS),
    ("data", ALWAYS),
    ("date", ALWAYS),
    ("file", ALWAYS),
    ("host", ALWAYS),
    ("kind", &[Value("\"EventList\"")]),
    ("path", ALWAYS),
    ("tags", ALWAYS),
    (
        "time",
        &[
            Near("\"log\""),
            Near("\"event\""),
            Near("\"stream\""),
            Near("\"sourcetype\""),
            Near("\"specversion\""),
            Near("\"detail-type\""),
            Holds("\"kube-audit"),
        ],
    ),
    ("type", BUS),
    ("ackId", ALWAYS),
    ("agent", ALWAYS),
    ("attrs", ALWAYS),
    ("cloud", ALWAYS),
    ("event", &[Value("{"), Near("\"sourcetype\"")]),
    ("index", ALWAYS),
    ("input", ALWAYS),
    ("items", ALWAYS),
    ("label", ALWAYS),
    ("owner", &[Near("\"logGroup\""), Near("\"logEvents\"")]),
    ("value", ALWAYS),
    ("detail", ALWAYS),
    ("docker", ALWAYS),
    ("fields", ALWAYS),
    ("logtag", ALWAYS),
    ("offset", ALWAYS),
    ("region", BUS),
    ("source", ALWAYS),
    ("stream", ALWAYS),
    ("tables", ALWAYS),
    ("account", ALWAYS),
    ("awslogs", ALWAYS),
    ("entries", ALWAYS),
    ("eventId", ALWAYS),
    ("kinesis", ALWAYS),
    ("message", ALWAYS),
    ("records", ALWAYS),
    ("subject", BUS),
    ("version", BUS),
    ("@version", ALWAYS),
    ("category", AKS),
    ("logGroup", ALWAYS),
    ("metadata", &[Near("\"EventList\""), Near("\"items\"")]),
    ("nextLink", ALWAYS),
    ("recordId", ALWAYS),
    ("s3Bucket", ALWAYS),
    ("@metadata", ALWAYS),
    ("container", ALWAYS),
    ("eventType", &[Value("\"com.okta.event_hook\"")]),
    ("logEvents", ALWAYS),
    ("logStream", ALWAYS),
    ("md5OfBody", ALWAYS),
    ("messageId", ALWAYS),
    ("requestId", ALWAYS),
    ("resources", BUS),
    ("timestamp", &[Near("\"records\""), Near("\"message\"")]),
    ("@timestamp", &[Value("\"")]),
    ("apiVersion", &[Near("\"EventList\""), Near("\"items\"")]),
    ("attributes", ALWAYS),
    ("dataschema", ALWAYS),
    ("kubernetes", ALWAYS),
    ("properties", AKS),
    ("resourceId", AKS),
    ("sourcetype", ALWAYS),
    ("containerID", AKS),
    ("data_base64", ALWAYS),
    ("data_stream", ALWAYS),
    ("detail-type", ALWAYS),
    ("messageType", ALWAYS),
    ("publishTime", ALWAYS),
    ("s3ObjectKey", ALWAYS),
    ("source_type", ALWAYS),
    ("specversion", ALWAYS),
    ("@odata.count", ALWAYS),
    ("ccpNamespace", AKS),
    ("container_id", ALWAYS),
    ("invocationId", ALWAYS),
    ("orchestrator", ALWAYS),
    ("subscription", ALWAYS),
    ("elastic_agent", ALWAYS),
    ("nextPageToken", ALWAYS),
    ("operationName", AKS),
    ("receiptHandle", ALWAYS),
    ("@odata.context", ALWAYS),
    ("container_name", ALWAYS),
    ("@odata.nextLink", ALWAYS),
    ("datacontenttype", ALWAYS),
    ("eventTypeVersion", ALWAYS),
    ("receivedMessages", ALWAYS),
    ("messageAttributes", ALWAYS),
    ("cloudEventsVersion", ALWAYS),
    ("subscriptionFilters", ALWAYS),
];

/// Whether `object` must be looked at as a whole before it is taken for a record.
pub(super) fn may_be_envelope(object: &[u8]) -> bool {
    let Some((key, behind)) = first_key(object) else { return false };
    if key.first().is_some_and(u8::is_ascii_uppercase) {
        return true;
    }
    let by_length = |row: &(&str, _)| row.0.len().cmp(&key.len()).then_with(|| row.0.as_bytes().cmp(key));
    let Ok(found) = FIRST_KEYS.binary_search_by(by_length) else { return false };
    let signs = FIRST_KEYS.get(found).map_or(ALWAYS, |row| row.1);
    !(key == b"time" && is_followed_by_type(behind)) && signs.iter().any(|sign| sign.stands_in(behind))
}

impl Sign {
    /// `behind` is the object from behind its first key.
    fn stands_in(&self, behind: &[u8]) -> bool {
        match self {
            Value(text) => value_begins(behind).starts_with(text.as_bytes()),
            Holds(text) => memmem::find(behind, text.as_bytes()).is_some(),
            Near(text) => {
                let near = behind.get(..NEAR_BYTES).unwrap_or(behind);
                memmem::find(near, text.as_bytes()).is_some()
            }
        }
    }
}

/// Whether the next key is `type`, as in every entry of Vault: the hottest path there is.
fn is_followed_by_type(behind: &[u8]) -> bool {
    let Some(value) = value_begins(behind).strip_prefix(b"\"") else { return false };
    let end = memchr::memchr(b'"', value).unwrap_or(value.len());
    value.get(end..).is_some_and(|rest| rest.starts_with(b"\",\"type\":\"re"))
}

fn value_begins(behind: &[u8]) -> &[u8] {
    behind.trim_ascii_start().strip_prefix(b":").unwrap_or_default().trim_ascii_start()
}

/// The first key of `object` as it is written, and what stands behind it.
fn first_key(object: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = object.strip_prefix(b"{")?.trim_ascii_start().strip_prefix(b"\"")?;
    let (key, behind) = rest.split_at_checked(memchr::memchr(b'"', rest)?)?;
    Some((key, behind.get(1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_keys_are_in_the_order_they_are_searched_in() {
        assert!(FIRST_KEYS.is_sorted_by(|a, b| (a.0.len(), a.0) < (b.0.len(), b.0)));
    }

    #[test]
    fn records_of_every_source_need_no_second_parse() {
        for record in [
            r#"{"time":"2026-03-01T00:00:00Z","type":"request","auth":{}}"#,
            r#"{"eventVersion":"1.08","userIdentity":{}}"#,
            r#"{"awsRegion":"eu-west-1","eventName":"CreateAccessKey"}"#,
            r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata"}"#,
            r#"{"apiVersion":"audit.k8s.io/v1","auditID":"a","kind":"Event"}"#,
            r#"{"insertId":"i","logName":"projects/p/logs/cloudaudit.googleapis.com%2Factivity"}"#,
            r#"{"protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog"}}"#,
            r#"{"time":"2026-03-01T00:00:00.0000000Z","resourceId":"/x","category":"AuditEvent"}"#,
            r#"{"category":"Administrative","time":"2026-03-01T00:00:00Z"}"#,
            r#"{"id":"Directory_1","category":"ApplicationManagement","activityDisplayName":"x"}"#,
            r#"{"actor":{"id":"00u1"},"eventType":"system.api_token.create"}"#,
            r#"{"eventType":"system.api_token.create","version":"0"}"#,
            r#"{"version":"0","severity":"INFO","uuid":"u"}"#,
            r#"{"action":"git.clone","@timestamp":1772323200000}"#,
            r#"{"@timestamp":1772323200000,"action":"git.clone"}"#,
            r#"{"_document_id":"d","event":"schedule"}"#,
        ] {
            assert!(!may_be_envelope(record.as_bytes()), "{record}");
        }
    }
}
