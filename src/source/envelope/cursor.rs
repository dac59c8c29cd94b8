//! A place in a text of values: lines, an array, the list of an envelope, one value behind the other.
//!
//! What is broken costs itself and what stands before the next line that begins an object.

use super::opening::{Opening, opening, opens_array};
use super::packed::{GZIP_IN_BASE64, Packed};
use super::shape::List;
use super::skim::{self, Stop};
use super::{Item, notice, rejected};
use crate::source::{Reject, RejectReason};

/// What stands next in a text.
pub(super) enum Step<'a> {
    Value(List, &'a [u8]),
    Item(Item<'a>),
    End,
}

/// The list of an envelope that has not ended yet.
#[derive(Debug, Clone, Copy)]
struct Open {
    list: List,
    /// Objects around it, which go on behind it.
    objects: u32,
}

/// A place in a text that holds values.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
    /// Inside an array of values that has not ended yet.
    in_array: bool,
    open: Option<Open>,
    /// What values are that stand in no list of their own.
    list: List,
    /// A value was nested too deeply and did not end. No end is looked for again, or time to give up would
    /// not be linear.
    gave_up: bool,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(list: List, text: &'a [u8]) -> Self {
        Self { text, at: 0, in_array: false, open: None, list, gave_up: false }
    }

    fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn step(&mut self) -> Step<'a> {
        loop {
            self.skip_separators();
            let rest = self.rest();
            let passed = match rest.first() {
                None => return self.end(),
                Some(b'{') => {
                    let Some(opening) = self.opening(rest) else { return self.value() };
                    self.enter(opening)
                }
                Some(b'[') if !self.in_array && self.open.is_none() && opens_array(rest) => {
                    self.in_array = true;
                    self.at += 1;
                    None
                }
                Some(b']') if self.in_array || self.open.is_some() => self.leave(),
                Some(_) => self.pass_text(),
            };
            if let Some(item) = passed {
                return Step::Item(item);
            }
        }
    }

    fn value(&mut self) -> Step<'a> {
        let list = self.open.map_or(self.list, |open| open.list);
        self.object().map_or_else(Step::Item, |value| Step::Value(list, value))
    }

    fn skip_separators(&mut self) {
        let skipped = self.rest().iter().take_while(|b| b.is_ascii_whitespace() || **b == b',').count();
        self.at += skipped;
    }

    /// An envelope in the list of another is left to its shape, which counts how deep it lies.
    fn opening(&self, rest: &[u8]) -> Option<Opening> {
        if self.open.is_some() { None } else { opening(rest) }
    }

    /// Goes to the first record of an envelope, or past one whose first record says that it holds none.
    fn enter(&mut self, opening: Opening) -> Option<Item<'a>> {
        let first = self.rest().get(opening.len..).unwrap_or_default().trim_ascii_start();
        let len = skim::value_len(first).unwrap_or_default();
        if opening.is_delivery
            && let Some(reason) = first.get(..len).and_then(notice)
        {
            return Some(self.object().map_or_else(|broken| broken, |_| Item::Ignored(reason)));
        }
        self.open = Some(Open { list: opening.list, objects: opening.objects });
        self.at += opening.len;
        None
    }

    /// The object that begins here; what is broken is skipped up to the next line that begins one.
    fn object(&mut self) -> Result<&'a [u8], Item<'a>> {
        let rest = self.rest();
        match skim::value_len(rest) {
            Ok(len) => {
                self.at += len;
                Ok(rest.get(..len).unwrap_or_default())
            }
            Err(stop) => {
                let byte = u32::try_from(stop.at).ok();
                self.resume(&stop);
                Err(Item::Rejected(Reject { reason: stop.why, byte }))
            }
        }
    }

    /// Goes behind a value that is only too deep; else to the next line that begins an object no deeper than
    /// it was.
    fn resume(&mut self, stop: &Stop) {
        if stop.why == RejectReason::TooDeep && !self.gave_up {
            if let Some(len) = skim::deep_value_len(self.rest()) {
                self.at += len;
                return;
            }
            self.gave_up = true;
        }
        let line_start = |at: usize| {
            let before = self.text.get(..at).unwrap_or_default();
            memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1)
        };
        let blanks = self.text.get(line_start(self.at)..self.at).unwrap_or_default();
        let indent = if blanks.iter().all(|b| matches!(b, b' ' | b'\t')) { blanks.len() } else { 0 };
        let stopped = self.at + stop.at;
        let cut_off = stopped >= self.text.len();
        let from = if cut_off { self.at + 1 } else { line_start(stopped).max(self.at + 1) };
        self.at = next_object_line(self.text, from, indent).unwrap_or(self.text.len());
        if self.at == self.text.len() {
            (self.in_array, self.open) = (false, None);
        }
    }

    fn leave(&mut self) -> Option<Item<'a>> {
        self.at += 1;
        let Some(Open { objects, .. }) = self.open.take() else {
            self.in_array = false;
            return None;
        };
        match skim::objects_rest_len(self.rest(), objects) {
            Ok(len) => {
                self.at += len;
                None
            }
            Err(Stop { why, at }) => {
                self.at += at;
                Some(rejected(why))
            }
        }
    }

    /// Text that is no value: the prefix of one on the same line, else a line nobody can read.
    fn pass_text(&mut self) -> Option<Item<'a>> {
        let rest = self.rest();
        let line = rest.get(..memchr::memchr(b'\n', rest).unwrap_or(rest.len())).unwrap_or_default();
        if let Some(start) = prefix_len(line) {
            self.at += start;
            return None;
        }
        self.at += line.len();
        let line = line.trim_ascii();
        if line.strip_prefix(b"\"").unwrap_or(line).starts_with(GZIP_IN_BASE64) {
            return Some(Item::Packed(Packed::base64(line)));
        }
        Some(match serde_json::from_slice::<serde::de::IgnoredAny>(line) {
            Ok(_) => rejected(RejectReason::UnknownFormat),
            Err(error) => Item::Rejected(Reject { byte: None, ..Reject::from_json(line, &error) }),
        })
    }

    fn end(&mut self) -> Step<'a> {
        if !self.in_array && self.open.is_none() {
            return Step::End;
        }
        (self.in_array, self.open) = (false, None);
        Step::Item(rejected(RejectReason::Truncated))
    }
}

/// The length of the text before the object that a line holds. In quotes stands what somebody said, not the
/// record.
pub(super) fn prefix_len(line: &[u8]) -> Option<usize> {
    let len = memchr::memchr(b'{', line)?;
    let quotes = memchr::memchr_iter(b'"', line.get(..len)?).count();
    quotes.is_multiple_of(2).then_some(len)
}

/// The first `{` behind `from` that begins its line, with at most `indent` blanks before it.
fn next_object_line(text: &[u8], from: usize, indent: usize) -> Option<usize> {
    let mut line = from;
    if text.get(from.checked_sub(1)?) != Some(&b'\n') {
        line += memchr::memchr(b'\n', text.get(from..)?)? + 1;
    }
    loop {
        let rest = text.get(line..)?;
        let blanks = rest.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        if blanks <= indent && rest.get(blanks) == Some(&b'{') {
            return Some(line + blanks);
        }
        line += memchr::memchr(b'\n', rest)? + 1;
    }
}
