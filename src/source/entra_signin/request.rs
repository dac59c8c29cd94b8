//! One request for a token: who asked, with which key, and how it went.

use super::outcome;
use super::record::{Record, SignIn, Who};
use crate::event::{Action, Client, Credential, Event, Label, Name, Operation, Outcome, Target};
use crate::kind::Kind;
use crate::limits::USER_AGENT_BYTES_MAX;
use crate::net::parse_address;
use crate::source::{RecordContext, entra};
use crate::text::Text;

/// What every sign-in is called; its record may have lost the name.
const OPERATION: &str = "Sign-in activity";
/// What stands for an id that is not there.
const NO_ID: &str = "00000000-0000-0000-0000-000000000000";
/// Types of client credentials that are signed with a certificate.
const SIGNED: &[&str] = &["certificate", "clientAssertion"];

/// Completes the event that was begun.
pub(super) fn event<'a>(
    record: &Record<'a>,
    sign_in: &SignIn<'a>,
    who: Who,
    mut event: Event<'a>,
    context: &RecordContext<'a>,
) -> Event<'a> {
    let credential = credential(sign_in);
    event.outcome = outcome::of(sign_in.code(record));
    // A request that failed on its own shows that its key was accepted only where it names the key.
    let is_unknown = event.outcome == Outcome::Failure && credential.is_none();
    event.action = if is_unknown { Action::Denied } else { event.outcome.action_of_use() };
    event.realm = entra::realm(context, &record.tenants(sign_in));
    event.principal = principal(sign_in);
    event.client = client(record, sign_in);
    event.operation = Operation {
        service: sign_in.resource_display_name.0.clone().unwrap_or_default(),
        name: record.operation_name.0.clone().unwrap_or(Text::borrowed(OPERATION)),
        region: None,
        privileged: false,
    };
    event.set_label(
        Label::DisplayName,
        sign_in.service_principal_name.0.clone().or_else(|| sign_in.app_display_name.0.clone()),
    );
    event.set_label(Label::Form, form(sign_in, who));
    let note = (credential.is_none() && who == Who::Application).then_some(Text::borrowed("no_key_id"));
    event.set_label(Label::Note, note);
    event.target = credential.map_or(Target::None, Target::Credential);
    event
}

/// The key of a sign-in, by the id it was given when it was added.
fn credential<'a>(sign_in: &SignIn<'a>) -> Option<Credential<'a>> {
    let stated = |id: Option<&str>| entra::guid(id?).filter(|id| &**id != NO_ID);
    if let Some(id) = stated(sign_in.federated_credential_id.0.as_deref()) {
        return Some(Credential::new(Kind::AzureFederatedCredential, Name::id(id)));
    }
    let thumbprint =
        sign_in.service_principal_credential_thumbprint.0.clone().filter(|text| is_thumbprint(text));
    let signed = sign_in.client_credential_type.0.as_deref().is_some_and(|kind| SIGNED.contains(&kind));
    let kind = if signed || thumbprint.is_some() { Kind::AzureAppCertificate } else { Kind::AzureAppSecret };
    let thumbprint = thumbprint.map(entra::lower).map(Name::id);
    match stated(sign_in.service_principal_credential_key_id.0.as_deref()) {
        Some(id) => Some(Credential::new(kind, Name::id(id)).alias(thumbprint)),
        None => thumbprint.map(|name| Credential::new(kind, name)),
    }
}

/// The SHA-1 or SHA-256 of a certificate.
fn is_thumbprint(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn principal<'a>(sign_in: &SignIn<'a>) -> Option<Text<'a>> {
    let object = || sign_in.service_principal_id.0.as_deref().map(|id| entra::principal("sp", id));
    sign_in.app_id.0.as_deref().filter(|id| *id != NO_ID).map(entra::app).or_else(object)
}

fn form<'a>(sign_in: &SignIn<'a>, who: Who) -> Option<Text<'a>> {
    if who == Who::ManagedIdentity {
        return Some(Text::borrowed("managedIdentity"));
    }
    sign_in.client_credential_type.0.clone().filter(|kind| &**kind != "none")
}

fn client<'a>(record: &Record<'a>, sign_in: &SignIn<'a>) -> Client<'a> {
    let addresses = [&sign_in.ip_address, &record.caller_ip_address];
    Client {
        ip: addresses.into_iter().find_map(|address| parse_address(address.0.as_deref()?)),
        service: None,
        user_agent: sign_in.user_agent.0.clone().map(|agent| agent.cut(USER_AGENT_BYTES_MAX)),
    }
}
