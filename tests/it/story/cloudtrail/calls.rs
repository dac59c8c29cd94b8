//! The calls the story is told in: one function per kind of call.

use serde_json::{Value, json};

use super::super::calendar::Moment;
use super::super::organisation::{PRODUCTION, REGION, STAGING};
use super::identity::{Identity, Session};
use super::{Act, Trail};

/// What stands for a session token, of its usual length: the real one would be in clear here.
fn session_token() -> String {
    format!("IQoJb3JpZ2luX2VjEXAMPLE{}==", "TOKENEXAMPLE".repeat(68))
}

const SESSION_HOURS: i64 = 1;
/// EC2 hands its instances keys for about six hours.
const INSTANCE_SESSION_HOURS: i64 = 6;

/// Users, keys and passwords.
impl Trail<'_> {
    /// An IAM user of `account` and the key whose middle is `nine`.
    pub(super) fn user(&self, account: &'static str, user: &str, nine: &str) -> Identity {
        Identity::User { account, user: self.edition.name(user), key: self.edition.access_key(nine) }
    }

    pub(super) fn create_key(&mut self, at: Moment, by: &Identity, user: &str, nine: &str) {
        let user = self.edition.name(user);
        let key = json!({
            "accessKeyId": self.edition.access_key(nine),
            "createDate": at.english(),
            "status": "Active",
            "userName": user,
        });
        let act = Act::new(at, by, "iam:CreateAccessKey").asks(json!({ "userName": user }));
        self.record(act.gets(json!({ "accessKey": key })));
    }

    pub(super) fn deactivate_key(&mut self, at: Moment, by: &Identity, user: &str, nine: &str) {
        let asked = json!({
            "accessKeyId": self.edition.access_key(nine),
            "status": "Inactive",
            "userName": self.edition.name(user),
        });
        self.record(Act::new(at, by, "iam:UpdateAccessKey").asks(asked));
    }

    pub(super) fn delete_key(&mut self, at: Moment, by: &Identity, user: &str, nine: &str) {
        let asked =
            json!({ "accessKeyId": self.edition.access_key(nine), "userName": self.edition.name(user) });
        self.record(Act::new(at, by, "iam:DeleteAccessKey").asks(asked));
    }

    /// A person signs in to the console with a second factor; returns their session.
    pub(super) fn sign_in(&mut self, at: Moment, account: &'static str, user: &str) -> Identity {
        let key = self.edition.session_key(&format!("console {user} {}", at.rfc3339()));
        let user = self.edition.name(user);
        self.record(console_login(at, &Identity::Visitor { account, user: user.clone() }));
        Identity::Console { account, user, key, since: at }
    }

    /// The owner of an account signs in; returns the session.
    pub(super) fn root_signs_in(&mut self, at: Moment, account: &'static str) -> Identity {
        let visitor = Identity::Root { account, key: None, since: at };
        self.record(console_login(at, &visitor));
        let key = self.edition.session_key(&format!("root {account} {}", at.rfc3339()));
        Identity::Root { account, key: Some(key), since: at }
    }
}

fn console_login(at: Moment, who: &Identity) -> Act<'_> {
    let to = "https://console.aws.amazon.com/console/home?state=hashArgs%23&isauthcode=true";
    let mut act = Act::new(at, who, "signin:ConsoleLogin").of_type("AwsConsoleSignIn");
    act.read_only = false;
    act.gets(json!({ "ConsoleLogin": "Success" }))
        .adding("additionalEventData", json!({ "LoginTo": to, "MFAUsed": "Yes", "MobileVersion": "No" }))
}

