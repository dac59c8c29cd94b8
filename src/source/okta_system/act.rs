//! What an event says besides a use: the acts, by the subject of their row.

use super::entry::Entry;
use super::record::Party;
use super::rows::Subject;
use super::{clients, tokens};
use crate::event::{Action, Event, Label, Selector, Target};
use crate::text::Text;

/// Types of targets that hold or serve a credential; everything else can be one.
pub(super) const PARTIES: &[&str] =
    &["AppInstance", "AppUser", "AuthorizationServer", "PublicClientApp", "User", "UserGroup"];

/// Types of the client of an act, the surest first.
const CLIENTS: &[&str] = &["PublicClientApp", "AppInstance"];

pub(super) struct Act<'a, 'e> {
    pub entry: &'e Entry<'a, 'e>,
    pub action: Action,
}

impl<'a> Act<'a, '_> {
    /// An event about `target`, held by `holder`.
    pub fn event(&self, target: Target<'a>, holder: Option<&Party<'a>>) -> Event<'a> {
        let mut event = self.entry.event(self.action, target);
        event.principal = holder.and_then(Party::id);
        event.set_label(Label::DisplayName, holder.and_then(Party::name));
        event
    }

    /// An event whose credential the log does not name, and the `note` that says so.
    pub fn unnamed(&self, holder: Option<&Party<'a>>, note: &'static str) -> Event<'a> {
        let mut event = self.event(Target::None, holder);
        event.set_label(Label::Note, Some(Text::borrowed(note)));
        event
    }

    pub fn user(&self) -> Option<&Party<'a>> {
        self.entry.record.target_of(&["User", "AppUser"])
    }

    /// The client an act is about, else the one that acts.
    pub fn client(&self) -> Option<&Party<'a>> {
        let actor = &self.entry.record.actor.0;
        let target = CLIENTS.iter().find_map(|client| self.entry.record.target_of(&[client]));
        target.or_else(|| (actor.is_a() == "PublicClientApp").then_some(actor))
    }

    /// The first target that is neither a principal nor what serves one.
    pub fn thing(&self) -> Option<&Party<'a>> {
        self.things().next()
    }

    /// All targets that are neither a principal nor what serves one.
    pub fn things(&self) -> impl Iterator<Item = &Party<'a>> {
        self.entry.record.targets().filter(|party| !PARTIES.contains(&party.is_a()))
    }
}

/// Pushes what `act` on `subject` gives.
pub(super) fn read<'a>(act: &Act<'a, '_>, subject: Subject, events: &mut Vec<Event<'a>>) {
    match subject {
        Subject::ApiToken => events.push(tokens::api_token(act)),
        Subject::Token => tokens::each(act, events),
        Subject::Tokens => events.push(tokens::many(act)),
        Subject::Reuse => events.push(tokens::reused(act)),
        Subject::ClientSecret => clients::secrets(act, events),
        Subject::ClientRefused => events.push(clients::refused(act)),
        Subject::SigningKey => events.push(clients::signing_key(act)),
        Subject::StoredPassword => events.push(clients::stored_password(act)),
        Subject::Vaulted => events.push(clients::vaulted(act)),
        Subject::Client => events.push(principal(act, act.client().or_else(|| act.thing()))),
        Subject::User => events.push(principal(act, act.user())),
        Subject::Affected => events.push(act.event(Target::None, affected(act))),
        Subject::Lent => events.push(act.event(Target::None, act.client().or_else(|| act.user()))),
        Subject::Setting => events.push(act.event(Target::None, act.entry.record.targets().next())),
    }
}

/// The user or client it is about, else what else is named first: a group, a role.
fn affected<'r, 'a>(act: &'r Act<'a, '_>) -> Option<&'r Party<'a>> {
    act.user().or_else(|| act.client()).or_else(|| act.entry.record.targets().next())
}

/// A principal that was made or changed; or one that ended or was switched off or on, and with it all that
/// it holds.
fn principal<'a>(act: &Act<'a, '_>, party: Option<&Party<'a>>) -> Event<'a> {
    let reaches_all = matches!(act.action, Action::Deactivated | Action::Reactivated | Action::Revoked);
    let id = party.and_then(Party::id).filter(|_| reaches_all);
    act.event(id.map_or(Target::None, |id| Target::Selector(Selector::Principal(id))), party)
}
