//! Cloud SQL: passwords of database users, and client certificates.
//!
//! What such a call asks for stands in the first entry of its operation, so it is taken from there; that the
//! operation failed later is not told. Passwords and private keys are never read.

use serde::Deserialize;

use super::call::Call;
use super::moment::Moment;
use super::scope::segment;
use crate::event::{Action, Credential, Event, Name, Selector, Target};
use crate::kind::Kind;
use crate::source::json::{Lenient, Object};
use crate::text::Text;

const USERS: &[(&str, Action)] = &[
    ("users.create", Action::Issued),
    ("users.delete", Action::Revoked),
    ("users.insert", Action::Issued),
    ("users.update", Action::Rotated),
];

const CERTIFICATES: &[(&str, Action)] = &[
    ("sslCerts.create", Action::Issued),
    ("sslCerts.delete", Action::Revoked),
    ("sslCerts.insert", Action::Issued),
];

/// A call that ends every certificate of an instance.
const RESETS: &[(&str, ())] = &[("instances.resetSslConfig", ())];

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Request<'a> {
    #[serde(borrow)]
    instance: Lenient<Text<'a>>,
    #[serde(borrow)]
    name: Lenient<Text<'a>>,
    #[serde(borrow)]
    host: Lenient<Text<'a>>,
    #[serde(borrow)]
    sha1_fingerprint: Lenient<Text<'a>>,
    #[serde(borrow)]
    body: Object<User<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct User<'a> {
    #[serde(borrow)]
    name: Lenient<Text<'a>>,
    #[serde(borrow)]
    host: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Response<'a> {
    #[serde(borrow)]
    client_cert: Object<ClientCert<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ClientCert<'a> {
    #[serde(borrow)]
    cert_info: Object<CertInfo<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct CertInfo<'a> {
    #[serde(borrow)]
    sha1_fingerprint: Lenient<Text<'a>>,
    expiration_time: Lenient<Moment>,
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let request: Request<'_> = call.request();
    let Some(instance) = instance(call, &request) else { return };
    let realm = call.realm_of(call.resource_name().unwrap_or_default());
    if let Some(action) = call.row(USERS) {
        events.extend(user(call, action, &realm, &instance, &request));
    } else if let Some(action) = call.row(CERTIFICATES) {
        events.extend(certificate(call, action, &realm, &instance, &request));
    } else if call.row(RESETS).is_some() {
        let all = Selector::Prefix(Text::owned(format!("instances/{instance}/sslCerts/")));
        events.push(call.event(Action::Revoked, realm, Target::Selector(all)));
    }
}

/// The instance by its own name: labels write it behind that of its project.
fn instance(call: &Call<'_, '_>, request: &Request<'_>) -> Option<String> {
    let stated = request.instance.0.as_deref();
    let labelled = call.labels().database_id.0.as_deref();
    let named = stated.or_else(|| call.resource_name().and_then(|name| segment(name, "instances")));
    let name = named.or(labelled)?;
    Some(name.rsplit_once(':').map_or(name, |(_, name)| name).to_owned())
}

fn user<'a>(
    call: &Call<'a, '_>,
    action: Action,
    realm: &Text<'a>,
    instance: &str,
    request: &Request<'_>,
) -> Option<Event<'a>> {
    let body = &request.body.0;
    let resource = call.resource_name().unwrap_or_default();
    let name = body.name.0.as_deref().or(request.name.0.as_deref()).or_else(|| segment(resource, "users"))?;
    // Accounts of a MySQL instance are told apart by the host they may come from.
    let host = body.host.0.as_deref().or(request.host.0.as_deref()).filter(|host| *host != "%");
    let at = host.map_or_else(String::new, |host| format!("@{host}"));
    let id = Name::id(format!("instances/{instance}/users/{name}{at}"));
    let mut event = call.about(action, realm.clone(), Credential::new(Kind::GcpDatabasePassword, id));
    event.principal = Some(Text::owned(format!("{name}{at}")));
    Some(event)
}

fn certificate<'a>(
    call: &Call<'a, '_>,
    action: Action,
    realm: &Text<'a>,
    instance: &str,
    request: &Request<'_>,
) -> Option<Event<'a>> {
    let made = call.response::<Response<'_>>().client_cert.0.cert_info.0;
    let resource = call.resource_name().unwrap_or_default();
    let stated = made.sha1_fingerprint.0.as_deref().or(request.sha1_fingerprint.0.as_deref());
    let fingerprint = stated.or_else(|| segment(resource, "sslCerts"))?;
    let id = Name::id(format!("instances/{instance}/sslCerts/{fingerprint}"));
    let mut event = call.about(action, realm.clone(), Credential::new(Kind::GcpSqlCertificate, id));
    event.expires_at = made.expiration_time.0.filter(|_| action == Action::Issued).map(|moment| moment.0);
    Some(event)
}
