//! HMAC keys of Cloud Storage. The secret is never in the log, and a request that is signed with an HMAC key
//! does not name it.

use serde::Deserialize;

use super::call::Call;
use super::scope::segment;
use crate::event::{Action, Credential, Event, Name};
use crate::kind::Kind;
use crate::source::json::{Lenient, Object};
use crate::text::Text;

const METHODS: &[(&str, Action)] = &[
    ("hmacKeys.create", Action::Issued),
    ("hmacKeys.delete", Action::Revoked),
    ("hmacKeys.update", Action::Modified),
];

/// A request or a response: what it says of a key stands in it, or in its `metadata`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Stated<'a> {
    #[serde(borrow)]
    access_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    service_account_email: Lenient<Text<'a>>,
    #[serde(borrow)]
    state: Lenient<Text<'a>>,
    #[serde(borrow)]
    metadata: Object<Metadata<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata<'a> {
    #[serde(borrow)]
    access_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    service_account_email: Lenient<Text<'a>>,
    #[serde(borrow)]
    state: Lenient<Text<'a>>,
}

impl<'a> Stated<'a> {
    fn flat(self) -> Metadata<'a> {
        let inner = self.metadata.0;
        Metadata {
            access_id: Lenient(self.access_id.0.or(inner.access_id.0)),
            service_account_email: Lenient(self.service_account_email.0.or(inner.service_account_email.0)),
            state: Lenient(self.state.0.or(inner.state.0)),
        }
    }
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let Some(action) = call.row(METHODS) else { return };
    let (request, response) = (call.request::<Stated<'_>>().flat(), call.response::<Stated<'_>>().flat());
    let resource = call.resource_name().unwrap_or_default();
    let named =
        segment(resource, "hmacKeys").filter(|id| is_access_id(id)).map(|id| Text::owned(id.to_owned()));
    let stated = response.access_id.0.or(request.access_id.0).filter(|id| is_access_id(id));
    let Some(id) = named.or(stated) else { return };
    let action = match (action, request.state.0.or(response.state.0).as_deref()) {
        (Action::Modified, Some("ACTIVE")) => Action::Reactivated,
        (Action::Modified, Some("INACTIVE")) => Action::Deactivated,
        (Action::Modified, Some("DELETED")) => Action::Revoked,
        (action, _) => action,
    };
    let credential = Credential::new(Kind::GcpHmacKey, Name::id(id));
    let mut event = call.about(action, call.realm_of(resource), credential);
    event.principal = response.service_account_email.0.or(request.service_account_email.0);
    events.push(event);
}

/// Access ids begin with `GOOG1`. What else stands there is no name of a key.
fn is_access_id(text: &str) -> bool {
    text.starts_with("GOOG") && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}
