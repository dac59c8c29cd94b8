//! Events and progress on the wire: what is written is what the Avro library itself writes for the published
//! schemas, and what is read is what was written.

use core::net::IpAddr;
use std::fs;

use apache_avro::types::Value;
use apache_avro::writer::datum::GenericDatumWriter;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use tenure::avro::framing::{Contract, EVENT, PROGRESS};
use tenure::avro::wire::WireError;
use tenure::event::{
    Action, Client, Credential, Event, Label, Name, NameSpace, Operation, Outcome, Selector, Target,
};
use tenure::format::event_avro::{EventOrigin, decode, encode};
use tenure::format::progress_avro;
use tenure::kind::KINDS;
use tenure::origin::{EventId, Origin};
use tenure::progress::{Pace, PartitionProgress, Progress, StreamProgress};
use tenure::source::envelope::{self, Item};
use tenure::source::{RecordContext, SOURCES};
use tenure::stream::{SourceName, Stream, StreamIx};
use tenure::text::Text;
use tenure::time::{EventTime, Span};

use crate::golden;

const ORIGIN: EventOrigin<'static> =
    EventOrigin { input: "raw.cloudtrail/3", offset: 17_000_000_000, record: 2 };

fn stream() -> Stream {
    Stream { tenant: "acme".to_owned(), name: "prod/file".to_owned(), source: SourceName::VaultAudit }
}

fn datum(contract: &Contract, value: Value) -> Vec<u8> {
    let writer = GenericDatumWriter::builder(contract.schema()).build().unwrap();
    writer.write_value_to_vec(value).unwrap()
}

