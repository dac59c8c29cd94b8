//! Records held back until there are enough of them to fill a request.
//!
//! The client sends what it has after a millisecond, and one by one records make small requests, each of
//! which costs the broker as much as a large one. Written together they fill its batches, and a transaction
//! waits no longer for them.

use std::ops::Range;

use super::stage::Outgoing;

/// Held back until there is so much of it.
pub const HELD_BYTES: usize = 256 << 10;

/// A record larger than this is not held: what is wrong with it shows at once.
pub const RECORD_BYTES: usize = 64 << 10;

struct Held {
    topic: usize,
    partition: Option<i32>,
    key: Option<Range<usize>>,
    payload: Option<Range<usize>>,
}

/// See the module.
#[derive(Default)]
pub struct Hold {
    topics: Vec<String>,
    bytes: Vec<u8>,
    records: Vec<Held>,
}

impl Hold {
    /// Holds a record behind those that are held.
    pub fn push(&mut self, record: &Outgoing<'_>) {
        let topic = self.topics.iter().position(|topic| topic == record.topic).unwrap_or_else(|| {
            self.topics.push(record.topic.to_owned());
            self.topics.len() - 1
        });
        let mut keep = |part: Option<&[u8]>| {
            part.map(|part| {
                let start = self.bytes.len();
                self.bytes.extend_from_slice(part);
                start..self.bytes.len()
            })
        };
        let (key, payload) = (keep(record.key), keep(record.payload));
        self.records.push(Held { topic, partition: record.partition, key, payload });
    }

    pub fn is_full(&self) -> bool {
        self.bytes.len() >= HELD_BYTES
    }

    /// Gives each record to `send`, in order, and holds none of them any more.
    pub fn release<E>(&mut self, mut send: impl FnMut(Outgoing<'_>) -> Result<(), E>) -> Result<(), E> {
        let Self { topics, bytes, records } = self;
        let part = |range: &Option<Range<usize>>| range.clone().map(|range| &bytes[range]);
        let outcome = records.iter().try_for_each(|held| {
            send(Outgoing {
                topic: &topics[held.topic],
                partition: held.partition,
                key: part(&held.key),
                payload: part(&held.payload),
            })
        });
        self.clear();
        outcome
    }

    pub fn clear(&mut self) {
        self.bytes.clear();
        self.records.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_comes_out_in_order_and_once() {
        let mut hold = Hold::default();
        let record = |topic, key, payload| Outgoing { topic, partition: Some(1), key, payload };
        hold.push(&record("a", Some(b"k".as_slice()), Some(b"one".as_slice())));
        hold.push(&record("b", None, None));
        hold.push(&record("a", None, Some(b"".as_slice())));
        let mut seen = Vec::new();
        let mut take = |record: Outgoing<'_>| {
            seen.push((
                record.topic.to_owned(),
                record.key.map(<[u8]>::to_vec),
                record.payload.map(<[u8]>::to_vec),
            ));
            Ok::<(), ()>(())
        };
        hold.release(&mut take).unwrap();
        hold.release(&mut take).unwrap();
        let expected = [
            ("a".to_owned(), Some(b"k".to_vec()), Some(b"one".to_vec())),
            ("b".to_owned(), None, None),
            ("a".to_owned(), None, Some(Vec::new())),
        ];
        assert_eq!(seen, expected);
    }
}
