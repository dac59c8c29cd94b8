//! Calls to `sys/`: what ends many credentials at once, what changes who may do what, and what touches the
//! log.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::call::{Call, Op};
use super::{lease, seal, wrapping};
use crate::event::{Action, Event, Label, Selector};
use crate::limits::FIELD_BYTES_MAX;
use crate::text::Text;

pub fn read<'a>(call: &Call<'a>, events: &mut Vec<Event<'a>>) {
    let tail = call.tail();
    let (area, rest) = tail.split_once('/').unwrap_or((tail, ""));
    match area {
        "leases" => leases(call, rest, events),
        "renew" | "revoke" | "revoke-prefix" | "revoke-force" => leases(call, tail, events),
        "mounts" => events.extend(mount(call, rest, "")),
        "auth" => events.extend(mount(call, rest, "auth/")),
        "remount" if call.op.writes() => {
            // Everything of the mount ends. Its old path is hashed: which mount it was cannot be told from
            // here.
            events.push(call.change(Action::Revoked, "remount"));
        }
        "audit" => events.extend(audit_device(call, rest)),
        "config" => config(call, rest, events),
        "policies" | "policy" => events.extend(policy(call, area, rest)),
        "namespaces" => events.extend(namespace(call, rest)),
        "locked-users" => events.extend(unlocked(call, rest)),
        "wrapping" => wrapping::read(call, rest, events),
        "rotate" | "rekey" | "rekey-recovery-key" | "generate-root" => events.extend(seal::read(call, tail)),
        _ => {}
    }
}

/// `sys/leases/...`, and the forms without `leases/` that Vault had before 0.9 and kept for long.
fn leases<'a>(call: &Call<'a>, tail: &str, events: &mut Vec<Event<'a>>) {
    if !call.op.writes() {
        return;
    }
    let (verb, named) = tail.split_once('/').unwrap_or((tail, ""));
    events.extend(match verb {
        "renew" => lease::renewed(call, named),
        "revoke" => lease::revoked(call, named),
        "revoke-prefix" | "revoke-force" => lease::revoked_below(call, named),
        "lookup" if named.is_empty() => lease::looked_up(call),
        _ => None,
    });
}

/// `mounts/<m>` and `auth/<m>`. Disabling a mount ends all it made; `tune` may change what the log shows in
/// clear. Enabling one lets whoever it trusts in.
fn mount<'a>(call: &Call<'a>, rest: &str, area: &str) -> Option<Event<'a>> {
    if rest.ends_with("/tune") && call.op.writes() {
        return tuned(call).then(|| call.change(Action::LoggingChanged, "unhashed_keys_tuned"));
    }
    let mount = rest.trim_end_matches('/');
    if call.op.writes() && !mount.is_empty() && !rest.ends_with("/tune") {
        let note = if area.is_empty() { "secrets_engine_enabled" } else { "auth_method_enabled" };
        return Some(call.change(Action::TrustChanged, note));
    }
    if call.op != Op::Delete || mount.is_empty() {
        return None;
    }
    let prefix = call.scoped(&[area, mount, "/"].concat());
    Some(call.reach(Action::Revoked, Selector::Mount(prefix)))
}

fn tuned(call: &Call<'_>) -> bool {
    #[derive(Debug, Default, Deserialize)]
    struct Sent<'a> {
        #[serde(borrow, default)]
        audit_non_hmac_request_keys: Option<&'a RawValue>,
        #[serde(borrow, default)]
        audit_non_hmac_response_keys: Option<&'a RawValue>,
    }
    let sent: Sent<'_> = call.sent();
    sent.audit_non_hmac_request_keys.is_some() || sent.audit_non_hmac_response_keys.is_some()
}

fn audit_device<'a>(call: &Call<'a>, device: &str) -> Option<Event<'a>> {
    match call.op {
        _ if device.is_empty() => None,
        Op::Create | Op::Update | Op::Patch => {
            Some(call.change(Action::LoggingChanged, "audit_device_enabled"))
        }
        Op::Delete => Some(call.change(Action::LoggingChanged, "audit_device_disabled")),
        Op::Read | Op::Other => None,
    }
}

fn config<'a>(call: &Call<'a>, rest: &str, events: &mut Vec<Event<'a>>) {
    if !call.op.writes() && call.op != Op::Delete {
        return;
    }
    if rest.starts_with("auditing/") {
        events.push(call.change(Action::LoggingChanged, "audited_headers_changed"));
    } else if rest == "auto-rotate" {
        events.push(seal::scheduled(call));
    }
}

/// Policies of access; those of passwords say how a password looks.
fn policy<'a>(call: &Call<'a>, area: &str, rest: &str) -> Option<Event<'a>> {
    let changes = call.op.writes() || call.op == Op::Delete;
    let of_access = area == "policy" || rest.split('/').next().is_some_and(|kind| kind != "password");
    (changes && of_access && !rest.is_empty()).then(|| call.change(Action::PrivilegeChanged, "policy"))
}

/// A namespace holds everything whose path begins with its own.
fn namespace<'a>(call: &Call<'a>, rest: &str) -> Option<Event<'a>> {
    let parts: Vec<&str> = rest.trim_end_matches('/').split('/').collect();
    let (action, path) = match (parts.as_slice(), call.op) {
        (["api-lock", "lock", path @ ..], op) if op.writes() => (Action::Deactivated, path.join("/")),
        (["api-lock", "unlock", path @ ..], op) if op.writes() => (Action::Reactivated, path.join("/")),
        (["" | "api-lock", ..], _) | (_, Op::Read | Op::Other) => return None,
        (path, Op::Create | Op::Update | Op::Patch) => (Action::Modified, path.join("/")),
        (path, Op::Delete) => (Action::Revoked, path.join("/")),
    };
    let end = if path.is_empty() { "" } else { "/" };
    let prefix = call.scoped(&[&path, end].concat());
    (!prefix.is_empty()).then(|| call.reach(action, Selector::Prefix(prefix)))
}

/// `locked-users/<mount accessor>/unlock/<name>`: the mount itself is not named.
fn unlocked<'a>(call: &Call<'a>, rest: &str) -> Option<Event<'a>> {
    let (_, user) = rest.split_once("/unlock/").filter(|_| call.op.writes())?;
    let mut event = call.change(Action::Reactivated, "user_unlocked");
    event.set_label(Label::DisplayName, Some(Text::owned(user.to_owned()).cut(FIELD_BYTES_MAX)));
    Some(event)
}
