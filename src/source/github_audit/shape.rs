//! How an entry of the audit log is told from the records of other sources.

use memchr::memmem;

/// Members that name when an entry was made; one of them always does.
const TIMES: &[&str] = &["\"@timestamp\"", "\"at_sign_timestamp\"", "\"created_at\"", "\"p_event_time\""];

/// Members of which an entry has at least one.
const SCOPES: &[&str] = &["\"actor\"", "\"org\"", "\"business\"", "\"repo\"", "\"_document_id\""];

/// Whether `bytes` have an action in GitHub's words (`repo.create`), a time and a scope.
pub(super) fn is_entry(bytes: &[u8]) -> bool {
    let has = |name: &&str| memmem::find(bytes, name.as_bytes()).is_some();
    let mut actions = memmem::find_iter(bytes, "\"action\"");
    actions.any(|at| bytes.get(at..).is_some_and(has_dotted_value))
        && TIMES.iter().any(has)
        && SCOPES.iter().any(has)
}

/// Whether the member at the beginning of `bytes` has a value of lower-case words parted by dots.
fn has_dotted_value(bytes: &[u8]) -> bool {
    let value = || {
        let rest = bytes.get("\"action\"".len()..)?.trim_ascii_start();
        let rest = rest.strip_prefix(b":")?.trim_ascii_start().strip_prefix(b"\"")?;
        rest.get(..memchr::memchr(b'"', rest)?)
    };
    value().is_some_and(|value| {
        value.contains(&b'.')
            && value.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_recognised_and_records_of_others_are_not() {
        for (record, known) in [
            (r#"{"@timestamp":1772442904250,"action":"git.push","actor":"octocat","org":"acme"}"#, true),
            (r#"{"action" : "repo.add_member", "created_at": "2026-03-02", "repo": "acme/app"}"#, true),
            (r#"{"data":{"action":"x"},"action":"org.add_member","actor":"o","created_at":1}"#, true),
            (r#"{"action":"repo.create","actor":"octocat"}"#, false),
            (r#"{"action":"repo.create","created_at":1}"#, false),
            (r#"{"action":"issued","created_at":1,"actor":"octocat"}"#, false),
            (r#"{"authorization":{"action":"Microsoft.Storage/a/write"},"created_at":1,"actor":1}"#, false),
            (r#"{"eventVersion":"1.08","eventSource":"s3.amazonaws.com","eventName":"ListBuckets"}"#, false),
            (r#"{"time":"2026-03-29T04:00:00Z","type":"request","auth":{},"request":{"path":"a"}}"#, false),
            (r#"{"eventType":"user.session.start","published":"2026-01-01","actor":{"id":"00u"}}"#, false),
            (r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","verb":"get","auditID":"1"}"#, false),
            (r#"{"protoPayload":{"methodName":"a.b"},"timestamp":"2026-01-01"}"#, false),
            (r#"{"category":"AuditEvent","operationName":"SecretGet","time":"2026-01-01"}"#, false),
            ("", false),
        ] {
            assert_eq!(is_entry(record.as_bytes()), known, "{record}");
        }
    }
}
