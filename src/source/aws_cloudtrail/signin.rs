//! Sign-in to the console.
//!
//! A password shows as used here and nowhere else. The steps around it (a code asked for, a password reset
//! mailed, a role switched) prove nothing of a credential; a role's or a federated user's sign-in uses no
//! password.

use serde::Deserialize;

use super::call::Call;
use super::sts;
use crate::event::{Credential, Event, Label, Name, Outcome, Target};
use crate::kind::Kind;
use crate::source::json::Lenient;
use crate::text::Text;

/// What stands for a user name that does not exist: it may be a password typed into the wrong field.
const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Response<'a> {
    #[serde(borrow)]
    console_login: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Additional<'a> {
    #[serde(borrow, rename = "MFAUsed")]
    mfa_used: Lenient<Text<'a>>,
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    match call.name() {
        "ConsoleLogin" => events.extend(console_login(call)),
        "GetSigninToken" if call.succeeded() => events.extend(console_session(call)),
        _ => {}
    }
}

fn console_login<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let user =
        if call.caller.is_root { Some(Text::borrowed("root")) } else { call.caller.user_name.clone() }?;
    let hidden = user.as_str() == HIDDEN;
    let target = if hidden { Target::None } else { password(user) };
    let outcome = login_outcome(call);
    let mut event = call.event(outcome.action_of_use(), call.caller_realm(), target);
    event.outcome = outcome;
    event.actor = None;
    event.principal = call.caller.principal.clone().filter(|_| !hidden);
    event.set_label(Label::Mfa, second_factor(call));
    event.set_label(Label::Note, hidden.then_some(Text::borrowed("masked_id")));
    Some(event)
}

fn login_outcome(call: &Call<'_, '_>) -> Outcome {
    let response: Response<'_> = call.response();
    match response.console_login.0.as_deref() {
        Some("Success") => Outcome::Success,
        Some("Failure") => Outcome::Refused,
        _ => call.outcome,
    }
}

fn second_factor<'a>(call: &Call<'a, '_>) -> Option<Text<'a>> {
    let additional: Additional<'_> = call.additional();
    match additional.mfa_used.0.as_deref() {
        Some("Yes") => Some(Text::borrowed("true")),
        Some("No") => Some(Text::borrowed("false")),
        _ => None,
    }
}

/// The password of a user of the realm's account.
pub(super) fn password(user_name: Text<'_>) -> Target<'_> {
    Target::Credential(Credential::new(Kind::AwsConsolePassword, Name::id(user_name)))
}

/// A key made into a console session through the federation endpoint. It acts as whoever asked for it.
fn console_session<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let response: sts::Response<'_> = call.response();
    let role = call.caller.session.is_some();
    let kind = if role { Kind::AwsRoleSession } else { Kind::AwsUserSession };
    let mut event = sts::issued(call, kind, call.caller_realm(), response.credentials.0)?;
    event.principal.clone_from(&call.caller.principal);
    event.labels.extend(call.caller.labels());
    Some(event)
}