fn record(fields: Vec<(&str, Value)>) -> Value {
    Value::Record(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn optional(value: Option<Value>) -> Value {
    match value {
        None => Value::Union(0, Box::new(Value::Null)),
        Some(value) => Value::Union(1, Box::new(value)),
    }
}

fn string(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn optional_text(text: Option<&Text<'_>>) -> Value {
    optional(text.map(|text| string(text)))
}

fn time(at: EventTime) -> Value {
    Value::TimestampMicros(at.micros())
}

/// The position of a word in an enum of a schema, which numbers it.
fn word(words: &[&str], word: &str) -> Value {
    let at = words.iter().position(|each| *each == word).unwrap();
    Value::Enum(u32::try_from(at).unwrap(), word.to_owned())
}

const OUTCOMES: [Outcome; 4] = [Outcome::Success, Outcome::Failure, Outcome::Denied, Outcome::Refused];

fn name(name: &Name<'_>) -> Value {
    let space = match name.space {
        NameSpace::Id => "id",
        NameSpace::Handle => "handle",
    };
    record(vec![("space", word(&["id", "handle"], space)), ("text", string(&name.text))])
}

fn credential(credential: &Credential<'_>) -> Value {
    record(vec![
        ("kind", string(credential.kind.name())),
        ("name", name(&credential.name)),
        ("aliases", Value::Array(credential.aliases.iter().map(name).collect())),
        ("version", optional_text(credential.version.as_ref())),
    ])
}

fn selector(selector: &Selector<'_>) -> Value {
    let (reach, text) = selector.parts();
    let (named, spare) = match selector {
        Selector::Parent { parent, spare_tokens } => (parent.clone(), *spare_tokens),
        Selector::Prefix(_) | Selector::Mount(_) | Selector::Principal(_) => (Name::id(text), false),
    };
    record(vec![
        ("reach", word(&["prefix", "mount", "parent", "principal"], reach)),
        ("name", name(&named)),
        ("spare_tokens", Value::Boolean(spare)),
    ])
}

/// The event as a value of the Avro library, field by field as the schema has them.
fn value(event: &Event<'_>, stream: &Stream, origin: &EventOrigin<'_>) -> Value {
    let labels = event
        .labels
        .iter()
        .map(|(label, text)| record(vec![("label", string(label.as_str())), ("text", string(text))]));
    let selected = match &event.target {
        Target::Selector(selected) => Some(selector(selected)),
        Target::Credential(_) | Target::None => None,
    };
    record(vec![
        ("event_id", Value::Fixed(16, event.id.as_bytes().to_vec())),
        ("at", time(event.at)),
        ("source", string(event.source.as_str())),
        ("tenant", string(&stream.tenant)),
        ("stream", string(&stream.name)),
        ("realm", string(&event.realm)),
        (
            "action",
            word(
                &Action::ALL.iter().map(|action| action.as_str()).collect::<Vec<_>>(),
                event.action.as_str(),
            ),
        ),
        ("revision", Value::Int(i32::from(event.revision))),
        ("outcome", word(&OUTCOMES.map(Outcome::as_str), event.outcome.as_str())),
        ("credential", optional(event.credential().map(credential))),
        ("selector", optional(selected)),
        ("principal", optional_text(event.principal.as_ref())),
        ("parent", optional(event.parent.as_ref().map(name))),
        ("actor", optional_text(event.actor.as_ref())),
        ("place", optional_text(event.place.as_ref())),
        (
            "client",
            record(vec![
                ("ip", optional(event.client.ip.map(|ip| string(&ip.to_string())))),
                ("service", optional_text(event.client.service.as_ref())),
                ("user_agent", optional_text(event.client.user_agent.as_ref())),
            ]),
        ),
        (
            "operation",
            record(vec![
                ("service", string(&event.operation.service)),
                ("name", string(&event.operation.name)),
                ("region", optional_text(event.operation.region.as_ref())),
                ("privileged", Value::Boolean(event.operation.privileged)),
            ]),
        ),
        ("issued_at", optional(event.issued_at.map(time))),
        ("expires_at", optional(event.expires_at.map(time))),
        ("labels", Value::Array(labels.collect())),
        (
            "origin",
            record(vec![
                ("input", string(origin.input)),
                ("offset", Value::Long(i64::try_from(origin.offset).unwrap())),
                ("record", Value::Int(i32::try_from(origin.record).unwrap())),
            ]),
        ),
    ])
}

fn encoded(event: &Event<'_>, stream: &Stream, origin: &EventOrigin<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    encode(event, stream, origin, &mut out);
    out
}

/// Holds what is promised of one event.
fn holds(event: &Event<'_>, stream: &Stream, origin: &EventOrigin<'_>) {
    let bytes = encoded(event, stream, origin);
    assert_eq!(bytes, datum(&EVENT, value(event, stream, origin)), "{event:?}");
    let arrived = decode(&bytes).unwrap();
    let expected = Event { stream: StreamIx::default(), origin: Origin::default(), ..event.clone() };
    assert_eq!(arrived.event, expected);
    assert_eq!((arrived.tenant, arrived.stream), (stream.tenant.as_str(), stream.name.as_str()));
    assert_eq!(arrived.origin, *origin);
    assert!(bytes.starts_with(arrived.identity));
    let again = EventOrigin { input: "other/0", offset: 0, record: 1 };
    assert_eq!(decode(&encoded(event, stream, &again)).unwrap().identity, arrived.identity);
}

/// Calls `each` for every event of `text`.
fn events_of(text: &[u8], each: &mut dyn FnMut(&Event<'_>)) {
    for item in envelope::items(text) {
        let Item::Record(bytes) = item else { continue };
        for source in SOURCES.iter().filter(|source| (source.recognises)(bytes)) {
            let stream = stream();
            let realm = stream.realm("vault", &stream.name);
            let context = RecordContext {
                stream: &stream,
                stream_ix: StreamIx(7),
                stream_realm: &realm,
                origin: Origin::new(3, 9),
            };
            let mut events = Vec::new();
            let _ = (source.parse)(bytes, &context, &mut events);
            events.iter().for_each(&mut *each);
        }
    }
}

#[test]
fn every_event_of_the_golden_files_is_written_as_the_avro_library_writes_it() {
    let (mut seen, stream) = (0, stream());
    for source in SOURCES {
        for case in golden::files(&format!("tests/golden/source/{}", source.name.as_str()), "jsonl") {
            events_of(&fs::read(case).unwrap(), &mut |event| {
                seen += 1;
                holds(event, &stream, &ORIGIN);
            });
        }
    }
    assert!(seen > 300, "{seen} events");
}

fn text() -> impl Strategy<Value = Text<'static>> {
    "[ -~é\\PC]{0,12}".prop_map(Text::owned)
}

fn any_name() -> impl Strategy<Value = Name<'static>> {
    (select(vec![NameSpace::Id, NameSpace::Handle]), text()).prop_map(|(space, text)| Name { space, text })
}

fn any_time() -> impl Strategy<Value = EventTime> {
    any::<i64>().prop_map(EventTime::from_micros)
}

fn any_target() -> impl Strategy<Value = Target<'static>> {
    let kind = (0..KINDS.len()).prop_map(|at| KINDS[at].kind);
    let aliases = prop::collection::vec(any_name(), 0..4);
    let credential = (kind, any_name(), aliases, prop::option::of(text()))
        .prop_map(|(kind, name, aliases, version)| Credential { kind, name, aliases, version });
    let parent = (any_name(), any::<bool>())
        .prop_map(|(parent, spare_tokens)| Selector::Parent { parent, spare_tokens });
    prop_oneof![
        credential.prop_map(Target::Credential),
        text().prop_map(|text| Target::Selector(Selector::Prefix(text))),
        text().prop_map(|text| Target::Selector(Selector::Mount(text))),
        text().prop_map(|text| Target::Selector(Selector::Principal(text))),
        parent.prop_map(Target::Selector),
        Just(Target::None),
    ]
}

fn any_client() -> impl Strategy<Value = Client<'static>> {
    (prop::option::of(any::<IpAddr>()), prop::option::of(text()), prop::option::of(text()))
        .prop_map(|(ip, service, user_agent)| Client { ip, service, user_agent })
}

