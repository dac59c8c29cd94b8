//! Principals and what they may do: users, roles and groups, their policies, and the providers that are
//! trusted.
//!
//! Policy texts are not read: that a privilege changed is the fact, what it became is for a policy analyser.

use serde::Deserialize;

use super::call::Call;
use super::iam;
use super::tags::{self, TagKeys, Tags};
use crate::event::{Action, Event, Label, Selector, Target};
use crate::source::json::{Lenient, Object};
use crate::text::Text;

/// What a call is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Noun {
    User,
    Role,
    Group,
    /// A managed policy, by its ARN.
    Policy,
    /// A SAML or OpenID Connect provider.
    Provider,
    /// A second factor: of the user it names, of the caller's own, or of nobody yet.
    Device,
    /// The account as a whole.
    Account,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Made,
    /// Ended, and everything it held with it.
    Ended,
    Modified,
    Tagged,
    Untagged,
    Privilege,
    Trust,
}

const CALLS: &[(&str, Noun, Change)] = &[
    ("AddClientIDToOpenIDConnectProvider", Noun::Provider, Change::Trust),
    ("AddRoleToInstanceProfile", Noun::Role, Change::Privilege),
    ("AddUserToGroup", Noun::User, Change::Privilege),
    ("AttachGroupPolicy", Noun::Group, Change::Privilege),
    ("AttachRolePolicy", Noun::Role, Change::Privilege),
    ("AttachUserPolicy", Noun::User, Change::Privilege),
    ("CreateOpenIDConnectProvider", Noun::Provider, Change::Trust),
    ("CreatePolicyVersion", Noun::Policy, Change::Privilege),
    ("CreateRole", Noun::Role, Change::Made),
    ("CreateSAMLProvider", Noun::Provider, Change::Trust),
    ("CreateServiceLinkedRole", Noun::Role, Change::Made),
    ("CreateUser", Noun::User, Change::Made),
    ("CreateVirtualMFADevice", Noun::Device, Change::Modified),
    ("DeactivateMFADevice", Noun::User, Change::Modified),
    ("DeleteAccountPasswordPolicy", Noun::Account, Change::Modified),
    ("DeleteGroupPolicy", Noun::Group, Change::Privilege),
    ("DeleteOpenIDConnectProvider", Noun::Provider, Change::Trust),
    ("DeleteRole", Noun::Role, Change::Ended),
    ("DeleteRolePermissionsBoundary", Noun::Role, Change::Privilege),
    ("DeleteRolePolicy", Noun::Role, Change::Privilege),
    ("DeleteSAMLProvider", Noun::Provider, Change::Trust),
    ("DeleteUser", Noun::User, Change::Ended),
    ("DeleteUserPermissionsBoundary", Noun::User, Change::Privilege),
    ("DeleteUserPolicy", Noun::User, Change::Privilege),
    ("DeleteVirtualMFADevice", Noun::Device, Change::Modified),
    ("DetachGroupPolicy", Noun::Group, Change::Privilege),
    ("DetachRolePolicy", Noun::Role, Change::Privilege),
    ("DetachUserPolicy", Noun::User, Change::Privilege),
    ("EnableMFADevice", Noun::User, Change::Modified),
    ("EnableOrganizationsRootCredentialsManagement", Noun::Account, Change::Trust),
    ("EnableOrganizationsRootSessions", Noun::Account, Change::Trust),
    ("PutGroupPolicy", Noun::Group, Change::Privilege),
    ("PutRolePermissionsBoundary", Noun::Role, Change::Privilege),
    ("PutRolePolicy", Noun::Role, Change::Privilege),
    ("PutUserPermissionsBoundary", Noun::User, Change::Privilege),
    ("PutUserPolicy", Noun::User, Change::Privilege),
    ("RemoveClientIDFromOpenIDConnectProvider", Noun::Provider, Change::Trust),
    ("RemoveRoleFromInstanceProfile", Noun::Role, Change::Privilege),
    ("RemoveUserFromGroup", Noun::User, Change::Privilege),
    ("ResyncMFADevice", Noun::Device, Change::Modified),
    ("SetDefaultPolicyVersion", Noun::Policy, Change::Privilege),
    ("SetSecurityTokenServicePreferences", Noun::Account, Change::Modified),
    ("TagRole", Noun::Role, Change::Tagged),
    ("TagUser", Noun::User, Change::Tagged),
    ("UntagRole", Noun::Role, Change::Untagged),
    ("UntagUser", Noun::User, Change::Untagged),
    ("UpdateAccountPasswordPolicy", Noun::Account, Change::Modified),
    ("UpdateAssumeRolePolicy", Noun::Role, Change::Trust),
    ("UpdateOpenIDConnectProviderThumbprint", Noun::Provider, Change::Trust),
    ("UpdateRole", Noun::Role, Change::Modified),
    ("UpdateSAMLProvider", Noun::Provider, Change::Trust),
    ("UpdateUser", Noun::User, Change::Modified),
];

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Request<'a> {
    #[serde(borrow)]
    user_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    role_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    group_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    policy_arn: Lenient<Text<'a>>,
    /// Looked at for the name of a quarantine only.
    #[serde(borrow)]
    policy_name: Lenient<Text<'a>>,
    #[serde(borrow, alias = "sAMLProviderArn", alias = "openIDConnectProviderArn")]
    provider_arn: Lenient<Text<'a>>,
    #[serde(borrow)]
    tags: Tags<'a>,
    #[serde(borrow)]
    tag_keys: TagKeys<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Response<'a> {
    #[serde(borrow, alias = "user", alias = "role")]
    made: Object<Made<'a>>,
    #[serde(borrow, alias = "sAMLProviderArn", alias = "openIDConnectProviderArn")]
    provider_arn: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Made<'a> {
    #[serde(borrow)]
    arn: Lenient<Text<'a>>,
}

