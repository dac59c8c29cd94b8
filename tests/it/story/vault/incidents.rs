//! What went wrong in Vault, one function a story, each with the findings it must give.

use super::super::expectation::Expectation;
use super::super::organisation::{
    ADA, DASHBOARDS, FLEET_TRACKER, INES, JONAS, LABEL_PRINTER, PARTNER_SYNC, STRANGER, Service, TOMAS,
};
use super::Device;
use super::calls::Seat;

/// Version 7 of `secret/ledger/db` is written.
pub(super) const LEDGER_PASSWORD_REPLACED: &str = "2026-05-10T08:00:00Z";
/// All leases of the role `reporting` end.
pub(super) const REPORTING_LEASES_REVOKED: &str = "2026-04-08T15:30:00Z";

const DAY_SECONDS: i64 = 86_400;

pub(super) fn happen(log: &mut Device<'_>) -> Vec<Expectation> {
    let mut found = vec![
        drill_that_never_was(log),
        fleet_secret_id_near_its_end(log),
        gateway_certificate_near_its_end(log),
        depot_certificate_replaced(log),
        printer_behind_the_times(log),
        archive_reads_the_old_password(log),
        stolen_token_after_its_end(log),
        cron_job_that_nobody_told(log),
        emergency_root(log),
    ];
    found.extend(forgotten_report(log));
    found.extend(renewals_that_went_missing(log));
    contractor_leaves(log);
    reporting_leases_revoked(log);
    found
}

/// L01, twice: report-legacy logged in every second day until 15 January, then never again, and nobody else
/// reads its template. The days in February for which there is no log are not counted as silence, so the
/// secret-id's 45 days end on 5 March, the template's 90 on 19 April.
fn forgotten_report(log: &Device<'_>) -> Vec<Expectation> {
    let template = format!("secret/{}", log.edition.name("reports/template"));
    vec![
        Expectation::open("L01", &log.secret_id("report-legacy founding"), "2026-03-05"),
        Expectation::open("L01", &template, "2026-04-19"),
    ]
}

/// L02: Tomas prepares a secret-id for a recovery drill on 20 March; the drill is put off, the secret-id
/// stays.
fn drill_that_never_was(log: &mut Device<'_>) -> Expectation {
    const DRILL: Service = Service { role: "recovery-drill", ..DASHBOARDS };
    let at = log.edition.at("2026-03-20T10:00:00Z");
    let tomas = log.userpass_login(at, &TOMAS);
    log.issue_secret_id(at.plus_minutes(5), &tomas, &DRILL, "recovery-drill", 0);
    Expectation::open("L02", &log.secret_id_accessor("recovery-drill"), "2026-04-19")
}

/// L05: the secret-id of fleet-tracker, in use, was made on 23 January for 120 days. A tenth of that is 12
/// days.
fn fleet_secret_id_near_its_end(log: &mut Device<'_>) -> Expectation {
    let at = log.edition.at("2026-01-23T09:00:00Z");
    let ada = log.userpass_login(at.plus_minutes(-10), &ADA);
    log.issue_secret_id(at, &ada, &FLEET_TRACKER, "fleet-tracker 2026", 120 * DAY_SECONDS);
    let restarted = log.approle_login(at.plus_hours(1), &FLEET_TRACKER, "fleet-tracker 2026");
    log.kv_read(at.plus_minutes(61), &restarted, "fleet/maps", 2);
    log.destroy_secret_id(at.plus_minutes(90), &ada, &FLEET_TRACKER, "fleet-tracker 2025");
    Expectation::open("L05", &log.secret_id_accessor("fleet-tracker 2026"), "2026-05-11")
}

/// L05: the partner gateway's certificate of 25 February lives 90 days; nobody has asked for the next one.
fn gateway_certificate_near_its_end(log: &mut Device<'_>) -> Expectation {
    let at = log.edition.at("2026-02-25T08:00:00Z");
    let ada = log.userpass_login(at.plus_minutes(-5), &ADA);
    log.issue_certificate(at, &ada, "partner-gateway", 90);
    Expectation::open("L05", &log.certificate("partner-gateway", at), "2026-05-17")
}

