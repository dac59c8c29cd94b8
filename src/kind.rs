//! Every kind of credential Tenure knows, with what its logs can and cannot show of it.
//!
//! A detection lists the classes it applies to; a conclusion from absence needs a kind whose use is visible.

mod blind_spots;
mod rows;

use serde::{Deserialize, Serialize};

use crate::stream::SourceName;

pub use rows::KINDS;

/// How a credential lives, which decides what may be concluded about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Made once, used until somebody ends it: access keys, secret-ids, passwords.
    Durable,
    /// A value kept in a secret store; what is seen is its reading, not its use.
    Stored,
    /// Lives minutes to weeks and ends by itself: tokens, leases, role sessions. Behaviour is learned on its
    /// issuer.
    Session,
    /// Key material used in place: transit keys, barrier keys.
    Material,
    /// Its use never shows in this log: certificates, key pairs.
    Blind,
}

impl Class {
    pub const ALL: &'static [Self] =
        &[Self::Durable, Self::Stored, Self::Session, Self::Material, Self::Blind];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Durable => "durable",
            Self::Stored => "stored",
            Self::Session => "session",
            Self::Material => "material",
            Self::Blind => "blind",
        }
    }
}

/// A kind of credential. The order is that of [`KINDS`]; new kinds are added at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Kind {
    AwsAccessKey,
    AwsRoleSession,
    AwsUserSession,
    AwsConsolePassword,
    AwsSecret,
    AwsParameter,
    AwsServiceSpecificCredential,
    AwsSigningCertificate,
    AwsServerCertificate,
    AwsSshPublicKey,
    AwsKeyPair,
    VaultToken,
    VaultBatchToken,
    VaultWrappingToken,
    VaultLease,
    VaultSecretId,
    VaultUserPassword,
    VaultCertificate,
    VaultSshCertificate,
    VaultKvSecret,
    VaultStaticRole,
    VaultRootCredential,
    VaultTransitKey,
    VaultTotpKey,
    VaultBarrierKey,
    VaultOidcKey,
    AwsKmsKey,
    AwsCertificate,
    AwsPrivateCertificate,
    AwsRegistryToken,
    AwsIdentityCenterSession,
    AwsClientSecret,
    AwsApiKey,
    AwsIotCertificate,
    AwsDatabasePassword,
    AwsDatabaseCredential,
    AwsInstancePassword,
    AwsInstanceKey,
    GcpServiceAccountKey,
    GcpServiceAccountToken,
    GcpFederatedToken,
    GcpSecret,
    GcpApiKey,
    GcpHmacKey,
    GcpKmsKey,
    GcpSqlCertificate,
    GcpDatabasePassword,
    GcpSshKey,
    AzureAppSecret,
    AzureAppCertificate,
    AzureFederatedCredential,
    AzureKeyvaultSecret,
    AzureKeyvaultKey,
    AzureKeyvaultCertificate,
    AzureStorageKey,
    AzureServiceKey,
    AzureSasToken,
    EntraUserPassword,
    GithubToken,
    GithubAppToken,
    GithubSshKey,
    GithubClientSecret,
    GithubActionsSecret,
    GithubRunner,
    KubernetesToken,
    KubernetesClientCertificate,
    KubernetesCertificateRequest,
    KubernetesTokenSecret,
    KubernetesBootstrapToken,
    KubernetesSecret,
    OktaApiToken,
    OktaClientSecret,
    OktaOauthToken,
    OktaSigningKey,
    OktaStoredPassword,
    VaultOidcClient,
    GenericApiKey,
    GenericPassword,
    GenericToken,
    GenericSecret,
    GenericKey,
    GenericCertificate,
}

/// When a use shows in the logs it can show in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    Always,
    /// Only where a log is on that is off by default, or in a log that need not be there.
    IfLogged,
}

/// What is known of a kind before any record is read.
#[derive(Debug)]
pub struct KindRow {
    pub kind: Kind,
    /// `<system>.<noun>`: the name in events, findings and policies.
    pub name: &'static str,
    /// How people call it, in the middle of a sentence.
    pub noun: &'static str,
    pub class: Class,
    /// Whether one can carry an end.
    pub expires: bool,
    /// Where behaviour of its sessions is learned, and what a finding asks the owner of.
    pub stable_end: &'static str,
    /// Sources in which its use shows. Empty for blind kinds.
    pub visible_in: &'static [SourceName],
    pub shown: Shown,
    /// What must be on, or cannot be had, for its use to show. Printed with every conclusion from silence.
    pub blind_spot: Option<&'static str>,
    /// Rotated in place under one name by a schedule or a command, so that its age can be held against a
    /// policy.
    pub rotated_in_place: bool,
    /// Its name can be made again after its end: a path, a user name. Otherwise ids are given once.
    pub made_again: bool,
}

impl Kind {
    #[must_use]
    pub fn row(self) -> &'static KindRow {
        &KINDS[self as usize]
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    #[must_use]
    pub fn class(self) -> Class {
        self.row().class
    }

    /// The log that speaks of its uses, else the first of its system.
    #[must_use]
    pub fn source(self) -> SourceName {
        let row = self.row();
        let system = row.name.split_once('.').map_or(row.name, |(system, _)| system);
        let shown = row.visible_in.first().copied().or_else(|| SourceName::of_system(system));
        shown.unwrap_or(SourceName::Generic)
    }

    /// What mints other credentials in the log of `source`, for a parent that is known by name only.
    #[must_use]
    pub const fn minter_in(source: SourceName) -> Self {
        match source {
            SourceName::AwsCloudtrail => Self::AwsAccessKey,
            SourceName::AzureActivity | SourceName::EntraAudit | SourceName::EntraSignin => {
                Self::AzureAppSecret
            }
            SourceName::AzureKeyvault => Self::AzureKeyvaultSecret,
            SourceName::GcpAudit => Self::GcpServiceAccountKey,
            SourceName::Generic => Self::GenericToken,
            SourceName::GithubAudit => Self::GithubToken,
            SourceName::KubernetesAudit => Self::KubernetesToken,
            SourceName::OktaSystem => Self::OktaApiToken,
            SourceName::VaultAudit => Self::VaultToken,
        }
    }

    /// Whether the absence of a use may be concluded from its log.
    #[must_use]
    pub fn use_is_visible(self) -> bool {
        !self.row().visible_in.is_empty()
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        KINDS.iter().find(|row| row.name == name).map(|row| row.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_stand_at_their_own_index_under_unique_names() {
        for (at, row) in KINDS.iter().enumerate() {
            assert_eq!(row.kind as usize, at, "{}", row.name);
            assert_eq!(Kind::parse(row.name), Some(row.kind));
            // Of some sessions only the issue shows.
            let unseen = row.visible_in.is_empty();
            assert!(unseen || row.class != Class::Blind, "{}", row.name);
            assert!(!unseen || matches!(row.class, Class::Blind | Class::Session), "{}", row.name);
        }
    }
}
