//! Certificate signing requests: asked for, approved or denied, signed, deleted.
//!
//! The credential is the request. The certificate that comes of it is known by its fingerprint alone, which
//! first shows when it is used, and no record joins the two. A certificate cannot be revoked, and to delete
//! its request does not end it.

use serde::Deserialize;

use super::accounts::after;
use super::call::Call;
use crate::event::{Action, Credential, Event, Label, Name};
use crate::kind::Kind;
use crate::source::json::{Lenient, List, Object, Present};
use crate::text::Text;

const CONDITIONS_MAX: usize = 8;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SigningRequest<'a> {
    #[serde(borrow)]
    spec: Object<Spec<'a>>,
    #[serde(borrow)]
    status: Object<Status<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spec<'a> {
    #[serde(borrow)]
    signer_name: Lenient<Text<'a>>,
    expiration_seconds: Lenient<i64>,
    #[serde(borrow)]
    username: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Status<'a> {
    #[serde(borrow)]
    conditions: List<Object<Condition<'a>>, CONDITIONS_MAX>,
    /// Only whether it is there.
    certificate: Lenient<Present>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Condition<'a> {
    #[serde(borrow, rename = "type")]
    condition_type: Lenient<Text<'a>>,
}

impl SigningRequest<'_> {
    fn has_condition(&self, wanted: &str) -> bool {
        self.status.0.conditions.0.iter().any(|each| each.0.condition_type.0.as_deref() == Some(wanted))
    }
}

pub(super) fn read_requests<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let sent: SigningRequest<'_> = call.body();
    let (action, note) = match (call.subresource(), call.verb()) {
        (None, "create") => (Action::Modified, Some("requested")),
        (Some("approval"), "update" | "patch") => (Action::Modified, Some(decision(&sent))),
        (Some("status"), "update" | "patch") => status(call, &sent),
        (None, "delete") => (Action::Revoked, Some("certificate_lives_on")),
        _ => return,
    };
    events.extend(event(call, sent, action, note));
}

fn decision(sent: &SigningRequest<'_>) -> &'static str {
    if sent.has_condition("Denied") {
        "request_denied"
    } else if sent.has_condition("Approved") {
        "request_approved"
    } else {
        "request_decided"
    }
}

/// A signer writes the certificate into the status, or says there why it failed. Where the log does not show
/// which, it is taken for the certificate.
fn status(call: &Call<'_, '_>, sent: &SigningRequest<'_>) -> (Action, Option<&'static str>) {
    match (call.shows_body(), sent.status.0.certificate.0) {
        (true, Some(_)) => (Action::Issued, None),
        (true, None) => (Action::Modified, sent.has_condition("Failed").then_some("signing_failed")),
        (false, _) => (Action::Issued, Some("certificate_unseen")),
    }
}

fn event<'a>(
    call: &Call<'a, '_>,
    sent: SigningRequest<'a>,
    action: Action,
    note: Option<&'static str>,
) -> Option<Event<'a>> {
    let credential = Credential::new(Kind::KubernetesCertificateRequest, Name::id(call.name()?));
    let asks = call.verb() == "create";
    let mut event = call.event_of(action, credential);
    let spec = sent.spec.0;
    event.principal = spec.username.0.or_else(|| call.caller.principal.clone().filter(|_| asks));
    event.expires_at = after(call.at, spec.expiration_seconds.0).filter(|_| action == Action::Issued);
    event.set_label(Label::Form, spec.signer_name.0);
    event.set_label(Label::Note, note.map(Text::borrowed));
    Some(event)
}
