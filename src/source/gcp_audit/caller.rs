//! Who called, and with which credential (`authenticationInfo`).
//!
//! Only `serviceAccountKeyName` proves that a key was used. A service account without it called with a token
//! of the metadata server, of an impersonation or of a federation: nothing names that token, so the use is
//! one of the identity. People, and the service agents that Google keeps and calls with itself, hold no
//! credential that this log could show.

use super::account::AccountName;
use super::record::{Authentication, RequestMetadata};
use super::scope::{is_number, project_of_account};
use crate::event::Client;
use crate::limits::USER_AGENT_BYTES_MAX;
use crate::net::parse_address;
use crate::text::Text;

/// What kind of identity a caller is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Identity {
    /// A service account of a project.
    Account,
    /// A workload of a foreign identity provider, or of a Kubernetes cluster.
    Federated,
    /// A service account that Google keeps for a service of its own.
    Agent,
    /// A person, or a group of workforce.
    Person,
    /// A user inside a Kubernetes cluster.
    Cluster,
    /// Nobody is shown: redacted, or refused before it was known.
    Nobody,
}

/// The key a call was signed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key<'a> {
    /// `EMAIL/keys/KEYID`.
    pub name: Text<'a>,
    /// The same by the unique id of its account, where the entry names it so.
    pub alias: Option<Text<'a>>,
    pub account: Text<'a>,
    /// The id of the project it belongs to.
    pub project: Option<Text<'a>>,
}

#[derive(Debug)]
pub(super) struct Caller<'a> {
    pub identity: Identity,
    pub principal: Option<Text<'a>>,
    pub key: Option<Key<'a>>,
    /// Whether a key was used whose name is masked.
    pub key_is_masked: bool,
    /// Who impersonated the principal, nearest first.
    pub on_behalf_of: Option<Text<'a>>,
    /// The pool of a federated caller.
    pub provider: Option<Text<'a>>,
}

impl<'a> Caller<'a> {
    pub fn of(authentication: Option<&Authentication<'a>>) -> Self {
        let nobody = Authentication::default();
        let shown = authentication.unwrap_or(&nobody);
        let stated = shown.service_account_key_name.0.as_deref();
        let key = stated.and_then(|stated| key(stated, shown));
        let principal = key.as_ref().map(|key| key.account.clone()).or_else(|| principal(shown));
        let signed = stated.is_some();
        let identity = match principal.as_deref() {
            _ if signed => Identity::Account,
            Some(principal) => identity(principal),
            None => Identity::Nobody,
        };
        let provider = principal.as_deref().filter(|_| identity == Identity::Federated).and_then(pool);
        Self {
            identity,
            key_is_masked: signed && key.is_none(),
            key,
            on_behalf_of: chain(shown),
            provider: provider.map(|pool| Text::owned(pool.to_owned())),
            principal,
        }
    }

    /// Whether its call is a use of a credential that this log could show.
    pub fn uses_credential(&self) -> bool {
        matches!(self.identity, Identity::Account | Identity::Federated)
    }

    /// Why a call of it that did nothing else is no event.
    pub fn reason_to_ignore(&self) -> &'static str {
        match self.identity {
            Identity::Account | Identity::Federated => "no_credential",
            Identity::Agent => "service_agent",
            Identity::Person => "human_caller",
            Identity::Cluster => "kubernetes_of_gke",
            Identity::Nobody => "no_identity",
        }
    }
}

/// The key in a resource name. Where that names the account by its unique id, the caller's address is the
/// account's, unless somebody stands between them.
fn key<'a>(stated: &str, shown: &Authentication<'a>) -> Option<Key<'a>> {
    let name = AccountName::parse(stated)?;
    let id = name.key?;
    let is_direct = is_number(name.account) && shown.service_account_delegation_info.0.is_empty();
    let address = shown.principal_email.0.as_ref().map(bare).filter(|email| is_direct && email.contains('@'));
    let alias = address.is_some().then(|| Text::owned(format!("{}/keys/{id}", name.account)));
    let account = address.unwrap_or_else(|| Text::owned(name.account.to_owned()));
    let stated = name.project.map(str::to_owned);
    let project = stated.or_else(|| project_of_account(&account)).map(Text::owned);
    Some(Key { name: Text::owned(format!("{account}/keys/{id}")), alias, account, project })
}

/// The address of the caller, else its subject.
fn principal<'a>(shown: &Authentication<'a>) -> Option<Text<'a>> {
    shown.principal_email.0.as_ref().or(shown.principal_subject.0.as_ref()).map(bare)
}

/// `serviceAccount:a@b` as `a@b`, and so `deleted:serviceAccount:a@b?uid=1`, which is how an account is
/// written once it is gone. What has no such prefix stays as it is.
pub(super) fn bare<'a>(member: &Text<'a>) -> Text<'a> {
    let text = member
        .strip_prefix("deleted:")
        .map_or(member.as_str(), |gone| gone.split_once("?uid=").map_or(gone, |(name, _)| name));
    let name = match text.split_once(':') {
        Some(("serviceAccount" | "user" | "group" | "domain", name)) if !name.is_empty() => name,
        _ => text,
    };
    if name.len() == member.len() { member.clone() } else { Text::owned(name.to_owned()) }
}

