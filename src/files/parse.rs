//! A batch, record by record: recognised, parsed, counted.

use super::Settings;
use super::batch::Batch;
use super::streams::Streams;
use super::tally::Tally;
use crate::event::Event;
use crate::limits::RECORD_BYTES_MAX;
use crate::origin::Origin;
use crate::source::envelope::{self, Item, Layout};
use crate::source::{RecordContext, Reject, RejectReason, Source, Verdict};
use crate::time::EventTime;

/// Parses batches of one thread.
pub(super) struct Parser<'s> {
    settings: &'s Settings,
    streams: &'s Streams,
    /// The source of the last record, which is tried first. No source understands or recognises a record of
    /// another, so this saves time and decides nothing.
    latest: Option<&'static Source>,
    pub tally: Tally,
    /// Rejects since they were last taken.
    pub rejects: Vec<(Origin, Reject)>,
}

/// What one batch is being turned into.
struct Sink<'a, F> {
    events: Vec<Event<'a>>,
    emit: F,
}

impl<'s> Parser<'s> {
    pub(super) fn new(settings: &'s Settings, streams: &'s Streams) -> Self {
        let tally = Tally::new(streams.table().len());
        Self { settings, streams, latest: None, tally, rejects: Vec::new() }
    }

    /// Hands every event of `batch` to `emit`, in order.
    pub(super) fn batch<'a, F>(&mut self, batch: &Batch<'a>, emit: F) -> anyhow::Result<()>
    where
        's: 'a,
        F: FnMut(Event<'a>) -> anyhow::Result<()>,
    {
        self.tally.stats.bytes += batch.text.len() as u64;
        let before = self.tally.stats.progress();
        for (origin, reject) in &batch.rejects {
            self.reject(*origin, *reject);
        }
        let mut sink = Sink { events: Vec::new(), emit };
        let mut origin = Origin::new(batch.input, batch.first_record.into());
        match batch.layout {
            Layout::Lines => {
                for line in lines(batch.text) {
                    self.line(line, origin, &mut sink)?;
                    origin = origin.next();
                }
            }
            Layout::Document => {
                for item in envelope::items(batch.text) {
                    self.item(item, origin, &mut sink)?;
                    origin = origin.next();
                }
            }
        }
        self.tally.stats.note_input(batch.input, before);
        Ok(())
    }

    fn line<'a, F>(&mut self, line: &'a [u8], origin: Origin, sink: &mut Sink<'a, F>) -> anyhow::Result<()>
    where
        's: 'a,
        F: FnMut(Event<'a>) -> anyhow::Result<()>,
    {
        if line.len() > RECORD_BYTES_MAX {
            self.reject(origin, Reject::new(RejectReason::TooLarge));
            return Ok(());
        }
        if let Some(record) = envelope::bare(line)
            && let Some((source, verdict)) = self.read(record, origin, &mut sink.events)
            && !matches!(verdict, Verdict::Rejected(Reject { reason: RejectReason::NotJson, .. }))
        {
            return self.settle(source, verdict, origin, sink);
        }
        sink.events.clear();
        envelope::items(line).try_for_each(|item| self.item(item, origin, sink))
    }

    fn item<'a, F>(&mut self, item: Item<'a>, origin: Origin, sink: &mut Sink<'a, F>) -> anyhow::Result<()>
    where
        's: 'a,
        F: FnMut(Event<'a>) -> anyhow::Result<()>,
    {
        match item {
            Item::Ignored(reason) => self.tally.stats.ignore(None, reason),
            Item::Rejected(reject) => self.reject(origin, reject),
            Item::Record(record) => match self.read(record, origin, &mut sink.events) {
                Some((source, verdict)) => return self.settle(source, verdict, origin, sink),
                None => match envelope::notice(record) {
                    Some(reason) => self.tally.stats.ignore(None, reason),
                    None => self.reject(origin, unknown(record)),
                },
            },
        }
        Ok(())
    }

    /// Parses `record` by the source that recognises it. To be understood is to be recognised, without a
    /// second look.
    fn read<'a>(
        &mut self,
        record: &'a [u8],
        origin: Origin,
        events: &mut Vec<Event<'a>>,
    ) -> Option<(&'static Source, Verdict)>
    where
        's: 'a,
    {
        if !self.settings.recognise {
            let source = self.settings.sources.first()?;
            return Some((source, self.parse(source, record, origin, events)));
        }
        if let Some(latest) = self.latest {
            let verdict = self.parse(latest, record, origin, events);
            if matches!(verdict, Verdict::Understood { .. }) || (latest.recognises)(record) {
                return Some((latest, verdict));
            }
            events.clear();
        }
        let source = self.settings.sources.iter().copied().find(|source| (source.recognises)(record))?;
        self.latest = Some(source);
        Some((source, self.parse(source, record, origin, events)))
    }

    fn parse<'a>(
        &self,
        source: &Source,
        record: &'a [u8],
        origin: Origin,
        events: &mut Vec<Event<'a>>,
    ) -> Verdict
    where
        's: 'a,
    {
        let stream_ix = self.streams.of(origin.input(), source.name);
        let context = RecordContext {
            stream: self.streams.stream(stream_ix),
            stream_ix,
            stream_realm: self.streams.realm(stream_ix),
            origin,
        };
        let verdict = (source.parse)(record, &context, events);
        let latest = match verdict {
            Verdict::Understood { at } => Some(at),
            Verdict::Ignored { at, .. } => at,
            Verdict::Rejected(_) => None,
        };
        let latest = latest.into_iter().chain(events.iter().map(|event| event.at)).max();
        if latest.is_some_and(|at| at > self.settings.not_after) {
            return Verdict::Rejected(Reject::new(RejectReason::TimeInFuture));
        }
        verdict
    }

    fn settle<'a, F>(
        &mut self,
        source: &Source,
        verdict: Verdict,
        origin: Origin,
        sink: &mut Sink<'a, F>,
    ) -> anyhow::Result<()>
    where
        F: FnMut(Event<'a>) -> anyhow::Result<()>,
    {
        let stream = self.streams.of(origin.input(), source.name);
        match verdict {
            Verdict::Understood { at } => {
                self.tally.deliver(stream, source.name, Some(at));
                self.tally.stats.records += 1;
                self.tally.stats.understood += 1;
                self.tally.stats.events += sink.events.len() as u64;
                return sink.events.drain(..).try_for_each(&mut sink.emit);
            }
            Verdict::Ignored { reason, at } => {
                self.tally.deliver(stream, source.name, at);
                self.tally.stats.ignore(Some(source.name), reason);
            }
            Verdict::Rejected(reject) => {
                self.tally.deliver(stream, source.name, None::<EventTime>);
                self.reject(origin, reject);
            }
        }
        sink.events.clear();
        Ok(())
    }

    fn reject(&mut self, origin: Origin, reject: Reject) {
        self.tally.stats.reject(origin, reject);
        self.rejects.push((origin, reject));
    }
}

/// Why a record no source recognises is rejected: it is not JSON at all, or JSON of another kind.
fn unknown(record: &[u8]) -> Reject {
    match serde_json::from_slice::<serde::de::IgnoredAny>(record) {
        // What is skipped is not decoded: the record may be a known one with a byte that no text has.
        Ok(_) if std::str::from_utf8(record).is_err() => Reject::new(RejectReason::InvalidUtf8),
        Ok(_) => Reject::new(RejectReason::UnknownFormat),
        Err(error) => Reject::from_json(record, &error),
    }
}

/// The lines of `text` without their ends.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let (line, tail) = rest.split_at(end);
        rest = tail.get(1..).unwrap_or_default();
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    })
}
