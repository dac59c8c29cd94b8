//! The identity store: who stands behind tokens; and its OIDC provider, with the keys it signs by, the tokens
//! it signs, and the clients that trust it.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::call::{Call, Op};
use super::{caller, lease};
use crate::event::{Action, Credential, Event, Name, Selector};
use crate::kind::Kind;
use crate::source::json::{Lenient, Present};
use crate::text::Text;

#[derive(Debug, Default, Deserialize)]
struct Sent<'a> {
    #[serde(default)]
    disabled: Lenient<bool>,
    #[serde(borrow, default)]
    metadata: Option<&'a RawValue>,
    #[serde(borrow, default)]
    policies: Option<&'a RawValue>,
}

pub fn read<'a>(call: &Call<'a>, events: &mut Vec<Event<'a>>) {
    let parts = call.parts();
    let changes = call.op.writes() || call.op == Op::Delete;
    match parts.as_slice() {
        ["oidc", "token", _] if call.op == Op::Read => lease::unleased(call, "identity_token", events),
        ["oidc", "client", name] => events.extend(client(call, name)),
        _ if !changes => {}
        // A new one: only the answer has its id, and that is hashed.
        ["entity"] => events.push(call.change(Action::Modified, "entity_written")),
        ["entity", "id", id] => entity(call, &caller::prefixed("entity:", id), events),
        // Tokens carry the id of an entity, never its name: such a selector is for people to read.
        ["entity", "name", name] => entity(call, &caller::prefixed("entity-name:", name), events),
        ["entity", "merge"] => events.push(call.change(Action::TrustChanged, "entities_merged")),
        ["entity", "batch-delete"] => events.push(call.change(Action::TrustChanged, "entities_deleted")),
        ["entity-alias", ..] => events.push(call.change(Action::TrustChanged, "entity_alias")),
        ["group" | "group-alias", ..] => events.push(call.change(Action::PrivilegeChanged, "group")),
        ["mfa", "method", _, "generate" | "admin-generate"] => {
            events.push(call.change(Action::TrustChanged, "mfa_enrolled"));
        }
        ["mfa", "method", _, "admin-destroy"] => {
            events.push(call.change(Action::TrustChanged, "mfa_removed"));
        }
        ["mfa", "method", ..] => events.push(call.change(Action::TrustChanged, "mfa_method")),
        ["mfa", "login-enforcement", _] => events.push(call.change(Action::TrustChanged, "mfa_enforcement")),
        ["oidc", "key", rest @ ..] => events.extend(signing_key(call, rest)),
        ["oidc", "assignment" | "role" | "scope", _] => {
            events.push(call.change(Action::PrivilegeChanged, "oidc_scope"));
        }
        ["oidc", "config"] | ["oidc", "provider", _] => {
            events.push(call.change(Action::TrustChanged, "oidc_provider"));
        }
        _ => {}
    }
}

/// A change of an entity reaches every token it holds.
fn entity<'a>(call: &Call<'a>, holder: &Text<'a>, events: &mut Vec<Event<'a>>) {
    let sent: Sent<'a> = call.sent();
    let mut push = |action| {
        let mut event = call.reach(action, Selector::Principal(holder.clone()));
        event.principal = Some(holder.clone());
        events.push(event);
    };
    if call.op == Op::Delete {
        push(Action::Revoked);
        return;
    }
    match sent.disabled.0 {
        Some(true) => push(Action::Deactivated),
        Some(false) => push(Action::Reactivated),
        None => {}
    }
    if sent.metadata.is_some() {
        push(Action::OwnerChanged);
    }
    if sent.policies.is_some() {
        push(Action::PrivilegeChanged);
    }
}

fn signing_key<'a>(call: &Call<'a>, rest: &[&str]) -> Option<Event<'a>> {
    let (key, action) = match (rest, call.op) {
        ([key, "rotate"], op) if op.writes() => (*key, Action::Rotated),
        ([key], Op::Create) => (*key, Action::Issued),
        ([key], Op::Update | Op::Patch) => (*key, Action::Modified),
        ([key], Op::Delete) => (*key, Action::Revoked),
        _ => return None,
    };
    let id = Name::id(call.under_mount(&format!("oidc/key/{key}")));
    Some(call.about(action, Credential::new(Kind::VaultOidcKey, id)))
}

/// A client of the OIDC provider. Reading one answers with its secret, unless it is a public client.
fn client<'a>(call: &Call<'a>, name: &str) -> Option<Event<'a>> {
    #[derive(Debug, Default, Deserialize)]
    struct Given {
        #[serde(default)]
        client_secret: Lenient<Present>,
    }
    let action = match call.op {
        Op::Create => Action::Issued,
        Op::Update | Op::Patch => Action::Modified,
        Op::Delete => Action::Revoked,
        Op::Read if call.given::<Given>().client_secret.0.is_some() => Action::SecretRead,
        Op::Read | Op::Other => return None,
    };
    let id = Name::id(call.under_mount(&format!("oidc/client/{name}")));
    Some(call.about(action, Credential::new(Kind::VaultOidcClient, id)))
}
