//! The members of a Key Vault record that are read, in each of the shapes it comes in.
//!
//! Diagnostic settings write `camelCase` with the details under `properties`. The table `AZKVAuditLogs` has
//! them as columns in `PascalCase`; the older table `AzureDiagnostics` flattens every path to a column with
//! the type as its suffix (`httpStatusCode_d`, `identity_claim_appid_g`).
//!
//! Columns: <https://learn.microsoft.com/azure/azure-monitor/reference/tables/azkvauditlogs>

use serde::Deserialize;

use crate::event::Outcome;
use crate::net::parse_address;
use crate::source::azure::{Claims, Moment};
use crate::source::json::{Lenient, Object, Scalar};
use crate::text::Text;
use crate::time::EventTime;

/// One record, as far as it is read. Every member may be missing or of another type, and a row may have the
/// members of two shapes.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Record<'a> {
    #[serde(borrow)]
    time: Lenient<Text<'a>>,
    #[serde(borrow)]
    category: Lenient<Text<'a>>,
    #[serde(borrow)]
    operation_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    resource_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    result_signature: Lenient<Text<'a>>,
    #[serde(borrow)]
    correlation_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    caller_ip_address: Lenient<Text<'a>>,
    #[serde(borrow)]
    identity: Object<Identity<'a>>,
    #[serde(borrow)]
    properties: Object<Details<'a>>,

    #[serde(borrow, rename = "TimeGenerated")]
    row_time: Lenient<Text<'a>>,
    #[serde(borrow, rename = "Category")]
    row_category: Lenient<Text<'a>>,
    #[serde(borrow, rename = "OperationName")]
    row_operation_name: Lenient<Text<'a>>,
    #[serde(borrow, rename = "ResourceId")]
    row_resource_id: Lenient<Text<'a>>,
    #[serde(borrow, rename = "_ResourceId")]
    row_standard_resource_id: Lenient<Text<'a>>,
    #[serde(borrow, rename = "SubscriptionId")]
    row_subscription: Lenient<Text<'a>>,
    #[serde(borrow, rename = "_SubscriptionId")]
    row_standard_subscription: Lenient<Text<'a>>,
    #[serde(borrow, rename = "ResultSignature")]
    row_result_signature: Lenient<Text<'a>>,
    #[serde(borrow, rename = "CorrelationId")]
    row_correlation_id: Lenient<Text<'a>>,
    #[serde(borrow, rename = "CallerIpAddress")]
    row_caller_ip_address: Lenient<Text<'a>>,
    #[serde(borrow, rename = "CallerIPAddress")]
    old_row_caller_ip_address: Lenient<Text<'a>>,
    #[serde(borrow, rename = "Identity")]
    row_identity: Object<Identity<'a>>,
    #[serde(borrow, rename = "Id")]
    row_id: Lenient<Text<'a>>,
    #[serde(borrow, rename = "ClientInfo")]
    row_client_info: Lenient<Text<'a>>,
    #[serde(borrow, rename = "RequestUri")]
    row_request_uri: Lenient<Text<'a>>,
    #[serde(rename = "HttpStatusCode")]
    row_http_status_code: Lenient<Status>,
    #[serde(rename = "SecretProperties")]
    row_secret_properties: Object<Described>,
    #[serde(rename = "KeyProperties")]
    row_key_properties: Object<Described>,
    #[serde(rename = "CertificateProperties")]
    row_certificate_properties: Object<Described>,

    #[serde(borrow, rename = "id_s")]
    flat_id: Lenient<Text<'a>>,
    #[serde(borrow, rename = "clientInfo_s")]
    flat_client_info: Lenient<Text<'a>>,
    #[serde(borrow, rename = "requestUri_s")]
    flat_request_uri: Lenient<Text<'a>>,
    #[serde(rename = "httpStatusCode_d")]
    flat_http_status_code: Lenient<Status>,
    #[serde(borrow, rename = "identity_claim_appid_g")]
    flat_appid: Lenient<Text<'a>>,
    #[serde(borrow, rename = "identity_claim_oid_g")]
    flat_oid: Lenient<Text<'a>>,
    #[serde(borrow, rename = "identity_claim_http_schemas_microsoft_com_identity_claims_objectidentifier_g")]
    flat_object_identifier: Lenient<Text<'a>>,
    #[serde(borrow, rename = "identity_claim_upn_s")]
    flat_upn: Lenient<Text<'a>>,
    #[serde(borrow, rename = "identity_claim_http_schemas_xmlsoap_org_ws_2005_05_identity_claims_upn_s")]
    flat_user_principal_name: Lenient<Text<'a>>,
    #[serde(rename = "secretProperties_attributes_enabled_b")]
    flat_secret_enabled: Lenient<bool>,
    #[serde(rename = "secretProperties_attributes_exp_d")]
    flat_secret_expiry: Lenient<Moment>,
    #[serde(rename = "keyProperties_attributes_enabled_b")]
    flat_key_enabled: Lenient<bool>,
    #[serde(rename = "keyProperties_attributes_exp_d")]
    flat_key_expiry: Lenient<Moment>,
    #[serde(rename = "certificateProperties_attributes_enabled_b")]
    flat_certificate_enabled: Lenient<bool>,
    #[serde(rename = "certificateProperties_exp_t")]
    flat_certificate_expiry: Lenient<Moment>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Identity<'a> {
    #[serde(borrow)]
    claim: Object<Claims<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Details<'a> {
    #[serde(borrow)]
    id: Lenient<Text<'a>>,
    #[serde(borrow)]
    client_info: Lenient<Text<'a>>,
    #[serde(borrow)]
    request_uri: Lenient<Text<'a>>,
    http_status_code: Lenient<Status>,
    secret_properties: Object<Described>,
    key_properties: Object<Described>,
    certificate_properties: Object<Described>,
}

