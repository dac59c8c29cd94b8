//! Microsoft Entra audit log: what was done to applications, users, roles and policies of a tenant.
//!
//! The activity names the act; `activity` knows which of them matter. The keys of an application stand in a
//! property of the record before and after, and each has an id that the sign-in log gives again: that is how
//! a secret that was added here is seen in use there. Detections of risk of a workload identity are read too:
//! they say which key leaked.
//!
//! Not read: names of keys, permissions, the texts of policies, and the values of every property but ids.
//!
//! Format: <https://learn.microsoft.com/en-us/entra/identity/monitoring-health/reference-audit-activities>

mod activity;
mod audit;
mod federated;
mod keys;
mod passwords;
mod principals;
mod property;
mod record;
mod risk;

use memchr::memmem;

use self::activity::Act;
use self::audit::Audit;
use self::record::{Body, Record};
use super::json::{Object, from_record, members};
use super::{BlindSpot, RecordContext, Reject, RejectReason, Source, Verdict, concluded};
use crate::event::{Action, Event};
use crate::kind::Kind;
use crate::stream::SourceName;
use crate::time::Span;

pub static SOURCE: Source = Source {
    name: SourceName::EntraAudit,
    summary: "Microsoft Entra audit log",
    reads: "secrets, certificates and federated credentials of applications and managed identities; the life \
            and owners of applications, service principals and users; consents, roles and their activation; \
            user passwords, Temporary Access Passes and revoked sessions; conditional access, policies, \
            domains and their federation; leaked keys of workload identities",
    reference: "https://learn.microsoft.com/en-us/entra/identity/monitoring-health/\
                reference-audit-activities",
    recognises,
    parse,
    kinds: &[
        Kind::AzureAppSecret,
        Kind::AzureAppCertificate,
        Kind::AzureFederatedCredential,
        Kind::EntraUserPassword,
    ],
    fields: FIELDS,
    blind_spots: &[
        BlindSpot {
            unseen: "when a secret or certificate expires: no record of its issue says so",
            cure: None,
        },
        BlindSpot {
            unseen: "the use of a secret or certificate",
            cure: Some(
                "export ServicePrincipalSignInLogs in the same diagnostic setting (source entra.signin)",
            ),
        },
        BlindSpot {
            unseen: "that a diagnostic setting of the tenant was removed",
            cure: Some("export the activity log (source azure.activity)"),
        },
        BlindSpot {
            unseen: "keys that leaked",
            cure: Some("export ServicePrincipalRiskEvents, which needs Workload Identities Premium"),
        },
        BlindSpot {
            unseen: "single certificates that an application signs SAML with: only that one of them changed",
            cure: None,
        },
    ],
    lateness: Span::minutes(15),
};

/// Texts of `oldValue`, `newValue` and `value` are read for ids and times alone, and are not among them.
const FIELDS: &[&str] = &[
    "AADTenantId",
    "ActivityDateTime",
    "ActivityDisplayName",
    "AppId",
    "Category",
    "Id",
    "Issuer",
    "LoggedByService",
    "ResourceId",
    "Result",
    "ServicePrincipalDisplayName",
    "TimeGenerated",
    "Type",
    "UserAgent",
    "activityDateTime",
    "activityDisplayName",
    "appId",
    "callerIpAddress",
    "calleripaddress",
    "category",
    "createdDateTime",
    "detectedDateTime",
    "displayName",
    "id",
    "ipAddress",
    "key",
    "keyIds",
    "loggedByService",
    "operationName",
    "resourceId",
    "resourceid",
    "result",
    "riskEventType",
    "riskState",
    "servicePrincipalDisplayName",
    "servicePrincipalId",
    "tenantId",
    "tenantid",
    "time",
    "type",
    "userAgent",
    "userPrincipalName",
];

fn recognises(bytes: &[u8]) -> bool {
    let has = |needle: &str| memmem::find(bytes, needle.as_bytes()).is_some();
    let activity = has("\"activityDisplayName\"") || has("\"ActivityDisplayName\"");
    let act = has("\"initiatedBy\"") || has("\"InitiatedBy\"") || has("\"loggedByService\"");
    let risk = has("\"riskEventType\"") || has("\"RiskEventType\"");
    let workload = has("\"servicePrincipalId\"") || has("\"ServicePrincipalId\"");
    (activity && act) || (has("\"AuditLogs\"") && has("/Microsoft.aadiam\"")) || (risk && workload)
}

