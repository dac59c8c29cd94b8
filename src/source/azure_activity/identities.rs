//! Managed identities, and the foreign tokens they are told to accept.
//!
//! A federated credential lies under its identity, so the end of the identity is the end of all of them.

use super::body::Said;
use super::call::Call;
use crate::event::{Action, Event, Label, Selector, Target};
use crate::kind::Kind;
use crate::text::Text;

const IDENTITIES: &str = "microsoft.managedidentity/userassignedidentities/";
const FEDERATED: &str = "federatedidentitycredentials/";
const FEDERATED_PART: &str = "/federatedidentitycredentials/";

pub(super) fn knows(operation: &str) -> bool {
    let Some(rest) = operation.strip_prefix(IDENTITIES) else { return false };
    matches!(rest.strip_prefix(FEDERATED).unwrap_or(rest), "write" | "delete")
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if call.operation.strip_prefix(IDENTITIES).is_some_and(|rest| rest.starts_with(FEDERATED)) {
        federated(call, events);
    } else if !call.resource.is_empty() {
        events.push(identity(call));
    }
}

fn identity<'a>(call: &Call<'a, '_>) -> Event<'a> {
    let id = call.resource.clone();
    let mut event = if call.verb().1 == "write" {
        call.event(call.written(), Target::None)
    } else {
        call.event(Action::Revoked, Target::Selector(Selector::Prefix(id.clone())))
    };
    event.principal = Some(id);
    event
}

/// The credential, and beside it that the identity trusts someone else than before.
fn federated<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let action = if call.verb().1 == "write" { call.written() } else { Action::Revoked };
    let holder = call.resource.find(FEDERATED_PART).map(|end| call.resource.clone().cut(end));
    let provider = call.says(Said::issuer).map(Text::owned);
    let credential = call.about(action, Kind::AzureFederatedCredential, "");
    let trust = call.event(Action::TrustChanged, Target::None);
    for mut event in credential.into_iter().chain([trust]) {
        event.principal.clone_from(&holder);
        event.set_label(Label::Provider, provider.clone());
        events.push(event);
    }
}