/// L05, closed: the depot's certificate was close to its end on 30 January; on 3 February it was replaced and
/// revoked.
fn depot_certificate_replaced(log: &mut Device<'_>) -> Expectation {
    let at = log.edition.at("2025-11-10T08:00:00Z");
    let ada = log.userpass_login(at.plus_minutes(-5), &ADA);
    log.issue_certificate(at, &ada, "depot", 90);
    let replaced = log.edition.at("2026-02-03T13:00:00Z");
    let ada = log.userpass_login(replaced.plus_minutes(-5), &ADA);
    log.issue_certificate(replaced, &ada, "depot", 20);
    let serial = log.certificate("depot", at);
    log.revoke_certificate(replaced.plus_minutes(15), &ada, &serial);
    Expectation::resolved("L05", &serial, "2026-01-30")
}

/// V01, closed: Ada destroys label-printer's old secret-id on 17 March at 10:00; at 10:09 a node that has not
/// heard of it yet still takes it. A day without another success closes it.
fn printer_behind_the_times(log: &mut Device<'_>) -> Expectation {
    let at = log.edition.at("2026-03-17T10:00:00Z");
    let ada = log.userpass_login(at.plus_minutes(-20), &ADA);
    log.issue_secret_id(at.plus_minutes(-10), &ada, &LABEL_PRINTER, "label-printer 2026", 0);
    log.destroy_secret_id(at, &ada, &LABEL_PRINTER, "label-printer founding");
    let late = log.approle_login(at.plus_minutes(9), &LABEL_PRINTER, "label-printer founding");
    log.kv_read(at.plus_minutes(10), &late, "depot/printers", 1);
    let restarted = log.approle_login(at.plus_minutes(30), &LABEL_PRINTER, "label-printer 2026");
    log.kv_read(at.plus_minutes(31), &restarted, "depot/printers", 1);
    Expectation::resolved("V01", &log.secret_id("label-printer founding"), "2026-03-17")
}

/// V03: the ledger's password is replaced on 10 May; ledger-archive goes on reading version 6, a day later
/// and until the end.
fn archive_reads_the_old_password(log: &mut Device<'_>) -> Expectation {
    let at = log.edition.at(LEDGER_PASSWORD_REPLACED);
    let ada = log.userpass_login(at.plus_minutes(-5), &ADA);
    log.kv_write(at, &ada, "ledger/db", 7);
    Expectation::open("V03", &format!("secret/{}", log.edition.name("ledger/db")), "2026-05-11")
}

/// V02: the token of nightly-report lives three days and is renewed every second day. Once a renewal falls
/// into the days without a log (closed by the next one that is seen); and since 15 May renewals go through a
/// node whose log is not shipped, so the token is in use after the end the log knows of.
fn renewals_that_went_missing(log: &mut Device<'_>) -> Vec<Expectation> {
    let made = log.edition.at("2026-01-15T01:50:00Z");
    let ada = log.userpass_login(made.plus_minutes(-5), &ADA);
    let token = log.create_periodic(made, &ada, "nightly-report", 3 * DAY_SECONDS);
    let seat = Seat { token, address: "10.20.3.44" };
    for at in log.edition.every(2, "2026-01-15", "2026-05-16", "02:00", "nightly-report renews") {
        log.renew_self(at, &seat);
    }
    for (days, from, until, clock) in [
        (2, "2026-01-15", "2026-05-17", "14:10"),
        (1, "2026-05-17", "2026-05-20", "14:10"),
        (1, "2026-05-19", "2026-05-20", "02:10"),
    ] {
        for at in log.edition.every(days, from, until, clock, "nightly-report") {
            log.kv_read(at, &seat, "reports/nightly", 1);
        }
    }
    let accessor = log.edition.handle("accessor nightly-report");
    vec![
        Expectation::resolved("V02", &accessor, "2026-02-14"),
        Expectation::open("V02", &accessor, "2026-05-18"),
    ]
}

