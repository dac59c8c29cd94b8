//! `userIdentity`: who called, and with which key.

use serde_json::{Value, json};

use super::super::calendar::Moment;
use super::super::edition::Edition;
use super::super::organisation::{EGRESS, OFFICE, STAGING, STAGING_EGRESS};
use super::super::record::put;

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const SDK: &str = "aws-cli/2.27.11 md/awscrt#0.26.1 ua/2.1 os/linux#6.8.0-58-generic md/arch#x86_64 \
                   lang/python#3.13.3 md/pyimpl#CPython m/b,E,Z,n cfg/retry-mode#standard md/installer#exe \
                   md/prompt#off";
const BOTO: &str = "Boto3/1.38.13 md/Botocore#1.38.13 ua/2.1 os/linux#6.1.134-152.225.amzn2023.x86_64 \
                    md/arch#x86_64 lang/python#3.12.9 md/pyimpl#CPython m/b,Z,D cfg/retry-mode#standard \
                    Botocore/1.38.13";

/// Who called.
#[derive(Clone)]
pub(super) enum Identity {
    /// An IAM user with a long-term key.
    User { account: &'static str, user: String, key: String },
    /// An IAM user at the sign-in page: no key yet.
    Visitor { account: &'static str, user: String },
    /// An IAM user with the temporary key of a console session.
    Console { account: &'static str, user: String, key: String, since: Moment },
    /// A session of a role.
    Session(Session),
    /// The owner of the account; before a session there is no key.
    Root { account: &'static str, key: Option<String>, since: Moment },
    /// A service, of its own accord.
    Service { account: &'static str, name: &'static str },
    /// Somebody whom an outside identity provider vouches for.
    Federated { account: &'static str, subject: String },
    /// A service that goes on with the caller's own identity and a key of its own.
    Forwarded { caller: Box<Identity>, key: String, service: &'static str },
}

/// A session of a role, with one of its keys.
#[derive(Clone)]
pub(super) struct Session {
    pub account: &'static str,
    pub role: String,
    pub name: String,
    pub key: String,
    pub since: Moment,
}

impl Session {
    /// `arn:aws:sts::111122223333:assumed-role/ROLE/NAME`
    pub(super) fn arn(&self) -> String {
        format!("arn:aws:sts::{}:assumed-role/{}/{}", self.account, self.role, self.name)
    }

    pub(super) fn role_arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{}", self.account, self.role)
    }

    fn is_of_instance(&self) -> bool {
        self.name.starts_with("i-")
    }
}

impl Identity {
    pub(super) fn account(&self) -> &'static str {
        match self {
            Self::User { account, .. }
            | Self::Visitor { account, .. }
            | Self::Console { account, .. }
            | Self::Root { account, .. }
            | Self::Service { account, .. }
            | Self::Federated { account, .. } => account,
            Self::Session(session) => session.account,
            Self::Forwarded { caller, .. } => caller.account(),
        }
    }

    /// The key it calls with.
    pub(super) fn key(&self) -> Option<&str> {
        match self {
            Self::User { key, .. } | Self::Console { key, .. } | Self::Forwarded { key, .. } => Some(key),
            Self::Session(session) => Some(&session.key),
            Self::Root { key, .. } => key.as_deref(),
            Self::Visitor { .. } | Self::Service { .. } | Self::Federated { .. } => None,
        }
    }

    /// Where it is when the story does not say otherwise.
    pub(super) fn usual_source(&self) -> &'static str {
        match self {
            Self::Visitor { .. } | Self::Console { .. } | Self::Root { .. } => OFFICE,
            Self::Service { name, .. } | Self::Forwarded { service: name, .. } => name,
            Self::User { account, .. } | Self::Federated { account, .. } => egress(account),
            Self::Session(session) => egress(session.account),
        }
    }

    pub(super) fn usual_agent(&self) -> &'static str {
        match self {
            Self::Visitor { .. } | Self::Console { .. } | Self::Root { .. } => BROWSER,
            Self::Service { name, .. } | Self::Forwarded { service: name, .. } => name,
            Self::User { .. } => SDK,
            Self::Session(_) | Self::Federated { .. } => BOTO,
        }
    }

    pub(super) fn written(&self, edition: &Edition) -> Value {
        match self {
            Self::User { account, user, key } => user_identity(edition, account, user, Some(key)),
            Self::Visitor { account, user } => user_identity(edition, account, user, None),
            Self::Console { account, user, key, since } => {
                let mut identity = user_identity(edition, account, user, Some(key));
                put(&mut identity, "sessionContext", json!({ "attributes": attributes(*since, true) }));
                identity
            }
            Self::Session(session) => session_identity(edition, session),
            Self::Root { account, key, since } => root_identity(account, key.as_deref(), *since),
            Self::Service { name, .. } => json!({ "invokedBy": name, "type": "AWSService" }),
            Self::Federated { subject, .. } => json!({
                "identityProvider": "arn:aws:iam::444455556666:oidc-provider/forge.example.com",
                "principalId": format!("arn:aws:iam::444455556666:oidc-provider/forge.example.com:{subject}"),
                "type": "WebIdentityUser",
                "userName": subject,
            }),
            Self::Forwarded { caller, key, service } => {
                let mut identity = caller.written(edition);
                put(&mut identity, "accessKeyId", key.as_str());
                put(&mut identity, "invokedBy", *service);
                identity
            }
        }
    }
}

fn egress(account: &str) -> &'static str {
    if account == STAGING { STAGING_EGRESS } else { EGRESS }
}

fn user_identity(edition: &Edition, account: &str, user: &str, key: Option<&str>) -> Value {
    let mut identity = json!({
        "accountId": account,
        "arn": format!("arn:aws:iam::{account}:user/{user}"),
        "principalId": edition.principal_id("AIDA", &format!("{account} {user}")),
        "type": "IAMUser",
        "userName": user,
    });
    put(&mut identity, "accessKeyId", key);
    identity
}

fn session_identity(edition: &Edition, session: &Session) -> Value {
    let role_id = edition.principal_id("AROA", &format!("{} {}", session.account, session.role));
    let mut context = json!({
        "attributes": attributes(session.since, false),
        "sessionIssuer": {
            "accountId": session.account,
            "arn": session.role_arn(),
            "principalId": role_id,
            "type": "Role",
            "userName": session.role,
        },
    });
    if session.is_of_instance() {
        put(&mut context, "ec2RoleDelivery", "2.0");
    }
    json!({
        "accessKeyId": session.key,
        "accountId": session.account,
        "arn": session.arn(),
        "principalId": format!("{role_id}:{}", session.name),
        "sessionContext": context,
        "type": "AssumedRole",
    })
}

fn root_identity(account: &str, key: Option<&str>, since: Moment) -> Value {
    let mut identity = json!({
        "accessKeyId": key.unwrap_or_default(),
        "accountId": account,
        "arn": format!("arn:aws:iam::{account}:root"),
        "principalId": account,
        "type": "Root",
    });
    if key.is_some() {
        put(&mut identity, "sessionContext", json!({ "attributes": attributes(since, true) }));
    }
    identity
}

fn attributes(since: Moment, mfa: bool) -> Value {
    json!({ "creationDate": since.rfc3339(), "mfaAuthenticated": if mfa { "true" } else { "false" } })
}