fn any_operation() -> impl Strategy<Value = Operation<'static>> {
    (text(), text(), prop::option::of(text()), any::<bool>())
        .prop_map(|(service, name, region, privileged)| Operation { service, name, region, privileged })
}

fn any_event() -> impl Strategy<Value = Event<'static>> {
    let words = || prop::option::of(text());
    let facts = (
        any_time(),
        select(SourceName::ALL),
        any::<[u8; 16]>(),
        select(Action::ALL),
        any::<u8>(),
        select(&OUTCOMES),
        text(),
    );
    let about = (any_target(), words(), prop::option::of(any_name()), words(), words());
    let label = (select(Label::ALL), text());
    let more = (
        any_client(),
        any_operation(),
        prop::option::of(any_time()),
        prop::option::of(any_time()),
        prop::collection::vec(label, 0..4),
    );
    (facts, about, more).prop_map(|(facts, about, more)| {
        let (at, source, id, action, revision, outcome, realm) = facts;
        let (target, principal, parent, actor, place) = about;
        let (client, operation, issued_at, expires_at, labels) = more;
        Event {
            at,
            source,
            id: EventId::from_bytes(id),
            action,
            revision,
            outcome,
            stream: StreamIx::default(),
            origin: Origin::default(),
            realm,
            target,
            principal,
            parent,
            actor,
            place,
            client,
            operation,
            issued_at,
            expires_at,
            labels,
        }
    })
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

#[test]
fn any_event_is_written_as_the_avro_library_writes_it() {
    let any_origin = ("[a-z./0-9]{1,80}", 0..=i64::MAX.cast_unsigned(), 0..=i32::MAX.cast_unsigned());
    proptest!(config(2_000), |(event in any_event(), (input, offset, record) in any_origin)| {
        holds(&event, &stream(), &EventOrigin { input: &input, offset, record: record.into() });
    });
}

#[test]
fn any_bytes_are_an_event_or_an_error() {
    proptest!(config(20_000), |(bytes in prop::collection::vec(any::<u8>(), 0..200))| {
        let _ = decode(&bytes);
        let _ = progress_avro::decode(&bytes);
    });
    let harmed = (any_event(), prop::collection::vec((any::<Index>(), any::<u8>()), 1..6), any::<Index>());
    proptest!(config(5_000), |((event, harms, cut) in harmed)| {
        let mut bytes = encoded(&event, &stream(), &ORIGIN);
        for (at, byte) in harms {
            let len = bytes.len();
            bytes[at.index(len)] = byte;
        }
        let _ = decode(&bytes);
        let _ = decode(&bytes[..cut.index(bytes.len())]);
    });
}

#[test]
fn a_record_cut_anywhere_or_with_more_behind_it_is_an_error() {
    let event = sample();
    let mut bytes = encoded(&event, &stream(), &ORIGIN);
    for at in 0..bytes.len() {
        assert_eq!(decode(&bytes[..at]), Err(WireError::Malformed), "cut at {at}");
    }
    bytes.push(0);
    assert_eq!(decode(&bytes), Err(WireError::TrailingBytes));
}

fn sample() -> Event<'static> {
    Event {
        at: EventTime::from_micros(1),
        source: SourceName::VaultAudit,
        id: EventId::from_bytes([7; 16]),
        action: Action::Used,
        revision: 0,
        outcome: Outcome::Success,
        stream: StreamIx::default(),
        origin: Origin::default(),
        realm: "vault/default".into(),
        target: Target::Credential(Credential::new(tenure::kind::Kind::VaultToken, Name::handle("hmac"))),
        principal: None,
        parent: None,
        actor: None,
        place: None,
        client: Client { ip: Some(IpAddr::from([198, 51, 100, 7])), ..Client::default() },
        operation: Operation::default(),
        issued_at: None,
        expires_at: None,
        labels: vec![(Label::Note, "masked_id".into()), (Label::Mfa, "true".into())],
    }
}

