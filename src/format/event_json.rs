//! A line of `tenure events`: one normalised event as JSON, absent fields left out.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::event::{Credential, Event, Name, Target};
use crate::net::Network;
use crate::origin::Origin;
use crate::stream::Stream;

/// The version of this form; it grows when a field changes its meaning, not when one is added.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Line<'a> {
    v: u32,
    event_id: String,
    action: &'static str,
    at: String,
    source: &'static str,
    stream: String,
    realm: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<CredentialField<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<BTreeMap<&'static str, &'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<ClientField<'a>>,
    operation: OperationField<'a>,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    origin: OriginField<'a>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    labels: BTreeMap<&'static str, &'a str>,
}

#[derive(Serialize)]
struct CredentialField<'a> {
    kind: &'static str,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<&'a str>,
}

#[derive(Serialize)]
struct ClientField<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family: Option<&'a str>,
}

#[derive(Serialize)]
struct OperationField<'a> {
    service: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'a str>,
    privileged: bool,
}

/// Where a record lay, as every output writes it.
#[derive(Serialize, Debug, Clone, PartialEq, Eq)]
pub struct OriginField<'a> {
    pub file: &'a str,
    pub record: u64,
}

impl<'a> OriginField<'a> {
    #[must_use]
    pub fn new(origin: Origin, input: &'a str) -> Self {
        Self { file: input, record: origin.record() }
    }
}

/// One event as one line of JSON, without the line end. `input` is the name of the input it was read from.
///
/// # Errors
/// Only where serialisation itself fails, which no event can cause.
pub fn event_line(event: &Event<'_>, stream: &Stream, input: &str) -> serde_json::Result<String> {
    serde_json::to_string(&Line {
        v: VERSION,
        event_id: event.id.to_string(),
        action: event.action.as_str(),
        at: event.at.to_string(),
        source: event.source.as_str(),
        stream: stream.to_string(),
        realm: &event.realm,
        credential: event.credential().map(credential_field),
        target: selector_field(&event.target),
        principal: event.principal.as_deref(),
        parent: event.parent.as_ref().map(|name| name.text.as_str()),
        actor: event.actor.as_deref(),
        place: event.place.as_deref(),
        client: client_field(event),
        operation: OperationField {
            service: &event.operation.service,
            name: &event.operation.name,
            region: event.operation.region.as_deref(),
            privileged: event.operation.privileged,
        },
        outcome: event.outcome.as_str(),
        issued_at: event.issued_at.map(|at| at.to_string()),
        expires_at: event.expires_at.map(|at| at.to_string()),
        origin: OriginField::new(event.origin, input),
        labels: event.labels.iter().map(|(label, text)| (label.as_str(), text.as_str())).collect(),
    })
}

fn credential_field<'a>(credential: &'a Credential<'_>) -> CredentialField<'a> {
    CredentialField {
        kind: credential.kind.name(),
        id: &credential.name.text,
        version: credential.version.as_deref(),
        aliases: credential.aliases.iter().map(|Name { text, .. }| text.as_str()).collect(),
    }
}

fn selector_field<'a>(target: &'a Target<'_>) -> Option<BTreeMap<&'static str, &'a str>> {
    let Target::Selector(selector) = target else { return None };
    let (reach, value) = selector.parts();
    Some(BTreeMap::from([(reach, value)]))
}

fn client_field<'a>(event: &'a Event<'_>) -> Option<ClientField<'a>> {
    let client = &event.client;
    let field = ClientField {
        ip: client.ip.map(|ip| ip.to_string()),
        network: client.ip.map(|ip| Network::of(ip).to_string()),
        service: client.service.as_deref(),
        user_agent: client.user_agent.as_deref(),
        family: client.user_agent.as_deref().map(family),
    };
    (field.ip.is_some() || field.service.is_some() || field.user_agent.is_some()).then_some(field)
}

/// The family of a client program: its user agent up to the version (`aws-cli`, `Boto3`, `Mozilla`).
#[must_use]
pub fn family(user_agent: &str) -> &str {
    let text = user_agent.trim_start_matches(['[', '"', ' ']);
    text.split(['/', ' ', ']', '"']).next().unwrap_or(text)
}
