//! The address of a fact: which record of which input it was read from.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Where a record lay: an input of this run or partition by its number, which only as a name leaves the
/// process, and the place within it. Packed, because every fact keeps a few of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Origin(u64);

const RECORD_BITS: u32 = 40;
const RECORD_MAX: u64 = (1 << RECORD_BITS) - 1;
const INPUT_MAX: u32 = (1 << (64 - RECORD_BITS)) - 1;

impl Origin {
    /// Record `record` of input `input`. Beyond 16 million inputs, or 10^12 records of one, the last number
    /// stands for all that follow.
    #[must_use]
    pub const fn new(input: u32, record: u64) -> Self {
        let input = if input > INPUT_MAX { INPUT_MAX } else { input };
        let record = if record > RECORD_MAX { RECORD_MAX } else { record };
        Self((input as u64) << RECORD_BITS | record)
    }

    /// The number of its input.
    #[must_use]
    pub const fn input(self) -> u32 {
        (self.0 >> RECORD_BITS) as u32
    }

    /// The record within the input. In files from 1: the line number in JSON lines, else the ordinal of the
    /// record. In Kafka the offset of the message.
    #[must_use]
    pub const fn record(self) -> u64 {
        self.0 & RECORD_MAX
    }

    /// The record behind it in the same input.
    #[must_use]
    pub const fn next(self) -> Self {
        Self::new(self.input(), self.record() + 1)
    }
}

/// The identity of an audit event, as its source states it, in 16 bytes.
///
/// A UUID is kept as it is; any other text, and a record without an id, by a truncated SHA-256. Duplicate
/// deliveries, second devices and re-reads of a file therefore carry the same id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct EventId([u8; 16]);

impl EventId {
    /// The id stated by the record.
    #[must_use]
    pub fn stated(text: &str) -> Self {
        parse_uuid(text.as_bytes()).map_or_else(|| Self::digest(text.as_bytes()), Self)
    }

    /// An id for a record that states none: the digest of its bytes.
    #[must_use]
    pub fn digest(bytes: &[u8]) -> Self {
        use sha2::{Digest, Sha256};
        let hash = Sha256::digest(bytes);
        let mut id = [0; 16];
        id.copy_from_slice(&hash[..16]);
        Self(id)
    }
}

impl EventId {
    /// The id read back from its bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// As 16 bytes, not as a list of numbers.
impl Serialize for EventId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for EventId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;

        impl Visitor<'_> for Bytes {
            type Value = EventId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("16 bytes")
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<EventId, E> {
                bytes.try_into().map(EventId).map_err(|_| E::invalid_length(bytes.len(), &self))
            }
        }

        deserializer.deserialize_bytes(Bytes)
    }
}

impl fmt::Display for EventId {
    /// In the form of a UUID, which it is wherever the source writes UUIDs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// The value of each hexadecimal digit; above 15 for every other byte.
const NIBBLES: [u8; 256] = {
    let mut nibbles = [u8::MAX; 256];
    let mut value: u8 = 0;
    while value < 16 {
        nibbles[b"0123456789abcdef"[value as usize] as usize] = value;
        nibbles[b"0123456789ABCDEF"[value as usize] as usize] = value;
        value += 1;
    }
    nibbles
};

/// Where the two digits of each byte of a UUID begin.
const PAIRS: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

fn parse_uuid(text: &[u8]) -> Option<[u8; 16]> {
    let text: &[u8; 36] = text.try_into().ok()?;
    if [8, 13, 18, 23].iter().any(|&at| text[at] != b'-') {
        return None;
    }
    let mut id = [0; 16];
    let mut seen = 0;
    for (byte, at) in id.iter_mut().zip(PAIRS) {
        let (high, low) = (NIBBLES[usize::from(text[at])], NIBBLES[usize::from(text[at + 1])]);
        seen |= high | low;
        *byte = high << 4 | low & 15;
    }
    (seen < 16).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_kept_and_anything_else_is_digested() {
        let uuid = "4bf1ca5d-42ba-4e95-a493-9cdeefb58b87";
        assert_eq!(EventId::stated(uuid).to_string(), uuid);
        assert_eq!(EventId::stated(&uuid.to_uppercase()).to_string(), uuid);
        assert_ne!(EventId::stated("EXAMPLE-5204"), EventId::stated("EXAMPLE-5205"));
        for text in [uuid.replace('f', "g"), uuid.replace('-', "0"), format!("{uuid}0")] {
            assert_eq!(EventId::stated(&text), EventId::digest(text.as_bytes()), "{text}");
        }
    }
}
