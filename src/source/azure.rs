//! What the two Azure logs have in common: how a record is told, whose subscription it is, who called.
//!
//! Ids of Azure Resource Manager are case-blind, and each service writes them in its own case: every id that
//! reaches an event is lower-case. A token's claims say who called; the token itself never stands in a log.

use memchr::memmem;
use serde::Deserialize;

use super::RecordContext;
use super::json::{Lenient, Scalar};
use crate::text::Text;
use crate::time::EventTime;

/// The log a record was written by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Log {
    /// The Activity log, or another log of the platform, which has nothing to say here.
    Activity,
    KeyVault,
}

/// Tells a record of Azure by its shape; `None` for what is not Azure's, or is Entra's.
#[must_use]
pub fn log_of(record: &[u8]) -> Option<Log> {
    let has = |needle: &str| memmem::find(record, needle.as_bytes()).is_some();
    let categories = categories(record);
    let of = |category: &str| categories.contains(&category.as_bytes());
    let one = |needles: &[&str]| needles.iter().any(|needle| has(needle));
    if of("Administrative") || one(&["\"eventDataId\"", "\"EventDataId\"", "\"OperationNameValue\""]) {
        return Some(Log::Activity);
    }
    let of_vault = one(&["MICROSOFT.KEYVAULT", "Microsoft.KeyVault", "microsoft.keyvault", ".vault."]);
    if has("\"AZKVAuditLogs\"") || (of("AuditEvent") && (of_vault || has(".managedhsm."))) {
        return Some(Log::KeyVault);
    }
    if has("\"HttpStatusCode\"") && has("\"RequestUri\"") && of_vault {
        return Some(Log::KeyVault);
    }
    let of_entra = one(&["icrosoft.aadiam\"", "ICROSOFT.AADIAM\"", "ctivityDisplayName\""])
        || categories.iter().any(|category| category.ends_with(b"SignInLogs"));
    let resource = one(&["\"resourceId\"", "\"ResourceId\"", "\"_ResourceId\""])
        && one(&["/subscriptions/", "/SUBSCRIPTIONS/", "/Subscriptions/"]);
    let platform = resource || has("icrosoft.ContainerService/managedClusters/diagnosticLogs/");
    let storage =
        categories.iter().any(|category| category.starts_with(b"Storage")) && has("\"operationName\"");
    let named = !categories.is_empty() || has("\"operationName\"");
    (named && !of_entra && (platform || storage)).then_some(Log::Activity)
}

/// Most members named `category` that are looked at.
const CATEGORIES_MAX: usize = 16;

/// The texts of the members that name a category, also inside a `{"value":...}`.
fn categories(record: &[u8]) -> Vec<&[u8]> {
    ["\"category\"", "\"Category\"", "\"CategoryValue\""]
        .iter()
        .flat_map(|name| memmem::find_iter(record, name.as_bytes()).map(|at| at + name.len()))
        .take(CATEGORIES_MAX)
        .filter_map(|at| text_behind(record.get(at..)?))
        .collect()
}

/// The text of the member whose name ends before `rest`, or of the `value` in it: one level, for a record may
/// be nothing but levels.
fn text_behind(rest: &[u8]) -> Option<&[u8]> {
    let value = value_behind(rest)?;
    let value = match value.strip_prefix(b"{") {
        Some(object) => value_behind(object.trim_ascii_start().strip_prefix(b"\"value\"")?)?,
        None => value,
    };
    let text = value.strip_prefix(b"\"")?;
    text.get(..memchr::memchr(b'"', text)?)
}

fn value_behind(rest: &[u8]) -> Option<&[u8]> {
    Some(rest.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start())
}

/// Claims of the token a caller showed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Claims<'a> {
    #[serde(borrow)]
    appid: Lenient<Text<'a>>,
    #[serde(borrow)]
    oid: Lenient<Text<'a>>,
    #[serde(borrow)]
    upn: Lenient<Text<'a>>,
    #[serde(borrow, rename = "http://schemas.microsoft.com/identity/claims/objectidentifier")]
    object_identifier: Lenient<Text<'a>>,
    #[serde(borrow, rename = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn")]
    user_principal_name: Lenient<Text<'a>>,
    #[serde(borrow, rename = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name")]
    name: Lenient<Text<'a>>,
    #[serde(borrow, rename = "http://schemas.microsoft.com/identity/claims/tenantid")]
    pub tenant: Lenient<Text<'a>>,
    /// Whom the token was made for: it tells the national clouds apart.
    #[serde(borrow)]
    pub aud: Lenient<Text<'a>>,
}

impl<'a> Claims<'a> {
    /// Who called: a user by the name people know, an application by its id, else the object.
    pub fn caller(&self) -> Option<Text<'a>> {
        let user = [&self.upn, &self.user_principal_name, &self.name];
        let user = user.into_iter().find_map(|claim| claim.0.clone().filter(|text| text.contains('@')));
        let ids = [&self.appid, &self.oid, &self.object_identifier];
        user.or_else(|| ids.into_iter().find_map(|claim| claim.0.as_ref().map(lower)))
    }
}

/// `text` in lower case.
#[must_use]
pub fn lower<'a>(text: &Text<'a>) -> Text<'a> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Text::owned(text.to_ascii_lowercase())
    } else {
        text.clone()
    }
}

