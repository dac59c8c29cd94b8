//! The members of a CloudTrail record that are read, and nothing else of it.
//!
//! `requestParameters` and its siblings stay raw text here: only the handler of an event that is in the
//! routing table reads them, and only the members it names. What a service put there besides is never looked
//! at.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::dates::Date;
use crate::source::json::{Lenient, Object, Present};
use crate::source::proof::DIGEST;
use crate::text::Text;
use crate::time::EventTime;

/// One record, as far as it is read. Every member may be missing or of another type.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Record<'a> {
    #[serde(borrow)]
    pub event_time: Lenient<Text<'a>>,
    /// What Logstash leaves of `eventTime`.
    #[serde(borrow, rename = "@timestamp")]
    pub at_timestamp: Lenient<Text<'a>>,
    /// `@timestamp`, in stores whose columns cannot begin with `@`.
    #[serde(borrow, rename = "at_sign_timestamp")]
    pub at_sign_timestamp: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub event_source: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub event_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub event_type: Lenient<Text<'a>>,
    pub event_version: Lenient<Present>,
    #[serde(borrow)]
    pub aws_region: Lenient<Text<'a>>,
    #[serde(borrow, rename = "sourceIPAddress")]
    pub source_ip_address: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub user_agent: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub error_code: Lenient<Text<'a>>,
    pub error_message: Lenient<Present>,
    #[serde(borrow)]
    pub recipient_account_id: Lenient<Text<'a>>,
    #[serde(borrow, rename = "eventID")]
    pub event_id: Lenient<Text<'a>>,
    #[serde(borrow, rename = "sharedEventID")]
    pub shared_event_id: Lenient<Text<'a>>,
    pub vpc_endpoint_id: Lenient<Present>,
    #[serde(borrow)]
    pub addendum: Object<Addendum<'a>>,
    #[serde(borrow)]
    pub user_identity: Option<Object<UserIdentity<'a>>>,
    #[serde(borrow)]
    pub request_parameters: Option<&'a RawValue>,
    #[serde(borrow)]
    pub response_elements: Option<&'a RawValue>,
    #[serde(borrow)]
    pub additional_event_data: Option<&'a RawValue>,
    /// What a service event says in place of parameters and answer.
    #[serde(borrow)]
    pub service_event_details: Option<&'a RawValue>,
    #[serde(borrow)]
    pub resources: Option<&'a RawValue>,
    /// Only in digest files, which lie beside the log files and hold no record but prove their delivery.
    pub digest_s3_object: Lenient<Present>,
}

/// Present on an event that was delivered late or corrects an earlier one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Addendum<'a> {
    #[serde(borrow, rename = "originalEventID")]
    pub original_event_id: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct UserIdentity<'a> {
    #[serde(borrow, rename = "type")]
    pub identity_type: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub principal_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub arn: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub account_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub access_key_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub user_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub invoked_by: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub session_context: Object<SessionContext<'a>>,
    /// The provider whose assertion or token was presented.
    #[serde(borrow)]
    pub identity_provider: Lenient<Text<'a>>,
    /// The user of IAM Identity Center on whose behalf the call was made.
    #[serde(borrow)]
    pub on_behalf_of: Object<OnBehalfOf<'a>>,
    /// The id, not the value, of a bearer token of IAM Identity Center.
    #[serde(borrow)]
    pub credential_id: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct OnBehalfOf<'a> {
    #[serde(borrow)]
    pub user_id: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct SessionContext<'a> {
    pub attributes: Object<SessionAttributes>,
    #[serde(borrow)]
    pub session_issuer: Object<SessionIssuer<'a>>,
    pub ec2_role_delivery: Lenient<Present>,
    /// Who first assumed a role; it stays the same along a chain of roles.
    #[serde(borrow)]
    pub source_identity: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub web_id_federation_data: Object<Federation<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Federation<'a> {
    #[serde(borrow)]
    pub federated_provider: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct SessionAttributes {
    pub creation_date: Lenient<Date>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SessionIssuer<'a> {
    #[serde(borrow)]
    pub arn: Lenient<Text<'a>>,
}

impl<'a> Record<'a> {
    /// When the call ended, by the first of its times that can be read.
    pub fn time(&self) -> Option<EventTime> {
        [&self.event_time, &self.at_timestamp, &self.at_sign_timestamp]
            .into_iter()
            .find_map(|time| EventTime::parse(time.0.as_deref()?))
    }

    /// Why this is not the record of a call at all, where it is not.
    pub fn not_a_call(&self) -> Option<&'static str> {
        let source = self.event_source.0.as_deref();
        if self.digest_s3_object.0.is_some() {
            Some(DIGEST)
        } else if source.is_some_and(|source| source.starts_with("aws:")) {
            // An S3 event notification: the same member names, other values.
            Some("not_a_record")
        } else if self.event_type.0.as_deref() == Some("AwsCloudTrailInsight") {
            Some("insight")
        } else if self.event_name.0.is_some() {
            None
        } else if source.is_some() || self.event_version.0.is_some() || self.user_identity.is_some() {
            Some("insight")
        } else {
            Some("not_a_record")
        }
    }

    /// Whether AWS itself acted, on nobody's call (`AwsServiceEvent`): a rotation, a background deletion.
    pub fn is_service_event(&self) -> bool {
        self.event_type.0.as_deref() == Some("AwsServiceEvent")
    }

    /// The service that was called, without its domain: `iam`, `s3`.
    pub fn service(&self) -> &str {
        let source = self.event_source.0.as_deref().unwrap_or_default();
        source.strip_suffix(SERVICE_DOMAIN).unwrap_or(source)
    }

    /// As [`Record::service`], kept beyond the record's own life.
    pub fn service_text(&self) -> Text<'a> {
        let source = self.event_source.0.clone().unwrap_or_default();
        let end = source.strip_suffix(SERVICE_DOMAIN).map_or(source.len(), str::len);
        source.cut(end)
    }
}

const SERVICE_DOMAIN: &str = ".amazonaws.com";
