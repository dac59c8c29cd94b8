//! One call: what all its events have in common, and how an event is begun.

use serde::Deserialize;

use super::account::AccountName;
use super::caller::{self, Caller};
use super::outcome;
use super::record::{Labels, Payload, Record};
use super::scope;
use crate::event::{Action, Credential, Event, Label, Name, Operation, Outcome, Target};
use crate::kind::Kind;
use crate::origin::EventId;
use crate::source::RecordContext;
use crate::source::json::members;
use crate::stream::SourceName;
use crate::text::Text;
use crate::time::EventTime;

/// Where an entry stands among those of its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The only entry.
    Whole,
    /// The first of a long-running call: what was asked for.
    Begun,
    /// The last of one: what became of it.
    Ended,
}

pub(super) struct Call<'a, 'r> {
    record: &'r Record<'a>,
    payload: &'r Payload<'a>,
    context: &'r RecordContext<'a>,
    pub caller: Caller<'a>,
    pub at: EventTime,
    pub outcome: Outcome,
    pub stage: Stage,
    id: EventId,
}

const SERVICE_DOMAIN: &str = ".googleapis.com";

impl<'a, 'r> Call<'a, 'r> {
    pub fn new(
        record: &'r Record<'a>,
        payload: &'r Payload<'a>,
        at: EventTime,
        id: EventId,
        context: &'r RecordContext<'a>,
    ) -> Self {
        let authentication = payload.authentication_info.as_ref().map(|shown| &shown.0);
        Self {
            record,
            payload,
            context,
            caller: Caller::of(authentication),
            at,
            outcome: outcome::of(payload),
            stage: stage(record),
            id,
        }
    }

    /// The service that was called, without its domain: `iam`, `secretmanager`.
    pub fn service(&self) -> &str {
        let name = self.payload.service_name.0.as_deref().unwrap_or_default();
        name.strip_suffix(SERVICE_DOMAIN).unwrap_or(name)
    }

    pub fn method(&self) -> &str {
        self.payload.method_name.0.as_deref().unwrap_or_default()
    }

    /// The row of `rows` for this method, which entries write with or without the interface in front of it.
    pub fn row<T: Copy>(&self, rows: &[(&str, T)]) -> Option<T> {
        let method = self.method();
        let is =
            |name: &str| method.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        rows.iter().find(|(name, _)| is(name)).map(|(_, row)| *row)
    }

    pub fn succeeded(&self) -> bool {
        self.outcome == Outcome::Success
    }