pub(super) fn read<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let (_, noun, change) = *CALLS.iter().find(|(name, ..)| *name == call.name())?;
    let request: Request<'_> = call.request();
    let principal = principal(call, noun, &request);
    if principal.is_none() && !matches!(noun, Noun::Device | Noun::Account) {
        return None;
    }
    let ended = principal.clone().filter(|_| change == Change::Ended).map(Selector::Principal);
    let target = ended.map_or(Target::None, Target::Selector);
    let mut event = call.event(action(change, &request), call.caller_realm(), target);
    event.principal = principal;
    event.set_label(Label::Owner, tags::owner(&request.tags));
    Some(event)
}

/// How the policies begin that AWS puts on a user whose key it found in public, as
/// `AWSCompromisedKeyQuarantineV3`. In older trails it is a policy of the user's own.
///
/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html>
const QUARANTINES: &[&str] = &["AWSCompromisedKeyQuarantine", "AWSExposedCredentialPolicy_DO_NOT_REMOVE"];

/// Everything a user holds, where AWS quarantines it. Which of its keys was found, no record says.
pub(super) fn exposed<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let request: Request<'_> = call.request();
    let policy = match call.name() {
        "AttachUserPolicy" => request.policy_arn.0.as_deref()?.rsplit('/').next()?,
        "PutUserPolicy" => request.policy_name.0.as_deref()?,
        _ => return None,
    };
    if !QUARANTINES.iter().any(|name| policy.starts_with(name)) {
        return None;
    }
    let user = iam::user(call, request.user_name.0.as_deref())?;
    let everything = Target::Selector(Selector::Principal(user.clone()));
    let mut event = call.event(Action::Exposed, call.caller_realm(), everything);
    event.principal = Some(user);
    event.set_label(Label::Note, Some(Text::borrowed("aws_quarantine")));
    Some(event)
}

fn action(change: Change, request: &Request<'_>) -> Action {
    match change {
        Change::Made => Action::Issued,
        Change::Ended => Action::Revoked,
        Change::Tagged if tags::owner(&request.tags).is_some() => Action::OwnerChanged,
        Change::Untagged if tags::has_owner_key(&request.tag_keys) => Action::OwnerChanged,
        Change::Modified | Change::Tagged | Change::Untagged => Action::Modified,
        Change::Privilege => Action::PrivilegeChanged,
        Change::Trust => Action::TrustChanged,
    }
}

fn principal<'a>(call: &Call<'a, '_>, noun: Noun, request: &Request<'a>) -> Option<Text<'a>> {
    let response: Response<'_> = call.response();
    let made = response.made.0.arn.0;
    match noun {
        Noun::Device => iam::user(call, request.user_name.0.as_deref()),
        Noun::Account => None,
        Noun::User => made.or_else(|| iam::user(call, request.user_name.0.as_deref())),
        Noun::Role => made.or_else(|| iam::named(call, "role", request.role_name.0.as_deref()?)),
        Noun::Group => iam::named(call, "group", request.group_name.0.as_deref()?),
        Noun::Policy => request.policy_arn.0.clone(),
        Noun::Provider => response.provider_arn.0.or_else(|| request.provider_arn.0.clone()),
    }
}
