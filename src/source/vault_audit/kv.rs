//! Key-value secrets, with versions (v2) and without (v1, `generic`).
//!
//! What is seen is who read and who wrote, never a value.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::call::{Call, Op};
use crate::event::{Action, Credential, Event, Label, Name};
use crate::kind::Kind;
use crate::source::json::{Lenient, List, Object, Scalar};
use crate::text::Text;

/// Most versions taken from one call that names several.
const VERSIONS_MAX: usize = 32;

pub fn read<'a>(call: &Call<'a>, events: &mut Vec<Event<'a>>) {
    let (area, path) = call.tail().split_once('/').unwrap_or((call.tail(), ""));
    match area {
        "data" => data(call, path, events),
        "delete" => versions(call, path, Action::Deactivated, events),
        "undelete" => versions(call, path, Action::Reactivated, events),
        "destroy" => versions(call, path, Action::Revoked, events),
        "metadata" => metadata(call, path, events),
        "subkeys" | "detailed-metadata" => {}
        "config" if path.is_empty() => {}
        _ => read_unversioned(call, events),
    }
}

/// Secrets without versions: a write replaces the value.
pub fn read_unversioned<'a>(call: &Call<'a>, events: &mut Vec<Event<'a>>) {
    let action = match call.op {
        Op::Create => Action::Issued,
        Op::Update | Op::Patch => Action::Rotated,
        Op::Read if call.response.data.is_some() || is_wrapped(call) => Action::SecretRead,
        Op::Delete => Action::Revoked,
        Op::Read | Op::Other => return,
    };
    events.push(call.about(action, secret(call, call.tail())));
}

fn secret<'a>(call: &Call<'a>, path: &str) -> Credential<'a> {
    Credential::new(Kind::VaultKvSecret, Name::id(call.under_mount(path)))
}

/// A read whose answer was wrapped: the value went out, its version does not show.
fn is_wrapped(call: &Call<'_>) -> bool {
    call.response.wrap_info.0.is_present()
}

#[derive(Debug, Default, Deserialize)]
struct Given<'a> {
    /// The secret itself: looked at only for being there.
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    #[serde(default)]
    metadata: Object<VersionOf>,
    #[serde(default)]
    version: Lenient<i64>,
}

#[derive(Debug, Default, Deserialize)]
struct VersionOf {
    #[serde(default)]
    version: Lenient<i64>,
}

fn data<'a>(call: &Call<'a>, path: &str, events: &mut Vec<Event<'a>>) {
    let given: Given<'a> = call.given();
    let (action, version) = match call.op {
        Op::Create | Op::Update | Op::Patch if given.version.0 == Some(1) => (Action::Issued, Some(1)),
        Op::Create | Op::Update | Op::Patch => (Action::Rotated, given.version.0),
        Op::Read if given.data.is_some() || is_wrapped(call) => {
            (Action::SecretRead, given.metadata.0.version.0)
        }
        Op::Delete => (Action::Deactivated, None),
        Op::Read | Op::Other => return,
    };
    let version = version.map(|number| Text::owned(number.to_string()));
    events.push(call.about(action, secret(call, path).version(version)));
}

fn metadata<'a>(call: &Call<'a>, path: &str, events: &mut Vec<Event<'a>>) {
    match call.op {
        Op::Delete => events.push(call.about(Action::Revoked, secret(call, path))),
        Op::Create | Op::Update | Op::Patch => events.push(call.about(Action::Modified, secret(call, path))),
        Op::Read | Op::Other => {}
    }
}

/// The number of a version, written as a number or as text.
#[derive(Debug, Clone, Copy)]
struct VersionNumber(i64);

impl Scalar<'_> for VersionNumber {
    fn from_i64(value: i64) -> Option<Self> {
        Some(Self(value))
    }

    fn from_borrowed(text: &str) -> Option<Self> {
        Self::from_text(text)
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

#[derive(Debug, Default, Deserialize)]
struct Versions {
    #[serde(default)]
    versions: List<Lenient<VersionNumber>, VERSIONS_MAX>,
}

/// An act on named versions. Vault hashed their numbers in requests for a long time; then it is known that
/// some version changed, not which.
fn versions<'a>(call: &Call<'a>, path: &str, action: Action, events: &mut Vec<Event<'a>>) {
    if !call.op.writes() {
        return;
    }
    let sent: Versions = call.sent();
    let known: Vec<_> = sent.versions.0.iter().filter_map(|number| number.0).collect();
    if known.is_empty() {
        let mut event = call.about(Action::Modified, secret(call, path));
        event.set_label(Label::Note, Some(Text::borrowed("versions_unknown")));
        events.push(event);
    }
    for VersionNumber(number) in known {
        let version = Some(Text::owned(number.to_string()));
        events.push(call.about(action, secret(call, path).version(version)));
    }
}
