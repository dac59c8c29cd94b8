//! One entry: what all its events have in common, and how an event is begun.

use serde::Deserialize;

use super::record::Record;
use super::shown::Shown;
use crate::event::{Action, Client, Event, Label, Operation, Target};
use crate::net::parse_address;
use crate::origin::EventId;
use crate::source::RecordContext;
use crate::source::json::{Object, from_record};
use crate::stream::SourceName;
use crate::text::Text;
use crate::time::EventTime;

pub(super) struct Entry<'a, 'r> {
    pub record: &'r Record<'a>,
    context: &'r RecordContext<'a>,
    bytes: &'a [u8],
    at: EventTime,
    id: EventId,
}

impl<'a, 'r> Entry<'a, 'r> {
    pub fn new(
        record: &'r Record<'a>,
        bytes: &'a [u8],
        at: EventTime,
        context: &'r RecordContext<'a>,
    ) -> Self {
        let stated = record.document_id.0.as_deref();
        let id = stated.map_or_else(|| EventId::digest(bytes), EventId::stated);
        Self { record, context, bytes, at, id }
    }

    /// What digests are keyed with. Ids and hashes of tokens, keys and accounts are unique at GitHub, and one
    /// token serves in several organisations and in the enterprise above them, so a log is one realm whatever
    /// an entry of it was about.
    pub fn realm(&self) -> &'a str {
        self.context.stream_realm
    }

    /// The members of the whole entry that `T` names.
    pub fn whole<T: Deserialize<'a> + Default>(&self) -> T {
        from_record::<Object<T>>(self.bytes).unwrap_or_default().0
    }

    /// An event of this entry, done by its actor.
    pub fn event(&self, action: Action, target: Target<'a>) -> Event<'a> {
        let name = self.record.action.0.clone().unwrap_or_default();
        let service = name.find('.').map_or(name.len(), |dot| dot);
        let mut event = self.context.event(SourceName::GithubAudit, self.at, self.id, action);
        event.outcome = self.record.outcome();
        event.target = target;
        event.actor.clone_from(&self.record.actor.0);
        event.client = Client {
            ip: self.record.actor_ip.0.as_deref().and_then(parse_address),
            service: None,
            user_agent: self.record.user_agent.0.clone(),
        };
        event.operation =
            Operation { service: name.clone().cut(service), name, region: None, privileged: false };
        event
    }

    /// The use of the token or key that the actor came with.
    pub fn use_of(&self, shown: &Shown<'a>) -> Event<'a> {
        let credential = shown.credential();
        let note = credential.is_none().then_some("token_not_shown");
        let target = credential.map_or(Target::None, Target::Credential);
        let mut event = self.event(self.record.outcome().action_of_use(), target);
        event.actor = None;
        event.principal.clone_from(&self.record.actor.0);
        event.set_label(Label::DisplayName, self.record.external_identity_nameid.0.clone());
        event.set_label(Label::Form, shown.form.clone());
        event.set_label(Label::Note, note.map(Text::borrowed));
        event
    }
}
