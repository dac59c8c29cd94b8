//! AppRole: secret-ids and the roles they belong to.
//!
//! A secret-id has an accessor, seen at its issue, and a value, seen at its issue and at every login. Logins
//! name it by the hash of the value alone.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::call::{Call, Op};
use super::login::Presented;
use super::record::Auth;
use super::{caller, handle};
use crate::event::{Action, Credential, Event, Label, Name, Selector, Target};
use crate::kind::Kind;
use crate::limits::FIELD_BYTES_MAX;
use crate::source::json::Lenient;
use crate::text::Text;
use crate::time::EventTime;

/// A secret-id as requests and answers show it.
#[derive(Debug, Default, Deserialize)]
struct Fields<'a> {
    #[serde(borrow, default)]
    secret_id: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    secret_id_accessor: Lenient<Text<'a>>,
    #[serde(default)]
    secret_id_ttl: Lenient<i64>,
    #[serde(default)]
    secret_id_num_uses: Lenient<i64>,
    #[serde(borrow, default)]
    creation_time: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    expiration_time: Lenient<Text<'a>>,
}

pub fn read<'a>(call: &Call<'a>, events: &mut Vec<Event<'a>>) {
    let parts = call.parts();
    match (parts.as_slice(), call.op) {
        (["role", role], Op::Delete) => {
            let prefix = call.under_mount(&format!("role/{}/", role.to_lowercase()));
            events.push(call.reach(Action::Revoked, Selector::Prefix(prefix)));
        }
        (["role", role], op) if op.writes() => events.extend(privilege(call, role)),
        (["role", role, "policies" | "token-policies"], op) if op.writes() || op == Op::Delete => {
            events.push(of_role(call, Action::PrivilegeChanged, role));
        }
        // Half of what a login presents, and no secret: logins with the old one fail.
        (["role", role, "role-id"], op) if op.writes() => events.push(of_role(call, Action::Modified, role)),
        (["role", role, "secret-id" | "custom-secret-id"], op) if op.writes() => {
            events.extend(issued(call, Some(role)));
        }
        (["role", role, "secret-id" | "secret-id-accessor", "destroy"], _) => {
            events.extend(about(call, Action::Revoked, role, &call.sent()));
        }
        (["role", role, "secret-id" | "secret-id-accessor", "lookup"], _) => {
            events.extend(looked_up(call, role));
        }
        _ => {}
    }
}

/// The secret-id in the answer, in clear, hashed or wrapped. `role` is unknown where it is unwrapped.
pub fn issued<'a>(call: &Call<'a>, role: Option<&str>) -> Option<Event<'a>> {
    let given: Fields<'a> = call.given();
    let shown = credential(call, &given);
    let shown = if role.is_none() { shown.map(|shown| shown.alias(taken_out(call))) } else { shown };
    let credential = shown.or_else(|| wrapped(call))?;
    let mut event = call.about(Action::Issued, credential);
    event.expires_at = call.after(given.secret_id_ttl.0);
    let note = is_single_use(call, &given).then_some(Text::borrowed("single_use"));
    event.set_label(Label::Note, note);
    if let Some(role) = role {
        belongs_to(call, &mut event, role);
    }
    Some(event)
}

/// Whether the first login spends the secret-id. A wrapped answer does not say so, its request may.
fn is_single_use(call: &Call<'_>, given: &Fields<'_>) -> bool {
    #[derive(Debug, Default, Deserialize)]
    struct Sent {
        #[serde(default)]
        num_uses: Lenient<i64>,
    }
    let uses = given.secret_id_num_uses.0.or_else(|| call.sent::<Sent>().num_uses.0);
    uses == Some(1)
}

/// A secret-id that left wrapped: its accessor, and where to expect it.
fn wrapped<'a>(call: &Call<'a>) -> Option<Credential<'a>> {
    let wrap = &call.response.wrap_info.0;
    let accessor = handle::clear(wrap.wrapped_accessor.0.as_ref()?);
    let boxes = [wrap.accessor.0.as_ref().map(handle::clear), wrap.token.0.as_ref().map(|t| call.veiled(t))];
    let secret_id = Credential::new(Kind::VaultSecretId, accessor);
    Some(boxes.into_iter().fold(secret_id, |secret_id, token| secret_id.alias(token.as_ref().map(lying_in))))
}

/// Where a secret-id that is unwrapped lay: in the token of the body, or in the caller's own.
fn taken_out<'a>(call: &Call<'a>) -> Option<Name<'a>> {
    #[derive(Debug, Default, Deserialize)]
    struct Sent<'a> {
        #[serde(borrow, default)]
        token: Lenient<Text<'a>>,
    }
    let sent: Sent<'a> = call.sent();
    let token = sent.token.0.as_ref().map(|token| call.veiled(token)).or_else(|| caller::name(call));
    token.as_ref().map(lying_in)
}

