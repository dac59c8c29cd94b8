//! What principals may do, and whom the cluster trusts: roles and their bindings, admission, identities that
//! are mapped from outside.
//!
//! Rules are not read: that a privilege changed is the fact, what it became is for a policy analyser.

use serde::Deserialize;

use super::accounts;
use super::call::Call;
use crate::event::{Action, Event, Target};
use crate::source::json::{Lenient, List, Object};
use crate::text::Text;

/// Most subjects of a binding that are named.
const SUBJECTS_MAX: usize = 16;

/// Maps in `kube-system` that say whom the cluster believes: the IAM identities of EKS, the proxies in front
/// of extension API servers.
const TRUST_MAPS: &[&str] = &["aws-auth", "extension-apiserver-authentication"];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Binding<'a> {
    #[serde(borrow)]
    subjects: List<Object<Subject<'a>>, SUBJECTS_MAX>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Subject<'a> {
    #[serde(borrow)]
    kind: Lenient<Text<'a>>,
    #[serde(borrow)]
    name: Lenient<Text<'a>>,
    #[serde(borrow)]
    namespace: Lenient<Text<'a>>,
}

pub(super) fn read_roles<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    change(call, "role", Action::PrivilegeChanged, events);
}

/// One event for each subject that gains or loses by the binding, where its body is shown.
pub(super) fn read_bindings<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if !is_change(call) {
        return;
    }
    let (sent, answered): (Binding<'_>, Binding<'_>) = (call.body(), call.answer());
    let subjects = if sent.subjects.0.is_empty() { answered.subjects } else { sent.subjects };
    let holders: Vec<Text<'_>> =
        subjects.0.into_iter().filter_map(|Object(subject)| holder(subject)).collect();
    if holders.is_empty() {
        change(call, "binding", Action::PrivilegeChanged, events);
    }
    for holder in holders {
        let mut event = call.event(Action::PrivilegeChanged, Target::None);
        event.principal = Some(holder);
        events.push(event);
    }
}

/// Who admits, or may speak for others.
pub(super) fn read_admission<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    change(call, "admission", Action::TrustChanged, events);
}

pub(super) fn read_trust_bundles<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    change(call, "trust bundle", Action::TrustChanged, events);
}

pub(super) fn read_config_maps<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let is_trust_map = call.namespace() == Some("kube-system")
        && call.name().is_some_and(|name| TRUST_MAPS.contains(&name.as_str()));
    if is_trust_map {
        change(call, "configmap", Action::TrustChanged, events);
    }
}

/// Sinks of the audit log, in the versions that had them.
pub(super) fn read_audit_sinks<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    change(call, "audit sink", Action::LoggingChanged, events);
}

fn is_change(call: &Call<'_, '_>) -> bool {
    call.subresource().is_none() && call.writes()
}

/// A change of the thing that was asked for, under its own name: `role app/reader`.
fn change<'a>(call: &Call<'a, '_>, noun: &str, action: Action, events: &mut Vec<Event<'a>>) {
    if is_change(call) {
        let mut event = call.event(action, Target::None);
        event.principal = call.path().map(|path| Text::owned(format!("{noun} {path}")));
        events.push(event);
    }
}

fn holder(subject: Subject<'_>) -> Option<Text<'_>> {
    let name = subject.name.0?;
    match (subject.kind.0.as_deref(), subject.namespace.0) {
        (Some("ServiceAccount"), Some(namespace)) => Some(accounts::account_named(&namespace, &name)),
        (Some("Group"), _) => Some(Text::owned(format!("group {name}"))),
        _ => Some(name),
    }
}
