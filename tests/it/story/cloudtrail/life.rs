//! The ordinary days of Larkfield's two AWS accounts. Nothing in here is worth a finding.

use serde_json::json;

use super::super::organisation::{END, OFFICE, PRIYA, PRODUCTION, STAGING, START};
use super::identity::Identity;
use super::{Act, Trail};

/// The instance that serves the freight application.
pub(super) const APP_INSTANCE: &str = "i-1234567890abcdef0";
/// The instance that runs batch jobs.
pub(super) const BATCH_INSTANCE: &str = "i-0abcdef1234567890";

const EC2: &str = "ec2.amazonaws.com";
const LAMBDA: &str = "lambda.amazonaws.com";
const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";

pub(super) fn live(log: &mut Trail<'_>) {
    app_server(log);
    batch_server(log);
    functions(log);
    ledger_rotations(log);
    staging_app(log);
    deployments(log);
    people(log);
    newcomer(log);
    log_delivery(log);
    odd_records(log);
}

/// Every morning the application's instance gets a key and reads the ledger's password. Now and then it comes
/// by the VPC endpoint, and Secrets Manager goes on to KMS in its name.
fn app_server(log: &mut Trail<'_>) {
    for (turn, at) in log.edition.every(1, START, END, "05:40", "app-server").into_iter().enumerate() {
        let session = log.service_assumes(at, EC2, (PRODUCTION, "app-server"), APP_INSTANCE, 1);
        log.get_secret(at.plus_minutes(2), &session, "prod/ledger/db", None);
        if turn % 5 == 1 {
            log.forwarded_decrypt(at.plus_minutes(2), &session, "secretsmanager.amazonaws.com");
        }
        if turn % 9 == 4 {
            let act = Act::new(at.plus_minutes(40), &session, "sqs:GetQueueAttributes").from("10.0.3.17");
            log.record(act.adding("vpcEndpointId", "vpce-0example1234567890"));
        }
    }
}

fn batch_server(log: &mut Trail<'_>) {
    for at in log.edition.every(3, START, END, "02:30", "batch-server") {
        let session = log.service_assumes(at, EC2, (PRODUCTION, "batch-server"), BATCH_INSTANCE, 1);
        log.use_key(at.plus_minutes(5), &session, "s3:ListBuckets");
    }
}

/// Functions that run every few days: one reads the partner's token and a parameter, one the key of the maps
/// service, which was made in January and is asked for by its name.
fn functions(log: &mut Trail<'_>) {
    for at in log.edition.every(4, START, END, "03:05", "partner-push") {
        let session = log.service_assumes(at, LAMBDA, (PRODUCTION, "partner-push"), "partner-push", 1);
        log.get_secret(at.plus_seconds(2), &session, "prod/partner/api-token", None);
        log.get_parameter(at.plus_seconds(3), &session, "fleet/endpoint");
    }
    let made = log.edition.at("2026-01-08T14:00:00Z");
    let ada = log.sign_in(made.plus_minutes(-6), PRODUCTION, "ada");
    log.create_secret(made, &ada, "prod/fleet/maps-key");
    for at in log.edition.every(6, "2026-01-09", END, "07:15", "route-maps") {
        let session = log.service_assumes(at, LAMBDA, (PRODUCTION, "route-maps"), "route-maps", 1);
        log.get_secret_by_name(at.plus_seconds(1), &session, "prod/fleet/maps-key");
    }
}

/// The ledger's password is rotated on the twelfth of each month; February and May are stories of their own.
fn ledger_rotations(log: &mut Trail<'_>) {
    for day in ["2025-11-12", "2025-12-12", "2026-01-12", "2026-03-12", "2026-04-12"] {
        let at = log.edition.at(&format!("{day}T01:00:00Z"));
        log.rotation(at, "prod/ledger/db", "RotationStarted", None);
        log.rotation(at.plus_seconds(41), "prod/ledger/db", "RotationSucceeded", None);
    }
}

fn staging_app(log: &mut Trail<'_>) {
    for at in log.edition.every(2, START, END, "06:50", "staging-app") {
        let session = log.service_assumes(at, LAMBDA, (STAGING, "staging-app"), "staging-app", 1);
        log.use_key(at.plus_seconds(5), &session, "dynamodb:ListTables");
    }
}

