//! Certificates, by serial number. Their use never shows; their end is stated at the issue.

use serde::Deserialize;

use super::call::{Call, Op};
use super::{caller, handle, lease};
use crate::event::{Action, Credential, Event, Label};
use crate::kind::Kind;
use crate::limits::FIELD_BYTES_MAX;
use crate::source::json::Lenient;
use crate::text::Text;
use crate::time::EventTime;

/// A certificate as requests and answers show it: the serial number in clear or hashed, the text always
/// veiled.
#[derive(Debug, Default, Deserialize)]
struct Fields<'a> {
    #[serde(borrow, default)]
    serial_number: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    certificate: Lenient<Text<'a>>,
    /// Seconds since 1970, in clear on every device.
    #[serde(default)]
    expiration: Lenient<i64>,
}

pub fn read<'a>(call: &Call<'a>, events: &mut Vec<Event<'a>>) {
    let parts = call.parts();
    if let Some(note) = authority(&parts, call.op) {
        events.push(call.change(Action::TrustChanged, note));
    } else if call.op.writes() {
        match parts.as_slice() {
            ["revoke" | "revoke-with-key"] => events.extend(about(call, Action::Revoked, &call.sent())),
            ["issuer", _, "revoke"] => events.extend(about(call, Action::Revoked, &call.given())),
            ["intermediate", "set-signed"] => events.extend(about(call, Action::Modified, &call.sent())),
            _ if parts.iter().any(|part| issues(part)) => events.extend(issued(call, &parts)),
            _ => {}
        }
    }
    lease::issued(call, None, events);
}

/// What a call does to the authorities of the mount themselves.
fn authority(parts: &[&str], op: Op) -> Option<&'static str> {
    match (parts, op) {
        (["root"], Op::Delete) => Some("root_deleted"),
        (["issuer", _], Op::Delete) => Some("issuer_deleted"),
        (["root", "replace"] | ["config", "issuers"], op) if op.writes() => Some("default_issuer_changed"),
        (["issuers" | "keys", "import", ..] | ["config", "ca"] | ["bundle", "import"], op) if op.writes() => {
            Some("authority_imported")
        }
        _ => None,
    }
}

/// Words in the paths of everything that answers with a new certificate.
fn issues(part: &str) -> bool {
    matches!(part, "issue" | "generate" | "rotate") || part.starts_with("sign")
}

fn credential<'a>(call: &Call<'a>, shown: &Fields<'a>) -> Option<Credential<'a>> {
    let serial = shown.serial_number.0.as_ref().map(handle::clear);
    let text = shown.certificate.0.as_ref().map(|text| call.veiled(text));
    caller::named(Kind::VaultCertificate, [serial, text])
}

fn about<'a>(call: &Call<'a>, action: Action, shown: &Fields<'a>) -> Option<Event<'a>> {
    Some(call.about(action, credential(call, shown)?))
}

/// A certificate outlives the token that asked for it, so it has no parent.
fn issued<'a>(call: &Call<'a>, parts: &[&str]) -> Option<Event<'a>> {
    let given: Fields<'a> = call.given();
    given.serial_number.0.as_ref()?;
    let mut event = about(call, Action::Issued, &given)?;
    event.expires_at = given.expiration.0.and_then(EventTime::from_seconds);
    event.principal.clone_from(&event.actor);
    event.place = Some(call.full_path());
    let by_role = |part: &&str| matches!(*part, "issue" | "sign" | "sign-verbatim");
    let role = parts.iter().position(by_role).and_then(|at| parts.get(at + 1));
    event.set_label(Label::Role, role.map(|role| Text::owned((*role).to_owned()).cut(FIELD_BYTES_MAX)));
    Some(event)
}
