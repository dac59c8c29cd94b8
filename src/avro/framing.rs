//! Which schema a record was written with, said in front of its bytes.
//!
//! A record of Avro says nothing of its schema, and a reader without it reads nothing. With a Schema Registry
//! the number the registry gave the schema stands in front (Confluent's wire format), without one the
//! schema's fingerprint (Avro's single-object encoding). Either way the record itself is the same.

use std::sync::OnceLock;

use apache_avro::Schema;
use apache_avro::rabin::Rabin;

const CONFLUENT_MAGIC: u8 = 0x00;
const SINGLE_OBJECT_MAGIC: [u8; 2] = [0xC3, 0x01];

/// A schema of the product, as other programs rely on it: what was once written stays readable.
#[derive(Debug)]
pub struct Contract {
    /// For people: `finding`.
    pub name: &'static str,
    /// The schema as it is published, with its documentation.
    pub text: &'static str,
    known: OnceLock<Known>,
}

/// What is worked out from the text once.
#[derive(Debug)]
struct Known {
    schema: Schema,
    fingerprint: [u8; 8],
}

/// A finding: one transition with the whole state after it.
pub static FINDING: Contract = Contract::new("finding", include_str!("../../schemas/finding.avsc"));

/// An event, and how far its readers have come: the records of the topic of events.
pub static EVENT: Contract = Contract::new("event", include_str!("../../schemas/credential-event.avsc"));
pub static PROGRESS: Contract = Contract::new("progress", include_str!("../../schemas/progress.avsc"));

impl Contract {
    #[must_use]
    pub const fn new(name: &'static str, text: &'static str) -> Self {
        Self { name, text, known: OnceLock::new() }
    }

    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.known().schema
    }

    /// CRC-64-AVRO of the schema's Parsing Canonical Form, as the single-object encoding writes it.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 8] {
        self.known().fingerprint
    }

    /// The header of a record where no registry gave the schema a number.
    #[must_use]
    pub fn header(&self) -> Header {
        Header::SingleObject(self.fingerprint())
    }

    /// The record's name with its namespace: `tenure.Finding`.
    #[must_use]
    pub fn full_name(&self) -> String {
        self.schema().name().map_or_else(String::new, |name| name.fullname(None))
    }

    fn known(&self) -> &Known {
        self.known.get_or_init(|| match Schema::parse_str(self.text) {
            Ok(schema) => Known { fingerprint: fingerprint_of(&schema), schema },
            Err(_) => unreachable!("the schemas are part of the program, and a test parses each"),
        })
    }
}

/// CRC-64-AVRO of a schema's Parsing Canonical Form: the same for all texts that are read the same.
///
/// The library strips logical types but leaves `{"type":"long"}` where the specification says `"long"`, so
/// its own fingerprint is one that no other implementation computes. Its form of its form is the right one.
#[must_use]
pub fn fingerprint_of(schema: &Schema) -> [u8; 8] {
    let canonical = Schema::parse_str(&schema.canonical_form());
    let bytes = canonical.as_ref().unwrap_or(schema).fingerprint::<Rabin>().bytes;
    bytes.try_into().unwrap_or_else(|_| unreachable!("CRC-64 has eight bytes"))
}

/// Why bytes are not the record they should be.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    #[error("not a record of its schema")]
    Record(#[from] apache_avro::Error),
    #[error("{0} bytes stand after the record")]
    Trailing(usize),
}

/// What stands in front of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Header {
    /// The schema's fingerprint, little-endian as it is written.
    SingleObject([u8; 8]),
    /// The schema's number in the registry.
    Confluent(u32),
}

impl Header {
    pub fn write(self, out: &mut Vec<u8>) {
        match self {
            Self::SingleObject(fingerprint) => {
                out.extend_from_slice(&SINGLE_OBJECT_MAGIC);
                out.extend_from_slice(&fingerprint);
            }
            Self::Confluent(id) => {
                out.push(CONFLUENT_MAGIC);
                out.extend_from_slice(&id.to_be_bytes());
            }
        }
    }

