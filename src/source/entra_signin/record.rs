//! The members of a sign-in that are read, in the three shapes it comes in.
//!
//! A diagnostic setting wraps the sign-in in `properties` beside members of its own; Microsoft Graph gives it
//! bare; Log Analytics gives it bare under names with a capital.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::source::entra;
use crate::source::json::{Lenient, List, Object, Present, Scalar};
use crate::text::Text;
use crate::time::EventTime;

const EVENT_TYPES_MAX: usize = 8;

/// The members beside the sign-in itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Record<'a> {
    #[serde(borrow)]
    pub time: Lenient<Text<'a>>,
    #[serde(borrow, rename = "TimeGenerated")]
    pub time_generated: Lenient<Text<'a>>,
    #[serde(borrow, alias = "Category")]
    pub category: Lenient<Text<'a>>,
    /// The table of Log Analytics (`AADServicePrincipalSignInLogs`).
    #[serde(borrow, rename = "Type")]
    pub table: Lenient<Text<'a>>,
    #[serde(borrow, alias = "tenantid")]
    pub tenant_id: Lenient<Text<'a>>,
    /// The tenant in Log Analytics, where `TenantId` is the workspace.
    #[serde(borrow, rename = "AADTenantId")]
    pub aad_tenant_id: Lenient<Text<'a>>,
    #[serde(borrow, alias = "ResourceId", alias = "resourceid")]
    pub resource_id: Lenient<Text<'a>>,
    #[serde(borrow, alias = "CallerIpAddress", alias = "calleripaddress")]
    pub caller_ip_address: Lenient<Text<'a>>,
    #[serde(alias = "ResultType", alias = "resulttype")]
    pub result_type: Lenient<Code>,
    #[serde(borrow, alias = "OperationName", alias = "operationname")]
    pub operation_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub properties: Option<&'a RawValue>,
}

/// The sign-in itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct SignIn<'a> {
    #[serde(borrow, alias = "Id")]
    pub id: Lenient<Text<'a>>,
    #[serde(borrow, alias = "CreatedDateTime")]
    pub created_date_time: Lenient<Text<'a>>,
    #[serde(borrow, alias = "AppId")]
    pub app_id: Lenient<Text<'a>>,
    #[serde(borrow, alias = "AppDisplayName")]
    pub app_display_name: Lenient<Text<'a>>,
    #[serde(borrow, alias = "ServicePrincipalId")]
    pub service_principal_id: Lenient<Text<'a>>,
    #[serde(borrow, alias = "ServicePrincipalName")]
    pub service_principal_name: Lenient<Text<'a>>,
    #[serde(borrow, alias = "ServicePrincipalCredentialKeyId")]
    pub service_principal_credential_key_id: Lenient<Text<'a>>,
    #[serde(borrow, alias = "ServicePrincipalCredentialThumbprint")]
    pub service_principal_credential_thumbprint: Lenient<Text<'a>>,
    #[serde(borrow, alias = "FederatedCredentialId")]
    pub federated_credential_id: Lenient<Text<'a>>,
    #[serde(borrow, alias = "ClientCredentialType")]
    pub client_credential_type: Lenient<Text<'a>>,
    #[serde(borrow, alias = "IPAddress", alias = "IpAddress")]
    pub ip_address: Lenient<Text<'a>>,
    #[serde(borrow, alias = "UserAgent")]
    pub user_agent: Lenient<Text<'a>>,
    #[serde(borrow, alias = "ResourceDisplayName")]
    pub resource_display_name: Lenient<Text<'a>>,
    /// The tenant that was signed in to, in a row of Log Analytics, which states no other. Microsoft Graph
    /// has it under a small letter, where it is not read: an audit record from there states no tenant, and
    /// both must stand in one realm.
    #[serde(borrow, rename = "ResourceTenantId")]
    pub resource_tenant_id: Lenient<Text<'a>>,
    #[serde(borrow, rename = "signInEventTypes", alias = "SignInEventTypes")]
    pub event_types: List<Lenient<Text<'a>>, EVENT_TYPES_MAX>,
    #[serde(alias = "UserId")]
    pub user_id: Lenient<Present>,
    #[serde(alias = "Status")]
    pub status: Object<Status>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Status {
    pub error_code: Lenient<Code>,
}

/// A code of the token service, written as a number or as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Code(pub i64);

impl Scalar<'_> for Code {
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

/// Who signed in, which decides what can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Application,
    ManagedIdentity,
    /// Anything else, and why it is left.
    Other(&'static str),
}

/// Categories of diagnostic settings; the tables of Log Analytics are called the same, mostly after `AAD`.
const CATEGORIES: &[(&str, Who)] = &[
    ("adfssigninlogs", Who::Other("human_sign_in")),
    ("managedidentitysigninlogs", Who::ManagedIdentity),
    ("microsoftgraphactivitylogs", Who::Other("api_activity")),
    ("microsoftserviceprincipalsigninlogs", Who::Other("microsoft_service")),
    ("noninteractiveusersigninlogs", Who::Other("human_sign_in")),
    ("serviceprincipalsigninlogs", Who::Application),
    ("signinlogs", Who::Other("human_sign_in")),
];

impl<'a> Record<'a> {
    /// The sign-in that a diagnostic setting wrapped, where it is wrapped.
    pub fn wrapped(&self) -> Option<&'a RawValue> {
        self.properties.filter(|raw| raw.get().starts_with('{'))
    }

    /// When a token was asked for; the record itself may be later.
    pub fn time(&self, sign_in: &SignIn<'a>) -> Option<EventTime> {
        [&sign_in.created_date_time, &self.time, &self.time_generated]
            .into_iter()
            .find_map(|time| EventTime::parse(time.0.as_deref()?))
    }

    /// The tenant that was signed in to, where applications and audit records are at home too.
    pub fn tenants<'t>(&'t self, sign_in: &'t SignIn<'a>) -> [Option<&'t str>; 4] {
        let of_resource = self.resource_id.0.as_deref().and_then(entra::tenant_of_resource);
        let (aad, own) = (self.aad_tenant_id.0.as_deref(), self.tenant_id.0.as_deref());
        [of_resource, aad, own, sign_in.resource_tenant_id.0.as_deref()]
    }

    /// Whose sign-in it is: by its category, its table, or, from Microsoft Graph, which states neither, by
    /// its event types.
    pub fn who(&self, sign_in: &SignIn<'_>) -> Who {
        let filed = [&self.category, &self.table].into_iter().find_map(|name| category(name.0.as_deref()?));
        filed.unwrap_or_else(|| sign_in.who())
    }
}

fn category(name: &str) -> Option<Who> {
    let name = name.to_ascii_lowercase();
    let name = name.strip_prefix("aad").unwrap_or(&name);
    CATEGORIES.iter().find(|(known, _)| *known == name).map(|(_, who)| *who)
}

impl SignIn<'_> {
    fn who(&self) -> Who {
        let has = |kind: &str| self.event_types.0.iter().any(|own| own.0.as_deref() == Some(kind));
        if has("managedIdentity") {
            Who::ManagedIdentity
        } else if has("servicePrincipal")
            || (self.service_principal_id.0.is_some() && self.user_id.0.is_none())
        {
            Who::Application
        } else if self.app_id.0.is_some() || self.user_id.0.is_some() {
            Who::Other("human_sign_in")
        } else {
            Who::Other("not_a_record")
        }
    }

    pub fn code(&self, record: &Record<'_>) -> Option<i64> {
        self.status.0.error_code.0.or(record.result_type.0).map(|Code(code)| code)
    }
}
