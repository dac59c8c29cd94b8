//! The members of an Activity log record that are read, in each of the shapes it comes in.
//!
//! Event hubs and storage hold it as a resource log (`resultType`, `identity.claims`). The REST API and the
//! portal give `operationName`, `status` and `category` as `{"value":...}`, with `claims` and `caller` on
//! top. Rows of the table `AzureActivity` have `PascalCase` columns, several of them in two editions.
//!
//! Schema: <https://learn.microsoft.com/azure/azure-monitor/essentials/activity-log-schema>

use core::net::IpAddr;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::body::Bodies;
use crate::event::Outcome;
use crate::net::parse_address;
use crate::source::azure::{Claims, lower};
use crate::source::json::{Lenient, Object, members};
use crate::text::Text;
use crate::time::EventTime;

/// One record, as far as it is read. Every member may be missing or of another type.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Record<'a> {
    #[serde(borrow)]
    time: Lenient<Text<'a>>,
    #[serde(borrow)]
    event_timestamp: Lenient<Text<'a>>,
    #[serde(borrow)]
    category: Option<&'a RawValue>,
    #[serde(borrow)]
    operation_name: Option<&'a RawValue>,
    #[serde(borrow)]
    resource_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    subscription_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    tenant_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    result_type: Lenient<Text<'a>>,
    #[serde(borrow)]
    result_signature: Lenient<Text<'a>>,
    #[serde(borrow)]
    status: Option<&'a RawValue>,
    #[serde(borrow)]
    sub_status: Option<&'a RawValue>,
    #[serde(borrow)]
    correlation_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    event_data_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    caller: Lenient<Text<'a>>,
    #[serde(borrow)]
    caller_ip_address: Lenient<Text<'a>>,
    #[serde(borrow)]
    http_request: Object<HttpRequest<'a>>,
    #[serde(borrow)]
    identity: Object<Identity<'a>>,
    #[serde(borrow)]
    claims: Object<Claims<'a>>,
    #[serde(borrow)]
    properties: Object<Bodies<'a>>,

    #[serde(borrow, rename = "TimeGenerated")]
    row_time: Lenient<Text<'a>>,
    #[serde(borrow, rename = "CategoryValue")]
    row_category: Lenient<Text<'a>>,
    #[serde(borrow, rename = "OperationNameValue")]
    row_operation: Lenient<Text<'a>>,
    #[serde(borrow, rename = "_ResourceId")]
    row_resource_id: Lenient<Text<'a>>,
    #[serde(borrow, rename = "ResourceId")]
    old_row_resource_id: Lenient<Text<'a>>,
    #[serde(borrow, rename = "SubscriptionId")]
    row_subscription_id: Lenient<Text<'a>>,
    #[serde(borrow, rename = "ActivityStatusValue")]
    row_status: Lenient<Text<'a>>,
    #[serde(borrow, rename = "ActivitySubstatusValue")]
    row_sub_status: Lenient<Text<'a>>,
    #[serde(borrow, rename = "CorrelationId")]
    row_correlation_id: Lenient<Text<'a>>,
    #[serde(borrow, rename = "EventDataId")]
    row_event_data_id: Lenient<Text<'a>>,
    #[serde(borrow, rename = "Caller")]
    row_caller: Lenient<Text<'a>>,
    #[serde(borrow, rename = "CallerIpAddress")]
    row_caller_ip_address: Lenient<Text<'a>>,
    #[serde(borrow, rename = "Claims_d")]
    row_claims: Object<Claims<'a>>,
    #[serde(borrow, rename = "Claims")]
    old_row_claims: Object<Claims<'a>>,
    #[serde(borrow, rename = "Properties_d")]
    row_properties: Object<Bodies<'a>>,
    #[serde(borrow, rename = "Properties")]
    old_row_properties: Object<Bodies<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Identity<'a> {
    #[serde(borrow)]
    claims: Object<Claims<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct HttpRequest<'a> {
    #[serde(borrow)]
    client_ip_address: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Worded<'a> {
    #[serde(borrow)]
    value: Lenient<Text<'a>>,
}

/// A text, also where it stands beside its translation.
fn word<'a>(raw: Option<&'a RawValue>) -> Option<Text<'a>> {
    let plain: Lenient<Text<'a>> = serde_json::from_str(raw?.get()).ok()?;
    plain.0.or_else(|| members::<Worded<'a>>(raw).value.0)
}

fn first<'a, const N: usize>(members: [&Lenient<Text<'a>>; N]) -> Option<Text<'a>> {
    members.into_iter().find_map(|member| member.0.clone())
}

/// How far the act of a record had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Asked for, or accepted: a later record of the same act says how it ended.
    Begun,
    Ended(Outcome),
}

