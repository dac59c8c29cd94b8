//! Who can appear in a history: credentials of all classes with their names, holders and makers.
//!
//! Holder, parent and place of one credential never contradict each other from record to record; records only
//! differ in how much they say. Two ids are equal on purpose: they lie in the name spaces of different kinds.

use tenure::kind::Kind;

use super::history::{AWS, NameText, VAULT};

/// One credential that histories speak of.
#[derive(Debug)]
pub struct Member {
    pub realm: &'static str,
    pub kind: Kind,
    pub names: &'static [NameText],
    pub principal: Option<&'static str>,
    pub parent: Option<NameText>,
    pub place: Option<&'static str>,
    pub session: Option<&'static str>,
}

const fn member(realm: &'static str, kind: Kind, names: &'static [NameText]) -> Member {
    Member { realm, kind, names, principal: None, parent: None, place: None, session: None }
}

impl Member {
    const fn of(mut self, principal: &'static str) -> Self {
        self.principal = Some(principal);
        self
    }

    const fn parent(mut self, parent: NameText) -> Self {
        self.parent = Some(parent);
        self
    }

    const fn place(mut self, place: &'static str) -> Self {
        self.place = Some(place);
        self
    }

    const fn session(mut self, session: &'static str) -> Self {
        self.session = Some(session);
        self
    }
}

const INSTANCE: &str = "arn:aws:sts::111122223333:assumed-role/app/i-0123456789abcdef0";

/// Everybody. Those that need each other stand side by side, so that a short stretch of the list is a good
/// cast.
pub static CAST: &[Member] = &[
    member(AWS, Kind::AwsAccessKey, &["AKIAIOSFODNN7EXAMPLE"]).of("alice"),
    member(AWS, Kind::AwsAccessKey, &["AKIAI44QH8DHBEXAMPLE"]).of("alice"),
    member(AWS, Kind::AwsAccessKey, &["AKIAI55QH8DHBEXAMPLE"]).of("alice").parent("AKIAIOSFODNN7EXAMPLE"),
    member(AWS, Kind::AwsSecret, &["app/db", "@app-db-arn"]),
    member(AWS, Kind::AwsRoleSession, &["ASIAIOSFODNN7EXAMPLE"]).of("role/app").session(INSTANCE),
    member(AWS, Kind::AwsRoleSession, &["ASIAI44QH8DHBEXAMPLE"]).of("role/app").session(INSTANCE),
    member(AWS, Kind::AwsConsolePassword, &["alice"]).of("alice"),
    member(AWS, Kind::AwsServiceSpecificCredential, &["ACCAEXAMPLE"]).of("alice"),
    member(VAULT, Kind::VaultToken, &["@root-accessor", "@root-hash"]).of("entity:root"),
    member(VAULT, Kind::VaultToken, &["@mid-accessor", "@mid-hash", "@mid-raw"])
        .of("entity:app")
        .parent("@root-hash")
        .place("auth/approle/login"),
    member(VAULT, Kind::VaultToken, &["@leaf-accessor", "@leaf-hash"])
        .of("entity:app")
        .parent("@mid-accessor"),
    member(VAULT, Kind::VaultLease, &["database/creds/app/1"]).of("entity:app").parent("@mid-hash"),
    member(VAULT, Kind::VaultSecretId, &["@sid1-accessor", "@sid1-hash"])
        .of("role/app")
        .place("auth/approle/role/app/secret-id"),
    member(VAULT, Kind::VaultSecretId, &["@sid2-accessor", "@sid2-hash"])
        .of("role/app")
        .parent("@mid-raw")
        .place("auth/approle/role/app/custom"),
    member(VAULT, Kind::VaultKvSecret, &["kv/app"]),
    member(VAULT, Kind::VaultStaticRole, &["database/static/app"]),
    member(VAULT, Kind::VaultTransitKey, &["kv/app"]),
    member(VAULT, Kind::VaultCertificate, &["pki/1", "@pki-serial"]).of("role/app"),
    member(VAULT, Kind::VaultRootCredential, &["database/config"]),
    member(VAULT, Kind::VaultUserPassword, &["app"]).of("entity:app"),
    // Their use shows only if it is logged. Thresholds of their source are those of Vault.
    member(VAULT, Kind::GithubToken, &["7", "@token-7"]).of("entity:app"),
    member(VAULT, Kind::GithubToken, &["8"]).of("entity:app"),
];

/// Texts that acts on many select by, each reaching some of the cast.
pub static PREFIXES: &[&str] =
    &["database/", "database/creds/app", "auth/approle/role/app/", "auth/approle/", "kv/"];
pub static PRINCIPALS: &[&str] = &["alice", "entity:app", "role/app"];
pub static PARENTS: &[NameText] =
    &["@root-hash", "@root-accessor", "@mid-accessor", "@mid-raw", "@leaf-hash"];

/// Addresses: two of one network, two more public ones, a private one.
pub static ADDRESSES: &[&str] = &["198.51.100.7", "198.51.100.250", "203.0.113.9", "192.0.2.4", "10.1.2.3"];

pub static VERSIONS: &[&str] = &["1", "2", "3"];
