//! One event of the log: what all that is made of it has in common, and whose credential it shows in use.

use super::outcome;
use super::record::Record;
use super::rows;
use crate::event::{Action, Client, Credential, Event, Label, Name, Operation, Outcome, Target};
use crate::kind::Kind;
use crate::net::parse_address;
use crate::origin::EventId;
use crate::source::RecordContext;
use crate::stream::SourceName;
use crate::text::Text;
use crate::time::EventTime;

/// The type of a client of OAuth.
const CLIENT: &str = "PublicClientApp";

/// How a client can prove who it is, in the words of its registration.
const CLIENT_AUTHENTICATION: &[&str] =
    &["client_secret_basic", "client_secret_jwt", "client_secret_post", "none", "private_key_jwt"];

pub(super) struct Entry<'a, 'r> {
    pub record: &'r Record<'a>,
    context: &'r RecordContext<'a>,
    at: EventTime,
    id: EventId,
    pub outcome: Outcome,
}

impl<'a, 'r> Entry<'a, 'r> {
    pub fn new(record: &'r Record<'a>, bytes: &[u8], at: EventTime, context: &'r RecordContext<'a>) -> Self {
        let stated = record.uuid.0.as_deref();
        let id = stated.map_or_else(|| EventId::digest(bytes), EventId::stated);
        Self { record, context, at, id, outcome: outcome::of(&record.outcome.0) }
    }

    pub fn realm(&self) -> &'a str {
        self.context.stream_realm
    }

    /// An event of this entry, done by its actor.
    pub fn event(&self, action: Action, target: Target<'a>) -> Event<'a> {
        let name = self.record.event_type.0.clone().unwrap_or_default();
        let service = name.find('.').map_or(name.len(), |dot| dot);
        let mut event = self.context.event(SourceName::OktaSystem, self.at, self.id, action);
        event.outcome = self.outcome;
        event.target = target;
        event.actor = self.record.actor.0.id();
        event.client = self.client();
        event.operation =
            Operation { service: name.clone().cut(service), name, region: None, privileged: false };
        event
    }

    fn client(&self) -> Client<'a> {
        let client = &self.record.client.0;
        let hop = self.record.request.0.ip_chain.0.first().and_then(|hop| hop.0.ip.0.as_deref());
        Client {
            ip: client.ip_address.0.as_deref().or(hop).and_then(parse_address),
            service: None,
            user_agent: client.user_agent.0.raw_user_agent.0.clone(),
        }
    }

    /// The use of an API token, or of a client whose credential the log does not name.
    pub fn use_by_actor(&self) -> Option<Event<'a>> {
        let token = self.record.transaction.0.detail.0.request_api_token_id.0.clone();
        match token {
            // What has dots in it is the id of an OAuth token, which ends by itself within the hour.
            Some(id) if id.contains('.') => Some(self.use_of(Target::None, "oauth_token")),
            Some(id) => Some(self.use_of_token(id)),
            None => self.use_by_client(),
        }
    }

    /// The use of an API token by the user it acts as. Where a service signs people in with its token, the
    /// actor is the one who signs in, and the holder does not show.
    fn use_of_token(&self, id: Text<'a>) -> Event<'a> {
        let token = Target::Credential(Credential::new(Kind::OktaApiToken, Name::id(id)));
        let event_type = self.record.event_type();
        if rows::of(event_type).is_none() && rows::reason(event_type) == rows::HUMAN_SESSION {
            return self.event(self.outcome.action_of_use(), token);
        }
        self.use_of(token, "")
    }

    fn use_by_client(&self) -> Option<Event<'a>> {
        let is_client = self.record.actor.0.is_a() == CLIENT && !is_told_elsewhere(self.record.event_type());
        let mut event = is_client.then(|| self.use_of(Target::None, "key_not_shown"))?;
        event.set_label(Label::Form, self.client_authentication());
        Some(event)
    }

    fn use_of(&self, target: Target<'a>, note: &'static str) -> Event<'a> {
        let mut event = self.event(self.outcome.action_of_use(), target);
        event.principal = event.actor.take();
        event.set_label(Label::DisplayName, self.record.actor.0.name());
        event.set_label(Label::Note, Some(Text::borrowed(note)));
        event
    }

    fn client_authentication(&self) -> Option<Text<'a>> {
        let stated = self.record.debug_context.0.debug_data.0.client_auth_type.0.as_deref()?;
        CLIENT_AUTHENTICATION.iter().find(|way| **way == stated).map(|way| Text::borrowed(way))
    }
}

/// Whether the use of a client is in another event of the same grant: an access token comes with the others.
fn is_told_elsewhere(event_type: &str) -> bool {
    ["refresh_token", "id_token", "device_secret"]
        .iter()
        .any(|token| event_type.strip_suffix(token).is_some_and(|grant| grant.ends_with("token.grant.")))
}
