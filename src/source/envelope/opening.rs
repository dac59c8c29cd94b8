//! Envelopes whose records stand in a list: entered at the list, so that a delivery that was cut off gives
//! the records before the cut, and one of hundreds of megabytes is not parsed as a whole.

use super::shape::List;
use super::skim;

/// Members looked at before the list.
const MEMBERS_BEFORE_MAX: usize = 12;

/// What a member before the list must be for the list to be one of records.
const BEFORE: &[(&[u8], &[u8])] = &[
    (b"@odata.context", b""),
    (b"@odata.count", b""),
    (b"@odata.nextLink", b""),
    (b"nextLink", b""),
    (b"nextPageToken", b""),
    (b"NextToken", b""),
    (b"kind", b"\"EventList\""),
    (b"apiVersion", b"\"audit.k8s.io/"),
    (b"metadata", b"{"),
    (b"messageType", b"\"DATA_MESSAGE\""),
    (b"owner", b"\""),
    (b"logGroup", b"\""),
    (b"logStream", b"\""),
    (b"subscriptionFilters", b"["),
    (b"requestId", b"\""),
    (b"timestamp", b""),
    (b"invocationId", b"\""),
    (b"deliveryStreamArn", b"\""),
    (b"sourceKinesisStreamArn", b"\""),
    (b"region", b"\""),
    (b"eventType", b"\"com.okta.event_hook\""),
    (b"eventTypeVersion", b"\""),
    (b"cloudEventsVersion", b"\""),
    (b"source", b"\""),
    (b"eventId", b"\""),
    (b"eventTime", b"\""),
    (b"contentType", b"\""),
];

/// The member that must stand before a list.
type Needed = Option<&'static [u8]>;

const LISTS: &[(&[u8], List, Needed)] = &[
    (b"Records", List::Records, None),
    (b"records", List::Records, None),
    (b"value", List::Records, None),
    (b"entries", List::Records, None),
    (b"receivedMessages", List::Records, None),
    (b"Messages", List::Records, None),
    (b"Events", List::Records, None),
    (b"items", List::Records, Some(b"apiVersion")),
    (b"logEvents", List::LogEvents, Some(b"messageType")),
    (b"data", List::Records, Some(b"eventType")),
];

/// The list of an event hook stands in an object of its own.
const INNER: (&[u8], &[u8]) = (b"data", b"events");

/// The beginning of an envelope, up to the first record of its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opening {
    pub len: usize,
    pub list: List,
    /// Objects that are open around the list.
    pub objects: u32,
    /// It is `{"Records":[`, as S3 objects of CloudTrail begin.
    pub is_delivery: bool,
}

/// The opening that `text` begins with.
pub(super) fn opening(text: &[u8]) -> Option<Opening> {
    let mut rest = after(text, b'{')?;
    let mut before: [&[u8]; MEMBERS_BEFORE_MAX] = [b""; MEMBERS_BEFORE_MAX];
    for seen in 0..MEMBERS_BEFORE_MAX {
        let (key, value) = member(rest)?;
        if let Some((name, list, needed)) = LISTS.iter().find(|row| row.0 == key) {
            let (value, objects) = if *name == INNER.0 { (inner(value)?, 2) } else { (value, 1) };
            let is_entered = needed.is_none_or(|needed| before.contains(&needed)) && opens_array(value);
            let len = text.len() - after(value, b'[')?.len();
            let is_delivery = seen == 0 && *name == b"Records";
            return is_entered.then_some(Opening { len, list: *list, objects, is_delivery });
        }
        let (name, begins) = BEFORE.iter().find(|row| row.0 == key)?;
        rest = after(value.strip_prefix(*begins).and_then(|_| behind(value))?, b',')?;
        *before.get_mut(seen)? = name;
    }
    None
}

/// The value of the first member of the object that `value` begins with, where that is the list.
fn inner(value: &[u8]) -> Option<&[u8]> {
    let (key, value) = member(after(value, b'{')?)?;
    (key == INNER.1).then_some(value)
}

/// Whether `text` begins an array of values, not a word in brackets as loggers write them.
pub(super) fn opens_array(text: &[u8]) -> bool {
    text.strip_prefix(b"[").is_some_and(|rest| matches!(rest.trim_ascii_start().first(), Some(b'{' | b']')))
}

/// The key that `text` begins with, and what stands behind its colon.
fn member(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = after(text, b'"')?;
    let (key, behind) = rest.split_at_checked(memchr::memchr(b'"', rest)?)?;
    Some((key, after(behind.get(1..)?, b':')?.trim_ascii_start()))
}

/// What stands behind the value that `text` begins with.
fn behind(text: &[u8]) -> Option<&[u8]> {
    let len = match text.first()? {
        b'"' => skim::string_end(text, 0).ok()? + 1,
        b'{' | b'[' => skim::value_len(text).ok()?,
        _ => text.iter().position(|byte| matches!(byte, b',' | b'}' | b']'))?,
    };
    text.get(len..)
}

/// What stands behind `mark`, which may have blanks around it.
fn after(text: &[u8], mark: u8) -> Option<&[u8]> {
    let (first, rest) = text.trim_ascii_start().split_first()?;
    (*first == mark).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_found_behind_the_members_that_go_with_them() {
        for (head, list) in [
            ("{ \"Records\" : [", List::Records),
            (r#"{"@odata.context":"https://x/$metadata#a","@odata.count":2,"value":["#, List::Records),
            (r#"{"requestId":"r","timestamp":1,"records":["#, List::Records),
            (r#"{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":["#, List::Records),
            (r#"{"apiVersion":"audit.k8s.io/v1","items":["#, List::Records),
            (r#"{"eventType":"com.okta.event_hook","source":"s","data":{"events":["#, List::Records),
            (
                r#"{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s",
                "subscriptionFilters":["f"],"logEvents":["#,
                List::LogEvents,
            ),
        ] {
            let found = opening(format!("{head}{{}}").as_bytes());
            assert_eq!(found.map(|opening| (opening.len, opening.list)), Some((head.len(), list)), "{head}");
        }
        for none in [
            r#"{"Records":[1]}"#,
            r#"{"records":{"a":[]}}"#,
            r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","items":[]}"#,
            r#"{"items":[]}"#,
            r#"{"data":{"events":[]}}"#,
            r#"{"messageType":"CONTROL_MESSAGE","logEvents":[]}"#,
            r#"{"auth":{},"Records":[]}"#,
            r#"{"metadata":{},"metadata":{},"#,
        ] {
            assert_eq!(opening(none.as_bytes()), None, "{none}");
        }
    }
}
