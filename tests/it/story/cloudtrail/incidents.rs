//! What went wrong in AWS, one function a story, each with the findings it must give.

use super::super::expectation::Expectation;
use super::super::organisation::{END, PRODUCTION, STAGING, START, STRANGER};
use super::identity::Identity;
use super::life::{APP_INSTANCE, BATCH_INSTANCE};
use super::{Act, Trail};

const EC2: &str = "ec2.amazonaws.com";

pub(super) fn happen(log: &mut Trail<'_>) -> Vec<Expectation> {
    let mut found = vec![
        invoice_export_left_behind(log),
        ftp_bridge_put_away(log),
        partner_key_never_used(log),
        trial_key_never_used(log),
        crm_password_never_read(log),
        metrics_key_grows_old(log),
        route_planner_key_grows_old(log),
        etl_key_replaced(log),
        deploy_bot_with_two_keys(log),
        fleet_with_two_keys(log),
        backup_key_after_its_end(log),
        partner_token_of_last_winter(log),
        instance_key_abroad(log),
        batch_key_at_a_partner(log),
    ];
    found.extend(ledger_rotation_fails(log));
    found.extend(load_test_wakes_up(log));
    found.extend(archive_wakes_up(log));
    found.extend(root_signs_in(log));
    found
}

/// The access key whose middle is `nine`.
fn key(log: &Trail<'_>, nine: &str) -> String {
    log.edition.access_key(nine)
}

/// One call every `days` days with a key, from the usual place.
fn steady(
    log: &mut Trail<'_>,
    who: &Identity,
    days: i64,
    (from, until): (&str, &str),
    clock: &str,
    call: &str,
) {
    let job = format!("{:?} {call}", who.key());
    for at in log.edition.every(days, from, until, clock, &job) {
        log.use_key(at, who, call);
    }
}

/// L01: the nightly invoice export ran with a key until 29 March; its successor has a role, the key stays.
fn invoice_export_left_behind(log: &mut Trail<'_>) -> Expectation {
    let export = log.user(PRODUCTION, "svc-invoice-export", "IOSFODNN7");
    steady(log, &export, 1, (START, "2026-03-30"), "04:11", "s3:ListBuckets");
    for at in log.edition.every(2, "2026-03-30", END, "04:11", "invoice-export") {
        let session = log.service_assumes(
            at,
            "lambda.amazonaws.com",
            (PRODUCTION, "invoice-export"),
            "invoice-export",
            1,
        );
        log.use_key(at.plus_seconds(4), &session, "s3:ListBuckets");
    }
    Expectation::open("L01", &key(log, "IOSFODNN7"), "2026-05-13")
}

/// L01, closed: last used on 8 January, found on 22 February, made inactive on 2 March and deleted.
fn ftp_bridge_put_away(log: &mut Trail<'_>) -> Expectation {
    let bridge = log.user(PRODUCTION, "svc-ftp-bridge", "FTPBRIDGE");
    steady(log, &bridge, 4, ("2025-11-01", "2026-01-09"), "08:20", "s3:ListBuckets");
    log.use_key(log.edition.at("2026-01-08T17:40:00Z"), &bridge, "s3:GetBucketLocation");
    let tomas = log.sign_in(log.edition.at("2026-03-02T13:00:00Z"), PRODUCTION, "tomas");
    log.deactivate_key(log.edition.at("2026-03-02T13:05:00Z"), &tomas, "svc-ftp-bridge", "FTPBRIDGE");
    let tomas = log.sign_in(log.edition.at("2026-03-20T13:00:00Z"), PRODUCTION, "tomas");
    log.delete_key(log.edition.at("2026-03-20T13:05:00Z"), &tomas, "svc-ftp-bridge", "FTPBRIDGE");
    Expectation::resolved("L01", &key(log, "FTPBRIDGE"), "2026-02-22")
}

/// L02: made on 10 April for a partner who never called.
fn partner_key_never_used(log: &mut Trail<'_>) -> Expectation {
    let at = log.edition.at("2026-04-10T10:00:00Z");
    let ada = log.sign_in(at.plus_minutes(-5), PRODUCTION, "ada");
    log.create_key(at, &ada, "svc-partner-edi", "PARTNERED");
    Expectation::open("L02", &key(log, "PARTNERED"), "2026-05-10")
}

