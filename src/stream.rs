//! Streams and realms: whose credentials a record speaks of.
//!
//! A *stream* is one configured input of a source. A *realm* is the scope in which names are unique: a Vault
//! audit device (its hashes join with nothing else), an AWS account. No credential of one realm is ever
//! another's.

use serde::{Deserialize, Serialize};

/// A log format Tenure reads. The parser of each is one row of `source::SOURCES`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SourceName {
    #[serde(rename = "aws.cloudtrail")]
    AwsCloudtrail,
    #[serde(rename = "azure.activity")]
    AzureActivity,
    #[serde(rename = "azure.keyvault")]
    AzureKeyvault,
    #[serde(rename = "entra.audit")]
    EntraAudit,
    #[serde(rename = "entra.signin")]
    EntraSignin,
    #[serde(rename = "gcp.audit")]
    GcpAudit,
    #[serde(rename = "generic")]
    Generic,
    #[serde(rename = "github.audit")]
    GithubAudit,
    #[serde(rename = "kubernetes.audit")]
    KubernetesAudit,
    #[serde(rename = "okta.system")]
    OktaSystem,
    #[serde(rename = "vault.audit")]
    VaultAudit,
}

impl SourceName {
    pub const ALL: &'static [Self] = &[
        Self::AwsCloudtrail,
        Self::AzureActivity,
        Self::AzureKeyvault,
        Self::EntraAudit,
        Self::EntraSignin,
        Self::GcpAudit,
        Self::Generic,
        Self::GithubAudit,
        Self::KubernetesAudit,
        Self::OktaSystem,
        Self::VaultAudit,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AwsCloudtrail => "aws.cloudtrail",
            Self::AzureActivity => "azure.activity",
            Self::AzureKeyvault => "azure.keyvault",
            Self::EntraAudit => "entra.audit",
            Self::EntraSignin => "entra.signin",
            Self::GcpAudit => "gcp.audit",
            Self::Generic => "generic",
            Self::GithubAudit => "github.audit",
            Self::KubernetesAudit => "kubernetes.audit",
            Self::OktaSystem => "okta.system",
            Self::VaultAudit => "vault.audit",
        }
    }

    /// The system that writes it: `aws`, `vault`.
    #[must_use]
    pub fn system(self) -> &'static str {
        let name = self.as_str();
        name.split_once('.').map_or(name, |(system, _)| system)
    }

    /// The first of the sources of `system`.
    #[must_use]
    pub fn of_system(system: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|name| name.system() == system)
    }

    /// The first of the sources of the system that `realm` is of, whichever of them speaks first.
    #[must_use]
    pub fn of_realm(realm: &str) -> Option<Self> {
        let (head, _) = realm.split_once('/')?;
        Self::of_system(head.rsplit_once(':').map_or(head, |(_, system)| system))
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|name| name.as_str() == text)
    }
}

/// One configured input of a source, with the identity that keeps its credentials apart from all others'.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stream {
    /// The organisation. `default` where none was named.
    pub tenant: String,
    /// The name within the tenant. For Vault `cluster/device`: one audit device is one stream, because hashes
    /// never join across devices.
    pub name: String,
    pub source: SourceName,
}

impl Stream {
    /// The stream of a source for which nothing was configured.
    #[must_use]
    pub fn default_for(source: SourceName) -> Self {
        Self { tenant: "default".to_owned(), name: "default".to_owned(), source }
    }

    /// Reads `[TENANT:]NAME`, as `--stream` writes it.
    ///
    /// # Errors
    /// Says what is wrong where a part is empty or holds a character that realms are written with.
    pub fn named(text: &str, source: SourceName) -> Result<Self, String> {
        let (tenant, name) = text.split_once(':').unwrap_or(("default", text));
        let fits = |part: &str| {
            !part.is_empty()
                && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'))
        };
        if !fits(tenant) || !fits(name) {
            return Err(format!(
                "'{text}' is not a stream name: write [TENANT:]NAME with letters, digits, - _ . /"
            ));
        }
        Ok(Self { tenant: tenant.to_owned(), name: name.to_owned(), source })
    }

    /// The realm of the stream as a whole, for sources whose records do not say where they were written: a
    /// Vault device, a Kubernetes cluster, an Okta organisation.
    #[must_use]
    pub fn own_realm(&self) -> String {
        self.realm(self.source.system(), &self.name)
    }

    /// The realm of the scope `scope` of system `system`: `aws/111122223333`, with the tenant in front unless
    /// it is the default (`acme:aws/111122223333`).
    #[must_use]
    pub fn realm(&self, system: &str, scope: &str) -> String {
        if self.tenant == "default" {
            [system, "/", scope].concat()
        } else {
            format!("{}:{system}/{scope}", self.tenant)
        }
    }
}

impl std::fmt::Display for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.tenant != "default" {
            write!(f, "{}:", self.tenant)?;
        }
        f.write_str(&self.name)
    }
}

/// Index of a stream in this run's table of streams. Never leaves the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct StreamIx(pub u16);
