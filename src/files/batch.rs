//! Batches: an input in pieces that end where a record ends.

use std::ops::Range;

use super::open::{Opened, ReadFailure};
use crate::limits::{BATCH_BYTES, DOCUMENT_BYTES_MAX, RECORD_BYTES_MAX};
use crate::origin::Origin;
use crate::source::envelope::{Layout, layout};
use crate::source::{Reject, RejectReason};

/// The kernel copies to page-aligned memory several times as fast as to memory a few bytes off.
const PAGE: usize = 4_096;

/// Room before the aligned part for the beginning of a line whose end is still to be read.
const HEADROOM: usize = 64 << 10;

/// A buffer grown beyond this for one large document is let go afterwards.
const KEPT_BYTES_MAX: usize = 8 << 20;

/// A piece of an input.
#[derive(Debug)]
pub(super) struct Batch<'b> {
    pub input: u32,
    pub layout: Layout,
    /// The number of its first line; 1 for a document.
    pub first_record: u32,
    pub text: &'b [u8],
    /// What of the input could not even be handed over.
    pub rejects: Vec<(Origin, Reject)>,
}

/// The memory one thread reads into.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
    filled: Range<usize>,
}

impl Buffer {
    /// Empties it but for `carry`, behind which reading goes on, on a page boundary where that is possible.
    fn begin(&mut self, carry: &[u8]) {
        if self.bytes.len() > KEPT_BYTES_MAX {
            self.bytes = Vec::new();
        }
        if self.bytes.is_empty() {
            self.bytes = vec![0; HEADROOM + PAGE + BATCH_BYTES];
        }
        let aligned = HEADROOM + self.bytes[HEADROOM..].as_ptr().align_offset(PAGE).min(PAGE);
        let start = aligned.saturating_sub(carry.len());
        let end = start + carry.len();
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        self.bytes[start..end].copy_from_slice(carry);
        self.filled = start..end;
    }

    /// Reads up to `count` bytes more.
    fn read(&mut self, from: &mut Opened<'_>, count: usize) -> (usize, Option<ReadFailure>) {
        let end = self.filled.end;
        if self.bytes.len() < end + count {
            self.bytes.resize(end + count, 0);
        }
        let (read, failure) = from.read(&mut self.bytes[end..end + count]);
        self.filled.end += read;
        (read, failure)
    }

    fn text(&self) -> &[u8] {
        &self.bytes[self.filled.clone()]
    }

    fn keep(&mut self, len: usize) {
        self.filled.end = self.filled.start + len;
    }
}

/// An input being read.
pub(super) struct Reader<'m> {
    input: u32,
    bytes: Opened<'m>,
    layout: Option<Layout>,
    next_record: u32,
    /// The beginning of a line whose end has not been read.
    carry: Vec<u8>,
    ended: bool,
    failure: Option<ReadFailure>,
    rejects: Vec<(Origin, Reject)>,
}

impl<'m> Reader<'m> {
    pub(super) fn new(input: u32, bytes: Opened<'m>) -> Self {
        Self {
            input,
            bytes,
            layout: None,
            next_record: 1,
            carry: Vec::new(),
            ended: false,
            failure: None,
            rejects: Vec::new(),
        }
    }

    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    pub(super) fn input(&self) -> u32 {
        self.input
    }

    /// Why the file itself could not be read to its end.
    pub(super) fn failure(&mut self) -> Option<std::io::Error> {
        match self.failure.take()? {
            ReadFailure::File(error) => Some(error),
            ReadFailure::Compression(_) => None,
        }
    }

    /// The next piece; it may be empty at the end.
    pub(super) fn next<'b>(&mut self, buffer: &'b mut Buffer) -> Batch<'b> {
        buffer.begin(&self.carry);
        self.carry.clear();
        self.more(buffer, BATCH_BYTES);
        let layout = self.decide(buffer);
        let first_record = match layout {
            Layout::Lines => self.lines(buffer),
            Layout::Document => self.document(buffer),
        };
        self.note_damage();
        let rejects = std::mem::take(&mut self.rejects);
        Batch { input: self.input, layout, first_record, text: buffer.text(), rejects }
    }

    fn more(&mut self, buffer: &mut Buffer, count: usize) -> usize {
        if self.ended {
            return 0;
        }
        let (read, failure) = buffer.read(&mut self.bytes, count);
        self.ended = read < count;
        self.failure = failure;
        read
    }

    fn decide(&mut self, buffer: &mut Buffer) -> Layout {
        loop {
            let decided = self.layout.or_else(|| layout(buffer.text(), self.ended));
            if let Some(decided) = decided {
                self.layout = Some(decided);
                return decided;
            }
            self.more(buffer, buffer.text().len().max(BATCH_BYTES));
        }
    }

    /// Cuts behind the last line end, reading on where there is none. Returns the number of the first line.
    fn lines(&mut self, buffer: &mut Buffer) -> u32 {
        let mut searched = 0;
        loop {
            let text = buffer.text();
            if self.ended && self.failure.is_none() {
                break;
            }
            if let Some(newline) = memchr::memrchr(b'\n', &text[searched..]) {
                let len = searched + newline + 1;
                self.carry.extend_from_slice(&text[len..]);
                buffer.keep(len);
                break;
            }
            if self.ended {
                buffer.keep(0);
                break;
            }
            if text.len() > RECORD_BYTES_MAX {
                self.skip_line(buffer);
                searched = 0;
            } else {
                searched = text.len();
                self.more(buffer, BATCH_BYTES);
            }
        }
        if self.ended {
            self.carry.clear();
        }
        let first = self.next_record;
        let lines = memchr::memchr_iter(b'\n', buffer.text()).count();
        self.next_record = first.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        first
    }

    /// Drops a line that is too long to be a record, up to its end.
    fn skip_line(&mut self, buffer: &mut Buffer) {
        self.reject(RejectReason::TooLarge);
        self.next_record = self.next_record.saturating_add(1);
        loop {
            buffer.begin(&[]);
            if self.more(buffer, BATCH_BYTES) == 0 {
                return;
            }
            if let Some(newline) = memchr::memchr(b'\n', buffer.text()) {
                let rest = buffer.text()[newline + 1..].to_vec();
                return buffer.begin(&rest);
            }
        }
    }

    /// Reads to the end of the input, where it is not too large to be held. Returns the number of the first
    /// record.
    fn document(&mut self, buffer: &mut Buffer) -> u32 {
        while !self.ended {
            let len = buffer.text().len();
            if len > DOCUMENT_BYTES_MAX {
                self.reject(RejectReason::TooLarge);
                buffer.keep(0);
                self.ended = true;
            } else {
                self.more(buffer, len.max(BATCH_BYTES).min(DOCUMENT_BYTES_MAX + 1 - len).max(1));
            }
        }
        1
    }

    fn note_damage(&mut self) {
        if let Some(ReadFailure::Compression(reason)) = self.failure {
            self.failure = None;
            self.reject(reason);
        }
    }

    fn reject(&mut self, reason: RejectReason) {
        let origin = Origin::new(self.input, self.next_record.into());
        self.rejects.push((origin, Reject::new(reason)));
    }
}
