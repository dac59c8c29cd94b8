//! Databases: master passwords of RDS and Redshift, and what Redshift lends for a time.
//!
//! That a password was sent is read, the password is not. An IAM token for RDS is signed by the client and
//! shows nowhere.

use serde::Deserialize;

use super::call::Call;
use super::dates::Date;
use crate::event::{Action, Credential, Event, Label, Name, Target};
use crate::kind::Kind;
use crate::source::json::{Lenient, Present};
use crate::text::Text;

/// What a call does to the database it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Made,
    Changed,
    Ended,
}

/// Calls, with what stands before the name of a database where names of another sort could be the same.
const CALLS: &[(&str, &str, &str, Act)] = &[
    ("rds", "CreateDBCluster", "cluster:", Act::Made),
    ("rds", "CreateDBInstance", "", Act::Made),
    ("rds", "DeleteDBCluster", "cluster:", Act::Ended),
    ("rds", "DeleteDBInstance", "", Act::Ended),
    ("rds", "ModifyDBCluster", "cluster:", Act::Changed),
    ("rds", "ModifyDBInstance", "", Act::Changed),
    ("rds", "RestoreDBClusterFromS3", "cluster:", Act::Made),
    ("rds", "RestoreDBInstanceFromS3", "", Act::Made),
    ("redshift", "CreateCluster", "redshift:", Act::Made),
    ("redshift", "DeleteCluster", "redshift:", Act::Ended),
    ("redshift", "ModifyCluster", "redshift:", Act::Changed),
    ("redshift-serverless", "CreateNamespace", "redshift-serverless:", Act::Made),
    ("redshift-serverless", "DeleteNamespace", "redshift-serverless:", Act::Ended),
    ("redshift-serverless", "UpdateNamespace", "redshift-serverless:", Act::Changed),
];

/// Calls that answer with a user and a password for a while.
const LENT: &[&str] = &["GetClusterCredentials", "GetClusterCredentialsWithIAM", "GetCredentials"];

/// How long they are valid where the caller asks for no other time.
///
/// <https://docs.aws.amazon.com/redshift/latest/APIReference/API_GetClusterCredentials.html>
const LENT_SECONDS: i64 = 900;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Request<'a> {
    /// An instance of a cluster is named together with the cluster.
    #[serde(borrow, rename = "dBInstanceIdentifier")]
    instance: Lenient<Text<'a>>,
    #[serde(borrow, rename = "dBClusterIdentifier", alias = "clusterIdentifier")]
    #[serde(alias = "namespaceName", alias = "workgroupName")]
    cluster: Lenient<Text<'a>>,
    #[serde(alias = "adminUserPassword")]
    master_user_password: Lenient<Present>,
    /// Kept in Secrets Manager, which makes it.
    #[serde(alias = "manageMasterPassword", alias = "manageAdminPassword")]
    manage_master_user_password: Lenient<bool>,
    rotate_master_user_password: Lenient<bool>,
    #[serde(borrow)]
    db_user: Lenient<Text<'a>>,
    duration_seconds: Lenient<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Response<'a> {
    #[serde(borrow)]
    db_user: Lenient<Text<'a>>,
    expiration: Lenient<Date>,
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if !call.succeeded() {
        return;
    }
    if LENT.contains(&call.name()) {
        events.push(lent(call));
        return;
    }
    let row = CALLS.iter().find(|(service, name, ..)| *service == call.service() && *name == call.name());
    if let Some((_, _, sort, act)) = row {
        events.extend(password(call, sort, *act));
    }
}

fn password<'a>(call: &Call<'a, '_>, sort: &str, act: Act) -> Option<Event<'a>> {
    let request: Request<'_> = call.request();
    let managed = request.manage_master_user_password.0 == Some(true);
    let sent = request.master_user_password.0.is_some() || managed;
    let action = match act {
        Act::Made if sent => Action::Issued,
        Act::Changed if sent || request.rotate_master_user_password.0 == Some(true) => Action::Rotated,
        Act::Ended => Action::Revoked,
        Act::Made | Act::Changed => return None,
    };
    let database = if sort.is_empty() { request.instance.0 } else { request.cluster.0 };
    let mut event = about(call, action, &format!("{sort}{}", database?));
    event.set_label(Label::Note, managed.then_some(Text::borrowed("managed_in_secrets_manager")));
    Some(event)
}

/// The master password of a database, by the name of the database.
pub(super) fn about<'a>(call: &Call<'a, '_>, action: Action, database: &str) -> Event<'a> {
    let credential = Credential::new(Kind::AwsDatabasePassword, Name::id(call.regional(database)));
    call.event(action, call.owner_realm(None), Target::Credential(credential))
}

fn lent<'a>(call: &Call<'a, '_>) -> Event<'a> {
    let request: Request<'_> = call.request();
    let response: Response<'_> = call.response();
    let mut event = call.issued_to_caller(call.unnamed(Kind::AwsDatabaseCredential, call.service()));
    let asked = || call.after(request.duration_seconds.0.unwrap_or(LENT_SECONDS));
    event.expires_at = response.expiration.0.map(|date| date.0).or_else(asked);
    event.place = request.cluster.0;
    event.labels.extend(call.caller.labels());
    event.set_label(Label::Role, response.db_user.0.or(request.db_user.0));
    event
}
