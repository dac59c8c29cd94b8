//! What to do about a finding: the first command to type, for each kind of credential.

use crate::kind::{Class, Kind};

/// The shape of the way out. Findings of one subject with the same remedy are one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remedy {
    /// Take it out of use.
    Retire,
    /// Give it new material.
    Rotate,
    /// Prolong it, or let its successor take over.
    Renew,
    /// Assume that somebody else holds it.
    Contain,
    /// Find out who did this, and why.
    Review,
}

impl Remedy {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retire => "retire",
            Self::Rotate => "rotate",
            Self::Renew => "renew",
            Self::Contain => "contain",
            Self::Review => "review",
        }
    }
}

/// The steps of `remedy` for the credential `id` of `kind`, held by `holder` (a user name, a role).
#[must_use]
pub fn steps(remedy: Remedy, kind: Kind, id: &str, holder: &str) -> Vec<String> {
    let end = end_command(kind, id, holder);
    match remedy {
        Remedy::Retire => match suspend_command(kind, id, holder) {
            Some(suspend) => vec![suspend, "watch for 14 d".into(), "then delete it".into()],
            None => vec!["make sure with its owner that nothing needs it".into(), end],
        },
        Remedy::Rotate => vec![rotate_command(kind, id, holder), "deploy the new value".into(), end],
        Remedy::Renew => vec![renew_command(kind, id), "or confirm that its successor is in use".into()],
        Remedy::Contain => vec![
            end,
            "search the log for every use since the fact above".into(),
            "open an incident and record the verdict".into(),
        ],
        Remedy::Review => vec![
            "ask the holder for the reason and the change it belongs to".into(),
            "record the verdict".into(),
        ],
    }
}

/// The command that can be taken back, where the kind has one.
fn suspend_command(kind: Kind, id: &str, holder: &str) -> Option<String> {
    let command = if kind == Kind::AwsAccessKey {
        format!("aws iam update-access-key --user-name {holder} --access-key-id {id} --status Inactive")
    } else if kind == Kind::AwsSecret {
        format!("aws secretsmanager delete-secret --secret-id {} --recovery-window-in-days 30", tail(id))
    } else if kind == Kind::VaultKvSecret {
        format!("vault kv delete {id}")
    } else {
        return None;
    };
    Some(command)
}

/// The command that ends it for good.
fn end_command(kind: Kind, id: &str, holder: &str) -> String {
    match kind {
        Kind::AwsAccessKey => format!("aws iam delete-access-key --user-name {holder} --access-key-id {id}"),
        Kind::AwsRoleSession => {
            format!("revoke the older sessions of {holder} (IAM console, the role, Revoke active sessions)")
        }
        Kind::AwsUserSession => format!("disable the user behind the session: {holder}"),
        Kind::AwsConsolePassword => format!("aws iam delete-login-profile --user-name {id}"),
        Kind::AwsSecret => format!("aws secretsmanager delete-secret --secret-id {}", tail(id)),
        Kind::AwsParameter => format!("aws ssm delete-parameter --name {}", tail(id)),
        Kind::AwsServiceSpecificCredential => format!(
            "aws iam delete-service-specific-credential --user-name {holder} \
             --service-specific-credential-id {id}"
        ),
        Kind::AwsSigningCertificate => {
            format!("aws iam delete-signing-certificate --user-name {holder} --certificate-id {id}")
        }
        Kind::AwsServerCertificate => {
            format!("aws iam delete-server-certificate --server-certificate-name {id}")
        }
        Kind::AwsSshPublicKey => {
            format!("aws iam delete-ssh-public-key --user-name {holder} --ssh-public-key-id {id}")
        }
        Kind::AwsKeyPair => format!("aws ec2 delete-key-pair --key-pair-id {id}"),
        Kind::VaultToken | Kind::VaultWrappingToken => {
            format!("vault token revoke -accessor <accessor of {id}>")
        }
        Kind::VaultBatchToken => {
            "batch tokens cannot be revoked: revoke the parent, or disable the entity".into()
        }
        Kind::VaultLease => format!("vault lease revoke {id}"),
        Kind::VaultSecretId => {
            format!(
                "vault write auth/<mount>/role/<role>/secret-id-accessor/destroy secret_id_accessor=<{id}>"
            )
        }
        Kind::VaultUserPassword => format!("vault delete auth/{id}"),
        Kind::VaultCertificate => format!("vault write <mount>/revoke serial_number=<{id}>"),
        Kind::VaultSshCertificate => {
            "SSH certificates end by themselves: add it to the revocation list of the hosts".into()
        }
        Kind::VaultKvSecret => format!("vault kv metadata delete {id}"),
        Kind::VaultStaticRole | Kind::VaultTransitKey | Kind::VaultTotpKey => format!("vault delete {id}"),
        Kind::VaultRootCredential | Kind::VaultBarrierKey | Kind::VaultOidcKey => {
            "it is replaced, not deleted: the old material ends with the rotation".into()
        }
    }
}

