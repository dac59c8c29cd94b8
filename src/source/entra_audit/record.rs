//! The members of an audit record that are read, in the three shapes it comes in.
//!
//! A diagnostic setting wraps the record in `properties` beside members of its own; Microsoft Graph gives it
//! bare; Log Analytics gives it bare under names with a capital. What changed stands as text inside text, and
//! stays raw here: `property` reads it.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::source::entra;
use crate::source::json::{Lenient, List, Object};
use crate::text::Text;
use crate::time::EventTime;

/// Targets, properties and details are few; a record with more of them is cut.
const TARGETS_MAX: usize = 32;
const PROPERTIES_MAX: usize = 64;
const DETAILS_MAX: usize = 64;
const KEYS_MAX: usize = 64;

/// The members beside the record itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Record<'a> {
    #[serde(borrow)]
    pub time: Lenient<Text<'a>>,
    #[serde(borrow, rename = "TimeGenerated")]
    pub time_generated: Lenient<Text<'a>>,
    #[serde(borrow, alias = "Category")]
    pub category: Lenient<Text<'a>>,
    #[serde(borrow, alias = "tenantid")]
    pub tenant_id: Lenient<Text<'a>>,
    /// The tenant in Log Analytics, where `TenantId` is the workspace.
    #[serde(borrow, rename = "AADTenantId")]
    pub aad_tenant_id: Lenient<Text<'a>>,
    #[serde(borrow, alias = "ResourceId", alias = "resourceid")]
    pub resource_id: Lenient<Text<'a>>,
    #[serde(borrow, alias = "CallerIpAddress", alias = "calleripaddress")]
    pub caller_ip_address: Lenient<Text<'a>>,
    #[serde(borrow, alias = "OperationName", alias = "operationname")]
    pub operation_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub properties: Option<&'a RawValue>,
}

/// The record itself: an audited act, or a detection of risk.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Body<'a> {
    #[serde(borrow, alias = "Id")]
    pub id: Lenient<Text<'a>>,
    #[serde(borrow, alias = "ActivityDateTime")]
    pub activity_date_time: Lenient<Text<'a>>,
    #[serde(borrow, alias = "CreatedDateTime")]
    pub created_date_time: Lenient<Text<'a>>,
    #[serde(borrow, alias = "DetectedDateTime")]
    pub detected_date_time: Lenient<Text<'a>>,
    #[serde(borrow, alias = "ActivityDisplayName")]
    pub activity_display_name: Lenient<Text<'a>>,
    #[serde(borrow, alias = "Result")]
    pub result: Lenient<Text<'a>>,
    #[serde(borrow, alias = "ResultReason")]
    pub result_reason: Lenient<Text<'a>>,
    #[serde(borrow, alias = "LoggedByService")]
    pub logged_by_service: Lenient<Text<'a>>,
    #[serde(borrow, alias = "UserAgent")]
    pub user_agent: Lenient<Text<'a>>,
    #[serde(borrow, alias = "InitiatedBy")]
    pub initiated_by: Object<Initiator<'a>>,
    #[serde(borrow, alias = "TargetResources")]
    pub target_resources: List<Object<Resource<'a>>, TARGETS_MAX>,
    #[serde(borrow, alias = "AdditionalDetails")]
    pub additional_details: List<Object<Detail<'a>>, DETAILS_MAX>,
    #[serde(borrow, alias = "RiskEventType")]
    pub risk_event_type: Lenient<Text<'a>>,
    #[serde(borrow, alias = "RiskState")]
    pub risk_state: Lenient<Text<'a>>,
    #[serde(borrow, alias = "KeyIds")]
    pub key_ids: List<Lenient<Text<'a>>, KEYS_MAX>,
    #[serde(borrow, alias = "AppId")]
    pub app_id: Lenient<Text<'a>>,
    #[serde(borrow, alias = "ServicePrincipalId")]
    pub service_principal_id: Lenient<Text<'a>>,
    #[serde(borrow, alias = "ServicePrincipalDisplayName")]
    pub service_principal_display_name: Lenient<Text<'a>>,
    #[serde(borrow, alias = "IpAddress")]
    pub ip_address: Lenient<Text<'a>>,
}

/// Who did it: a user or an application.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Initiator<'a> {
    #[serde(borrow)]
    pub user: Object<InitiatingUser<'a>>,
    #[serde(borrow)]
    pub app: Object<InitiatingApp<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct InitiatingUser<'a> {
    #[serde(borrow)]
    pub id: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub user_principal_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub ip_address: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct InitiatingApp<'a> {
    #[serde(borrow)]
    pub app_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub service_principal_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub display_name: Lenient<Text<'a>>,
}

/// What it was done to.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Resource<'a> {
    #[serde(borrow)]
    pub id: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub display_name: Lenient<Text<'a>>,
    #[serde(borrow, rename = "type", alias = "Type")]
    pub kind: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub user_principal_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub modified_properties: List<Object<Property<'a>>, PROPERTIES_MAX>,
}

/// One property before and after.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Property<'a> {
    #[serde(borrow)]
    pub display_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub old_value: Option<&'a RawValue>,
    #[serde(borrow)]
    pub new_value: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Detail<'a> {
    #[serde(borrow)]
    pub key: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub value: Lenient<Text<'a>>,
}

impl<'a> Record<'a> {
    /// The record that a diagnostic setting wrapped, where it is wrapped.
    pub fn wrapped(&self) -> Option<&'a RawValue> {
        self.properties.filter(|raw| raw.get().starts_with('{'))
    }

    /// When it was done, by the first of its times that can be read.
    pub fn time(&self, body: &Body<'a>) -> Option<EventTime> {
        [
            &body.activity_date_time,
            &body.created_date_time,
            &body.detected_date_time,
            &self.time,
            &self.time_generated,
        ]
        .into_iter()
        .find_map(|time| EventTime::parse(time.0.as_deref()?))
    }

    pub fn tenants(&self) -> [Option<&str>; 3] {
        let of_resource = self.resource_id.0.as_deref().and_then(entra::tenant_of_resource);
        [of_resource, self.aad_tenant_id.0.as_deref(), self.tenant_id.0.as_deref()]
    }
}

impl<'a> Body<'a> {
    pub fn targets(&self) -> impl Iterator<Item = &Resource<'a>> {
        self.target_resources.0.iter().map(|Object(target)| target)
    }

    /// The first target of this type (`Application`, `User`, ...), whatever its case.
    pub fn target(&self, kind: &str) -> Option<&Resource<'a>> {
        self.targets().find(|target| target.is(kind))
    }

    /// The value of an additional detail.
    pub fn detail(&self, key: &str) -> Option<&str> {
        let mut details = self.additional_details.0.iter();
        details.find(|Object(detail)| detail.key.0.as_deref() == Some(key))?.0.value.0.as_deref()
    }

    /// Whether an application that Microsoft runs itself did it, which states no id but a name.
    pub fn is_by(&self, service: &str) -> bool {
        self.initiated_by.0.app.0.display_name.0.as_deref() == Some(service)
    }
}

impl<'a> Resource<'a> {
    pub fn is(&self, kind: &str) -> bool {
        self.kind.0.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(kind))
    }

    pub fn property(&self, name: &str) -> Option<&Property<'a>> {
        let mut properties = self.modified_properties.0.iter().map(|Object(property)| property);
        properties.find(|property| property.display_name.0.as_deref() == Some(name))
    }

    /// The GUID a property was given, where it is one.
    pub fn guid(&self, name: &str) -> Option<Text<'static>> {
        self.property(name)?.after().iter().find_map(|text| entra::guid(text))
    }
}