/// V07: on 19 May Jonas revokes the token of partner-sync; half an hour later somebody at an address nobody
/// has seen before tries it nine times.
fn stolen_token_after_its_end(log: &mut Device<'_>) -> Expectation {
    let made = log.edition.at("2026-05-02T06:00:00Z");
    let ada = log.userpass_login(made.plus_minutes(-30), &ADA);
    log.issue_secret_id(made.plus_minutes(-20), &ada, &PARTNER_SYNC, "partner-sync", 0);
    let seat = log.approle_login(made, &PARTNER_SYNC, "partner-sync");
    for at in log.edition.every(1, "2026-05-02", "2026-05-19", "06:05", "partner-sync") {
        log.kv_read(at, &seat, "partner/edi", 5);
    }
    let revoked = log.edition.at("2026-05-19T07:10:00Z");
    let jonas = log.userpass_login(revoked.plus_minutes(-4), &JONAS);
    log.revoke_by_accessor(revoked, &jonas, &seat.token);
    for attempt in 0..9 {
        log.try_dead_token(revoked.plus_minutes(31 + 2 * attempt), &seat.token, STRANGER, "partner/edi");
    }
    Expectation::open("V07", &log.edition.handle(&format!("accessor {}", seat.token.name)), "2026-05-19")
}

/// V07, closed: a token that a cron job of fleet-tracker kept in a file is revoked on 11 March; the job tries
/// it every half an hour until somebody switches it off.
fn cron_job_that_nobody_told(log: &mut Device<'_>) -> Expectation {
    let made = log.edition.at("2026-03-11T06:00:00Z");
    let cron = Service { address: "10.20.7.31", token_ttl_seconds: DAY_SECONDS, ..FLEET_TRACKER };
    let seat = log.approle_login(made, &cron, "fleet-tracker 2026");
    log.kv_read(made.plus_minutes(1), &seat, "fleet/maps", 2);
    let revoked = made.plus_hours(3);
    let tomas = log.userpass_login(revoked.plus_minutes(-6), &TOMAS);
    log.revoke_by_token(revoked, &tomas, &seat.token);
    for attempt in 0..10 {
        log.try_dead_token(revoked.plus_minutes(15 + 30 * attempt), &seat.token, seat.address, "fleet/maps");
    }
    Expectation::resolved("V07", &log.edition.handle(&format!("accessor {}", seat.token.name)), "2026-03-11")
}

/// P01: on 14 May the key holders make a root token to repair a policy, use it for half an hour and end it.
fn emergency_root(log: &mut Device<'_>) -> Expectation {
    let at = log.edition.at("2026-05-14T10:00:00Z");
    let seat = Seat { token: log.generate_root(at, ADA.vpn), address: ADA.vpn };
    log.system(at.plus_minutes(6), &seat, "update", "sys/policies/acl/on-call");
    log.system(at.plus_minutes(9), &seat, "read", "sys/policies/acl/on-call");
    log.revoke_self(at.plus_minutes(31), &seat);
    Expectation::open("P01", "root", "2026-05-14")
}

/// No finding: Ines's contract ends on 15 April and her entity is disabled. Her browser tries twice more,
/// from where she always called.
fn contractor_leaves(log: &mut Device<'_>) {
    let at = log.edition.at("2026-04-15T10:00:00Z");
    let ines = log.userpass_login(at.plus_minutes(-50), &INES);
    log.kv_read(at.plus_minutes(-48), &ines, "data/warehouse", 1);
    let ada = log.userpass_login(at.plus_minutes(-3), &ADA);
    log.disable_entity(at, &ada, &INES);
    log.try_disabled(at.plus_minutes(25), &ines, "data/warehouse");
    log.userpass_refusal(at.plus_minutes(27), &INES, "permission denied");
}

/// No finding: on 8 April the reporting database moves, and all leases to the old one end with one call.
fn reporting_leases_revoked(log: &mut Device<'_>) {
    let at = log.edition.at(REPORTING_LEASES_REVOKED);
    let ada = log.userpass_login(at.plus_minutes(-2), &ADA);
    let path = format!("sys/leases/revoke-prefix/database/creds/{}", log.edition.name("reporting"));
    log.system(at, &ada, "update", &path);
}
