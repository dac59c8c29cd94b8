//! Cognito: role sessions of identity pools, and the secrets of app clients.
//!
//! The tokens of user pools belong to the customers of an application and are not told of.

use serde::Deserialize;

use super::call::Call;
use super::sts::{self, Credentials};
use crate::event::{Action, Credential, Event, Label, Name, Target};
use crate::kind::Kind;
use crate::source::json::{Lenient, Object, Present};
use crate::text::Text;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Pooled<'a> {
    #[serde(borrow)]
    identity_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    custom_role_arn: Lenient<Text<'a>>,
    #[serde(borrow)]
    credentials: Object<Credentials<'a>>,
}

pub(super) fn read_identity<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if call.name() == "GetCredentialsForIdentity" && call.succeeded() {
        events.extend(session(call));
    }
}

/// The role is one of the pool's, which only its use will show, unless the client chose it.
fn session<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let request: Pooled<'_> = call.request();
    let response: Pooled<'_> = call.response();
    let realm = call.owner_realm(request.custom_role_arn.0.as_deref());
    let mut event = sts::issued(call, Kind::AwsRoleSession, realm, response.credentials.0)?;
    event.set_label(Label::Role, request.custom_role_arn.0.clone());
    event.set_label(Label::OnBehalfOf, response.identity_id.0.or(request.identity_id.0));
    event.set_label(Label::Provider, Some(Text::borrowed("cognito-identity.amazonaws.com")));
    event.principal = request.custom_role_arn.0;
    Some(event)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Pool<'a> {
    #[serde(borrow)]
    client_id: Lenient<Text<'a>>,
    generate_secret: Lenient<bool>,
    #[serde(borrow)]
    user_pool_client: Object<Client<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Client<'a> {
    #[serde(borrow)]
    client_id: Lenient<Text<'a>>,
    client_secret: Lenient<Present>,
}

pub(super) fn read_pool<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if !call.succeeded() {
        return;
    }
    let request: Pool<'_> = call.request();
    let made = call.response::<Pool<'_>>().user_pool_client.0;
    let secret = request.generate_secret.0 == Some(true) || made.client_secret.0.is_some();
    let (action, note) = match call.name() {
        "CreateUserPoolClient" if secret => (Action::Issued, None),
        "AddUserPoolClientSecret" => (Action::Rotated, None),
        // A client may have two, of which one is taken away.
        "DeleteUserPoolClientSecret" => (Action::Modified, Some("secret_deleted")),
        "UpdateUserPoolClient" => (Action::Modified, None),
        "DeleteUserPoolClient" => (Action::Revoked, None),
        _ => return,
    };
    let Some(id) = made.client_id.0.or(request.client_id.0) else { return };
    let credential = Credential::new(Kind::AwsClientSecret, Name::id(id));
    let mut event = call.event(action, call.owner_realm(None), Target::Credential(credential));
    event.set_label(Label::Note, note.map(Text::borrowed));
    events.push(event);
}
