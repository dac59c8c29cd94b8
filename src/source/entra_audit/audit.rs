//! One audited act: what all its events have in common, and how an event is begun.

use super::activity;
use super::record::{Body, Record, Resource};
use crate::event::{Action, Client, Event, Label, Operation, Outcome, Selector, Target};
use crate::limits::USER_AGENT_BYTES_MAX;
use crate::net::parse_address;
use crate::origin::EventId;
use crate::source::{RecordContext, entra};
use crate::stream::SourceName;
use crate::text::Text;
use crate::time::EventTime;

pub(super) struct Audit<'a, 'r> {
    pub record: &'r Record<'a>,
    pub body: &'r Body<'a>,
    pub context: &'r RecordContext<'a>,
    pub at: EventTime,
    id: EventId,
}

/// What principals are called by the type of the object; any other is an `object`.
const NOUNS: &[(&str, &str)] = &[
    ("Application", "application"),
    ("Device", "device"),
    ("Directory", "directory"),
    ("Domain", "domain"),
    ("Group", "group"),
    ("Policy", "policy"),
    ("Role", "role"),
    ("ServicePrincipal", "sp"),
    ("User", "user"),
];

impl<'a, 'r> Audit<'a, 'r> {
    pub fn new(
        record: &'r Record<'a>,
        body: &'r Body<'a>,
        bytes: &[u8],
        at: EventTime,
        context: &'r RecordContext<'a>,
    ) -> Self {
        let id = body.id.0.as_deref().map_or_else(|| EventId::digest(bytes), EventId::stated);
        Self { record, body, context, at, id }
    }

    /// The name of the activity, as the portal shows it or as the record is filed.
    pub fn names(&self) -> impl Iterator<Item = &'r Text<'a>> {
        [&self.body.activity_display_name, &self.record.operation_name]
            .into_iter()
            .filter_map(|name| name.0.as_ref())
    }

    /// Whether it was done. `failure` and `timeout` change nothing; an export that dropped the result is
    /// believed.
    pub fn succeeded(&self) -> bool {
        self.body.result.0.as_deref().is_none_or(|result| result.eq_ignore_ascii_case("success"))
    }

    /// An event of this act, done by whoever initiated it.
    pub fn event(&self, action: Action, target: Target<'a>) -> Event<'a> {
        let mut event = self.context.event(SourceName::EntraAudit, self.at, self.id, action);
        event.outcome = Outcome::Success;
        event.realm = entra::realm(self.context, &self.record.tenants());
        event.target = target;
        event.actor = self.actor();
        event.client = self.client();
        event.operation = Operation {
            service: self.body.logged_by_service.0.clone().unwrap_or_default(),
            name: self.names().next().map(shown).unwrap_or_default(),
            region: None,
            privileged: false,
        };
        event
    }

    /// An event that is about the principal alone.
    pub fn event_of(&self, action: Action, target: &Resource<'a>) -> Event<'a> {
        let mut event = self.event(action, Target::None);
        self.set_holder(&mut event, target);
        event
    }

    /// An event on everything that `target` holds, under each of its names.
    pub fn on_everything_of(&self, action: Action, target: &Resource<'a>) -> impl Iterator<Item = Event<'a>> {
        self.names_of(target).into_iter().map(move |name| {
            let mut event = self.event(action, Target::Selector(Selector::Principal(name.clone())));
            event.principal = Some(name);
            event.set_label(Label::DisplayName, target.display_name.0.clone());
            event
        })
    }

    /// Says who holds what the event is about.
    pub fn set_holder(&self, event: &mut Event<'a>, target: &Resource<'a>) {
        event.principal = self.names_of(target).into_iter().next();
        event.set_label(Label::DisplayName, target.display_name.0.clone());
    }

    /// Every name of a target as a principal, the one that sign-ins use first.
    pub fn names_of(&self, target: &Resource<'a>) -> Vec<Text<'a>> {
        let noun = NOUNS.iter().find(|(kind, _)| target.is(kind)).map_or("object", |(_, noun)| noun);
        let id = target.id.0.as_deref().or(target.display_name.0.as_deref());
        let first = match noun {
            "application" | "sp" => self.app_id_of(target).map(|id| entra::app(&id)),
            "user" => target.user_principal_name.0.as_ref().map(|name| user(name, id)),
            _ => None,
        };
        first.into_iter().chain(id.map(|id| entra::principal(noun, id))).collect()
    }

    /// The application id of an application or a service principal. The additional detail is about the first
    /// target; an owner or a client that stands beside it is another application.
    fn app_id_of(&self, target: &Resource<'a>) -> Option<Text<'static>> {
        let names = || {
            target
                .property("TargetId.ServicePrincipalNames")?
                .after()
                .iter()
                .find_map(|names| names.split(';').find_map(entra::guid))
        };
        let is_first = self.body.targets().next().is_some_and(|first| std::ptr::eq(first, target));
        let detail = || self.body.detail("AppId").filter(|_| is_first).and_then(entra::guid);
        target.guid("AppId").or_else(names).or_else(detail)
    }

    fn actor(&self) -> Option<Text<'a>> {
        let (user, app) = (&self.body.initiated_by.0.user.0, &self.body.initiated_by.0.app.0);
        let named = |noun: &'static str, id: Option<&str>| id.map(|id| entra::principal(noun, id));
        (user.user_principal_name.0.clone().map(entra::lower))
            .or_else(|| named("user", user.id.0.as_deref()))
            .or_else(|| named("app", app.app_id.0.as_deref()))
            .or_else(|| named("sp", app.service_principal_id.0.as_deref()))
            .or_else(|| app.display_name.0.clone())
    }

    fn client(&self) -> Client<'a> {
        let addresses = [
            self.record.caller_ip_address.0.as_deref(),
            self.body.initiated_by.0.user.0.ip_address.0.as_deref(),
            self.body.ip_address.0.as_deref(),
            self.body.detail("ipaddr"),
        ];
        Client {
            ip: addresses.into_iter().flatten().find_map(parse_address),
            service: None,
            user_agent: self.body.user_agent.0.clone().map(|agent| agent.cut(USER_AGENT_BYTES_MAX)),
        }
    }
}

/// The name of a user in lower case. Its deletion puts the digits of the object id before it, so that another
/// user can have the name.
fn user<'a>(name: &Text<'a>, id: Option<&str>) -> Text<'a> {
    let name = entra::lower(name.clone());
    let digits = id.unwrap_or_default().replace('-', "").to_ascii_lowercase();
    match name.strip_prefix(digits.as_str()) {
        Some(own) if !digits.is_empty() && !own.starts_with('@') => Text::owned(own.to_owned()),
        _ => name,
    }
}

fn shown<'a>(name: &Text<'a>) -> Text<'a> {
    let trimmed = activity::shown(name);
    if trimmed.len() == name.len() { name.clone() } else { Text::owned(trimmed.to_owned()) }
}
