//! One call: what all its events have in common, and how an event is begun.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::arn;
use super::identity::{Caller, Key};
use super::outcome;
use super::record::Record;
use crate::event::{Action, Credential, Event, Label, Name, Operation, Outcome, Target};
use crate::kind::Kind;
use crate::limits::EVENTS_PER_RECORD_MAX;
use crate::origin::EventId;
use crate::source::RecordContext;
use crate::source::json::{Lenient, List, Object, members};
use crate::stream::SourceName;
use crate::text::Text;
use crate::time::{EventTime, Span};

pub(super) struct Call<'a, 'r> {
    record: &'r Record<'a>,
    context: &'r RecordContext<'a>,
    pub caller: Caller<'a>,
    pub at: EventTime,
    pub outcome: Outcome,
    id: EventId,
    revision: u8,
}

impl<'a, 'r> Call<'a, 'r> {
    pub fn new(record: &'r Record<'a>, bytes: &[u8], at: EventTime, context: &'r RecordContext<'a>) -> Self {
        let (id, revision) = event_id(record, bytes);
        Self { record, context, caller: Caller::of(record), at, outcome: outcome::of(record), id, revision }
    }

    pub fn name(&self) -> &str {
        self.record.event_name.0.as_deref().unwrap_or_default()
    }

    /// The service that was called, without its domain.
    pub fn service(&self) -> &str {
        self.record.service()
    }

