//! Dead letters: what could not be read, by reason and origin. Never a part of the record.

use std::io::Write;

use serde::Serialize;

use super::Input;
use crate::origin::Origin;
use crate::source::Reject;

/// The version of the form of a line.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Line<'a> {
    v: u32,
    reason: &'static str,
    file: &'a str,
    record: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    byte: Option<u32>,
}

/// Where rejects are written, if anywhere. Lines of one batch stay together; batches come as they are done.
#[derive(Default)]
pub struct DeadLetters {
    out: Option<Box<dyn Write + Send>>,
}

impl DeadLetters {
    /// Writes one line of JSON per reject.
    #[must_use]
    pub fn to(out: Box<dyn Write + Send>) -> Self {
        Self { out: Some(out) }
    }

    /// Rejects are only counted.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    pub(super) fn write(&mut self, inputs: &[Input], rejects: &[(Origin, Reject)]) -> std::io::Result<()> {
        let Some(out) = &mut self.out else { return Ok(()) };
        for (origin, reject) in rejects {
            let file = inputs.get(origin.input() as usize).map_or("", |input| input.name.as_str());
            let reason = reject.reason.as_str();
            let line = Line { v: VERSION, reason, file, record: origin.record(), byte: reject.byte };
            serde_json::to_writer(&mut *out, &line)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Writes out what is still buffered.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn flush(&mut self) -> std::io::Result<()> {
        self.out.as_mut().map_or(Ok(()), Write::flush)
    }
}
