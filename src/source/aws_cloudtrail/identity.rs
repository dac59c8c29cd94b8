//! Who called, and with which credential (`userIdentity`).
//!
//! A *forward access session* is a call that a service makes in the caller's name: the caller's identity, the
//! service's address, and a temporary key id that was never issued in the log and never comes again. No
//! credential is made of it. The same holds for ids that an export masked: they are names of nothing.
//!
//! Behind a role may stand a foreign provider (web identity), whoever assumed it first (the source identity),
//! or a user of IAM Identity Center; each is told as far as the record does.

use super::arn;
use super::record::{Record, UserIdentity};
use crate::event::{Client, Label, Name};
use crate::kind::Kind;
use crate::limits::USER_AGENT_BYTES_MAX;
use crate::net::parse_address;
use crate::text::Text;
use crate::time::EventTime;

const IDENTITY_CENTER_USER: &str = "IdentityCenterUser";

/// The credential a call was signed with, as far as the record shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key<'a> {
    Shown {
        id: Text<'a>,
        kind: Kind,
    },
    /// The caller signed, but the id is masked, a placeholder, or left out "for security reasons".
    Masked,
    /// A service called in the name of the caller.
    Forwarded,
    /// Nothing was signed: a service acted, a user was about to sign in, another account's copy of the call.
    None,
}

#[derive(Debug)]
pub(super) struct Caller<'a> {
    pub key: Key<'a>,
    /// The account the caller belongs to.
    pub account: Option<Text<'a>>,
    /// The stable end: user, role, or `root`.
    pub principal: Option<Text<'a>>,
    /// The ARN of the role session.
    pub session: Option<Text<'a>>,
    /// The EC2 instance the session was delivered to.
    pub instance: Option<Text<'a>>,
    /// The name of an IAM user.
    pub user_name: Option<Text<'a>>,
    /// Whoever stands behind the principal, nearest first.
    pub on_behalf_of: Option<Text<'a>>,
    /// The foreign provider the session came through.
    pub provider: Option<Text<'a>>,
    /// When the session began.
    pub session_began: Option<EventTime>,
    /// The service that called in the caller's name, or on its own.
    pub service: Option<Text<'a>>,
    pub is_root: bool,
    pub partition: Text<'a>,
}

impl<'a> Caller<'a> {
    pub fn of(record: &Record<'a>) -> Self {
        let nobody = UserIdentity::default();
        let identity = record.user_identity.as_ref().map_or(&nobody, |identity| &identity.0);
        let service = calling_service(record, identity);
        let session = assumed_role_arn(identity);
        Self {
            key: key(record, identity, service.is_some()),
            account: account(record, identity),
            principal: legacy_center_user(record, identity).or_else(|| principal(identity)),
            instance: session.as_deref().and_then(|arn| instance(identity, arn)),
            session,
            user_name: user_name(identity),
            session_began: identity.session_context.0.attributes.0.creation_date.0.map(|date| date.0),
            on_behalf_of: on_behalf_of(identity),
            provider: provider(identity),
            is_root: is(identity, "Root"),
            partition: partition(identity),
            service,
        }
    }

    /// Whether root itself called: no service in its name, no background act of AWS.
    pub fn acts_as_root(&self, record: &Record<'_>) -> bool {
        self.is_root && self.service.is_none() && !record.is_service_event()
    }

    /// The caller's credential as the parent of what it minted.
    pub fn parent(&self) -> Option<Name<'a>> {
        match &self.key {
            Key::Shown { id, .. } => Some(Name::id(id.clone())),
            Key::Masked | Key::Forwarded | Key::None => None,
        }
    }

    /// The labels every act of a session carries.
    pub fn labels(&self) -> impl Iterator<Item = (Label, Text<'a>)> {
        let labels = [
            (Label::Session, &self.session),
            (Label::Instance, &self.instance),
            (Label::OnBehalfOf, &self.on_behalf_of),
            (Label::Provider, &self.provider),
        ];
        labels.map(|(label, text)| text.clone().map(|text| (label, text))).into_iter().flatten()
    }

    /// Where the caller stood. A service's address and a VPC endpoint's are not the caller's own.
    pub fn client(&self, record: &Record<'a>) -> Client<'a> {
        let own = self.service.is_none() && record.vpc_endpoint_id.0.is_none();
        let endpoint = record.vpc_endpoint_id.0.map(|_| Text::borrowed("vpc-endpoint"));
        Client {
            ip: record.source_ip_address.0.as_deref().filter(|_| own).and_then(parse_address),
            service: self.service.clone().or(endpoint),
            user_agent: record.user_agent.0.clone().map(|agent| agent.cut(USER_AGENT_BYTES_MAX)),
        }
    }
}

