//! A source for tests of the input: one JSON object a record, whose keys say what to make of it.

use serde::Deserialize;

use tenure::event::{Action, Client, Credential, Event, Name, Operation, Outcome, Target};
use tenure::kind::Kind;
use tenure::origin::EventId;
use tenure::source::{RecordContext, Reject, RejectReason, Source, Verdict};
use tenure::stream::SourceName;
use tenure::text::Text;
use tenure::time::{EventTime, Span};

pub static PROBE: Source = Source {
    name: SourceName::AwsCloudtrail,
    summary: "a record of a test",
    reads: "all of it",
    reference: "this file",
    recognises: |record| record.starts_with(br#"{"probe""#),
    parse,
    kinds: &[Kind::AwsAccessKey],
    fields: &[],
    blind_spots: &[],
    lateness: Span::ZERO,
};

pub static PROBES: &[&Source] = &[&PROBE];

#[derive(Deserialize)]
struct Probe<'a> {
    /// The id of the record.
    #[serde(rename = "probe")]
    id: &'a str,
    t: Option<&'a str>,
    /// Names of credentials used, one event each; none makes an ignored record.
    #[serde(borrow, default)]
    uses: Vec<&'a str>,
    #[serde(default)]
    revision: u8,
    #[serde(borrow)]
    principal: Option<&'a str>,
    #[serde(borrow)]
    realm: Option<&'a str>,
}

fn parse<'a>(record: &'a [u8], context: &RecordContext<'a>, events: &mut Vec<Event<'a>>) -> Verdict {
    let probe: Probe<'a> = match serde_json::from_slice(record) {
        Ok(probe) => probe,
        Err(error) => return Verdict::Rejected(Reject::from_json(record, &error)),
    };
    let Some(at) = probe.t.and_then(EventTime::parse) else {
        return Verdict::Rejected(Reject::new(RejectReason::NoTime));
    };
    events.extend(probe.uses.iter().map(|name| event(context, &probe, at, name)));
    if events.is_empty() {
        Verdict::Ignored { reason: "no_use", at: Some(at) }
    } else {
        Verdict::Understood { at }
    }
}

fn event<'a>(context: &RecordContext<'a>, probe: &Probe<'a>, at: EventTime, name: &'a str) -> Event<'a> {
    Event {
        at,
        source: SourceName::AwsCloudtrail,
        id: EventId::stated(probe.id),
        action: Action::Used,
        revision: probe.revision,
        outcome: Outcome::Success,
        stream: context.stream_ix,
        origin: context.origin,
        realm: Text::borrowed(probe.realm.unwrap_or("aws/111122223333")),
        target: Target::Credential(Credential::new(Kind::AwsAccessKey, Name::id(name))),
        principal: probe.principal.map(Text::borrowed),
        parent: None,
        actor: None,
        place: None,
        client: Client::default(),
        operation: Operation::default(),
        issued_at: None,
        expires_at: None,
        labels: Vec::new(),
    }
}

/// `count` records, of which some share their time, some say nothing and some hold two events; not in time
/// order.
pub fn probes(count: usize) -> Vec<String> {
    (0..count)
        .map(|n| {
            let minute = n * 37 % 600;
            let t = format!("2026-03-01T{:02}:{:02}:00Z", minute / 60, minute % 60);
            let uses = match n % 5 {
                0 => String::new(),
                1 => format!(r#""AKIA{}EXAMPLE","ASIA{n}EXAMPLE""#, n % 7),
                _ => format!(r#""AKIA{}EXAMPLE""#, n % 7),
            };
            format!(r#"{{"probe":"id-{n}","t":"{t}","uses":[{uses}]}}"#)
        })
        .collect()
}
