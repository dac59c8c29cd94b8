//! Every kind of credential Tenure knows, with what its logs can and cannot show of it.
//!
//! A detection lists the classes it applies to; a conclusion from absence needs a kind whose use is visible.

use serde::{Deserialize, Serialize};

use crate::stream::SourceName;

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

const AWS: &[SourceName] = &[SourceName::AwsCloudtrail];
const VAULT: &[SourceName] = &[SourceName::VaultAudit];
const NOWHERE: &[SourceName] = &[];
const DATA_EVENTS: Option<&str> =
    Some("data events (S3, SQS, DynamoDB, Lambda) show only where the trail logs them");
const CACHED_READS: Option<&str> = Some("reads served from a client's cache do not show; 'used' means read");

const fn row(
    kind: Kind,
    name: &'static str,
    noun: &'static str,
    class: Class,
    stable_end: &'static str,
) -> KindRow {
    let aws = matches!(name.as_bytes(), [b'a', b'w', b's', ..]);
    let visible_in = match (class, aws) {
        (Class::Blind, _) => NOWHERE,
        (_, true) => AWS,
        (_, false) => VAULT,
    };
    let expires = matches!(class, Class::Session);
    let made_again = matches!(
        kind,
        Kind::AwsConsolePassword
            | Kind::AwsSecret
            | Kind::AwsParameter
            | Kind::AwsServerCertificate
            | Kind::VaultUserPassword
            | Kind::VaultKvSecret
            | Kind::VaultStaticRole
            | Kind::VaultRootCredential
            | Kind::VaultTransitKey
            | Kind::VaultTotpKey
            | Kind::VaultOidcKey
    );
    KindRow {
        kind,
        name,
        noun,
        class,
        expires,
        stable_end,
        visible_in,
        blind_spot: None,
        rotated_in_place: false,
        made_again,
    }
}

impl KindRow {
    const fn expires(mut self) -> Self {
        self.expires = true;
        self
    }

    const fn blind_spot(mut self, text: Option<&'static str>) -> Self {
        self.blind_spot = text;
        self
    }

    const fn rotated_in_place(mut self) -> Self {
        self.rotated_in_place = true;
        self
    }
}

/// All kinds, in the order of [`Kind`].
pub static KINDS: &[KindRow] = &[
    row(Kind::AwsAccessKey, "aws.access_key", "AWS access key", Class::Durable, "user")
        .blind_spot(DATA_EVENTS),
    row(Kind::AwsRoleSession, "aws.role_session", "AWS role session", Class::Session, "role"),
    row(Kind::AwsUserSession, "aws.user_session", "AWS user session", Class::Session, "user"),
    row(Kind::AwsConsolePassword, "aws.console_password", "AWS console password", Class::Durable, "user"),
    row(Kind::AwsSecret, "aws.secret", "AWS secret", Class::Stored, "secret").blind_spot(CACHED_READS),
    row(Kind::AwsParameter, "aws.parameter", "AWS secure parameter", Class::Stored, "parameter")
        .blind_spot(CACHED_READS),
    row(
        Kind::AwsServiceSpecificCredential,
        "aws.service_specific_credential",
        "AWS service-specific credential",
        Class::Blind,
        "user",
    )
    .expires(),
    row(
        Kind::AwsSigningCertificate,
        "aws.signing_certificate",
        "AWS signing certificate",
        Class::Blind,
        "user",
    )
    .expires(),
    row(
        Kind::AwsServerCertificate,
        "aws.server_certificate",
        "AWS server certificate",
        Class::Blind,
        "certificate",
    )
    .expires(),
    row(Kind::AwsSshPublicKey, "aws.ssh_public_key", "AWS SSH public key", Class::Blind, "user"),
    row(Kind::AwsKeyPair, "aws.key_pair", "EC2 key pair", Class::Blind, "key pair"),
    row(Kind::VaultToken, "vault.token", "Vault token", Class::Session, "entity or role"),
    row(Kind::VaultBatchToken, "vault.batch_token", "Vault batch token", Class::Session, "entity or role"),
    row(Kind::VaultWrappingToken, "vault.wrapping_token", "Vault wrapping token", Class::Session, "creator"),
    row(Kind::VaultLease, "vault.lease", "Vault lease", Class::Session, "engine role")
        .blind_spot(Some("the leased secret is used outside Vault; only its lease shows")),
    row(Kind::VaultSecretId, "vault.secret_id", "Vault AppRole secret-id", Class::Durable, "AppRole role")
        .expires(),
    row(Kind::VaultUserPassword, "vault.user_password", "Vault user password", Class::Durable, "user"),
    row(Kind::VaultCertificate, "vault.certificate", "certificate issued by Vault", Class::Blind, "PKI role")
        .expires(),
    row(
        Kind::VaultSshCertificate,
        "vault.ssh_certificate",
        "SSH certificate signed by Vault",
        Class::Blind,
        "SSH role",
    )
    .expires(),
    row(Kind::VaultKvSecret, "vault.kv_secret", "Vault KV secret", Class::Stored, "path")
        .blind_spot(CACHED_READS),
    row(Kind::VaultStaticRole, "vault.static_role", "Vault static role", Class::Stored, "static role")
        .blind_spot(CACHED_READS)
        .rotated_in_place(),
    row(
        Kind::VaultRootCredential,
        "vault.root_credential",
        "root credential of a Vault engine",
        Class::Blind,
        "engine",
    )
    .rotated_in_place(),
    row(Kind::VaultTransitKey, "vault.transit_key", "Vault transit key", Class::Material, "key")
        .rotated_in_place(),
    row(Kind::VaultTotpKey, "vault.totp_key", "Vault TOTP key", Class::Material, "key"),
    row(Kind::VaultBarrierKey, "vault.barrier_key", "Vault barrier key", Class::Material, "cluster")
        .rotated_in_place(),
    row(Kind::VaultOidcKey, "vault.oidc_key", "Vault OIDC signing key", Class::Material, "key")
        .rotated_in_place(),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_stand_at_their_own_index_under_unique_names() {
        for (at, row) in KINDS.iter().enumerate() {
            assert_eq!(row.kind as usize, at, "{}", row.name);
            assert_eq!(Kind::parse(row.name), Some(row.kind));
            assert_eq!(row.class == Class::Blind, row.visible_in.is_empty(), "{}", row.name);
        }
    }
}