fn is(identity: &UserIdentity<'_>, identity_type: &str) -> bool {
    identity.identity_type.0.as_deref() == Some(identity_type)
}

/// `invokedBy`, else an address that is the name of a service.
fn calling_service<'a>(record: &Record<'a>, identity: &UserIdentity<'a>) -> Option<Text<'a>> {
    identity
        .invoked_by
        .0
        .clone()
        .or_else(|| record.source_ip_address.0.clone().filter(|address| is_service_name(address)))
}

/// Whether an address names a service. A masked or mangled address does not, and must not pass for one.
fn is_service_name(address: &str) -> bool {
    address.eq_ignore_ascii_case("AWS Internal")
        || [".amazonaws.com", ".amazonaws.com.cn", ".aws.internal"].iter().any(|end| address.ends_with(end))
}

fn key<'a>(record: &Record<'a>, identity: &UserIdentity<'a>, through_service: bool) -> Key<'a> {
    if is(identity, IDENTITY_CENTER_USER) {
        return identity_center_key(record, identity);
    }
    let Some(id) = identity.access_key_id.0.clone() else {
        let signed = signs(identity) && !through_service && !record.is_service_event();
        return if signed && record.service() != "signin" { Key::Masked } else { Key::None };
    };
    let shown = is_key_id(&id);
    let kind = kind(&id, identity);
    if through_service && (kind != Kind::AwsAccessKey || !shown) {
        Key::Forwarded
    } else if shown {
        Key::Shown { id, kind }
    } else {
        Key::Masked
    }
}

/// The session of a user of IAM Identity Center. The steps of a sign-in come before there is one.
fn identity_center_key<'a>(record: &Record<'a>, identity: &UserIdentity<'a>) -> Key<'a> {
    if record.service() == "signin" {
        return Key::None;
    }
    let kind = Kind::AwsIdentityCenterSession;
    identity.credential_id.0.clone().map_or(Key::Masked, |id| Key::Shown { id, kind })
}

/// Whether callers of this type sign with a key of their own, so that its absence only means it is not shown.
fn signs(identity: &UserIdentity<'_>) -> bool {
    ["IAMUser", "AssumedRole", "Root", "FederatedUser"].iter().any(|name| is(identity, name))
        && principal(identity).is_some()
}

/// Whether a text is an access key id and not a mask or a placeholder of documentation and tests.
pub(super) fn is_key_id(text: &str) -> bool {
    text.starts_with('A') && is_unique_id(text)
}

/// Whether a text is a unique id as IAM makes them: 16 to 128 upper-case letters and digits, not one
/// character repeated behind the prefix.
pub(super) fn is_unique_id(text: &str) -> bool {
    let shape = (16..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let mut tail = text.bytes().skip(4);
    let first = tail.next();
    shape && !tail.all(|byte| Some(byte) == first)
}

fn kind(id: &str, identity: &UserIdentity<'_>) -> Kind {
    let temporary = identity.session_context.0.attributes.0.creation_date.0.is_some();
    if id.starts_with("AKIA") {
        Kind::AwsAccessKey
    } else if is_role(identity) {
        Kind::AwsRoleSession
    } else if id.starts_with("ASIA") || temporary {
        Kind::AwsUserSession
    } else {
        Kind::AwsAccessKey
    }
}

/// A role session, also in another account's copy of the call, where only its unique id is left.
fn is_role(identity: &UserIdentity<'_>) -> bool {
    is(identity, "AssumedRole") || identity.principal_id.0.as_deref().is_some_and(|id| id.starts_with("AROA"))
}

fn account<'a>(record: &Record<'a>, identity: &UserIdentity<'a>) -> Option<Text<'a>> {
    let stated = identity.account_id.0.clone().filter(|account| arn::is_account(account));
    stated
        .or_else(|| identity.arn.0.as_deref().and_then(arn::account_of).map(|id| Text::owned(id.to_owned())))
        .or_else(|| record.recipient_account_id.0.clone().filter(|account| arn::is_account(account)))
}

fn principal<'a>(identity: &UserIdentity<'a>) -> Option<Text<'a>> {
    let issuer = || identity.session_context.0.session_issuer.0.arn.0.clone();
    let own = || identity.arn.0.clone().or_else(|| identity.principal_id.0.clone());
    match identity.identity_type.0.as_deref() {
        Some("Root") => Some(Text::borrowed("root")),
        Some("AssumedRole") => issuer().or_else(|| role_of(identity)).or_else(own),
        Some("FederatedUser") => issuer().or_else(own),
        Some("AWSService") => None,
        Some(IDENTITY_CENTER_USER) => center_user(identity).or_else(own),
        _ => own(),
    }
}

