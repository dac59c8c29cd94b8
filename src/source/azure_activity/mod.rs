//! The Azure Activity log: what was done to resources through Azure Resource Manager.
//!
//! One act is several records of one correlation id: asked for, accepted, ended. Only the end is read, and it
//! alone gives events. A credential is named by the id of its resource in lower case, its realm is the
//! subscription. Everything else that happens to resources is none of this product's business, and most
//! records are left after one borrowed pass.
//!
//! Not read: bodies, beyond the few members named in `body`; claims, beyond who called; descriptions.
//!
//! Format: <https://learn.microsoft.com/azure/azure-monitor/essentials/activity-log-schema>

mod body;
mod call;
mod identities;
mod keys;
mod logging;
mod record;
mod resources;
mod roles;
mod vaults;

use self::call::Call;
use self::record::{Record, Stage};
use super::azure::{self, Log};
use super::json::{Object, from_record};
use super::{BlindSpot, RecordContext, Reject, RejectReason, Source, Verdict, concluded};
use crate::event::{Event, Outcome};
use crate::kind::Kind;
use crate::stream::SourceName;
use crate::time::Span;

pub static SOURCE: Source = Source {
    name: SourceName::AzureActivity,
    summary: "Azure Activity log",
    reads: "keys of resources handed out and replaced, SAS made, managed identities and what they trust, \
            roles given, lent and taken, key vaults opened and deleted, logs and alerts switched off",
    reference: "https://learn.microsoft.com/azure/azure-monitor/essentials/activity-log-schema",
    recognises,
    parse,
    kinds: &[
        Kind::AzureFederatedCredential,
        Kind::AzureKeyvaultSecret,
        Kind::AzureKeyvaultKey,
        Kind::AzureKeyvaultCertificate,
        Kind::AzureStorageKey,
        Kind::AzureServiceKey,
        Kind::AzureSasToken,
    ],
    fields: FIELDS,
    blind_spots: BLIND_SPOTS,
    lateness: Span::minutes(20),
};

/// The REST form has a text in a `value` beside its translation. So do keys in an answer, so `value` is not
/// here: it is read of four members, and none of them passes on what is not a known operation.
const FIELDS: &[&str] = &[
    "ActivityStatusValue",
    "ActivitySubstatusValue",
    "Caller",
    "CallerIpAddress",
    "CategoryValue",
    "CorrelationId",
    "EventDataId",
    "OperationNameValue",
    "PrincipalId",
    "ResourceId",
    "RoleDefinitionId",
    "SubscriptionId",
    "TimeGenerated",
    "_ResourceId",
    "appid",
    "caller",
    "callerIpAddress",
    "category",
    "clientIpAddress",
    "correlationId",
    "endDateTime",
    "eventDataId",
    "eventTimestamp",
    "http://schemas.microsoft.com/identity/claims/objectidentifier",
    "http://schemas.microsoft.com/identity/claims/tenantid",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
    "issuer",
    "oid",
    "operationName",
    "principalId",
    "resourceId",
    "resultSignature",
    "resultType",
    "roleDefinitionId",
    "signedExpiry",
    "subscriptionId",
    "tenantId",
    "time",
    "upn",
];

const BLIND_SPOTS: &[BlindSpot] = &[
    BlindSpot {
        unseen: "requests made with a key or a signature (blobs, queues, messages) are in no Activity log; \
                 the reading of the key is",
        cure: Some("forbid keys: az storage account update --allow-shared-key-access false"),
    },
    BlindSpot {
        unseen: "a signature made offline with a key leaves no record",
        cure: Some("user delegation signatures only, with keys forbidden"),
    },
    BlindSpot {
        unseen: "which of a pair of keys was replaced, where the log keeps no body of the request",
        cure: None,
    },
    BlindSpot {
        unseen: "whether a diagnostic setting that was written logs more or less than before",
        cure: None,
    },
    BlindSpot {
        unseen: "what is done in the tenant rather than in a subscription",
        cure: Some("the source entra.audit"),
    },
];

/// What is known of one topic: whether an operation is of it, and what that did.
type Topic = (fn(&str) -> bool, for<'a> fn(&Call<'a, '_>, &mut Vec<Event<'a>>));

static TOPICS: &[Topic] = &[
    (identities::knows, identities::read),
    (keys::knows, keys::read),
    (logging::knows, logging::read),
    (resources::knows, resources::read),
    (roles::knows, roles::read),
    (vaults::knows, vaults::read),
];

/// The category of acts by people and programs, and what the storage archive called it by their verb.
const CATEGORIES: &[&str] = &["Action", "Administrative", "Delete", "Write"];

fn recognises(bytes: &[u8]) -> bool {
    azure::log_of(bytes) == Some(Log::Activity)
}

fn parse<'a>(bytes: &'a [u8], context: &RecordContext<'a>, events: &mut Vec<Event<'a>>) -> Verdict {
    let record = match from_record::<Object<Record<'a>>>(bytes) {
        Ok(Object(record)) => record,
        Err(error) => return Verdict::Rejected(Reject::from_json(bytes, &error)),
    };
    if let Some(reason) = not_an_act(&record) {
        let is_named = record.category().is_some() || record.operation().is_some();
        return Verdict::Ignored { reason, at: record.at().filter(|_| is_named) };
    }
    let Some(at) = record.at() else {
        return Verdict::Rejected(Reject::new(RejectReason::NoTime));
    };
    let ignored = |reason| Verdict::Ignored { reason, at: Some(at) };
    let Some(operation) = record.operation() else { return ignored("no_operation") };
    if !TOPICS.iter().any(|(knows, _)| knows(&operation)) {
        return ignored("no_credential");
    }
    let outcome = match record.stage() {
        None => return ignored("no_status"),
        Some(Stage::Begun) => return ignored("begun"),
        Some(Stage::Ended(outcome)) => outcome,
    };
    let first = events.len();
    let call = Call::new(&record, operation, at, context);
    match outcome {
        Outcome::Success => {
            let of = TOPICS.iter().filter(|(knows, _)| knows(&call.operation));
            of.for_each(|(_, read)| read(&call, events));
        }
        Outcome::Denied => events.extend(call.denied()),
        Outcome::Failure | Outcome::Refused => return ignored("not_done"),
    }
    concluded(events, first, at, "no_credential")
}

/// Why a record tells of no act, where it tells of none.
fn not_an_act(record: &Record<'_>) -> Option<&'static str> {
    let category = record.category();
    let is_api = |operation: &str| operation.contains('/');
    match category.as_deref() {
        Some(name) if name.starts_with("kube-audit") => Some("kubernetes_audit"),
        Some(name) if !CATEGORIES.iter().any(|known| name.eq_ignore_ascii_case(known)) => {
            Some("other_category")
        }
        // The logs of services name what was done with one word.
        None if !record.operation().is_some_and(|operation| is_api(&operation)) => Some("other_category"),
        _ => None,
    }
}
