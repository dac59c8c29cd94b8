//! What parsers and readers promise for any bytes. The tests ask it of records that are cut, mangled and made
//! up, the fuzz targets in `fuzz/` of everything else.

use tenure::event::Event;
use tenure::format::event_json::event_line;
use tenure::limits::{EVENTS_PER_RECORD_MAX, FIELD_BYTES_MAX};
use tenure::origin::Origin;
use tenure::reading::{Choice, Reader, Sink};
use tenure::source::envelope;
use tenure::source::proof::Proof;
use tenure::source::{RecordContext, Reject, SOURCES, Source, Verdict};
use tenure::stream::{SourceName, Stream, StreamIx};
use tenure::time::EventTime;

/// No field is longer than a field may be, and few of them make an event; an escape may take six bytes.
const EVENT_BYTES_MAX: usize = 20 * 6 * FIELD_BYTES_MAX;

/// The default stream of each source, with its realm.
fn streams() -> &'static [(Stream, String)] {
    static STREAMS: std::sync::OnceLock<Vec<(Stream, String)>> = std::sync::OnceLock::new();
    STREAMS.get_or_init(|| {
        let streams = SourceName::ALL.iter().map(|&source| Stream::default_for(source));
        streams.map(|stream| (stream.clone(), stream.own_realm())).collect()
    })
}

fn context(source: SourceName, origin: Origin) -> RecordContext<'static> {
    let (stream, realm) = streams().iter().find(|(stream, _)| stream.source == source).unwrap();
    RecordContext { stream, stream_ix: StreamIx(0), stream_realm: realm, origin }
}

/// What `source` makes of `bytes`: events or none, a bounded number of bounded size.
pub fn parsed(source: &Source, bytes: &[u8]) -> Verdict {
    let mut events = Vec::new();
    let verdict = (source.parse)(bytes, &context(source.name, Origin::new(0, 1)), &mut events);
    if !matches!(verdict, Verdict::Rejected(_)) {
        assert_eq!(matches!(verdict, Verdict::Understood { .. }), !events.is_empty(), "{verdict:?}");
    }
    hold(source.name, &events);
    if let Verdict::Rejected(reject) = verdict {
        let byte = reject.byte.map_or(0, |byte| byte as usize);
        assert!(byte <= bytes.len(), "byte {byte} of {}", bytes.len());
    }
    verdict
}

fn hold(source: SourceName, events: &[Event<'_>]) {
    assert!(events.len() <= EVENTS_PER_RECORD_MAX, "{} events", events.len());
    for event in events {
        let (stream, _) = streams().iter().find(|(stream, _)| stream.source == source).unwrap();
        let line = event_line(event, stream, "any.jsonl").unwrap();
        assert!(line.len() < EVENT_BYTES_MAX, "an event of {} bytes", line.len());
    }
}

/// Takes what is read and holds it to the same.
#[derive(Debug, Default)]
pub struct Held {
    pub understood: usize,
    pub rejects: usize,
    /// The sources of what was understood, in its order.
    pub sources: Vec<SourceName>,
}

impl Sink<'static> for Held {
    type Error = std::convert::Infallible;

    fn context(&self, source: &Source, origin: Origin) -> RecordContext<'static> {
        context(source.name, origin)
    }

    fn settle(
        &mut self,
        source: &'static Source,
        _: Origin,
        verdict: Verdict,
        events: &mut Vec<Event<'_>>,
    ) -> Result<(), Self::Error> {
        if matches!(verdict, Verdict::Understood { .. }) {
            self.understood += 1;
            self.sources.push(source.name);
        }
        self.rejects += usize::from(matches!(verdict, Verdict::Rejected(_)));
        assert_eq!(matches!(verdict, Verdict::Understood { .. }), !events.is_empty(), "{verdict:?}");
        hold(source.name, events);
        Ok(())
    }

    fn prove(&mut self, _: &'static Source, _: Origin, _: &Proof<'_>) -> Result<(), Self::Error> {
        Ok(())
    }

    fn ignore(&mut self, _: &'static str) {}

    fn reject(&mut self, _: Origin, _: Reject) -> Result<(), Self::Error> {
        self.rejects += 1;
        Ok(())
    }
}

/// Reads `bytes` as a message, as lines and as a document, of whatever source.
pub fn reading(bytes: &[u8]) -> Held {
    let mut held = Held::default();
    let mut reader = Reader::new(Choice::ByShape(SOURCES), EventTime::MAX);
    let origin = Origin::new(0, 1);
    let Ok(()) = reader.message(bytes, origin, &mut held);
    for layout in [envelope::Layout::Lines, envelope::Layout::Document] {
        let Ok(()) = reader.text(bytes, layout, origin, &mut held);
    }
    let _ = (envelope::layout(bytes, true), envelope::layout(bytes, false), envelope::notice(bytes));
    held
}