fn rotate_command(kind: Kind, id: &str, holder: &str) -> String {
    match kind {
        Kind::AwsAccessKey => format!("aws iam create-access-key --user-name {holder}"),
        Kind::AwsConsolePassword => {
            format!("aws iam update-login-profile --user-name {id} --password-reset-required")
        }
        Kind::AwsSecret => format!("aws secretsmanager rotate-secret --secret-id {}", tail(id)),
        Kind::AwsParameter => {
            format!("aws ssm put-parameter --overwrite --type SecureString --name {}", tail(id))
        }
        Kind::VaultKvSecret => format!("vault kv put {id} ..."),
        Kind::VaultStaticRole => {
            format!("vault write -force {}", id.replace("static-roles/", "rotate-role/"))
        }
        Kind::VaultRootCredential => format!("vault write -force {}", id.replace("config/", "rotate-root/")),
        Kind::VaultTransitKey | Kind::VaultOidcKey => format!("vault write -force {id}/rotate"),
        Kind::VaultBarrierKey => "vault operator rotate".into(),
        Kind::VaultSecretId => "vault write -force auth/<mount>/role/<role>/secret-id".into(),
        Kind::VaultUserPassword => format!("vault write auth/{id}/password password=-"),
        Kind::AwsRoleSession
        | Kind::AwsUserSession
        | Kind::AwsServiceSpecificCredential
        | Kind::AwsSigningCertificate
        | Kind::AwsServerCertificate
        | Kind::AwsSshPublicKey
        | Kind::AwsKeyPair
        | Kind::VaultToken
        | Kind::VaultBatchToken
        | Kind::VaultWrappingToken
        | Kind::VaultLease
        | Kind::VaultCertificate
        | Kind::VaultSshCertificate
        | Kind::VaultTotpKey => format!("issue a new {} and retire this one", kind.row().noun),
    }
}

fn renew_command(kind: Kind, id: &str) -> String {
    let noun = kind.row().noun;
    if kind.class() == Class::Session {
        return format!("vault lease renew {id}");
    }
    if kind == Kind::VaultCertificate {
        return "vault write <mount>/issue/<role> common_name=<the same name>".into();
    }
    format!("issue the successor of this {noun} and deploy it")
}

/// The name of a secret or parameter without the region in front.
fn tail(id: &str) -> &str {
    id.split_once('/').map_or(id, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::KINDS;

    #[test]
    fn every_kind_has_a_first_command_for_every_remedy() {
        for row in KINDS {
            for remedy in [Remedy::Retire, Remedy::Rotate, Remedy::Renew, Remedy::Contain, Remedy::Review] {
                let steps = steps(remedy, row.kind, "x", "y");
                assert!(
                    steps.len() >= 2 && steps.iter().all(|step| !step.is_empty()),
                    "{} {remedy:?}",
                    row.name
                );
            }
        }
    }
}
