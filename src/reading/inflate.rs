//! Compressed text: told by its first bytes, names do not matter.
//!
//! A little text may become a large one and no more: what grows beyond every log is refused as too large,
//! before it has cost memory, and soon after it has begun to cost time.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::limits::{
    DOCUMENT_BYTES_MAX, EXPANSION_FREE_BYTES, EXPANSION_MAX, STREAM_EXPANSION_FREE_BYTES, ZSTD_WINDOW_LOG_MAX,
};
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

    /// The plain text of `packed`, which must not grow beyond measure.
    ///
    /// # Errors
    /// Where no decoder can be made, for want of memory.
    pub fn inflate<'p>(self, packed: impl Read + Send + 'p) -> io::Result<Box<dyn Read + Send + 'p>> {
        let taken = Arc::new(AtomicU64::new(0));
        let packed = Taken { packed, taken: Arc::clone(&taken) };
        let plain = self.decoder(packed)?;
        Ok(Box::new(Bounded { plain, given: 0, taken }))
    }

    fn decoder<'p>(self, packed: impl Read + Send + 'p) -> io::Result<Box<dyn Read + Send + 'p>> {
        Ok(match self {
            Self::Gzip => Box::new(flate2::read::MultiGzDecoder::new(packed)),
            Self::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::new(packed)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
                Box::new(decoder)
            }
        })
    }

    /// Replaces `text` by the plain text of `packed`, of at most `bytes_max`, as a whole or not at all.
    ///
    /// # Errors
    /// Where it is damaged, or too large.
    pub fn inflate_whole(
        self,
        packed: &[u8],
        bytes_max: usize,
        text: &mut Vec<u8>,
    ) -> Result<(), RejectReason> {
        text.clear();
        let inflated = self.decoder(packed).and_then(|plain| {
            plain.take((bytes_max as u64).saturating_add(1)).read_to_end(text).map(|read| read > bytes_max)
        });
        let refused = match inflated {
            Ok(false) => return Ok(()),
            Ok(true) => RejectReason::TooLarge,
            Err(error) => why(&error),
        };
        text.clear();
        Err(refused)
    }
}

/// Most bytes that `packed` bytes held in memory may become.
#[must_use]
pub fn expanded_bytes_max(packed: usize) -> usize {
    packed.saturating_mul(EXPANSION_MAX).saturating_add(EXPANSION_FREE_BYTES).min(DOCUMENT_BYTES_MAX)
}

/// Why inflating failed, where the file itself did not.
#[must_use]
pub fn why(error: &io::Error) -> RejectReason {
    let window = || error.to_string().contains("requires too much memory");
    if error.get_ref().is_some_and(|inner| inner.downcast_ref::<BeyondMeasure>().is_some()) || window() {
        RejectReason::TooLarge
    } else {
        RejectReason::DamagedCompression
    }
}

/// A stream became more than its compressed bytes may become.
#[derive(Debug)]
struct BeyondMeasure;

impl fmt::Display for BeyondMeasure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it inflates beyond measure")
    }
}

impl std::error::Error for BeyondMeasure {}

/// Counts the compressed bytes that the decoder took.
struct Taken<R> {
    packed: R,
    taken: Arc<AtomicU64>,
}

impl<R: Read> Read for Taken<R> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let count = self.packed.read(space)?;
        self.taken.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Ends a stream that gives too much for what it took.
struct Bounded<R> {
    plain: R,
    given: u64,
    taken: Arc<AtomicU64>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let taken = self.taken.load(Ordering::Relaxed);
        let given_max =
            taken.saturating_mul(EXPANSION_MAX as u64).saturating_add(STREAM_EXPANSION_FREE_BYTES);
        if self.given > given_max {
            return Err(io::Error::other(BeyondMeasure));
        }
        let count = self.plain.read(space)?;
        self.given += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_ends_where_it_gives_too_much_for_what_it_took() {
        let taken = Arc::new(AtomicU64::new(1 << 20));
        let mut bounded = Bounded { plain: io::repeat(b'\n'), given: 0, taken: Arc::clone(&taken) };
        assert_eq!(bounded.read(&mut [0; 8]).unwrap(), 8);
        bounded.given = STREAM_EXPANSION_FREE_BYTES + (EXPANSION_MAX as u64) * (1 << 20) + 1;
        assert_eq!(why(&bounded.read(&mut [0; 8]).unwrap_err()), RejectReason::TooLarge);
        taken.fetch_add(1, Ordering::Relaxed);
        assert_eq!(bounded.read(&mut [0; 8]).unwrap(), 8);
    }

    #[test]
    fn a_text_grows_to_what_is_allowed_and_no_further() {
        let packed = zstd::encode_all([b'\n'; 5_000].as_slice(), 1).unwrap();
        let mut text = Vec::new();
        assert_eq!(Compression::Zstd.inflate_whole(&packed, 5_000, &mut text), Ok(()));
        assert_eq!(text.len(), 5_000);
        let refused = Compression::Zstd.inflate_whole(&packed, 4_999, &mut text);
        assert_eq!((refused, text.len()), (Err(RejectReason::TooLarge), 0));
        let cut = Compression::Zstd.inflate_whole(&packed[..packed.len() - 1], 5_000, &mut text);
        assert_eq!((cut, text.len()), (Err(RejectReason::DamagedCompression), 0));
    }

    #[test]
    fn a_window_too_wide_to_be_held_is_too_large() {
        // A frame without its size, with a window of 2^28 bytes, and one raw block of a byte.
        let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 18 << 3, 0x09, 0x00, 0x00, b'a'];
        let mut text = Vec::new();
        assert_eq!(Compression::Zstd.inflate_whole(&frame, 100, &mut text), Err(RejectReason::TooLarge));
        let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 17 << 3, 0x09, 0x00, 0x00, b'a'];
        assert_eq!(Compression::Zstd.inflate_whole(&frame, 100, &mut text), Ok(()));
    }
}