/// What a record says of the object itself. Certificates have their end beside their attributes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Described {
    attributes: Object<Attributes>,
    exp: Lenient<Moment>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Attributes {
    pub enabled: Lenient<bool>,
    pub exp: Lenient<Moment>,
}

/// An HTTP status, as a number or as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Status(i64);

impl Scalar<'_> for Status {
    fn from_i64(value: i64) -> Option<Self> {
        Some(Self(value))
    }

    fn from_borrowed(text: &str) -> Option<Self> {
        Self::from_text(text)
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

/// The status each word of `resultSignature` stands for.
const SIGNATURES: &[(&str, i64)] = &[
    ("Accepted", 202),
    ("Bad Request", 400),
    ("Conflict", 409),
    ("Created", 201),
    ("Forbidden", 403),
    ("No Content", 204),
    ("Not Found", 404),
    ("NotFound", 404),
    ("OK", 200),
    ("Unauthorized", 401),
];

/// The first of several members that is there.
fn first<'a, const N: usize>(members: [&Lenient<Text<'a>>; N]) -> Option<Text<'a>> {
    members.into_iter().find_map(|member| member.0.clone())
}

impl<'a> Record<'a> {
    pub fn at(&self) -> Option<EventTime> {
        [&self.time, &self.row_time].into_iter().find_map(|time| EventTime::parse(time.0.as_deref()?))
    }

