//! Secret Manager: secrets, their versions, and who read them.
//!
//! Payloads are never read. A version asked for as `latest` or by an alias is whichever it was then, so such
//! a read is of no version.

use serde::Deserialize;

use super::call::Call;
use super::moment::Moment;
use super::scope::{is_number, segment};
use crate::event::{Action, Credential, Event, Label, Name};
use crate::kind::Kind;
use crate::source::json::{Lenient, Object};
use crate::text::Text;

const METHODS: &[(&str, Action)] = &[
    ("AccessSecretVersion", Action::SecretRead),
    ("AddSecretVersion", Action::Rotated),
    ("CreateSecret", Action::Issued),
    ("DeleteSecret", Action::Revoked),
    ("DestroySecretVersion", Action::Revoked),
    ("DisableSecretVersion", Action::Deactivated),
    ("EnableManagedRotation", Action::Modified),
    ("EnableSecretVersion", Action::Reactivated),
    ("RotateSecret", Action::Rotated),
    ("UpdateSecret", Action::Modified),
];

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Request<'a> {
    #[serde(borrow)]
    name: Lenient<Text<'a>>,
    #[serde(borrow)]
    secret: Object<Secret<'a>>,
    #[serde(borrow)]
    update_mask: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Secret<'a> {
    #[serde(borrow)]
    name: Lenient<Text<'a>>,
    #[serde(borrow)]
    labels: Object<SecretLabels<'a>>,
    #[serde(alias = "expireTime")]
    expire_time: Lenient<Moment>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SecretLabels<'a> {
    #[serde(borrow)]
    owner: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Response<'a> {
    #[serde(borrow)]
    name: Lenient<Text<'a>>,
    #[serde(alias = "expireTime")]
    expire_time: Lenient<Moment>,
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let Some(action) = call.row(METHODS) else { return };
    let (request, response): (Request<'_>, Response<'_>) = (call.request(), call.response());
    let names = [
        response.name.0.as_deref(),
        request.name.0.as_deref(),
        request.secret.0.name.0.as_deref(),
        call.resource_name(),
    ];
    let Some((name, credential)) =
        names.into_iter().flatten().find_map(|name| Some((name, credential(name)?)))
    else {
        return;
    };
    let owner = request.secret.0.labels.0.owner.0.clone();
    let action = refined(action, &credential, &request, owner.is_some());
    let mut event = call.about(action, call.realm_of(name), credential);
    if matches!(action, Action::Issued | Action::Modified | Action::OwnerChanged | Action::Renewed) {
        let stated = response.expire_time.0.or(request.secret.0.expire_time.0);
        event.expires_at = stated.map(|moment| moment.0);
        event.set_label(Label::Owner, owner);
    }
    events.push(event);
}

/// The first version of a secret is its issue; labels that name an owner change the owner, and another end
/// renews it.
fn refined(action: Action, credential: &Credential<'_>, request: &Request<'_>, owned: bool) -> Action {
    let mask = request.update_mask.0.as_deref().unwrap_or_default();
    let labels = mask.contains("labels");
    let end = mask.contains("expire") || mask.contains("ttl");
    let modified = action == Action::Modified;
    if action == Action::Rotated && credential.version.as_deref() == Some("1") {
        Action::Issued
    } else if modified && labels && owned {
        Action::OwnerChanged
    } else if modified && end {
        Action::Renewed
    } else {
        action
    }
}

/// The secret, and the version, of a resource name. Secrets of one region are kept apart from the others.
pub(super) fn credential<'a>(name: &str) -> Option<Credential<'a>> {
    let secret = segment(name, "secrets")?;
    let id = match segment(name, "locations") {
        Some(location) => format!("locations/{location}/secrets/{secret}"),
        None => secret.to_owned(),
    };
    let version = segment(name, "versions").filter(|version| is_number(version));
    let version = version.map(|version| Text::owned(version.to_owned()));
    Some(Credential::new(Kind::GcpSecret, Name::id(id)).version(version))
}
