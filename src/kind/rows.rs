//! The table of kinds: what each log can and cannot show of its credentials.

use super::{Class, Kind, KindRow};
use crate::stream::SourceName;

const DATA_EVENTS: Option<&str> =
    Some("data events (S3, SQS, DynamoDB, Lambda) show only where the trail logs them");
const CACHED_READS: Option<&str> = Some("reads served from a client's cache do not show; 'used' means read");
const GCP_DATA: Option<&str> =
    Some("data access logs are off by default; without them only calls that change something show a key");
const SIGN_INS: Option<&str> =
    Some("one sign-in serves up to an hour of calls, a day with continuous access evaluation");
const KEYS_BY_VALUE: Option<&str> = Some("only the reading of the key shows, never a request made with it");
const GITHUB_GIT: Option<&str> =
    Some("API requests and Git events show only in a streamed log where both are enabled");
const CREDENTIAL_IDS: Option<&str> =
    Some("ids of credentials stand in the log since Kubernetes 1.32; before that only the account shows");
const WATCHED: Option<&str> =
    Some("a mounted secret is read by the kubelet; 'used' means read through the API");

/// The log of the system a kind is named after.
const fn home(kind: &str) -> &'static [SourceName] {
    match kind.as_bytes() {
        [b'a', b'w', b's', b'.', ..] => &[SourceName::AwsCloudtrail],
        [b'a', b'z', b'u', b'r', b'e', b'.', ..] => &[SourceName::AzureKeyvault],
        [b'g', b'c', b'p', b'.', ..] => &[SourceName::GcpAudit],
        [b'g', b'e', b'n', ..] => &[SourceName::Generic],
        [b'g', b'i', b't', ..] => &[SourceName::GithubAudit],
        [b'k', ..] => &[SourceName::KubernetesAudit],
        [b'o', ..] => &[SourceName::OktaSystem],
        _ => &[SourceName::VaultAudit],
    }
}