/// The name a secret-id has by the wrapping token it lies in. A device that shows accessors in clear
/// announces it by a clear accessor and hashes that accessor once it is out: nothing else joins the two.
fn lying_in<'a>(token: &Name<'a>) -> Name<'a> {
    Name::handle(Text::owned(["wrapped in ", &token.text].concat()).cut(FIELD_BYTES_MAX))
}

/// Whether the answer holds a secret-id.
pub fn answers(call: &Call<'_>) -> bool {
    let given: Fields<'_> = call.given();
    given.secret_id_accessor.0.is_some()
}

fn credential<'a>(call: &Call<'a>, shown: &Fields<'a>) -> Option<Credential<'a>> {
    let accessor = shown.secret_id_accessor.0.as_ref().map(handle::clear);
    let value = shown.secret_id.0.as_ref().map(|value| call.veiled(value));
    caller::named(Kind::VaultSecretId, [accessor, value])
}

fn about<'a>(call: &Call<'a>, action: Action, role: &str, shown: &Fields<'a>) -> Option<Event<'a>> {
    let mut event = call.about(action, credential(call, shown)?);
    belongs_to(call, &mut event, role);
    Some(event)
}

/// A look-up states when a secret-id was made, and joins its two names.
fn looked_up<'a>(call: &Call<'a>, role: &str) -> Option<Event<'a>> {
    let sent: Fields<'a> = call.sent();
    let given: Fields<'a> = call.given();
    let made = given.creation_time.0.as_deref().and_then(EventTime::parse)?;
    // The zero time of Go, year 1, stands for "never".
    let end = given.expiration_time.0.as_deref().and_then(EventTime::parse).filter(|end| *end > made);
    let mut event = about(call, Action::Modified, role, &Fields { secret_id: sent.secret_id, ..given })?;
    if let Target::Credential(credential) = &mut event.target {
        let asked = sent.secret_id_accessor.0.as_ref().map(handle::clear);
        *credential = credential.clone().alias(asked);
    }
    event.issued_at = Some(made);
    event.expires_at = end;
    event.set_label(Label::Note, Some(Text::borrowed("lookup")));
    Some(event)
}

/// A role's policies decide what every secret-id of it may do.
fn privilege<'a>(call: &Call<'a>, role: &str) -> Option<Event<'a>> {
    #[derive(Debug, Default, Deserialize)]
    struct Policies<'a> {
        #[serde(borrow, default)]
        token_policies: Option<&'a RawValue>,
        #[serde(borrow, default)]
        policies: Option<&'a RawValue>,
    }
    let sent: Policies<'a> = call.sent();
    sent.token_policies.or(sent.policies)?;
    Some(of_role(call, Action::PrivilegeChanged, role))
}

/// An act that reaches everything of a role.
fn of_role<'a>(call: &Call<'a>, action: Action, role: &str) -> Event<'a> {
    let holder = principal(call, role);
    let mut event = call.reach(action, Selector::Principal(holder.clone()));
    event.principal = Some(holder);
    event
}

/// The secret-id a login presents. The role shows only in the answer of one that succeeded.
pub fn presented<'a>(
    call: &Call<'a>,
    secret_id: Option<&Text<'a>>,
    made: Option<&Auth<'a>>,
) -> Presented<'a> {
    let name = secret_id.map(|value| call.veiled(value));
    let role = made.and_then(|auth| auth.metadata.0.role_name.0.as_deref());
    Presented {
        target: name
            .clone()
            .map_or(Target::None, |name| Target::Credential(Credential::new(Kind::VaultSecretId, name))),
        principal: role.map(|role| principal(call, role)),
        parent: name,
        place: Some(role.map_or_else(|| call.full_path(), |role| place(call, role))),
    }
}

fn belongs_to<'a>(call: &Call<'a>, event: &mut Event<'a>, role: &str) {
    event.principal = Some(principal(call, role));
    event.place = Some(place(call, role));
    event.set_label(Label::Role, Some(Text::owned(role.to_lowercase()).cut(FIELD_BYTES_MAX)));
}

/// Vault folds the case of role names.
fn principal<'a>(call: &Call<'a>, role: &str) -> Text<'a> {
    caller::prefixed("role:", &call.under_mount(&role.to_lowercase()))
}

/// Where the secret-ids of a role are made, whichever way.
fn place<'a>(call: &Call<'a>, role: &str) -> Text<'a> {
    call.under_mount(&format!("role/{}/secret-id", role.to_lowercase()))
}
