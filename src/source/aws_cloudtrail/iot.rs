//! X.509 certificates that devices sign in to AWS IoT with. Their use shows in the logs of IoT, not here.

use serde::Deserialize;

use super::arn::Arn;
use super::call::Call;
use super::dates::Date;
use crate::event::{Action, Credential, Event, Label, Name, Target};
use crate::kind::Kind;
use crate::source::json::Lenient;
use crate::text::Text;

const CALLS: &[(&str, Action)] = &[
    ("AcceptCertificateTransfer", Action::OwnerChanged),
    ("AttachPolicy", Action::PrivilegeChanged),
    ("AttachPrincipalPolicy", Action::PrivilegeChanged),
    ("AttachThingPrincipal", Action::Modified),
    ("CreateCertificateFromCsr", Action::Issued),
    ("CreateKeysAndCertificate", Action::Issued),
    ("CreateProvisioningClaim", Action::Issued),
    ("DeleteCertificate", Action::Revoked),
    ("DetachPolicy", Action::PrivilegeChanged),
    ("DetachPrincipalPolicy", Action::PrivilegeChanged),
    ("DetachThingPrincipal", Action::Modified),
    ("RegisterCertificate", Action::Issued),
    ("RegisterCertificateWithoutCA", Action::Issued),
];

/// Authorities whose certificates devices may bring.
const TRUST: &[&str] = &["DeleteCACertificate", "RegisterCACertificate", "UpdateCACertificate"];

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Members<'a> {
    #[serde(borrow)]
    certificate_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    certificate_arn: Lenient<Text<'a>>,
    /// What a policy is attached to: the ARN of a certificate, or a group of things.
    #[serde(borrow, alias = "principal")]
    target: Lenient<Text<'a>>,
    #[serde(borrow)]
    new_status: Lenient<Text<'a>>,
    expiration: Lenient<Date>,
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if !call.succeeded() {
        return;
    }
    let request: Members<'_> = call.request();
    let response: Members<'_> = call.response();
    if TRUST.contains(&call.name()) {
        events.push(call.about(Action::TrustChanged, response.certificate_arn.0));
        return;
    }
    let Some(action) = action(call.name(), request.new_status.0.as_deref()) else { return };
    let expires_at = response.expiration.0.map(|date| date.0);
    let Some(id) = id(request, response) else { return };
    let credential = Credential::new(Kind::AwsIotCertificate, Name::id(id));
    let mut event = call.event(action, call.owner_realm(None), Target::Credential(credential));
    event.expires_at = expires_at;
    let claim = (call.name() == "CreateProvisioningClaim").then_some(Text::borrowed("provisioning_claim"));
    event.set_label(Label::Note, claim);
    events.push(event);
}

fn action(name: &str, status: Option<&str>) -> Option<Action> {
    if name != "UpdateCertificate" {
        return CALLS.iter().find(|(call, _)| *call == name).map(|(_, action)| *action);
    }
    Some(match status? {
        "ACTIVE" => Action::Reactivated,
        "INACTIVE" => Action::Deactivated,
        "REVOKED" => Action::Revoked,
        _ => Action::Modified,
    })
}

/// The id of the certificate, which is also the end of its ARN.
fn id<'a>(request: Members<'a>, response: Members<'a>) -> Option<Text<'a>> {
    let arn = response.certificate_arn.0.or(request.target.0);
    let in_arn = || Arn::parse(arn.as_deref()?)?.resource.strip_prefix("cert/").map(ToOwned::to_owned);
    response.certificate_id.0.or(request.certificate_id.0).or_else(|| in_arn().map(Text::owned))
}
