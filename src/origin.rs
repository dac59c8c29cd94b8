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

fn parse_uuid(text: &[u8]) -> Option<[u8; 16]> {
    if text.len() != 36 {
        return None;
    }
    let mut id = [0u8; 16];
    let mut nibbles = 0;
    for (at, &byte) in text.iter().enumerate() {
        if matches!(at, 8 | 13 | 18 | 23) {
            if byte != b'-' {
                return None;
            }
            continue;
        }
        let nibble = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            b'A'..=b'F' => byte - b'A' + 10,
            _ => return None,
        };
        id[nibbles / 2] = id[nibbles / 2] << 4 | nibble;
        nibbles += 1;
    }
    Some(id)
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
    }
}
