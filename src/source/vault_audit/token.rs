//! Tokens made, renewed and ended through `auth/token/`.

use serde::Deserialize;

use super::call::{Call, Op};
use super::record::Auth;
use super::{caller, handle};
use crate::event::{Action, Credential, Event, Label, Name, Selector, Target};
use crate::kind::Kind;
use crate::source::json::Lenient;
use crate::text::Text;
use crate::time::EventTime;

#[derive(Debug, Default, Deserialize)]
struct Sent<'a> {
    #[serde(borrow, default)]
    token: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    accessor: Lenient<Text<'a>>,
    #[serde(default)]
    no_parent: Lenient<bool>,
}

pub fn read<'a>(call: &Call<'a>, events: &mut Vec<Event<'a>>) {
    let verb = call.tail().split('/').next().unwrap_or_default();
    match verb {
        "create" if call.op.writes() => create(call, false, events),
        "create-orphan" if call.op.writes() => create(call, true, events),
        "renew" | "renew-self" | "renew-accessor" => events.extend(renewed(call)),
        "revoke-self" => {
            let first = events.len();
            revoked(call, caller::credential(call), false, events);
            events.iter_mut().skip(first).for_each(|event| event.principal.clone_from(&event.actor));
        }
        "revoke" | "revoke-accessor" => revoked(call, addressed(call), false, events),
        "revoke-orphan" => revoked(call, addressed(call), true, events),
        // What tokens of the role may do, and how long they live.
        "roles" if call.op.writes() || call.op == Op::Delete => {
            events.push(call.change(Action::PrivilegeChanged, "token_role"));
        }
        "lookup" | "lookup-self" | "lookup-accessor" => events.extend(looked_up(call, verb)),
        _ => {}
    }
}

fn create<'a>(call: &Call<'a>, orphan: bool, events: &mut Vec<Event<'a>>) {
    let sent: Sent<'a> = call.sent();
    let parent = if orphan || sent.no_parent.0 == Some(true) { None } else { caller::name(call) };
    let made = issued(call, &call.response.auth.0, true).or_else(|| wrapped(call));
    events.extend(made.map(|mut event| {
        event.parent = parent;
        event.place = Some(call.full_path());
        event
    }));
}

/// The issue of the token in `auth`. Its hash is no name of it where the record may show another token's.
pub fn issued<'a>(call: &Call<'a>, auth: &Auth<'a>, trust_hash: bool) -> Option<Event<'a>> {
    let mut event = call.about(Action::Issued, shown(call, auth, trust_hash)?);
    caller::describe(&mut event, auth);
    event.expires_at = call.after(auth.token_ttl.0);
    Some(event)
}

/// The token in `auth`, by the names it has there.
pub fn shown<'a>(call: &Call<'a>, auth: &Auth<'a>, trust_hash: bool) -> Option<Credential<'a>> {
    if !auth.is_token() {
        return None;
    }
    let accessor = auth.accessor.0.as_ref().map(handle::clear);
    let token = auth.client_token.0.as_ref().filter(|_| trust_hash).map(|token| call.veiled(token));
    caller::named(caller::kind(auth), [accessor, token])
}

/// A token that left wrapped: only its accessor shows, its time to live when it is unwrapped.
fn wrapped<'a>(call: &Call<'a>) -> Option<Event<'a>> {
    let accessor = call.response.wrap_info.0.wrapped_accessor.0.as_ref()?;
    Some(call.about(Action::Issued, Credential::new(Kind::VaultToken, handle::clear(accessor))))
}

fn renewed<'a>(call: &Call<'a>) -> Option<Event<'a>> {
    let auth = &call.response.auth.0;
    let sent: Sent<'a> = call.sent();
    let credential = shown(call, auth, true)?
        .alias(sent.token.0.as_ref().map(|token| call.veiled(token)))
        .alias(sent.accessor.0.as_ref().map(handle::clear));
    let mut event = call.about(Action::Renewed, credential);
    caller::describe(&mut event, auth);
    event.issued_at = auth.token_issue_time.0.as_deref().and_then(EventTime::parse);
    event.expires_at = call.after(auth.token_ttl.0);
    Some(event)
}

/// The token named in the body, or, as Vault before 1.0 took it, at the end of the path.
fn addressed<'a>(call: &Call<'a>) -> Option<Credential<'a>> {
    let sent: Sent<'a> = call.sent();
    let token = sent.token.0.as_ref().map(|token| call.veiled(token));
    let accessor = sent.accessor.0.as_ref().map(handle::clear);
    caller::named(Kind::VaultToken, [accessor, token, in_path(call)])
}

fn in_path<'a>(call: &Call<'a>) -> Option<Name<'a>> {
    let (verb, named) = call.tail().split_once('/')?;
    let text = Text::owned(named.to_owned());
    let name = if verb.ends_with("accessor") { handle::clear(&text) } else { call.veiled(&text) };
    (!named.is_empty()).then_some(name)
}

/// The end of a token, and of what it minted. `revoke-orphan` leaves its child tokens alive.
fn revoked<'a>(
    call: &Call<'a>,
    credential: Option<Credential<'a>>,
    spare_tokens: bool,
    events: &mut Vec<Event<'a>>,
) {
    let Some(credential) = credential else { return };
    let parent = credential.name.clone();
    events.push(call.about(Action::Revoked, credential));
    events.push(call.reach(Action::Revoked, Selector::Parent { parent, spare_tokens }));
}

#[derive(Debug, Default, Deserialize)]
struct Lookup<'a> {
    #[serde(borrow, default)]
    id: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    accessor: Lenient<Text<'a>>,
    #[serde(default)]
    creation_time: Lenient<i64>,
    #[serde(borrow, default)]
    expire_time: Lenient<Text<'a>>,
    #[serde(default)]
    renewable: Lenient<bool>,
}

/// A look-up states the age and the end of a token, and joins names that no other record joins.
///
/// The empty string is hashed like any other: a batch token has the accessor `""`, and `lookup-accessor`
/// answers with the token `""`. Both would join strangers. Only what is renewable is surely a service token,
/// with an accessor.
fn looked_up<'a>(call: &Call<'a>, verb: &str) -> Option<Event<'a>> {
    if !matches!(call.op, Op::Read | Op::Update | Op::Create) {
        return None;
    }
    let found: Lookup<'a> = call.given();
    let accessor = found.accessor.0.as_ref().filter(|_| found.renewable.0 == Some(true)).map(handle::clear);
    let token = found.id.0.as_ref().filter(|_| verb != "lookup-accessor").map(|token| call.veiled(token));
    let itself = verb == "lookup-self";
    let named = if itself { caller::credential(call)? } else { addressed(call)? };
    let mut event = call.bare_event(Action::Modified, Target::Credential(named.alias(token).alias(accessor)));
    event.actor = caller::principal(&call.auth);
    if itself {
        event.principal.clone_from(&event.actor);
    }
    event.issued_at = found.creation_time.0.and_then(EventTime::from_seconds);
    event.expires_at = found.expire_time.0.as_deref().and_then(EventTime::parse);
    event.set_label(Label::Note, Some(Text::borrowed("lookup")));
    event.issued_at.is_some().then_some(event)
}
