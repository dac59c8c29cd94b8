//! Leases: what an engine hands out for a time, and the `sys/leases` calls that renew and end it.
//!
//! An audit record shows the id of a lease in clear and never its end. A call that names a lease in its body
//! shows only a hash of the id; a renewal by body shows both and joins them.

use serde::Deserialize;

use super::call::Call;
use super::{caller, handle};
use crate::event::{Action, Credential, Event, Label, Name, Selector};
use crate::kind::Kind;
use crate::limits::FIELD_BYTES_MAX;
use crate::source::json::Lenient;
use crate::text::Text;
use crate::time::EventTime;

/// Pushes the lease in the answer, if there is one. `alias` is another name its secret is known by.
pub fn issued<'a>(call: &Call<'a>, alias: Option<Name<'a>>, events: &mut Vec<Event<'a>>) {
    let Some(lease_id) = call.response.secret.0.lease_id.0.as_ref() else { return };
    let lease = Credential::new(Kind::VaultLease, id(call, lease_id)).alias(alias);
    let mut event = call.about(Action::Issued, lease);
    event.principal.clone_from(&event.actor);
    event.parent = caller::name(call);
    event.place = Some(call.full_path());
    event.set_label(
        Label::Role,
        role(call.tail()).map(|role| Text::owned(role.to_owned()).cut(FIELD_BYTES_MAX)),
    );
    events.push(event);
}

/// Pushes a token of another system that was handed out without a lease: it ends by itself and by nothing
/// else, so it has no parent, and its hash is its only name.
pub fn unleased<'a>(call: &Call<'a>, form: &'static str, events: &mut Vec<Event<'a>>) {
    #[derive(Debug, Default, Deserialize)]
    struct Given<'a> {
        #[serde(borrow, default)]
        token: Lenient<Text<'a>>,
        #[serde(default)]
        ttl: Lenient<i64>,
        #[serde(default)]
        token_ttl: Lenient<i64>,
        #[serde(default)]
        expires_at_seconds: Lenient<i64>,
    }
    let given: Given<'a> = call.given();
    let Some(name) = given.token.0.as_ref().map(|token| call.veiled(token)) else { return };
    let mut event = call.about(Action::Issued, Credential::new(Kind::VaultLease, name));
    event.principal.clone_from(&event.actor);
    event.place = Some(call.full_path());
    let stated = given.expires_at_seconds.0.and_then(EventTime::from_seconds);
    event.expires_at = stated.or_else(|| call.after(given.token_ttl.0.or(given.ttl.0)));
    let role = role(call.tail()).map(|role| Text::owned(role.to_owned()).cut(FIELD_BYTES_MAX));
    event.set_label(Label::Role, role);
    event.set_label(Label::Form, Some(Text::borrowed(form)));
    event.set_label(Label::Note, Some(Text::borrowed("no_lease")));
    events.push(event);
}

/// The role of an engine a lease was asked of: `creds/<role>`, `roleset/<role>/key`.
fn role(tail: &str) -> Option<&str> {
    let asks = |part: &&str| !matches!(*part, "" | "key" | "token" | "check-out");
    tail.rsplit('/').find(asks)
}

/// A lease that was wrapped when it was made. Whoever made it is not in this record.
pub fn unwrapped<'a>(call: &Call<'a>) -> Option<Event<'a>> {
    let lease_id = call.response.secret.0.lease_id.0.as_ref()?;
    Some(call.about(Action::Issued, Credential::new(Kind::VaultLease, id(call, lease_id))))
}

fn id<'a>(call: &Call<'a>, lease_id: &str) -> Name<'a> {
    Name::id(call.scoped(lease_id))
}

#[derive(Debug, Default, Deserialize)]
struct Sent<'a> {
    #[serde(borrow, default)]
    lease_id: Lenient<Text<'a>>,
}

/// The lease as the body names it: a hash, or its id where the mount is tuned so.
fn in_body<'a>(call: &Call<'a>) -> Option<Name<'a>> {
    let sent: Sent<'a> = call.sent();
    let lease_id = sent.lease_id.0.as_ref()?;
    Some(if handle::is_hashed(lease_id) { handle::clear(lease_id) } else { id(call, lease_id) })
}

/// `renew[/<id>]`; `in_path` is what stands behind the verb.
pub fn renewed<'a>(call: &Call<'a>, in_path: &str) -> Option<Event<'a>> {
    let answered = call.response.secret.0.lease_id.0.as_deref();
    let stated =
        answered.or_else(|| Some(in_path).filter(|id| !id.is_empty())).map(|lease_id| id(call, lease_id));
    let lease = caller::named(Kind::VaultLease, [stated, in_body(call)])?;
    Some(call.about(Action::Renewed, lease))
}

/// `revoke[/<id>]`.
pub fn revoked<'a>(call: &Call<'a>, in_path: &str) -> Option<Event<'a>> {
    let stated = Some(in_path).filter(|id| !id.is_empty()).map(|lease_id| id(call, lease_id));
    let lease = caller::named(Kind::VaultLease, [stated, in_body(call)])?;
    Some(call.about(Action::Revoked, lease))
}

/// `revoke-prefix/<p>` and `revoke-force/<p>`.
///
/// Vault ends what lies under the prefix as a directory: `auth/userpass/login/ann` does not reach `anna`.
pub fn revoked_below<'a>(call: &Call<'a>, prefix: &str) -> Option<Event<'a>> {
    let prefix = prefix.trim_end_matches('/');
    if prefix.is_empty() {
        return None;
    }
    let reach = call.scoped(&[prefix, "/"].concat());
    Some(call.reach(Action::Revoked, Selector::Prefix(reach)))
}

#[derive(Debug, Default, Deserialize)]
struct Lookup<'a> {
    #[serde(borrow, default)]
    issue_time: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    expire_time: Lenient<Text<'a>>,
}

/// `lookup` states the age and the end of a lease, mostly of one that only its hash names.
pub fn looked_up<'a>(call: &Call<'a>) -> Option<Event<'a>> {
    let found: Lookup<'a> = call.given();
    let issued_at = found.issue_time.0.as_deref().and_then(EventTime::parse)?;
    let mut event = call.about(Action::Modified, Credential::new(Kind::VaultLease, in_body(call)?));
    event.issued_at = Some(issued_at);
    event.expires_at =
        found.expire_time.0.as_deref().and_then(EventTime::parse).filter(|end| *end > issued_at);
    event.set_label(Label::Note, Some(Text::borrowed("lookup")));
    Some(event)
}
