//! What an entry did besides using a token: its event, by the subject of its row.

use super::details::Details;
use super::entry::Entry;
use super::rows::Subject;
use super::stores::{self, Level};
use super::{apps, tokens};
use crate::event::{Action, Event, Label, Target};

use crate::text::Text;

/// An act on one subject: its entry, and the members that say whom and what it was about.
pub(super) struct Act<'a, 'e> {
    pub entry: &'e Entry<'a, 'e>,
    pub details: &'e Details<'a>,
    pub action: Action,
}

impl<'a> Act<'a, '_> {
    /// An event about `target`, held by `principal`.
    pub fn event(&self, target: Target<'a>, principal: Option<Text<'a>>) -> Event<'a> {
        let mut event = self.entry.event(self.action, target);
        event.principal = principal;
        event
    }

    /// An event whose credential the log does not name, and the `note` that says so.
    pub fn unnamed(&self, principal: Option<Text<'a>>, note: &'static str) -> Event<'a> {
        let mut event = self.event(Target::None, principal);
        event.set_label(Label::Note, Some(Text::borrowed(note)));
        event
    }

    /// The member an act was about, else who did it: people mostly act on what is their own.
    pub fn holder(&self) -> Option<Text<'a>> {
        self.details.text(|members| &members.user).or_else(|| self.entry.record.actor.0.clone())
    }

    pub fn scope(&self) -> Option<Text<'a>> {
        self.entry.record.scope()
    }
}

/// The event of `act` on `subject`.
pub(super) fn read<'a>(act: &Act<'a, '_>, subject: Subject) -> Event<'a> {
    match subject {
        Subject::FineGrainedToken => tokens::fine_grained(act),
        Subject::OwnToken => tokens::own(act),
        Subject::Authorization => tokens::authorization(act),
        Subject::Authorized => tokens::authorized(act),
        Subject::PublicKey => tokens::public_key(act),
        Subject::ClientSecret => apps::client_secret(act),
        Subject::App => apps::app(act),
        Subject::OrganizationSecret => stores::secret(act, Level::Organization),
        Subject::RepositorySecret => stores::secret(act, Level::Repository),
        Subject::EnvironmentSecret => stores::secret(act, Level::Environment),
        Subject::UserSecret => stores::secret(act, Level::User),
        Subject::Alert => stores::alert(act),
        Subject::Runner => apps::runner(act),
        Subject::Affected => act.event(Target::None, affected(act)),
        Subject::Setting => act.event(Target::None, act.scope()),
    }
}

/// Who may do more or less than before: the user, the team, else what it was granted on.
fn affected<'a>(act: &Act<'a, '_>) -> Option<Text<'a>> {
    let user = act.details.text(|members| &members.user);
    user.or_else(|| act.details.text(|members| &members.team)).or_else(|| act.scope())
}
