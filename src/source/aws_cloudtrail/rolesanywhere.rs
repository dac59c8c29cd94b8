//! Roles Anywhere: role sessions for whoever holds a certificate of a trusted authority.

use serde::Deserialize;

use super::arn;
use super::call::Call;
use super::sts::{self, Credentials, User};
use crate::event::{Action, Event, Label};
use crate::kind::Kind;
use crate::source::json::{Lenient, List, Object};
use crate::text::Text;

/// Calls that change which authorities are trusted, and with which roles.
const TRUST: &[&str] = &[
    "CreateProfile",
    "CreateTrustAnchor",
    "DeleteCrl",
    "DeleteProfile",
    "DeleteTrustAnchor",
    "DisableCrl",
    "DisableProfile",
    "DisableTrustAnchor",
    "EnableCrl",
    "EnableProfile",
    "EnableTrustAnchor",
    "ImportCrl",
    "UpdateCrl",
    "UpdateProfile",
    "UpdateTrustAnchor",
];

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Request<'a> {
    #[serde(borrow)]
    role_arn: Lenient<Text<'a>>,
    #[serde(borrow)]
    trust_anchor_arn: Lenient<Text<'a>>,
    #[serde(borrow, alias = "trustAnchorId", alias = "profileId", alias = "crlId")]
    id: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Response<'a> {
    #[serde(borrow, alias = "trustAnchor", alias = "profile", alias = "crl")]
    changed: Object<Changed<'a>>,
    #[serde(borrow)]
    credential_set: List<Object<Issued<'a>>, 4>,
    /// The subject of the certificate, as Roles Anywhere keeps it.
    #[serde(borrow)]
    subject_arn: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Changed<'a> {
    #[serde(borrow, rename = "profileArn")]
    profile: Lenient<Text<'a>>,
    #[serde(borrow, rename = "crlArn")]
    crl: Lenient<Text<'a>>,
    /// Of a trust anchor itself, and of the anchor that a revocation list belongs to.
    #[serde(borrow, rename = "trustAnchorArn")]
    anchor: Lenient<Text<'a>>,
}

impl<'a> Changed<'a> {
    fn arn(self) -> Option<Text<'a>> {
        self.profile.0.or(self.crl.0).or(self.anchor.0)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Issued<'a> {
    #[serde(borrow)]
    credentials: Object<Credentials<'a>>,
    #[serde(borrow)]
    assumed_role_user: Object<User<'a>>,
    #[serde(borrow)]
    role_arn: Lenient<Text<'a>>,
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if !call.succeeded() {
        return;
    }
    if call.name() == "CreateSession" {
        sessions(call, events);
    } else if TRUST.contains(&call.name()) {
        let changed = call.response::<Response<'_>>().changed.0.arn();
        events.push(call.about(Action::TrustChanged, changed.or_else(|| call.request::<Request<'_>>().id.0)));
    }
}

fn sessions<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let request: Request<'_> = call.request();
    let response: Response<'_> = call.response();
    for Object(issued) in response.credential_set.0 {
        let role = issued.role_arn.0.or_else(|| request.role_arn.0.clone());
        let account = role.as_deref().and_then(arn::account_of);
        let realm = account.map_or_else(|| call.owner_realm(None), |account| call.realm(Some(account)));
        let made = sts::issued(call, Kind::AwsRoleSession, realm, issued.credentials.0);
        events.extend(made.map(|mut event| {
            event.set_label(Label::Session, issued.assumed_role_user.0.arn.0);
            event.set_label(Label::Role, role.clone());
            event.set_label(Label::OnBehalfOf, response.subject_arn.0.clone());
            event.set_label(Label::Provider, request.trust_anchor_arn.0.clone());
            event.principal = role;
            event
        }));
    }
}
