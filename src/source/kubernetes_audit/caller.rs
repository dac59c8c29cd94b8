//! Who asked, and with which credential (`user`).
//!
//! Since Kubernetes 1.32 (1.30 for tokens, where the feature is on) the API server adds the id of the
//! credential that a request was made with: `JTI=` and the id of a token, or `X509SHA256=` and the
//! fingerprint of a client certificate. Without it a service account still shows by its name; every other
//! user was authenticated by something that Kubernetes does not keep.

use super::record::Record;
use crate::event::{Client, Name};
use crate::kind::Kind;
use crate::limits::USER_AGENT_BYTES_MAX;
use crate::net::parse_address;
use crate::source::json::Lenient;
use crate::text::Text;

const SERVICE_ACCOUNT: &str = "system:serviceaccount:";
const SERVICE_ACCOUNTS_OF_A_NAMESPACE: &str = "system:serviceaccounts:";
/// The group that no authorisation is asked for.
const ROOT_GROUP: &str = "system:masters";
const JTI: &str = "JTI=";
const X509: &str = "X509SHA256=";
const ACCESS_KEY_BYTES: core::ops::RangeInclusive<usize> = 10..=128;

#[derive(Debug)]
pub(super) struct Caller<'a> {
    /// The user name; `None` where nobody was authenticated.
    pub principal: Option<Text<'a>>,
    pub is_service_account: bool,
    pub credential: Option<(Kind, Name<'a>)>,
    /// The group of all service accounts of the caller's namespace.
    pub place: Option<Text<'a>>,
    /// Whom the caller stood in for, then who the caller was before it came to the cluster.
    pub chain: Option<Text<'a>>,
    pub is_root: bool,
    pub client: Client<'a>,
}

impl<'a> Caller<'a> {
    pub fn of(record: &Record<'a>) -> Self {
        let user = &record.user.0;
        let principal = user.username.0.clone().filter(|name| !is_nobody(name));
        let groups = || user.groups.0.iter().filter_map(|group| group.0.as_ref());
        let is_service_account = principal.as_deref().is_some_and(|name| name.starts_with(SERVICE_ACCOUNT));
        let place = groups().find(|group| group.starts_with(SERVICE_ACCOUNTS_OF_A_NAMESPACE)).cloned();
        Self {
            credential: first(&user.extra.0.credential_id.0).and_then(|id| credential(&id)),
            is_root: principal.is_some() && groups().any(|group| group.as_str() == ROOT_GROUP),
            place: place.filter(|_| is_service_account),
            chain: chain(record),
            client: client(record),
            is_service_account,
            principal,
        }
    }
}

/// The user names of requests that nobody was authenticated for.
fn is_nobody(name: &str) -> bool {
    matches!(name, "system:anonymous" | "system:unauthenticated")
}

fn first<'a>(list: &[Lenient<Text<'a>>]) -> Option<Text<'a>> {
    list.first().and_then(|item| item.0.clone())
}

/// The kind and the name of a credential by its id, if it is one of the two documented shapes. The id is the
/// same wherever the cluster shows it: as the credential of a caller, or as the one that a request issued.
pub(super) fn credential<'a>(id: &Text<'a>) -> Option<(Kind, Name<'a>)> {
    let kind = if id.strip_prefix(JTI).is_some_and(is_uuid) {
        Kind::KubernetesToken
    } else if id.strip_prefix(X509).is_some_and(|hash| hash.len() == 64 && is_hex(hash)) {
        Kind::KubernetesClientCertificate
    } else {
        return None;
    };
    Some((kind, Name::handle(id.clone())))
}

fn is_uuid(text: &str) -> bool {
    let groups = text.split('-').map(str::len);
    groups.eq([8, 4, 4, 4, 12]) && text.split('-').all(is_hex)
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whom the request was made for: the impersonated user, then on EKS the AWS identity and its access key. The
/// key belongs to the realm of an AWS account, of which this log says nothing more; CloudTrail tells it.
fn chain<'a>(record: &Record<'a>) -> Option<Text<'a>> {
    let extra = &record.user.0.extra.0;
    let impersonated = record.impersonated_user.0.username.0.clone();
    let arn = first(&extra.arn.0).filter(|arn| arn.starts_with("arn:"));
    let key = first(&extra.access_key_id.0).filter(|key| is_access_key(key));
    let mut links = [impersonated, arn, key].into_iter().flatten();
    let nearest = links.next()?;
    Some(links.fold(nearest, |chain, link| Text::owned(format!("{chain} < {link}"))))
}

fn is_access_key(text: &str) -> bool {
    ACCESS_KEY_BYTES.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn client<'a>(record: &Record<'a>) -> Client<'a> {
    Client {
        ip: first(&record.source_ips.0).and_then(|address| parse_address(&address)),
        service: None,
        user_agent: record.user_agent.0.clone().map(|agent| agent.cut(USER_AGENT_BYTES_MAX)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_two_documented_shapes_name_a_credential() {
        let sha = "ab".repeat(32);
        for (id, kind) in [
            ("JTI=8f0a2e54-3c1d-4b7e-9a60-000000000001".to_owned(), Some(Kind::KubernetesToken)),
            (format!("X509SHA256={sha}"), Some(Kind::KubernetesClientCertificate)),
            (format!("X509SHA256={}", &sha[2..]), None),
            ("JTI=eyJhbGciOiJSUzI1NiJ9.EXAMPLE".to_owned(), None),
            ("JTI=8f0a2e54-3c1d-4b7e-9a60".to_owned(), None),
            ("SPIFFE=spiffe://example.com/x".to_owned(), None),
            (String::new(), None),
        ] {
            assert_eq!(credential(&Text::owned(id.clone())).map(|(kind, _)| kind), kind, "{id}");
        }
    }
}
