//! Auth methods other than those with a module of their own: whom they trust, and what they let in as whom.
//!
//! Their secrets belong to other systems. A change of their configuration changes who is believed, a change
//! of a role or a mapping what tokens may do.

use super::call::{Call, Op};
use crate::event::{Action, Event};

pub fn read<'a>(call: &Call<'a>, events: &mut Vec<Event<'a>>) {
    if !call.op.writes() && call.op != Op::Delete {
        return;
    }
    let parts = call.parts();
    events.extend(match parts.as_slice() {
        // The key Vault itself signs in to the other system with.
        ["config", "rotate-root"] => Some(call.change(Action::Rotated, "auth_method_credential")),
        ["config", ..] => Some(call.change(Action::TrustChanged, "auth_method_configured")),
        // A certificate of the `cert` method is an authority that is trusted.
        ["certs" | "crls", _] => Some(call.change(Action::TrustChanged, "trusted_certificate")),
        ["role" | "roles" | "groups" | "users", _, ..] | ["map", _, _] => {
            Some(call.change(Action::PrivilegeChanged, "auth_role"))
        }
        _ => None,
    });
}
