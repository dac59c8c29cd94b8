//! SSH: signed certificates, whose use and end do not show, and one-time passwords, which are leases used
//! once.

use serde::Deserialize;

use super::call::{Call, Op};
use super::{handle, lease};
use crate::event::{Action, Credential, Event, Label, Outcome, Target};
use crate::kind::Kind;
use crate::limits::FIELD_BYTES_MAX;
use crate::source::json::Lenient;
use crate::text::Text;

#[derive(Debug, Default, Deserialize)]
struct Given<'a> {
    #[serde(borrow, default)]
    serial_number: Lenient<Text<'a>>,
    /// The one-time password.
    #[serde(borrow, default)]
    key: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
struct Sent<'a> {
    #[serde(borrow, default)]
    otp: Lenient<Text<'a>>,
}

pub fn read<'a>(call: &Call<'a>, events: &mut Vec<Event<'a>>) {
    let parts = call.parts();
    if parts == ["config", "ca"] && (call.op.writes() || call.op == Op::Delete) {
        events.push(call.change(Action::TrustChanged, "signing_key_changed"));
    }
    if !call.op.writes() {
        return;
    }
    match parts.as_slice() {
        ["sign" | "issue", role] => events.extend(issued(call, role)),
        ["creds", _] => {
            let given: Given<'a> = call.given();
            lease::issued(call, given.key.0.as_ref().map(|key| call.veiled(key)), events);
        }
        _ => {}
    }
}

fn issued<'a>(call: &Call<'a>, role: &str) -> Option<Event<'a>> {
    let given: Given<'a> = call.given();
    let serial = handle::clear(given.serial_number.0.as_ref()?);
    let mut event = call.about(Action::Issued, Credential::new(Kind::VaultSshCertificate, serial));
    event.principal.clone_from(&event.actor);
    event.place = Some(call.full_path());
    event.set_label(Label::Role, Some(Text::owned(role.to_owned()).cut(FIELD_BYTES_MAX)));
    Some(event)
}

/// A host asks whether a one-time password is good. Nobody is logged in; the password itself is the
/// credential, and a good one is spent.
pub fn verified<'a>(call: &Call<'a>, events: &mut Vec<Event<'a>>) {
    let sent: Sent<'a> = call.sent();
    let Some(name) = sent.otp.0.as_ref().map(|otp| call.veiled(otp)) else { return };
    let otp = Credential::new(Kind::VaultLease, name);
    if call.outcome != Outcome::Success {
        let mut event = call.bare_event(Action::Denied, Target::Credential(otp));
        event.outcome = Outcome::Refused;
        events.push(event);
        return;
    }
    let mut end = call.bare_event(Action::Expired, Target::Credential(otp.clone()));
    end.set_label(Label::Note, Some(Text::borrowed("last_use")));
    events.extend([call.bare_event(Action::Used, Target::Credential(otp)), end]);
}
