//! The members of an audit record that are read, and nothing else of it.
//!
//! `requestObject` and `responseObject` hold whatever was sent and answered: tokens, keys, data of secrets.
//! They stay raw text here; only the handler of a resource that is in the routing table reads them, and only
//! the members it names.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::source::json::{Code, Lenient, List, Object, Present};
use crate::text::Text;
use crate::time::EventTime;

/// Most groups of a caller that are looked at.
const GROUPS_MAX: usize = 64;

/// One record, as far as it is read. Every member may be missing or of another type.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Record<'a> {
    #[serde(borrow, rename = "auditID")]
    pub audit_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub stage: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub verb: Lenient<Text<'a>>,
    /// Asked only which options its query has; queries can carry tokens and the commands of an exec.
    #[serde(borrow, rename = "requestURI")]
    pub request_uri: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub user: Object<User<'a>>,
    #[serde(borrow)]
    pub impersonated_user: Object<ImpersonatedUser<'a>>,
    /// The client first, proxies after it.
    #[serde(borrow, rename = "sourceIPs")]
    pub source_ips: List<Lenient<Text<'a>>, 1>,
    #[serde(borrow)]
    pub user_agent: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub object_ref: Object<ObjectRef<'a>>,
    pub response_status: Object<ResponseStatus>,
    #[serde(borrow)]
    pub annotations: Object<Annotations<'a>>,
    #[serde(borrow)]
    pub request_object: Option<&'a RawValue>,
    #[serde(borrow)]
    pub response_object: Option<&'a RawValue>,
    #[serde(borrow)]
    pub request_received_timestamp: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub stage_timestamp: Lenient<Text<'a>>,
    /// The only time of records before `audit.k8s.io/v1`.
    #[serde(borrow)]
    pub timestamp: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub metadata: Object<Metadata<'a>>,
    /// What Logstash leaves where it renames times.
    #[serde(borrow, rename = "@timestamp")]
    pub at_timestamp: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct User<'a> {
    #[serde(borrow)]
    pub username: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub groups: List<Lenient<Text<'a>>, GROUPS_MAX>,
    #[serde(borrow)]
    pub extra: Object<Extra<'a>>,
}

/// What the authenticator adds to a user; each a list of texts.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Extra<'a> {
    #[serde(borrow, rename = "authentication.kubernetes.io/credential-id")]
    pub credential_id: List<Lenient<Text<'a>>, 1>,
    /// On EKS, the AWS key that signed the request for the caller's token.
    #[serde(borrow)]
    pub access_key_id: List<Lenient<Text<'a>>, 1>,
    /// On EKS, the AWS identity of the caller.
    #[serde(borrow)]
    pub arn: List<Lenient<Text<'a>>, 1>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ImpersonatedUser<'a> {
    #[serde(borrow)]
    pub username: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ObjectRef<'a> {
    #[serde(borrow)]
    pub resource: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub subresource: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub namespace: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub name: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub api_group: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ResponseStatus {
    pub code: Lenient<Code>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Annotations<'a> {
    #[serde(borrow, rename = "authorization.k8s.io/decision")]
    pub decision: Lenient<Text<'a>>,
    #[serde(borrow, rename = "authentication.kubernetes.io/issued-credential-id")]
    pub issued_credential_id: Lenient<Text<'a>>,
    #[serde(rename = "authentication.k8s.io/stale-token")]
    pub stale_token: Lenient<Present>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Metadata<'a> {
    #[serde(borrow)]
    pub creation_timestamp: Lenient<Text<'a>>,
}

impl<'a> Record<'a> {
    /// When the credential was presented. A watch is written down at its end, which may be an hour later than
    /// that and later than the end of the token it began with; for everything else the two are the same.
    pub fn time(&self) -> Option<EventTime> {
        [
            &self.request_received_timestamp,
            &self.stage_timestamp,
            &self.timestamp,
            &self.metadata.0.creation_timestamp,
            &self.at_timestamp,
        ]
        .into_iter()
        .find_map(|time| EventTime::parse(time.0.as_deref()?))
    }

    /// Whether this is the stage that says how a request went. Each request has exactly one such record; in
    /// shortened exports the stage is missing.
    pub fn is_concluding(&self) -> bool {
        self.stage.0.as_deref().is_none_or(|stage| matches!(stage, "ResponseComplete" | "Panic"))
    }

    /// Whether the query of the request has an option that begins with `option`.
    pub fn has_option(&self, option: &str) -> bool {
        let uri = self.request_uri.0.as_deref().unwrap_or_default();
        let query = uri.split_once('?').map_or("", |(_, query)| query);
        query.split('&').any(|part| part.starts_with(option))
    }

    pub fn object(&self) -> &ObjectRef<'a> {
        &self.object_ref.0
    }
}
