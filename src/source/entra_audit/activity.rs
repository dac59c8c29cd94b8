//! The activities that change the life of a credential, by the name the portal shows.
//!
//! Names are written with an en dash here, a trailing space there, and a full stop in old records; they are
//! compared without. Requests, approvals and cancellations are not in the table: what they lead to is.

use crate::event::Action;

/// What an activity does, and so which module reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// An application or service principal came to be, perhaps with keys.
    Made,
    /// May carry keys, federated credentials or the switch of an account, whatever it is called.
    Update,
    /// The life of a principal itself.
    Life(Action),
    OwnerAdded,
    OwnerRemoved,
    /// A permission given to, or taken from, an application.
    Grant(Action),
    /// A directory role.
    Role(Action),
    /// The same, as the directory tells what Privileged Identity Management tells itself.
    DirectoryRole,
    Trust,
    Logging,
    Password(Action),
    /// A method of authentication, of which only a Temporary Access Pass is a credential that is handed out.
    SecurityInfo(Action),
    /// All sessions of a user end.
    Sessions,
    /// The directory handed out a secret it keeps.
    Read,
}

use Act::{Grant, Life, Logging, Password, Read, Role, SecurityInfo, Trust, Update};
use Action::{
    Deactivated, GrantEnded, GrantStarted, Issued, Modified, PrivilegeChanged, Reactivated, Revoked, Rotated,
};

/// By the folded name, sorted.
static ACTIVITIES: &[(&str, Act)] = &[
    ("add a partner to cross-tenant access setting", Trust),
    ("add app role assignment to service principal", Grant(PrivilegeChanged)),
    ("add application", Act::Made),
    ("add certificationbasedauthconfiguration", Trust),
    ("add conditional access policy", Trust),
    ("add delegated permission grant", Grant(GrantStarted)),
    ("add eligible member to role", Role(PrivilegeChanged)),
    ("add eligible member to role in pim completed (permanent)", Role(PrivilegeChanged)),
    ("add eligible member to role in pim completed (timebound)", Role(GrantStarted)),
    ("add member to role", Act::DirectoryRole),
    ("add member to role completed (pim activation)", Role(GrantStarted)),
    ("add member to role in pim completed (permanent)", Role(PrivilegeChanged)),
    ("add member to role in pim completed (timebound)", Role(GrantStarted)),
    ("add named location", Trust),
    ("add owner to application", Act::OwnerAdded),
    ("add owner to service principal", Act::OwnerAdded),
    ("add partner to company", Trust),
    ("add policy", Trust),
    ("add policy to application", Trust),
    ("add policy to service principal", Trust),
    ("add scoped member to role", Role(PrivilegeChanged)),
    ("add service principal", Act::Made),
    ("add service principal credentials", Update),
    ("add unverified domain", Trust),
    ("add user", Life(Issued)),
    ("add verified domain", Trust),
    ("added policy", Trust),
    ("admin deleted security info", SecurityInfo(Revoked)),
    ("admin registered security info", SecurityInfo(Issued)),
    ("admin updated security info", SecurityInfo(Rotated)),
    ("authentication methods policy reset", Trust),
    ("authentication methods policy update", Trust),
    ("authentication strength policy create", Trust),
    ("authentication strength policy delete", Trust),
    ("authentication strength policy update", Trust),
    ("change user password", Password(Rotated)),
    ("consent to application", Grant(GrantStarted)),
    ("create application - certificates and secrets management", Update),
    ("create identity provider", Trust),
    ("delete application", Life(Deactivated)),
    ("delete certificationbasedauthconfiguration", Trust),
    ("delete conditional access policy", Trust),
    ("delete identity provider", Trust),
    ("delete named location", Trust),
    ("delete partner specific cross-tenant access setting", Trust),
    ("delete policy", Trust),
    ("delete user", Life(Deactivated)),
    ("disable account", Life(Deactivated)),
    ("disable passthrough authentication", Trust),
    ("disable pim alert", Logging),
    ("enable account", Life(Reactivated)),
    ("enable passthrough authentication", Trust),
    ("enable pim alert", Logging),
    ("grant contextual consent to application", Grant(GrantStarted)),
    ("hard delete application", Life(Revoked)),
    ("hard delete service principal", Life(Deactivated)),
    ("hard delete user", Life(Revoked)),
    ("read bitlocker key", Read),
    ("recover device local administrator password", Read),
    ("remove app role assignment from service principal", Grant(PrivilegeChanged)),
    ("remove delegated permission grant", Grant(GrantEnded)),
    ("remove eligible member from role", Role(PrivilegeChanged)),
    ("remove eligible member from role in pim completed (permanent)", Role(PrivilegeChanged)),
    ("remove eligible member from role in pim completed (timebound)", Role(GrantEnded)),
    ("remove member from role", Act::DirectoryRole),
    ("remove member from role (pim activation expired)", Role(GrantEnded)),
    ("remove member from role completed (pim deactivate)", Role(GrantEnded)),
    ("remove member from role in pim completed (permanent)", Role(PrivilegeChanged)),
    ("remove member from role in pim completed (timebound)", Role(GrantEnded)),
    ("remove owner from application", Act::OwnerRemoved),
    ("remove owner from service principal", Act::OwnerRemoved),
    ("remove partner from company", Trust),
    ("remove policy from application", Trust),
    ("remove policy from service principal", Trust),
    ("remove scoped member from role", Role(PrivilegeChanged)),
    ("remove service principal", Life(Deactivated)),
    ("remove service principal credentials", Update),
    ("remove unverified domain", Trust),
    ("remove verified domain", Trust),
    ("reset password", Password(Rotated)),
    ("reset the cross-tenant access default setting", Trust),
    ("reset user password", Password(Rotated)),
    ("restore application", Life(Reactivated)),
    ("restore consent", Grant(GrantStarted)),
    ("restore service principal", Life(Reactivated)),
    ("restore user", Life(Reactivated)),
    ("reveal local administrator password", Read),
    ("revoke sign in sessions", Act::Sessions),
    ("set domain authentication", Trust),
    ("set federation settings on domain", Trust),
    ("set force change user password", Password(Modified)),
    ("update a partner cross-tenant access setting", Trust),
    ("update application", Update),
    ("update application - certificates and secrets management", Update),
    ("update authentication methods policy", Trust),
    ("update authorization policy", Trust),
    ("update conditional access policy", Trust),
    ("update continuous access evaluation", Trust),
    ("update identity provider", Trust),
    ("update named location", Trust),
    ("update policy", Trust),
    ("update security defaults", Trust),
    ("update service principal", Update),
    ("update stsrefreshtokenvalidfrom timestamp", Act::Sessions),
    ("update the company default cross-tenant access setting", Trust),
    ("user deleted security info", SecurityInfo(Revoked)),
];

