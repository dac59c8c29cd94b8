//! Keys of resources: handed out, replaced, and signatures made with them.
//!
//! Every service has its own resource types and nearly the same verbs, so the verbs are what is known here;
//! a service that is not known yet is read all the same. The credential is the resource, and the key of it
//! where the log says which; a signature lies under its resource, without a name of its own.

use super::body::Said;
use super::call::Call;
use crate::event::{Action, Event, Label};
use crate::kind::Kind;
use crate::text::Text;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Read,
    Rotate,
    Issue,
    /// Made a signature that opens the resource.
    Sign,
    /// Ended all signatures there were.
    Unsign,
    /// Ended those that were made with the keys of users.
    UnsignUsers,
}

/// Verbs before `/action`, what they do, and to which of the resource's credentials where it has several.
const VERBS: &[(&str, Act, &str)] = &[
    ("begingetaccess", Act::Sign, ""),
    ("createquerykey", Act::Issue, "querykey"),
    ("endgetaccess", Act::Unsign, ""),
    ("generatecredentials", Act::Issue, ""),
    ("getgatewaysettings", Act::Read, ""),
    ("listaccountsas", Act::Sign, ""),
    ("listadmincredentials", Act::Read, ""),
    ("listadminkeys", Act::Read, "adminkey"),
    ("listauthkeys", Act::Read, ""),
    ("listcallbackurl", Act::Read, ""),
    ("listclusteradmincredential", Act::Read, "clusteradmin"),
    ("listclustermonitoringusercredential", Act::Read, "clustermonitoringuser"),
    ("listclusterusercredential", Act::Read, "clusteruser"),
    ("listclusterusercredentials", Act::Read, "clusteruser"),
    ("listconnectionstrings", Act::Read, ""),
    ("listcredential", Act::Read, ""),
    ("listcredentials", Act::Read, ""),
    ("listkeys", Act::Read, ""),
    ("listquerykeys", Act::Read, "querykey"),
    ("listreadonlykeys", Act::Read, "readonly"),
    ("listsecrets", Act::Read, ""),
    ("listservicesas", Act::Sign, ""),
    ("listsharedaccesskeys", Act::Read, ""),
    ("newpassword", Act::Rotate, ""),
    ("publishxml", Act::Read, ""),
    ("readonlykeys", Act::Read, "readonly"),
    ("regenerateaccesskey", Act::Rotate, ""),
    ("regenerateadminkey", Act::Rotate, "adminkey"),
    ("regenerateauthkey", Act::Rotate, ""),
    ("regeneratecredential", Act::Rotate, ""),
    ("regeneratekey", Act::Rotate, ""),
    ("regeneratekeys", Act::Rotate, ""),
    ("regeneratepassword", Act::Rotate, ""),
    ("regenerateprimarykey", Act::Rotate, "primary"),
    ("regeneratesecondarykey", Act::Rotate, "secondary"),
    ("regeneratesharedkey", Act::Rotate, ""),
    ("revokeuserdelegationkeys", Act::UnsignUsers, ""),
    ("rotateclustercertificates", Act::Rotate, "clusteradmin"),
    ("sharedkeys", Act::Read, ""),
    ("updategatewaysettings", Act::Rotate, ""),
];

/// Web apps hand out their settings, passwords among them, as a list of a configuration.
const CONFIGURATION: &str = "/config/list/action";

const STORAGE_ACCOUNT: &str = "microsoft.storage/storageaccounts/";

fn verb(operation: &str) -> Option<(Act, &'static str)> {
    if operation.starts_with("microsoft.web/") && operation.ends_with(CONFIGURATION) {
        return Some((Act::Read, ""));
    }
    let verb = operation.strip_suffix("/action")?.rsplit('/').next()?;
    VERBS.iter().find(|(name, ..)| *name == verb).map(|(_, act, part)| (*act, *part))
}

/// A write of a storage account may switch its keys off, or on again.
const STORAGE_ACCOUNT_WRITE: &str = "microsoft.storage/storageaccounts/write";

pub(super) fn knows(operation: &str) -> bool {
    operation == STORAGE_ACCOUNT_WRITE || verb(operation).is_some()
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if &*call.operation == STORAGE_ACCOUNT_WRITE {
        switched(call, events);
    } else {
        events.extend(done(call));
    }
}

fn done<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let (act, part) = verb(&call.operation)?;
    let kind = key_kind(&call.operation);
    match act {
        Act::Read => call.about(Action::SecretRead, kind, part),
        Act::Issue => call.about(Action::Issued, kind, part),
        Act::Rotate => {
            let named = if part.is_empty() { call.says(Said::key_name) } else { None };
            call.about(Action::Rotated, kind, named.unwrap_or(part))
        }
        Act::Sign => {
            let mut event = call.about(Action::Issued, Kind::AzureSasToken, SIGNATURES)?;
            event.expires_at = call.says(|said| said.signature_end(call.at));
            Some(event)
        }
        Act::Unsign => call.about(Action::Revoked, Kind::AzureSasToken, SIGNATURES),
        Act::UnsignUsers => {
            let mut event = call.about(Action::Modified, Kind::AzureSasToken, SIGNATURES)?;
            event.set_label(Label::Note, Some(Text::borrowed("user_delegation_keys_revoked")));
            Some(event)
        }
    }
}

/// Under which part of its resource a signature is kept: no record names one, and the names of a realm must
/// not meet.
const SIGNATURES: &str = "sas";

/// The pair of keys of a storage account is a kind of its own; its local users have passwords.
fn key_kind(operation: &str) -> Kind {
    let account =
        operation.strip_prefix(STORAGE_ACCOUNT).is_some_and(|rest| !rest.starts_with("localusers/"));
    if account { Kind::AzureStorageKey } else { Kind::AzureServiceKey }
}

/// The account under which its keys are read, and the two of them, under which they are replaced.
const STORAGE_KEYS: &[&str] = &["", "key1", "key2"];

fn switched<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let Some(allowed) = call.says(|said| said.allow_shared_key_access.0) else { return };
    let action = if allowed { Action::Reactivated } else { Action::Deactivated };
    events.extend(STORAGE_KEYS.iter().filter_map(|part| call.about(action, Kind::AzureStorageKey, part)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verbs_are_sorted_and_unique() {
        assert!(VERBS.is_sorted_by(|(a, ..), (b, ..)| a < b));
    }

    #[test]
    fn a_verb_is_known_in_every_service() {
        for operation in [
            "microsoft.storage/storageaccounts/listkeys/action",
            "microsoft.contoso/things/listkeys/action",
            "microsoft.web/sites/slots/config/list/action",
        ] {
            assert!(knows(operation), "{operation}");
        }
        for operation in
            ["microsoft.storage/storageaccounts/listkeys", "microsoft.web/sites/read", "", "/action"]
        {
            assert!(!knows(operation), "{operation}");
        }
        assert_eq!(key_kind("microsoft.storage/storageaccounts/listkeys/action"), Kind::AzureStorageKey);
        assert_eq!(
            key_kind("microsoft.storage/storageaccounts/localusers/listkeys/action"),
            Kind::AzureServiceKey
        );
    }
}
