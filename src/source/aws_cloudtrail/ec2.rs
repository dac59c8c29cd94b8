//! EC2 key pairs, and what else of EC2 is told elsewhere. `keyMaterial` is not read; the use of a key pair
//! never shows in this log.
//!
//! The id is `key-...`. Old records have only the name, which is unique in a region: `REGION/NAME` is an
//! alias, and the id where nothing better is known.

use serde::Deserialize;

use super::call::Call;
use super::{instances, trail};
use crate::event::{Action, Credential, Event, Name, Target};
use crate::kind::Kind;
use crate::source::json::Lenient;
use crate::text::Text;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct KeyPair<'a> {
    #[serde(borrow)]
    key_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    key_pair_id: Lenient<Text<'a>>,
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let action = match call.name() {
        "CreateKeyPair" | "ImportKeyPair" => Action::Issued,
        "DeleteKeyPair" => Action::Revoked,
        "GetPasswordData" if call.succeeded() => return events.extend(instances::password_read(call)),
        _ => return trail::read(call, events),
    };
    if call.succeeded() {
        events.extend(key_pair(call, action));
    }
}

fn key_pair<'a>(call: &Call<'a, '_>, action: Action) -> Option<Event<'a>> {
    let request: KeyPair<'_> = call.request();
    let response: KeyPair<'_> = call.response();
    let id = response.key_pair_id.0.or(request.key_pair_id.0).map(Name::id);
    let name = response.key_name.0.or(request.key_name.0).map(|name| Name::id(call.regional(&name)));
    let credential = match id {
        Some(id) => Credential::new(Kind::AwsKeyPair, id).alias(name),
        None => Credential::new(Kind::AwsKeyPair, name?),
    };
    Some(call.event(action, call.owner_realm(None), Target::Credential(credential)))
}
