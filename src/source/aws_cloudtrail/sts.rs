//! Temporary credentials: STS, and the console session that `GetSigninToken` makes of one.
//!
//! `responseElements.credentials` holds the session token in clear beside the key id; only the id and the end
//! are read. An EC2 instance takes two keys per role session: the session's ARN is a label, so that they can
//! be joined.

use serde::Deserialize;

use super::arn;
use super::call::Call;
use super::dates::Date;
use super::identity::{chain, is_key_id};
use crate::event::{Action, Credential, Event, Label, Name, Target};
use crate::kind::Kind;
use crate::source::json::{Lenient, Object};
use crate::text::Text;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Request<'a> {
    #[serde(borrow)]
    role_arn: Lenient<Text<'a>>,
    /// The account, or its root's ARN, of `AssumeRoot`.
    #[serde(borrow)]
    target_principal: Lenient<Text<'a>>,
    #[serde(borrow)]
    source_identity: Lenient<Text<'a>>,
    /// The SAML provider of an assertion.
    #[serde(borrow)]
    principal_arn: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Response<'a> {
    #[serde(borrow)]
    pub credentials: Object<Credentials<'a>>,
    #[serde(borrow)]
    assumed_role_user: Object<User<'a>>,
    #[serde(borrow)]
    federated_user: Object<User<'a>>,
    /// The provider of a web identity.
    #[serde(borrow)]
    provider: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Credentials<'a> {
    #[serde(borrow)]
    access_key_id: Lenient<Text<'a>>,
    expiration: Lenient<Date>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct User<'a> {
    #[serde(borrow)]
    pub arn: Lenient<Text<'a>>,
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if !call.succeeded() {
        return;
    }
    events.extend(match call.name() {
        "AssumeRole" | "AssumeRoleWithSAML" | "AssumeRoleWithWebIdentity" => role_session(call),
        "GetSessionToken" | "GetFederationToken" => user_session(call),
        "AssumeRoot" => root_session(call),
        _ => None,
    });
}

fn role_session<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let request: Request<'_> = call.request();
    let response: Response<'_> = call.response();
    let session = response.assumed_role_user.0.arn.0;
    let derived = || session.as_deref().and_then(arn::role_of_session).map(Text::owned);
    let role = request.role_arn.0.or_else(derived);
    let account = [&session, &role].into_iter().flatten().find_map(|text| arn::account_of(text));
    let realm = account.map_or_else(|| call.caller_realm(), |account| call.realm(Some(account)));
    // Between accounts no credential is another's parent: then the caller itself is what stands behind it.
    let foreign = call.caller.principal.clone().filter(|_| realm != call.caller_realm());
    let first = request.source_identity.0.or_else(|| call.caller.on_behalf_of.clone());
    let provider = request.principal_arn.0.or(response.provider.0).or_else(|| call.caller.provider.clone());
    let mut event = issued(call, Kind::AwsRoleSession, realm, response.credentials.0)?;
    event.set_label(Label::Instance, session.as_deref().and_then(instance));
    event.set_label(Label::OnBehalfOf, chain([foreign, first]));
    event.set_label(Label::Provider, provider);
    event.set_label(Label::Session, session);
    event.set_label(Label::Role, role.clone());
    event.principal = role;
    Some(event)
}

fn user_session<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let response: Response<'_> = call.response();
    let mut event = issued(call, Kind::AwsUserSession, call.caller_realm(), response.credentials.0)?;
    event.principal.clone_from(&call.caller.principal);
    event.set_label(Label::Session, response.federated_user.0.arn.0);
    Some(event)
}

/// A session as the root of a member account, taken by the management account.
fn root_session<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let request: Request<'_> = call.request();
    let response: Response<'_> = call.response();
    let target = request.target_principal.0;
    let account = target.as_deref().map(|text| arn::account_of(text).unwrap_or(text));
    let mut event = issued(call, Kind::AwsUserSession, call.realm(account), response.credentials.0)?;
    event.principal = Some(Text::borrowed("root"));
    Some(event)
}

/// The issue of the temporary key in a response. Only a key of the same realm is named as the parent.
pub(super) fn issued<'a>(
    call: &Call<'a, '_>,
    kind: Kind,
    realm: Text<'a>,
    credentials: Credentials<'a>,
) -> Option<Event<'a>> {
    let id = credentials.access_key_id.0.filter(|id| is_key_id(id))?;
    let parent = call.caller.parent().filter(|_| realm == call.caller_realm());
    let credential = Credential::new(kind, Name::id(id));
    let mut event = call.event(Action::Issued, realm, Target::Credential(credential));
    event.parent = parent;
    event.expires_at = credentials.expiration.0.map(|date| date.0);
    Some(event)
}

fn instance<'a>(session_arn: &str) -> Option<Text<'a>> {
    arn::session_name(session_arn)
        .filter(|name| arn::is_instance_id(name))
        .map(|name| Text::owned(name.to_owned()))
}
