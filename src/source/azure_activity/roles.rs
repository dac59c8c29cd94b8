//! Rights: roles given and taken, for good or for a time, and the trust of other tenants.

use super::body::Said;
use super::call::Call;
use crate::event::{Action, Event, Label, Target};
use crate::text::Text;

/// What an operation means for rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Privilege,
    /// A global administrator took rights over everything.
    Elevation,
    /// A role lent for a time, or given back.
    Scheduled,
    Cancelled,
    Trust,
}

const CALLS: &[(&str, Change)] = &[
    ("microsoft.authorization/classicadministrators/delete", Change::Privilege),
    ("microsoft.authorization/classicadministrators/write", Change::Privilege),
    ("microsoft.authorization/elevateaccess/action", Change::Elevation),
    ("microsoft.authorization/roleassignments/delete", Change::Privilege),
    ("microsoft.authorization/roleassignments/write", Change::Privilege),
    ("microsoft.authorization/roleassignmentschedulerequests/cancel/action", Change::Cancelled),
    ("microsoft.authorization/roleassignmentschedulerequests/write", Change::Scheduled),
    ("microsoft.authorization/roledefinitions/delete", Change::Privilege),
    ("microsoft.authorization/roledefinitions/write", Change::Privilege),
    ("microsoft.authorization/roleeligibilityschedulerequests/write", Change::Privilege),
    ("microsoft.managedservices/registrationassignments/delete", Change::Trust),
    ("microsoft.managedservices/registrationassignments/write", Change::Trust),
    ("microsoft.managedservices/registrationdefinitions/delete", Change::Trust),
    ("microsoft.managedservices/registrationdefinitions/write", Change::Trust),
];

/// Rights within a cluster, where Azure keeps them for it.
const CLUSTER_RIGHTS: &str = "/rbac.authorization.k8s.io/";

fn change(operation: &str) -> Option<Change> {
    let of_cluster = operation.contains(CLUSTER_RIGHTS)
        && (operation.ends_with("/write") || operation.ends_with("/delete"));
    if of_cluster {
        return Some(Change::Privilege);
    }
    CALLS.iter().find(|(name, _)| *name == operation).map(|(_, change)| *change)
}

pub(super) fn knows(operation: &str) -> bool {
    change(operation).is_some()
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let Some(change) = change(&call.operation) else { return };
    let action = match change {
        Change::Privilege | Change::Elevation => Action::PrivilegeChanged,
        Change::Trust => Action::TrustChanged,
        Change::Cancelled => Action::GrantEnded,
        Change::Scheduled if call.says(Said::ends_grant) == Some(true) => Action::GrantEnded,
        Change::Scheduled => Action::GrantStarted,
    };
    let mut event = call.event(action, Target::None);
    event.principal = call.says(Said::principal).map(Text::owned);
    if change == Change::Elevation {
        event.principal.clone_from(&event.actor);
        event.operation.privileged = true;
    }
    if action == Action::GrantStarted {
        event.expires_at = call.says(Said::grant_end);
    }
    event.set_label(Label::Role, call.says(Said::role).map(Text::owned));
    events.push(event);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_sorted_and_unique() {
        assert!(CALLS.is_sorted_by(|(a, _), (b, _)| a < b));
    }
}
