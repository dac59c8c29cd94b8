//! Whom a project trusts, and what its own roles hold: workload identity pools and their providers, and
//! custom roles.
//!
//! Attribute conditions and permissions are not read: that trust changed is the fact. Changes of pools are
//! long-running; the first entry names the provider that is made, so they are taken from there.

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
    #[serde(borrow, rename = "workloadIdentityPoolId")]
    pool: Lenient<Text<'a>>,
    #[serde(borrow, rename = "workloadIdentityPoolProviderId", alias = "workforcePoolProviderId")]
    provider: Lenient<Text<'a>>,
}

/// The pool, provider or role, by its name in the project. The call that makes one names what it is made in,
/// and its own name beside that.
pub(super) fn read<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let action = call.row(METHODS)?;
    let resource = call.resource_name()?;
    let principal = Text::owned(principal(call, resource));
    let mut event = call.event(action, call.realm_of(resource), Target::None);
    if action == Action::TrustChanged {
        event.set_label(Label::Provider, Some(principal.clone()));
    }
    event.principal = Some(principal);
    Some(event)
}

fn principal(call: &Call<'_, '_>, resource: &str) -> String {
    let (request, response): (Named<'_>, Named<'_>) = (call.request(), call.response());
    let made = response.name.0.as_deref().and_then(inner);
    let named = made.or_else(|| inner(resource)).unwrap_or(resource);
    match (request.pool.0.as_deref(), request.provider.0.as_deref()) {
        (_, Some(provider)) if !named.contains("/providers/") => format!("{named}/providers/{provider}"),
        (Some(pool), None) if inner(named).is_none() => format!("workloadIdentityPools/{pool}"),
        _ => named.to_owned(),
    }
}

/// A name without the project, which is written by id or by number.
fn inner(name: &str) -> Option<&str> {
    ["workloadIdentityPools", "workforcePools", "roles"].iter().find_map(|noun| from_segment(name, noun))
}
