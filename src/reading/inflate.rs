//! Compressed text: told by its first bytes, names do not matter.

use std::io::{self, Read};

use crate::limits::DOCUMENT_BYTES_MAX;
use crate::source::RejectReason;

/// How many bytes [`Compression::of`] looks at.
pub const MAGIC_LEN: usize = 4;

/// How text was compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    Gzip,
    Zstd,
}

impl Compression {
    /// The compression of what begins with `head`; `None` for plain text.
    #[must_use]
    pub fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            _ => None,
        }
    }

    /// The plain text of `packed`.
    ///
    /// # Errors
    /// Where no decoder can be made, for want of memory.
    pub fn inflate<'p>(self, packed: impl Read + Send + 'p) -> io::Result<Box<dyn Read + Send + 'p>> {
        Ok(match self {
            Self::Gzip => Box::new(flate2::read::MultiGzDecoder::new(packed)),
            Self::Zstd => Box::new(zstd::stream::read::Decoder::new(packed)?),
        })
    }

    /// Replaces `text` by the plain text of `packed`, as a whole or not at all.
    ///
    /// # Errors
    /// Where it is damaged, or too large to be held.
    pub fn inflate_whole(self, packed: &[u8], text: &mut Vec<u8>) -> Result<(), RejectReason> {
        text.clear();
        let inflated = self.inflate(packed).and_then(|plain| {
            plain.take(DOCUMENT_BYTES_MAX as u64 + 1).read_to_end(text).map(|read| read > DOCUMENT_BYTES_MAX)
        });
        match inflated {
            Ok(false) => return Ok(()),
            Ok(true) => text.clear(),
            Err(_) => {
                text.clear();
                return Err(RejectReason::DamagedCompression);
            }
        }
        Err(RejectReason::TooLarge)
    }
}
