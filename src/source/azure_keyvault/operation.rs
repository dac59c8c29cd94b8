//! What each operation does to the object it names.
//!
//! Operations are named `ObjectVerb`. One table of verbs serves secrets, keys and certificates; the few that
//! mean something else for one of them are told apart by the kind.
//!
//! Names: <https://learn.microsoft.com/azure/key-vault/general/logging#operation-names-table>

use crate::event::Action;
use crate::kind::Kind;

/// What an operation did, where it succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// Did this, and why it says no more.
    Did(Action, Option<&'static str>),
    /// Changed the attributes, which say how.
    Updated,
    /// A rotation that a schedule tried: done where it gave a version.
    RotatedIfDue,
    /// Looked at something that is no secret.
    Looked,
}

const fn did(action: Action) -> Act {
    Act::Did(action, None)
}

const fn noted(action: Action, note: &'static str) -> Act {
    Act::Did(action, Some(note))
}

/// A set, a create and an import each begin a life under the name, the first and every later one: no record
/// tells a first version from the next, and what ended the version before (its expiry, a purge) must not end
/// this one.
const VERBS: &[(&str, Act)] = &[
    ("Backup", noted(Action::SecretRead, "backup")),
    ("Create", did(Action::Issued)),
    ("Decrypt", did(Action::Used)),
    ("Delete", did(Action::Deactivated)),
    ("Encrypt", did(Action::Used)),
    ("Enroll", noted(Action::Modified, "enrolled")),
    ("ExpiredEventGridNotification", did(Action::Expired)),
    ("GetDeleted", Act::Looked),
    ("Import", did(Action::Issued)),
    ("List", Act::Looked),
    ("ListDeleted", Act::Looked),
    ("ListVersions", Act::Looked),
    ("NearExpiryEventGridNotification", noted(Action::Modified, "near_expiry")),
    ("PendingGet", Act::Looked),
    ("PendingMerge", noted(Action::Modified, "merged")),
    ("PolicyGet", Act::Looked),
    ("PolicySet", noted(Action::Modified, "policy")),
    ("PolicyUpdate", noted(Action::Modified, "policy")),
    ("Purge", did(Action::Revoked)),
    ("Recover", did(Action::Reactivated)),
    ("Release", noted(Action::SecretRead, "released")),
    ("Renew", did(Action::Rotated)),
    ("Restore", did(Action::Issued)),
    ("Rotate", did(Action::Rotated)),
    ("RotateIfDue", Act::RotatedIfDue),
    ("RotationPolicyGet", Act::Looked),
    ("RotationPolicySet", noted(Action::Modified, "rotation_policy")),
    ("Set", did(Action::Issued)),
    ("Sign", did(Action::Used)),
    ("Unwrap", did(Action::Used)),
    ("Update", Act::Updated),
    ("Verify", did(Action::Used)),
    ("Wrap", did(Action::Used)),
];

const KINDS: &[(&str, Kind)] = &[
    ("Certificate", Kind::AzureKeyvaultCertificate),
    ("Key", Kind::AzureKeyvaultKey),
    ("Secret", Kind::AzureKeyvaultSecret),
];

/// What an operation is about, and what it does. `None` for what is about no object that is followed.
pub(super) fn of_object(operation: &str) -> Option<(Kind, Act)> {
    let (prefix, kind) = KINDS.iter().find(|(prefix, _)| operation.starts_with(prefix))?;
    let verb = operation.strip_prefix(prefix)?;
    let act = match (verb, kind) {
        ("Get", Kind::AzureKeyvaultSecret) => did(Action::SecretRead),
        // What it hands out is public, but it is how a certificate is looked up where it is deployed.
        ("Get", Kind::AzureKeyvaultCertificate) => did(Action::Used),
        ("Get", _) => Act::Looked,
        _ => VERBS.iter().find(|(name, _)| *name == verb)?.1,
    };
    Some((*kind, act))
}

/// What each operation on a whole vault does to all that is in it.
const VAULT: &[(&str, Act)] = &[
    ("Authentication", Act::Looked),
    ("VaultAccessPolicyChangedEventGridNotification", did(Action::PrivilegeChanged)),
    ("VaultCreate", did(Action::Modified)),
    ("VaultDelete", did(Action::Deactivated)),
    ("VaultGet", Act::Looked),
    ("VaultPatch", did(Action::Modified)),
    ("VaultPurge", did(Action::Revoked)),
    ("VaultPut", did(Action::Modified)),
    ("VaultRecover", did(Action::Reactivated)),
];

pub(super) fn of_vault(operation: &str) -> Option<Act> {
    VAULT.iter().find(|(name, _)| *name == operation).map(|(_, act)| *act)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_and_unique() {
        assert!(VERBS.is_sorted_by(|(a, _), (b, _)| a < b));
        assert!(VAULT.is_sorted_by(|(a, _), (b, _)| a < b));
    }

    #[test]
    fn an_operation_names_its_object_and_its_verb() {
        let secret = Kind::AzureKeyvaultSecret;
        assert_eq!(of_object("SecretGet"), Some((secret, did(Action::SecretRead))));
        assert_eq!(of_object("KeyGet"), Some((Kind::AzureKeyvaultKey, Act::Looked)));
        assert_eq!(of_object("CertificateGet").map(|(_, act)| act), Some(did(Action::Used)));
        for other in ["", "Key", "CertificateIssuerSet", "VaultGet", "SecretTeleport"] {
            assert_eq!(of_object(other), None, "{other}");
        }
    }
}
