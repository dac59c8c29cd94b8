//! Microsoft Entra sign-ins of workloads: every token that an application or a managed identity asked for.
//!
//! A sign-in of an application names the key it was made with by the id that the audit log gave it when it
//! was added, so each is a use of that key. A managed identity signs in with a certificate that nobody sees,
//! and a secret that is wrong has no id: there only the identity shows. Sign-ins of people are left.
//!
//! Not read: locations, devices, risk, policies that were applied, and identifiers of tokens.
//!
//! Format: <https://learn.microsoft.com/en-us/graph/api/resources/signin>

mod outcome;
mod record;
mod request;

use memchr::memmem;

use self::record::{Record, SignIn, Who};
use super::json::{Object, from_record, members};
use super::{BlindSpot, RecordContext, Reject, RejectReason, Source, Verdict, concluded};
use crate::event::{Action, Event};
use crate::kind::Kind;
use crate::origin::EventId;
use crate::stream::SourceName;
use crate::time::Span;

pub static SOURCE: Source = Source {
    name: SourceName::EntraSignin,
    summary: "Microsoft Entra sign-ins of workloads",
    reads: "each token asked for with a secret, a certificate or a federated credential of an application, \
            and whether it was given; sign-ins of managed identities",
    reference: "https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/\
                aadserviceprincipalsigninlogs",
    recognises,
    parse,
    kinds: &[Kind::AzureAppSecret, Kind::AzureAppCertificate, Kind::AzureFederatedCredential],
    fields: FIELDS,
    blind_spots: &[
        BlindSpot {
            unseen: "the calls made with a token: one sign-in serves an hour of them, a day with continuous \
                     access evaluation",
            cure: None,
        },
        BlindSpot {
            unseen: "which certificate a managed identity signed in with, and from where",
            cure: None,
        },
        BlindSpot { unseen: "which secret a wrong one was meant to be: it has no id", cure: None },
        BlindSpot { unseen: "secrets of confidential clients that sign in for a user", cure: None },
        BlindSpot {
            unseen: "the use of an application in other tenants, whose sign-ins are in their logs",
            cure: Some("export the sign-ins of each tenant that belongs to you"),
        },
    ],
    lateness: Span::minutes(60),
};

const FIELDS: &[&str] = &[
    "AADTenantId",
    "AppDisplayName",
    "AppId",
    "Category",
    "ClientCredentialType",
    "CreatedDateTime",
    "FederatedCredentialId",
    "IPAddress",
    "Id",
    "OperationName",
    "ResourceDisplayName",
    "ResourceId",
    "ResourceTenantId",
    "ResultType",
    "ServicePrincipalCredentialKeyId",
    "ServicePrincipalCredentialThumbprint",
    "ServicePrincipalId",
    "ServicePrincipalName",
    "TimeGenerated",
    "Type",
    "UserAgent",
    "appDisplayName",
    "appId",
    "callerIpAddress",
    "calleripaddress",
    "category",
    "clientCredentialType",
    "createdDateTime",
    "federatedCredentialId",
    "id",
    "ipAddress",
    "operationName",
    "operationname",
    "resourceDisplayName",
    "resourceId",
    "resourceid",
    "resultType",
    "servicePrincipalCredentialKeyId",
    "servicePrincipalCredentialThumbprint",
    "servicePrincipalId",
    "servicePrincipalName",
    "signInEventTypes",
    "tenantId",
    "tenantid",
    "time",
    "userAgent",
];

/// Categories and tables end in one of these, whatever stands before.
const FILED: &[&str] = &["SignInLogs\"", "SigninLogs\"", "\"MicrosoftGraphActivityLogs\""];
/// Pairs of members that only a sign-in has.
const PAIRS: &[[&str; 2]] =
    &[["\"conditionalAccessStatus\"", "\"appId\""], ["\"ConditionalAccessStatus\"", "\"AppId\""]];

fn recognises(bytes: &[u8]) -> bool {
    let has = |needle: &str| memmem::find(bytes, needle.as_bytes()).is_some();
    let filed = || {
        FILED.iter().any(|name| has(name)) && (has("\"category\"") || has("\"Category\"") || has("\"Type\""))
    };
    PAIRS.iter().any(|[one, other]| has(one) && has(other)) || filed()
}

fn parse<'a>(bytes: &'a [u8], context: &RecordContext<'a>, events: &mut Vec<Event<'a>>) -> Verdict {
    let (record, sign_in) = match read_record(bytes) {
        Ok(read) => read,
        Err(error) => return Verdict::Rejected(Reject::from_json(bytes, &error)),
    };
    let Some(at) = record.time(&sign_in) else {
        return Verdict::Rejected(Reject::new(RejectReason::NoTime));
    };
    let who = record.who(&sign_in);
    if let Who::Other(reason) = who {
        return Verdict::Ignored { reason, at: Some(at) };
    }
    let first = events.len();
    let id = sign_in.id.0.as_deref().map_or_else(|| EventId::digest(bytes), EventId::stated);
    let begun = context.event(SourceName::EntraSignin, at, id, Action::Used);
    events.push(request::event(&record, &sign_in, who, begun, context));
    concluded(events, first, at, "no_credential")
}

fn read_record(bytes: &[u8]) -> serde_json::Result<(Record<'_>, SignIn<'_>)> {
    let Object(record) = from_record::<Object<Record<'_>>>(bytes)?;
    let sign_in = match record.wrapped() {
        Some(raw) => members(Some(raw)),
        None => from_record::<Object<SignIn<'_>>>(bytes)?.0,
    };
    Ok((record, sign_in))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_ins_of_any_shape_are_recognised_and_other_records_are_not() {
        for (record, known) in [
            (r#"{"category":"ServicePrincipalSignInLogs","properties":{}}"#, true),
            (r#"{"category": "ManagedIdentitySignInLogs"}"#, true),
            (r#"{"Category":"NonInteractiveUserSignInLogs"}"#, true),
            (r#"{"Type":"AADServicePrincipalSignInLogs"}"#, true),
            (r#"{"Type":"SigninLogs"}"#, true),
            (r#"{"category":"MicrosoftGraphActivityLogs"}"#, true),
            (r#"{"appId":"a","conditionalAccessStatus":"notApplied"}"#, true),
            (r#"{"category":"AuditLogs","properties":{"activityDisplayName":"A","initiatedBy":{}}}"#, false),
            (r#"{"category":"Administrative","operationName":"MICROSOFT.AADIAM/WRITE"}"#, false),
            (r#"{"category":"AuditEvent","identity":{"claim":{"appid":"a"}}}"#, false),
            (r#"{"category":"Administrative","requestbody":"{\"category\":\"SignInLogs\"}"}"#, false),
            (r#"{"riskEventType":"leakedCredentials","servicePrincipalId":"s","appId":"a"}"#, false),
            (r#"{"eventVersion":"1.08","eventSource":"s3.amazonaws.com","eventName":"ListBuckets"}"#, false),
            ("", false),
        ] {
            assert_eq!(recognises(record.as_bytes()), known, "{record}");
        }
    }
}
