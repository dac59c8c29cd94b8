//! The members of a log entry that are read, and nothing else of it.
//!
//! `request` and its siblings stay raw text here: only the handler of a method that is in the routing table
//! reads them, and only the members it names. What a service put there besides is never looked at.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::source::json::{Lenient, List, Object};
use crate::text::Text;
use crate::time::EventTime;

/// Most permissions looked at of one call.
const PERMISSIONS_MAX: usize = 32;
/// Longest chain of impersonation that is told.
const CHAIN_MAX: usize = 8;

/// One entry, as far as it is read. Every member may be missing or of another type.
///
/// Some stores write the names of members in small letters; such a name stands beside the original, because
/// an entry that carries both is still one entry.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Record<'a> {
    #[serde(borrow)]
    pub timestamp: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub receive_timestamp: Lenient<Text<'a>>,
    #[serde(borrow, rename = "receivetimestamp")]
    pub receive_timestamp_small: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub insert_id: Lenient<Text<'a>>,
    #[serde(borrow, rename = "insertid")]
    pub insert_id_small: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub log_name: Lenient<Text<'a>>,
    #[serde(borrow, rename = "logname")]
    pub log_name_small: Lenient<Text<'a>>,
    pub operation: Object<Operation>,
    #[serde(borrow)]
    pub resource: Object<Resource<'a>>,
    #[serde(borrow)]
    pub proto_payload: Option<Object<Payload<'a>>>,
    #[serde(borrow)]
    pub json_payload: Option<&'a RawValue>,
}

/// Where an entry stands among those of one long-running call.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Operation {
    pub first: Lenient<bool>,
    pub last: Lenient<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Resource<'a> {
    #[serde(borrow)]
    pub labels: Object<Labels<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Labels<'a> {
    #[serde(borrow)]
    pub project_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub email_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub unique_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub location: Lenient<Text<'a>>,
    /// `PROJECT:INSTANCE` of Cloud SQL.
    #[serde(borrow)]
    pub database_id: Lenient<Text<'a>>,
}

/// The `AuditLog` in an entry.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Payload<'a> {
    #[serde(borrow)]
    pub service_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub method_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub resource_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub authentication_info: Option<Object<Authentication<'a>>>,
    pub authorization_info: List<Object<Authorization>, PERMISSIONS_MAX>,
    #[serde(borrow)]
    pub request_metadata: Object<RequestMetadata<'a>>,
    pub status: Object<Status>,
    #[serde(borrow)]
    pub request: Option<&'a RawValue>,
    #[serde(borrow)]
    pub response: Option<&'a RawValue>,
    #[serde(borrow)]
    pub metadata: Option<&'a RawValue>,
    #[serde(borrow)]
    pub service_data: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Authentication<'a> {
    #[serde(borrow)]
    pub principal_email: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub principal_subject: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub service_account_key_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub service_account_delegation_info: List<Object<Delegation<'a>>, CHAIN_MAX>,
}

/// One link of a chain of impersonation.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Delegation<'a> {
    #[serde(borrow)]
    pub first_party_principal: Object<FirstParty<'a>>,
    #[serde(borrow)]
    pub principal_subject: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct FirstParty<'a> {
    #[serde(borrow)]
    pub principal_email: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Authorization {
    /// Left out where it is `false`.
    pub granted: Lenient<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RequestMetadata<'a> {
    #[serde(borrow, rename = "callerIp")]
    pub ip: Lenient<Text<'a>>,
    #[serde(borrow, rename = "callerIP")]
    pub ip_capital: Lenient<Text<'a>>,
    #[serde(borrow, rename = "callerSuppliedUserAgent")]
    pub user_agent: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Status {
    /// A `google.rpc.Code`; left out where it is 0.
    pub code: Lenient<i64>,
}

impl<'a> Record<'a> {
    /// When it happened, by the first of its times that can be read.
    pub fn time(&self) -> Option<EventTime> {
        [&self.timestamp, &self.receive_timestamp, &self.receive_timestamp_small]
            .into_iter()
            .find_map(|time| EventTime::parse(time.0.as_deref()?))
    }

    pub fn log_name(&self) -> Option<&str> {
        self.log_name.0.as_deref().or(self.log_name_small.0.as_deref())
    }

    pub fn insert_id(&self) -> Option<&str> {
        self.insert_id.0.as_deref().or(self.insert_id_small.0.as_deref())
    }

    /// The audit log in it; `None` where it is an entry of another kind.
    pub fn audit(&self) -> Option<&Payload<'a>> {
        let payload = &self.proto_payload.as_ref()?.0;
        let speaks = payload.service_name.0.is_some()
            || payload.method_name.0.is_some()
            || payload.authentication_info.is_some();
        speaks.then_some(payload)
    }
}
