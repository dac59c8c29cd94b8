//! The keys Vault itself stands on, and the root token they can make.

use serde::Deserialize;

use super::call::Call;
use crate::event::{Action, Credential, Event, Name};
use crate::kind::Kind;
use crate::source::json::Lenient;
use crate::text::Text;

/// Encrypts everything at rest; a rotation adds a key to its ring.
const BARRIER: &str = "vault:barrier";
/// Encrypts the barrier key; split into the unseal shares.
const UNSEAL: &str = "vault:unseal";
/// Its shares authorise a rekey where Vault unseals itself.
const RECOVERY: &str = "vault:recovery";

#[derive(Debug, Default, Deserialize)]
struct Given {
    #[serde(default)]
    complete: Lenient<bool>,
}

pub fn read<'a>(call: &Call<'a>, tail: &str) -> Option<Event<'a>> {
    if !call.op.writes() {
        return None;
    }
    let given: Given = call.given();
    let complete = given.complete.0 == Some(true);
    match tail {
        "rotate" | "rotate/keyring" => Some(key(call, Action::Rotated, BARRIER)),
        "rotate/config" => Some(scheduled(call)),
        "rotate/root" => Some(key(call, Action::Rotated, UNSEAL)),
        "rotate/recovery" => Some(key(call, Action::Rotated, RECOVERY)),
        "rotate/root/update" | "rekey/update" if complete => Some(key(call, Action::Rotated, UNSEAL)),
        "rotate/recovery/update" | "rekey-recovery-key/update" if complete => {
            Some(key(call, Action::Rotated, RECOVERY))
        }
        "generate-root/update" if complete => Some(root_token(call)),
        _ => None,
    }
}

/// Whether this is the request to seal the server, which is written down and never answered.
pub fn is_sealing(path: Option<&str>) -> bool {
    path == Some("sys/seal")
}

/// From here on nothing is served and nothing is logged, unless the caller may not seal: the request is
/// written down before that is asked, and a refusal writes nothing. Only of root it is sure.
pub fn sealed<'a>(call: &Call<'a>) -> Event<'a> {
    call.change(Action::LoggingChanged, if call.auth.is_root() { "sealed" } else { "seal_requested" })
}

/// The schedule of the barrier's own rotation.
pub fn scheduled<'a>(call: &Call<'a>) -> Event<'a> {
    key(call, Action::Modified, BARRIER)
}

fn key<'a>(call: &Call<'a>, action: Action, name: &'static str) -> Event<'a> {
    call.about(action, Credential::new(Kind::VaultBarrierKey, Name::id(call.scoped(name))))
}

/// Made by holders of key shares, without a login; neither the token nor its accessor is shown to anybody.
fn root_token<'a>(call: &Call<'a>) -> Event<'a> {
    let mut event = call.change(Action::Issued, "generate_root");
    event.principal = Some(Text::borrowed("root"));
    event.operation.privileged = true;
    event
}
