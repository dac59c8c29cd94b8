//! API keys. The key itself, its restrictions, and any use of it are not in this log. A deleted key can be
//! taken back for thirty days.

use serde::Deserialize;

use super::call::Call;
use super::scope::segment;
use crate::event::{Action, Credential, Event, Name};
use crate::kind::Kind;
use crate::source::json::{Lenient, Object};
use crate::text::Text;

const METHODS: &[(&str, Action)] = &[
    ("CreateKey", Action::Issued),
    ("DeleteKey", Action::Deactivated),
    ("GetKeyString", Action::SecretRead),
    ("UndeleteKey", Action::Reactivated),
    ("UpdateKey", Action::Modified),
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Named<'a> {
    #[serde(borrow)]
    name: Lenient<Text<'a>>,
    /// The unique id, which is also the name where none was chosen.
    #[serde(borrow)]
    uid: Lenient<Text<'a>>,
    #[serde(borrow)]
    key: Object<Key<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Key<'a> {
    #[serde(borrow)]
    name: Lenient<Text<'a>>,
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let Some(action) = call.row(METHODS) else { return };
    let (request, response): (Named<'_>, Named<'_>) = (call.request(), call.response());
    let names = [
        response.name.0.as_deref(),
        request.name.0.as_deref(),
        request.key.0.name.0.as_deref(),
        call.resource_name(),
    ];
    let found = names.into_iter().flatten().find_map(|name| Some((name, segment(name, "keys")?)));
    let Some((name, id)) = found else { return };
    let credential =
        Credential::new(Kind::GcpApiKey, Name::id(id.to_owned())).alias(response.uid.0.clone().map(Name::id));
    events.push(call.about(action, call.realm_of(name), credential));
}