const fn row(
    kind: Kind,
    name: &'static str,
    noun: &'static str,
    class: Class,
    stable_end: &'static str,
) -> KindRow {
    let visible_in: &[SourceName] = match class {
        Class::Blind => &[],
        _ => home(name),
    };
    let expires = matches!(class, Class::Session);
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

    const fn visible_in(mut self, sources: &'static [SourceName]) -> Self {
        self.visible_in = sources;
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
    row(Kind::AwsAccessKey, "aws.access_key", "AWS access key", Class::Durable, "user")
        .blind_spot(DATA_EVENTS),
    row(Kind::AwsRoleSession, "aws.role_session", "AWS role session", Class::Session, "role"),
    row(Kind::AwsUserSession, "aws.user_session", "AWS user session", Class::Session, "user"),
    row(Kind::AwsConsolePassword, "aws.console_password", "AWS console password", Class::Durable, "user")
        .made_again(),
    row(Kind::AwsSecret, "aws.secret", "AWS secret", Class::Stored, "secret")
        .made_again()
        .blind_spot(CACHED_READS),
    row(Kind::AwsParameter, "aws.parameter", "AWS secure parameter", Class::Stored, "parameter")
        .made_again()
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
    .made_again()
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
    row(Kind::VaultUserPassword, "vault.user_password", "Vault user password", Class::Durable, "user")
        .made_again(),
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
        .made_again()
        .blind_spot(CACHED_READS),
    row(Kind::VaultStaticRole, "vault.static_role", "Vault static role", Class::Stored, "static role")
        .made_again()
        .blind_spot(CACHED_READS)
        .rotated_in_place(),
    row(
        Kind::VaultRootCredential,
        "vault.root_credential",
        "root credential of a Vault engine",
        Class::Blind,
        "engine",
    )
    .made_again()
    .rotated_in_place(),
    row(Kind::VaultTransitKey, "vault.transit_key", "Vault transit key", Class::Material, "key")
        .made_again()
        .rotated_in_place(),
    row(Kind::VaultTotpKey, "vault.totp_key", "Vault TOTP key", Class::Material, "key").made_again(),
    row(Kind::VaultBarrierKey, "vault.barrier_key", "Vault barrier key", Class::Material, "cluster")
        .rotated_in_place(),
    row(Kind::VaultOidcKey, "vault.oidc_key", "Vault OIDC signing key", Class::Material, "key")
        .made_again()
        .rotated_in_place(),
    row(Kind::AwsKmsKey, "aws.kms_key", "AWS KMS key", Class::Material, "key").rotated_in_place(),
    row(Kind::AwsCertificate, "aws.certificate", "AWS certificate", Class::Blind, "certificate").expires(),
    row(
        Kind::AwsPrivateCertificate,
        "aws.private_certificate",
        "certificate of an AWS private CA",
        Class::Blind,
        "certificate authority",
    )
    .expires(),
    row(Kind::AwsRegistryToken, "aws.registry_token", "AWS registry token", Class::Blind, "principal")
        .expires(),
    row(
        Kind::AwsIdentityCenterSession,
        "aws.identity_center_session",
        "IAM Identity Center session",
        Class::Blind,
        "user",
    )
    .expires(),
    row(Kind::AwsClientSecret, "aws.client_secret", "Cognito app client secret", Class::Blind, "app client"),
    row(Kind::AwsApiKey, "aws.api_key", "AWS API key", Class::Blind, "API").expires(),
    row(Kind::AwsIotCertificate, "aws.iot_certificate", "AWS IoT certificate", Class::Blind, "thing"),
    row(
        Kind::AwsDatabasePassword,
        "aws.database_password",
        "master password of an AWS database",
        Class::Blind,
        "database",
    )
    .rotated_in_place()
    .made_again(),
    row(
        Kind::AwsDatabaseCredential,
        "aws.database_credential",
        "temporary AWS database credential",
        Class::Blind,
        "database user",
    )
    .expires(),
    row(
        Kind::AwsInstancePassword,
        "aws.instance_password",
        "Windows password of an EC2 instance",
        Class::Stored,
        "instance",
    ),
    row(
        Kind::AwsInstanceKey,
        "aws.instance_key",
        "one-minute SSH key of an EC2 instance",
        Class::Blind,
        "instance",
    )
    .expires(),
    row(
        Kind::GcpServiceAccountKey,
        "gcp.service_account_key",
        "Google service account key",
        Class::Durable,
        "service account",
    )
    .expires()
    .blind_spot(GCP_DATA),
    row(
        Kind::GcpServiceAccountToken,
        "gcp.service_account_token",
        "Google service account token",
        Class::Blind,
        "service account",
    )
    .expires(),
    row(
        Kind::GcpFederatedToken,
        "gcp.federated_token",
        "Google federated token",
        Class::Blind,
        "workload identity pool",
    )
    .expires(),
    row(Kind::GcpSecret, "gcp.secret", "Google secret", Class::Stored, "secret")
        .expires()
        .made_again()
        .blind_spot(CACHED_READS),
    row(Kind::GcpApiKey, "gcp.api_key", "Google API key", Class::Blind, "project"),
    row(Kind::GcpHmacKey, "gcp.hmac_key", "Google storage HMAC key", Class::Blind, "service account"),
    row(Kind::GcpKmsKey, "gcp.kms_key", "Google KMS key", Class::Material, "key")
        .rotated_in_place()
        .made_again(),
    row(
        Kind::GcpSqlCertificate,
        "gcp.sql_certificate",
        "Cloud SQL client certificate",
        Class::Blind,
        "database instance",
    )
    .expires(),
    row(
        Kind::GcpDatabasePassword,
        "gcp.database_password",
        "Cloud SQL password",
        Class::Blind,
        "database user",
    )
    .rotated_in_place()
    .made_again(),
    row(
        Kind::GcpSshKey,
        "gcp.ssh_key",
        "SSH key in Google Compute metadata",
        Class::Blind,
        "project or instance",
    )
    .made_again(),
    row(Kind::AzureAppSecret, "azure.app_secret", "Entra application secret", Class::Durable, "application")
        .expires()
        .visible_in(&[SourceName::EntraSignin])
        .blind_spot(SIGN_INS),
    row(
        Kind::AzureAppCertificate,
        "azure.app_certificate",
        "Entra application certificate",
        Class::Durable,
        "application",
    )
    .expires()
    .visible_in(&[SourceName::EntraSignin])
    .blind_spot(SIGN_INS),
    row(
        Kind::AzureFederatedCredential,
        "azure.federated_credential",
        "Entra federated credential",
        Class::Durable,
        "application",
    )
    .visible_in(&[SourceName::EntraSignin])
    .blind_spot(SIGN_INS),
    row(Kind::AzureKeyvaultSecret, "azure.keyvault_secret", "Key Vault secret", Class::Stored, "secret")
        .expires()
        .made_again()
        .blind_spot(CACHED_READS),
    row(Kind::AzureKeyvaultKey, "azure.keyvault_key", "Key Vault key", Class::Material, "key")
        .expires()
        .rotated_in_place()
        .made_again(),
    row(
        Kind::AzureKeyvaultCertificate,
        "azure.keyvault_certificate",
        "Key Vault certificate",
        Class::Stored,
        "certificate",
    )
    .expires()
    .made_again()
    .blind_spot(CACHED_READS),
    row(
        Kind::AzureStorageKey,
        "azure.storage_key",
        "Azure storage account key",
        Class::Stored,
        "storage account",
    )
    .rotated_in_place()
    .made_again()
    .visible_in(&[SourceName::AzureActivity])
    .blind_spot(KEYS_BY_VALUE),
    row(Kind::AzureServiceKey, "azure.service_key", "Azure service key", Class::Stored, "resource")
        .rotated_in_place()
        .made_again()
        .visible_in(&[SourceName::AzureActivity])
        .blind_spot(KEYS_BY_VALUE),
    row(Kind::AzureSasToken, "azure.sas_token", "Azure SAS token", Class::Blind, "storage account").expires(),
    row(Kind::EntraUserPassword, "entra.user_password", "Entra user password", Class::Blind, "user")
        .made_again(),
    row(Kind::GithubToken, "github.token", "GitHub token", Class::Durable, "user")
        .expires()
        .blind_spot(GITHUB_GIT),
    row(Kind::GithubAppToken, "github.app_token", "GitHub App token", Class::Session, "app")
        .expires()
        .blind_spot(GITHUB_GIT),
    row(Kind::GithubSshKey, "github.ssh_key", "GitHub SSH key", Class::Durable, "user or repository")
        .blind_spot(GITHUB_GIT),
    row(
        Kind::GithubClientSecret,
        "github.client_secret",
        "client secret of a GitHub app",
        Class::Blind,
        "app",
    ),
    row(
        Kind::GithubActionsSecret,
        "github.actions_secret",
        "GitHub Actions secret",
        Class::Blind,
        "repository",
    )
    .rotated_in_place()
    .made_again(),
    row(Kind::GithubRunner, "github.runner", "GitHub self-hosted runner", Class::Blind, "organisation"),
    row(
        Kind::KubernetesToken,
        "kubernetes.token",
        "Kubernetes service account token",
        Class::Session,
        "service account",
    )
    .blind_spot(CREDENTIAL_IDS),
    row(
        Kind::KubernetesClientCertificate,
        "kubernetes.client_certificate",
        "Kubernetes client certificate",
        Class::Durable,
        "user",
    )
    .expires()
    .blind_spot(CREDENTIAL_IDS),
    row(
        Kind::KubernetesCertificateRequest,
        "kubernetes.certificate_request",
        "Kubernetes certificate request",
        Class::Blind,
        "signer",
    )
    .expires()
    .made_again(),
    row(
        Kind::KubernetesTokenSecret,
        "kubernetes.token_secret",
        "Kubernetes service account token kept as a secret",
        Class::Blind,
        "service account",
    )
    .made_again(),
    row(
        Kind::KubernetesBootstrapToken,
        "kubernetes.bootstrap_token",
        "Kubernetes bootstrap token",
        Class::Blind,
        "cluster",
    )
    .expires()
    .made_again(),
    row(Kind::KubernetesSecret, "kubernetes.secret", "Kubernetes secret", Class::Stored, "secret")
        .made_again()
        .blind_spot(WATCHED),
    row(Kind::OktaApiToken, "okta.api_token", "Okta API token", Class::Durable, "user"),
    row(
        Kind::OktaClientSecret,
        "okta.client_secret",
        "Okta client secret or key",
        Class::Blind,
        "app client",
    ),
    row(Kind::OktaOauthToken, "okta.oauth_token", "Okta OAuth token", Class::Blind, "app client").expires(),
    row(
        Kind::OktaSigningKey,
        "okta.signing_key",
        "Okta signing key",
        Class::Material,
        "authorization server",
    )
    .rotated_in_place(),
    row(Kind::OktaStoredPassword, "okta.stored_password", "password kept by Okta", Class::Stored, "app user")
        .made_again(),
    row(
        Kind::VaultOidcClient,
        "vault.oidc_client",
        "client of Vault's OIDC provider",
        Class::Blind,
        "client",
    )
    .made_again(),
    row(Kind::GenericApiKey, "generic.api_key", "API key", Class::Durable, "principal").expires(),
    row(Kind::GenericPassword, "generic.password", "password", Class::Durable, "principal")
        .expires()
        .made_again(),
    row(Kind::GenericToken, "generic.token", "token", Class::Session, "principal"),
    row(Kind::GenericSecret, "generic.secret", "stored secret", Class::Stored, "secret")
        .expires()
        .made_again()
        .blind_spot(CACHED_READS),
    row(Kind::GenericKey, "generic.key", "key", Class::Material, "key")
        .expires()
        .rotated_in_place()
        .made_again(),
    row(Kind::GenericCertificate, "generic.certificate", "certificate", Class::Blind, "issuer").expires(),
];
