//! A source that takes every record, and a sink that shows what it was given.

use serde::de::IgnoredAny;
use tenure::event::{Action, Event};
use tenure::origin::{EventId, Origin};
use tenure::reading::{Choice, Reader, Sink};
use tenure::source::envelope::layout;
use tenure::source::proof::Proof;
use tenure::source::{RecordContext, Reject, RejectReason, Source, Verdict};
use tenure::stream::{SourceName, Stream, StreamIx};
use tenure::text::Text;
use tenure::time::{EventTime, Span};

static EVERY: Source = Source {
    name: SourceName::Generic,
    summary: "a record of a test",
    reads: "all of it",
    reference: "this file",
    recognises: |_| true,
    parse,
    kinds: &[],
    fields: &[],
    blind_spots: &[],
    lateness: Span::ZERO,
};

fn time() -> EventTime {
    EventTime::parse("2026-03-01T00:00:00Z").unwrap()
}

/// An event whose principal is the whole record.
fn parse<'a>(record: &'a [u8], context: &RecordContext<'a>, events: &mut Vec<Event<'a>>) -> Verdict {
    if let Err(error) = serde_json::from_slice::<IgnoredAny>(record) {
        return Verdict::Rejected(Reject::from_json(record, &error));
    }
    if std::str::from_utf8(record).is_err() {
        return Verdict::Rejected(Reject::new(RejectReason::InvalidUtf8));
    }
    let mut event = context.event(SourceName::Generic, time(), EventId::stated("probe"), Action::Used);
    event.principal = std::str::from_utf8(record).ok().map(Text::borrowed);
    events.push(event);
    Verdict::Understood { at: time() }
}

/// What a text held.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub records: Vec<String>,
    /// Beside each record, its number.
    pub numbers: Vec<u64>,
    pub ignored: Vec<&'static str>,
    pub rejected: Vec<&'static str>,
}

struct Shown<'c> {
    stream: &'c Stream,
    realm: &'c str,
    seen: Seen,
}

impl<'c> Sink<'c> for Shown<'c> {
    type Error = std::convert::Infallible;

    fn context(&self, _: &Source, origin: Origin) -> RecordContext<'c> {
        RecordContext { stream: self.stream, stream_ix: StreamIx(0), stream_realm: self.realm, origin }
    }

    fn settle(
        &mut self,
        _: &'static Source,
        origin: Origin,
        verdict: Verdict,
        events: &mut Vec<Event<'_>>,
    ) -> Result<(), Self::Error> {
        if let Verdict::Rejected(reject) = verdict {
            return self.reject(origin, reject);
        }
        for event in events.iter() {
            assert_eq!(event.origin, origin);
            self.seen.records.push(event.principal.as_deref().unwrap().to_owned());
            self.seen.numbers.push(origin.record());
        }
        Ok(())
    }

    fn prove(&mut self, _: &'static Source, _: Origin, _: &Proof<'_>) -> Result<(), Self::Error> {
        Ok(())
    }

    fn ignore(&mut self, reason: &'static str) {
        self.seen.ignored.push(reason);
    }

    fn reject(&mut self, _: Origin, reject: Reject) -> Result<(), Self::Error> {
        self.seen.rejected.push(reject.reason.as_str());
        Ok(())
    }
}

fn read_by(read: impl FnOnce(&mut Reader, &mut Shown<'_>) -> Result<(), std::convert::Infallible>) -> Seen {
    let stream = Stream::default_for(SourceName::Generic);
    let mut shown = Shown { stream: &stream, realm: "test/default", seen: Seen::default() };
    let mut reader = Reader::new(Choice::Only(&EVERY), time());
    let Ok(()) = read(&mut reader, &mut shown);
    shown.seen
}

/// What `text` holds as a file.
pub fn file(text: &[u8]) -> Seen {
    let origin = Origin::new(0, 1);
    read_by(|reader, shown| reader.text(text, layout(text, true).unwrap(), origin, shown))
}

/// What `text` holds as a message.
pub fn message(text: &[u8]) -> Seen {
    read_by(|reader, shown| reader.message(text, Origin::new(0, 1), shown))
}