/// Wednesdays: the forge deploys to staging with its own identity, and production's deployer looks at the
/// result by a role of the other account; both trails have a record of that.
fn deployments(log: &mut Trail<'_>) {
    for at in log.edition.every(7, "2025-11-05", END, "14:20", "deployments") {
        let pipeline = log.web_identity_assumes(at, "deploy-from-forge", "freight-app");
        log.use_key(at.plus_minutes(1), &pipeline, "ecs:UpdateService");
        let release =
            log.assume_role(at.plus_minutes(8), &deployer(log), (PRODUCTION, "deployer"), "release");
        let visitor = log.assume_role(at.plus_minutes(9), &release, (STAGING, "release-reader"), "release");
        log.use_key(at.plus_minutes(10), &visitor, "ecs:DescribeServices");
    }
}

/// The user behind the deployer's role. Its key is older than the logs.
fn deployer(log: &Trail<'_>) -> Identity {
    log.user(PRODUCTION, "svc-release", "RELEASE22")
}

fn people(log: &mut Trail<'_>) {
    for (turn, at) in
        log.edition.every(7, "2025-11-03", END, "09:05", "ada at the console").into_iter().enumerate()
    {
        let ada = log.sign_in(at, PRODUCTION, "ada");
        log.use_key(at.plus_minutes(2), &ada, "iam:ListAccessKeys");
        if turn % 3 == 0 {
            log.forwarded_decrypt(at.plus_minutes(6), &ada, "AWS Internal");
        }
    }
    for at in log.edition.every(7, "2025-11-06", END, "10:15", "tomas at the console") {
        let tomas = log.sign_in(at, PRODUCTION, "tomas");
        log.use_key(at.plus_minutes(1), &tomas, "ec2:DescribeInstances");
    }
}

/// Priya joins in March, gets a password, changes it at once and looks at the bills every week.
fn newcomer(log: &mut Trail<'_>) {
    let at = log.edition.at("2026-03-02T09:30:00Z");
    let user = log.edition.name(PRIYA.user);
    let ada = log.sign_in(at.plus_minutes(-4), PRODUCTION, "ada");
    let made = json!({ "user": {
        "arn": format!("arn:aws:iam::{PRODUCTION}:user/{user}"),
        "createDate": at.english(),
        "path": "/",
        "userId": log.edition.principal_id("AIDA", &format!("{PRODUCTION} {user}")),
        "userName": user,
    }});
    log.record(Act::new(at, &ada, "iam:CreateUser").asks(json!({ "userName": user })).gets(made));
    let profile = json!({ "loginProfile": {
        "createDate": at.english(), "passwordResetRequired": true, "userName": user,
    }});
    let asked = json!({ "passwordResetRequired": true, "userName": user });
    log.record(Act::new(at.plus_minutes(1), &ada, "iam:CreateLoginProfile").asks(asked).gets(profile));
    let priya = log.sign_in(at.plus_minutes(40), PRODUCTION, PRIYA.user);
    log.use_key(at.plus_minutes(41), &priya, "iam:ChangePassword");
    for at in log.edition.every(7, "2026-03-10", END, "11:20", "priya") {
        let priya = log.sign_in(at, PRODUCTION, PRIYA.user);
        log.use_key(at.plus_minutes(3), &priya, "ce:GetCostAndUsage");
    }
}

/// CloudTrail itself: most of a real trail, and no credential in it.
fn log_delivery(log: &mut Trail<'_>) {
    for (account, clock) in [(PRODUCTION, "23:52"), (STAGING, "23:48")] {
        let by = Identity::Service { account, name: CLOUDTRAIL };
        for at in log.edition.every(if account == STAGING { 3 } else { 1 }, START, END, clock, "log delivery")
        {
            let shared = log.edition.uuid(&format!("delivery {account} {}", at.rfc3339()));
            let asked = json!({ "Host": "larkfield-trails.s3.us-east-1.amazonaws.com", "acl": "",
                                "bucketName": "larkfield-trails" });
            let act = Act::new(at, &by, "s3:GetBucketAcl").asks(asked).adding("sharedEventID", shared);
            log.record(act);
        }
    }
}

/// Records a reader must get over: a key id masked on the way, and a call that policy refuses.
fn odd_records(log: &mut Trail<'_>) {
    let masked = Identity::User {
        account: PRODUCTION,
        user: log.edition.name("svc-scanner"),
        key: "AKIA****************".to_owned(),
    };
    for at in log.edition.every(30, "2025-11-18", END, "12:00", "scanner") {
        log.record(Act::new(at, &masked, "iam:ListUsers").from(OFFICE));
    }
    let release = deployer(log);
    for at in log.edition.every(28, "2025-11-20", END, "16:30", "denied") {
        let text = format!(
            "User: arn:aws:iam::{PRODUCTION}:user/{} is not authorized to perform: iam:ListRoles",
            log.edition.name("svc-release")
        );
        log.record(Act::new(at, &release, "iam:ListRoles").denied(&text));
    }
}