const STAGES: &[(&str, Stage)] = &[
    ("accept", Stage::Begun),
    ("accepted", Stage::Begun),
    ("failed", Stage::Ended(Outcome::Failure)),
    ("failure", Stage::Ended(Outcome::Failure)),
    ("in progress", Stage::Begun),
    ("inprogress", Stage::Begun),
    ("start", Stage::Begun),
    ("started", Stage::Begun),
    ("succeeded", Stage::Ended(Outcome::Success)),
    ("success", Stage::Ended(Outcome::Success)),
];

/// What the refusal of a call is named in its sub-status, in lower case.
const DENIED: &[&str] = &["403", "authorizationfailed", "forbidden"];

impl<'a> Record<'a> {
    pub fn at(&self) -> Option<EventTime> {
        [&self.time, &self.event_timestamp, &self.row_time]
            .into_iter()
            .find_map(|time| EventTime::parse(time.0.as_deref()?))
    }

    pub fn category(&self) -> Option<Text<'a>> {
        word(self.category).or_else(|| self.row_category.0.clone())
    }

    /// The operation in lower case: services disagree on its case.
    pub fn operation(&self) -> Option<Text<'a>> {
        word(self.operation_name).or_else(|| self.row_operation.0.clone()).map(|name| lower(&name))
    }

    /// The resource the act was on, in lower case and without a slash at its end.
    pub fn resource(&self) -> Option<Text<'a>> {
        let id = first([&self.resource_id, &self.row_resource_id, &self.old_row_resource_id])?;
        let id = lower(&id);
        let end = id.trim_end_matches('/').len();
        Some(id.cut(end))
    }

    /// The subscription where the resource names none: its id stands beside it in some shapes.
    pub fn scope(&self) -> Option<Text<'a>> {
        let tenant = || self.claims().find_map(|claims| claims.tenant.0.clone());
        first([&self.subscription_id, &self.row_subscription_id, &self.tenant_id]).or_else(tenant)
    }

    pub fn stage(&self) -> Option<Stage> {
        let text =
            self.result_type.0.clone().or_else(|| word(self.status)).or_else(|| self.row_status.0.clone())?;
        let (_, stage) = STAGES.iter().find(|(word, _)| text.eq_ignore_ascii_case(word))?;
        let denied = self.sub_status().is_some_and(|sub| DENIED.iter().any(|word| sub.contains(word)));
        Some(match stage {
            Stage::Ended(Outcome::Failure) if denied => Stage::Ended(Outcome::Denied),
            Stage::Begun | Stage::Ended(_) => *stage,
        })
    }

    /// Whether the act made its resource: a `write` makes and changes, and only the status tells which.
    /// `None` where the record does not say.
    pub fn created(&self) -> Option<bool> {
        let sub = self.sub_status()?;
        if sub.contains("created") || sub.contains("201") {
            Some(true)
        } else if sub.contains("200") || sub.ends_with("ok") {
            Some(false)
        } else {
            None
        }
    }

    /// `Succeeded.Created`, `Forbidden`, `OK (HTTP Status Code: 200)`, `403`; in lower case.
    fn sub_status(&self) -> Option<Text<'a>> {
        let native = self.result_signature.0.clone();
        let text = native.or_else(|| word(self.sub_status)).or_else(|| self.row_sub_status.0.clone())?;
        Some(lower(&text))
    }

    pub fn correlation_id(&self) -> Option<Text<'a>> {
        first([&self.correlation_id, &self.row_correlation_id])
    }

    pub fn event_data_id(&self) -> Option<Text<'a>> {
        let own = first([&self.event_data_id, &self.row_event_data_id]);
        own.or_else(|| self.bodies().find_map(|bodies| bodies.event_data_id.0.clone()))
    }

    fn claims(&self) -> impl Iterator<Item = &Claims<'a>> {
        let native = &self.identity.0.claims.0;
        [native, &self.claims.0, &self.row_claims.0, &self.old_row_claims.0].into_iter()
    }

    /// Whom the caller's token was made for.
    pub fn audience(&self) -> Option<&str> {
        self.claims().find_map(|claims| claims.aud.0.as_deref())
    }

    /// Who called: by the claims, else by the name or object id the log puts beside them.
    pub fn caller(&self) -> Option<Text<'a>> {
        let stated = || {
            let caller = first([&self.caller, &self.row_caller])?;
            Some(if caller.contains('@') { caller } else { lower(&caller) })
        };
        self.claims().find_map(Claims::caller).or_else(stated)
    }

    pub fn address(&self) -> Option<IpAddr> {
        let http = &self.http_request.0.client_ip_address;
        parse_address(&first([&self.caller_ip_address, &self.row_caller_ip_address, http])?)
    }

    /// What was sent and answered, where the log kept it.
    pub fn bodies(&self) -> impl Iterator<Item = &Bodies<'a>> {
        [&self.properties.0, &self.row_properties.0, &self.old_row_properties.0].into_iter()
    }
}
