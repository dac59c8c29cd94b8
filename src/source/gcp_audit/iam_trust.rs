//! Whom a project trusts, and what its own roles hold: workload identity pools and their providers, and
//! custom roles.
//!
//! Attribute conditions and permissions are not read: that trust changed is the fact.

use serde::Deserialize;

use super::call::Call;
use super::scope::from_segment;
use crate::event::{Action, Event, Label, Target};
use crate::source::json::Lenient;
use crate::text::Text;

const METHODS: &[(&str, Action)] = &[
    ("CreateWorkforcePool", Action::TrustChanged),
    ("CreateWorkforcePoolProvider", Action::TrustChanged),
    ("CreateWorkforcePoolProviderKey", Action::TrustChanged),
    ("CreateWorkloadIdentityPool", Action::TrustChanged),
    ("CreateWorkloadIdentityPoolProvider", Action::TrustChanged),
    ("CreateWorkloadIdentityPoolProviderKey", Action::TrustChanged),
    ("DeleteRole", Action::PrivilegeChanged),
    ("DeleteWorkforcePool", Action::TrustChanged),
    ("DeleteWorkforcePoolProvider", Action::TrustChanged),
    ("DeleteWorkforcePoolProviderKey", Action::TrustChanged),
    ("DeleteWorkloadIdentityPool", Action::TrustChanged),
    ("DeleteWorkloadIdentityPoolProvider", Action::TrustChanged),
    ("DeleteWorkloadIdentityPoolProviderKey", Action::TrustChanged),
    ("UndeleteRole", Action::PrivilegeChanged),
    ("UndeleteWorkforcePool", Action::TrustChanged),
    ("UndeleteWorkforcePoolProvider", Action::TrustChanged),
    ("UndeleteWorkforcePoolProviderKey", Action::TrustChanged),
    ("UndeleteWorkloadIdentityPool", Action::TrustChanged),
    ("UndeleteWorkloadIdentityPoolProvider", Action::TrustChanged),
    ("UndeleteWorkloadIdentityPoolProviderKey", Action::TrustChanged),
    ("UpdateRole", Action::PrivilegeChanged),
    ("UpdateWorkforcePool", Action::TrustChanged),
    ("UpdateWorkforcePoolProvider", Action::TrustChanged),
    ("UpdateWorkloadIdentityPool", Action::TrustChanged),
    ("UpdateWorkloadIdentityPoolProvider", Action::TrustChanged),
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Named<'a> {
    #[serde(borrow)]
    name: Lenient<Text<'a>>,
}

/// The pool, provider or role, by its name in the project. Its last entry alone names a provider that was
/// just made: the resource of the call is the pool.
pub(super) fn read<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let action = call.row(METHODS)?;
    let made = call.response::<Named<'_>>().name.0;
    let resource = call.resource_name()?;
    let full = made.as_deref().filter(|name| inner(name).is_some()).unwrap_or(resource);
    let principal = Text::owned(inner(full).unwrap_or(full).to_owned());
    let mut event = call.event(action, call.realm_of(resource), Target::None);
    if action == Action::TrustChanged {
        event.set_label(Label::Provider, Some(principal.clone()));
    }
    event.principal = Some(principal);
    Some(event)
}

/// A name without the project, which is written by id or by number.
fn inner(name: &str) -> Option<&str> {
    ["workloadIdentityPools", "workforcePools", "roles"].iter().find_map(|noun| from_segment(name, noun))
}
