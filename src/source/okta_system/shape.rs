//! How an event of the System Log is told from the records of other sources.

use memchr::memmem;

/// Whether `bytes` have an event type and the time of publication, as only Okta calls them together.
pub(super) fn is_entry(bytes: &[u8]) -> bool {
    let has = |name: &str| memmem::find(bytes, name.as_bytes()).is_some();
    (has("\"eventType\"") || has("\"eventtype\"")) && has("\"published\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_recognised_and_records_of_others_are_not() {
        for (record, known) in [
            (r#"{"eventType":"user.session.start","published":"2026-03-02T09:15:04.250Z"}"#, true),
            (r#"{"eventtype":"user.session.start","published":"2026-03-02 09:15:04.25"}"#, true),
            (r#"{"eventVersion":"1.08","eventType":"AwsApiCall","eventName":"ListBuckets"}"#, false),
            (r#"{"action":"git.push","actor":"octocat","@timestamp":1}"#, false),
            (r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","verb":"get"}"#, false),
            (r#"{"category":"AuditLogs","operationName":"Add user","time":"2026-01-01"}"#, false),
            (r#"{"time":"2026-03-29T04:00:00Z","type":"request","auth":{}}"#, false),
            (r#"{"protoPayload":{"methodName":"a.b"},"timestamp":"2026-01-01"}"#, false),
            ("", false),
        ] {
            assert_eq!(is_entry(record.as_bytes()), known, "{record}");
        }
    }
}
