//! Secrets that GitHub keeps for workflows, and secrets it found where they should not be.
//!
//! A workflow reads a stored secret without a trace, so only its life shows. Of a secret that was found the
//! log has the type and the number of the alert, never the value.

use super::act::Act;
use crate::event::{Credential, Event, Label, Name, Target};
use crate::kind::Kind;
use crate::text::Text;

/// Whose a stored secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Organization,
    Repository,
    Environment,
    User,
}

/// A stored secret, as `owner/NAME`, `owner/repository/NAME` or `owner/repository/environment/NAME`; those of
/// Codespaces and Dependabot, which may bear the same names, with whose it is in front.
pub(super) fn secret<'a>(act: &Act<'a, '_>, level: Level) -> Event<'a> {
    let record = act.entry.record;
    let holder = match level {
        Level::Organization => record.org.0.clone().or_else(|| record.business.0.clone()),
        Level::Repository | Level::Environment => record.repo.0.clone(),
        Level::User => act.holder(),
    };
    match name(act, level, holder.as_deref()) {
        Some(name) => {
            let secret = Credential::new(Kind::GithubActionsSecret, Name::id(name));
            act.event(Target::Credential(secret), holder)
        }
        None => act.unnamed(holder, "secret_not_named"),
    }
}

fn name(act: &Act<'_, '_>, level: Level, holder: Option<&str>) -> Option<String> {
    let key = act.details.text(|members| &members.key)?;
    let path = match level {
        Level::Environment => {
            let environment = act.details.text(|members| &members.environment_name)?;
            [holder?, "/", &environment, "/", &key].concat()
        }
        Level::Organization | Level::Repository | Level::User => [holder?, "/", &key].concat(),
    };
    Some(match store(act) {
        Some(store) => [store.to_ascii_lowercase().as_str(), ":", &path].concat(),
        None => path,
    })
}

/// Whose secret it is, where it is not one of Actions.
fn store<'a>(act: &Act<'a, '_>) -> Option<Text<'a>> {
    match act.entry.record.action() {
        action if action.ends_with("_actions_secret") => None,
        action if action.starts_with("codespaces.") => Some(Text::borrowed("codespaces")),
        _ => act.details.text(|members| &members.integration),
    }
}

/// A secret that was found in a repository, or pushed into it past the protection.
pub(super) fn alert<'a>(act: &Act<'a, '_>) -> Event<'a> {
    let repo = act.entry.record.repo.0.clone();
    let number = act.details.id(|members| &members.number);
    let place = repo.as_deref().zip(number.as_deref());
    let place =
        place.map(|(repo, number)| Text::owned([repo, "/security/secret-scanning/", number].concat()));
    let mut event = act.unnamed(act.scope(), "secret_not_named");
    event.place = place;
    let shown = act.details.text(|members| &members.secret_type_display_name);
    event.set_label(Label::Form, shown.or_else(|| act.details.text(|members| &members.secret_type)));
    event
}
