//! IAM Identity Center: sessions of its users, who may enter which account, and the directory behind it.
//!
//! No token shows. A session is named by the id of its token where the caller's identity states one, else by
//! the act that began it. The keys of a role that a user takes are issued by `AssumeRoleWithSAML` in the
//! account of the role: taking them is a use of the session here.
//!
//! <https://docs.aws.amazon.com/singlesignon/latest/userguide/logging-using-cloudtrail.html>

use serde::Deserialize;

use super::arn;
use super::call::Call;
use super::identity::Key;
use crate::event::{Action, Credential, Event, Label, Name, Selector, Target};
use crate::kind::Kind;
use crate::source::json::{Lenient, Object};
use crate::text::Text;

/// Ways to get a token, as the OAuth request writes them: the only values of `grantType` that are passed on.
const GRANT_TYPES: &[(&str, &str)] = &[
    ("authorization_code", "authorization_code"),
    ("refresh_token", "refresh_token"),
    ("urn:ietf:params:oauth:grant-type:device_code", "device_code"),
    ("urn:ietf:params:oauth:grant-type:jwt-bearer", "jwt_bearer"),
    ("urn:ietf:params:oauth:grant-type:token-exchange", "token_exchange"),
];

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Request<'a> {
    #[serde(borrow)]
    grant_type: Lenient<Text<'a>>,
    #[serde(borrow)]
    account_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    role_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    principal_type: Lenient<Text<'a>>,
    #[serde(borrow)]
    principal_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    permission_set_arn: Lenient<Text<'a>>,
    #[serde(borrow)]
    instance_arn: Lenient<Text<'a>>,
    #[serde(borrow)]
    target_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    user_id: Lenient<Text<'a>>,
    #[serde(borrow, alias = "memberId")]
    member: Object<Member<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Member<'a> {
    #[serde(borrow, alias = "userId")]
    member_id: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Response<'a> {
    expires_in: Lenient<i64>,
    #[serde(borrow)]
    user_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    user: Object<User<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct User<'a> {
    #[serde(borrow)]
    user_id: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Details<'a> {
    #[serde(borrow)]
    role_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    account_id: Lenient<Text<'a>>,
}

/// Calls that change what a permission set, or a user of one, may do.
const PRIVILEGE: &[&str] = &[
    "AttachCustomerManagedPolicyReferenceToPermissionSet",
    "AttachManagedPolicyToPermissionSet",
    "CreateAccountAssignment",
    "CreateApplicationAssignment",
    "CreatePermissionSet",
    "DeleteAccountAssignment",
    "DeleteApplicationAssignment",
    "DeleteInlinePolicyFromPermissionSet",
    "DeletePermissionSet",
    "DeletePermissionsBoundaryFromPermissionSet",
    "DetachCustomerManagedPolicyReferenceFromPermissionSet",
    "DetachManagedPolicyFromPermissionSet",
    "PutInlinePolicyToPermissionSet",
    "PutPermissionsBoundaryToPermissionSet",
    "UpdatePermissionSet",
];

/// Calls that change where users come from, or which applications act for them.
const TRUST: &[&str] = &[
    "AssociateDirectory",
    "CreateApplication",
    "CreateTrustedTokenIssuer",
    "DeleteApplicationGrant",
    "DeleteTrustedTokenIssuer",
    "DisassociateDirectory",
    "PutApplicationAccessScope",
    "PutApplicationAuthenticationMethod",
    "PutApplicationGrant",
    "UpdateSsoConfiguration",
    "UpdateTrustedTokenIssuer",
];

/// `sso`, `sso-admin` and `sso-oauth`.
pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if !call.succeeded() {
        return;
    }
    let name = call.name();
    match name {
        "Authenticate" | "CreateToken" | "CreateTokenWithIAM" => events.push(begun(call)),
        "Federate" | "GetRoleCredentials" => role_taken(call, events),
        "Logout" => events.extend(ended(call)),
        _ if PRIVILEGE.contains(&name) => events.push(assigned(call)),
        _ if TRUST.contains(&name) => {
            let instance = call.request::<Request<'_>>().instance_arn.0;
            events.push(call.about(Action::TrustChanged, instance));
        }
        _ => {}
    }
}

/// The session the call was made in.
fn session<'a>(call: &Call<'a, '_>) -> Option<Name<'a>> {
    match &call.caller.key {
        Key::Shown { id, kind: Kind::AwsIdentityCenterSession } => Some(Name::id(id.clone())),
        Key::Shown { .. } | Key::Masked | Key::Forwarded | Key::None => None,
    }
}