/// Roles and their sessions.
impl Trail<'_> {
    /// A role session that `by` asks for, a person's or a job's.
    pub(super) fn assume_role(
        &mut self,
        at: Moment,
        by: &Identity,
        (account, role): (&'static str, &str),
        name: &str,
    ) -> Identity {
        let session = self.session(at, account, role, name, &format!("{role} {name} {}", at.rfc3339()));
        let (asked, given) = (asked_for(&session), self.credentials(&session, SESSION_HOURS));
        if by.account() == account {
            let act = Act::new(at, by, "sts:AssumeRole").asks(asked).gets(given);
            self.record(act.adding("resources", role_resource(&session)));
        } else {
            self.assume_role_across(at, by, &session, &asked, &given);
        }
        Identity::Session(session)
    }

    /// The same act in the trails of both accounts, with one `sharedEventID`.
    fn assume_role_across(
        &mut self,
        at: Moment,
        by: &Identity,
        session: &Session,
        asked: &Value,
        given: &Value,
    ) {
        let shared = self.edition.uuid(&format!("shared {}", session.key));
        for recipient in [PRODUCTION, STAGING] {
            let act = Act::new(at, by, "sts:AssumeRole").delivered_to(recipient);
            let act = act.asks(asked.clone()).gets(given.clone());
            let act =
                act.adding("resources", role_resource(session)).adding("sharedEventID", shared.as_str());
            self.record(act);
        }
    }

    /// A service assumes a role on behalf of what it runs: an instance, a function. `serial` tells apart keys
    /// that are handed out in the same second.
    pub(super) fn service_assumes(
        &mut self,
        at: Moment,
        service: &'static str,
        (account, role): (&'static str, &str),
        name: &str,
        serial: u32,
    ) -> Identity {
        let by = Identity::Service { account, name: service };
        let seed = format!("{role} {name} {} {serial}", at.rfc3339());
        let session = self.session(at, account, role, name, &seed);
        let hours = if name.starts_with("i-") { INSTANCE_SESSION_HOURS } else { SESSION_HOURS };
        let given = self.credentials(&session, hours);
        let shared = self.edition.uuid(&format!("shared {}", session.key));
        let act = Act::new(at, &by, "sts:AssumeRole").asks(asked_for(&session)).gets(given);
        self.record(act.adding("resources", role_resource(&session)).adding("sharedEventID", shared));
        Identity::Session(session)
    }

    /// A pipeline of the forge shows its identity token.
    pub(super) fn web_identity_assumes(&mut self, at: Moment, role: &str, pipeline: &str) -> Identity {
        let subject = format!("repo:larkfield/{}", self.edition.name(pipeline));
        let session = self.session(at, STAGING, role, pipeline, &format!("{pipeline} {}", at.rfc3339()));
        let mut given = self.credentials(&session, SESSION_HOURS);
        given["audience"] = json!("sts.amazonaws.com");
        given["provider"] = json!("arn:aws:iam::444455556666:oidc-provider/forge.example.com");
        given["subjectFromWebIdentityToken"] = json!(subject);
        let by = Identity::Federated { account: STAGING, subject };
        let act = Act::new(at, &by, "sts:AssumeRoleWithWebIdentity").asks(asked_for(&session)).gets(given);
        self.record(act.adding("resources", role_resource(&session)));
        Identity::Session(session)
    }

    fn session(&self, at: Moment, account: &'static str, role: &str, name: &str, seed: &str) -> Session {
        Session {
            account,
            role: self.edition.name(role),
            name: name.to_owned(),
            key: self.edition.session_key(seed),
            since: at,
        }
    }

    fn credentials(&self, session: &Session, hours: i64) -> Value {
        let role_id = self.edition.principal_id("AROA", &format!("{} {}", session.account, session.role));
        json!({
            "assumedRoleUser": {
                "arn": session.arn(),
                "assumedRoleId": format!("{role_id}:{}", session.name),
            },
            "credentials": {
                "accessKeyId": session.key,
                "expiration": session.since.plus_hours(hours).english(),
                "sessionToken": session_token(),
            },
        })
    }
}

fn asked_for(session: &Session) -> Value {
    json!({ "durationSeconds": 3_600, "roleArn": session.role_arn(), "roleSessionName": session.name })
}

fn role_resource(session: &Session) -> Value {
    json!([{ "ARN": session.role_arn(), "accountId": session.account, "type": "AWS::IAM::Role" }])
}

/// Secrets and parameters.
impl Trail<'_> {
    /// The ARN of the secret called `name`.
    pub(super) fn secret(&self, account: &str, name: &str) -> String {
        let end = self.edition.letters("secret", &format!("{account} {name}"), 6);
        format!("arn:aws:secretsmanager:{REGION}:{account}:secret:{}-{end}", self.edition.name(name))
    }

    /// The id findings show a secret by.
    pub(super) fn secret_id(&self, name: &str) -> String {
        format!("{REGION}/{}", self.edition.name(name))
    }

    pub(super) fn create_secret(&mut self, at: Moment, by: &Identity, name: &str) {
        let version = self.edition.uuid(&format!("first version of {name}"));
        let plain = self.edition.name(name);
        let asked = json!({
            "clientRequestToken": version, "name": plain, "secretString": "HIDDEN_DUE_TO_SECURITY_REASONS",
        });
        let given = json!({ "arn": self.secret(by.account(), name), "name": plain, "versionId": version });
        self.record(Act::new(at, by, "secretsmanager:CreateSecret").asks(asked).gets(given));
    }

    pub(super) fn put_secret(&mut self, at: Moment, by: &Identity, name: &str, version: &str) {
        let arn = self.secret(by.account(), name);
        let asked = json!({
            "clientRequestToken": version,
            "secretId": arn,
            "secretString": "HIDDEN_DUE_TO_SECURITY_REASONS",
            "versionStages": ["AWSCURRENT"],
        });
        self.record(
            Act::new(at, by, "secretsmanager:PutSecretValue").asks(asked).gets(json!({ "arn": arn })),
        );
    }

    /// Reads a secret by its ARN; `version` asks for that one instead of the current.
    pub(super) fn get_secret(&mut self, at: Moment, by: &Identity, name: &str, version: Option<&str>) {
        let mut asked = json!({ "secretId": self.secret(by.account(), name) });
        if let Some(version) = version {
            asked["versionId"] = json!(version);
        }
        self.record(Act::new(at, by, "secretsmanager:GetSecretValue").asks(asked));
    }

    /// Reads a secret by its name, as most programs do.
    pub(super) fn get_secret_by_name(&mut self, at: Moment, by: &Identity, name: &str) {
        let asked = json!({ "secretId": self.edition.name(name), "versionStage": "AWSCURRENT" });
        self.record(Act::new(at, by, "secretsmanager:GetSecretValue").asks(asked));
    }

    /// What Secrets Manager says of a rotation (`RotationStarted`, `RotationSucceeded`, `RotationFailed`).
    pub(super) fn rotation(&mut self, at: Moment, name: &str, event: &str, error: Option<&str>) {
        let by = Identity::Service { account: PRODUCTION, name: "secretsmanager.amazonaws.com" };
        let arn = self.secret(PRODUCTION, name);
        let call = format!("secretsmanager:{event}");
        let mut act = Act::new(at, &by, &call).of_type("AwsServiceEvent");
        act.more.push(("additionalEventData", json!({ "SecretId": arn })));
        act.more.push(("requestID", json!(format!("Rotation-{arn}-{}", self.edition.uuid(&at.rfc3339())))));
        act.more.push((
            "userIdentity",
            json!({ "accountId": PRODUCTION, "invokedBy": "secretsmanager.amazonaws.com" }),
        ));
        act.more.extend(error.map(|text| ("errorMessage", json!(text))));
        self.record(act);
    }

    pub(super) fn get_parameter(&mut self, at: Moment, by: &Identity, name: &str) {
        let path = format!("/{}", self.edition.name(name));
        let arn = format!("arn:aws:ssm:{REGION}:{}:parameter{path}", by.account());
        let act = Act::new(at, by, "ssm:GetParameter").asks(json!({ "name": path, "withDecryption": true }));
        self.record(act.adding("resources", json!([{ "ARN": arn, "accountId": by.account() }])));
    }

    /// A service goes on with the caller's identity: a forward access session, with a key that is never seen
    /// again.
    pub(super) fn forwarded_decrypt(&mut self, at: Moment, caller: &Identity, service: &'static str) {
        let seed = format!("forwarded {:?} {}", caller.key(), at.rfc3339());
        let who = Identity::Forwarded {
            caller: Box::new(caller.clone()),
            key: self.edition.session_key(&seed),
            service,
        };
        let key =
            format!("arn:aws:kms:{REGION}:{}:key/{}", caller.account(), self.edition.uuid("the kms key"));
        let act =
            Act::new(at, &who, "kms:Decrypt").asks(json!({ "encryptionAlgorithm": "SYMMETRIC_DEFAULT" }));
        self.record(act.adding(
            "resources",
            json!([{
                "ARN": key, "accountId": caller.account(), "type": "AWS::KMS::Key",
            }]),
        ));
    }
}
