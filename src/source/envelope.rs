//! Envelopes: from the bytes of a line or a document to the records inside.
//!
//! Records come as lines, one behind the other without a separator (Firehose), as an array, in the `Records`
//! of a CloudTrail delivery to S3, behind a text prefix (syslog, `@cee:`), or as the `detail` of an
//! EventBridge event. What a delivery says about itself (digest files, notifications that point at an object,
//! insights) is named and skipped. Nothing is copied and no tree is built; a broken value costs itself and
//! what stands before the next line that begins an object, never its neighbours.
//!
//! It refuses to judge records: what is in one is its source's business.
//!
//! Shapes: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>,
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html>.

mod notice;
mod skim;

use super::{Reject, RejectReason};
use crate::limits::{ENVELOPES_DEEP_MAX, RECORD_BYTES_MAX};
use notice::Shape;
use skim::Stop;

/// What stands in a delivery, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item<'a> {
    /// One JSON object that may be a record; its source decides.
    Record(&'a [u8]),
    /// Known not to be a record, by a short snake-case reason.
    Ignored(&'static str),
    Rejected(Reject),
}

/// How an input must be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Line by line, in bounded memory.
    Lines,
    /// Whole: values span lines, or there are no lines.
    Document,
}

/// The records in `text`: a line, or a whole document.
#[must_use]
pub fn items(text: &[u8]) -> Items<'_> {
    Items { open: vec![Cursor::new(without_bom(text))] }
}

/// The one record of a line that has no envelope around it: the path nearly every line takes, without a
/// search for its end. The record may still turn out to be two; then its source rejects it and [`items`]
/// tells them apart.
#[must_use]
pub fn bare(line: &[u8]) -> Option<&[u8]> {
    let line = without_bom(line).trim_ascii();
    let start = if line.first() == Some(&b'{') { 0 } else { memchr::memchr(b'{', line)? };
    let value = line.get(start..)?;
    let bare = value.last() == Some(&b'}') && !opens_array(line) && !notice::may_be_envelope(value);
    bare.then_some(value)
}

/// Why a record that no source understood is known all the same.
#[must_use]
pub fn notice(record: &[u8]) -> Option<&'static str> {
    match notice::shape(record) {
        Shape::Notice(reason) => Some(reason),
        Shape::Record | Shape::Around(_) => None,
    }
}

/// How the input that begins with `head` must be read; `None` where more of it is needed to tell.
///
/// Lines are the rule. A document is one that begins an array, that is an S3 delivery, whose first value
/// spans lines, or whose first line holds a second value.
#[must_use]
pub fn layout(head: &[u8], at_end: bool) -> Option<Layout> {
    let text = without_bom(head).trim_ascii_start();
    let ended = at_end || head.len() > RECORD_BYTES_MAX;
    let undecided = ended.then_some(Layout::Lines);
    if text.trim_ascii_end() == b"[" || text.is_empty() {
        return undecided;
    }
    if opens_array(text) || records_opening(text).is_some() {
        return Some(Layout::Document);
    }
    let line_end = memchr::memchr(b'\n', text);
    let line = text.get(..line_end.unwrap_or(text.len())).unwrap_or_default();
    let Some(start) = memchr::memchr(b'{', line) else {
        return if line_end.is_some() { Some(Layout::Lines) } else { undecided };
    };
    match skim::value_len(line.get(start..).unwrap_or_default()) {
        Ok(len) => {
            let behind = line.get(start + len..).unwrap_or_default().trim_ascii_start();
            let whole = line_end.is_some() || ended || !behind.is_empty();
            let second = matches!(behind.first(), Some(b'{'));
            whole.then_some(if second { Layout::Document } else { Layout::Lines })
        }
        Err(Stop { why: RejectReason::Truncated, at }) if start + at >= line.len() => {
            let Some(line_end) = line_end else { return undecided };
            match text.get(line_end + 1) {
                None => undecided,
                Some(b'{') => Some(Layout::Lines),
                Some(_) => Some(Layout::Document),
            }
        }
        Err(_) => Some(Layout::Lines),
    }
}