/// L02, closed: made on 5 January to try something, found on 4 February, deleted on 9 February.
fn trial_key_never_used(log: &mut Trail<'_>) -> Expectation {
    let at = log.edition.at("2026-01-05T11:00:00Z");
    let tomas = log.sign_in(at.plus_minutes(-5), PRODUCTION, "tomas");
    log.create_key(at, &tomas, "svc-trial", "TRIALKEY2");
    let gone = log.edition.at("2026-02-09T11:30:00Z");
    let tomas = log.sign_in(gone.plus_minutes(-5), PRODUCTION, "tomas");
    log.delete_key(gone, &tomas, "svc-trial", "TRIALKEY2");
    Expectation::resolved("L02", &key(log, "TRIALKEY2"), "2026-02-04")
}

/// L02: a secret put into staging on 5 February that nobody has read in 90 days.
fn crm_password_never_read(log: &mut Trail<'_>) -> Expectation {
    let at = log.edition.at("2026-02-05T09:00:00Z");
    let ada = log.sign_in(at.plus_minutes(-9), PRODUCTION, "ada");
    let admin = log.assume_role(at.plus_minutes(-1), &ada, (STAGING, "platform-admin"), "ada");
    log.create_secret(at, &admin, "staging/old-crm/password");
    Expectation::open("L02", &log.secret_id("staging/old-crm/password"), "2026-05-06")
}

/// L03: made on 5 November, in use every other day ever since; Medium since its 180th day. Older than the
/// adoption of Tenure, so it counts as baseline.
fn metrics_key_grows_old(log: &mut Trail<'_>) -> Expectation {
    let at = log.edition.at("2025-11-05T15:00:00Z");
    let ada = log.sign_in(at.plus_minutes(-5), PRODUCTION, "ada");
    log.create_key(at, &ada, "svc-metrics", "I44QH8DHB");
    let metrics = log.user(PRODUCTION, "svc-metrics", "I44QH8DHB");
    steady(log, &metrics, 2, ("2025-11-06", END), "00:30", "monitoring:ListMetrics");
    Expectation::open("L03", &key(log, "I44QH8DHB"), "2026-02-03")
}

/// L03: made on 12 January, 90 days old on 12 April.
fn route_planner_key_grows_old(log: &mut Trail<'_>) -> Expectation {
    let at = log.edition.at("2026-01-12T10:00:00Z");
    let ada = log.sign_in(at.plus_minutes(-5), PRODUCTION, "ada");
    log.create_key(at, &ada, "svc-route-planner", "ROUTEPLAN");
    let planner = log.user(PRODUCTION, "svc-route-planner", "ROUTEPLAN");
    steady(log, &planner, 3, ("2026-01-13", END), "01:10", "geo:ListMaps");
    Expectation::open("L03", &key(log, "ROUTEPLAN"), "2026-04-12")
}

/// L03, closed: made on 20 November, over-age on 18 February, replaced on 4 March.
fn etl_key_replaced(log: &mut Trail<'_>) -> Expectation {
    let at = log.edition.at("2025-11-20T10:00:00Z");
    let ada = log.sign_in(at.plus_minutes(-5), PRODUCTION, "ada");
    log.create_key(at, &ada, "svc-etl", "ETLFIRST2");
    let first = log.user(PRODUCTION, "svc-etl", "ETLFIRST2");
    steady(log, &first, 3, ("2025-11-21", "2026-03-04"), "02:00", "glue:GetDatabases");
    let replaced = log.edition.at("2026-03-04T09:00:00Z");
    let ada = log.sign_in(replaced.plus_minutes(-5), PRODUCTION, "ada");
    log.create_key(replaced, &ada, "svc-etl", "ETLSECOND");
    let second = log.user(PRODUCTION, "svc-etl", "ETLSECOND");
    log.use_key(replaced.plus_hours(1), &second, "glue:GetDatabases");
    let ada = log.sign_in(replaced.plus_days(1), PRODUCTION, "ada");
    log.delete_key(replaced.plus_days(1).plus_minutes(4), &ada, "svc-etl", "ETLFIRST2");
    steady(log, &second, 3, ("2026-03-07", END), "02:00", "glue:GetDatabases");
    Expectation::resolved("L03", &key(log, "ETLFIRST2"), "2026-02-18")
}

