//! Google Cloud audit logs, one `LogEntry` a record, as sinks deliver them.
//!
//! A call that was signed with a service account key is a *use* of that key, and the only proof of one. The
//! few methods that change the life of a credential are in `ROUTES`; their handlers read the members they
//! name out of `request` and its siblings. Most entries are people and Google's own agents, who show no
//! credential: they are left after one borrowed pass.
//!
//! A long-running call is logged twice: the use of its caller's credential is taken from the first entry, the
//! act itself from the entry that names what it is about, which for most services is the last. An act that
//! did not succeed changed nothing: of one that was denied only the attempt is told.
//!
//! Not read: payloads of secrets, key strings, tokens, policies, metadata values, and every member that no
//! handler names.
//!
//! Format: <https://cloud.google.com/logging/docs/audit/understanding-audit-logs>

mod account;
mod apikeys;
mod call;
mod caller;
mod compute;
mod iam;
mod iam_accounts;
mod iam_keys;
mod iam_trust;
mod kms;
mod leak;
mod logging;
mod moment;
mod outcome;
mod policy;
mod record;
mod scope;
mod secretmanager;
mod sql;
mod storage;
mod tokens;

use memchr::memmem;

use self::call::{Call, Stage};
use self::record::{Payload, Record};
use super::json::{Object, from_record};
use super::{BlindSpot, RecordContext, Reject, RejectReason, Source, Verdict, concluded};
use crate::event::{Event, Outcome};
use crate::kind::Kind;
use crate::origin::EventId;
use crate::stream::SourceName;
use crate::time::{EventTime, Span};

pub static SOURCE: Source = Source {
    name: SourceName::GcpAudit,
    summary: "Google Cloud audit logs",
    reads: "every call signed with a service account key as its use, every call of a service account or a \
            federated workload as one of its identity; service accounts, their keys and who may act as them; \
            tokens that are minted, signed or exchanged; Secret Manager secrets and their versions; \
            API keys, HMAC keys, KMS keys, Cloud SQL passwords and certificates, SSH keys in metadata; \
            allow policies, organization policies and workload identity pools; logging narrowed; leaks that \
            Google reports",
    reference: "https://cloud.google.com/logging/docs/audit/understanding-audit-logs",
    recognises,
    parse,
    kinds: &[
        Kind::GcpServiceAccountKey,
        Kind::GcpServiceAccountToken,
        Kind::GcpFederatedToken,
        Kind::GcpSecret,
        Kind::GcpApiKey,
        Kind::GcpHmacKey,
        Kind::GcpKmsKey,
        Kind::GcpSqlCertificate,
        Kind::GcpDatabasePassword,
        Kind::GcpSshKey,
    ],
    fields: &[
        "accessId",
        "audience",
        "callerIP",
        "callerIp",
        "callerSuppliedUserAgent",
        "cryptoKeyVersionId",
        "database_id",
        "delegates",
        "email_id",
        "host",
        "identityDelegationChain",
        "instance",
        "keyId",
        "location",
        "logName",
        "logname",
        "mappedPrincipal",
        "mapped_principal",
        "member",
        "methodName",
        "name",
        "owner",
        "principalEmail",
        "principalSubject",
        "project_id",
        "resourceName",
        "role",
        "serviceAccount",
        "serviceAccountEmail",
        "serviceAccountKeyName",
        "serviceName",
        "sha1Fingerprint",
        "timestamp",
        "uid",
        "unique_id",
        "workforcePoolProviderId",
        "workloadIdentityPoolId",
        "workloadIdentityPoolProviderId",
    ],
    blind_spots: BLIND_SPOTS,
    lateness: Span::minutes(5),
};

const BLIND_SPOTS: &[BlindSpot] = &[
    BlindSpot {
        unseen: "reads of secrets, minted and exchanged tokens, uses of KMS keys, calls that only read",
        cure: Some("data access audit logs: auditConfigs with ADMIN_READ, DATA_READ and DATA_WRITE"),
    },
    BlindSpot { unseen: "which token a call was made with: only service account keys are named", cure: None },
    BlindSpot { unseen: "uses of API keys and of HMAC keys", cure: None },
    BlindSpot { unseen: "logins with database passwords, client certificates and SSH keys", cure: None },
    BlindSpot {
        unseen: "callers whose calls were denied for lack of permission, where their address is redacted",
        cure: None,
    },
    BlindSpot { unseen: "secrets and tokens inside a GKE cluster", cure: None },
    BlindSpot {
        unseen: "a change of Cloud SQL or of an identity pool that was accepted and failed later",
        cure: None,
    },
];

/// Reads what a call did besides using its caller's credential.
type Handler = for<'a> fn(&Call<'a, '_>, &mut Vec<Event<'a>>);

/// The handler of each service that has one, by its name without the domain, and the entry of a long-running
/// call that tells what it did.
static ROUTES: &[(&str, Stage, Handler)] = &[
    ("apikeys", Stage::Ended, apikeys::read),
    ("cloudkms", Stage::Ended, kms::read),
    ("cloudresourcemanager", Stage::Ended, logging::read_constraints),
    ("cloudsql", Stage::Begun, sql::read),
    ("compute", Stage::Ended, compute::read),
    ("iam", Stage::Begun, iam::read),
    ("iamcredentials", Stage::Ended, tokens::read_minted),
    ("logging", Stage::Ended, logging::read),
    ("orgpolicy", Stage::Ended, logging::read_constraints),
    ("secretmanager", Stage::Ended, secretmanager::read),
    ("storage", Stage::Ended, storage::read),
    ("sts", Stage::Ended, tokens::read_exchanged),
];

