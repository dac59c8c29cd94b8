//! What users sign in with, as far as somebody hands it out: passwords and Temporary Access Passes.
//!
//! Neither is in the record, and neither has an id: a password is named by its user, a pass by its user and
//! what it is. Telephones, keys and authenticators are no credential that can be passed on.

use super::audit::Audit;
use super::record::Resource;
use crate::event::{Action, Credential, Event, Label, Name, Target};
use crate::kind::Kind;
use crate::source::entra;
use crate::text::Text;

const PASS: &str = "temporary access pass";

pub(super) fn read_password<'a>(audit: &Audit<'a, '_>, action: Action, events: &mut Vec<Event<'a>>) {
    events.extend(user_and_id(audit).map(|(user, id)| {
        let upn = user.user_principal_name.0.clone().map(entra::lower).map(Name::id);
        event(audit, user, action, Credential::new(Kind::EntraUserPassword, Name::id(id)).alias(upn))
    }));
}

/// All sessions of a user end, which the password outlives.
pub(super) fn read_sessions<'a>(audit: &Audit<'a, '_>, events: &mut Vec<Event<'a>>) {
    let first = events.len();
    read_password(audit, Action::Modified, events);
    for event in events.iter_mut().skip(first) {
        event.set_label(Label::Note, Some(Text::borrowed("sessions_revoked")));
    }
}

pub(super) fn read_security_info<'a>(audit: &Audit<'a, '_>, action: Action, events: &mut Vec<Event<'a>>) {
    let reason = audit.body.result_reason.0.as_deref().unwrap_or_default();
    if !reason.to_ascii_lowercase().contains(PASS) {
        return;
    }
    events.extend(user_and_id(audit).map(|(user, id)| {
        let name = Text::owned([&id, "/temporary_access_pass"].concat());
        let mut event = event(audit, user, action, Credential::new(Kind::EntraUserPassword, Name::id(name)));
        event.set_label(Label::Form, Some(Text::borrowed("Temporary Access Pass")));
        event
    }));
}

fn user_and_id<'a, 'r>(audit: &Audit<'a, 'r>) -> Option<(&'r Resource<'a>, Text<'a>)> {
    let user = audit.body.target("User")?;
    let id = user.id.0.clone().or_else(|| user.user_principal_name.0.clone())?;
    Some((user, entra::lower(id)))
}

fn event<'a>(
    audit: &Audit<'a, '_>,
    user: &Resource<'a>,
    action: Action,
    credential: Credential<'a>,
) -> Event<'a> {
    let mut event = audit.event(action, Target::Credential(credential));
    audit.set_holder(&mut event, user);
    event
}