/// What the activity of this name does; `None` where it is of no concern here.
pub(super) fn of(name: &str) -> Option<Act> {
    let name = folded(name);
    ACTIVITIES
        .binary_search_by(|(known, _)| (*known).cmp(&name))
        .ok()
        .and_then(|at| ACTIVITIES.get(at))
        .map(|row| row.1)
}

/// `name` in lower case, with plain dashes, and nothing around it.
fn folded(name: &str) -> String {
    name.trim().trim_end_matches('.').replace(['\u{2013}', '\u{2014}'], "-").to_ascii_lowercase()
}

/// The name as it is shown: without what stands around it.
pub(super) fn shown(name: &str) -> &str {
    name.trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activities_are_sorted_and_stand_there_as_they_are_compared() {
        assert!(ACTIVITIES.is_sorted_by(|(a, _), (b, _)| a < b));
        assert!(ACTIVITIES.iter().all(|(name, _)| folded(name) == *name));
    }

    #[test]
    fn dashes_spaces_and_full_stops_make_no_other_activity() {
        for name in [
            "Update application \u{2013} Certificates and secrets management ",
            "Update application - Certificates and secrets management",
            "Update service principal.",
        ] {
            assert_eq!(of(name), Some(Update), "{name}");
        }
        assert_eq!(of("Add member to role requested (PIM activation)"), None);
        assert_eq!(of(""), None);
    }
}
