//! Kubernetes audit log: what an API server was asked, by whom, and how that went.
//!
//! Every request of a service account is a *use* of its token, and every request that shows the id of a
//! credential a use of that. Health checks, leases, events and heartbeats of nodes are most of a log; they
//! are left after one borrowed pass. The resources whose requests change the life of a credential are in
//! `ROUTES`; a request acts where it succeeded and was no dry run.
//!
//! An API server writes one request up to three times, at several stages. The last one acts: it alone says
//! how the request went.
//!
//! Not read: the data of secrets, tokens, certificates, the rules of roles, and every member that no handler
//! names.
//!
//! Format: <https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/>

mod access;
mod accounts;
mod call;
mod caller;
mod certificates;
mod record;
mod secrets;

use memchr::memmem;
use serde::Deserialize;

use self::call::Call;
use self::record::Record;
use super::json::{Lenient, Object, Present, from_record};
use super::{BlindSpot, RecordContext, Reject, RejectReason, Source, Verdict, concluded};
use crate::event::Event;
use crate::kind::Kind;
use crate::stream::SourceName;
use crate::time::Span;

pub static SOURCE: Source = Source {
    name: SourceName::KubernetesAudit,
    summary: "Kubernetes audit log",
    reads: "every request as a use of its caller's token or client certificate; service account tokens and \
            accounts; secrets made, changed, read and deleted; certificate signing requests; roles, \
            bindings, admission and trust changed",
    reference: "https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/",
    recognises,
    parse,
    kinds: &[
        Kind::KubernetesToken,
        Kind::KubernetesClientCertificate,
        Kind::KubernetesCertificateRequest,
        Kind::KubernetesTokenSecret,
        Kind::KubernetesBootstrapToken,
        Kind::KubernetesSecret,
    ],
    fields: &[
        "accessKeyId",
        "apiGroup",
        "arn",
        "authentication.kubernetes.io/credential-id",
        "authentication.kubernetes.io/issued-credential-id",
        "groups",
        "kubernetes.io/service-account.name",
        "name",
        "namespace",
        "resource",
        "signerName",
        "sourceIPs",
        "subresource",
        "userAgent",
        "username",
        "verb",
    ],
    blind_spots: &[
        BlindSpot {
            unseen: "which token or certificate a request was made with, before Kubernetes 1.32: only the \
                     service account shows, and users not at all",
            cure: Some("Kubernetes 1.32 or later"),
        },
        BlindSpot {
            unseen: "what the audit policy leaves out, whole requests or the bodies that say type, end and \
                     subject",
            cure: Some(
                "level Metadata for everything, Request for serviceaccounts/token, \
                 certificatesigningrequests, roles and bindings",
            ),
        },
        BlindSpot { unseen: "the use of a secret that is mounted into a pod or read from etcd", cure: None },
        BlindSpot {
            unseen: "which secrets a list or watch handed out, and whether only their metadata was asked for",
            cure: None,
        },
        BlindSpot {
            unseen: "requests repeated under one audit id, which the client may choose: they count once",
            cure: Some("a proxy in front of the API server that takes the header Audit-ID off"),
        },
        BlindSpot {
            unseen: "a change of the audit policy, of the flags or of the authentication configuration of \
                     the API server: these are files on its host",
            cure: None,
        },
    ],
    lateness: Span::minutes(5),
};

/// Reads what a request did besides using its caller's credential.
type Handler = for<'a> fn(&Call<'a, '_>, &mut Vec<Event<'a>>);

/// The resources that have a handler, each with its API group (`core` for the one without a name).
static ROUTES: &[(&str, &str, Handler)] = &[
    ("auditsinks", "auditregistration.k8s.io", access::read_audit_sinks),
    ("certificatesigningrequests", "certificates.k8s.io", certificates::read_requests),
    ("clusterrolebindings", "rbac.authorization.k8s.io", access::read_bindings),
    ("clusterroles", "rbac.authorization.k8s.io", access::read_roles),
    ("clustertrustbundles", "certificates.k8s.io", access::read_trust_bundles),
    ("configmaps", "core", access::read_config_maps),
    ("mutatingadmissionpolicies", "admissionregistration.k8s.io", access::read_admission),
    ("mutatingadmissionpolicybindings", "admissionregistration.k8s.io", access::read_admission),
    ("mutatingwebhookconfigurations", "admissionregistration.k8s.io", access::read_admission),
    ("namespaces", "core", accounts::read_namespaces),
    ("rolebindings", "rbac.authorization.k8s.io", access::read_bindings),
    ("roles", "rbac.authorization.k8s.io", access::read_roles),
    ("secrets", "core", secrets::read),
    ("serviceaccounts", "core", accounts::read_service_accounts),
    ("validatingadmissionpolicies", "admissionregistration.k8s.io", access::read_admission),
    ("validatingadmissionpolicybindings", "admissionregistration.k8s.io", access::read_admission),
    ("validatingwebhookconfigurations", "admissionregistration.k8s.io", access::read_admission),
];

