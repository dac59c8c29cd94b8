//! Allow policies (`SetIamPolicy` of any service): who may do what, who may act as whom, what is logged.
//!
//! The policy itself is not read. What changed in it stands in `policyDelta`: each binding that was added or
//! removed is a privilege of its member. A policy of a service account says who may act as that account, so
//! there the same change is one of its trust as well.

use serde::Deserialize;

use super::account::Account;
use super::call::Call;
use super::caller::{bare, pool};
use super::{kms, secretmanager};
use crate::event::{Action, Event, Label, Target};
use crate::source::json::{Lenient, List, Object, Present};
use crate::text::Text;
use crate::time::EventTime;

const METHODS: &[(&str, ())] =
    &[("SetIAMPolicy", ()), ("SetIamPolicy", ()), ("setIamPermissions", ()), ("setIamPolicy", ())];

/// Roles by which a member mints credentials of an account, or runs as it.
const ROLES_TO_ACT_AS: &[&str] = &[
    "roles/iam.serviceAccountKeyAdmin",
    "roles/iam.serviceAccountOpenIdTokenCreator",
    "roles/iam.serviceAccountTokenCreator",
    "roles/iam.serviceAccountUser",
    "roles/iam.workloadIdentityUser",
];

/// Most changes looked at of one policy.
const DELTAS_MAX: usize = 64;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ServiceData<'a> {
    #[serde(borrow)]
    policy_delta: Object<PolicyDelta<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PolicyDelta<'a> {
    #[serde(borrow)]
    binding_deltas: List<Object<BindingDelta<'a>>, DELTAS_MAX>,
    audit_config_deltas: List<Object<AuditConfigDelta>, 1>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct BindingDelta<'a> {
    #[serde(borrow)]
    action: Lenient<Text<'a>>,
    #[serde(borrow)]
    role: Lenient<Text<'a>>,
    #[serde(borrow)]
    member: Lenient<Text<'a>>,
    #[serde(borrow)]
    condition: Object<Condition<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Condition<'a> {
    #[serde(borrow)]
    expression: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AuditConfigDelta {
    action: Lenient<Present>,
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if call.row(METHODS).is_none() {
        return;
    }
    let delta = call.service_data::<ServiceData<'_>>().policy_delta.0;
    let before = events.len();
    events.extend(policy_of_credential(call));
    if !delta.audit_config_deltas.0.is_empty() && call.succeeded() {
        events.push(call.event(Action::LoggingChanged, realm(call), Target::None));
    }
    let account = call.account_name(&[]).and_then(|name| Account::of(call, Some(name)));
    for binding in &delta.binding_deltas.0 {
        events.extend(account.as_ref().and_then(|account| trust(call, account, &binding.0)));
        events.extend(privilege(call, &binding.0));
    }
    if events.len() == before {
        events.push(unexplained(call, account));
    }
}

/// The policy of a secret or a key: who may read or use it.
fn policy_of_credential<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let name = call.resource_name()?;
    let credential = match call.service() {
        "secretmanager" => secretmanager::credential(name)?,
        "cloudkms" => kms::credential(name)?,
        _ => return None,
    };
    Some(call.about(Action::PrivilegeChanged, call.realm_of(name), credential))
}

/// That a member may act as an account, or no longer.
fn trust<'a>(call: &Call<'a, '_>, account: &Account<'a>, binding: &BindingDelta<'a>) -> Option<Event<'a>> {
    let role = binding.role.0.as_deref().filter(|role| ROLES_TO_ACT_AS.contains(role))?;
    let mut event = call.event(Action::TrustChanged, account.realm.clone(), Target::None);
    event.principal = account.principal();
    event.set_label(Label::Role, Some(Text::owned(role.to_owned())));
    let provider = binding.member.0.as_deref().and_then(pool).map(|pool| Text::owned(pool.to_owned()));
    event.set_label(Label::Provider, provider);
    event.set_label(Label::Note, Some(direction(binding)));
    Some(event)
}

/// A role that a member got or lost; lent, where a condition names the moment at which it ends.
fn privilege<'a>(call: &Call<'a, '_>, binding: &BindingDelta<'a>) -> Option<Event<'a>> {
    let member = bare(binding.member.0.as_ref()?);
    let ends = binding.condition.0.expression.0.as_deref().and_then(end_of_condition);
    let action = match (ends, is_added(binding)) {
        (Some(_), true) => Action::GrantStarted,
        (Some(_), false) => Action::GrantEnded,
        (None, _) => Action::PrivilegeChanged,
    };
    let mut event = call.event(action, realm(call), Target::None);
    event.principal = Some(member);
    event.expires_at = ends.filter(|_| action == Action::GrantStarted);
    event.set_label(Label::Role, binding.role.0.clone());
    event.set_label(Label::Note, (action == Action::PrivilegeChanged).then(|| direction(binding)));
    Some(event)
}

/// A policy that was set, of which the entry does not say what changed.
fn unexplained<'a>(call: &Call<'a, '_>, account: Option<Account<'a>>) -> Event<'a> {
    let (action, realm, principal) = match account {
        Some(account) => (Action::TrustChanged, account.realm.clone(), account.principal()),
        None => (Action::PrivilegeChanged, realm(call), None),
    };
    let mut event = call.event(action, realm, Target::None);
    event.principal = principal;
    event.set_label(Label::Note, Some(Text::borrowed("change_not_shown")));
    event
}

fn realm<'a>(call: &Call<'a, '_>) -> Text<'a> {
    call.resource_name().map_or_else(|| call.log_realm(), |name| call.realm_of(name))
}

fn is_added(binding: &BindingDelta<'_>) -> bool {
    binding.action.0.as_deref() != Some("REMOVE")
}

fn direction<'a>(binding: &BindingDelta<'_>) -> Text<'a> {
    Text::borrowed(if is_added(binding) { "binding_added" } else { "binding_removed" })
}

/// The moment in `request.time < timestamp("2026-01-01T00:00:00Z")`. A condition that says more is no end.
fn end_of_condition(expression: &str) -> Option<EventTime> {
    let rest = expression.trim().strip_prefix("request.time")?.trim_start().strip_prefix('<')?;
    let rest = rest.strip_prefix('=').unwrap_or(rest).trim_start().strip_prefix("timestamp(")?;
    let moment = rest.strip_suffix(')')?.trim().trim_matches(['"', '\'']);
    EventTime::parse(moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_condition_that_is_an_end_lends_a_role() {
        for expression in [
            r#"request.time < timestamp("2026-03-01T00:00:00Z")"#,
            "request.time<=timestamp('2026-03-01T00:00:00Z')",
        ] {
            let end = end_of_condition(expression).map(|at| at.to_string());
            assert_eq!(end.as_deref(), Some("2026-03-01T00:00:00Z"), "{expression}");
        }
        for expression in [
            "",
            "request.time > timestamp(\"2026-03-01T00:00:00Z\")",
            "request.time < timestamp(\"soon\")",
            "request.time < timestamp(\"2026-03-01T00:00:00Z\") || true",
            "resource.name == \"x\"",
        ] {
            assert_eq!(end_of_condition(expression), None, "{expression}");
        }
    }
}