/// L04: the ledger's password could not be rotated on 18 February (it was, a day later) and on 12 May (it was
/// not).
fn ledger_rotation_fails(log: &mut Trail<'_>) -> Vec<Expectation> {
    let text = "Failed to rotate the secret: the function could not connect to the database";
    for (at, event, error) in [
        ("2026-02-18T01:00:00Z", "RotationStarted", None),
        ("2026-02-18T01:03:10Z", "RotationFailed", Some(text)),
        ("2026-02-19T09:30:00Z", "RotationStarted", None),
        ("2026-02-19T09:30:44Z", "RotationSucceeded", None),
        ("2026-05-12T01:00:00Z", "RotationStarted", None),
        ("2026-05-12T01:03:22Z", "RotationFailed", Some(text)),
    ] {
        log.rotation(log.edition.at(at), "prod/ledger/db", event, error);
    }
    let secret = log.secret_id("prod/ledger/db");
    vec![Expectation::resolved("L04", &secret, "2026-02-18"), Expectation::open("L04", &secret, "2026-05-12")]
}

/// L10: deploy-bot's new key is in use since 2 May, and so is the old one, a week later and until the end.
fn deploy_bot_with_two_keys(log: &mut Trail<'_>) -> Expectation {
    let old = log.user(PRODUCTION, "deploy-bot", "DEPLOYOLD");
    steady(log, &old, 3, (START, "2026-05-01"), "03:20", "ecs:ListServices");
    steady(log, &old, 1, ("2026-05-01", END), "03:20", "ecs:ListServices");
    let made = log.edition.at("2026-05-01T09:30:00Z");
    let ada = log.sign_in(made.plus_minutes(-5), PRODUCTION, "ada");
    log.create_key(made, &ada, "deploy-bot", "DEPLOYNEW");
    let new = log.user(PRODUCTION, "deploy-bot", "DEPLOYNEW");
    steady(log, &new, 1, ("2026-05-02", END), "09:30", "ecs:UpdateService");
    Expectation::open("L10", &key(log, "DEPLOYOLD"), "2026-05-10")
}

/// L10, closed: the same with svc-fleet in March, until the old key is deleted.
fn fleet_with_two_keys(log: &mut Trail<'_>) -> Expectation {
    let old = log.user(PRODUCTION, "svc-fleet", "FLEETOLD2");
    steady(log, &old, 4, (START, "2026-02-25"), "06:00", "iot:ListThings");
    steady(log, &old, 1, ("2026-02-25", "2026-03-14"), "06:00", "iot:ListThings");
    let made = log.edition.at("2026-02-25T09:00:00Z");
    let ada = log.sign_in(made.plus_minutes(-5), PRODUCTION, "ada");
    log.create_key(made, &ada, "svc-fleet", "FLEETNEW2");
    let new = log.user(PRODUCTION, "svc-fleet", "FLEETNEW2");
    steady(log, &new, 2, ("2026-02-26", END), "10:00", "iot:ListThings");
    let gone = log.edition.at("2026-03-14T09:00:00Z");
    let ada = log.sign_in(gone.plus_minutes(-5), PRODUCTION, "ada");
    log.delete_key(gone, &ada, "svc-fleet", "FLEETOLD2");
    Expectation::resolved("L10", &key(log, "FLEETOLD2"), "2026-03-06")
}

/// V01: on 19 May Tomas deletes the key of the backup mirror; 22 and 49 minutes later it is still accepted.
/// IAM needs seconds to forget a key, seldom minutes: either the deletion has not reached every region, or it
/// is a second key that goes by the same name.
fn backup_key_after_its_end(log: &mut Trail<'_>) -> Expectation {
    let mirror = log.user(PRODUCTION, "svc-backup-mirror", "BACKUPMIR");
    steady(log, &mirror, 3, (START, "2026-05-19"), "22:10", "s3:ListBuckets");
    let at = log.edition.at("2026-05-19T14:02:11Z");
    let tomas = log.sign_in(at.plus_minutes(-7), PRODUCTION, "tomas");
    log.delete_key(at, &tomas, "svc-backup-mirror", "BACKUPMIR");
    log.use_key(at.plus_minutes(22), &mirror, "s3:ListBuckets");
    log.use_key(at.plus_minutes(49), &mirror, "s3:ListBuckets");
    Expectation::open("V01", &key(log, "BACKUPMIR"), "2026-05-19")
}

