//! Response wrapping: a token that is good for one look at something else.

use serde::Deserialize;

use super::call::Call;
use super::outcome::Standing;
use super::{approle, caller, handle, lease, token};
use crate::event::{Action, Credential, Event, Label, Outcome, Target};
use crate::kind::Kind;
use crate::source::json::Lenient;
use crate::text::Text;
use crate::time::{EventTime, Span};

/// What the server says of a wrapping token that was unwrapped before, is too old, or never was.
const REFUSED: &str = "wrapping token is not valid or does not exist";

#[derive(Debug, Default, Deserialize)]
struct Sent<'a> {
    #[serde(borrow, default)]
    token: Lenient<Text<'a>>,
}

pub fn read<'a>(call: &Call<'a>, verb: &str, events: &mut Vec<Event<'a>>) {
    match verb {
        "unwrap" => {
            events.extend(spent(call));
            events.extend(contents(call));
        }
        "rewrap" => events.extend(spent(call)),
        _ => {}
    }
}

/// Pushes the wrapping token of any answer that was wrapped.
pub fn issued<'a>(call: &Call<'a>, events: &mut Vec<Event<'a>>) {
    let wrap = &call.response.wrap_info.0;
    let accessor = wrap.accessor.0.as_ref().map(handle::clear);
    let hash = wrap.token.0.as_ref().map(|token| call.veiled(token));
    let Some(credential) = caller::named(Kind::VaultWrappingToken, [accessor, hash]) else { return };
    let mut event = call.about(Action::Issued, credential);
    event.principal.clone_from(&event.actor);
    event.place = Some(call.full_path());
    event.expires_at = call.after(wrap.ttl.0);
    events.push(event);
}

fn in_body<'a>(call: &Call<'a>) -> Option<Credential<'a>> {
    let sent: Sent<'a> = call.sent();
    let name = call.veiled(sent.token.0.as_ref()?);
    Some(Credential::new(Kind::VaultWrappingToken, name))
}

/// The wrapping token named in the body: used, and with that at its end. One that made the call itself is the
/// caller.
fn spent<'a>(call: &Call<'a>) -> Vec<Event<'a>> {
    let Some(credential) = in_body(call) else { return Vec::new() };
    let mut expired = call.about(Action::Expired, credential.clone());
    expired.set_label(Label::Note, Some(Text::borrowed("last_use")));
    vec![call.about(Action::Used, credential), expired]
}

/// What came out: a token, a secret-id or a lease that no earlier record showed in full.
fn contents<'a>(call: &Call<'a>) -> Option<Event<'a>> {
    if call.response.auth.0.is_token() {
        return unwrapped_token(call);
    }
    let mut event =
        if approle::answers(call) { approle::issued(call, None) } else { lease::unwrapped(call) }?;
    if event.label(Label::Note).is_none() {
        event.set_label(Label::Note, Some(Text::borrowed("unwrapped")));
    }
    Some(event)
}

/// A service token was announced by its accessor when it was wrapped: now its end is known. A batch token has
/// none, and shows here for the first time.
fn unwrapped_token<'a>(call: &Call<'a>) -> Option<Event<'a>> {
    let auth = &call.response.auth.0;
    let action = if auth.is_batch() { Action::Issued } else { Action::Renewed };
    let mut event = call.about(action, token::shown(call, auth, true)?);
    caller::describe(&mut event, auth);
    // The caller's own issue is the moment of wrapping, if the wrapping token itself is the caller.
    let wrapped_at = call.auth.token_issue_time.0.as_deref().and_then(EventTime::parse);
    let made = wrapped_at.filter(|_| call.auth.is_wrapping()).unwrap_or(call.at);
    let ttl = auth.token_ttl.0.filter(|&ttl| ttl > 0).and_then(|ttl| ttl.checked_mul(1_000_000));
    event.expires_at = ttl.map(|micros| made + Span::from_micros(micros));
    event.issued_at = (made != call.at).then_some(made);
    event.set_label(Label::Note, Some(Text::borrowed("unwrapped")));
    Some(event)
}

/// Whether a request will get no response record because its wrapping token is refused.
pub fn is_refusal(error: Option<&str>) -> bool {
    error.is_some_and(|error| error.contains(REFUSED))
}

/// The attempt with a refused wrapping token, sent in the body or as the caller's own.
pub fn refused<'a>(call: &Call<'a>) -> Option<Event<'a>> {
    let Some(credential) = in_body(call) else { return caller::refused(call, Kind::VaultWrappingToken) };
    let mut event = call.bare_event(Action::Denied, Target::Credential(credential));
    event.outcome = Outcome::Refused;
    if call.standing == Standing::Accepted {
        event.actor = caller::principal(&call.auth);
    }
    Some(event)
}