fn recognises(bytes: &[u8]) -> bool {
    let has = |needle: &str| memmem::find(bytes, needle.as_bytes()).is_some();
    let whole = || has("\"auditID\"") && (has("\"stage\"") || has("\"verb\""));
    // Rows of an export that left out the id.
    let shortened = || has("\"verb\"") && (has("\"objectRef\"") || has("\"responseStatus\""));
    // Names of others are told from annotations of an object by where the verb stands.
    let shared = || ["\"eventSource\"", "\"protoPayload\"", "\"tenure\""].into_iter().any(has);
    let is_bare = || from_record::<Object<Top>>(bytes).is_ok_and(|Object(top)| top.verb.0.is_some());
    (whole() || shortened()) && (!shared() || is_bare())
}

/// What a record has outside of all objects.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Top {
    verb: Lenient<Present>,
}

fn parse<'a>(bytes: &'a [u8], context: &RecordContext<'a>, events: &mut Vec<Event<'a>>) -> Verdict {
    let record = match from_record::<Object<Record<'a>>>(bytes) {
        Ok(Object(record)) => record,
        Err(error) => return Verdict::Rejected(Reject::from_json(bytes, &error)),
    };
    if record.verb.0.is_none() {
        return Verdict::Ignored { reason: "not_a_record", at: record.time() };
    }
    if !record.is_concluding() {
        return Verdict::Ignored { reason: "other_stage", at: record.time() };
    }
    let Some(at) = record.time() else {
        return Verdict::Rejected(Reject::new(RejectReason::NoTime));
    };
    let first = events.len();
    let call = Call::new(&record, bytes, at, context);
    events.extend(call.use_by_caller());
    let dry_run = act(&call, &record, events);
    let nobody = if call.caller.principal.is_none() { "no_caller" } else { "no_credential" };
    concluded(events, first, at, if dry_run { "dry_run" } else { nobody })
}

/// What the request did. Returns whether it was only tried.
fn act<'a>(call: &Call<'a, '_>, record: &Record<'a>, events: &mut Vec<Event<'a>>) -> bool {
    let object = record.object();
    let Some(resource) = object.resource.0.as_deref().filter(|_| call.succeeded()) else { return false };
    let Some((_, group, handler)) = ROUTES.iter().find(|(name, ..)| *name == resource) else { return false };
    // Stubs leave the group out; another group may have a resource of the same name.
    if object.api_group.0.as_deref().is_some_and(|stated| stated != *group) {
        return false;
    }
    let dry_run = call.writes() && call.is_dry_run();
    if !dry_run {
        handler(call, events);
    }
    dry_run
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_sorted_and_unique() {
        assert!(ROUTES.is_sorted_by(|(a, ..), (b, ..)| a < b));
    }

    #[test]
    fn records_of_this_source_are_recognised_and_others_are_not() {
        for (record, known) in [
            (r#"{"kind":"Event","auditID":"1","stage":"ResponseComplete","verb":"get"}"#, true),
            (r#"{"auditID":"1","verb":"get"}"#, true),
            (r#"{"kind":"Event","verb":"create","objectRef":{"resource":"secrets"}}"#, true),
            (r#"{"kind":"Event","verb":"get","responseStatus":{"code":403}}"#, true),
            (r#"{"auditID":"1","verb":"get","requestObject":{"annotations":{"tenure":"x"}}}"#, true),
            (
                r#"{"eventVersion":"1.08","eventSource":"eks.amazonaws.com","eventName":"ListClusters"}"#,
                false,
            ),
            (r#"{"protoPayload":{"serviceName":"k8s.io","methodName":"io.k8s.core.v1.secrets.get"}}"#, false),
            (
                r#"{"time":"2026-03-29T04:00:00Z","type":"request","auth":{},"request":{"path":"kv/a"}}"#,
                false,
            ),
            (r#"{"tenure":1,"event_id":"x","action":"issued"}"#, false),
            (r#"{"uuid":"1","published":"2026-03-29T04:00:00Z","eventType":"user.session.start"}"#, false),
            (r#"{"action":"org.add_member","actor":"octocat","created_at":1}"#, false),
            (r#"{"category":"AuditEvent","operationName":"SecretGet","resourceId":"/X"}"#, false),
            (r#"{"x":"{\"auditID\":1,\"verb\":2}"}"#, false),
            ("", false),
        ] {
            assert_eq!(recognises(record.as_bytes()), known, "{record}");
        }
    }
}
