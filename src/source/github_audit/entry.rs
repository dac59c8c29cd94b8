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
    pub realm: Text<'a>,
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
        Self { record, context, bytes, at, id, realm: realm(record, context) }
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
        event.realm = self.realm.clone();
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

/// The organisation, else the enterprise, else what the stream was configured for: a user's own log names
/// neither.
fn realm<'a>(record: &Record<'a>, context: &RecordContext<'a>) -> Text<'a> {
    let scope = [&record.org, &record.business].into_iter().find_map(|scope| scope.0.as_deref());
    match scope.filter(|scope| is_login(scope)) {
        Some(scope) => Text::owned(context.stream.realm("github", scope)),
        None => Text::borrowed(context.stream_realm),
    }
}

/// Whether a text can be the name of an account, and so a part of a realm.
fn is_login(text: &str) -> bool {
    text.len() <= LOGIN_BYTES_MAX
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// Longer than any account name, which has 39 characters, and than the slug of an enterprise.
const LOGIN_BYTES_MAX: usize = 128;
