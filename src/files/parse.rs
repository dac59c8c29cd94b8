//! A batch, record by record: read, counted, handed on.

use super::Settings;
use super::batch::Batch;
use super::streams::Streams;
use super::tally::Tally;
use crate::event::Event;
use crate::origin::Origin;
use crate::reading::{Choice, Reader, Sink};
use crate::source::proof::Proof;
use crate::source::{RecordContext, Reject, Source, Verdict};

/// Parses batches of one thread.
pub(super) struct Parser<'s> {
    reader: Reader,
    streams: &'s Streams,
    pub tally: Tally,
    /// Rejects since they were last taken.
    pub rejects: Vec<(Origin, Reject)>,
}

impl<'s> Parser<'s> {
    pub(super) fn new(settings: &'s Settings, streams: &'s Streams) -> Self {
        let choice = match settings.sources {
            [only, ..] if !settings.recognise => Choice::Only(only),
            sources => Choice::ByShape(sources),
        };
        let tally = Tally::new(streams.table().len());
        Self { reader: Reader::new(choice, settings.not_after), streams, tally, rejects: Vec::new() }
    }

    /// Hands every event of `batch` to `emit`, in order.
    pub(super) fn batch<F>(&mut self, batch: &Batch<'_>, emit: F) -> anyhow::Result<()>
    where
        F: FnMut(Event<'_>) -> anyhow::Result<()>,
    {
        let Self { reader, streams, tally, rejects } = self;
        tally.stats.bytes += batch.text.len() as u64;
        let before = tally.stats.progress();
        let mut sink = Counted { streams, tally, rejects, emit };
        for (origin, reject) in &batch.rejects {
            sink.reject(*origin, *reject)?;
        }
        let origin = Origin::new(batch.input, batch.first_record.into());
        reader.text(batch.text, batch.layout, origin, &mut sink)?;
        tally.stats.note_input(batch.input, before);
        Ok(())
    }
}

/// Counts what is read before it is handed on.
struct Counted<'p, 's, F> {
    streams: &'s Streams,
    tally: &'p mut Tally,
    rejects: &'p mut Vec<(Origin, Reject)>,
    emit: F,
}

impl<'s, F> Sink<'s> for Counted<'_, 's, F>
where
    F: FnMut(Event<'_>) -> anyhow::Result<()>,
{
    type Error = anyhow::Error;

    fn context(&self, source: &Source, origin: Origin) -> RecordContext<'s> {
        let stream_ix = self.streams.of(origin.input(), source.name);
        RecordContext {
            stream: self.streams.stream(stream_ix),
            stream_ix,
            stream_realm: self.streams.realm(stream_ix),
            origin,
        }
    }

    fn settle(
        &mut self,
        source: &'static Source,
        origin: Origin,
        verdict: Verdict,
        events: &mut Vec<Event<'_>>,
    ) -> anyhow::Result<()> {
        let stream = self.streams.of(origin.input(), source.name);
        match verdict {
            Verdict::Understood { at } => {
                self.tally.deliver(stream, source.name, Some(at));
                self.tally.understand(stream, events.len());
                events.drain(..).try_for_each(&mut self.emit)
            }
            Verdict::Ignored { reason, at } => {
                self.tally.deliver(stream, source.name, at);
                self.tally.ignore(stream, source.name, reason);
                Ok(())
            }
            Verdict::Rejected(reject) => {
                self.tally.deliver(stream, source.name, None);
                self.tally.reject(Some(stream), origin, reject);
                self.rejects.push((origin, reject));
                Ok(())
            }
        }
    }

    fn prove(&mut self, source: &'static Source, origin: Origin, proof: &Proof<'_>) -> anyhow::Result<()> {
        let stream = self.streams.of(origin.input(), source.name);
        self.tally.prove(stream, proof, self.streams.names());
        Ok(())
    }

    fn ignore(&mut self, reason: &'static str) {
        self.tally.stats.ignore(None, reason);
    }

    fn reject(&mut self, origin: Origin, reject: Reject) -> anyhow::Result<()> {
        self.tally.reject(None, origin, reject);
        self.rejects.push((origin, reject));
        Ok(())
    }
}
