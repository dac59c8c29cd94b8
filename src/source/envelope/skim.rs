//! Where a JSON value ends, without reading what it says.
//!
//! It follows brackets and strings and knows where a bracket may open; it does not judge literals, keys or
//! escapes, which the parser of the record does. That a line end cannot stand in a string, and an object not
//! behind another value, is what finds the end of a record that was cut off.

use crate::limits::NESTING_MAX;
use crate::source::RejectReason;

/// Why, and at which byte, a value does not end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stop {
    pub why: RejectReason,
    pub at: usize,
}

/// The length of the object or array that `text` begins with.
pub(super) fn value_len(text: &[u8]) -> Result<usize, Stop> {
    Brackets::default().close(text)
}

/// The length of what is left of `objects` objects of which an array has just ended, with their brackets.
pub(super) fn objects_rest_len(text: &[u8], objects: u32) -> Result<usize, Stop> {
    Brackets { arrays: 0, depth: objects, last: b']' }.close(text)
}

/// The length of the object that `text` begins with, however deep it is; `None` where it does not end. That
/// it is nested too deeply to be read is no reason to lose what stands behind it.
pub(super) fn deep_value_len(text: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (0_usize, 0_usize);
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => at = string_end(text, at).ok()?,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return Some(at + 1),
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    None
}

/// The brackets open at a byte of a value.
#[derive(Default)]
struct Brackets {
    /// One bit for each open bracket, the innermost lowest: set for an array.
    arrays: u128,
    depth: u32,
    /// The last byte that was neither white space nor inside a string.
    last: u8,
}

impl Brackets {
    fn close(mut self, text: &[u8]) -> Result<usize, Stop> {
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            match byte {
                b' ' | b'\n' | b'\r' | b'\t' => {
                    at += 1;
                    continue;
                }
                b'"' => at = string_end(text, at)?,
                b'{' | b'[' => self.open(byte, at)?,
                b'}' | b']' if self.shut(byte, at)? => return Ok(at + 1),
                _ => {}
            }
            self.last = byte;
            at += 1;
        }
        Err(Stop { why: RejectReason::Truncated, at: text.len() })
    }

    fn in_array(&self) -> bool {
        self.arrays & 1 == 1
    }

    fn open(&mut self, byte: u8, at: usize) -> Result<(), Stop> {
        let allowed = match self.last {
            b':' | b'[' => true,
            b',' => self.in_array(),
            _ => self.depth == 0,
        };
        if !allowed {
            return Err(Stop { why: RejectReason::NotJson, at });
        }
        if self.depth == NESTING_MAX {
            return Err(Stop { why: RejectReason::TooDeep, at });
        }
        self.arrays = self.arrays << 1 | u128::from(byte == b'[');
        self.depth += 1;
        Ok(())
    }

    /// Whether this bracket ends the value.
    fn shut(&mut self, byte: u8, at: usize) -> Result<bool, Stop> {
        if self.depth == 0 || self.in_array() != (byte == b']') {
            return Err(Stop { why: RejectReason::NotJson, at });
        }
        self.arrays >>= 1;
        self.depth -= 1;
        Ok(self.depth == 0)
    }
}

/// The closing quote of the string that begins at `start`.
pub(super) fn string_end(text: &[u8], start: usize) -> Result<usize, Stop> {
    let mut at = start + 1;
    while let Some(rest) = text.get(at..) {
        let Some(offset) = memchr::memchr3(b'"', b'\\', b'\n', rest) else { break };
        match rest.get(offset) {
            Some(b'"') => return Ok(at + offset),
            Some(b'\n') => return Err(Stop { why: RejectReason::Truncated, at: at + offset }),
            _ => at += offset + 2,
        }
    }
    Err(Stop { why: RejectReason::Truncated, at: text.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stop(text: &str) -> (RejectReason, usize) {
        let Err(Stop { why, at }) = value_len(text.as_bytes()) else { panic!("{text} ends") };
        (why, at)
    }

    #[test]
    fn a_value_ends_at_its_own_bracket() {
        for (text, len) in [
            (r"{}", 2),
            (r#"{"a":[1,{"b":"}"}]} tail"#, 19),
            (r#"{"a":"\"}\\"}{"b":1}"#, 13),
            ("[ {\"a\":1},\n {} ]", 16),
        ] {
            assert_eq!(value_len(text.as_bytes()), Ok(len), "{text}");
        }
        assert_eq!(objects_rest_len(br#", "next": {"a": 1}} tail"#, 1), Ok(19));
        assert_eq!(objects_rest_len(br#"},"next":1}"#, 2), Ok(11));
    }

    #[test]
    fn the_end_of_a_deep_value_is_found_by_its_brackets_alone() {
        let deep = format!("{}\"}}\"{}", r#"{"a":["#.repeat(200), "]}".repeat(200));
        assert_eq!(stop(&deep).0, RejectReason::TooDeep);
        assert_eq!(deep_value_len(format!("{deep} tail").as_bytes()), Some(deep.len()));
        assert_eq!(deep_value_len(&deep.as_bytes()[..deep.len() - 1]), None);
    }

    #[test]
    fn a_value_that_is_cut_stops_where_the_next_begins() {
        assert_eq!(stop(r#"{"a":1"#), (RejectReason::Truncated, 6));
        assert_eq!(stop("{\"a\":\"cut\n{\"b\":1}"), (RejectReason::Truncated, 9));
        assert_eq!(stop("{\"a\":1,\n{\"b\":1}"), (RejectReason::NotJson, 8));
        assert_eq!(stop("{\"a\":1\n{\"b\":1}"), (RejectReason::NotJson, 7));
        assert_eq!(stop(r#"{"a":[1}"#), (RejectReason::NotJson, 7));
        assert_eq!(stop(&"[".repeat(200)), (RejectReason::TooDeep, NESTING_MAX as usize));
    }
}
