//! The events of one thread: encoded one behind the other, sorted by their heads, spilled when there are too
//! many.

use std::fs::File;
use std::io::{BufReader, BufWriter, Seek, SeekFrom, Write};

use anyhow::Context;

use super::merge::Merge;
use super::row::{self, Head, slice};
use crate::event::Event;

/// Sorted runs of one thread in temporary files before they are merged into one: each is an open file.
const SPILLED_RUNS_MAX: usize = 32;

/// Memory for one head: itself, and half as much while it is sorted.
const HEAD_BYTES: usize = size_of::<Head>() + size_of::<Head>() / 2;

/// Rows not yet sorted, and the sorted runs already in files.
#[derive(Debug)]
pub(super) struct Arena {
    bytes: Vec<u8>,
    heads: Vec<Head>,
    bytes_max: usize,
    spilled: Vec<File>,
}

/// Rows in order.
#[derive(Debug)]
pub(super) struct Run {
    head: Head,
    rows: Rows,
}

#[derive(Debug)]
enum Rows {
    Memory { bytes: Vec<u8>, heads: std::vec::IntoIter<Head> },
    Spilled { file: BufReader<File>, row: Vec<u8> },
}

impl Arena {
    /// An arena that spills once it holds more than `bytes_max`.
    pub(super) fn new(bytes_max: usize) -> Self {
        Self { bytes: Vec::new(), heads: Vec::new(), bytes_max, spilled: Vec::new() }
    }

    pub(super) fn push(&mut self, event: Event<'_>) -> anyhow::Result<()> {
        self.heads.push(row::encode(event, &mut self.bytes)?);
        if self.bytes.len() + self.heads.len() * HEAD_BYTES > self.bytes_max {
            self.spill()?;
        }
        Ok(())
    }

    /// All rows, as sorted runs.
    pub(super) fn into_runs(mut self) -> anyhow::Result<Vec<Run>> {
        self.sort();
        let memory = Run::first(Rows::Memory { bytes: self.bytes, heads: self.heads.into_iter() })?;
        let mut runs: Vec<Run> = memory.into_iter().collect();
        for file in self.spilled {
            runs.extend(Run::spilled(file)?);
        }
        Ok(runs)
    }

    /// The stable sort finds what is in order already, and a log mostly is.
    fn sort(&mut self) {
        let bytes = &self.bytes;
        self.heads.sort_by(|a, b| row::order((a, slice(bytes, a)), (b, slice(bytes, b))));
    }

    fn spill(&mut self) -> anyhow::Result<()> {
        self.sort();
        let file = written(|out| {
            self.heads.iter().try_for_each(|head| row::write(out, head, slice(&self.bytes, head)))
        })?;
        self.bytes.clear();
        self.heads.clear();
        self.spilled.push(file);
        if self.spilled.len() >= SPILLED_RUNS_MAX { self.unite() } else { Ok(()) }
    }

    fn unite(&mut self) -> anyhow::Result<()> {
        let mut runs = Vec::new();
        for file in self.spilled.drain(..) {
            runs.extend(Run::spilled(file)?);
        }
        let mut merge = Merge::of(runs);
        let file = written(|out| merge.for_each(|head, bytes| row::write(out, head, bytes)))?;
        self.spilled.push(file);
        Ok(())
    }
}

/// A temporary file with what `rows` writes, to be read from its start. It has no name and ends with the
/// process.
fn written(rows: impl FnOnce(&mut BufWriter<File>) -> anyhow::Result<()>) -> anyhow::Result<File> {
    let file = tempfile::tempfile()
        .context("cannot make a temporary file for sorting; set TMPDIR or raise --memory-limit")?;
    let mut out = BufWriter::new(file);
    rows(&mut out).context("cannot write a sorted run to the temporary directory")?;
    out.flush().context("cannot write a sorted run to the temporary directory")?;
    let mut file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

impl Run {
    fn spilled(file: File) -> anyhow::Result<Option<Self>> {
        Self::first(Rows::Spilled { file: BufReader::new(file), row: Vec::new() })
    }

    fn first(mut rows: Rows) -> anyhow::Result<Option<Self>> {
        Ok(rows.advance()?.map(|head| Self { head, rows }))
    }

    pub(super) fn row(&self) -> (&Head, &[u8]) {
        let bytes = match &self.rows {
            Rows::Memory { bytes, .. } => slice(bytes, &self.head),
            Rows::Spilled { row, .. } => row,
        };
        (&self.head, bytes)
    }

    /// Goes to the next row; false where there is none.
    pub(super) fn advance(&mut self) -> anyhow::Result<bool> {
        let next = self.rows.advance()?;
        self.head = next.unwrap_or(self.head);
        Ok(next.is_some())
    }
}

impl Rows {
    fn advance(&mut self) -> anyhow::Result<Option<Head>> {
        match self {
            Self::Memory { heads, .. } => Ok(heads.next()),
            Self::Spilled { file, row } => row::read(file, row),
        }
    }
}
