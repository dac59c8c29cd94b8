//! The life of principals, their owners, and what they may do.
//!
//! Applications and users are deleted twice: first so that they can be restored for thirty days, then for
//! good. The first puts all they hold out of use, the second ends it. A service principal can be made anew as
//! long as its application lives, with all keys of the application, so its deletion never ends them.

use super::audit::Audit;
use super::record::{Property, Resource};
use super::{federated, keys};
use crate::event::{Action, Event, Label, Target};
use crate::source::entra;
use crate::text::Text;
use crate::time::EventTime;

/// The service that tells of roles that are lent, and what the directory calls it when it tells them again.
const ELEVATION: &str = "MS-PIM";
const HOLDERS: &[&str] = &["User", "ServicePrincipal", "Group"];
const APPLICATIONS: &[&str] = &["Application", "ServicePrincipal"];

/// An application can be made with keys. A service principal that is made, perhaps anew, can use all keys of
/// its application.
pub(super) fn read_made<'a>(audit: &Audit<'a, '_>, events: &mut Vec<Event<'a>>) {
    for target in applications(audit) {
        events.push(audit.event_of(Action::Issued, target));
        if target.is("ServicePrincipal") {
            events.extend(audit.on_everything_of(Action::Reactivated, target).take(1));
        }
        keys::read(audit, target, events);
        federated::read(audit, target, events);
    }
}

/// An update may change keys, federated credentials and the switch of the account, all in one.
pub(super) fn read_update<'a>(audit: &Audit<'a, '_>, events: &mut Vec<Event<'a>>) {
    for target in applications(audit) {
        keys::read(audit, target, events);
        federated::read(audit, target, events);
        if let Some(action) = switched(target) {
            events.extend(audit.on_everything_of(action, target));
        }
    }
}

fn applications<'a, 'r>(audit: &Audit<'a, 'r>) -> impl Iterator<Item = &'r Resource<'a>> {
    audit.body.targets().filter(|target| APPLICATIONS.iter().any(|kind| target.is(kind)))
}

fn switched(target: &Resource<'_>) -> Option<Action> {
    let (before, after) =
        (target.property("AccountEnabled")?.before(), target.property("AccountEnabled")?.after());
    if before == after {
        return None;
    }
    match after.first()?.to_ascii_lowercase().as_str() {
        "true" => Some(Action::Reactivated),
        "false" => Some(Action::Deactivated),
        _ => None,
    }
}

pub(super) fn read_life<'a>(audit: &Audit<'a, '_>, action: Action, events: &mut Vec<Event<'a>>) {
    let Some(target) = audit.body.targets().next() else { return };
    if action == Action::Issued {
        events.push(audit.event_of(action, target));
    } else {
        events.extend(audit.on_everything_of(action, target));
    }
}

/// The owner is the first target, what is owned the last.
pub(super) fn read_owner<'a>(audit: &Audit<'a, '_>, added: bool, events: &mut Vec<Event<'a>>) {
    let Some(application) = applications(audit).last() else { return };
    let owner = audit.body.targets().next().filter(|owner| !std::ptr::eq(*owner, application));
    let mut event = audit.event_of(Action::OwnerChanged, application);
    name_application(audit, &mut event);
    match owner.and_then(|owner| audit.names_of(owner).into_iter().next()) {
        Some(owner) if added => event.set_label(Label::Owner, Some(owner)),
        _ if added => {}
        _ => event.set_label(Label::Note, Some(Text::borrowed("owner_removed"))),
    }
    events.push(event);
}

/// What is given stands on the target it is given on; whom it is given to stands among its properties, or as
/// the last target.
pub(super) fn read_grant<'a>(audit: &Audit<'a, '_>, action: Action, events: &mut Vec<Event<'a>>) {
    let Some(client) = applications(audit).last() else { return };
    let mut event = audit.event_of(action, client);
    name_application(audit, &mut event);
    let by_admin = audit.body.targets().find_map(|target| target.property("ConsentContext.IsAdminConsent"));
    let by_admin = by_admin.map(Property::after).and_then(|after| after.first().map(|text| is_true(text)));
    let note = by_admin.map(|by_admin| if by_admin { "admin_consent" } else { "user_consent" });
    event.set_label(Label::Note, note.map(Text::borrowed));
    events.push(event);
}

/// The second target of a record is told apart by properties of the first.
fn name_application<'a>(audit: &Audit<'a, '_>, event: &mut Event<'a>) {
    let stated = |name: &str| audit.body.targets().find_map(|target| target.guid(name));
    let id = stated("Application.AppId").or_else(|| stated("ServicePrincipal.AppId"));
    if let Some(id) = id {
        event.principal = Some(entra::app(&id));
    }
}

pub(super) fn read_role<'a>(audit: &Audit<'a, '_>, action: Action, events: &mut Vec<Event<'a>>) {
    let holders = || HOLDERS.iter().find_map(|kind| audit.body.target(kind));
    let Some(holder) = holders() else { return };
    let mut event = audit.event_of(action, holder);
    let role =
        audit.body.target("Role").and_then(|role| role.display_name.0.clone().or_else(|| role.id.0.clone()));
    event.set_label(Label::Role, role);
    if action == Action::GrantStarted {
        event.expires_at = audit.body.detail("ExpirationTime").and_then(EventTime::parse);
    }
    events.push(event);
}

/// A role that the directory says was given or taken. Returns why nothing is said where its own service does.
pub(super) fn read_directory_role<'a>(
    audit: &Audit<'a, '_>,
    events: &mut Vec<Event<'a>>,
) -> Option<&'static str> {
    if audit.body.is_by(ELEVATION) {
        return Some("told_elsewhere");
    }
    read_role(audit, Action::PrivilegeChanged, events);
    None
}

/// An act on a policy, a domain or a setting, of which the target is the thing that changed.
pub(super) fn read_thing<'a>(audit: &Audit<'a, '_>, action: Action, events: &mut Vec<Event<'a>>) {
    let target = applications(audit).next().or_else(|| audit.body.targets().next());
    events.push(match target {
        Some(target) => audit.event_of(action, target),
        None => audit.event(action, Target::None),
    });
}

fn is_true(text: &str) -> bool {
    text.eq_ignore_ascii_case("true")
}
