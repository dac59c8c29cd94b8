//! Reading: from the text of a line, a message or a document to events, whoever carries it.
//!
//! It tells which source a record is of, has that source read it, and refuses what claims to be of the
//! future. Where the text comes from, what is counted, and where events go is the business of a [`Sink`].

pub mod inflate;
mod unpack;

use self::unpack::Unpacking;
use crate::event::Event;
use crate::limits::RECORD_BYTES_MAX;
use crate::origin::Origin;
use crate::source::envelope::{self, Item, Layout, Packed, Unpacked};
use crate::source::proof::{DIGEST, Proof};
use crate::source::{RecordContext, Reject, RejectReason, Source, Verdict};
use crate::time::EventTime;

/// Which sources a text may hold records of.
#[derive(Clone, Copy)]
pub enum Choice {
    /// The source of each record is told by its shape.
    ByShape(&'static [&'static Source]),
    /// Every record is read by this one.
    Only(&'static Source),
}

/// What becomes of what is read. `'c` is how long it knows streams and realms; an event lives as long as the
/// text it was read in, which may have been unpacked for it alone.
pub trait Sink<'c> {
    type Error;

    /// What a parser is told of the record of `source` at `origin`.
    fn context(&self, source: &Source, origin: Origin) -> RecordContext<'c>;

    /// Takes the verdict on a record of `source`, and its events, where it gave any.
    ///
    /// # Errors
    /// Where events cannot be taken; reading ends.
    fn settle(
        &mut self,
        source: &'static Source,
        origin: Origin,
        verdict: Verdict,
        events: &mut Vec<Event<'_>>,
    ) -> Result<(), Self::Error>;

    /// Takes what a record proves of the deliveries of its source; the verdict on it follows.
    ///
    /// # Errors
    /// As [`Sink::settle`].
    fn prove(
        &mut self,
        source: &'static Source,
        origin: Origin,
        proof: &Proof<'_>,
    ) -> Result<(), Self::Error>;

    /// Takes what an envelope says of itself.
    fn ignore(&mut self, reason: &'static str);

    /// Takes what is no record of any source.
    ///
    /// # Errors
    /// As [`Sink::settle`].
    fn reject(&mut self, origin: Origin, reject: Reject) -> Result<(), Self::Error>;
}

/// Reads texts, one behind the other.
pub struct Reader {
    choice: Choice,
    /// Records of a later time are rejected.
    pub not_after: EventTime,
    /// The source of the last record, which is tried first. No source understands or recognises a record of
    /// another, so this saves time and decides nothing.
    latest: Option<&'static Source>,
    unpacking: Unpacking,
}

impl Reader {
    #[must_use]
    pub fn new(choice: Choice, not_after: EventTime) -> Self {
        Self { choice, not_after, latest: None, unpacking: Unpacking::default() }
    }

    /// Reads a text whose layout is known. `origin` is that of its first line or record.
    ///
    /// # Errors
    /// Where `sink` takes no more.
    pub fn text<'c: 'e, 'e, S: Sink<'c>>(
        &mut self,
        text: &'e [u8],
        layout: Layout,
        mut origin: Origin,
        sink: &mut S,
    ) -> Result<(), S::Error> {
        let events = &mut Vec::new();
        match layout {
            Layout::Lines => {
                for line in lines(text) {
                    self.line(line, origin, events, sink)?;
                    origin = origin.next();
                }
            }
            Layout::Document => {
                self.unpacking = Unpacking::default();
                for item in envelope::items(text) {
                    self.item(item, origin, events, sink)?;
                    origin = origin.next();
                }
            }
        }
        Ok(())
    }

    /// Reads a message: mostly one record, else lines or a whole document.
    ///
    /// # Errors
    /// Where `sink` takes no more.
    pub fn message<'c: 'e, 'e, S: Sink<'c>>(
        &mut self,
        text: &'e [u8],
        origin: Origin,
        sink: &mut S,
    ) -> Result<(), S::Error> {
        let text = text.trim_ascii();
        let one_line = memchr::memchr(b'\n', text).is_none();
        if one_line && self.bare(text, origin, &mut Vec::new(), sink)? {
            return Ok(());
        }
        let layout = if one_line { None } else { envelope::layout(text, true) };
        self.text(text, layout.unwrap_or(Layout::Document), origin, sink)
    }

    fn line<'c: 'e, 'e, S: Sink<'c>>(
        &mut self,
        line: &'e [u8],
        origin: Origin,
        events: &mut Vec<Event<'e>>,
        sink: &mut S,
    ) -> Result<(), S::Error> {
        if line.len() > RECORD_BYTES_MAX {
            return sink.reject(origin, Reject::new(RejectReason::TooLarge));
        }
        if self.bare(line, origin, events, sink)? {
            return Ok(());
        }
        self.unpacking = Unpacking::default();
        envelope::items(line).try_for_each(|item| self.item(item, origin, events, sink))
    }

    /// Reads a line that is one record and nothing else; whether it was.
    fn bare<'c: 'e, 'e, S: Sink<'c>>(
        &mut self,
        line: &'e [u8],
        origin: Origin,
        events: &mut Vec<Event<'e>>,
        sink: &mut S,
    ) -> Result<bool, S::Error> {
        if let Some(record) = envelope::bare(line)
            && record.len() <= RECORD_BYTES_MAX
            && let Some((source, verdict)) = self.read(record, origin, events, sink)
            && !matches!(verdict, Verdict::Rejected(Reject { reason: RejectReason::NotJson, .. }))
        {
            self.prove(source, record, origin, verdict, sink)?;
            settle(source, origin, verdict, events, sink)?;
            return Ok(true);
        }
        events.clear();
        Ok(false)
    }

