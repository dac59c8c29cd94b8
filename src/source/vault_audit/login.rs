//! Logins: a secret is presented, a token is made.
//!
//! A login has no caller: its `auth` is the new token. Where a client sent an older token along, the record
//! shows the hash of *that* one in every `client_token`, and only the accessor is the new token's; so a login
//! with a `request.client_token` gives no hash to learn.

use serde::Deserialize;

use super::call::{Call, Op};
use super::record::Auth;
use super::{approle, token, userpass};
use crate::event::{Action, Event, Label, Name, Outcome, Target};
use crate::source::json::Lenient;
use crate::text::Text;

/// The secret a login presents.
pub struct Presented<'a> {
    pub target: Target<'a>,
    /// Who it belongs to, as far as the path or the answer tells.
    pub principal: Option<Text<'a>>,
    /// What the token's parent is called, where the secret is a credential that can have children.
    pub parent: Option<Name<'a>>,
    pub place: Option<Text<'a>>,
}

/// Whether this is the call that turns a secret into a token.
pub fn is_login(call: &Call<'_>) -> bool {
    let asked = call.op.writes() || call.op == Op::Read;
    let first = call.tail().split('/').next().unwrap_or_default();
    asked && call.path().starts_with("auth/") && (first == "login" || call.tail() == "oidc/callback")
}

pub fn read<'a>(call: &Call<'a>, events: &mut Vec<Event<'a>>) {
    let presented = presented(call);
    if let Some(auth) = new_token(call) {
        let trust_hash = call.request.client_token.0.is_none();
        let made = token::issued(call, auth, trust_hash).map(|mut event| {
            event.actor = None;
            event.parent.clone_from(&presented.parent);
            event.place = Some(call.full_path());
            event
        });
        events.extend(used(call, presented));
        events.extend(made);
    } else if failed(call) {
        events.push(refused(call, presented));
    } else {
        // The secret was right; a second factor is still asked for.
        events.extend(used(call, presented));
    }
}

/// The second step of a login that asks for a second factor.
pub fn validate<'a>(call: &Call<'a>, events: &mut Vec<Event<'a>>) {
    let made = token::issued(call, &call.response.auth.0, call.request.client_token.0.is_none());
    if let Some(mut event) = made {
        event.set_label(Label::Mfa, Some(Text::borrowed("true")));
        events.push(event);
    } else if failed(call) {
        let nobody = Presented { target: Target::None, principal: None, parent: None, place: None };
        events.push(refused(call, nobody));
    }
}

/// The token in the answer; a wrapped answer hides it, but `auth` still shows it.
fn new_token<'c, 'a>(call: &'c Call<'a>) -> Option<&'c Auth<'a>> {
    let answered = &call.response.auth.0;
    if answered.is_token() {
        return Some(answered);
    }
    (call.response.wrap_info.0.is_present() && call.auth.is_token()).then_some(&call.auth)
}

fn failed(call: &Call<'_>) -> bool {
    call.error.is_some() || call.outcome != Outcome::Success
}

fn used<'a>(call: &Call<'a>, presented: Presented<'a>) -> Option<Event<'a>> {
    let known = matches!(presented.target, Target::Credential(_));
    known.then(|| with_secret(call, Action::Used, presented))
}

fn refused<'a>(call: &Call<'a>, presented: Presented<'a>) -> Event<'a> {
    let mut event = with_secret(call, Action::Denied, presented);
    event.outcome = Outcome::Refused;
    event
}

fn with_secret<'a>(call: &Call<'a>, action: Action, presented: Presented<'a>) -> Event<'a> {
    let mut event = call.bare_event(action, presented.target);
    event.principal = presented.principal;
    event.place = presented.place;
    event
}

#[derive(Debug, Default, Deserialize)]
struct Sent<'a> {
    #[serde(borrow, default)]
    secret_id: Lenient<Text<'a>>,
}

fn presented<'a>(call: &Call<'a>) -> Presented<'a> {
    let user = call.tail().strip_prefix("login/").filter(|user| !user.is_empty());
    match (call.mount_type(), user) {
        ("userpass", Some(user)) => userpass::presented(call, user),
        ("approle", _) => {
            let sent: Sent<'a> = call.sent();
            approle::presented(call, sent.secret_id.0.as_ref(), new_token(call))
        }
        (_, user) => Presented {
            target: Target::None,
            principal: user.map(|user| userpass::principal(call, user)),
            parent: None,
            place: Some(call.full_path()),
        },
    }
}
