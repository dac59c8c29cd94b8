//! Azure Key Vault and Managed HSM: the audit events of vaults, as diagnostic settings deliver them.
//!
//! Every request to a vault is a record: who called, which object of which version, and the HTTP status,
//! which alone says how it went. An object is named by its address in lower case; the vault's subscription is
//! the realm. A request that was denied or failed tells of its caller, not of the object, which nobody got.
//!
//! Not read: values (no record holds one), query strings, tags, descriptions of results.
//!
//! Format: <https://learn.microsoft.com/azure/key-vault/general/logging>

mod object;
mod operation;
mod record;

use self::object::Address;
use self::operation::Act;
use self::record::Record;
use super::azure::{self, Log};
use super::json::{Object, from_record};
use super::{BlindSpot, RecordContext, Reject, RejectReason, Source, Verdict, concluded};
use crate::event::{Action, Client, Credential, Event, Label, Name, Outcome, Selector, Target};
use crate::kind::Kind;
use crate::origin::EventId;
use crate::stream::SourceName;
use crate::text::Text;
use crate::time::{EventTime, Span};

pub static SOURCE: Source = Source {
    name: SourceName::AzureKeyvault,
    summary: "Azure Key Vault audit events",
    reads: "secrets, keys and certificates made, read, used, switched off, deleted, purged, recovered and \
            exported; their expiry; vaults deleted, recovered, and opened to others; refused requests",
    reference: "https://learn.microsoft.com/azure/key-vault/general/logging",
    recognises,
    parse,
    kinds: &[Kind::AzureKeyvaultSecret, Kind::AzureKeyvaultKey, Kind::AzureKeyvaultCertificate],
    fields: FIELDS,
    blind_spots: BLIND_SPOTS,
    lateness: Span::minutes(10),
};

const FIELDS: &[&str] = &[
    "CallerIPAddress",
    "CallerIpAddress",
    "Category",
    "ClientInfo",
    "CorrelationId",
    "Id",
    "OperationName",
    "RequestUri",
    "ResourceId",
    "ResultSignature",
    "SubscriptionId",
    "TimeGenerated",
    "_ResourceId",
    "_SubscriptionId",
    "appid",
    "callerIpAddress",
    "category",
    "clientInfo",
    "clientInfo_s",
    "correlationId",
    "exp",
    "http://schemas.microsoft.com/identity/claims/objectidentifier",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
    "id",
    "id_s",
    "identity_claim_appid_g",
    "identity_claim_http_schemas_microsoft_com_identity_claims_objectidentifier_g",
    "identity_claim_http_schemas_xmlsoap_org_ws_2005_05_identity_claims_upn_s",
    "identity_claim_oid_g",
    "identity_claim_upn_s",
    "oid",
    "operationName",
    "requestUri",
    "requestUri_s",
    "resourceId",
    "resultSignature",
    "time",
    "upn",
];

const BLIND_SPOTS: &[BlindSpot] = &[
    BlindSpot {
        unseen: "a vault without a diagnostic setting for AuditEvent writes nothing at all",
        cure: Some("a diagnostic setting with the category AuditEvent on every vault, by Azure Policy"),
    },
    BlindSpot {
        unseen: "the first value of a secret looks like every later one: each is the issue of a new version",
        cure: None,
    },
    BlindSpot {
        unseen: "the private key of a certificate is read as a secret of the same name; the certificate \
                 itself shows only CertificateGet",
        cure: None,
    },
    BlindSpot { unseen: "a value that a client keeps in memory is read once and used for long", cure: None },
    BlindSpot {
        unseen: "which object a denied or failed request asked for is not followed, only who asked",
        cure: None,
    },
];

fn recognises(bytes: &[u8]) -> bool {
    azure::log_of(bytes) == Some(Log::KeyVault)
}

fn parse<'a>(bytes: &'a [u8], context: &RecordContext<'a>, events: &mut Vec<Event<'a>>) -> Verdict {
    let record = match from_record::<Object<Record<'a>>>(bytes) {
        Ok(Object(record)) => record,
        Err(error) => return Verdict::Rejected(Reject::from_json(bytes, &error)),
    };
    if record.category().is_some_and(|category| &*category != "AuditEvent") {
        return Verdict::Ignored { reason: "other_category", at: record.at() };
    }
    let Some(at) = record.at() else {
        return Verdict::Rejected(Reject::new(RejectReason::NoTime));
    };
    let first = events.len();
    match read(&record, at, context) {
        Ok(event) => events.push(event),
        Err(reason) => return Verdict::Ignored { reason, at: Some(at) },
    }
    concluded(events, first, at, "no_credential")
}

