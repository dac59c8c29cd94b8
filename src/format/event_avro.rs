//! Events on the wire: records of `schemas/credential-event.avsc`.
//!
//! What is read borrows from the record. The origin stands last, so that the bytes before it are the same
//! each time the same record is delivered: they tell a repetition without being understood.

mod shape;

use self::shape::{CredentialField, LabelField, Labels, Record, SelectorField, borrowed, borrowed_name};
use crate::avro::wire::{self, WireError};
use crate::event::{Client, Credential, Event, Name, Operation, Target};
use crate::kind::Kind;
use crate::origin::Origin;
use crate::stream::{SourceName, Stream, StreamIx};

pub use self::shape::EventOrigin;

/// An event as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived<'a> {
    /// Its stream and its origin are numbers of a run, and not set.
    pub event: Event<'a>,
    pub tenant: &'a str,
    /// The name of its stream within the tenant.
    pub stream: &'a str,
    pub origin: EventOrigin<'a>,
    /// The record up to its origin: the same for each delivery of the same fact.
    pub identity: &'a [u8],
}

/// Appends `event` as one record, without a header.
pub fn encode(event: &Event<'_>, stream: &Stream, origin: &EventOrigin<'_>, out: &mut Vec<u8>) {
    wire::write(&record(event, stream, *origin), out);
}

/// The record of an event, in the shape of its schema.
fn record<'a>(
    event: &'a Event<'_>,
    stream: &'a Stream,
    origin: EventOrigin<'a>,
) -> Record<'a, &'a [Name<'a>], Labels<'a>> {
    Record {
        event_id: event.id,
        at: event.at,
        source: event.source.as_str(),
        tenant: &stream.tenant,
        stream: &stream.name,
        realm: borrowed(&event.realm),
        action: event.action,
        revision: event.revision,
        outcome: event.outcome,
        credential: event.credential().map(|credential| CredentialField {
            kind: credential.kind.name(),
            name: borrowed_name(&credential.name),
            aliases: credential.aliases.as_slice(),
            version: credential.version.as_ref().map(borrowed),
        }),
        selector: match &event.target {
            Target::Selector(selector) => Some(SelectorField::of(selector)),
            Target::Credential(_) | Target::None => None,
        },
        principal: event.principal.as_ref().map(borrowed),
        parent: event.parent.as_ref().map(borrowed_name),
        actor: event.actor.as_ref().map(borrowed),
        place: event.place.as_ref().map(borrowed),
        client: Client {
            ip: event.client.ip,
            service: event.client.service.as_ref().map(borrowed),
            user_agent: event.client.user_agent.as_ref().map(borrowed),
        },
        operation: Operation {
            service: borrowed(&event.operation.service),
            name: borrowed(&event.operation.name),
            region: event.operation.region.as_ref().map(borrowed),
            privileged: event.operation.privileged,
        },
        issued_at: event.issued_at,
        expires_at: event.expires_at,
        labels: Labels(&event.labels),
        origin,
    }
}

/// Reads what [`encode`] wrote. Labels this version does not know are left out.
///
/// # Errors
/// Where `record` is nothing of the kind, or speaks of a source or a kind this version does not know.
pub fn decode(record: &[u8]) -> Result<Arrived<'_>, WireError> {
    let read: Record<'_, Vec<Name<'_>>, Vec<LabelField<'_>>> = wire::read(record)?;
    let identity_len = record.len().saturating_sub(read.origin.wire_len());
    let target = match (read.credential, read.selector) {
        (Some(credential), _) => Target::Credential(Credential {
            kind: Kind::parse(credential.kind).ok_or(WireError::UnknownKind)?,
            name: credential.name,
            aliases: credential.aliases,
            version: credential.version,
        }),
        (None, Some(selector)) => Target::Selector(selector.into_selector()),
        (None, None) => Target::None,
    };
    let event = Event {
        at: read.at,
        source: SourceName::parse(read.source).ok_or(WireError::UnknownSource)?,
        id: read.event_id,
        action: read.action,
        revision: read.revision,
        outcome: read.outcome,
        stream: StreamIx::default(),
        origin: Origin::default(),
        realm: read.realm,
        target,
        principal: read.principal,
        parent: read.parent,
        actor: read.actor,
        place: read.place,
        client: read.client,
        operation: read.operation,
        issued_at: read.issued_at,
        expires_at: read.expires_at,
        labels: read.labels.into_iter().filter_map(LabelField::into_label).collect(),
    };
    Ok(Arrived {
        event,
        tenant: read.tenant,
        stream: read.stream,
        origin: read.origin,
        identity: record.get(..identity_len).unwrap_or_default(),
    })
}
