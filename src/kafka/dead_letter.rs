//! Dead letters: records that could not be read, by reason and place. Never a part of them.

use serde::Serialize;

use super::stage::{Incoming, Outbox, Outgoing};
use crate::source::Reject;
use crate::stream::SourceName;

/// The version of the form.
const VERSION: u32 = 1;

/// One line of JSON.
#[derive(Debug, Serialize)]
pub struct DeadLetter<'a> {
    v: u32,
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'static str>,
    topic: &'a str,
    partition: i32,
    offset: u64,
    /// Within the message, from 1; absent for the message as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<u64>,
    /// Within the record, where one can be named.
    #[serde(skip_serializing_if = "Option::is_none")]
    byte: Option<u32>,
}

impl<'a> DeadLetter<'a> {
    /// For a message as a whole.
    #[must_use]
    pub fn of(reason: &'static str, message: &Incoming<'a>) -> Self {
        Self {
            v: VERSION,
            reason,
            source: None,
            topic: &message.place.topic,
            partition: message.place.partition,
            offset: message.offset,
            record: None,
            byte: None,
        }
    }

    /// For record `number` of a message.
    #[must_use]
    pub fn of_record(
        message: &Incoming<'a>,
        number: u64,
        source: Option<SourceName>,
        reject: Reject,
    ) -> Self {
        Self {
            source: source.map(SourceName::as_str),
            record: Some(number),
            byte: reject.byte,
            ..Self::of(reject.reason.as_str(), message)
        }
    }

    /// Writes it to `topic`, keyed by the partition it came from.
    ///
    /// # Errors
    /// Where the transaction cannot take it.
    pub fn send(&self, topic: &str, out: &mut dyn Outbox) -> anyhow::Result<()> {
        let payload = serde_json::to_vec(self)?;
        let key = format!("{}/{}", self.topic, self.partition);
        let (key, payload) = (Some(key.as_bytes()), Some(payload.as_slice()));
        out.send(Outgoing { topic, partition: None, key, payload })
    }
}
