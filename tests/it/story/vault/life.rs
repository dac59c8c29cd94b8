//! The ordinary days of Larkfield's Vault. Nothing in here is worth a finding.

use super::super::calendar::Moment;
use super::super::organisation::{
    ADA, BILLING_API, CARD_VAULT, DASHBOARDS, END, FLEET_TRACKER, INES, JONAS, LABEL_PRINTER, LEDGER_ARCHIVE,
    LEDGER_WORKER, Person, REPORT_LEGACY, START, Service, TOMAS,
};
use super::Device;
use super::calls::{Seat, root_token};

/// The secret-ids of billing-api: one a month, replaced on the first; each is named after its month.
const BILLING_MONTHS: &[(&str, &str, &str)] = &[
    ("2025-11", START, "2025-12-02"),
    ("2025-12", "2025-12-02", "2026-01-02"),
    ("2026-01", "2026-01-02", "2026-02-02"),
    ("2026-02", "2026-02-02", "2026-03-02"),
    ("2026-03", "2026-03-02", "2026-04-02"),
    ("2026-04", "2026-04-02", "2026-05-02"),
    ("2026-05", "2026-05-02", END),
];

/// The version of `secret/billing/app` in November; every month has a new one.
const BILLING_FIRST_VERSION: u32 = 3;

pub(super) fn live(log: &mut Device<'_>) {
    founding(log);
    billing_api(log);
    billing_rotations(log);
    ledger_worker(log);
    ledger_archive(log);
    fleet_tracker(log);
    label_printer(log);
    dashboards(log);
    plain_reader(log, &REPORT_LEGACY, 2, ("2025-11-02", "2026-01-16"), "06:30", ("reports/template", 1));
    plain_reader(log, &CARD_VAULT, 7, ("2025-11-07", END), "13:05", ("cards/hsm", 1));
    pipeline(log);
    people(log);
    upkeep(log);
}

/// The root token of the first days, before Larkfield uses Tenure: history, not a finding.
fn founding(log: &mut Device<'_>) {
    let opened = log.edition.at("2025-11-01T07:30:00Z");
    let seat = Seat { token: root_token("founding", opened), address: ADA.vpn };
    log.system(opened.plus_minutes(12), &seat, "update", "sys/mounts/transit");
    log.system(opened.plus_minutes(14), &seat, "update", "sys/policies/acl/platform-admin");
    log.revoke_self(log.edition.at("2025-11-03T16:00:00Z"), &seat);
}

/// Every morning billing-api logs in and reads its configuration; once a week it encrypts a batch of
/// invoices.
fn billing_api(log: &mut Device<'_>) {
    for (index, (month, from, until)) in (0..).zip(BILLING_MONTHS) {
        for (turn, at) in log.edition.every(1, from, until, "05:10", "billing-api").into_iter().enumerate() {
            let seat = log.approle_login(at, &BILLING_API, &format!("billing-api {month}"));
            log.kv_read(at.plus_seconds(4), &seat, "billing/app", BILLING_FIRST_VERSION + index);
            if turn % 7 == 3 {
                log.encrypt(at.plus_seconds(9), &seat, "invoices");
            }
        }
    }
}

/// On the first of a month Ada gives billing-api a new secret-id and a new configuration, and ends the old
/// one.
fn billing_rotations(log: &mut Device<'_>) {
    for (index, months) in (1..).zip(BILLING_MONTHS.windows(2)) {
        let [(old, ..), (new, ..)] = months else { continue };
        let at = log.edition.at(&format!("{new}-01T08:50:00Z"));
        let version = BILLING_FIRST_VERSION + index;
        let (old, new) = (format!("billing-api {old}"), format!("billing-api {new}"));
        let ada = log.userpass_login(at, &ADA);
        log.issue_secret_id(at.plus_minutes(10), &ada, &BILLING_API, &new, 0);
        log.kv_write(at.plus_minutes(12), &ada, "billing/app", version);
        let restarted = log.approle_login(at.plus_minutes(20), &BILLING_API, &new);
        log.kv_read(at.plus_minutes(21), &restarted, "billing/app", version);
        log.destroy_secret_id(at.plus_minutes(40), &ada, &BILLING_API, &old);
    }
}

/// Every second day ledger-worker takes database credentials, and gives them back or renews them.
fn ledger_worker(log: &mut Device<'_>) {
    let promoted = log.edition.at(super::incidents::LEDGER_PASSWORD_REPLACED);
    for (turn, at) in log.edition.every(2, START, END, "06:20", "ledger-worker").into_iter().enumerate() {
        let seat = log.approle_login(at, &LEDGER_WORKER, "ledger-worker founding");
        let lease = log.lease_database(at.plus_seconds(5), &seat, "ledger");
        if turn % 2 == 0 {
            log.renew_lease(at.plus_minutes(50), &seat, &lease);
        } else {
            log.revoke_lease(at.plus_minutes(55), &seat, &lease);
        }
        let version = if at < promoted { 6 } else { 7 };
        log.kv_read(at.plus_seconds(11), &seat, "ledger/db", version);
    }
}