/// A token of the user's. One got by refreshing another is a new one of the same session.
fn begun<'a>(call: &Call<'a, '_>) -> Event<'a> {
    let asked = call.request::<Request<'_>>().grant_type.0;
    let form = GRANT_TYPES.iter().find(|(written, _)| Some(*written) == asked.as_deref());
    let name = session(call);
    let action = match (&name, form) {
        (Some(_), Some((_, "refresh_token"))) => Action::Renewed,
        _ => Action::Issued,
    };
    let kind = Kind::AwsIdentityCenterSession;
    let credential = name.map_or_else(|| call.unnamed(kind, "sso"), |name| Credential::new(kind, name));
    let mut event = call.event(action, call.caller_realm(), Target::Credential(credential));
    event.principal.clone_from(&call.caller.principal);
    event.expires_at = call.response::<Response<'_>>().expires_in.0.and_then(|seconds| call.after(seconds));
    event.set_label(Label::Form, form.map(|(_, form)| Text::borrowed(form)));
    event
}

/// Says on the use of the session which role of which account it was used for. Where the record shows no
/// session but its user, the use is the user's.
fn role_taken<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let (asked, details): (Request<'_>, Details<'_>) = (call.request(), call.details());
    let account = details.account_id.0.or(asked.account_id.0);
    let role = details.role_name.0.or(asked.role_name.0);
    let role = account.zip(role).map(|(account, role)| Text::owned([&account, "/", &role].concat()));
    if call.caller.key == Key::None && call.caller.principal.is_some() {
        let mut used = call.event(Action::Used, call.caller_realm(), Target::None);
        used.actor = None;
        used.principal.clone_from(&call.caller.principal);
        used.set_label(Label::Role, role);
        events.push(used);
    } else {
        call.label_use(events, Label::Role, role);
    }
}

fn ended<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let credential = Credential::new(Kind::AwsIdentityCenterSession, session(call)?);
    let mut event = call.event(Action::Revoked, call.caller_realm(), Target::Credential(credential));
    event.principal.clone_from(&call.caller.principal);
    Some(event)
}

/// Who gained or lost a right: the user or group an assignment names, else the permission set itself. An
/// assignment stands until it is taken away.
fn assigned<'a>(call: &Call<'a, '_>) -> Event<'a> {
    let request: Request<'_> = call.request();
    let noun = if request.principal_type.0.as_deref() == Some("GROUP") { "group" } else { "user" };
    let holder = request.principal_id.0.map(|id| arn::identity_store(&call.caller.partition, noun, &id));
    let set = request.permission_set_arn.0;
    let mut event = call.about(Action::PrivilegeChanged, holder.or_else(|| set.clone()));
    event.place = request.target_id.0;
    event.set_label(Label::Role, set);
    event
}

/// What calls of the directory do to the user they name.
const DIRECTORY: &[(&str, Action)] = &[
    ("AddMemberToGroup", Action::PrivilegeChanged),
    ("CreateGroupMembership", Action::PrivilegeChanged),
    ("CreateUser", Action::Issued),
    ("DeleteGroupMembership", Action::PrivilegeChanged),
    ("DeleteMfaDeviceForUser", Action::Modified),
    ("DeleteUser", Action::Revoked),
    ("DisableUser", Action::Deactivated),
    ("EnableUser", Action::Reactivated),
    ("RemoveMemberFromGroup", Action::PrivilegeChanged),
    ("UpdatePassword", Action::Modified),
    ("UpdateUser", Action::Modified),
];

/// Tokens that let a provisioning client write users, and where users sign in.
const DIRECTORY_TRUST: &[&str] = &[
    "CreateBearerToken",
    "CreateExternalIdPConfigurationForDirectory",
    "DeleteBearerToken",
    "DisableExternalIdPConfigurationForDirectory",
    "EnableExternalIdPConfigurationForDirectory",
    "UpdateExternalIdPConfigurationForDirectory",
];

/// `identitystore` and `sso-directory`.
pub(super) fn read_directory<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if !call.succeeded() {
        return;
    }
    if DIRECTORY_TRUST.contains(&call.name()) {
        events.push(call.about(Action::TrustChanged, None));
    } else if let Some((_, action)) = DIRECTORY.iter().find(|(name, _)| *name == call.name()) {
        events.push(of_user(call, *action));
    }
}

fn of_user<'a>(call: &Call<'a, '_>, action: Action) -> Event<'a> {
    let request: Request<'_> = call.request();
    let response: Response<'_> = call.response();
    let made = response.user_id.0.or(response.user.0.user_id.0);
    let id = made.or(request.user_id.0).or(request.member.0.member_id.0);
    let user = id.map(|id| arn::identity_store(&call.caller.partition, "user", &id));
    let mut event = call.about(action, user.clone());
    if let (Action::Revoked | Action::Deactivated | Action::Reactivated, Some(user)) = (action, user) {
        event.target = Target::Selector(Selector::Principal(user));
    }
    event
}
