//! The token a call was made with: its names, its holder, and what the call says of its life.

use super::call::Call;
use super::handle;
use super::outcome::Standing;
use super::record::Auth;
use crate::event::{Action, Credential, Event, Label, Name, Outcome, Target};
use crate::kind::Kind;
use crate::limits::FIELD_BYTES_MAX;
use crate::text::Text;
use crate::time::EventTime;

/// Pushes what the call says of its own token.
pub fn read<'a>(call: &Call<'a>, events: &mut Vec<Event<'a>>) {
    match call.standing {
        Standing::Nobody => {}
        Standing::Accepted => accepted(call, events),
        Standing::Inline => inline(call, events),
        Standing::Refused => events.extend(refused(call, Kind::VaultToken)),
    }
}

fn accepted<'a>(call: &Call<'a>, events: &mut Vec<Event<'a>>) {
    let Some(credential) = credential(call) else { return };
    let ends = end_of_life(call);
    let last = ends.map(|note| {
        let mut event = call.bare_event(Action::Expired, Target::Credential(credential.clone()));
        event.set_label(Label::Note, Some(Text::borrowed(note)));
        event
    });
    let action = if call.outcome == Outcome::Denied { Action::Denied } else { Action::Used };
    let mut event = call.bare_event(action, Target::Credential(credential));
    event.outcome = call.outcome;
    event.issued_at = call.auth.token_issue_time.0.as_deref().and_then(EventTime::parse);
    describe(&mut event, &call.auth);
    events.push(event);
    events.extend(last);
}

/// Why the caller's token is dead after this call, where it is. No record of that will follow.
fn end_of_life(call: &Call<'_>) -> Option<&'static str> {
    let auth = &call.auth;
    if auth.accessor.0.is_none() && !auth.is_batch() {
        return Some("inline_authentication");
    }
    match auth.remaining_uses.0 {
        Some(1) => Some("last_use"),
        Some(_) => None,
        None => (auth.is_wrapping() && !call.tail().starts_with("wrapping/lookup")).then_some("last_use"),
    }
}

fn inline<'a>(call: &Call<'a>, events: &mut Vec<Event<'a>>) {
    let Some(name) = call.request.client_token.0.as_ref().map(|token| call.veiled(token)) else { return };
    let credential = Credential::new(Kind::VaultToken, name);
    let mut used = call.bare_event(Action::Used, Target::Credential(credential.clone()));
    used.outcome = call.outcome;
    let mut expired = call.bare_event(Action::Expired, Target::Credential(credential));
    expired.set_label(Label::Note, Some(Text::borrowed("inline_authentication")));
    events.extend([used, expired]);
}

/// An attempt with a token that was not accepted, named by whatever the request still says of it.
pub fn refused<'a>(call: &Call<'a>, kind: Kind) -> Option<Event<'a>> {
    let request = &call.request;
    let accessor = request.client_token_accessor.0.as_ref().map(handle::clear);
    let token = request.client_token.0.as_ref().map(|token| call.veiled(token));
    let credential = named(kind, [accessor, token])?;
    let mut event = call.bare_event(Action::Denied, Target::Credential(credential));
    event.outcome = Outcome::Refused;
    Some(event)
}

/// The caller's token under every name this record has for it. With server-side consistent tokens `auth` and
/// `request` hold different hashes of one token.
pub fn credential<'a>(call: &Call<'a>) -> Option<Credential<'a>> {
    let auth = &call.auth;
    let accessor = auth.accessor.0.as_ref().map(handle::clear);
    let outer = auth.client_token.0.as_ref().map(|token| call.veiled(token));
    let inner = call.request.client_token.0.as_ref().map(|token| call.veiled(token));
    named(kind(auth), [accessor, outer, inner])
}

/// The name children of the caller's token know it by.
pub fn name<'a>(call: &Call<'a>) -> Option<Name<'a>> {
    let accessor = call.auth.accessor.0.as_ref().map(handle::clear);
    accessor.or_else(|| call.auth.client_token.0.as_ref().map(|token| call.veiled(token)))
}

/// A credential from the names at hand, the first of which is shown.
pub fn named<const N: usize>(kind: Kind, names: [Option<Name<'_>>; N]) -> Option<Credential<'_>> {
    let mut names = names.into_iter().flatten();
    let first = names.next()?;
    Some(names.fold(Credential::new(kind, first), |credential, name| credential.alias(Some(name))))
}

pub fn kind(auth: &Auth<'_>) -> Kind {
    if auth.is_batch() {
        Kind::VaultBatchToken
    } else if auth.is_wrapping() {
        Kind::VaultWrappingToken
    } else {
        Kind::VaultToken
    }
}

/// Who holds a token: its entity; tokens outside the identity store are told by what they are called.
pub fn principal<'a>(auth: &Auth<'a>) -> Option<Text<'a>> {
    if let Some(entity) = &auth.entity_id.0 {
        return Some(prefixed("entity:", entity));
    }
    if auth.is_root() {
        return Some(Text::borrowed("root"));
    }
    auth.display_name.0.as_ref().map(|name| prefixed("name:", name))
}

/// `tag` and `text`, within the limit of a field.
pub fn prefixed<'a>(tag: &str, text: &str) -> Text<'a> {
    Text::owned([tag, text].concat()).cut(FIELD_BYTES_MAX)
}

/// Says of an event about a token who holds it.
pub fn describe<'a>(event: &mut Event<'a>, auth: &Auth<'a>) {
    let metadata = &auth.metadata.0;
    let role = [&metadata.role_name, &metadata.role, &metadata.service_account_name];
    let role =
        role.into_iter().chain([&metadata.username, &metadata.common_name]).find_map(|text| text.0.clone());
    event.principal = principal(auth);
    let short = |text: Option<Text<'a>>| text.map(|text| text.cut(FIELD_BYTES_MAX));
    event.set_label(Label::DisplayName, short(auth.display_name.0.clone()));
    event.set_label(Label::Role, short(role));
    event.set_label(Label::Owner, short(metadata.owner.0.clone()));
}