#[test]
fn words_of_a_later_version_are_named_or_left_out() {
    let event = sample();
    let replaced = |from: &str, to: &str| {
        assert_eq!(from.len(), to.len());
        let mut bytes = encoded(&event, &stream(), &ORIGIN);
        let at = bytes.windows(from.len()).position(|window| window == from.as_bytes()).unwrap();
        bytes[at..at + from.len()].copy_from_slice(to.as_bytes());
        bytes
    };
    assert_eq!(decode(&replaced("vault.audit", "vault.other")), Err(WireError::UnknownSource));
    assert_eq!(decode(&replaced("vault.token", "vault.otter")), Err(WireError::UnknownKind));
    assert_eq!(decode(&replaced("198.51.100.7", "198.51.100.x")), Err(WireError::Malformed));
    assert_eq!(
        decode(&replaced("note", "tone")).unwrap().event.labels,
        [(Label::Mfa, Text::borrowed("true"))]
    );
}

fn any_progress() -> impl Strategy<Value = Progress> {
    let pace = select(vec![Pace::Behind, Pace::Live, Pace::Idle]);
    let partition =
        ("[a-z./0-9]{1,20}", 0..=i64::MAX.cast_unsigned(), prop::option::of(any_time()), pace).prop_map(
            |(input, next_offset, max_at, pace)| PartitionProgress { input, next_offset, max_at, pace },
        );
    let facts = ("[a-z]{1,8}", "[a-z/]{1,8}", select(SourceName::ALL), any::<u32>());
    let stream = (
        facts,
        prop::collection::vec(partition, 0..4),
        prop::collection::vec(any::<i64>(), 0..5),
        (any::<i64>(), any::<i64>(), any::<bool>()),
    )
        .prop_map(|((tenant, name, source, partitions_total), partitions, hours, end)| StreamProgress {
            tenant,
            name,
            source,
            partitions_total,
            partitions,
            hours,
            lateness: Span::from_micros(end.0),
            max_silence: Span::from_micros(end.1),
            live: end.2,
        });
    prop::collection::vec(stream, 0..3).prop_map(|streams| Progress { streams })
}

fn progress_value(progress: &Progress) -> Value {
    let partition = |partition: &PartitionProgress| {
        let pace = match partition.pace {
            Pace::Behind => "behind",
            Pace::Live => "live",
            Pace::Idle => "idle",
        };
        record(vec![
            ("input", string(&partition.input)),
            ("next_offset", Value::Long(i64::try_from(partition.next_offset).unwrap())),
            ("max_at", optional(partition.max_at.map(time))),
            ("pace", word(&["behind", "live", "idle"], pace)),
        ])
    };
    let stream = |stream: &StreamProgress| {
        record(vec![
            ("tenant", string(&stream.tenant)),
            ("name", string(&stream.name)),
            ("source", string(stream.source.as_str())),
            ("partitions_total", Value::Long(i64::from(stream.partitions_total))),
            ("partitions", Value::Array(stream.partitions.iter().map(partition).collect())),
            ("hours", Value::Array(stream.hours.iter().map(|hour| Value::Long(*hour)).collect())),
            ("lateness", Value::Long(stream.lateness.micros())),
            ("max_silence", Value::Long(stream.max_silence.micros())),
            ("live", Value::Boolean(stream.live)),
        ])
    };
    record(vec![("streams", Value::Array(progress.streams.iter().map(stream).collect()))])
}

#[test]
fn any_progress_is_written_as_the_avro_library_writes_it() {
    proptest!(config(2_000), |(progress in any_progress())| {
        let mut bytes = Vec::new();
        progress_avro::encode(&progress, &mut bytes);
        prop_assert_eq!(&bytes, &datum(&PROGRESS, progress_value(&progress)));
        prop_assert_eq!(progress_avro::decode(&bytes).unwrap(), progress);
    });
}

/// The published contracts say of every field and type what it is.
#[test]
fn every_field_and_type_of_the_schemas_is_described() {
    fn undescribed(schema: &serde_json::Value, found: &mut Vec<String>) {
        if let Some(members) = schema.as_object() {
            let is_described =
                members.get("doc").is_some_and(|doc| doc.as_str().is_some_and(|doc| !doc.is_empty()));
            if members.contains_key("name") && !is_described {
                found.push(members["name"].to_string());
            }
            for member in members.values() {
                undescribed(member, found);
            }
        } else if let Some(items) = schema.as_array() {
            for item in items {
                undescribed(item, found);
            }
        }
    }
    for contract in [&EVENT, &PROGRESS] {
        let mut found = Vec::new();
        undescribed(&serde_json::from_str(contract.text).unwrap(), &mut found);
        assert!(found.is_empty(), "{}: {found:?}", contract.name);
    }
    let event: serde_json::Value = serde_json::from_str(EVENT.text).unwrap();
    assert_eq!(event["fields"].as_array().unwrap().last().unwrap()["name"], "origin");
}
