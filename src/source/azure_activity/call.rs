//! One act on the management API: what all its events have in common, and how an event is begun.

use super::body::Said;
use super::record::Record;
use crate::event::{Action, Client, Credential, Event, Name, Outcome, Selector, Target};
use crate::kind::Kind;
use crate::origin::EventId;
use crate::source::RecordContext;
use crate::source::azure::realm;
use crate::stream::SourceName;
use crate::text::Text;
use crate::time::EventTime;

pub(super) struct Call<'a, 'r> {
    record: &'r Record<'a>,
    context: &'r RecordContext<'a>,
    pub at: EventTime,
    /// The operation, in lower case: `microsoft.storage/storageaccounts/listkeys/action`.
    pub operation: Text<'a>,
    /// The id of the resource, in lower case.
    pub resource: Text<'a>,
    said: Vec<Said>,
}

impl<'a, 'r> Call<'a, 'r> {
    pub fn new(
        record: &'r Record<'a>,
        operation: Text<'a>,
        at: EventTime,
        context: &'r RecordContext<'a>,
    ) -> Self {
        let mut said = Vec::new();
        record.bodies().for_each(|bodies| bodies.read_into(&mut said));
        Self { record, context, at, operation, resource: record.resource().unwrap_or_default(), said }
    }

    /// What a body says, the request before the answer.
    pub fn says<T>(&self, look: impl Fn(&Said) -> Option<T>) -> Option<T> {
        self.said.iter().find_map(look)
    }

    /// The last word of the operation, and what stands before it.
    pub fn verb(&self) -> (&str, &str) {
        self.operation.rsplit_once('/').unwrap_or(("", &self.operation))
    }

    /// `Issued` where the act made its resource, `Modified` where it changed it. A record that does not say
    /// is taken for the first: a life that begins anew is a smaller error than one that is never seen.
    pub fn written(&self) -> Action {
        if self.record.created() == Some(false) { Action::Modified } else { Action::Issued }
    }

    /// Whether the record says that the act made its resource.
    pub fn is_made(&self) -> bool {
        self.record.created() == Some(true)
    }

    pub fn audience(&self) -> Option<&str> {
        self.record.audience()
    }

    /// An event of this act, done by its caller.
    pub fn event(&self, action: Action, target: Target<'a>) -> Event<'a> {
        let mut event = self.context.event(SourceName::AzureActivity, self.at, self.id(), action);
        event.realm = realm(self.context, &self.resource, self.record.scope().as_deref());
        event.target = target;
        event.actor = self.record.caller();
        event.client = Client { ip: self.record.address(), service: None, user_agent: None };
        let (provider, name) = self.operation.split_once('/').unwrap_or(("", &self.operation));
        event.operation.service = Text::owned(provider.to_owned());
        event.operation.name = Text::owned(name.to_owned());
        event
    }

    /// An event about the credential that a resource is, or has under `part`.
    pub fn about(&self, action: Action, kind: Kind, part: &str) -> Option<Event<'a>> {
        if self.resource.is_empty() {
            return None;
        }
        let name = if part.is_empty() { self.resource.clone() } else { self.part(part) };
        let credential = Credential::new(kind, Name::id(name));
        Some(self.event(action, Target::Credential(credential)))
    }

    fn part(&self, part: &str) -> Text<'a> {
        Text::owned(format!("{}/{part}", self.resource))
    }

    /// An event about all that lies under the resource.
    pub fn about_all_under(&self, action: Action) -> Option<Event<'a>> {
        let prefix = self.resource.clone();
        (!prefix.is_empty()).then(|| self.event(action, Target::Selector(Selector::Prefix(prefix))))
    }

    /// The act that was not allowed: only its caller is known to be real.
    pub fn denied(&self) -> Option<Event<'a>> {
        let mut event = self.event(Action::Denied, Target::None);
        event.outcome = Outcome::Denied;
        event.principal = event.actor.take();
        event.principal.is_some().then_some(event)
    }

    /// What the log states, else what is the same wherever the record is delivered again.
    fn id(&self) -> EventId {
        if let Some(id) = self.record.event_data_id() {
            return EventId::stated(&id);
        }
        let correlation = self.record.correlation_id().unwrap_or_default();
        let time = self.at.micros().to_string();
        EventId::digest([&*self.resource, &time, &self.operation, &correlation].join("\n").as_bytes())
    }
}