/// The event of a record, or why it is none.
fn read<'a>(
    record: &Record<'a>,
    at: EventTime,
    context: &RecordContext<'a>,
) -> Result<Event<'a>, &'static str> {
    let operation = record.operation().ok_or("no_operation")?;
    if &*operation == "Authentication" {
        return Err("challenge");
    }
    let outcome = match record.outcome() {
        Some(outcome) => outcome,
        // Notifications are of the vault itself: no request, no status.
        None if operation.ends_with("Notification") => Outcome::Success,
        None => return Err("no_status"),
    };
    let request = Request { record, context, at, operation, outcome };
    if outcome == Outcome::Success { request.done() } else { request.failed() }
}

/// A request to a vault.
struct Request<'a, 'r> {
    record: &'r Record<'a>,
    context: &'r RecordContext<'a>,
    at: EventTime,
    operation: Text<'a>,
    outcome: Outcome,
}

impl<'a> Request<'a, '_> {
    fn done(&self) -> Result<Event<'a>, &'static str> {
        if let Some(act) = operation::of_vault(&self.operation) {
            let Act::Did(action, _) = act else { return Err("read_only") };
            let host = self.host().ok_or("no_vault")?;
            return Ok(self.event(action, Target::Selector(Selector::Prefix(host))));
        }
        let (kind, act) = operation::of_object(&self.operation).ok_or("no_credential")?;
        if act == Act::Looked {
            return Err("read_only");
        }
        let mut address = self.address().ok_or("no_object")?;
        let attributes = self.record.attributes();
        let (action, note) = match act {
            Act::Did(action, note) => (action, note),
            Act::RotatedIfDue if address.version.is_some() => (Action::Rotated, None),
            Act::RotatedIfDue => return Err("no_new_version"),
            Act::Updated | Act::Looked => {
                address.version = self.version_asked_for(address.version);
                (updated(attributes.enabled.0), None)
            }
        };
        let version = address.version.map(Text::owned);
        let credential = Credential::new(kind, Name::id(address.name)).version(version);
        let mut event = self.event(action, Target::Credential(credential));
        event.expires_at = attributes.exp.0.map(|moment| moment.0);
        event.set_label(Label::Note, note.map(Text::borrowed));
        Ok(event)
    }

    /// Of a request that came to nothing only its caller is known to be real: the object was not handed out,
    /// and may not exist. One without a caller is how a client learns where to authenticate.
    fn failed(&self) -> Result<Event<'a>, &'static str> {
        let Some(caller) = self.record.caller() else {
            return Err(if self.outcome == Outcome::Refused { "challenge" } else { "not_done" });
        };
        let mut event = self.event(self.outcome.action_of_use(), Target::None);
        event.actor = None;
        event.principal = Some(caller);
        Ok(event)
    }

    /// The object, as the vault answered, else as it was asked for.
    fn address(&self) -> Option<Address> {
        let answered = self.record.object_id().and_then(|id| Address::parse(&id));
        answered.or_else(|| Address::parse(&self.record.request_uri()?))
    }

    /// An update that names no version is of the object as such; the answer names its current version.
    fn version_asked_for(&self, answered: Option<String>) -> Option<String> {
        match self.record.request_uri().and_then(|uri| Address::parse(&uri)) {
            Some(asked) => asked.version,
            None => answered,
        }
    }

    fn host(&self) -> Option<Text<'a>> {
        let shown = self.record.object_id().and_then(|id| object::host_of(&id)).map(Text::owned);
        shown.or_else(|| object::host_of_resource(&azure::lower(&self.record.resource()?)))
    }

    fn event(&self, action: Action, target: Target<'a>) -> Event<'a> {
        let resource = self.record.resource().map(|id| azure::lower(&id)).unwrap_or_default();
        let id = self.id(&resource);
        let mut event = self.context.event(SourceName::AzureKeyvault, self.at, id, action);
        event.outcome = self.outcome;
        event.realm = azure::realm(self.context, &resource, self.record.subscription().as_deref());
        event.target = target;
        event.actor = self.record.caller();
        event.client =
            Client { ip: self.record.address(), service: None, user_agent: self.record.client_info() };
        event.operation.service = Text::borrowed("keyvault");
        event.operation.name = self.operation.clone();
        event
    }

    /// No record has an id of its own. What is digested is the same in every shape a record comes in.
    fn id(&self, resource: &str) -> EventId {
        let text = |text: Option<Text<'a>>| text.unwrap_or_default();
        let (correlation, uri) = (text(self.record.correlation_id()), text(self.record.request_uri()));
        let parts = [resource, &self.at.micros().to_string(), &self.operation, &correlation, &uri];
        EventId::digest(parts.join("\n").as_bytes())
    }
}

/// What an update did: it states whether the object is on, whether or not that changed.
fn updated(enabled: Option<bool>) -> Action {
    match enabled {
        Some(true) => Action::Reactivated,
        Some(false) => Action::Deactivated,
        None => Action::Modified,
    }
}