/// The user of IAM Identity Center that a record names, by its ARN.
fn center_user<'a>(identity: &UserIdentity<'a>) -> Option<Text<'a>> {
    let id = identity.on_behalf_of.0.user_id.0.as_deref()?;
    Some(arn::identity_store(&partition(identity), "user", id))
}

/// The same user in records of IAM Identity Center from before it had a type of identity of its own: they
/// hold the bare id.
fn legacy_center_user<'a>(record: &Record<'_>, identity: &UserIdentity<'a>) -> Option<Text<'a>> {
    if !is(identity, "Unknown") || !matches!(record.service(), "sso" | "sso-oauth") {
        return None;
    }
    let id = identity.principal_id.0.as_deref().filter(|id| is_directory_id(id))?;
    Some(arn::identity_store(&partition(identity), "user", id))
}

/// A UUID, in older directories with ten digits in front.
fn is_directory_id(text: &str) -> bool {
    matches!(text.len(), 36 | 47) && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// `USER` or `SOURCE IDENTITY` or both: the user of the session, then whoever assumed the role first.
fn on_behalf_of<'a>(identity: &UserIdentity<'a>) -> Option<Text<'a>> {
    let user = center_user(identity).filter(|_| !is(identity, IDENTITY_CENTER_USER));
    chain([user, identity.session_context.0.source_identity.0.clone()])
}

/// Names of whoever stands behind one another, nearest first.
pub(super) fn chain<const N: usize>(names: [Option<Text<'_>>; N]) -> Option<Text<'_>> {
    let mut names = names.into_iter().flatten();
    let first = names.next()?;
    Some(names.fold(first, |chain, name| Text::owned([&chain, " < ", &name].concat())))
}

fn provider<'a>(identity: &UserIdentity<'a>) -> Option<Text<'a>> {
    let session = &identity.session_context.0.web_id_federation_data.0;
    session.federated_provider.0.clone().or_else(|| identity.identity_provider.0.clone())
}

fn role_of<'a>(identity: &UserIdentity<'_>) -> Option<Text<'a>> {
    arn::role_of_session(identity.arn.0.as_deref()?).map(Text::owned)
}

fn assumed_role_arn<'a>(identity: &UserIdentity<'a>) -> Option<Text<'a>> {
    identity.arn.0.clone().filter(|_| is(identity, "AssumedRole"))
}

fn instance<'a>(identity: &UserIdentity<'_>, session_arn: &str) -> Option<Text<'a>> {
    let name = arn::session_name(session_arn)?;
    let delivered = identity.session_context.0.ec2_role_delivery.0.is_some();
    (delivered || arn::is_instance_id(name)).then(|| Text::owned(name.to_owned()))
}

fn user_name<'a>(identity: &UserIdentity<'a>) -> Option<Text<'a>> {
    if !is(identity, "IAMUser") {
        return None;
    }
    identity.user_name.0.clone().or_else(|| {
        let name = identity.arn.0.as_deref()?.rsplit('/').next()?;
        Some(Text::owned(name.to_owned()))
    })
}

fn partition<'a>(identity: &UserIdentity<'_>) -> Text<'a> {
    match identity.arn.0.as_deref().and_then(arn::Arn::parse) {
        Some(arn) if arn.partition != "aws" => Text::owned(arn.partition.to_owned()),
        _ => Text::borrowed("aws"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_and_placeholders_are_no_key_ids() {
        for id in ["AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE", "ABIAIOSFODNN7EXAMPLE"] {
            assert!(is_key_id(id), "{id}");
        }
        for id in [
            "AKIA****************",
            "<accessKeyId>",
            "EXAMPLE_KEY_ID",
            "1",
            "1525415421513245",
            "ASIAXXXXXXXXXXXXXXXX",
            "XXXXXXXXXXXXXXXXXXXX",
            "ASIA-MOCKACCESSKEYID-1",
            "akiaiosfodnn7example",
            "",
        ] {
            assert!(!is_key_id(id), "{id}");
        }
    }

    #[test]
    fn a_mangled_address_is_not_a_service() {
        assert!(is_service_name("AWS Internal") && is_service_name("kms.amazonaws.com"));
        for address in ["245.1.045.9", "<source IP>", "***.***.***.***", "198.51.100.7", ""] {
            assert!(!is_service_name(address), "{address}");
        }
    }
}
