//! TOTP keys: made, asked for a code, deleted.

use serde::Deserialize;

use super::call::{Call, Op};
use crate::event::{Action, Credential, Event, Name, Outcome};
use crate::kind::Kind;
use crate::source::json::Lenient;

#[derive(Debug, Default, Deserialize)]
struct Given {
    #[serde(default)]
    valid: Lenient<bool>,
}

pub fn read<'a>(call: &Call<'a>, events: &mut Vec<Event<'a>>) {
    let (area, key) = call.tail().split_once('/').unwrap_or_default();
    let action = match (area, call.op) {
        _ if key.is_empty() => return,
        ("keys", Op::Create | Op::Update | Op::Patch) => Action::Issued,
        ("keys", Op::Delete) => Action::Revoked,
        ("code", Op::Read | Op::Create | Op::Update) => Action::Used,
        _ => return,
    };
    let id = Name::id(call.under_mount(&format!("keys/{key}")));
    let mut event = call.about(action, Credential::new(Kind::VaultTotpKey, id));
    let given: Given = call.given();
    if action == Action::Used && given.valid.0 == Some(false) {
        event.outcome = Outcome::Failure;
    }
    events.push(event);
}
