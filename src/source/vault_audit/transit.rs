//! Transit keys: material that is used in place and rotated under its name.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::call::{Call, Op};
use crate::event::{Action, Credential, Event, Name};
use crate::kind::Kind;
use crate::source::json::Lenient;
use crate::text::Text;

#[derive(Debug, Default, Deserialize)]
struct Given {
    #[serde(default)]
    key_version: Lenient<i64>,
    #[serde(default)]
    latest_version: Lenient<i64>,
}

pub fn read<'a>(call: &Call<'a>, events: &mut Vec<Event<'a>>) {
    let parts = call.parts();
    match parts.as_slice() {
        ["keys", rest @ ..] => events.extend(managed(call, rest)),
        ["export", _, key, ..] if call.op == Op::Read => events.push(about(call, Action::SecretRead, key)),
        ["byok-export", _, key, ..] if call.op == Op::Read => {
            events.push(about(call, Action::SecretRead, key));
        }
        ["backup", key] if call.op == Op::Read => events.push(about(call, Action::SecretRead, key)),
        ["restore", key] if call.op.writes() => events.push(about(call, Action::Issued, key)),
        ["datakey", _, key]
        | ["encrypt" | "decrypt" | "rewrap" | "sign" | "verify" | "hmac" | "cmac", key, ..]
            if call.op.writes() =>
        {
            used(call, key, events);
        }
        _ => {}
    }
}

fn about<'a>(call: &Call<'a>, action: Action, key: &str) -> Event<'a> {
    let id = Name::id(call.under_mount(&format!("keys/{key}")));
    call.about(action, Credential::new(Kind::VaultTransitKey, id))
}

fn versioned<'a>(call: &Call<'a>, action: Action, key: &str, version: Option<i64>) -> Event<'a> {
    let id = Name::id(call.under_mount(&format!("keys/{key}")));
    let version = version.map(|number| Text::owned(number.to_string()));
    call.about(action, Credential::new(Kind::VaultTransitKey, id).version(version))
}

/// `keys/<k>` and what hangs below it. Asking for a key that is there already is answered with a warning.
fn managed<'a>(call: &Call<'a>, rest: &[&str]) -> Option<Event<'a>> {
    let given: Given = call.given();
    let latest = given.latest_version.0;
    let action = match (rest, call.op) {
        ([key], Op::Create | Op::Update | Op::Patch) => {
            let there = latest.is_some_and(|version| version > 1) || warns(call.response.warnings);
            let action = if there { Action::Modified } else { Action::Issued };
            return Some(about(call, action, key));
        }
        ([key, "rotate" | "import_version"], op) if op.writes() => {
            return Some(versioned(call, Action::Rotated, key, latest));
        }
        ([_, "import"], op) if op.writes() => Action::Issued,
        ([_, "config" | "trim"], op) if op.writes() => Action::Modified,
        ([_, "soft-delete"], Op::Delete) => Action::Deactivated,
        ([_, "soft-delete-restore"], op) if op.writes() => Action::Reactivated,
        ([_], Op::Delete) => Action::Revoked,
        _ => return None,
    };
    rest.first().map(|key| about(call, action, key))
}

fn warns(warnings: Option<&RawValue>) -> bool {
    warnings.is_some_and(|list| list.get().contains("already exist"))
}

/// A key at work. Encrypting with a key that is not there makes it, if policy allows to create.
fn used<'a>(call: &Call<'a>, key: &str, events: &mut Vec<Event<'a>>) {
    if call.op == Op::Create && call.tail().starts_with("encrypt/") {
        events.push(about(call, Action::Issued, key));
    }
    let given: Given = call.given();
    events.push(versioned(call, Action::Used, key, given.key_version.0));
}