    pub fn region(&self) -> Option<Text<'a>> {
        self.record.aws_region.0.clone()
    }

    pub fn succeeded(&self) -> bool {
        self.outcome == Outcome::Success
    }

    /// Whether the call failed with one of `codes`.
    pub fn failed_with(&self, codes: &[&str]) -> bool {
        self.record.error_code.0.as_deref().is_some_and(|code| codes.contains(&code))
    }

    /// The members of `requestParameters` that `T` names.
    pub fn request<T: Deserialize<'a> + Default>(&self) -> T {
        members(self.record.request_parameters)
    }

    /// The members of `responseElements` that `T` names.
    pub fn response<T: Deserialize<'a> + Default>(&self) -> T {
        members(self.record.response_elements)
    }

    /// The members of `additionalEventData` that `T` names.
    pub fn additional<T: Deserialize<'a> + Default>(&self) -> T {
        members(self.record.additional_event_data)
    }

    /// The members of `serviceEventDetails` that `T` names.
    pub fn details<T: Deserialize<'a> + Default>(&self) -> T {
        members(self.record.service_event_details)
    }

    /// The ARNs in `resources`.
    pub fn resource_arns(&self) -> Vec<Text<'a>> {
        #[derive(Debug, Default, Deserialize)]
        #[serde(default)]
        struct Resource<'a> {
            #[serde(borrow, alias = "ARN")]
            arn: Lenient<Text<'a>>,
        }
        let raw = self.record.resources.map(RawValue::get);
        let list: List<Object<Resource<'_>>, EVENTS_PER_RECORD_MAX> =
            raw.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        list.0.into_iter().filter_map(|resource| resource.0.arn.0).collect()
    }

    /// `REGION/NAME`: a name that is unique in its account and region.
    pub fn regional(&self, name: &str) -> Text<'a> {
        let region = self.record.aws_region.0.as_deref().unwrap_or("unknown");
        Text::owned([region, "/", name].concat())
    }

    /// The moment `seconds` after this call.
    pub fn after(&self, seconds: i64) -> Option<EventTime> {
        let micros = Some(seconds).filter(|&seconds| seconds > 0)?.checked_mul(1_000_000)?;
        Some(self.at.saturating_add(Span::from_micros(micros)))
    }

    /// The realm of `account`, where it is one.
    pub fn realm(&self, account: Option<&str>) -> Text<'a> {
        let account = account.filter(|account| arn::is_account(account)).unwrap_or("unknown");
        Text::owned(self.context.stream.realm("aws", account))
    }

    /// The realm of the caller's own credentials.
    pub fn caller_realm(&self) -> Text<'a> {
        self.realm(self.caller.account.as_deref())
    }

    /// The realm of a stored thing: the account its ARN names, else the account the record was delivered to.
    pub fn owner_realm(&self, arn: Option<&str>) -> Text<'a> {
        let recipient = self.record.recipient_account_id.0.as_deref();
        let account = arn.and_then(arn::account_of).or(recipient).or(self.caller.account.as_deref());
        self.realm(account)
    }

    /// An event of this call, done by its caller.
    pub fn event(&self, action: Action, realm: Text<'a>, target: Target<'a>) -> Event<'a> {
        let mut event = self.context.event(SourceName::AwsCloudtrail, self.at, self.id, action);
        event.revision = self.revision;
        event.outcome = self.outcome;
        event.realm = realm;
        event.target = target;
        event.actor = self.caller.principal.clone().or_else(|| self.caller.service.clone());
        event.client = self.caller.client(self.record);
        event.operation = Operation {
            service: self.record.service_text(),
            name: self.record.event_name.0.clone().unwrap_or_default(),
            region: self.region(),
            privileged: self.caller.acts_as_root(self.record),
        };
        event
    }

    /// The use of the caller's own credential, which every signed call is.
    pub fn use_by_caller(&self) -> Option<Event<'a>> {
        let (target, session, note) = match &self.caller.key {
            Key::Shown { id, kind } => {
                let credential = Credential::new(*kind, Name::id(id.clone()));
                (Target::Credential(credential), *kind != Kind::AwsAccessKey, None)
            }
            Key::Masked => (Target::None, false, Some(Text::borrowed("masked_id"))),
            Key::Forwarded => (Target::None, false, None),
            Key::None => return None,
        };
        let mut event = self.event(self.outcome.action_of_use(), self.caller_realm(), target);
        event.actor = None;
        event.principal.clone_from(&self.caller.principal);
        event.issued_at = self.caller.session_began.filter(|_| session);
        event.labels.extend(self.caller.labels());
        event.set_label(Label::InvokedBy, self.caller.service.clone());
        event.set_label(Label::Note, note);
        Some(event)
    }

    /// The issue of something that acts for the caller: it holds it, and its own credential made it.
    pub fn issued_to_caller(&self, credential: Credential<'a>) -> Event<'a> {
        let mut event = self.event(Action::Issued, self.caller_realm(), Target::Credential(credential));
        event.principal.clone_from(&self.caller.principal);
        event.parent = self.caller.parent();
        event
    }

    /// A credential that no record names: by the act that made it, since no two acts make the same.
    pub fn unnamed(&self, kind: Kind, what: &str) -> Credential<'a> {
        Credential::new(kind, Name::id(self.regional(&format!("{what}/{}", self.id))))
    }

    /// An event about no credential: what `principal` may do or is trusted with changed.
    pub fn about(&self, action: Action, principal: Option<Text<'a>>) -> Event<'a> {
        let mut event = self.event(action, self.owner_realm(principal.as_deref()), Target::None);
        event.principal = principal;
        event
    }

    /// Says on the use of the caller, just pushed, why nothing more could be made of its record.
    pub fn note_use(&self, events: &mut [Event<'a>], note: &'static str) {
        self.label_use(events, Label::Note, Some(Text::borrowed(note)));
    }

    /// Adds a label to the use of the caller, just pushed, unless it has one of that name.
    pub fn label_use(&self, events: &mut [Event<'a>], label: Label, text: Option<Text<'a>>) {
        if self.caller.key != Key::None
            && let Some(used) = events.last_mut()
            && used.label(label).is_none()
        {
            used.set_label(label, text);
        }
    }
}

/// The id under which an act is counted once: one act that is delivered to several accounts has one
/// `sharedEventID`, and a correction takes the place of the event it names.
fn event_id(record: &Record<'_>, bytes: &[u8]) -> (EventId, u8) {
    if let Some(original) = &record.addendum.0.original_event_id.0 {
        return (EventId::stated(original), 1);
    }
    let stated = record.shared_event_id.0.as_ref().or(record.event_id.0.as_ref());
    (stated.map_or_else(|| EventId::digest(bytes), |id| EventId::stated(id)), 0)
}
