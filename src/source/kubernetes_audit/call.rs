//! One request: what all its events have in common, and how an event is begun.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::caller::Caller;
use super::record::Record;
use crate::event::{Action, Credential, Event, Label, Operation, Outcome, Target};
use crate::kind::Kind;
use crate::origin::EventId;
use crate::source::RecordContext;
use crate::source::json::{Code, Lenient, List, Object, Present, members};
use crate::stream::SourceName;
use crate::text::Text;
use crate::time::EventTime;

pub(super) struct Call<'a, 'r> {
    record: &'r Record<'a>,
    context: &'r RecordContext<'a>,
    pub caller: Caller<'a>,
    pub at: EventTime,
    outcome: Outcome,
    id: EventId,
}

/// What the body of a request or an answer may say of any object.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct AnyObject<'a> {
    #[serde(borrow)]
    metadata: Object<ObjectMetadata<'a>>,
    dry_run: List<Lenient<Present>, 1>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ObjectMetadata<'a> {
    #[serde(borrow)]
    name: Lenient<Text<'a>>,
}

impl<'a, 'r> Call<'a, 'r> {
    pub fn new(record: &'r Record<'a>, bytes: &[u8], at: EventTime, context: &'r RecordContext<'a>) -> Self {
        let id = record.audit_id.0.as_ref().map_or_else(|| EventId::digest(bytes), |id| EventId::stated(id));
        Self { record, context, caller: Caller::of(record), at, outcome: outcome(record), id }
    }

    pub fn verb(&self) -> &str {
        self.record.verb.0.as_deref().unwrap_or_default()
    }

    /// Whether the request writes to its object, in whatever way.
    pub fn writes(&self) -> bool {
        matches!(self.verb(), "create" | "update" | "patch" | "delete" | "deletecollection")
    }

    pub fn subresource(&self) -> Option<&str> {
        self.record.object().subresource.0.as_deref()
    }

    pub fn namespace(&self) -> Option<&str> {
        self.record.object().namespace.0.as_deref()
    }

    /// The name of the object. Where the API server made it up, only the answer has it.
    pub fn name(&self) -> Option<Text<'a>> {
        let named = self.record.object().name.0.clone();
        named.or_else(|| self.answer::<AnyObject<'_>>().metadata.0.name.0)
    }

    /// `NAMESPACE/NAME`, or the name of an object that lies in no namespace.
    pub fn path(&self) -> Option<Text<'a>> {
        let name = self.name()?;
        Some(match self.namespace() {
            Some(namespace) => Text::owned(format!("{namespace}/{name}")),
            None => name,
        })
    }

    pub fn succeeded(&self) -> bool {
        self.outcome == Outcome::Success
    }

    /// Whether it was only tried what the request would do. The option stands in the query, for a deletion
    /// also in the body.
    pub fn is_dry_run(&self) -> bool {
        self.record.has_option("dryRun=") || !self.body::<AnyObject<'_>>().dry_run.0.is_empty()
    }

    /// Whether a request for a collection is about all of it.
    pub fn is_for_all(&self) -> bool {
        !["labelSelector=", "fieldSelector=", "limit="].iter().any(|option| self.record.has_option(option))
    }

    /// The members of the request's body that `T` names.
    pub fn body<T: Deserialize<'a> + Default>(&self) -> T {
        members(self.record.request_object)
    }

    /// Whether the policy of the log shows the body of the request, as an object.
    pub fn shows_body(&self) -> bool {
        self.record.request_object.map(RawValue::get).is_some_and(|body| body.starts_with('{'))
    }

    /// The members of the answer's body that `T` names.
    pub fn answer<T: Deserialize<'a> + Default>(&self) -> T {
        members(self.record.response_object)
    }

    /// The id of the token that the request was answered with.
    pub fn issued_credential_id(&self) -> Option<&Text<'a>> {
        self.record.annotations.0.issued_credential_id.0.as_ref()
    }

    /// An event of this request, done by its caller.
    pub fn event(&self, action: Action, target: Target<'a>) -> Event<'a> {
        let mut event = self.context.event(SourceName::KubernetesAudit, self.at, self.id, action);
        event.outcome = self.outcome;
        event.target = target;
        event.actor.clone_from(&self.caller.principal);
        event.client = self.caller.client.clone();
        event.operation = self.operation();
        event.set_label(Label::OnBehalfOf, self.caller.chain.clone());
        event
    }

    /// An event about one credential.
    pub fn event_of(&self, action: Action, credential: Credential<'a>) -> Event<'a> {
        self.event(action, Target::Credential(credential))
    }

    /// The API group and what was asked of it: `create serviceaccounts/token`. The path of a request that is
    /// for no resource is not told: it is the caller's own text.
    fn operation(&self) -> Operation<'a> {
        let object = self.record.object();
        let verb = self.record.verb.0.clone().unwrap_or_default();
        let (service, name) = match (&object.resource.0, &object.subresource.0) {
            (None, _) => (Text::default(), verb),
            (Some(resource), None) => (self.group(), Text::owned(format!("{verb} {resource}"))),
            (Some(resource), Some(sub)) => (self.group(), Text::owned(format!("{verb} {resource}/{sub}"))),
        };
        Operation { service, name, region: None, privileged: self.caller.is_root }
    }

    /// The API group as people call it; the first one has no name of its own.
    fn group(&self) -> Text<'a> {
        self.record.object().api_group.0.clone().unwrap_or(Text::borrowed("core"))
    }

    /// The use of the caller's own credential: which one, or only whose. A request that nobody could be
    /// authenticated for shows neither.
    pub fn use_by_caller(&self) -> Option<Event<'a>> {
        let credential = self.caller.credential.clone();
        if credential.is_none() && !self.caller.is_service_account && self.outcome != Outcome::Refused {
            return None;
        }
        let is_token = credential.as_ref().is_some_and(|(kind, _)| *kind == Kind::KubernetesToken);
        let target =
            credential.map_or(Target::None, |(kind, name)| Target::Credential(Credential::new(kind, name)));
        let mut event = self.event(self.outcome.action_of_use(), target);
        event.actor = None;
        event.principal.clone_from(&self.caller.principal);
        event.place = self.caller.place.clone().filter(|_| is_token);
        let stale = self.record.annotations.0.stale_token.0.map(|_| Text::borrowed("stale_token"));
        event.set_label(Label::Note, stale);
        Some(event)
    }
}

/// How the request went: the status decides, and where none is shown, the decision of the authoriser.
fn outcome(record: &Record<'_>) -> Outcome {
    let forbidden = record.annotations.0.decision.0.as_deref() == Some("forbid");
    match record.response_status.0.code.0.map(|Code(code)| code) {
        Some(401) => Outcome::Refused,
        Some(403) => Outcome::Denied,
        Some(400..) => Outcome::Failure,
        _ if forbidden => Outcome::Denied,
        _ if record.stage.0.as_deref() == Some("Panic") => Outcome::Failure,
        _ => Outcome::Success,
    }
}
