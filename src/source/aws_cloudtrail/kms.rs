//! KMS keys: their life, their rotation, and every use of them.
//!
//! A key is named by its ARN, which `resources` holds whatever a request called it; an id alone is completed
//! with the region and the account, an alias without `resources` names nothing. Most uses are made by a
//! service in somebody's name: the caller's credential is not shown then, the key was used all the same.
//!
//! Entries: <https://docs.aws.amazon.com/kms/latest/developerguide/understanding-kms-entries.html>

use serde::Deserialize;

use super::arn::{self, Arn};
use super::call::Call;
use super::dates::Date;
use super::tags::{self, TagKeys, Tags};
use crate::event::{Action, Credential, Event, Label, Name, Outcome, Target};
use crate::kind::Kind;
use crate::source::json::{Lenient, Object};
use crate::text::Text;

/// What each call does to the key it names, and what is to be said with it.
const CALLS: &[(&str, Action, Option<&str>)] = &[
    // The key stays disabled until it is enabled again.
    ("CancelKeyDeletion", Action::Modified, Some("deletion_cancelled")),
    ("CreateGrant", Action::GrantStarted, None),
    ("CreateKey", Action::Issued, None),
    ("DeleteImportedKeyMaterial", Action::Deactivated, None),
    ("DeleteKey", Action::Revoked, None),
    ("DisableKey", Action::Deactivated, None),
    ("DisableKeyRotation", Action::Modified, Some("rotation_disabled")),
    ("EnableKey", Action::Reactivated, None),
    ("EnableKeyRotation", Action::Modified, Some("rotation_enabled")),
    // A key without material waits for it, and works from here on.
    ("ImportKeyMaterial", Action::Reactivated, Some("material_imported")),
    ("PutKeyPolicy", Action::PrivilegeChanged, None),
    ("ReplicateKey", Action::Issued, None),
    ("RetireGrant", Action::GrantEnded, None),
    ("RevokeGrant", Action::GrantEnded, None),
    ("RotateKey", Action::Rotated, None),
    ("RotateKeyOnDemand", Action::Modified, Some("rotation_requested")),
    ("ScheduleKeyDeletion", Action::Deactivated, None),
];

/// Calls that put a key to work.
const USES: &[&str] = &[
    "Decrypt",
    "DeriveSharedSecret",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateMac",
    "ReEncrypt",
    "Sign",
    "Verify",
    "VerifyMac",
];

/// Codes of a call that found its key disabled, waiting for its deletion, or without material.
///
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html>
const SWITCHED_OFF: &[&str] = &["DisabledException", "KMSInvalidStateException"];

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Request<'a> {
    #[serde(borrow)]
    key_id: Lenient<Text<'a>>,
    /// When imported material ends.
    valid_to: Lenient<Date>,
    #[serde(borrow)]
    grantee_principal: Lenient<Text<'a>>,
    #[serde(borrow)]
    tags: Tags<'a>,
    #[serde(borrow)]
    tag_keys: TagKeys<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Response<'a> {
    #[serde(borrow, alias = "replicaKeyMetadata")]
    key_metadata: Object<Named<'a>>,
    #[serde(borrow)]
    key_id: Lenient<Text<'a>>,
    deletion_date: Lenient<Date>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Named<'a> {
    #[serde(borrow)]
    arn: Lenient<Text<'a>>,
    #[serde(borrow)]
    key_id: Lenient<Text<'a>>,
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let uses = USES.contains(&call.name());
    if uses && call.failed_with(SWITCHED_OFF) {
        events.extend(keys(call).into_iter().map(|key| refused(call, key)));
        return;
    }
    if !call.succeeded() {
        return;
    }
    if uses {
        events.extend(keys(call).into_iter().map(|key| about(call, Action::Used, key)));
        return;
    }
    let request: Request<'_> = call.request();
    let act = match call.name() {
        "TagResource" if tags::owner(&request.tags).is_some() => Some((Action::OwnerChanged, None)),
        "UntagResource" if tags::has_owner_key(&request.tag_keys) => Some((Action::OwnerChanged, None)),
        name => CALLS.iter().find(|(call, ..)| *call == name).map(|(_, action, note)| (*action, *note)),
    };
    if let Some((action, note)) = act {
        events.extend(changed(call, action, note, &request));
    }
}

fn changed<'a>(
    call: &Call<'a, '_>,
    action: Action,
    note: Option<&'static str>,
    request: &Request<'a>,
) -> Option<Event<'a>> {
    let response: Response<'_> = call.response();
    let key = made(&response).or_else(|| keys(call).into_iter().next())?;
    let mut event = about(call, action, key);
    event.expires_at = response.deletion_date.0.or(request.valid_to.0).map(|date| date.0);
    // To whom a right is lent is not who holds the key.
    event.set_label(Label::Role, request.grantee_principal.0.clone());
    event.set_label(Label::Owner, tags::owner(&request.tags));
    event.set_label(Label::Note, note.map(Text::borrowed));
    Some(event)
}

/// Somebody still needs a key that was switched off: the last warning before it is gone.
fn refused<'a>(call: &Call<'a, '_>, key: Text<'a>) -> Event<'a> {
    let mut event = about(call, Action::Denied, key);
    event.outcome = Outcome::Refused;
    event
}

fn about<'a>(call: &Call<'a, '_>, action: Action, key: Text<'a>) -> Event<'a> {
    let realm = call.owner_realm(Some(&key));
    call.event(action, realm, Target::Credential(Credential::new(Kind::AwsKmsKey, Name::id(key))))
}

/// The ARN of a key that came into being. A replica stands in `resources` beside the key it was made of.
fn made<'a>(response: &Response<'a>) -> Option<Text<'a>> {
    response.key_metadata.0.arn.0.clone()
}

/// The keys of a call: two of them where one text was moved from key to key.
fn keys<'a>(call: &Call<'a, '_>) -> Vec<Text<'a>> {
    let mut keys: Vec<Text<'_>> = call.resource_arns().into_iter().filter(|arn| is_key(arn)).collect();
    keys.dedup();
    if keys.is_empty() {
        let response: Response<'_> = call.response();
        let named = [
            response.key_metadata.0.key_id.0,
            response.key_id.0,
            call.request::<Request<'_>>().key_id.0,
            call.details::<Named<'_>>().key_id.0,
        ];
        keys.extend(named.into_iter().flatten().find_map(|text| completed(call, text)));
    }
    keys
}

fn is_key(arn: &str) -> bool {
    Arn::parse(arn).is_some_and(|arn| arn.resource.starts_with("key/"))
}

/// The ARN of the key that `text` names by its ARN or its id; none where it is an alias.
fn completed<'a>(call: &Call<'a, '_>, text: Text<'a>) -> Option<Text<'a>> {
    if is_key(&text) {
        return Some(text);
    }
    let id = text.strip_prefix("mrk-").unwrap_or(&text);
    let shape = (32..=36).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let account = call.caller.account.as_deref().filter(|account| shape && arn::is_account(account))?;
    let (partition, region) = (&call.caller.partition, call.region()?);
    Some(Text::owned(format!("arn:{partition}:kms:{region}:{account}:key/{text}")))
}
