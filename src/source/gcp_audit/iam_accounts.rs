//! Service accounts themselves: made, changed, switched off and deleted, and all their keys with them.
//!
//! A deleted account can be taken back for thirty days, with its keys, so its deletion puts them out of use
//! and does not end them; that the thirty days are over is never logged.

use serde::Deserialize;

use super::account::Account;
use super::call::Call;
use crate::event::{Action, Event, Label, Selector, Target};
use crate::source::json::{Lenient, Object};
use crate::text::Text;

const METHODS: &[(&str, Action)] = &[
    ("CreateServiceAccount", Action::Issued),
    ("DeleteServiceAccount", Action::Deactivated),
    ("DisableServiceAccount", Action::Deactivated),
    ("EnableServiceAccount", Action::Reactivated),
    ("PatchServiceAccount", Action::Modified),
    ("UndeleteServiceAccount", Action::Reactivated),
    ("UpdateServiceAccount", Action::Modified),
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Named<'a> {
    #[serde(borrow)]
    name: Lenient<Text<'a>>,
    /// Where a call answers with more than the account.
    #[serde(borrow, alias = "restoredAccount")]
    restored_account: Object<Restored<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Restored<'a> {
    #[serde(borrow)]
    name: Lenient<Text<'a>>,
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let Some(action) = call.row(METHODS) else { return };
    let (request, response): (Named<'_>, Named<'_>) = (call.request(), call.response());
    let names = [&response.name, &response.restored_account.0.name, &request.name];
    let name = call.account_name(&names.map(|name| name.0.as_deref()));
    let Some(account) = Account::of(call, name) else { return };
    let principal = account.principal();
    let reaches_its_keys = !matches!(action, Action::Issued | Action::Modified);
    let selector = principal.clone().filter(|_| reaches_its_keys).map(Selector::Principal);
    let target = selector.map_or(Target::None, Target::Selector);
    let mut event = call.event(action, account.realm.clone(), target);
    event.principal = principal;
    let numeric = reaches_its_keys && account.is_numeric();
    event.set_label(Label::Note, numeric.then_some(Text::borrowed("numeric_id_only")));
    events.push(event);
}