/// ledger-archive has version 6 of the ledger's password written into its job, and nobody minds until May.
fn ledger_archive(log: &mut Device<'_>) {
    for (days, from, until) in [(3, START, "2026-05-09"), (1, "2026-05-09", END)] {
        for at in log.edition.every(days, from, until, "23:30", "ledger-archive") {
            let seat = log.approle_login(at, &LEDGER_ARCHIVE, "ledger-archive founding");
            log.kv_read(at.plus_seconds(3), &seat, "ledger/db", 6);
        }
    }
}

fn fleet_tracker(log: &mut Device<'_>) {
    for (secret_id, from, until) in
        [("fleet-tracker 2025", START, "2026-01-23"), ("fleet-tracker 2026", "2026-01-24", END)]
    {
        for (turn, at) in log.edition.every(3, from, until, "07:40", "fleet-tracker").into_iter().enumerate()
        {
            let seat = log.approle_login(at, &FLEET_TRACKER, secret_id);
            log.kv_read(at.plus_seconds(6), &seat, "fleet/maps", 2);
            if turn % 3 == 0 {
                log.issue_certificate(at.plus_seconds(20), &seat, "edge-gateway", 3);
            }
        }
    }
}

fn label_printer(log: &mut Device<'_>) {
    for (secret_id, from, until) in
        [("label-printer founding", START, "2026-03-17"), ("label-printer 2026", "2026-03-18", END)]
    {
        for at in log.edition.every(3, from, until, "11:00", "label-printer") {
            let seat = log.approle_login(at, &LABEL_PRINTER, secret_id);
            log.kv_read(at.plus_seconds(2), &seat, "depot/printers", 1);
        }
    }
}

/// Mondays: the credentials of a static role that Vault rotates each week, and until April a lease for
/// reporting.
fn dashboards(log: &mut Device<'_>) {
    let closed = log.edition.at(super::incidents::REPORTING_LEASES_REVOKED);
    let first_rotation = log.edition.at("2025-10-27T03:00:00Z");
    for at in log.edition.every(7, "2025-11-03", END, "09:15", "dashboards") {
        let seat = log.approle_login(at, &DASHBOARDS, "dashboards founding");
        log.static_credentials(at.plus_seconds(8), &seat, "dashboards", last_rotation(first_rotation, at));
        if at < closed {
            log.lease_database(at.plus_seconds(15), &seat, "reporting");
        }
    }
}

fn last_rotation(first: Moment, at: Moment) -> Moment {
    const WEEK_DAYS: i64 = 7;
    first.plus_days((at.day() - first.day()) / WEEK_DAYS * WEEK_DAYS)
}

/// A service that logs in and reads one secret.
fn plain_reader(
    log: &mut Device<'_>,
    service: &Service,
    days: i64,
    (from, until): (&str, &str),
    clock: &str,
    (path, version): (&str, u32),
) {
    let secret_id = format!("{} founding", service.role);
    for at in log.edition.every(days, from, until, clock, service.role) {
        let seat = log.approle_login(at, service, &secret_id);
        log.kv_read(at.plus_seconds(3), &seat, path, version);
    }
}

/// Tuesdays: the build pipeline with its batch token.
fn pipeline(log: &mut Device<'_>) {
    for at in log.edition.every(7, "2025-11-04", END, "15:20", "pipeline") {
        let seat = log.jwt_login(at, "forge", "10.20.2.8");
        log.kv_read(at.plus_seconds(7), &seat, "deploy/registry", 4);
    }
}

fn people(log: &mut Device<'_>) {
    for at in log.edition.every(7, "2025-11-03", END, "08:30", "ada") {
        let ada = log.userpass_login(at, &ADA);
        log.system(at.plus_minutes(3), &ada, "read", "sys/policies/acl/platform-admin");
    }
    for at in log.edition.every(14, "2025-11-04", END, "10:40", "jonas") {
        let jonas = log.userpass_login(at, &JONAS);
        log.system(at.plus_minutes(1), &jonas, "read", "sys/audit");
    }
    weekly_reader(log, &TOMAS, ("2025-11-06", END), "09:00", "oncall/pager");
    weekly_reader(log, &INES, ("2025-11-05", "2026-04-15"), "13:30", "data/warehouse");
    log.userpass_refusal(log.edition.at("2026-02-05T08:58:00Z"), &TOMAS, "invalid credentials");
    let curious = log.userpass_login(log.edition.at("2026-03-04T14:10:00Z"), &INES);
    log.kv_forbidden(log.edition.at("2026-03-04T14:12:00Z"), &curious, "ledger/db");
}

fn weekly_reader(
    log: &mut Device<'_>,
    person: &Person,
    (from, until): (&str, &str),
    clock: &str,
    path: &str,
) {
    for at in log.edition.every(7, from, until, clock, person.user) {
        let seat = log.userpass_login(at, person);
        log.kv_read(at.plus_minutes(2), &seat, path, 1);
    }
}

/// Ada changes what has to be changed: the database's root credential and, once, the barrier key.
fn upkeep(log: &mut Device<'_>) {
    for day in ["2025-12-01", "2026-01-28", "2026-03-27"] {
        let at = log.edition.at(&format!("{day}T14:00:00Z"));
        let ada = log.userpass_login(at, &ADA);
        log.rotate_database_root(at.plus_minutes(4), &ada);
    }
    let at = log.edition.at("2026-01-07T14:00:00Z");
    let ada = log.userpass_login(at, &ADA);
    log.system(at.plus_minutes(2), &ada, "update", "sys/rotate");
}
