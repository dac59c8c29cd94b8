//! Which engine a path belongs to, and where its mount ends.
//!
//! Mounts are renamed freely, so the type decides. It stands in the record since Vault 1.5, the mount itself
//! since 1.13; older records are told by the words that an engine's paths begin with (`creds/`, `data/`,
//! `issue/`).

use super::Handler;
use super::record::Request;
use super::{engine, identity, kv, pki, ssh, system, totp, transit};

/// A secrets engine: its paths after the mount begin with one of `words`.
pub struct Engine {
    pub mount_type: &'static str,
    pub words: &'static [&'static str],
    pub read: Handler,
}

const LEASING: &[&str] = &[
    "creds",
    "sts",
    "static-roles",
    "static-role",
    "static-creds",
    "static-cred",
    "rotate-role",
    "rotate-root",
    "reset",
    "config",
    "roles",
    "role",
    "roleset",
    "rolesets",
    "key",
    "token",
    "static-account",
    "impersonated-account",
    "library",
];
const KV: &[&str] =
    &["data", "metadata", "delete", "undelete", "destroy", "subkeys", "detailed-metadata", "config"];
const PKI: &[&str] = &[
    "issue",
    "sign",
    "sign-verbatim",
    "root",
    "intermediate",
    "issuer",
    "issuers",
    "revoke",
    "revoke-with-key",
    "cel",
    "ca",
    "ca_chain",
    "cert",
    "certs",
    "crl",
    "config",
    "roles",
    "keys",
    "key",
    "tidy",
    "bundle",
];
const SSH: &[&str] =
    &["sign", "issue", "creds", "verify", "lookup", "roles", "config", "public_key", "issuers"];
const TOTP: &[&str] = &["keys", "code"];
const TRANSIT: &[&str] = &[
    "keys",
    "encrypt",
    "decrypt",
    "rewrap",
    "sign",
    "verify",
    "hmac",
    "datakey",
    "export",
    "backup",
    "restore",
    "hash",
    "random",
    "wrapping_key",
    "cache-config",
    "byok-export",
    "certs",
    "config",
];

const fn leasing(mount_type: &'static str) -> Engine {
    Engine { mount_type, words: LEASING, read: engine::read }
}

/// The engine of every type that is not listed: whatever it leases is still a lease.
static OTHER: Engine = leasing("");

/// Secrets engines by mount type, sorted.
static ENGINES: &[Engine] = &[
    leasing("ad"),
    leasing("alicloud"),
    leasing("aws"),
    leasing("azure"),
    leasing("consul"),
    Engine { mount_type: "cubbyhole", words: &[], read: |_, _| {} },
    leasing("database"),
    leasing("gcp"),
    Engine { mount_type: "generic", words: &[], read: kv::read_unversioned },
    Engine { mount_type: "identity", words: &[], read: identity::read },
    leasing("kubernetes"),
    Engine { mount_type: "kv", words: KV, read: kv::read },
    leasing("ldap"),
    leasing("mongodbatlas"),
    leasing("nomad"),
    Engine { mount_type: "ns_cubbyhole", words: &[], read: |_, _| {} },
    Engine { mount_type: "ns_identity", words: &[], read: identity::read },
    Engine { mount_type: "ns_system", words: &[], read: system::read },
    leasing("openldap"),
    Engine { mount_type: "pki", words: PKI, read: pki::read },
    leasing("rabbitmq"),
    Engine { mount_type: "ssh", words: SSH, read: ssh::read },
    Engine { mount_type: "system", words: &[], read: system::read },
    leasing("terraform"),
    Engine { mount_type: "totp", words: TOTP, read: totp::read },
    Engine { mount_type: "transit", words: TRANSIT, read: transit::read },
];

/// Words that tell the type of an engine by themselves, for records without one.
static TELLING: &[(&str, &[&str])] = &[
    ("database", &["creds", "static-creds", "static-roles", "rotate-role"]),
    ("kv", &["data", "metadata", "delete", "undelete", "destroy"]),
    ("pki", &["issue", "sign", "sign-verbatim", "root", "intermediate", "issuer", "revoke"]),
    ("totp", &["code"]),
    ("transit", &["keys", "encrypt", "decrypt", "rewrap", "datakey", "hmac", "verify"]),
];

/// Words behind the mount of an auth method.
const AUTH: &[&str] = &[
    "login",
    "role",
    "roles",
    "users",
    "user",
    "groups",
    "certs",
    "config",
    "oidc",
    "tidy",
    "map",
    "duo",
    "crls",
    "verify",
    "create",
    "lookup",
    "renew",
    "revoke",
    "accessors",
];

