//! Keys of service accounts: made, uploaded, switched, deleted, and found exposed.

use serde::Deserialize;

use super::account::Account;
use super::call::Call;
use super::moment::{Moment, Seconds, either};
use crate::event::{Action, Event, Target};
use crate::source::json::{Lenient, Object};
use crate::text::Text;

const METHODS: &[(&str, Action)] = &[
    ("CreateServiceAccountKey", Action::Issued),
    ("DeleteServiceAccountKey", Action::Revoked),
    ("DisableServiceAccountKey", Action::Deactivated),
    ("EnableServiceAccountKey", Action::Reactivated),
    ("UploadServiceAccountKey", Action::Issued),
];

/// Whom Google disables exposed keys as.
const RESPONDER: &str = "gcp-compromised-key-response@system.gserviceaccount.com";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Request<'a> {
    #[serde(borrow)]
    name: Lenient<Text<'a>>,
    #[serde(borrow)]
    service_account_key_disable_reason: Lenient<Text<'a>>,
    #[serde(borrow, rename = "serviceAccountKeyDisableReason")]
    disable_reason_camel: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Response<'a> {
    #[serde(borrow)]
    name: Lenient<Text<'a>>,
    valid_before_time: Object<Seconds>,
    #[serde(rename = "validBeforeTime")]
    valid_before_camel: Lenient<Moment>,
    #[serde(borrow)]
    disable_reason: Lenient<Text<'a>>,
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let Some(action) = call.row(METHODS) else { return };
    let (request, response): (Request<'_>, Response<'_>) = (call.request(), call.response());
    let name = call.account_name(&[response.name.0.as_deref(), request.name.0.as_deref()]);
    let Some(account) = Account::of(call, name) else { return };
    let Some(key) = name.and_then(|name| account.key(name.key?)) else {
        // Refused before a key was made: only whose it would have been is known.
        let mut event = call.event(action, account.realm.clone(), Target::None);
        event.principal = account.principal();
        events.push(event);
        return;
    };
    let about = |action| {
        let mut event = call.about(action, account.realm.clone(), key.clone());
        event.principal = account.principal();
        event
    };
    let mut event = about(action);
    if action == Action::Issued {
        event.expires_at = either(&response.valid_before_time, &response.valid_before_camel);
    }
    events.push(event);
    if action == Action::Deactivated && tells_of_exposure(call, &request, &response) {
        events.push(about(Action::Exposed));
    }
}

/// Whether a key was disabled because it was seen where it should not be.
fn tells_of_exposure(call: &Call<'_, '_>, request: &Request<'_>, response: &Response<'_>) -> bool {
    let reasons = [
        &request.service_account_key_disable_reason,
        &request.disable_reason_camel,
        &response.disable_reason,
    ];
    let stated = |reason: &str| reason.ends_with("_EXPOSED") || reason.ends_with("_COMPROMISE_DETECTED");
    reasons.into_iter().any(|reason| reason.0.as_deref().is_some_and(stated))
        || call.caller.principal.as_deref() == Some(RESPONDER)
}
