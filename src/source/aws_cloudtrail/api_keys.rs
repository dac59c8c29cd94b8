//! API keys of API Gateway and AppSync.
//!
//! An API Gateway key has an id and a value, of which only the id is read. The id of an AppSync key *is* the
//! key: it is named by a digest.

use serde::Deserialize;

use super::call::Call;
use super::dates::Date;
use crate::event::{Action, Credential, Event, Name, Target};
use crate::kind::Kind;
use crate::source::json::{Lenient, List, Object};
use crate::source::veil;
use crate::text::Text;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Request<'a> {
    #[serde(borrow)]
    api_key: Lenient<Text<'a>>,
    include_value: Lenient<bool>,
    #[serde(borrow)]
    update_api_key_input: Object<Patch<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Patch<'a> {
    #[serde(borrow)]
    patch_operations: List<Object<Operation<'a>>, 16>,
}

/// One change of a member. The new value is looked at as a switch, and not at all where it is a text.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Operation<'a> {
    #[serde(borrow)]
    path: Lenient<Text<'a>>,
    value: Lenient<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Made<'a> {
    #[serde(borrow)]
    id: Lenient<Text<'a>>,
}

pub(super) fn read_gateway<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if !call.succeeded() {
        return;
    }
    let request: Request<'_> = call.request();
    let action = match call.name() {
        "CreateApiKey" => Action::Issued,
        "GetApiKey" if request.include_value.0 == Some(true) => Action::SecretRead,
        "UpdateApiKey" => patched(&request.update_api_key_input.0),
        "DeleteApiKey" => Action::Revoked,
        _ => return,
    };
    let id = call.response::<Made<'_>>().id.0.or(request.api_key.0);
    events.extend(id.map(|id| about(call, action, Name::id(id))));
}

fn patched(patch: &Patch<'_>) -> Action {
    let switch =
        patch.patch_operations.0.iter().find(|Object(change)| change.path.0.as_deref() == Some("/enabled"));
    match switch.and_then(|Object(change)| change.value.0) {
        Some(true) => Action::Reactivated,
        Some(false) => Action::Deactivated,
        None => Action::Modified,
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct AppSync<'a> {
    #[serde(borrow)]
    api_key: Object<Key<'a>>,
    /// Of the request: which key.
    #[serde(borrow)]
    id: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Key<'a> {
    #[serde(borrow)]
    id: Lenient<Text<'a>>,
    expires: Lenient<Date>,
}

pub(super) fn read_appsync<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let action = match call.name() {
        _ if !call.succeeded() => return,
        "CreateApiKey" => Action::Issued,
        // All that can be changed of a key that works is its end.
        "UpdateApiKey" => Action::Renewed,
        "DeleteApiKey" => Action::Revoked,
        _ => return,
    };
    let made = call.response::<AppSync<'_>>().api_key.0;
    let id = made.id.0.or(call.request::<AppSync<'_>>().id.0).filter(|id| is_shown(id));
    let Some(key) = id else { return };
    let mut event = about(call, action, veil::veiled(&key, &call.owner_realm(None)));
    event.expires_at = made.expires.0.map(|date| date.0);
    events.push(event);
}

/// Whether an id is one, and not the mask that all hidden ones have in common.
fn is_shown(id: &str) -> bool {
    id.len() >= 10 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn about<'a>(call: &Call<'a, '_>, action: Action, name: Name<'a>) -> Event<'a> {
    let credential = Credential::new(Kind::AwsApiKey, name);
    call.event(action, call.owner_realm(None), Target::Credential(credential))
}