/// Built-in mounts, whose names are fixed.
static BUILT_IN: &[(&str, &str)] =
    &[("sys/", "system"), ("auth/token/", "token"), ("identity/", "identity"), ("cubbyhole/", "cubbyhole")];

/// Where a path lies.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// How much of the path is the mount, its slash included.
    pub mount_len: usize,
    /// The type where the record lacks it: a guess, empty where there is none.
    pub guess: &'static str,
}

impl Place {
    pub fn of(request: &Request<'_>) -> Self {
        let path = request.path.0.as_deref().unwrap_or_default();
        let stated = request.mount_type.0.as_deref();
        let namespace = request.namespace.0.path.0.as_deref().unwrap_or_default();
        let mount =
            request.mount_point.0.as_deref().map(|mount| mount.strip_prefix(namespace).unwrap_or(mount));
        if let Some(mount) = mount
            && path.starts_with(mount)
        {
            return Self { mount_len: mount.len(), guess: if stated.is_some() { "" } else { guess(path) } };
        }
        if let Some((mount, kind)) = BUILT_IN.iter().find(|(mount, _)| path.starts_with(mount)) {
            return Self { mount_len: mount.len(), guess: kind };
        }
        let guess = if stated.is_some() { "" } else { guess(path) };
        let words = match stated.unwrap_or(guess) {
            _ if path.starts_with("auth/") => AUTH,
            kind => engine_of(kind).words,
        };
        Self { mount_len: mount_len(path, words), guess }
    }
}

/// The engine of a mount type.
pub fn engine_of(mount_type: &str) -> &'static Engine {
    let found = ENGINES.binary_search_by(|engine| engine.mount_type.cmp(mount_type));
    found.ok().and_then(|at| ENGINES.get(at)).unwrap_or(&OTHER)
}

/// The type of a mount that no field names.
fn guess(path: &str) -> &'static str {
    let Some((mount, tail)) = path.split_once('/') else { return "" };
    if mount == "auth" {
        return ["approle", "userpass"].into_iter().find(|kind| tail.starts_with(kind)).unwrap_or("");
    }
    if mount.starts_with("totp") {
        return "totp";
    }
    let told = tail.split('/').find_map(|part| TELLING.iter().find(|(_, words)| words.contains(&part)));
    match told {
        Some((kind, _)) => kind,
        None if mount.starts_with("kv") || mount.starts_with("secret") => "kv",
        None => "",
    }
}

/// The length of the mount: all before the first of `words`, or else the first part (two of an auth path).
fn mount_len(path: &str, words: &[&str]) -> usize {
    let parts_min = if path.starts_with("auth/") { 2 } else { 1 };
    let mut end = 0;
    let mut first = None;
    for (at, part) in path.split('/').enumerate() {
        if at >= parts_min {
            first = first.or(Some(end));
            if words.contains(&part) {
                return end;
            }
        }
        end = (end + part.len() + 1).min(path.len());
    }
    first.unwrap_or(path.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_are_sorted() {
        assert!(ENGINES.is_sorted_by(|a, b| a.mount_type < b.mount_type));
    }

    #[test]
    fn a_mount_ends_before_the_first_word_of_its_engine() {
        for (path, kind, mount) in [
            ("team/store/creds/app", "database", "team/store/"),
            ("team/kv/data/app/one", "kv", "team/kv/"),
            ("kv/app/one", "kv", "kv/"),
            ("auth/corp/ci/login", "approle", "auth/corp/ci/"),
            ("auth/ci", "approle", "auth/ci"),
            ("lonely", "kv", "lonely"),
        ] {
            let words = if path.starts_with("auth/") { AUTH } else { engine_of(kind).words };
            assert_eq!(path.get(..mount_len(path, words)), Some(mount), "{path}");
        }
    }

    #[test]
    fn the_type_of_an_old_record_is_told_by_its_path() {
        for (path, kind) in [
            ("kv-v2/data/app", "kv"),
            ("kv/my-secret-1", "kv"),
            ("pki_int/issue/web", "pki"),
            ("pki/roles/web", ""),
            ("transit/keys/orders", "transit"),
            ("totp/keys/gate", "totp"),
            ("auth/userpass/login/a", "userpass"),
            ("auth/ldap/login/a", ""),
            ("nosuch/x", ""),
        ] {
            assert_eq!(guess(path), kind, "{path}");
        }
    }
}