    /// The category, where the shape has one: a row of `AZKVAuditLogs` has none.
    pub fn category(&self) -> Option<Text<'a>> {
        first([&self.category, &self.row_category])
    }

    pub fn operation(&self) -> Option<Text<'a>> {
        first([&self.operation_name, &self.row_operation_name])
    }

    /// The id of the vault as a resource.
    pub fn resource(&self) -> Option<Text<'a>> {
        first([&self.resource_id, &self.row_resource_id, &self.row_standard_resource_id])
    }

    /// The subscription, where a row states it beside the resource.
    pub fn subscription(&self) -> Option<Text<'a>> {
        first([&self.row_subscription, &self.row_standard_subscription])
    }

    pub fn correlation_id(&self) -> Option<Text<'a>> {
        first([&self.correlation_id, &self.row_correlation_id])
    }

    /// The address of the object that was asked for, as the vault answered it.
    pub fn object_id(&self) -> Option<Text<'a>> {
        first([&self.properties.0.id, &self.row_id, &self.flat_id])
    }

    /// What was requested, without the query, which may hold anything.
    pub fn request_uri(&self) -> Option<Text<'a>> {
        let uri = first([&self.properties.0.request_uri, &self.row_request_uri, &self.flat_request_uri])?;
        let end = uri.find(['?', '#']).unwrap_or(uri.len());
        Some(uri.cut(end))
    }

    pub fn client_info(&self) -> Option<Text<'a>> {
        first([&self.properties.0.client_info, &self.row_client_info, &self.flat_client_info])
    }

    pub fn address(&self) -> Option<core::net::IpAddr> {
        let text =
            first([&self.caller_ip_address, &self.row_caller_ip_address, &self.old_row_caller_ip_address]);
        parse_address(&text?)
    }

    /// Who called; nobody where a vault only asked a client to authenticate.
    pub fn caller(&self) -> Option<Text<'a>> {
        let flat = || {
            let user = first([&self.flat_upn, &self.flat_user_principal_name]);
            user.or_else(|| first([&self.flat_appid, &self.flat_oid, &self.flat_object_identifier]))
        };
        let claims = [&self.identity, &self.row_identity];
        claims.into_iter().find_map(|identity| identity.0.claim.0.caller()).or_else(flat)
    }

    /// How it went. `resultType` says `Success` of a refused request too, so only the status counts, and of
    /// status and its text the worse.
    pub fn outcome(&self) -> Option<Outcome> {
        let codes =
            [&self.properties.0.http_status_code, &self.row_http_status_code, &self.flat_http_status_code];
        let code = codes.into_iter().find_map(|code| code.0).map(|Status(code)| code);
        let text = first([&self.result_signature, &self.row_result_signature]);
        let said = text.and_then(|text| {
            let known = SIGNATURES.iter().find(|(word, _)| text.eq_ignore_ascii_case(word));
            known.map(|(_, status)| *status)
        });
        Some(match code.max(said)? {
            status if status < 400 => Outcome::Success,
            401 => Outcome::Refused,
            403 => Outcome::Denied,
            _ => Outcome::Failure,
        })
    }

    /// Whether the object is switched on, and when it ends.
    pub fn attributes(&self) -> Attributes {
        let details = &self.properties.0;
        let described = [
            &details.secret_properties,
            &details.key_properties,
            &details.certificate_properties,
            &self.row_secret_properties,
            &self.row_key_properties,
            &self.row_certificate_properties,
        ];
        let described = || described.into_iter().map(|object| &object.0);
        let flat_enabled =
            [self.flat_secret_enabled.0, self.flat_key_enabled.0, self.flat_certificate_enabled.0];
        let flat_expiry = [self.flat_secret_expiry.0, self.flat_key_expiry.0, self.flat_certificate_expiry.0];
        let enabled = described().find_map(|object| object.attributes.0.enabled.0);
        let exp = described().find_map(|object| object.attributes.0.exp.0.or(object.exp.0));
        Attributes {
            enabled: Lenient(enabled.or_else(|| flat_enabled.into_iter().flatten().next())),
            exp: Lenient(exp.or_else(|| flat_expiry.into_iter().flatten().next())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(record: &str) -> Option<Outcome> {
        serde_json::from_str::<Object<Record<'_>>>(record).unwrap().0.outcome()
    }

    #[test]
    fn the_status_decides_and_the_result_type_never_does() {
        for (record, said) in [
            (r#"{"resultType":"Success","properties":{"httpStatusCode":403}}"#, Some(Outcome::Denied)),
            (r#"{"resultType":"Success","properties":{"httpStatusCode":"404"}}"#, Some(Outcome::Failure)),
            (r#"{"resultSignature":"Forbidden","properties":{"httpStatusCode":200}}"#, Some(Outcome::Denied)),
            (r#"{"resultSignature":"unauthorized"}"#, Some(Outcome::Refused)),
            (r#"{"ResultSignature":"OK","httpStatusCode_d":200.0}"#, Some(Outcome::Success)),
            (r#"{"resultType":"Success"}"#, None),
        ] {
            assert_eq!(outcome(record), said, "{record}");
        }
    }
}
