//! Credentials that IAM keeps: access keys, passwords, service-specific credentials, certificates, SSH keys.
//!
//! A request without `userName` is about the caller's own. Calls that list or look at a credential
//! (`GetAccessKeyLastUsed`) name it in the same members and are no use of it: they are not in the table.

use serde::Deserialize;

use super::call::Call;
use super::dates::Date;
use super::iam;
use super::identity::is_unique_id;
use super::signin::password;
use crate::event::{Action, Credential, Event, Label, Name, Target};
use crate::kind::Kind;
use crate::source::json::{Lenient, Object, Present};
use crate::text::Text;
use crate::time::EventTime;

/// What a call does to the credential it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Issue,
    /// Switched by `status`.
    Switch,
    Rotate,
    /// A new name.
    Rename,
    Revoke,
}

const CALLS: &[(&str, Kind, Act)] = &[
    ("ChangePassword", Kind::AwsConsolePassword, Act::Rotate),
    ("CreateAccessKey", Kind::AwsAccessKey, Act::Issue),
    ("CreateLoginProfile", Kind::AwsConsolePassword, Act::Issue),
    ("CreateServiceSpecificCredential", Kind::AwsServiceSpecificCredential, Act::Issue),
    ("DeleteAccessKey", Kind::AwsAccessKey, Act::Revoke),
    ("DeleteLoginProfile", Kind::AwsConsolePassword, Act::Revoke),
    ("DeleteSSHPublicKey", Kind::AwsSshPublicKey, Act::Revoke),
    ("DeleteServerCertificate", Kind::AwsServerCertificate, Act::Revoke),
    ("DeleteServiceSpecificCredential", Kind::AwsServiceSpecificCredential, Act::Revoke),
    ("DeleteSigningCertificate", Kind::AwsSigningCertificate, Act::Revoke),
    ("ResetServiceSpecificCredential", Kind::AwsServiceSpecificCredential, Act::Rotate),
    ("UpdateAccessKey", Kind::AwsAccessKey, Act::Switch),
    ("UpdateLoginProfile", Kind::AwsConsolePassword, Act::Rotate),
    ("UpdateSSHPublicKey", Kind::AwsSshPublicKey, Act::Switch),
    ("UpdateServerCertificate", Kind::AwsServerCertificate, Act::Rename),
    ("UpdateServiceSpecificCredential", Kind::AwsServiceSpecificCredential, Act::Switch),
    ("UpdateSigningCertificate", Kind::AwsSigningCertificate, Act::Switch),
    ("UploadSSHPublicKey", Kind::AwsSshPublicKey, Act::Issue),
    ("UploadServerCertificate", Kind::AwsServerCertificate, Act::Issue),
    ("UploadSigningCertificate", Kind::AwsSigningCertificate, Act::Issue),
];

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Request<'a> {
    #[serde(borrow)]
    user_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    status: Lenient<Text<'a>>,
    #[serde(
        borrow,
        alias = "accessKeyId",
        alias = "certificateId",
        alias = "sSHPublicKeyId",
        alias = "serviceSpecificCredentialId"
    )]
    id: Lenient<Text<'a>>,
    #[serde(borrow)]
    server_certificate_name: Lenient<Text<'a>>,
    new_server_certificate_name: Lenient<Present>,
    /// How long a service-specific credential was asked to last.
    credential_age_days: Lenient<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Response<'a> {
    #[serde(
        borrow,
        alias = "accessKey",
        alias = "certificate",
        alias = "sSHPublicKey",
        alias = "serverCertificateMetadata",
        alias = "serviceSpecificCredential"
    )]
    made: Object<Made<'a>>,
}

/// A credential as the response describes it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Made<'a> {
    #[serde(
        borrow,
        alias = "accessKeyId",
        alias = "certificateId",
        alias = "sSHPublicKeyId",
        alias = "serverCertificateId",
        alias = "serviceSpecificCredentialId"
    )]
    id: Lenient<Text<'a>>,
    #[serde(borrow)]
    user_name: Lenient<Text<'a>>,
    #[serde(alias = "expirationDate")]
    expiration: Lenient<Date>,
}

pub(super) fn read<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let (_, kind, act) = *CALLS.iter().find(|(name, ..)| *name == call.name())?;
    let request: Request<'_> = call.request();
    let made = call.response::<Response<'_>>().made.0;
    let action = action(act, request.status.0.as_deref());
    let holder = holder(call, kind, &request, &made);
    let expires_at = end(call, act, &request, &made);
    let renames = request.new_server_certificate_name.0.is_some();
    let target = target(call, kind, request, made);
    let note = if target == Target::None { Some("masked_id") } else { renames.then_some("renamed") };
    let mut event = call.event(action, call.caller_realm(), target);
    event.principal = holder;
    event.expires_at = expires_at;
    event.set_label(Label::Note, note.map(Text::borrowed));
    Some(event)
}

/// The end of what was made or made anew, as the answer states it or the request asked for it.
fn end(call: &Call<'_, '_>, act: Act, request: &Request<'_>, made: &Made<'_>) -> Option<EventTime> {
    if !matches!(act, Act::Issue | Act::Rotate) {
        return None;
    }
    let asked = || call.after(request.credential_age_days.0?.checked_mul(86_400)?);
    made.expiration.0.map(|date| date.0).or_else(asked)
}

fn action(act: Act, status: Option<&str>) -> Action {
    match (act, status) {
        (Act::Issue, _) => Action::Issued,
        (Act::Rotate, _) => Action::Rotated,
        (Act::Revoke, _) => Action::Revoked,
        (Act::Switch, Some("Active")) => Action::Reactivated,
        (Act::Switch, Some("Inactive")) => Action::Deactivated,
        (Act::Switch | Act::Rename, _) => Action::Modified,
    }
}

/// The user it belongs to. A server certificate belongs to the account.
fn holder<'a>(call: &Call<'a, '_>, kind: Kind, request: &Request<'a>, made: &Made<'a>) -> Option<Text<'a>> {
    if kind == Kind::AwsServerCertificate {
        return None;
    }
    let answered = made.user_name.0.as_deref().filter(|_| !call.caller.is_root);
    iam::user(call, request.user_name.0.as_deref().or(answered))
}

fn target<'a>(call: &Call<'a, '_>, kind: Kind, request: Request<'a>, made: Made<'a>) -> Target<'a> {
    if kind == Kind::AwsConsolePassword {
        return own_or_named(call, request.user_name.0).map_or(Target::None, password);
    }
    let id = made.id.0.or(request.id.0).filter(|id| is_unique_id(id));
    // Every request names a server certificate by its name; its id stands only in the answer to the upload.
    // A name outlives a certificate: it may be renamed away and its successor uploaded under the old name. So
    // the id is no second name, it says which certificate came to stand under the name; and a new name is
    // not joined to the old one, or the successor would end with the certificate it follows.
    let credential = match request.server_certificate_name.0 {
        Some(name) => Some(Credential::new(kind, Name::id(name)).version(id)),
        None => id.map(|id| Credential::new(kind, Name::id(id))),
    };
    credential.map_or(Target::None, Target::Credential)
}

fn own_or_named<'a>(call: &Call<'a, '_>, named: Option<Text<'a>>) -> Option<Text<'a>> {
    let root = call.caller.is_root.then_some(Text::borrowed("root"));
    named.or_else(|| call.caller.user_name.clone()).or(root)
}
