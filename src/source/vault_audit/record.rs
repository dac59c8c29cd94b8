//! The shape of an audit record, as far as it is read: an allow-list of fields.
//!
//! Written after `audit/types.go` of HashiCorp Vault and `internal/audit/format.go` of OpenBao. Every field
//! may be absent or of another type, since the shape grew over ten years and shippers trim it. `request.data`
//! and `response.data` stay unread text here: only the module of a path that needs a field of theirs parses
//! that field.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::source::json::{Lenient, List, Object};
use crate::text::Text;

/// One line of an audit device.
#[derive(Debug, Default, Deserialize)]
pub struct Record<'a> {
    #[serde(borrow, default, rename = "type")]
    pub half: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    pub time: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    pub auth: Object<Auth<'a>>,
    #[serde(borrow, default)]
    pub request: Object<Request<'a>>,
    #[serde(borrow, default)]
    pub response: Object<Response<'a>>,
    #[serde(borrow, default)]
    pub error: Lenient<Text<'a>>,
}

/// A token and its holder: the caller in `auth`, a token made or renewed in `response.auth`.
#[derive(Debug, Default, Deserialize)]
pub struct Auth<'a> {
    #[serde(borrow, default)]
    pub accessor: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    pub client_token: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    pub display_name: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    pub entity_id: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    pub token_type: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    pub policies: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub metadata: Object<Metadata<'a>>,
    #[serde(default)]
    pub policy_results: Object<PolicyResults>,
    #[serde(default)]
    pub remaining_uses: Lenient<i64>,
    /// Seconds, as at the issue; 0 is left out.
    #[serde(default)]
    pub token_ttl: Lenient<i64>,
    #[serde(borrow, default)]
    pub token_issue_time: Lenient<Text<'a>>,
}

/// What auth methods write into the metadata of a token. Any JSON may stand there; only text is taken.
#[derive(Debug, Default, Deserialize)]
pub struct Metadata<'a> {
    #[serde(borrow, default)]
    pub role_name: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    pub role: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    pub service_account_name: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    pub username: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    pub common_name: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    pub owner: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
pub struct PolicyResults {
    #[serde(default)]
    pub allowed: Lenient<bool>,
}

#[derive(Debug, Default, Deserialize)]
pub struct Request<'a> {
    #[serde(borrow, default)]
    pub id: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    pub operation: Lenient<Text<'a>>,
    /// Without `/v1/` and without the namespace.
    #[serde(borrow, default)]
    pub path: Lenient<Text<'a>>,
    /// With the namespace in front.
    #[serde(borrow, default)]
    pub mount_point: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    pub mount_type: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    pub namespace: Object<Namespace<'a>>,
    #[serde(borrow, default)]
    pub client_token: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    pub client_token_accessor: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    pub data: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub remote_address: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    pub headers: Object<Headers<'a>>,
}

#[derive(Debug, Default, Deserialize)]
pub struct Namespace<'a> {
    /// Empty for the root, else with a trailing slash.
    #[serde(borrow, default)]
    pub path: Lenient<Text<'a>>,
}

/// The two headers that say where a caller stands; recorded only where an operator configured it.
#[derive(Debug, Default, Deserialize)]
pub struct Headers<'a> {
    #[serde(borrow, default, rename = "x-forwarded-for")]
    pub forwarded_for: List<Lenient<Text<'a>>, 1>,
    #[serde(borrow, default, rename = "user-agent")]
    pub user_agent: List<Lenient<Text<'a>>, 1>,
}

#[derive(Debug, Default, Deserialize)]
pub struct Response<'a> {
    #[serde(borrow, default)]
    pub auth: Object<Auth<'a>>,
    #[serde(borrow, default)]
    pub secret: Object<Secret<'a>>,
    #[serde(borrow, default)]
    pub data: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub wrap_info: Object<WrapInfo<'a>>,
    /// Only whether there are any: the texts repeat what was asked for.
    #[serde(borrow, default)]
    pub warnings: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
pub struct Secret<'a> {
    /// In clear on every device.
    #[serde(borrow, default)]
    pub lease_id: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
pub struct WrapInfo<'a> {
    #[serde(borrow, default)]
    pub token: Lenient<Text<'a>>,
    #[serde(borrow, default)]
    pub accessor: Lenient<Text<'a>>,
    /// Of a token or of a secret-id; which of them, only the path tells.
    #[serde(borrow, default)]
    pub wrapped_accessor: Lenient<Text<'a>>,
    /// Seconds.
    #[serde(default)]
    pub ttl: Lenient<i64>,
}

impl Auth<'_> {
    /// Whether a token stands here. A login that waits for its second factor, and a call nobody made, show
    /// `token_type: default` and nothing else.
    pub fn is_token(&self) -> bool {
        let typed = self.token_type.0.as_deref().is_some_and(|kind| kind != "default");
        self.accessor.0.is_some() || (typed && self.client_token.0.is_some())
    }

    pub fn is_batch(&self) -> bool {
        self.token_type.0.as_deref() == Some("batch")
    }

    /// Whether it has the root policy.
    pub fn is_root(&self) -> bool {
        self.policies.is_some_and(|policies| lists(policies, "\"root\""))
    }

    /// Whether it is a wrapping token: its one policy allows nothing but to unwrap.
    pub fn is_wrapping(&self) -> bool {
        self.policies.is_some_and(|policies| lists(policies, "\"response-wrapping\""))
    }
}

/// Whether a JSON list of words holds `quoted`. Policy names are plain words, so their text is their JSON.
fn lists(policies: &RawValue, quoted: &str) -> bool {
    let text = policies.get();
    text.starts_with('[') && memchr::memmem::find(text.as_bytes(), quoted.as_bytes()).is_some()
}

impl WrapInfo<'_> {
    pub fn is_present(&self) -> bool {
        self.accessor.0.is_some() || self.token.0.is_some()
    }
}