/// Services of Google Workspace, whose entries are people who sign in and their administrators.
const WORKSPACE: &[&str] = &["admin", "cloudidentity", "login", "oauth2"];

fn recognises(bytes: &[u8]) -> bool {
    let has = |needle: &str| memmem::find(bytes, needle.as_bytes()).is_some();
    (has("\"protoPayload\"") && (has("\"methodName\"") || has("\"serviceName\"") || has("\"logName\"")))
        || (has("\"logName\"") && has("\"insertId\""))
}

fn parse<'a>(bytes: &'a [u8], context: &RecordContext<'a>, events: &mut Vec<Event<'a>>) -> Verdict {
    let record = match from_record::<Object<Record<'a>>>(bytes) {
        Ok(Object(record)) => record,
        Err(error) => return Verdict::Rejected(Reject::from_json(bytes, &error)),
    };
    let (payload, time) = (record.audit(), record.time());
    let Some(at) = time else {
        return match payload {
            Some(_) => Verdict::Rejected(Reject::new(RejectReason::NoTime)),
            None => Verdict::Ignored { reason: "not_an_audit_entry", at: None },
        };
    };
    let (id, first) = (event_id(&record, at, bytes), events.len());
    let reason = if let Some(payload) = payload {
        read_call(&record, payload, at, id, context, events)
    } else {
        events.extend(leak::read(&record, at, id, context));
        "not_an_audit_entry"
    };
    concluded(events, first, at, reason)
}

/// Pushes the events of a call, and says why there are none, where there are none.
fn read_call<'a>(
    record: &Record<'a>,
    payload: &Payload<'a>,
    at: EventTime,
    id: EventId,
    context: &RecordContext<'a>,
    events: &mut Vec<Event<'a>>,
) -> &'static str {
    let call = Call::new(record, payload, at, id, context);
    let (service, first) = (call.service(), events.len());
    if WORKSPACE.contains(&service) {
        return "workspace";
    }
    if service == "k8s.io" {
        return "kubernetes_of_gke";
    }
    // An exchange is how a federated caller comes to an identity, not a use of one.
    if call.stage != Stage::Ended && service != "sts" {
        events.extend(call.use_by_caller());
    }
    let route = ROUTES.iter().find(|(name, ..)| *name == service);
    if tells(&call, route.map_or(Stage::Ended, |(_, stage, _)| *stage)) {
        let uses = events.len();
        policy::read(&call, events);
        if let Some((.., handler)) = route {
            handler(&call, events);
        }
        if events.len() > uses && !call.succeeded() {
            events.truncate(uses);
            events.extend(call.attempt().filter(|_| uses == first));
            if call.caller.principal.is_some() {
                return "not_done";
            }
        }
    }
    match call.stage {
        Stage::Begun => "operation_begun",
        Stage::Ended => "operation_ended",
        Stage::Whole => call.caller.reason_to_ignore(),
    }
}

/// Whether the entry of a call tells what it did, where that stands in the entry of `stage`. A call that
/// fails at once has no second entry.
fn tells(call: &Call<'_, '_>, stage: Stage) -> bool {
    call.stage == Stage::Whole
        || call.stage == stage
        || call.stage == Stage::Begun && call.outcome != Outcome::Success
}

/// The identity of an entry: `insertId` is unique only within a log and a moment.
fn event_id(record: &Record<'_>, at: EventTime, bytes: &[u8]) -> EventId {
    match record.insert_id() {
        Some(id) => {
            let log = record.log_name().unwrap_or_default();
            EventId::stated(&format!("{log}\n{}\n{id}", at.micros()))
        }
        None => EventId::digest(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_sorted_and_unique() {
        assert!(ROUTES.is_sorted_by(|(a, ..), (b, ..)| a < b));
        assert!(WORKSPACE.is_sorted());
    }

    #[test]
    fn entries_of_this_source_are_recognised_and_records_of_others_are_not() {
        for (record, known) in [
            (r#"{"insertId":"a","logName":"projects/p/logs/x","protoPayload":{}}"#, true),
            (r#"{"protoPayload":{"methodName":"SignJwt"},"timestamp":"2026-01-01T00:00:00Z"}"#, true),
            (r#"{"insertid":"a","logname":"b","protoPayload":{"serviceName":"iam.googleapis.com"}}"#, true),
            (r#"{"insertId":"a","logName":"projects/p/logs/x","textPayload":"x"}"#, true),
            (r#"{"eventVersion":"1.08","eventSource":"s3.amazonaws.com","eventName":"ListBuckets"}"#, false),
            (r#"{"time":"2026-01-01T00:00:00Z","type":"request","auth":{},"request":{"path":"a"}}"#, false),
            (r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a","verb":"get"}"#, false),
            (r#"{"category":"AuditEvent","operationName":"SecretGet","resourceId":"/S"}"#, false),
            (r#"{"category":"AuditLogs","operationName":"Add application","properties":{}}"#, false),
            (r#"{"action":"org_credential_authorization.grant","actor":"a","_document_id":"b"}"#, false),
            (r#"{"eventType":"user.session.start","uuid":"a","published":"b","actor":{}}"#, false),
            (r#"{"tenure":"1","action":"used","time":"2026-01-01T00:00:00Z"}"#, false),
            ("", false),
        ] {
            assert_eq!(recognises(record.as_bytes()), known, "{record}");
        }
    }
}
