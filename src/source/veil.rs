//! Names out of values that must not leave the record: a live secret, or a plain digest of one.
//!
//! Such a value is replaced by a digest keyed with the realm. It joins whatever the same realm shows of the
//! same value, and says nothing outside it: neither the value nor a table of guesses finds its way back.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::event::Name;

const DIGEST_BYTES: usize = 16;

/// The handle that stands for `value` in `realm`.
pub fn veiled(value: &str, realm: &str) -> Name<'static> {
    let mut hasher = Sha256::new();
    hasher.update(realm.as_bytes());
    hasher.update([0]);
    hasher.update(value.as_bytes());
    let mut text = String::from("sha256:");
    for byte in hasher.finalize().iter().take(DIGEST_BYTES) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    Name::handle(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_has_one_handle_in_a_realm_and_another_in_the_next() {
        let name = veiled("hvs.EXAMPLE", "vault/a");
        assert!(name.text.starts_with("sha256:") && name.text.len() == "sha256:".len() + 2 * DIGEST_BYTES);
        assert_eq!(name, veiled("hvs.EXAMPLE", "vault/a"));
        assert_ne!(name, veiled("hvs.EXAMPLE", "vault/b"));
        assert_ne!(name, veiled("hvs.EXAMPLF", "vault/a"));
    }
}
