//! What clients and applications prove themselves or sign with, and what Okta keeps for them.

use super::act::Act;
use super::record::Party;
use crate::event::{Action, Credential, Event, Label, Name, Outcome, Target};
use crate::kind::Kind;
use crate::text::Text;

/// A secret or key of a client; whoever has a client shown reads all it has. Where a target bears the id of
/// the client itself, the log does not say which of its secrets is meant, and one must not end in place of
/// another.
pub(super) fn secrets<'a>(act: &Act<'a, '_>, events: &mut Vec<Event<'a>>) {
    let client = act.client().or_else(|| act.things().next());
    let holder = client.and_then(Party::id);
    let before = events.len();
    let most = if act.action == Action::SecretRead { usize::MAX } else { 1 };
    let ids = act.things().take(most).filter_map(Party::id);
    for id in ids.filter(|id| Some(id) != holder.as_ref() && !is_client_id(id)) {
        let secret = Credential::new(Kind::OktaClientSecret, Name::id(id));
        events.push(act.event(Target::Credential(secret), client));
    }
    if events.len() == before {
        events.push(act.unnamed(client, "secret_not_named"));
    }
}

fn is_client_id(id: &str) -> bool {
    id.starts_with("0oa")
}

/// Many attempts of one client with a secret that is wrong, in one event.
pub(super) fn refused<'a>(act: &Act<'a, '_>) -> Event<'a> {
    let mut event = act.unnamed(act.client(), "key_not_shown");
    event.actor = None;
    event.outcome = Outcome::Refused;
    event
}

/// A signing key: under its own id, or where a server's is rolled over in place, under the id of the server.
pub(super) fn signing_key<'a>(act: &Act<'a, '_>) -> Event<'a> {
    let server = act.entry.record.target_of(&["AuthorizationServer", "AppInstance"]);
    let is_rollover = act.action == Action::Rotated && act.entry.record.event_type().ends_with(".rollover");
    let named = if is_rollover { server.or_else(|| act.thing()) } else { act.thing().or(server) };
    // The organisation's own server has one key, and no target that says so.
    let org = || is_rollover.then(|| Text::borrowed("org"));
    match named.and_then(Party::id).or_else(org) {
        Some(id) => {
            let key = Credential::new(Kind::OktaSigningKey, Name::id(id));
            act.event(Target::Credential(key), server)
        }
        None => act.unnamed(server, "key_not_named"),
    }
}

/// The password Okta keeps for one user of one application, as `application/user`.
pub(super) fn stored_password<'a>(act: &Act<'a, '_>) -> Event<'a> {
    let record = act.entry.record;
    let app = record.target_of(&["AppInstance"]).and_then(Party::id);
    let user = record.target_of(&["User"]).or_else(|| record.target_of(&["AppUser"]));
    match app.zip(user.and_then(Party::id)) {
        Some((app, user_id)) => {
            let name = Name::id([&*app, "/", &*user_id].concat());
            act.event(Target::Credential(Credential::new(Kind::OktaStoredPassword, name)), user)
        }
        None => act.unnamed(user, "secret_not_named"),
    }
}

/// A secret or the password of a service account, handed to a client out of the vault.
pub(super) fn vaulted<'a>(act: &Act<'a, '_>) -> Event<'a> {
    let thing = act.thing();
    let mut event = match thing.and_then(Party::id) {
        Some(id) => {
            let secret = Credential::new(Kind::OktaStoredPassword, Name::id(id));
            act.event(Target::Credential(secret), act.user())
        }
        None => act.unnamed(act.user(), "secret_not_named"),
    };
    event.set_label(Label::Role, act.client().and_then(Party::id));
    event
}
