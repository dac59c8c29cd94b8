//! Certificates of ACM, and those of private authorities (`acm-pca`). Bodies and keys are not read.
//!
//! A private certificate is named by its serial number, as a revocation names it; the ARN of its issue ends
//! in the same number. Certificates outlive whoever asked for them; one of a private authority is held by
//! that authority.

use serde::Deserialize;

use super::call::Call;
use crate::event::{Action, Credential, Event, Name, Target};
use crate::kind::Kind;
use crate::source::json::{Lenient, Object};
use crate::text::Text;
use crate::time::EventTime;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Members<'a> {
    #[serde(borrow)]
    certificate_arn: Lenient<Text<'a>>,
    #[serde(borrow)]
    certificate_authority_arn: Lenient<Text<'a>>,
    #[serde(borrow)]
    certificate_serial: Lenient<Text<'a>>,
    #[serde(borrow)]
    validity: Object<Validity<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Validity<'a> {
    #[serde(borrow, rename = "type")]
    unit: Lenient<Text<'a>>,
    value: Lenient<i64>,
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let request: Members<'_> = call.request();
    let action = match call.name() {
        _ if !call.succeeded() => return,
        "ImportCertificate" if request.certificate_arn.0.is_some() => Action::Rotated,
        "RequestCertificate" | "ImportCertificate" => Action::Issued,
        // With its private key.
        "ExportCertificate" => Action::SecretRead,
        "RenewCertificate" => Action::Rotated,
        "DeleteCertificate" | "RevokeCertificate" => Action::Revoked,
        _ => return,
    };
    let answered: Members<'_> = call.response();
    let Some(arn) = answered.certificate_arn.0.or(request.certificate_arn.0) else { return };
    let realm = call.owner_realm(Some(&arn));
    let credential = Credential::new(Kind::AwsCertificate, Name::id(arn));
    events.push(call.event(action, realm, Target::Credential(credential)));
}

/// Calls that change whom an authority vouches for, or who may use it.
const AUTHORITY: &[(&str, Action)] = &[
    ("CreateCertificateAuthority", Action::TrustChanged),
    ("CreatePermission", Action::PrivilegeChanged),
    ("DeleteCertificateAuthority", Action::TrustChanged),
    ("DeletePermission", Action::PrivilegeChanged),
    ("DeletePolicy", Action::PrivilegeChanged),
    ("ImportCertificateAuthorityCertificate", Action::TrustChanged),
    ("PutPolicy", Action::PrivilegeChanged),
    ("RestoreCertificateAuthority", Action::TrustChanged),
    ("UpdateCertificateAuthority", Action::TrustChanged),
];

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Policy<'a> {
    #[serde(borrow)]
    resource_arn: Lenient<Text<'a>>,
}

pub(super) fn read_private<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if !call.succeeded() {
        return;
    }
    events.extend(match call.name() {
        "IssueCertificate" => issued(call),
        "RevokeCertificate" => revoked(call),
        name => AUTHORITY.iter().find(|(act, _)| *act == name).map(|(_, action)| {
            let authority = call.request::<Members<'_>>().certificate_authority_arn.0;
            let made = || call.response::<Members<'_>>().certificate_authority_arn.0;
            let holder = authority.or_else(made).or_else(|| call.request::<Policy<'_>>().resource_arn.0);
            call.about(*action, holder)
        }),
    });
}

fn issued<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let request: Members<'_> = call.request();
    let arn = call.response::<Members<'_>>().certificate_arn.0?;
    let serial = serial(arn.rsplit_once("/certificate/")?.1)?;
    let mut event = private(call, Action::Issued, serial, request.certificate_authority_arn.0);
    event.expires_at = end(call, &request.validity.0);
    Some(event)
}

fn revoked<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let request: Members<'_> = call.request();
    let serial = serial(request.certificate_serial.0.as_deref()?)?;
    Some(private(call, Action::Revoked, serial, request.certificate_authority_arn.0))
}

fn private<'a>(
    call: &Call<'a, '_>,
    action: Action,
    serial: String,
    authority: Option<Text<'a>>,
) -> Event<'a> {
    let realm = call.owner_realm(authority.as_deref());
    let credential = Credential::new(Kind::AwsPrivateCertificate, Name::id(serial));
    let mut event = call.event(action, realm, Target::Credential(credential));
    event.principal = authority;
    event
}

/// A serial number in pairs of hexadecimal digits: `67:07:44`, however it was written.
fn serial(text: &str) -> Option<String> {
    let mut digits: String = text.chars().filter(|&c| c != ':').map(|c| c.to_ascii_lowercase()).collect();
    if digits.is_empty() || digits.len() > 40 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    if digits.len() % 2 == 1 {
        digits.insert(0, '0');
    }
    let colon = |at: usize| if at > 0 && at.is_multiple_of(2) { ":" } else { "" };
    Some(
        digits
            .char_indices()
            .fold(String::new(), |pairs, (at, digit)| format!("{pairs}{}{digit}", colon(at))),
    )
}

/// The end that was asked for. A month and a year have no fixed length and are left open.
fn end(call: &Call<'_, '_>, validity: &Validity<'_>) -> Option<EventTime> {
    let value = validity.value.0?;
    match validity.unit.0.as_deref()? {
        "DAYS" => call.after(value.checked_mul(86_400)?),
        "ABSOLUTE" => EventTime::from_seconds(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_is_one_however_it_is_written() {
        assert_eq!(serial("67:07:44:76").as_deref(), Some("67:07:44:76"));
        assert_eq!(serial("67074476").as_deref(), Some("67:07:44:76"));
        assert_eq!(serial("7074476").as_deref(), Some("07:07:44:76"));
        assert_eq!((serial("67:0x"), serial("")), (None, None));
    }
}