    pub fn resource_name(&self) -> Option<&'r str> {
        self.payload.resource_name.0.as_deref()
    }

    pub fn labels(&self) -> &'r Labels<'a> {
        &self.record.resource.0.labels.0
    }

    /// The members of `request` that `T` names.
    pub fn request<T: Deserialize<'a> + Default>(&self) -> T {
        members(self.payload.request)
    }

    /// The members of `response` that `T` names.
    pub fn response<T: Deserialize<'a> + Default>(&self) -> T {
        members(self.payload.response)
    }

    /// The members of `metadata` that `T` names.
    pub fn metadata<T: Deserialize<'a> + Default>(&self) -> T {
        members(self.payload.metadata)
    }

    /// The members of `serviceData` that `T` names.
    pub fn service_data<T: Deserialize<'a> + Default>(&self) -> T {
        members(self.payload.service_data)
    }

    /// The id of the project that the labels of the resource name.
    pub fn label_project(&self) -> Option<&'r str> {
        let project = self.labels().project_id.0.as_deref()?;
        (!project.is_empty() && !scope::is_number(project)).then_some(project)
    }

    /// The realm of a project, folder or organisation.
    pub fn realm(&self, scope: &str) -> Text<'a> {
        Text::owned(self.context.stream.realm("gcp", scope))
    }

    /// The realm of whatever wrote the log.
    pub fn log_realm(&self) -> Text<'a> {
        let log = self.record.log_name();
        let project = log.and_then(scope::project_of).or(self.label_project());
        let scope =
            project.or_else(|| log.and_then(scope::parent_of)).or_else(|| log.and_then(scope::number_of));
        self.realm(scope.unwrap_or("unknown"))
    }

    /// The realm of the thing of this resource name: its project where the name states the id, else that of
    /// its labels or its log.
    pub fn realm_of(&self, name: &str) -> Text<'a> {
        match scope::project_of(name).or_else(|| scope::parent_of(name)) {
            Some(scope) => self.realm(scope),
            None => match self.label_project() {
                Some(project) => self.realm(project),
                None => self.log_realm(),
            },
        }
    }

    /// An event of this call, done by its caller.
    pub fn event(&self, action: Action, realm: Text<'a>, target: Target<'a>) -> Event<'a> {
        let mut event = self.context.event(SourceName::GcpAudit, self.at, self.id, action);
        event.outcome = self.outcome;
        event.realm = realm;
        event.target = target;
        event.actor.clone_from(&self.caller.principal);
        event.client = caller::client(&self.payload.request_metadata.0);
        event.operation = Operation {
            service: self.service_text(),
            name: self.payload.method_name.0.clone().unwrap_or_default(),
            region: self.labels().location.0.clone(),
            privileged: false,
        };
        event
    }

    /// An event about a credential.
    pub fn about(&self, action: Action, realm: Text<'a>, credential: Credential<'a>) -> Event<'a> {
        self.event(action, realm, Target::Credential(credential))
    }

    /// The use of the caller's own credential, or of its identity where the credential does not show.
    pub fn use_by_caller(&self) -> Option<Event<'a>> {
        if !self.caller.uses_credential() {
            return None;
        }
        let target = match &self.caller.key {
            Some(key) => {
                let credential = Credential::new(Kind::GcpServiceAccountKey, Name::id(key.name.clone()));
                Target::Credential(credential.alias(key.alias.clone().map(Name::id)))
            }
            None => Target::None,
        };
        let mut event = self.event(self.outcome.action_of_use(), self.caller_realm(), target);
        event.actor = None;
        event.principal.clone_from(&self.caller.principal);
        event.set_label(Label::OnBehalfOf, self.caller.on_behalf_of.clone());
        event.set_label(Label::Provider, self.caller.provider.clone());
        event.set_label(Label::Note, self.caller.key_is_masked.then_some(Text::borrowed("masked_id")));
        Some(event)
    }

    /// That the caller tried what it may not do.
    pub fn attempt(&self) -> Option<Event<'a>> {
        let principal = self.caller.principal.clone()?;
        let action = self.outcome.action_of_use();
        if action != Action::Denied {
            return None;
        }
        let mut event = self.event(action, self.caller_realm(), Target::None);
        event.actor = None;
        event.principal = Some(principal);
        event.set_label(Label::OnBehalfOf, self.caller.on_behalf_of.clone());
        Some(event)
    }

    /// The realm of the caller's own credentials.
    pub fn caller_realm(&self) -> Text<'a> {
        let stated = self.caller.key.as_ref().and_then(|key| key.project.clone());
        let project = stated.or_else(|| {
            let email = self.caller.principal.as_deref()?;
            scope::project_of_account(email).map(Text::owned)
        });
        project.map_or_else(|| self.log_realm(), |project| self.realm(&project))
    }

    /// The caller's key as the parent of what it minted in `realm`.
    pub fn parent_in(&self, realm: &str) -> Option<Name<'a>> {
        let key = self.caller.key.as_ref()?;
        (*self.caller_realm() == *realm).then(|| Name::id(key.name.clone()))
    }

    /// The account in the first of these names that names one, else in the resource name.
    pub fn account_name<'t>(&'t self, names: &[Option<&'t str>]) -> Option<AccountName<'t>> {
        let stated = names.iter().copied().flatten().find_map(AccountName::parse);
        stated.or_else(|| self.resource_name().and_then(AccountName::parse))
    }

    fn service_text(&self) -> Text<'a> {
        let name = self.payload.service_name.0.clone().unwrap_or_default();
        let end = name.strip_suffix(SERVICE_DOMAIN).map_or(name.len(), str::len);
        name.cut(end)
    }
}

fn stage(record: &Record<'_>) -> Stage {
    let operation = &record.operation.0;
    match (operation.first.0 == Some(true), operation.last.0 == Some(true)) {
        (true, false) => Stage::Begun,
        (false, true) => Stage::Ended,
        _ => Stage::Whole,
    }
}
