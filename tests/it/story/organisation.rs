//! Larkfield Freight: an invented haulier with two AWS accounts, one Vault and a handful of people.
//!
//! Accounts, addresses and names are the ones vendors keep for documentation.

/// The account that moves freight.
pub const PRODUCTION: &str = "111122223333";
/// The account that only pretends to.
pub const STAGING: &str = "444455556666";
pub const REGION: &str = "us-east-1";

/// The first day of the logs, and the day after their last.
pub const START: &str = "2025-11-01";
pub const END: &str = "2026-05-20";

/// The office's own exit to the internet.
pub const OFFICE: &str = "192.0.2.24";
/// The exit of the workloads in the production account.
pub const EGRESS: &str = "198.51.100.20";
/// The exit of the workloads in the staging account.
pub const STAGING_EGRESS: &str = "198.51.100.140";
/// Somebody else.
pub const STRANGER: &str = "203.0.113.77";

/// Somebody who works at Larkfield.
pub struct Person {
    pub user: &'static str,
    /// Where the VPN puts them.
    pub vpn: &'static str,
    pub policy: &'static str,
}

pub const ADA: Person = Person { user: "ada", vpn: "10.8.0.11", policy: "platform-admin" };
pub const TOMAS: Person = Person { user: "tomas", vpn: "10.8.0.12", policy: "on-call" };
pub const JONAS: Person = Person { user: "jonas", vpn: "10.8.0.13", policy: "security" };
pub const INES: Person = Person { user: "ines", vpn: "10.8.0.14", policy: "data-contractor" };
/// Joined in March 2026; has an AWS console password only.
pub const PRIYA: Person = Person { user: "priya", vpn: "10.8.0.15", policy: "finance" };

/// A workload that logs in to Vault with AppRole.
pub struct Service {
    pub role: &'static str,
    pub address: &'static str,
    pub policy: &'static str,
    /// The team its role metadata names.
    pub owner: &'static str,
    pub token_ttl_seconds: i64,
    /// The namespace its mounts live in; empty for the root namespace.
    pub namespace: &'static str,
}

const fn service(role: &'static str, address: &'static str, owner: &'static str) -> Service {
    Service { role, address, policy: role, owner, token_ttl_seconds: 3_600, namespace: "" }
}

pub const BILLING_API: Service = service("billing-api", "10.20.1.11", "team-billing");
pub const LEDGER_WORKER: Service = service("ledger-worker", "10.20.1.21", "team-billing");
pub const LEDGER_ARCHIVE: Service = service("ledger-archive", "10.20.1.22", "team-billing");
pub const FLEET_TRACKER: Service = service("fleet-tracker", "10.20.7.30", "team-fleet");
pub const LABEL_PRINTER: Service = service("label-printer", "10.20.9.5", "team-depot");
pub const DASHBOARDS: Service = service("dashboards", "10.20.3.40", "team-data");
pub const REPORT_LEGACY: Service = service("report-legacy", "10.20.3.41", "team-data");
/// Its tokens live 32 days, which the stories of May make use of.
pub const PARTNER_SYNC: Service =
    Service { token_ttl_seconds: 2_764_800, ..service("partner-sync", "10.20.4.9", "team-integration") };
pub const CARD_VAULT: Service =
    Service { namespace: "payments", ..service("card-vault", "10.20.5.2", "team-billing") };