    /// The header and the record behind it; `None` where neither header stands in front.
    #[must_use]
    pub fn split(bytes: &[u8]) -> Option<(Self, &[u8])> {
        if let Some(rest) = bytes.strip_prefix(&[CONFLUENT_MAGIC]) {
            let (id, record) = rest.split_first_chunk()?;
            return Some((Self::Confluent(u32::from_be_bytes(*id)), record));
        }
        let (fingerprint, record) = bytes.strip_prefix(&SINGLE_OBJECT_MAGIC)?.split_first_chunk()?;
        Some((Self::SingleObject(*fingerprint), record))
    }
}

impl std::fmt::Display for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SingleObject(fingerprint) => {
                write!(f, "schema with fingerprint {:016x}", u64::from_le_bytes(*fingerprint))
            }
            Self::Confluent(id) => write!(f, "schema {id} of the registry"),
        }
    }
}

#[cfg(test)]
mod tests {
    use apache_avro::GenericSingleObjectWriter;
    use apache_avro::types::Value;

    use super::*;

    /// The example of the Avro library itself, with the fingerprint its own tests state.
    static KNOWN: Contract = Contract::new(
        "known",
        r#"{"type": "record", "name": "test", "doc": "not part of it", "fields": [
            {"name": "a", "type": "long", "default": 42}, {"name": "b", "type": {"type": "string"}}]}"#,
    );

    #[test]
    fn a_fingerprint_is_that_of_the_canonical_form() {
        assert_eq!(KNOWN.fingerprint(), [232, 198, 194, 12, 97, 95, 44, 71]);
        assert_eq!(KNOWN.header().to_string(), "schema with fingerprint 472c5f610cc2c6e8");
    }

    /// By the specification, and by Java and Python, a logical type is no part of the canonical form.
    #[test]
    fn a_logical_type_does_not_change_a_fingerprint() {
        let of = |kind: &str| {
            let text =
                format!(r#"{{"type": "record", "name": "r", "fields": [{{"name": "a", "type": {kind}}}]}}"#);
            fingerprint_of(&Schema::parse_str(&text).unwrap())
        };
        let plain = of(r#"["null", "long"]"#);
        assert_eq!(of(r#"["null", {"type": "long", "logicalType": "timestamp-micros"}]"#), plain);
        assert_ne!(of(r#"["null", "int"]"#), plain);
    }

    #[test]
    fn a_single_object_is_what_the_avro_library_writes() {
        let value =
            Value::Record(vec![("a".into(), Value::Long(7)), ("b".into(), Value::String("x".into()))]);
        let mut theirs = Vec::new();
        let mut writer = GenericSingleObjectWriter::new_with_capacity(KNOWN.schema(), 64).unwrap();
        writer.write_value(value, &mut theirs).unwrap();
        let mut ours = Vec::new();
        KNOWN.header().write(&mut ours);
        ours.extend_from_slice(&[14, 2, b'x']);
        assert_eq!(ours, theirs);
        assert_eq!(Header::split(&theirs), Some((KNOWN.header(), &[14, 2, b'x'][..])));
    }

    #[test]
    fn a_confluent_header_is_a_zero_and_a_big_endian_number() {
        let mut bytes = Vec::new();
        Header::Confluent(0x0102_0304).write(&mut bytes);
        bytes.push(9);
        assert_eq!(bytes, [0, 1, 2, 3, 4, 9]);
        assert_eq!(Header::split(&bytes), Some((Header::Confluent(0x0102_0304), &[9][..])));
    }

    #[test]
    fn what_has_no_whole_header_is_not_split() {
        for bytes in [&[][..], &[0, 1, 2, 3], &[0xC3, 0x01, 1, 2, 3, 4, 5, 6, 7], &[0xC3, 0x02], b"{\"a\":1}"]
        {
            assert_eq!(Header::split(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn the_contracts_are_schemas_with_a_name_of_their_own() {
        assert_eq!(FINDING.full_name(), "tenure.Finding");
        assert_eq!(EVENT.full_name(), "tenure.CredentialEvent");
        assert_eq!(PROGRESS.full_name(), "tenure.Progress");
    }
}
