//! The table of kinds: what each log can and cannot show of its credentials.

use super::Class::{self, Blind, Durable, Material, Session, Stored};
use super::blind_spots::{
    CACHED_READS, CREDENTIAL_IDS, DATA_EVENTS, GCP_DATA, GITHUB_GIT, KEYS_BY_VALUE, OKTA_READS, SIGN_INS,
    WATCHED,
};
use super::{Kind, KindRow, Shown};
use crate::stream::SourceName;

const AWS: &[SourceName] = &[SourceName::AwsCloudtrail];
const ACTIVITY: &[SourceName] = &[SourceName::AzureActivity];
const KEYVAULT: &[SourceName] = &[SourceName::AzureKeyvault];
const SIGNIN: &[SourceName] = &[SourceName::EntraSignin];
const GCP: &[SourceName] = &[SourceName::GcpAudit];
const GENERIC: &[SourceName] = &[SourceName::Generic];
const GITHUB: &[SourceName] = &[SourceName::GithubAudit];
const KUBERNETES: &[SourceName] = &[SourceName::KubernetesAudit];
const OKTA: &[SourceName] = &[SourceName::OktaSystem];
const VAULT: &[SourceName] = &[SourceName::VaultAudit];
const NOWHERE: &[SourceName] = &[];

const fn row(
    kind: Kind,
    name: &'static str,
    noun: &'static str,
    class: Class,
    stable_end: &'static str,
    visible_in: &'static [SourceName],
) -> KindRow {
    let expires = matches!(class, Session);
    KindRow {
        kind,
        name,
        noun,
        class,
        expires,
        stable_end,
        visible_in,
        shown: Shown::Always,
        blind_spot: None,
        rotated_in_place: false,
        made_again: false,
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

    const fn if_logged(mut self) -> Self {
        self.shown = Shown::IfLogged;
        self
    }

    const fn made_again(mut self) -> Self {
        self.made_again = true;
        self
    }

    const fn rotated_in_place(mut self) -> Self {
        self.rotated_in_place = true;
        self
    }
}

/// All kinds, in the order of [`Kind`].
pub static KINDS: &[KindRow] = &[
    row(Kind::AwsAccessKey, "aws.access_key", "AWS access key", Durable, "user", AWS).blind_spot(DATA_EVENTS),
    row(Kind::AwsRoleSession, "aws.role_session", "AWS role session", Session, "role", AWS),
    row(Kind::AwsUserSession, "aws.user_session", "AWS user session", Session, "user", AWS),
    row(Kind::AwsConsolePassword, "aws.console_password", "AWS console password", Durable, "user", AWS)
        .made_again(),
    row(Kind::AwsSecret, "aws.secret", "AWS secret", Stored, "secret", AWS)
        .made_again()
        .blind_spot(CACHED_READS),
    row(Kind::AwsParameter, "aws.parameter", "AWS secure parameter", Stored, "parameter", AWS)
        .made_again()
        .blind_spot(CACHED_READS),
    row(
        Kind::AwsServiceSpecificCredential,
        "aws.service_specific_credential",
        "AWS service-specific credential",
        Blind,
        "user",
        NOWHERE,
    )
    .expires(),
    row(
        Kind::AwsSigningCertificate,
        "aws.signing_certificate",
        "AWS signing certificate",
        Blind,
        "user",
        NOWHERE,
    )
    .expires(),
    row(
        Kind::AwsServerCertificate,
        "aws.server_certificate",
        "AWS server certificate",
        Blind,
        "certificate",
        NOWHERE,
    )
    .made_again()
    .expires(),
    row(Kind::AwsSshPublicKey, "aws.ssh_public_key", "AWS SSH public key", Blind, "user", NOWHERE),
    row(Kind::AwsKeyPair, "aws.key_pair", "EC2 key pair", Blind, "key pair", NOWHERE),
    row(Kind::VaultToken, "vault.token", "Vault token", Session, "entity or role", VAULT),
    row(Kind::VaultBatchToken, "vault.batch_token", "Vault batch token", Session, "entity or role", VAULT),
    row(Kind::VaultWrappingToken, "vault.wrapping_token", "Vault wrapping token", Session, "creator", VAULT),
    row(Kind::VaultLease, "vault.lease", "Vault lease", Session, "engine role", VAULT)
        .blind_spot(Some("the leased secret is used outside Vault; only its lease shows")),
    row(Kind::VaultSecretId, "vault.secret_id", "Vault AppRole secret-id", Durable, "AppRole role", VAULT)
        .expires(),
    row(Kind::VaultUserPassword, "vault.user_password", "Vault user password", Durable, "user", VAULT)
        .made_again(),
    row(
        Kind::VaultCertificate,
        "vault.certificate",
        "certificate issued by Vault",
        Blind,
        "PKI role",
        NOWHERE,
    )
    .expires(),
    row(
        Kind::VaultSshCertificate,
        "vault.ssh_certificate",
        "SSH certificate signed by Vault",
        Blind,
        "SSH role",
        NOWHERE,
    )
    .expires(),
    row(Kind::VaultKvSecret, "vault.kv_secret", "Vault KV secret", Stored, "path", VAULT)
        .made_again()
        .blind_spot(CACHED_READS),
    row(Kind::VaultStaticRole, "vault.static_role", "Vault static role", Stored, "static role", VAULT)
        .made_again()
        .blind_spot(CACHED_READS)
        .rotated_in_place(),
    row(
        Kind::VaultRootCredential,
        "vault.root_credential",
        "root credential of a Vault engine",
        Blind,
        "engine",
        NOWHERE,
    )
    .made_again()
    .rotated_in_place(),
    row(Kind::VaultTransitKey, "vault.transit_key", "Vault transit key", Material, "key", VAULT)
        .made_again()
        .rotated_in_place(),
    row(Kind::VaultTotpKey, "vault.totp_key", "Vault TOTP key", Material, "key", VAULT).made_again(),
    row(Kind::VaultBarrierKey, "vault.barrier_key", "Vault barrier key", Material, "cluster", VAULT)
        .rotated_in_place(),
    row(Kind::VaultOidcKey, "vault.oidc_key", "Vault OIDC signing key", Material, "key", VAULT)
        .made_again()
        .rotated_in_place(),
    row(Kind::AwsKmsKey, "aws.kms_key", "AWS KMS key", Material, "key", AWS).rotated_in_place(),
    row(Kind::AwsCertificate, "aws.certificate", "AWS certificate", Blind, "certificate", NOWHERE).expires(),
    row(
        Kind::AwsPrivateCertificate,
        "aws.private_certificate",
        "certificate of an AWS private CA",
        Blind,
        "certificate authority",
        NOWHERE,
    )
    .expires(),
    row(Kind::AwsRegistryToken, "aws.registry_token", "AWS registry token", Session, "principal", NOWHERE),
    row(
        Kind::AwsIdentityCenterSession,
        "aws.identity_center_session",
        "IAM Identity Center session",
        Session,
        "user",
        AWS,
    ),
    row(
        Kind::AwsClientSecret,
        "aws.client_secret",
        "Cognito app client secret",
        Blind,
        "app client",
        NOWHERE,
    ),
    row(Kind::AwsApiKey, "aws.api_key", "AWS API key", Blind, "API", NOWHERE).expires(),
    row(Kind::AwsIotCertificate, "aws.iot_certificate", "AWS IoT certificate", Blind, "thing", NOWHERE),
    row(
        Kind::AwsDatabasePassword,
        "aws.database_password",
        "master password of an AWS database",
        Blind,
        "database",
        NOWHERE,
    )
    .rotated_in_place()
    .made_again(),
    row(
        Kind::AwsDatabaseCredential,
        "aws.database_credential",
        "temporary AWS database credential",
        Session,
        "database user",
        NOWHERE,
    ),
    row(
        Kind::AwsInstancePassword,
        "aws.instance_password",
        "Windows password of an EC2 instance",
        Stored,
        "instance",
        AWS,
    ),
    row(
        Kind::AwsInstanceKey,
        "aws.instance_key",
        "one-minute SSH key of an EC2 instance",
        Session,
        "instance",
        NOWHERE,
    ),
    row(
        Kind::GcpServiceAccountKey,
        "gcp.service_account_key",
        "Google service account key",
        Durable,
        "service account",
        GCP,
    )
    .if_logged()
    .expires()
    .blind_spot(GCP_DATA),
    row(
        Kind::GcpServiceAccountToken,
        "gcp.service_account_token",
        "Google service account token",
        Session,
        "service account",
        NOWHERE,
    )
    .made_again(),
    row(
        Kind::GcpFederatedToken,
        "gcp.federated_token",
        "Google federated token",
        Session,
        "workload identity pool",
        NOWHERE,
    )
    .made_again(),
    row(Kind::GcpSecret, "gcp.secret", "Google secret", Stored, "secret", GCP)
        .if_logged()
        .expires()
        .made_again()
        .blind_spot(CACHED_READS),
    row(Kind::GcpApiKey, "gcp.api_key", "Google API key", Blind, "project", NOWHERE),
    row(Kind::GcpHmacKey, "gcp.hmac_key", "Google storage HMAC key", Blind, "service account", NOWHERE),
    row(Kind::GcpKmsKey, "gcp.kms_key", "Google KMS key", Material, "key", GCP)
        .rotated_in_place()
        .made_again(),
    row(
        Kind::GcpSqlCertificate,
        "gcp.sql_certificate",
        "Cloud SQL client certificate",
        Blind,
        "database instance",
        NOWHERE,
    )
    .expires(),
    row(
        Kind::GcpDatabasePassword,
        "gcp.database_password",
        "Cloud SQL password",
        Blind,
        "database user",
        NOWHERE,
    )
    .rotated_in_place()
    .made_again(),
    row(
        Kind::GcpSshKey,
        "gcp.ssh_key",
        "SSH key in Google Compute metadata",
        Blind,
        "project or instance",
        NOWHERE,
    )
    .made_again(),
    row(Kind::AzureAppSecret, "azure.app_secret", "Entra application secret", Durable, "application", SIGNIN)
        .if_logged()
        .expires()
        .blind_spot(SIGN_INS),
    row(
        Kind::AzureAppCertificate,
        "azure.app_certificate",
        "Entra application certificate",
        Durable,
        "application",
        SIGNIN,
    )
    .if_logged()
    .expires()
    .blind_spot(SIGN_INS),
    row(
        Kind::AzureFederatedCredential,
        "azure.federated_credential",
        "Entra federated credential",
        Durable,
        "application",
        SIGNIN,
    )
    .if_logged()
    .blind_spot(SIGN_INS),
    row(Kind::AzureKeyvaultSecret, "azure.keyvault_secret", "Key Vault secret", Stored, "secret", KEYVAULT)
        .expires()
        .made_again()
        .blind_spot(CACHED_READS),
    row(Kind::AzureKeyvaultKey, "azure.keyvault_key", "Key Vault key", Material, "key", KEYVAULT)
        .expires()
        .rotated_in_place()
        .made_again(),
    row(
        Kind::AzureKeyvaultCertificate,
        "azure.keyvault_certificate",
        "Key Vault certificate",
        Stored,
        "certificate",
        KEYVAULT,
    )
    .expires()
    .made_again()
    .blind_spot(CACHED_READS),
    row(
        Kind::AzureStorageKey,
        "azure.storage_key",
        "Azure storage account key",
        Stored,
        "storage account",
        ACTIVITY,
    )
    .rotated_in_place()
    .made_again()
    .blind_spot(KEYS_BY_VALUE),
    row(Kind::AzureServiceKey, "azure.service_key", "Azure service key", Stored, "resource", ACTIVITY)
        .rotated_in_place()
        .made_again()
        .blind_spot(KEYS_BY_VALUE),
    row(Kind::AzureSasToken, "azure.sas_token", "Azure SAS token", Blind, "storage account", NOWHERE)
        .expires(),
    row(Kind::EntraUserPassword, "entra.user_password", "Entra user password", Blind, "user", NOWHERE)
        .made_again(),
    row(Kind::GithubToken, "github.token", "GitHub token", Durable, "user", GITHUB)
        .if_logged()
        .expires()
        .blind_spot(GITHUB_GIT),
    row(Kind::GithubAppToken, "github.app_token", "GitHub App token", Session, "app", GITHUB)
        .expires()
        .blind_spot(GITHUB_GIT),
    row(Kind::GithubSshKey, "github.ssh_key", "GitHub SSH key", Durable, "user or repository", GITHUB)
        .if_logged()
        .blind_spot(GITHUB_GIT),
    row(
        Kind::GithubClientSecret,
        "github.client_secret",
        "client secret of a GitHub app",
        Blind,
        "app",
        NOWHERE,
    ),
    row(
        Kind::GithubActionsSecret,
        "github.actions_secret",
        "GitHub Actions secret",
        Blind,
        "repository",
        NOWHERE,
    )
    .rotated_in_place()
    .made_again(),
    row(Kind::GithubRunner, "github.runner", "GitHub self-hosted runner", Blind, "organisation", NOWHERE),
    row(
        Kind::KubernetesToken,
        "kubernetes.token",
        "Kubernetes service account token",
        Session,
        "service account",
        KUBERNETES,
    )
    .blind_spot(CREDENTIAL_IDS),
    row(
        Kind::KubernetesClientCertificate,
        "kubernetes.client_certificate",
        "Kubernetes client certificate",
        Durable,
        "user",
        KUBERNETES,
    )
    .if_logged()
    .expires()
    .blind_spot(CREDENTIAL_IDS),
    row(
        Kind::KubernetesCertificateRequest,
        "kubernetes.certificate_request",
        "Kubernetes certificate request",
        Blind,
        "signer",
        NOWHERE,
    )
    .expires()
    .made_again(),
    row(
        Kind::KubernetesTokenSecret,
        "kubernetes.token_secret",
        "Kubernetes service account token kept as a secret",
        Blind,
        "service account",
        NOWHERE,
    )
    .made_again(),
    row(
        Kind::KubernetesBootstrapToken,
        "kubernetes.bootstrap_token",
        "Kubernetes bootstrap token",
        Session,
        "cluster",
        NOWHERE,
    )
    .made_again(),
    row(Kind::KubernetesSecret, "kubernetes.secret", "Kubernetes secret", Stored, "secret", KUBERNETES)
        .if_logged()
        .made_again()
        .blind_spot(WATCHED),
    row(Kind::OktaApiToken, "okta.api_token", "Okta API token", Durable, "user", OKTA)
        .if_logged()
        .blind_spot(OKTA_READS),
    row(
        Kind::OktaClientSecret,
        "okta.client_secret",
        "Okta client secret or key",
        Blind,
        "app client",
        NOWHERE,
    ),
    row(Kind::OktaOauthToken, "okta.oauth_token", "Okta OAuth token", Session, "app client", NOWHERE),
    row(Kind::OktaSigningKey, "okta.signing_key", "Okta signing key", Material, "authorization server", OKTA)
        .rotated_in_place(),
    row(Kind::OktaStoredPassword, "okta.stored_password", "password kept by Okta", Stored, "app user", OKTA)
        .made_again(),
    row(
        Kind::VaultOidcClient,
        "vault.oidc_client",
        "client of Vault's OIDC provider",
        Blind,
        "client",
        NOWHERE,
    )
    .made_again(),
    row(Kind::GenericApiKey, "generic.api_key", "API key", Durable, "principal", GENERIC)
        .if_logged()
        .expires(),
    row(Kind::GenericPassword, "generic.password", "password", Durable, "principal", GENERIC)
        .if_logged()
        .expires()
        .made_again(),
    row(Kind::GenericToken, "generic.token", "token", Session, "principal", GENERIC),
    row(Kind::GenericSecret, "generic.secret", "stored secret", Stored, "secret", GENERIC)
        .if_logged()
        .expires()
        .made_again()
        .blind_spot(CACHED_READS),
    row(Kind::GenericKey, "generic.key", "key", Material, "key", GENERIC)
        .expires()
        .rotated_in_place()
        .made_again(),
    row(Kind::GenericCertificate, "generic.certificate", "certificate", Blind, "issuer", NOWHERE).expires(),
];