/// V03, closed: the partner's token is replaced on 1 March; a script asks for last winter's version by its id
/// until 5 March.
fn partner_token_of_last_winter(log: &mut Trail<'_>) -> Expectation {
    let secret = "prod/partner/api-token";
    let [winter, spring] = ["winter", "spring"].map(|season| log.edition.uuid(&format!("{secret} {season}")));
    for (at, version) in [("2026-01-12T09:00:00Z", &winter), ("2026-03-01T09:00:00Z", &spring)] {
        let at = log.edition.at(at);
        let ada = log.sign_in(at.plus_minutes(-5), PRODUCTION, "ada");
        log.put_secret(at, &ada, secret, version);
    }
    for at in ["2026-02-20T18:00:00Z", "2026-03-03T18:00:00Z", "2026-03-05T18:00:00Z"] {
        let at = log.edition.at(at);
        let script =
            log.service_assumes(at, "lambda.amazonaws.com", (PRODUCTION, "partner-report"), "report", 1);
        log.get_secret(at.plus_seconds(5), &script, secret, Some(&winter));
    }
    Expectation::resolved("V03", &log.secret_id(secret), "2026-03-03")
}

/// L01, then V05: the load test of staging had slept since 12 March when its key was used again on 15 May.
fn load_test_wakes_up(log: &mut Trail<'_>) -> Vec<Expectation> {
    let test = log.user(STAGING, "svc-loadtest", "LOADTEST2");
    steady(log, &test, 6, ("2025-11-06", "2026-03-13"), "20:00", "ec2:DescribeInstances");
    log.use_key(log.edition.at("2026-03-12T20:30:00Z"), &test, "ec2:DescribeInstances");
    steady(log, &test, 2, ("2026-05-15", END), "20:00", "ec2:DescribeInstances");
    let key = key(log, "LOADTEST2");
    vec![Expectation::resolved("L01", &key, "2026-04-26"), Expectation::open("V05", &key, "2026-05-15")]
}

/// The same in production from 3 January to 17 March; a week of ordinary use closed it.
fn archive_wakes_up(log: &mut Trail<'_>) -> Vec<Expectation> {
    let archive = log.user(PRODUCTION, "svc-archive", "ARCHIVE22");
    steady(log, &archive, 7, ("2025-11-01", "2026-01-04"), "21:00", "glacier:ListVaults");
    steady(log, &archive, 7, ("2026-03-17", END), "21:00", "glacier:ListVaults");
    let key = key(log, "ARCHIVE22");
    vec![Expectation::resolved("L01", &key, "2026-02-17"), Expectation::resolved("V05", &key, "2026-03-17")]
}

/// P01: the owner of the production account signs in, with a second factor, on 20 April and on 16 May.
fn root_signs_in(log: &mut Trail<'_>) -> Vec<Expectation> {
    for at in ["2026-04-20T09:12:00Z", "2026-05-16T09:12:00Z"] {
        let at = log.edition.at(at);
        let root = log.root_signs_in(at, PRODUCTION);
        log.use_key(at.plus_minutes(3), &root, "account:GetContactInformation");
        log.use_key(at.plus_minutes(9), &root, "billing:GetBillingData");
    }
    vec![Expectation::resolved("P01", "root", "2026-04-20"), Expectation::open("P01", "root", "2026-05-16")]
}

/// B11: on 15 May a second key of the application's instance is used by somebody else, from somewhere else.
fn instance_key_abroad(log: &mut Trail<'_>) -> Expectation {
    let at = log.edition.at("2026-05-15T11:40:00Z");
    let stolen = log.service_assumes(at, EC2, (PRODUCTION, "app-server"), APP_INSTANCE, 2);
    for (minute, call) in
        [(21, "sts:GetCallerIdentity"), (23, "s3:ListBuckets"), (26, "ec2:DescribeInstances")]
    {
        log.record(abroad(at.plus_minutes(minute), &stolen, call));
    }
    Expectation::open("B11", &arn(&stolen), "2026-05-15")
}

/// B11, closed: on 5 March an engineer copied a key of the batch instance to a laptop at a partner's to look
/// at a failed job.
fn batch_key_at_a_partner(log: &mut Trail<'_>) -> Expectation {
    let at = log.edition.at("2026-03-05T15:00:00Z");
    let copied = log.service_assumes(at, EC2, (PRODUCTION, "batch-server"), BATCH_INSTANCE, 2);
    for minute in [10, 32] {
        log.record(abroad(at.plus_minutes(minute), &copied, "s3:ListBuckets"));
    }
    Expectation::resolved("B11", &arn(&copied), "2026-03-05")
}

fn abroad<'a>(at: super::Moment, who: &'a Identity, call: &'a str) -> Act<'a> {
    Act::new(at, who, call)
        .from(STRANGER)
        .with_agent("Boto3/1.34.0 md/Botocore#1.34.0 ua/2.0 os/linux lang/python#3.11.2")
}

fn arn(who: &Identity) -> String {
    let Identity::Session(session) = who else { panic!("only a role has a session") };
    session.arn()
}
