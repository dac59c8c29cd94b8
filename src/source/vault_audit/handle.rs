//! Names out of values that may be live secrets.
//!
//! By default a device writes `hmac-sha256:...` in place of every token and every string of the data, and
//! that hash is the name: the same value has the same hash in every field. A device with `log_raw=true`, or a
//! mount with `audit_non_hmac_*_keys`, writes the value itself. Such a value never leaves this module: it is
//! replaced by a digest keyed with the realm, which joins as the hash would have and says nothing outside it.

use crate::event::Name;
use crate::limits::FIELD_BYTES_MAX;
use crate::source::veil;
use crate::text::Text;

const HASHED: &str = "hmac-sha256:";

/// The handle of a value that must be taken for a secret unless it is hashed.
pub fn veiled<'a>(value: &Text<'a>, realm: &str) -> Name<'a> {
    if is_hashed(value) {
        return clear(value);
    }
    Name::handle(veil::digest(value, realm))
}

/// The handle of a value that is no secret: an accessor, a serial number, or the hash of either.
pub fn clear<'a>(value: &Text<'a>) -> Name<'a> {
    Name::handle(value.clone().cut(FIELD_BYTES_MAX))
}

pub fn is_hashed(value: &str) -> bool {
    value.starts_with(HASHED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_kept_and_a_value_is_digested_with_its_realm() {
        let hashed = Text::borrowed("hmac-sha256:0a1b");
        assert_eq!(veiled(&hashed, "vault/a"), Name::handle(hashed));
        let value = Text::borrowed("hvs.EXAMPLE");
        let name = veiled(&value, "vault/a");
        assert!(name.text.starts_with("sha256:"));
        assert_eq!(name, veiled(&value, "vault/a"));
        assert_ne!(name, veiled(&value, "vault/b"));
    }
}