fn identity(principal: &str) -> Identity {
    if principal.starts_with("system:") {
        Identity::Cluster
    } else if principal.contains("/workforcePools/") {
        Identity::Person
    } else if principal.starts_with("principal://")
        || principal.starts_with("principalSet://")
        || principal.contains(".svc.id.goog[")
    {
        Identity::Federated
    } else if is_agent(principal) {
        Identity::Agent
    } else if principal.ends_with(".gserviceaccount.com") {
        Identity::Account
    } else if principal.contains('@') {
        Identity::Person
    } else {
        // A subject that is no address is one of a foreign provider.
        Identity::Federated
    }
}

/// Whether an address is that of an account Google keeps for a service of its own
/// (<https://cloud.google.com/iam/docs/service-account-types>).
pub(super) fn is_agent(email: &str) -> bool {
    let Some((name, domain)) = email.split_once('@') else { return false };
    let numbered = name.strip_prefix("service-").is_some_and(is_number);
    AGENT_DOMAINS.contains(&domain) || numbered && domain.ends_with(".iam.gserviceaccount.com")
}

const AGENT_DOMAINS: &[&str] = &["cloudservices.gserviceaccount.com", "system.gserviceaccount.com"];

/// The pool a federated principal comes from: `projects/N/.../workloadIdentityPools/P`, `P.svc.id.goog`.
pub(super) fn pool(principal: &str) -> Option<&str> {
    if let Some((pool, _)) = principal.split_once(".svc.id.goog[") {
        return principal.get(..pool.len() + ".svc.id.goog".len());
    }
    let (_, path) = principal.split_once("://iam.googleapis.com/")?;
    let end = ["/subject/", "/group/", "/attribute.", "/*"].iter().find_map(|tail| path.find(tail));
    path.get(..end.unwrap_or(path.len()))
}

/// The chain of impersonation, nearest first; entries list it in the order in which it was entered.
fn chain<'a>(shown: &Authentication<'a>) -> Option<Text<'a>> {
    let links = shown.service_account_delegation_info.0.iter().rev();
    let named = links.filter_map(|link| {
        let email = link.0.first_party_principal.0.principal_email.0.as_ref();
        email.or(link.0.principal_subject.0.as_ref()).map(bare)
    });
    joined(named)
}

/// Principals as one text, parted by ` < `.
pub(super) fn joined<'a>(principals: impl Iterator<Item = Text<'a>>) -> Option<Text<'a>> {
    let mut chain = String::new();
    for principal in principals {
        if !chain.is_empty() {
            chain.push_str(" < ");
        }
        chain.push_str(&principal);
    }
    (!chain.is_empty()).then(|| Text::owned(chain))
}

/// Where the caller stood. Inside Google's own network no address is told.
pub(super) fn client<'a>(metadata: &RequestMetadata<'a>) -> Client<'a> {
    let address = metadata.ip.0.as_deref().or(metadata.ip_capital.0.as_deref());
    let service = match address {
        Some("gce-internal-ip") => Some("gce-internal-ip"),
        Some("private") => Some("private"),
        _ => None,
    };
    Client {
        ip: address.and_then(parse_address),
        service: service.map(Text::borrowed),
        user_agent: metadata.user_agent.0.clone().map(|agent| agent.cut(USER_AGENT_BYTES_MAX)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_are_told_apart_by_their_names() {
        for (principal, expected) in [
            ("deploy@example-prod.iam.gserviceaccount.com", Identity::Account),
            ("111122223333-compute@developer.gserviceaccount.com", Identity::Account),
            ("111122223333@cloudbuild.gserviceaccount.com", Identity::Account),
            ("service-111122223333@container-engine-robot.iam.gserviceaccount.com", Identity::Agent),
            ("service-111122223333@gcp-sa-pubsub.iam.gserviceaccount.com", Identity::Agent),
            ("111122223333@cloudservices.gserviceaccount.com", Identity::Agent),
            ("alice@example.com", Identity::Person),
            ("system:serviceaccount:default:app", Identity::Cluster),
            ("example-prod.svc.id.goog[default/app]", Identity::Federated),
            ("principal://iam.googleapis.com/locations/global/workforcePools/p/subject/a", Identity::Person),
            (
                "principal://iam.googleapis.com/projects/1/locations/g/workloadIdentityPools/p/subject/b",
                Identity::Federated,
            ),
            ("b6112abb", Identity::Federated),
        ] {
            assert_eq!(identity(principal), expected, "{principal}");
        }
    }

    #[test]
    fn members_are_written_without_their_kind() {
        for (member, name) in [
            ("serviceAccount:a@b", "a@b"),
            ("user:alice@example.com", "alice@example.com"),
            ("deleted:serviceAccount:a@b?uid=1", "a@b"),
            ("deleted:a@b?uid=1", "a@b"),
            ("allUsers", "allUsers"),
            ("principal://iam.googleapis.com/x", "principal://iam.googleapis.com/x"),
            ("user:", "user:"),
        ] {
            assert_eq!(bare(&Text::borrowed(member)).as_str(), name, "{member}");
        }
    }

    #[test]
    fn a_federated_principal_names_its_pool() {
        let path = "projects/1/locations/global/workloadIdentityPools/ci";
        for tail in ["/subject/repo:a", "/group/b", "/attribute.c/d", "/*", ""] {
            assert_eq!(pool(&format!("principal://iam.googleapis.com/{path}{tail}")), Some(path));
        }
        assert_eq!(pool("example-prod.svc.id.goog[default/app]"), Some("example-prod.svc.id.goog"));
        assert_eq!(pool("alice@example.com"), None);
    }
}
