//! Whether an input is lines or one document, by how it begins.

use super::opening::{opening, opens_array};
use super::skim::{self, Stop};
use super::without_bom;
use crate::limits::RECORD_BYTES_MAX;
use crate::source::RejectReason;

/// How an input must be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Line by line, in bounded memory.
    Lines,
    /// Whole: values span lines, or there are no lines.
    Document,
}

/// How the input that begins with `head` must be read; `None` where more of it is needed to tell.
///
/// Lines are the rule. A document is one that begins an array, that is an S3 delivery or the only envelope
/// around a list, whose first value spans lines, or whose first line holds a second value.
#[must_use]
pub fn layout(head: &[u8], at_end: bool) -> Option<Layout> {
    let text = without_bom(head).trim_ascii_start();
    let ended = at_end || head.len() > RECORD_BYTES_MAX;
    let lines = ended.then_some(Layout::Lines);
    if text.trim_ascii_end() == b"[" || text.is_empty() {
        return lines;
    }
    let opening = opening(text);
    if opens_array(text) || opening.is_some_and(|opening| opening.is_delivery) {
        return Some(Layout::Document);
    }
    let line_end = memchr::memchr(b'\n', text);
    let line = text.get(..line_end.unwrap_or(text.len())).unwrap_or_default();
    let after = line_end.and_then(|end| text.get(end + 1..));
    if opening.is_some() {
        return of_list(line, after, ended);
    }
    let Some(start) = memchr::memchr(b'{', line) else {
        return if line_end.is_some() { Some(Layout::Lines) } else { lines };
    };
    match skim::value_len(line.get(start..).unwrap_or_default()) {
        Ok(len) => {
            let behind = line.get(start + len..).unwrap_or_default().trim_ascii_start();
            let whole = line_end.is_some() || ended || !behind.is_empty();
            let second = matches!(behind.first(), Some(b'{'));
            whole.then_some(if second { Layout::Document } else { Layout::Lines })
        }
        Err(Stop { why: RejectReason::Truncated, at }) if start + at >= line.len() => {
            match after.map(<[u8]>::first) {
                None | Some(None) => lines,
                Some(Some(b'{')) => Some(Layout::Lines),
                Some(Some(_)) => Some(Layout::Document),
            }
        }
        Err(_) => Some(Layout::Lines),
    }
}

/// The layout of what begins with `line`, which opens a list: lines where another line follows a list that
/// has ended, else a document, which may be larger than a line.
fn of_list(line: &[u8], after: Option<&[u8]>, ended: bool) -> Option<Layout> {
    let document = ended.then_some(Layout::Document);
    let len = match skim::value_len(line) {
        Ok(len) => len,
        Err(stop) if stop.why == RejectReason::Truncated && stop.at >= line.len() => {
            return if after.is_some() { Some(Layout::Document) } else { document };
        }
        Err(_) => return if after.is_some() { Some(Layout::Lines) } else { document },
    };
    let behind = line.get(len..).unwrap_or_default().trim_ascii_start();
    if behind.first() == Some(&b'{') {
        return Some(Layout::Document);
    }
    match after.map(<[u8]>::trim_ascii_start) {
        None | Some([]) => document,
        Some(_) => Some(Layout::Lines),
    }
}
