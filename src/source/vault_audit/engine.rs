//! Engines that lease credentials of other systems: databases, clouds, directories, brokers.
//!
//! They share one vocabulary: `creds/` leases, static roles whose password Vault rotates, and a root
//! credential the engine itself works with.

use serde::Deserialize;

use super::call::{Call, Op};
use super::lease;
use crate::event::{Action, Credential, Event, Label, Name};
use crate::kind::Kind;
use crate::origin::EventId;
use crate::source::json::{Lenient, Present};
use crate::text::Text;
use crate::time::EventTime;

pub fn read<'a>(call: &Call<'a>, events: &mut Vec<Event<'a>>) {
    let parts = call.parts();
    match parts.as_slice() {
        ["static-roles" | "static-role", ..] => events.extend(static_role(call, &parts)),
        ["static-creds" | "static-cred", ..] if call.op == Op::Read => static_read(call, events),
        ["rotate-role", ..] if call.op.writes() => {
            events.push(call.about(Action::Rotated, static_named(call, &parts)));
        }
        ["roleset" | "static-account", .., "rotate" | "rotate-key"] if call.op.writes() => {
            let kept = parts.split_last().map(|(_, kept)| kept.join("/")).unwrap_or_default();
            events.push(call.about(Action::Rotated, of_static_role(call, &kept)));
        }
        ["token", _] | ["roleset" | "static-account" | "impersonated-account", _, "token"]
            if call.mount_type() == "gcp" =>
        {
            lease::unleased(call, "oauth2_access_token", events);
        }
        ["library", rest @ ..] => events.extend(library(call, rest)),
        ["config" | "rotate-root" | "reset", ..] => events.extend(root(call, &parts)),
        _ => {}
    }
    lease::issued(call, None, events);
}

fn of_static_role<'a>(call: &Call<'a>, tail: &str) -> Credential<'a> {
    Credential::new(Kind::VaultStaticRole, Name::id(call.under_mount(tail)))
}

/// A static role by its name, whichever of its paths was called.
fn static_named<'a>(call: &Call<'a>, parts: &[&str]) -> Credential<'a> {
    let name = parts.get(1..).unwrap_or_default().join("/");
    of_static_role(call, &format!("static-roles/{name}"))
}

fn static_role<'a>(call: &Call<'a>, parts: &[&str]) -> Option<Event<'a>> {
    let action = match call.op {
        Op::Create => Action::Issued,
        Op::Update | Op::Patch => Action::Modified,
        Op::Delete => Action::Revoked,
        Op::Read | Op::Other => return None,
    };
    Some(call.about(action, static_named(call, parts)))
}

#[derive(Debug, Default, Deserialize)]
struct StaticCreds<'a> {
    #[serde(borrow, default)]
    last_vault_rotation: Lenient<Text<'a>>,
}

/// The reading of a static password. Rotations by schedule are not audited; the answer tells of the last one.
fn static_read<'a>(call: &Call<'a>, events: &mut Vec<Event<'a>>) {
    let role = static_named(call, &call.parts());
    let given: StaticCreds<'a> = call.given();
    if let Some(at) = given.last_vault_rotation.0.as_deref().and_then(EventTime::parse) {
        let mut event = call.about(Action::Rotated, role.clone());
        // The same rotation, whoever reads of it and how often.
        event.id = EventId::digest(format!("{}\0{}\0{at}", call.realm(), role.name.text).as_bytes());
        event.at = at;
        event.actor = None;
        event.set_label(Label::Note, Some(Text::borrowed("seen_on_read")));
        events.push(event);
    }
    events.push(call.about(Action::SecretRead, role));
}

/// A set of accounts of a directory: one is lent, and gets a new password when it is given back.
fn library<'a>(call: &Call<'a>, rest: &[&str]) -> Option<Event<'a>> {
    let rest = rest.strip_prefix(&["manage"]).unwrap_or(rest);
    let (set, action) = match (rest, call.op) {
        ([set @ .., "check-out"], op) if op.writes() => (set, Action::SecretRead),
        ([set @ .., "check-in"], op) if op.writes() => (set, Action::Rotated),
        ([.., "status"], _) | (_, Op::Read | Op::Other) => return None,
        (set, Op::Create) => (set, Action::Issued),
        (set, Op::Update | Op::Patch) => (set, Action::Modified),
        (set, Op::Delete) => (set, Action::Revoked),
    };
    Some(call.about(action, of_static_role(call, &format!("library/{}", set.join("/")))))
}

#[derive(Debug, Default, Deserialize)]
struct Material {
    #[serde(default)]
    password: Lenient<Present>,
    #[serde(default)]
    bindpass: Lenient<Present>,
    #[serde(default)]
    secret_key: Lenient<Present>,
    #[serde(default)]
    client_secret: Lenient<Present>,
    #[serde(default)]
    credentials: Lenient<Present>,
    #[serde(default)]
    token: Lenient<Present>,
}

impl Material {
    fn is_present(&self) -> bool {
        let fields = [
            self.password.0,
            self.bindpass.0,
            self.secret_key.0,
            self.client_secret.0,
            self.credentials.0,
            self.token.0,
        ];
        fields.iter().any(Option::is_some)
    }
}

/// The credential an engine itself works with, named by the path of its configuration.
fn root<'a>(call: &Call<'a>, parts: &[&str]) -> Option<Event<'a>> {
    let is_aws = call.mount_type() == "aws";
    let (id, action) = match (parts, call.op) {
        (["rotate-root"], op) if op.writes() => ("config".to_owned(), Action::Rotated),
        (["rotate-root", name @ ..], op) if op.writes() => {
            (format!("config/{}", name.join("/")), Action::Rotated)
        }
        (["config", "rotate-root"], op) if op.writes() && is_aws => {
            ("config/root".to_owned(), Action::Rotated)
        }
        (["config", "rotate-root"], op) if op.writes() => ("config".to_owned(), Action::Rotated),
        (["reset", name @ ..], op) if op.writes() => (format!("config/{}", name.join("/")), Action::Modified),
        (["config", ..], op) if op.writes() => (parts.join("/"), configured(call)?),
        (["config", ..], Op::Delete) => (parts.join("/"), Action::Revoked),
        _ => return None,
    };
    let credential = Credential::new(Kind::VaultRootCredential, Name::id(call.under_mount(&id)));
    Some(call.about(action, credential))
}

/// What a write of a configuration does to its credential; `None` where it holds none.
fn configured(call: &Call<'_>) -> Option<Action> {
    let sent: Material = call.sent();
    match (sent.is_present(), call.op) {
        (true, Op::Create) => Some(Action::Issued),
        (true, _) => Some(Action::Rotated),
        (false, Op::Create) if call.mount_type() == "database" => Some(Action::Issued),
        (false, _) => (call.mount_type() == "database").then_some(Action::Modified),
    }
}
