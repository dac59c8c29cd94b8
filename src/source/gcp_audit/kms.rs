//! Cloud KMS: keys, their versions, and their use. Key material never leaves the service.

use serde::Deserialize;

use super::call::Call;
use super::scope::{is_number, segment};
use crate::event::{Action, Credential, Event, Label, Name};
use crate::kind::Kind;
use crate::source::json::{Lenient, Object};
use crate::text::Text;

const METHODS: &[(&str, Action)] = &[
    ("AsymmetricDecrypt", Action::Used),
    ("AsymmetricSign", Action::Used),
    ("CreateCryptoKey", Action::Issued),
    ("CreateCryptoKeyVersion", Action::Rotated),
    ("Decapsulate", Action::Used),
    ("Decrypt", Action::Used),
    ("DestroyCryptoKeyVersion", Action::Deactivated),
    ("Encrypt", Action::Used),
    ("ImportCryptoKeyVersion", Action::Rotated),
    ("MacSign", Action::Used),
    ("MacVerify", Action::Used),
    ("RawDecrypt", Action::Used),
    ("RawEncrypt", Action::Used),
    ("RestoreCryptoKeyVersion", Action::Reactivated),
    ("UpdateCryptoKey", Action::Modified),
    ("UpdateCryptoKeyPrimaryVersion", Action::Rotated),
    ("UpdateCryptoKeyVersion", Action::Modified),
];

/// Of a symmetric key only the primary version encrypts: making another changes nothing yet.
const SYMMETRIC: &str = "GOOGLE_SYMMETRIC_ENCRYPTION";

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Request<'a> {
    #[serde(borrow)]
    crypto_key_version: Object<Version<'a>>,
    #[serde(borrow)]
    crypto_key_version_id: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Version<'a> {
    #[serde(borrow)]
    state: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Response<'a> {
    #[serde(borrow)]
    name: Lenient<Text<'a>>,
    #[serde(borrow)]
    algorithm: Lenient<Text<'a>>,
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let Some(action) = call.row(METHODS) else { return };
    let (request, response): (Request<'_>, Response<'_>) = (call.request(), call.response());
    let names = [response.name.0.as_deref(), call.resource_name()];
    let found = names.into_iter().flatten().find_map(|name| Some((name, credential(name)?)));
    let Some((name, mut key)) = found else { return };
    if let Some(version) = request.crypto_key_version_id.0.clone().filter(|version| is_number(version)) {
        key.version = Some(version);
    }
    let (action, note) = refined(call, action, &request, &response);
    let mut event = call.about(action, call.realm_of(name), key);
    event.set_label(Label::Note, note.map(Text::borrowed));
    events.push(event);
}

fn refined(
    call: &Call<'_, '_>,
    action: Action,
    request: &Request<'_>,
    response: &Response<'_>,
) -> (Action, Option<&'static str>) {
    let state = request.crypto_key_version.0.state.0.as_deref();
    let symmetric = response.algorithm.0.as_deref().is_none_or(|algorithm| algorithm == SYMMETRIC);
    let promoted = call.row(PRIMARY).is_some();
    match (action, state) {
        (Action::Used, _) => (call.outcome.action_of_use(), None),
        (Action::Modified, Some("ENABLED")) => (Action::Reactivated, None),
        (Action::Modified, Some("DISABLED")) => (Action::Deactivated, None),
        // It can be taken back until the period of grace is over.
        (Action::Deactivated, _) => (Action::Deactivated, Some("destruction_scheduled")),
        (Action::Rotated, _) if symmetric && !promoted => (Action::Modified, Some("version_is_not_primary")),
        (action, _) => (action, None),
    }
}

const PRIMARY: &[(&str, ())] = &[("UpdateCryptoKeyPrimaryVersion", ())];

/// The key, and the version, of a resource name.
pub(super) fn credential<'a>(name: &str) -> Option<Credential<'a>> {
    let (location, ring) = (segment(name, "locations")?, segment(name, "keyRings")?);
    let key = segment(name, "cryptoKeys")?;
    let id = format!("locations/{location}/keyRings/{ring}/cryptoKeys/{key}");
    let version = segment(name, "cryptoKeyVersions").filter(|version| is_number(version));
    let version = version.map(|version| Text::owned(version.to_owned()));
    Some(Credential::new(Kind::GcpKmsKey, Name::id(id)).version(version))
}
