//! API tokens, and the tokens that authorization servers issue.
//!
//! An issued token shows its id, its end and a digest of itself. Which secret or key its client proved itself
//! with does not show, so it has no parent.

use serde::Deserialize;

use super::act::Act;
use super::record::Party;
use crate::event::{Action, Credential, Event, Label, Name, Outcome, Target};
use crate::kind::Kind;
use crate::source::json::{Lenient, members};
use crate::source::veil::veiled;
use crate::text::Text;
use crate::time::EventTime;

/// The types of targets that are tokens, in Okta's words.
const TOKENS: &[&str] = &["access_token", "refresh_token", "id_token", "device_secret", "id_jag"];

/// What is read of a token beside its id.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Detail<'a> {
    #[serde(borrow)]
    expires: Lenient<Text<'a>>,
    /// A digest of the token.
    #[serde(borrow)]
    hash: Lenient<Text<'a>>,
}

/// A token of the API, which acts as the user who made it.
pub(super) fn api_token<'a>(act: &Act<'a, '_>) -> Event<'a> {
    let actor = &act.entry.record.actor.0;
    let holder = act.user().or_else(|| (act.action == Action::Issued).then_some(actor));
    let id = act.entry.record.target_of(&["Token"]).or_else(|| act.thing()).and_then(Party::id);
    match id {
        Some(id) => {
            let token = Credential::new(Kind::OktaApiToken, Name::id(id));
            act.event(Target::Credential(token), holder)
        }
        None => act.unnamed(holder, "token_not_named"),
    }
}

/// Every token that was issued or revoked.
pub(super) fn each<'a>(act: &Act<'a, '_>, events: &mut Vec<Event<'a>>) {
    let before = events.len();
    let record = act.entry.record;
    events.extend(record.targets().filter_map(|party| token(act, party)));
    if events.len() == before {
        events.push(act.unnamed(act.client(), "token_not_named"));
    }
}

fn token<'a>(act: &Act<'a, '_>, party: &Party<'a>) -> Option<Event<'a>> {
    let form = *TOKENS.iter().find(|form| **form == party.is_a())?;
    let detail: Detail<'_> = members(party.detail_entry);
    let hash = detail.hash.0.as_deref().map(|hash| veiled(hash, act.entry.realm()));
    let credential = match (party.id(), hash) {
        (Some(id), hash) => Credential::new(Kind::OktaOauthToken, Name::id(id)).alias(hash),
        (None, Some(hash)) => Credential::new(Kind::OktaOauthToken, hash),
        (None, None) => return None,
    };
    let mut event = act.event(Target::Credential(credential), act.client());
    event.expires_at = detail.expires.0.as_deref().and_then(EventTime::parse);
    event.set_label(Label::Form, Some(Text::borrowed(form)));
    let user = act.user().and_then(Party::id);
    event.set_label(Label::OnBehalfOf, user.filter(|user| Some(user) != event.principal.as_ref()));
    Some(event)
}

/// All tokens of a client, a user or a server, none of which is named.
pub(super) fn many<'a>(act: &Act<'a, '_>) -> Event<'a> {
    let holder = act.user().or_else(|| act.client()).or_else(|| act.entry.record.targets().next());
    act.unnamed(holder, "tokens_not_named")
}

/// A refresh token that was spent and came again: its copy is in other hands, or a client has a fault.
pub(super) fn reused<'a>(act: &Act<'a, '_>) -> Event<'a> {
    let named = act.entry.record.targets().find_map(|party| token(act, party));
    let mut event = named.unwrap_or_else(|| act.event(Target::None, act.client()));
    event.outcome = Outcome::Refused;
    event.set_label(Label::Note, Some(Text::borrowed("refresh_token_reuse")));
    event
}
