//! The address of a fact: which record of which input it was read from.

use serde::{Deserialize, Serialize};

/// Where a record lay. `input` numbers the inputs of this run; only its resolved name leaves the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Origin {
    /// Index into the run's table of inputs.
    pub input: u32,
    /// The record within the input, from 1: the line number in JSON lines, else the ordinal of the record.
    pub record: u32,
}

/// The identity of an audit event, as its source states it, in 16 bytes.
///
/// A UUID is kept as it is; any other text, and a record without an id, by a truncated SHA-256. Duplicate
/// deliveries, second devices and re-reads of a file therefore carry the same id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
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

impl std::fmt::Display for EventId {
    /// In the form of a UUID, which it is wherever the source writes UUIDs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