/// The realm of a resource: its subscription, else what is stated beside it (the subscription, or else the
/// tenant), by lower-case ids.
#[must_use]
pub fn realm<'a>(context: &RecordContext<'_>, resource: &str, stated: Option<&str>) -> Text<'a> {
    let behind = |word: &str| resource.strip_prefix(word)?.split('/').next();
    let scope = behind("/subscriptions/").or_else(|| behind("/tenants/")).filter(|scope| is_scope(scope));
    let stated = stated.map(str::to_ascii_lowercase).filter(|stated| is_scope(stated));
    let scope = scope.or(stated.as_deref()).unwrap_or("unknown");
    Text::owned(context.stream.realm("azure", scope))
}

/// Whether a text can be the id of a subscription or a tenant, which realms are written with.
fn is_scope(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Whether a text is a GUID, as the ids of principals and roles are.
#[must_use]
pub fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// A moment, as seconds since 1970 or as RFC 3339: services of one log write it either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(pub EventTime);

impl Scalar<'_> for Moment {
    fn from_i64(seconds: i64) -> Option<Self> {
        EventTime::from_seconds(seconds).map(Self)
    }

    fn from_borrowed(text: &str) -> Option<Self> {
        Self::from_text(text)
    }

    fn from_text(text: &str) -> Option<Self> {
        EventTime::parse(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_told_by_its_category_and_else_by_its_shape() {
        let (vault, activity) = (Some(Log::KeyVault), Some(Log::Activity));
        let in_vault = r#""resourceId":"/SUBSCRIPTIONS/A/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/V""#;
        let address = "https://v.vault.azure.net/keys/k";
        let kube = "Microsoft.ContainerService/managedClusters/diagnosticLogs/Read";
        for (members, log) in [
            (format!(r#""category":"AuditEvent",{in_vault}"#), vault),
            (r#""Type":"AZKVAuditLogs","OperationName":"SecretGet""#.to_owned(), vault),
            (format!(r#""OperationName":"KeySign","HttpStatusCode":200,"RequestUri":"{address}""#), vault),
            (format!(r#""Category": "AuditEvent","OperationName":"KeySign","id_s":"{address}""#), vault),
            (r#""category":"Administrative","operationName":"A/B/WRITE""#.to_owned(), activity),
            (r#""category":{"value":"Administrative","localizedValue":"x"}"#.to_owned(), activity),
            (r#""OperationNameValue":"A/B/WRITE","ActivityStatusValue":"Success""#.to_owned(), activity),
            (format!(r#""category":"kube-audit","operationName":"{kube}""#), activity),
            (r#""category":"Logs","resourceId":"/SUBSCRIPTIONS/A/PROVIDERS/B""#.to_owned(), activity),
            (r#""operationName":"PutBlob","resourceId":"/subscriptions/a""#.to_owned(), activity),
            (r#""category":"AuditEvent","resourceId":"/SUBSCRIPTIONS/A/PROVIDERS/B""#.to_owned(), activity),
            // A setting that speaks of another log is still the Activity log's.
            (
                r#""category":"Administrative","properties":{"requestbody":{"category":"AuditEvent"}}"#
                    .to_owned(),
                activity,
            ),
        ] {
            let record = format!("{{{members}}}");
            assert_eq!(log_of(record.as_bytes()), log, "{record}");
        }
    }

    #[test]
    fn what_others_write_is_not_taken_for_azure() {
        for record in [
            r#"{"category":"AuditLogs","resourceId":"/a/providers/Microsoft.aadiam","operationName":"x"}"#,
            r#"{"category":"SignInLogs","operationName":"Sign-in","resourceId":"/subscriptions/a"}"#,
            r#"{"Category":"AuditLogs","ActivityDisplayName":"x","ResourceId":"/subscriptions/a"}"#,
            r#"{"activityDisplayName":"x","category":"Policy","id":"Directory_x"}"#,
            r#"{"eventSource":"s3.amazonaws.com","eventName":"ListBuckets","userIdentity":{}}"#,
            r#"{"protoPayload":{"serviceName":"iam.googleapis.com"},"resource":{"type":"project"}}"#,
            r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"x","verb":"get"}"#,
            r#"{"eventType":"user.session.start","published":"x","actor":{}}"#,
            r#"{"action":"personal_access_token.create","actor":"x","@timestamp":1}"#,
            r#"{"time":"x","type":"request","auth":{},"request":{"path":"kv/a"}}"#,
            r#"{"action":"issued","kind":"generic.token"}"#,
            r#"{"category":"#,
            "",
        ] {
            assert_eq!(log_of(record.as_bytes()), None, "{record}");
        }
    }

    #[test]
    fn a_category_of_any_depth_is_no_category() {
        let record = ["{\"category\"", &":{\"value\"".repeat(500_000)].concat();
        assert_eq!(log_of(record.as_bytes()), None);
    }

    #[test]
    fn a_guid_is_told_by_its_shape() {
        assert!(is_guid("8E3AF657-a8ff-443c-a75c-2fe8c4bcb635"));
        for other in ["", "8e3af657a8ff443ca75c2fe8c4bcb635", "8e3af657-a8ff-443c-a75c-2fe8c4bcb63g"] {
            assert!(!is_guid(other), "{other}");
        }
    }
}
