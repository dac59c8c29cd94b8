//! Packed texts: decoded and inflated within what one line, message or document may become.
//!
//! A text and all that lies packed inside it share the measure of the outermost, so that a bomb in a bomb
//! gains nothing; the next text of the same batch has its own.

use super::inflate::{Compression, expanded_bytes_max};
use crate::limits::EXPANDED_BYTES_MAX;
use crate::source::envelope::{Item, Packed, Unpacked};
use crate::source::{Reject, RejectReason};

/// How much may still be unpacked.
#[derive(Debug)]
pub(super) struct Unpacking {
    /// Of everything.
    left: usize,
    /// Of the outermost text being read.
    left_here: usize,
    /// Packed texts around what is being read.
    depth: usize,
}

impl Default for Unpacking {
    fn default() -> Self {
        Self { left: EXPANDED_BYTES_MAX, left_here: 0, depth: 0 }
    }
}

impl Unpacking {
    /// Unpacks `packed`, which is then being read until [`Self::leave`].
    ///
    /// # Errors
    /// What there is to say instead; then it is not being read.
    pub(super) fn enter(&mut self, packed: &Packed<'_>) -> Result<Unpacked, Item<'static>> {
        if self.depth == 0 {
            self.left_here = expanded_bytes_max(packed.packed_len());
        }
        let unpacked = match packed.unpack(self.bytes_max())? {
            Unpacked::Record(record) => Unpacked::Record(self.spend(record)),
            Unpacked::Text(text) => Unpacked::Text(self.inflated(text)?),
        };
        self.depth += 1;
        Ok(unpacked)
    }

    pub(super) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    fn inflated(&mut self, text: Vec<u8>) -> Result<Vec<u8>, Item<'static>> {
        let text = self.spend(text);
        let Some(compression) = Compression::of(&text) else { return Ok(text) };
        let mut plain = Vec::new();
        match compression.inflate_whole(&text, self.bytes_max(), &mut plain) {
            Ok(()) if Compression::of(&plain).is_some() => {
                Err(Item::Rejected(Reject::new(RejectReason::TooDeep)))
            }
            Ok(()) => Ok(self.spend(plain)),
            Err(reason) => Err(Item::Rejected(Reject::new(reason))),
        }
    }

    fn bytes_max(&self) -> usize {
        self.left.min(self.left_here)
    }

    fn spend(&mut self, text: Vec<u8>) -> Vec<u8> {
        self.left = self.left.saturating_sub(text.len());
        self.left_here = self.left_here.saturating_sub(text.len());
        text
    }
}
