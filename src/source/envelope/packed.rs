//! Texts that must be decoded before they can be read: JSON in strings, Base64, rows of tables.
//!
//! What is decoded has a length that the caller allows, and only what a damaged text itself held is lost.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Item, rejected, rows};
use crate::source::{Reject, RejectReason};

const EITHER_PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, EITHER_PADDING);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, EITHER_PADDING);

/// How the Base64 of gzip begins.
pub(super) const GZIP_IN_BASE64: &[u8] = b"H4sI";

/// What a line of any log is that holds no JSON.
pub(super) const LOG_LINE: &str = "log_line";

/// A text of an envelope that must be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packed<'a> {
    coding: Coding,
    text: &'a [u8],
    /// Envelopes around it, itself among them.
    pub(super) depth: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    /// A JSON string that holds JSON, or else `prose` by this reason.
    Text { prose: Option<&'static str> },
    /// A JSON string that is a line of any log, and may be a record if it begins an object.
    Line,
    /// Base64, in a JSON string or bare.
    Base64,
    /// One row of a table of Log Analytics.
    Row,
    /// The tables of an answer of its query API.
    Tables,
}

/// What a decoded text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unpacked {
    /// One record, and nothing around it.
    Record(Vec<u8>),
    /// Anything that a line or a document may be, compressed or not.
    Text(Vec<u8>),
}

impl<'a> Packed<'a> {
    pub(super) fn text(string: &'a [u8], prose: Option<&'static str>) -> Self {
        Self { coding: Coding::Text { prose }, text: string, depth: 0 }
    }

    pub(super) fn line(string: &'a [u8]) -> Self {
        Self { coding: Coding::Line, text: string, depth: 0 }
    }

    /// `text` with its quotes, or without.
    pub(super) fn base64(text: &'a [u8]) -> Self {
        Self { coding: Coding::Base64, text, depth: 0 }
    }

    pub(super) fn row(object: &'a [u8]) -> Self {
        Self { coding: Coding::Row, text: object, depth: 0 }
    }

    pub(super) fn tables(list: &'a [u8]) -> Self {
        Self { coding: Coding::Tables, text: list, depth: 0 }
    }

    pub(super) fn at(self, depth: usize) -> Self {
        Self { depth, ..self }
    }

    /// The length of the text before it is decoded.
    #[must_use]
    pub fn packed_len(&self) -> usize {
        self.text.len()
    }

    /// The text, of at most `bytes_max`, before it is inflated.
    ///
    /// # Errors
    /// What there is to say instead: it is damaged, or longer, or holds no record.
    pub fn unpack(&self, bytes_max: usize) -> Result<Unpacked, Item<'static>> {
        if self.coding != Coding::Tables && self.text.len() > bytes_max {
            return Err(rejected(RejectReason::TooLarge));
        }
        match self.coding {
            Coding::Text { prose } => string(self.text, prose).map(Unpacked::Text),
            Coding::Line => line(self.text).map(Unpacked::Text),
            Coding::Base64 => base64(self.text).map(Unpacked::Text).map_err(rejected),
            Coding::Row => rows::unfold(self.text).map(Unpacked::Record).map_err(Item::Rejected),
            Coding::Tables => rows::spread(self.text, bytes_max).map(Unpacked::Text).map_err(Item::Rejected),
        }
    }
}

fn decoded(text: &[u8]) -> Result<String, Item<'static>> {
    serde_json::from_slice(text).map_err(|error| Item::Rejected(Reject::from_json(text, &error)))
}

fn line(text: &[u8]) -> Result<Vec<u8>, Item<'static>> {
    let line = decoded(text)?;
    if line.trim_start().starts_with('{') { Ok(line.into_bytes()) } else { Err(Item::Ignored(LOG_LINE)) }
}

fn string(text: &[u8], prose: Option<&'static str>) -> Result<Vec<u8>, Item<'static>> {
    let decoded = decoded(text)?;
    let may_be_json = holds_json(decoded.trim()) || is_gzip(decoded.as_bytes());
    match prose {
        Some(reason) if !may_be_json => Err(Item::Ignored(reason)),
        Some(_) | None => Ok(decoded.into_bytes()),
    }
}

/// Whether `text` is JSON or ends with it, as a line with the prefix of a logger does.
fn holds_json(text: &str) -> bool {
    text.starts_with(['{', '[']) || (text.ends_with('}') && text.contains("{\""))
}

fn is_gzip(text: &[u8]) -> bool {
    text.starts_with(GZIP_IN_BASE64)
}

/// The bytes of Base64 in either alphabet, padded or not; white space is none of its characters.
fn base64(text: &[u8]) -> Result<Vec<u8>, RejectReason> {
    let inside = text.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    let escaped = inside.is_some_and(|inside| memchr::memchr(b'\\', inside).is_some());
    let unescaped: Option<String> = if escaped { serde_json::from_slice(text).ok() } else { None };
    let digits = unescaped.as_deref().map_or(inside.unwrap_or(text), str::as_bytes);
    let engine = if memchr::memchr2(b'-', b'_', digits).is_some() { URL_SAFE } else { STANDARD };
    engine.decode(digits).map_err(|_| RejectReason::DamagedEncoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_in_both_alphabets_and_with_any_padding() {
        for (text, bytes) in [
            ("eyJhIjoxfQ==", Some(b"{\"a\":1}".as_slice())),
            ("\"eyJhIjoxfQ\"", Some(b"{\"a\":1}")),
            ("\"eyJhIjoxfQ=\"", Some(b"{\"a\":1}")),
            ("\"+/8=\"", Some(b"\xfb\xff")),
            ("\"+\\/8=\"", Some(b"\xfb\xff")),
            ("\"-_8\"", Some(b"\xfb\xff")),
            ("\"-/8=\"", None),
            ("\"eyJh IjoxfQ==\"", None),
            ("\"eyJhIjoxfQ==\\n\"", None),
            ("\"eyJhIjoxf\"", None),
            ("\"eyJhIjoxfQ===\"", None),
            ("\"{}\"", None),
            ("\"", None),
        ] {
            assert_eq!(base64(text.as_bytes()).ok().as_deref(), bytes, "{text}");
        }
        assert_eq!(base64(b"\"\""), Ok(Vec::new()));
    }

    #[test]
    fn a_string_without_json_is_prose_only_where_it_may_be() {
        let prose = string(b"\"Checking health\"", Some("log_line"));
        assert_eq!(prose, Err(Item::Ignored("log_line")));
        assert_eq!(string(b"\"Checking health\"", None), Ok(b"Checking health".to_vec()));
        assert_eq!(string(br#"" {\"a\":1}""#, Some("log_line")), Ok(b" {\"a\":1}".to_vec()));
        assert!(matches!(string(br#""\ud800""#, Some("log_line")), Err(Item::Rejected(_))));
    }
}
