//! Passwords of the userpass method, by the user they belong to.

use serde::Deserialize;

use super::call::{Call, Op};
use super::caller;
use super::login::Presented;
use crate::event::{Action, Credential, Event, Name, Target};
use crate::kind::Kind;
use crate::source::json::{Lenient, Present};
use crate::text::Text;

#[derive(Debug, Default, Deserialize)]
struct Sent {
    #[serde(default)]
    password: Lenient<Present>,
    #[serde(default)]
    password_hash: Lenient<Present>,
}

pub fn read<'a>(call: &Call<'a>, events: &mut Vec<Event<'a>>) {
    let parts = call.parts();
    let (user, action) = match (parts.as_slice(), call.op) {
        (["users", user], Op::Create) => (*user, Action::Issued),
        (["users", user], Op::Update | Op::Patch) => (*user, overwritten(call)),
        (["users", user], Op::Delete) => (*user, Action::Revoked),
        (["users", user, "password"], op) if op.writes() => (*user, Action::Rotated),
        (["users", user, "policies"], op) if op.writes() => (*user, Action::PrivilegeChanged),
        _ => return,
    };
    let mut event = call.about(action, credential(call, user));
    event.principal = Some(principal(call, user));
    events.push(event);
}

fn overwritten(call: &Call<'_>) -> Action {
    let sent: Sent = call.sent();
    let new = sent.password.0.or(sent.password_hash.0);
    if new.is_some() { Action::Rotated } else { Action::Modified }
}

/// The password a login presents.
pub fn presented<'a>(call: &Call<'a>, user: &str) -> Presented<'a> {
    Presented {
        target: Target::Credential(credential(call, user)),
        principal: Some(principal(call, user)),
        parent: None,
        place: None,
    }
}

/// Vault folds the case of user names.
fn credential<'a>(call: &Call<'a>, user: &str) -> Credential<'a> {
    let id = call.under_mount(&format!("users/{}", user.to_lowercase()));
    Credential::new(Kind::VaultUserPassword, Name::id(id))
}

/// A user of any method that logs in by name.
pub fn principal<'a>(call: &Call<'a>, user: &str) -> Text<'a> {
    caller::prefixed("user:", &call.under_mount(&user.to_lowercase()))
}
