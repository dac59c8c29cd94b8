//! A stream of plain bytes out of a file, whatever it was compressed with.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Input, Meter, Place};
use crate::reading::inflate::{self, Compression, MAGIC_LEN};
use crate::source::RejectReason;

/// The bytes of an input, inflated where its first bytes say so; names do not matter.
pub(super) struct Opened<'m> {
    bytes: Box<dyn Read + Send + 'm>,
    /// Set once the file itself, not its compression, failed.
    failed: Arc<AtomicBool>,
}

/// Why reading ended early.
pub(super) enum ReadFailure {
    /// The compressed data is damaged or cut off, or becomes too much.
    Compression(RejectReason),
    /// The file cannot be read.
    File(io::Error),
}

/// Opens `input`; what is read of it counts on `meter`.
pub(super) fn open<'m>(input: &Input, meter: &'m Meter) -> io::Result<Opened<'m>> {
    let failed = Arc::new(AtomicBool::new(false));
    let bytes = match &input.place {
        Place::Stdin => {
            let mut stdin = io::stdin();
            let magic = magic(&mut stdin)?;
            inflate(Counted::new(Cursor::new(magic.clone()).chain(stdin), meter, &failed), &magic)?
        }
        Place::File(path) => {
            let mut file = File::open(path)?;
            let magic = magic(&mut file)?;
            if file.seek(SeekFrom::Start(0)).is_ok() {
                inflate(Counted::new(file, meter, &failed), &magic)?
            } else {
                inflate(Counted::new(Cursor::new(magic.clone()).chain(file), meter, &failed), &magic)?
            }
        }
    };
    Ok(Opened { bytes, failed })
}

impl Opened<'_> {
    /// Fills `space` as far as there are bytes; less than its length only at the end.
    pub(super) fn read(&mut self, space: &mut [u8]) -> (usize, Option<ReadFailure>) {
        let mut filled = 0;
        while filled < space.len() {
            match self.bytes.read(&mut space[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if self.failed.load(Ordering::Relaxed) => {
                    return (filled, Some(ReadFailure::File(error)));
                }
                Err(error) => return (filled, Some(ReadFailure::Compression(inflate::why(&error)))),
            }
        }
        (filled, None)
    }
}

fn magic(file: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut magic = Vec::with_capacity(MAGIC_LEN);
    file.take(MAGIC_LEN as u64).read_to_end(&mut magic)?;
    Ok(magic)
}

fn inflate<'m>(file: impl Read + Send + 'm, magic: &[u8]) -> io::Result<Box<dyn Read + Send + 'm>> {
    match Compression::of(magic) {
        Some(compression) => compression.inflate(file),
        None => Ok(Box::new(file)),
    }
}

/// Counts what is read and remembers whether reading itself failed.
struct Counted<'m, R> {
    file: R,
    meter: &'m Meter,
    failed: Arc<AtomicBool>,
}

impl<'m, R> Counted<'m, R> {
    fn new(file: R, meter: &'m Meter, failed: &Arc<AtomicBool>) -> Self {
        Self { file, meter, failed: Arc::clone(failed) }
    }
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let result = self.file.read(space);
        match &result {
            Ok(count) => self.meter.add(*count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => self.failed.store(true, Ordering::Relaxed),
        }
        result
    }
}