fn without_bom(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// Whether `text` begins an array of values, not a word in brackets as loggers write them.
fn opens_array(text: &[u8]) -> bool {
    text.strip_prefix(b"[").is_some_and(|rest| matches!(rest.trim_ascii_start().first(), Some(b'{' | b']')))
}

/// The length of `{"Records":[`.
fn records_opening(text: &[u8]) -> Option<usize> {
    let mut rest = text;
    for part in [b"{".as_slice(), b"\"Records\"", b":", b"["] {
        rest = rest.trim_ascii_start().strip_prefix(part)?;
    }
    Some(text.len() - rest.len())
}

/// The items of a delivery.
#[derive(Debug)]
pub struct Items<'a> {
    /// The text being read, outermost first.
    open: Vec<Cursor<'a>>,
}

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        loop {
            let depth = self.open.len();
            let value = match self.open.last_mut()?.step() {
                Step::End => {
                    self.open.pop();
                    continue;
                }
                Step::Item(item) => return Some(item),
                Step::Value(value) => value,
            };
            match notice::shape_if_envelope(value) {
                Shape::Notice(reason) => return Some(Item::Ignored(reason)),
                Shape::Record if value.len() > RECORD_BYTES_MAX => {
                    return Some(rejected(RejectReason::TooLarge));
                }
                Shape::Record => return Some(Item::Record(value)),
                Shape::Around(_) if depth == ENVELOPES_DEEP_MAX => {
                    return Some(rejected(RejectReason::TooDeep));
                }
                Shape::Around(inner) => self.open.push(Cursor::new(inner)),
            }
        }
    }
}

fn rejected(reason: RejectReason) -> Item<'static> {
    Item::Rejected(Reject::new(reason))
}

enum Step<'a> {
    Value(&'a [u8]),
    Item(Item<'a>),
    End,
}

/// A place in a text that holds values.
#[derive(Debug)]
struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
    /// Inside an array of values that has not ended yet.
    in_array: bool,
    /// Inside the `Records` of a delivery that has not ended yet.
    in_records: bool,
}

impl<'a> Cursor<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0, in_array: false, in_records: false }
    }

    fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn step(&mut self) -> Step<'a> {
        loop {
            self.skip_separators();
            let rest = self.rest();
            let passed = match rest.first() {
                None => return self.end(),
                Some(b'{') => match records_opening(rest) {
                    Some(len) if !self.in_records => self.enter_records(len),
                    Some(_) | None => return self.object().map_or_else(Step::Item, Step::Value),
                },
                Some(b'[') if !self.in_array && !self.in_records && opens_array(rest) => {
                    self.in_array = true;
                    self.at += 1;
                    None
                }
                Some(b']') if self.in_records => self.leave_records(),
                Some(b']') if self.in_array => {
                    self.in_array = false;
                    self.at += 1;
                    None
                }
                Some(_) => self.pass_text(),
            };
            if let Some(item) = passed {
                return Step::Item(item);
            }
        }
    }

    fn skip_separators(&mut self) {
        let skipped = self.rest().iter().take_while(|b| b.is_ascii_whitespace() || **b == b',').count();
        self.at += skipped;
    }

    /// Goes to the first record of a delivery, or past a delivery whose first record says that it holds none.
    fn enter_records(&mut self, opening: usize) -> Option<Item<'a>> {
        let first = self.rest().get(opening..).unwrap_or_default().trim_ascii_start();
        let len = skim::value_len(first).unwrap_or_default();
        if let Some(reason) = first.get(..len).and_then(notice) {
            return Some(self.object().map_or_else(|broken| broken, |_| Item::Ignored(reason)));
        }
        self.in_records = true;
        self.at += opening;
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

    /// Behind a broken value: to the next line that begins an object no deeper than it was.
    fn resume(&mut self, stop: &Stop) {
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
            (self.in_array, self.in_records) = (false, false);
        }
    }

    fn leave_records(&mut self) -> Option<Item<'a>> {
        self.at += 1;
        self.in_records = false;
        match skim::object_rest_len(self.rest()) {
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
        if let Some(start) = memchr::memchr(b'{', line) {
            self.at += start;
            return None;
        }
        self.at += line.len();
        Some(match serde_json::from_slice::<serde::de::IgnoredAny>(line.trim_ascii()) {
            Ok(_) => rejected(RejectReason::UnknownFormat),
            Err(error) => Item::Rejected(Reject { byte: None, ..Reject::from_json(line, &error) }),
        })
    }

    fn end(&mut self) -> Step<'a> {
        if !self.in_array && !self.in_records {
            return Step::End;
        }
        (self.in_array, self.in_records) = (false, false);
        Step::Item(rejected(RejectReason::Truncated))
    }
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