    fn item<'c: 'e, 'e, S: Sink<'c>>(
        &mut self,
        item: Item<'e>,
        origin: Origin,
        events: &mut Vec<Event<'e>>,
        sink: &mut S,
    ) -> Result<(), S::Error> {
        match item {
            Item::Ignored(reason) => sink.ignore(reason),
            Item::Rejected(reject) => return sink.reject(origin, reject),
            Item::Packed(packed) => return self.packed(&packed, origin, sink),
            Item::Record(record) => match self.read(record, origin, events, sink) {
                Some((source, verdict)) => {
                    self.prove(source, record, origin, verdict, sink)?;
                    return settle(source, origin, verdict, events, sink);
                }
                None => match envelope::notice(record) {
                    Some(reason) => sink.ignore(reason),
                    None => return sink.reject(origin, unknown(record)),
                },
            },
        }
        Ok(())
    }

    /// Reads a text that must be decoded, in memory that is let go afterwards.
    fn packed<'c, S: Sink<'c>>(
        &mut self,
        packed: &Packed<'_>,
        origin: Origin,
        sink: &mut S,
    ) -> Result<(), S::Error> {
        let unpacked = match self.unpacking.enter(packed) {
            Ok(unpacked) => unpacked,
            Err(instead) => return self.item(instead, origin, &mut Vec::new(), sink),
        };
        let events = &mut Vec::new();
        let read = match &unpacked {
            Unpacked::Record(record) => self.item(Item::Record(record), origin, events, sink),
            Unpacked::Text(text) => {
                packed.items(text).try_for_each(|item| self.item(item, origin, events, sink))
            }
        };
        self.unpacking.leave();
        read
    }

    /// Hands over what `record` proves, where it is of that sort. Nothing is proven of the future.
    fn prove<'c, S: Sink<'c>>(
        &self,
        source: &'static Source,
        record: &[u8],
        origin: Origin,
        verdict: Verdict,
        sink: &mut S,
    ) -> Result<(), S::Error> {
        if !matches!(verdict, Verdict::Ignored { reason: DIGEST, .. }) {
            return Ok(());
        }
        let proof = source.proof(record).filter(|proof| proof.to <= self.not_after);
        proof.map_or(Ok(()), |proof| sink.prove(source, origin, &proof))
    }

    /// Parses `record` by the source that recognises it. To be understood is to be recognised, without a
    /// second look. Where the latest source finds no time, all that recognise the record are asked, and the
    /// one that understands it has it: names that a caller chose may stand in it, and must not hide it behind
    /// a source that it is not of.
    fn read<'c: 'e, 'e, S: Sink<'c>>(
        &mut self,
        record: &'e [u8],
        origin: Origin,
        events: &mut Vec<Event<'e>>,
        sink: &S,
    ) -> Option<(&'static Source, Verdict)> {
        let sources = match self.choice {
            Choice::Only(source) => return Some((source, self.parse(source, record, origin, events, sink))),
            Choice::ByShape(sources) => sources,
        };
        if let Some(latest) = self.latest {
            let verdict = self.parse(latest, record, origin, events, sink);
            if is_understood(verdict) || (is_dated(verdict) && (latest.recognises)(record)) {
                return Some((latest, verdict));
            }
            events.clear();
        }
        let mut best: Option<(&'static Source, Verdict)> = None;
        for source in sources.iter().copied().filter(|source| (source.recognises)(record)) {
            let verdict = self.parse(source, record, origin, events, sink);
            if is_understood(verdict) {
                best = Some((source, verdict));
                break;
            }
            events.clear();
            if best.is_none_or(|(_, other)| is_dated(verdict) && !is_dated(other)) {
                best = Some((source, verdict));
            }
        }
        self.latest = best.map(|(source, _)| source).or(self.latest);
        best
    }

    fn parse<'c: 'e, 'e, S: Sink<'c>>(
        &self,
        source: &Source,
        record: &'e [u8],
        origin: Origin,
        events: &mut Vec<Event<'e>>,
        sink: &S,
    ) -> Verdict {
        let verdict = (source.parse)(record, &sink.context(source, origin), events);
        let latest = match verdict {
            Verdict::Understood { at } => Some(at),
            Verdict::Ignored { at, .. } => at,
            Verdict::Rejected(_) => None,
        };
        let latest = latest.into_iter().chain(events.iter().map(|event| event.at)).max();
        if latest.is_some_and(|at| at > self.not_after) {
            return Verdict::Rejected(Reject::new(RejectReason::TimeInFuture));
        }
        verdict
    }
}

fn is_understood(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Understood { .. })
}

/// Whether a source found in a record when it was written, as it does in its own.
fn is_dated(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Understood { .. } | Verdict::Ignored { at: Some(_), .. })
}

/// Hands a verdict over; events are left to those that were understood.
fn settle<'c: 'e, 'e, S: Sink<'c>>(
    source: &'static Source,
    origin: Origin,
    verdict: Verdict,
    events: &mut Vec<Event<'e>>,
    sink: &mut S,
) -> Result<(), S::Error> {
    if !is_understood(verdict) {
        events.clear();
    }
    let taken = sink.settle(source, origin, verdict, events);
    events.clear();
    taken
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
