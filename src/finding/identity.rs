//! The identity of a finding: a digest of what it is about and of the fact that began it.
//!
//! It holds no clock, counter, run or place of computation, so every replay, second reader and restored
//! partition computes the same one.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::finding::Subject;
use crate::time::EventTime;

/// The version of the recipe: it changes only with an announcement, for every uid changes with it.
const RECIPE: &str = "1";

/// Crockford's base 32: no I, L, O, U, so that it survives being read aloud.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The identity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid([u8; 16]);

impl Uid {
    /// The uid of `detection` on `subject`, begun by the fact at `anchor`.
    #[must_use]
    pub fn new(detection: &str, subject: &Subject, anchor: EventTime) -> Self {
        let version = subject.version.as_deref().unwrap_or_default();
        let anchor = anchor.micros().to_string();
        let subject_type = subject.subject_type.as_str();
        Self(digest(&[
            RECIPE,
            detection,
            subject_type,
            &subject.realm,
            subject.kind,
            &subject.id,
            version,
            &anchor,
        ]))
    }

    /// The digest of `parts`, each ended by a zero byte: an identity of something else than a finding.
    #[must_use]
    pub fn of_parts(parts: &[&str]) -> Self {
        Self(digest(parts))
    }

    /// The uid read back from its bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// `TEN-<detection>-<six characters>`.
    #[must_use]
    pub fn short(&self, detection: &str) -> String {
        format!("TEN-{detection}-{}", base32(&self.0, 6))
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The case that findings of one subject with one remedy share: `C-4QX7M`.
#[must_use]
pub fn case_of(realm: &str, subject_id: &str, remedy: &str) -> String {
    format!("C-{}", base32(&digest(&["case", realm, subject_id, remedy]), 6))
}

fn digest(parts: &[&str]) -> [u8; 16] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    let mut id = [0; 16];
    id.copy_from_slice(&hasher.finalize()[..16]);
    id
}

fn base32(bytes: &[u8; 16], length: usize) -> String {
    let bits = u128::from_be_bytes(*bytes);
    let digit = |at: usize| ALPHABET[usize::try_from(bits >> (123 - 5 * at) & 31).unwrap_or_default()];
    (0..length).map(|at| char::from(digit(at))).collect()
}
