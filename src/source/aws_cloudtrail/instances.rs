//! Ways into an instance that leave a trace here: its Windows password, a key pushed for a minute, and the
//! keys of Lightsail.
//!
//! Key bodies are not read. A pushed key has no id of its own and is named by the act that pushed it.

use serde::Deserialize;

use super::call::Call;
use super::databases;
use crate::event::{Action, Credential, Event, Name, Target};
use crate::kind::Kind;
use crate::source::json::{Lenient, Object, Present};
use crate::text::Text;

/// How long a pushed key lets its holder in.
///
/// <https://docs.aws.amazon.com/ec2-instance-connect/latest/APIReference/API_SendSSHPublicKey.html>
const PUSHED_SECONDS: i64 = 60;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Request<'a> {
    #[serde(borrow)]
    instance_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    instance_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    key_pair_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    relational_database_name: Lenient<Text<'a>>,
    master_user_password: Lenient<Present>,
    rotate_master_user_password: Lenient<bool>,
}

/// The password Windows made at its first start, encrypted with the key pair of the instance.
pub(super) fn password_read<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let id = call.request::<Request<'_>>().instance_id.0?;
    let credential = Credential::new(Kind::AwsInstancePassword, Name::id(id));
    Some(call.event(Action::SecretRead, call.owner_realm(None), Target::Credential(credential)))
}

pub(super) fn read_connect<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Response {
        success: Lenient<bool>,
    }
    let pushes = matches!(call.name(), "SendSSHPublicKey" | "SendSerialConsoleSSHPublicKey");
    if pushes && call.succeeded() && call.response::<Response>().success.0 != Some(false) {
        events.push(pushed(call, call.request::<Request<'_>>().instance_id.0));
    }
}

/// A key that lets the caller into an instance for a minute. The instance is the place, not the holder.
fn pushed<'a>(call: &Call<'a, '_>, instance: Option<Text<'a>>) -> Event<'a> {
    let mut event = call.issued_to_caller(call.unnamed(Kind::AwsInstanceKey, call.service()));
    event.expires_at = call.after(PUSHED_SECONDS);
    event.place = instance;
    event
}

pub(super) fn read_lightsail<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if !call.succeeded() {
        return;
    }
    let request: Request<'_> = call.request();
    let new = request.master_user_password.0.is_some() || request.rotate_master_user_password.0 == Some(true);
    let pair = request.key_pair_name.0.as_deref();
    let database = request.relational_database_name.0.as_deref();
    events.extend(match call.name() {
        "CreateKeyPair" | "ImportKeyPair" => key_pair(call, Action::Issued, pair),
        "DeleteKeyPair" => key_pair(call, Action::Revoked, pair),
        // One of each region, with its private half.
        "DownloadDefaultKeyPair" => key_pair(call, Action::SecretRead, Some("LightsailDefaultKeyPair")),
        "GetInstanceAccessDetails" => Some(access(call, request.instance_name.0)),
        "CreateRelationalDatabase" => master_password(call, Action::Issued, database),
        "UpdateRelationalDatabase" if new => master_password(call, Action::Rotated, database),
        "GetRelationalDatabaseMasterUserPassword" => master_password(call, Action::SecretRead, database),
        "DeleteRelationalDatabase" => master_password(call, Action::Revoked, database),
        _ => None,
    });
}

fn key_pair<'a>(call: &Call<'a, '_>, action: Action, name: Option<&str>) -> Option<Event<'a>> {
    let name = call.regional(&format!("lightsail:{}", name?));
    let credential = Credential::new(Kind::AwsKeyPair, Name::id(name));
    Some(call.event(action, call.owner_realm(None), Target::Credential(credential)))
}

fn master_password<'a>(call: &Call<'a, '_>, action: Action, database: Option<&str>) -> Option<Event<'a>> {
    Some(databases::about(call, action, &format!("lightsail:{}", database?)))
}

/// A temporary key and certificate for one instance; the answer states their end.
fn access<'a>(call: &Call<'a, '_>, instance: Option<Text<'a>>) -> Event<'a> {
    #[derive(Debug, Default, Deserialize)]
    #[serde(default, rename_all = "camelCase")]
    struct Response {
        access_details: Object<Details>,
    }
    #[derive(Debug, Default, Deserialize)]
    #[serde(default, rename_all = "camelCase")]
    struct Details {
        expires_at: Lenient<super::dates::Date>,
    }
    let mut event = pushed(call, instance);
    event.expires_at = call.response::<Response>().access_details.0.expires_at.0.map(|date| date.0);
    event
}