fn parse<'a>(bytes: &'a [u8], context: &RecordContext<'a>, events: &mut Vec<Event<'a>>) -> Verdict {
    let (record, body) = match read_record(bytes) {
        Ok(read) => read,
        Err(error) => return Verdict::Rejected(Reject::from_json(bytes, &error)),
    };
    let Some(at) = record.time(&body) else {
        return Verdict::Rejected(Reject::new(RejectReason::NoTime));
    };
    let first = events.len();
    let reason = read(&Audit::new(&record, &body, bytes, at, context), events);
    concluded(events, first, at, reason)
}

fn read_record(bytes: &[u8]) -> serde_json::Result<(Record<'_>, Body<'_>)> {
    let Object(record) = from_record::<Object<Record<'_>>>(bytes)?;
    let body = match record.wrapped() {
        Some(raw) => members(Some(raw)),
        None => from_record::<Object<Body<'_>>>(bytes)?.0,
    };
    Ok((record, body))
}

/// Returns why nothing is said, for the case that nothing is.
fn read<'a>(audit: &Audit<'a, '_>, events: &mut Vec<Event<'a>>) -> &'static str {
    if audit.body.risk_event_type.0.is_some() {
        return risk::read(audit, events).unwrap_or("no_credential");
    }
    if audit.names().next().is_none() {
        return "not_a_record";
    }
    let Some(act) = audit.names().find_map(|name| activity::of(name)) else { return "no_credential" };
    if !audit.succeeded() {
        return "failed";
    }
    if audit.body.targets().next().is_none() && !matches!(act, Act::Trust | Act::Logging) {
        // Also a row of Log Analytics whose columns are still text.
        return "no_target";
    }
    match act {
        Act::Made => principals::read_made(audit, events),
        Act::Update => principals::read_update(audit, events),
        Act::Life(action) => principals::read_life(audit, action, events),
        Act::OwnerAdded => principals::read_owner(audit, true, events),
        Act::OwnerRemoved => principals::read_owner(audit, false, events),
        Act::Grant(action) => principals::read_grant(audit, action, events),
        Act::Role(action) => principals::read_role(audit, action, events),
        Act::DirectoryRole => {
            return principals::read_directory_role(audit, events).unwrap_or("no_credential");
        }
        Act::Trust => principals::read_thing(audit, Action::TrustChanged, events),
        Act::Logging => principals::read_thing(audit, Action::LoggingChanged, events),
        Act::Password(action) => passwords::read_password(audit, action, events),
        Act::SecurityInfo(action) => {
            passwords::read_security_info(audit, action, events);
            return "authentication_method";
        }
        Act::Sessions => passwords::read_sessions(audit, events),
        Act::Read => principals::read_thing(audit, Action::SecretRead, events),
    }
    "no_credential"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_any_shape_are_recognised_and_others_are_not() {
        for (record, known) in [
            (r#"{"category":"AuditLogs","properties":{"activityDisplayName":"A","initiatedBy":{}}}"#, true),
            (r#"{"resourceId":"/tenants/t/providers/Microsoft.aadiam","category":"AuditLogs"}"#, true),
            (r#"{"activityDisplayName":"Add user","loggedByService":"Core Directory"}"#, true),
            (r#"{"ActivityDisplayName":"Add user","InitiatedBy":{}}"#, true),
            (r#"{"properties":{"riskEventType":"x","servicePrincipalId":"s"}}"#, true),
            (r#"{"RiskEventType":"x","ServicePrincipalId":"s"}"#, true),
            (r#"{"properties":{"servicePrincipalId":"s","riskEventTypes":[]}}"#, false),
            (r#"{"category":"Administrative","requestbody":"{\"category\":\"AuditLogs\"}"}"#, false),
            (r#"{"category":"AuditEvent","operationName":"SecretGet"}"#, false),
            (r#"{"eventVersion":"1.08","eventSource":"s3.amazonaws.com","eventName":"ListBuckets"}"#, false),
            ("", false),
        ] {
            assert_eq!(recognises(record.as_bytes()), known, "{record}");
        }
    }
}
