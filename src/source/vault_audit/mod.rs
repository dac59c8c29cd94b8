//! Audit records of HashiCorp Vault (1.4 and later) and OpenBao.
//!
//! A device writes two records a call: the *request*, and the *response*, which repeats the request. Events
//! are read from the response alone; a request counts only where the server never answers it. Each call is a
//! use of the caller's token, and whatever its path does besides.
//!
//! Nothing of `request.data` and `response.data` is taken but names, numbers and booleans that the module of
//! the path asks for; a name that may be a secret is veiled in `handle`.
//!
//! Refuses to guess: what is hashed and joins with nothing stays a credential of its own; the end of a lease,
//! which no record states, stays unknown.

mod approle;
mod auth_method;
mod call;
mod caller;
mod engine;
mod handle;
mod identity;
mod kv;
mod lease;
mod login;
mod mount;
mod outcome;
mod pki;
mod record;
mod row;
mod seal;
mod ssh;
mod system;
#[cfg(test)]
mod tests;
mod token;
mod totp;
mod transit;
mod userpass;
mod wrapping;

use serde::Deserialize;
use serde_json::value::RawValue;

use self::call::Call;
use self::record::Record;
use super::json::{Lenient, Object, from_record};
use super::{RecordContext, Reject, RejectReason, Source, Verdict, concluded};
use crate::event::{Event, Outcome};
use crate::stream::SourceName;
use crate::text::Text;
use crate::time::{EventTime, Span};

/// Pushes the events of a call that succeeded.
type Handler = for<'a> fn(&Call<'a>, &mut Vec<Event<'a>>);

pub static SOURCE: Source = Source {
    name: SourceName::VaultAudit,
    summary: "HashiCorp Vault and OpenBao audit devices",
    reads: "tokens, logins, AppRole secret-ids, userpass passwords, leases, PKI and SSH certificates, KV v1 \
            and v2, transit, TOTP, static roles, root credentials, response wrapping, every form of \
            revocation, identity and its OIDC provider, auth methods, authorities, namespaces, barrier keys, \
            policies, audit devices",
    reference: "https://developer.hashicorp.com/vault/docs/audit",
    recognises,
    parse,
    kinds: row::KINDS,
    fields: row::FIELDS,
    blind_spots: row::BLIND_SPOTS,
    lateness: Span::minutes(1),
};

#[derive(Debug, Default, Deserialize)]
struct Shape<'a> {
    #[serde(borrow, default, rename = "type")]
    half: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    auth: Option<&'a RawValue>,
    #[serde(borrow, default)]
    request: Option<&'a RawValue>,
}

fn recognises(record: &[u8]) -> bool {
    let holds = |word: &[u8]| memchr::memmem::find(record, word).is_some();
    if !holds(b"\"type\"") || !(holds(b"\"request\"") || holds(b"\"auth\"")) {
        return false;
    }
    let Ok(Object(shape)) = from_record::<Object<Shape<'_>>>(record) else { return false };
    let is_object = |value: Option<&RawValue>| value.is_some_and(|value| value.get().starts_with('{'));
    matches!(shape.half.0.as_deref(), Some("request" | "response"))
        && (is_object(shape.request) || is_object(shape.auth))
}

/// The little that is read of a request.
#[derive(Debug, Default, Deserialize)]
struct Half<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    time: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    error: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    request: Object<Asked<'a>>,
}

#[derive(Debug, Default, Deserialize)]
struct Asked<'a> {
    #[serde(borrow, default)]
    path: Lenient<Text<'a>>,
}

/// The verdict on a request that the server answers: half of all records, of which nothing but their time is
/// needed. `None` for every other record, and for one in which anything is unusual.
fn repeated(bytes: &[u8]) -> Option<Verdict> {
    memchr::memmem::find(bytes, br#""type":"request""#)?;
    let Object(record) = from_record::<Object<Half<'_>>>(bytes).ok()?;
    if record.kind.0.as_deref() != Some("request") || record.error.0.is_some() {
        return None;
    }
    if seal::is_sealing(record.request.0.path.0.as_deref()) {
        return None;
    }
    let at = EventTime::parse(record.time.0.as_deref()?)?;
    let reason = request_reason(record.request.0.path.0.as_deref());
    Some(Verdict::Ignored { reason, at: Some(at) })
}

fn request_reason(path: Option<&str>) -> &'static str {
    if path == Some("sys/audit/test") { "probe" } else { "request_half" }
}

fn parse<'a>(bytes: &'a [u8], context: &RecordContext<'a>, events: &mut Vec<Event<'a>>) -> Verdict {
    if let Some(verdict) = repeated(bytes) {
        return verdict;
    }
    let record = match from_record::<Object<Record<'a>>>(bytes) {
        Ok(Object(record)) => record,
        Err(error) => return Verdict::Rejected(Reject::from_json(bytes, &error)),
    };
    let Some(at) = record.time.0.as_deref().and_then(EventTime::parse) else {
        return Verdict::Rejected(Reject::new(RejectReason::NoTime));
    };
    let found = events.len();
    let reason = match record.half.0.as_deref() {
        Some("response") => {
            answered(&Call::new(record, bytes, at, context), events);
            "no_caller"
        }
        Some("request") if wrapping::is_refusal(record.error.0.as_deref()) => {
            events.extend(wrapping::refused(&Call::new(record, bytes, at, context)));
            "no_caller"
        }
        Some("request")
            if record.error.0.is_none() && seal::is_sealing(record.request.0.path.0.as_deref()) =>
        {
            let call = Call::new(record, bytes, at, context);
            caller::read(&call, events);
            events.push(seal::sealed(&call));
            "no_caller"
        }
        Some("request") => request_reason(record.request.0.path.0.as_deref()),
        _ => "not_a_call",
    };
    concluded(events, found, at, reason)
}

fn answered<'a>(call: &Call<'a>, events: &mut Vec<Event<'a>>) {
    if login::is_login(call) {
        login::read(call, events);
        wrapping::issued(call, events);
        return;
    }
    caller::read(call, events);
    if call.mount_type() == "ssh" && call.tail() == "verify" {
        ssh::verified(call, events);
        return;
    }
    if call.path() == "sys/mfa/validate" {
        login::validate(call, events);
        return;
    }
    if call.outcome == Outcome::Success {
        handler(call)(call, events);
        wrapping::issued(call, events);
    }
}

/// The module of a path: auth methods by the type of their mount, all else by the engine.
fn handler(call: &Call<'_>) -> Handler {
    let in_auth = call.path().starts_with("auth/");
    match call.mount_type() {
        "token" | "ns_token" => token::read,
        "approle" if in_auth => approle::read,
        "userpass" if in_auth => userpass::read,
        _ if in_auth => auth_method::read,
        mount_type => mount::engine_of(mount_type).read,
    }
}
