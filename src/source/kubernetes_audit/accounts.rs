//! Service accounts, the tokens made for them, and the namespaces both lie in.
//!
//! A token is a credential of its account: it ends with the account, and with the namespace. It ends with the
//! pod it is bound to as well, which is not followed: a cluster deletes pods without end, the tokens of a pod
//! end within the hour by themselves, and the API server refuses them as soon as the pod is gone.

use serde::Deserialize;

use super::call::Call;
use super::caller;
use crate::event::{Action, Credential, Event, Label, Selector, Target};
use crate::source::json::{Lenient, Object};
use crate::text::Text;
use crate::time::{EventTime, Span};

/// What the kubelet asks for the token it mounts into a pod. By default the API server answers with the end
/// that was asked for and accepts the token for much longer, so the end it states is none
/// (`--service-account-extend-token-expiration`).
const MOUNTED_TOKEN_SECONDS: i64 = 3_607;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TokenRequest<'a> {
    spec: Object<TokenRequestSpec>,
    #[serde(borrow)]
    status: Object<TokenRequestStatus<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct TokenRequestSpec {
    expiration_seconds: Lenient<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct TokenRequestStatus<'a> {
    #[serde(borrow)]
    expiration_timestamp: Lenient<Text<'a>>,
}

pub(super) fn read_service_accounts<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    events.extend(match (call.subresource(), call.verb()) {
        (Some("token"), "create") => token(call),
        (None, "create") => created(call),
        (None, "delete") => deleted(call),
        (None, "deletecollection") if call.is_for_all() => all_deleted(call),
        _ => None,
    });
}

/// A namespace is asked to end by `delete`, and stays until all that lies in it is gone. Then its last
/// finalizer is taken off, and only then do its tokens and secrets cease to be.
pub(super) fn read_namespaces<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if call.subresource() == Some("finalize")
        && call.verb() == "update"
        && let Some(namespace) = call.name()
    {
        for prefix in [Text::owned(format!("{namespace}/")), accounts_of(&namespace)] {
            events.push(call.event(Action::Revoked, Target::Selector(Selector::Prefix(prefix))));
        }
    }
}

fn token<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let account = account(call)?;
    let issued = call.issued_credential_id().and_then(caller::credential);
    let unnamed = issued.is_none().then_some("no_credential_id");
    let target = match issued {
        Some((kind, name)) => Target::Credential(Credential::new(kind, name)),
        None => Target::None,
    };
    let (expires_at, extended) = end(call);
    let mut event = call.event(Action::Issued, target);
    event.principal = Some(account);
    event.parent = call.caller.credential.clone().map(|(_, name)| name);
    event.place = call.namespace().map(accounts_of);
    event.expires_at = expires_at;
    event.set_label(Label::Note, unnamed.or(extended).map(Text::borrowed));
    Some(event)
}

/// When the token ends, as far as the policy of the log shows the answer, or at least the request; else why
/// it is not told.
fn end(call: &Call<'_, '_>) -> (Option<EventTime>, Option<&'static str>) {
    let (asked, answered): (TokenRequest<'_>, TokenRequest<'_>) = (call.body(), call.answer());
    let seconds = answered.spec.0.expiration_seconds.0.or(asked.spec.0.expiration_seconds.0);
    if seconds == Some(MOUNTED_TOKEN_SECONDS) {
        return (None, Some("extended_expiry"));
    }
    let stated = answered.status.0.expiration_timestamp.0.as_deref().and_then(EventTime::parse);
    (stated.or_else(|| after(call.at, seconds)), None)
}

/// `seconds` after `at`.
pub(super) fn after(at: EventTime, seconds: Option<i64>) -> Option<EventTime> {
    let micros = seconds.filter(|seconds| *seconds > 0)?.checked_mul(1_000_000)?;
    Some(at.saturating_add(Span::from_micros(micros)))
}

fn created<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let account = account(call)?;
    let mut event = call.event(Action::Issued, Target::None);
    event.principal = Some(account);
    Some(event)
}

fn deleted<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let account = account(call)?;
    let mut event = call.event(Action::Revoked, Target::Selector(Selector::Principal(account.clone())));
    event.principal = Some(account);
    Some(event)
}

fn all_deleted<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let selector = Selector::Prefix(accounts_of(call.namespace()?));
    Some(call.event(Action::Revoked, Target::Selector(selector)))
}

fn account<'a>(call: &Call<'a, '_>) -> Option<Text<'a>> {
    Some(account_named(call.namespace()?, &call.name()?))
}

/// The user name of a service account.
pub(super) fn account_named<'a>(namespace: &str, name: &str) -> Text<'a> {
    Text::owned(format!("system:serviceaccount:{namespace}:{name}"))
}

/// The group of all service accounts of a namespace: where their tokens are from.
fn accounts_of<'a>(namespace: &str) -> Text<'a> {
    Text::owned(format!("system:serviceaccounts:{namespace}"))
}
