//! Envelopes: from the bytes of a line or a document to the records inside.
//!
//! Records come as lines, one behind the other without a separator (Firehose), as an array, in the list of a
//! delivery (`Records`, `records`, `value`, `items` and their like), behind a text prefix (syslog, `@cee:`),
//! as a member of an event or a message, and as text in a string or in Base64. `docs/envelopes.md` is the
//! table of them. What a delivery says about itself (notifications that point at an object, insights) is
//! named and skipped. Nothing is copied and no tree is built but where a text must be decoded, which the
//! reader does; a broken value costs itself and what stands before the next line that begins an object, never
//! its neighbours.
//!
//! It refuses to judge records: what is in one is its source's business.

mod cursor;
mod keys;
mod layout;
mod opening;
mod packed;
mod rows;
mod shape;
mod skim;

use super::{Reject, RejectReason};
use crate::limits::{ENVELOPES_DEEP_MAX, RECORD_BYTES_MAX};
use cursor::{Cursor, Step};
pub use layout::{Layout, layout};
use opening::opens_array;
pub use packed::{Packed, Unpacked};
use shape::{List, Shape};

/// What stands in a delivery, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item<'a> {
    /// One JSON object that may be a record; its source decides.
    Record(&'a [u8]),
    /// A text that holds more of them once it is decoded.
    Packed(Packed<'a>),
    /// Known not to be a record, by a short snake-case reason.
    Ignored(&'static str),
    Rejected(Reject),
}

/// The records in `text`: a line, or a whole document.
#[must_use]
pub fn items(text: &[u8]) -> Items<'_> {
    items_inside(text, 0)
}

/// The records in a text that was unpacked, with `depth` envelopes around it.
fn items_inside(text: &[u8], depth: usize) -> Items<'_> {
    Items { outside: depth, open: vec![Cursor::new(List::Records, without_bom(text))] }
}

impl Packed<'_> {
    /// The records in `text`, which is what this was once it is decoded.
    #[must_use]
    pub fn items<'t>(&self, text: &'t [u8]) -> Items<'t> {
        items_inside(text, self.depth)
    }
}

/// The one record of a line that has no envelope around it: the path nearly every line takes, without a
/// search for its end. The record may still turn out to be two; then its source rejects it and [`items`]
/// tells them apart.
#[must_use]
pub fn bare(line: &[u8]) -> Option<&[u8]> {
    let line = without_bom(line).trim_ascii();
    let start = cursor::prefix_len(line)?;
    let value = line.get(start..)?;
    let bare = value.last() == Some(&b'}') && !opens_array(line) && !keys::may_be_envelope(value);
    bare.then_some(value)
}

/// Why a record that no source understood is known all the same.
#[must_use]
pub fn notice(record: &[u8]) -> Option<&'static str> {
    match shape::shape(record) {
        Shape::Notice(reason) => Some(reason),
        Shape::Record | Shape::Row | Shape::Around(..) | Shape::Packed(_) => None,
    }
}

fn without_bom(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// The items of a delivery.
#[derive(Debug)]
pub struct Items<'a> {
    /// Envelopes around the whole text.
    outside: usize,
    /// The text being read, outermost first.
    open: Vec<Cursor<'a>>,
}

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        loop {
            let depth = self.outside + self.open.len();
            let too_deep = depth >= ENVELOPES_DEEP_MAX;
            let (list, value) = match self.open.last_mut()?.step() {
                Step::End => {
                    self.open.pop();
                    continue;
                }
                Step::Item(Item::Packed(_)) if too_deep => return Some(rejected(RejectReason::TooDeep)),
                Step::Item(Item::Packed(packed)) => return Some(Item::Packed(packed.at(depth))),
                Step::Item(item) => return Some(item),
                Step::Value(list, value) => (list, value),
            };
            match shape_of(list, value) {
                Shape::Notice(reason) => return Some(Item::Ignored(reason)),
                Shape::Record | Shape::Row if value.len() > RECORD_BYTES_MAX => {
                    return Some(rejected(RejectReason::TooLarge));
                }
                Shape::Record => return Some(Item::Record(value)),
                Shape::Row => return Some(Item::Packed(Packed::row(value).at(depth))),
                Shape::Around(..) | Shape::Packed(_) if too_deep => {
                    return Some(rejected(RejectReason::TooDeep));
                }
                Shape::Around(list, inner) => self.open.push(Cursor::new(list, inner)),
                Shape::Packed(packed) => return Some(Item::Packed(packed.at(depth))),
            }
        }
    }
}

fn shape_of(list: List, value: &[u8]) -> Shape<'_> {
    match list {
        List::LogEvents => shape::log_event(value),
        List::Records if keys::may_be_envelope(value) => shape::shape(value),
        List::Records => Shape::Record,
    }
}

fn rejected(reason: RejectReason) -> Item<'static> {
    Item::Rejected(Reject::new(reason))
}
