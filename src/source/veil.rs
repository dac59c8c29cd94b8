//! A name for a value that may be a live secret.
//!
//! The value never leaves here: a digest keyed with the realm joins what is the same in it, and says nothing
//! outside it.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

const DIGEST_BYTES: usize = 16;

/// The digest of `value` in `realm`: `sha256:` and 32 hexadecimal digits.
#[must_use]
pub fn digest(value: &str, realm: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(realm.as_bytes());
    hasher.update([0]);
    hasher.update(value.as_bytes());
    let mut text = String::from("sha256:");
    for byte in hasher.finalize().iter().take(DIGEST_BYTES) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_one_digest_in_a_realm_and_another_elsewhere() {
        let text = digest("hvs.EXAMPLE", "vault/a");
        assert!(text.starts_with("sha256:") && text.len() == "sha256:".len() + 2 * DIGEST_BYTES);
        assert_eq!(text, digest("hvs.EXAMPLE", "vault/a"));
        assert_ne!(text, digest("hvs.EXAMPLE", "vault/b"));
    }
}
