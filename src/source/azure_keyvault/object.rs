//! The addresses of secrets, keys and certificates: `https://VAULT.vault.azure.net/secrets/NAME/VERSION`.
//!
//! Names are case-blind, and a deleted object has another collection (`deletedsecrets`) and the same name. So
//! one form stands for all: the host and the path in lower case, without scheme, version and `deleted`.

use crate::text::Text;

/// The collections of a vault, and those of what was deleted from it.
const COLLECTIONS: &[(&str, &str)] = &[
    ("certificates", "certificates"),
    ("deletedcertificates", "certificates"),
    ("deletedkeys", "keys"),
    ("deletedsecrets", "secrets"),
    ("keys", "keys"),
    ("secrets", "secrets"),
];

/// Words that stand where a name may stand and are none.
const NO_NAMES: &[&str] = &["contacts", "issuers", "restore"];

/// An object of a vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// `vault.vault.azure.net/secrets/name`.
    pub name: String,
    pub version: Option<String>,
}

impl Address {
    /// Reads an address. What is not one of an object (a list, the vault itself, the management API) gives
    /// nothing.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = parts(text)?;
        let host = host(parts.next()?)?;
        let collection = parts.next()?.to_ascii_lowercase();
        let (_, collection) = COLLECTIONS.iter().find(|(word, _)| *word == collection)?;
        let name = parts.next().filter(|name| is_name(name))?.to_ascii_lowercase();
        if NO_NAMES.contains(&name.as_str()) {
            return None;
        }
        let version = parts.next().filter(|part| is_version(part)).map(str::to_ascii_lowercase);
        Some(Self { name: format!("{host}/{collection}/{name}"), version })
    }
}

/// The host in an address of a vault, or of anything in it.
pub(super) fn host_of(text: &str) -> Option<String> {
    host(parts(text)?.next()?)
}

/// The host of a vault by its resource id, which ends in its name. In a national cloud it has another domain,
/// which its id does not tell.
pub(super) fn host_of_resource<'a>(resource: &str) -> Option<Text<'a>> {
    let (kind, name) = resource.rsplit_once("/providers/microsoft.keyvault/")?.1.split_once('/')?;
    let domain = if kind == "managedhsms" { "managedhsm.azure.net" } else { "vault.azure.net" };
    is_name(name).then(|| Text::owned(format!("{name}.{domain}")))
}

fn parts(text: &str) -> Option<impl Iterator<Item = &str>> {
    let end = text.find(['?', '#']).unwrap_or(text.len());
    let path = text.get(..end)?.strip_prefix("https://")?;
    Some(path.split('/').filter(|part| !part.is_empty()))
}

/// A host that serves a vault: `NAME.vault.DOMAIN` or `NAME.managedhsm.DOMAIN`, without its port.
fn host(text: &str) -> Option<String> {
    let host = text.split(':').next()?.to_ascii_lowercase();
    let (name, domain) = host.split_once('.')?;
    let serves = domain.starts_with("vault.") || domain.starts_with("managedhsm.");
    (serves && is_name(name)).then_some(host)
}

/// As Key Vault names its objects and itself: up to 127 letters, digits and hyphens.
fn is_name(text: &str) -> bool {
    (1..=127).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Versions are 32 hexadecimal digits; verbs (`backup`, `sign`) stand in the same place.
fn is_version(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSION: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn an_object_has_one_name_however_it_is_addressed() {
        for (text, name, version) in [
            ("https://v.vault.azure.net/secrets/Db", "v.vault.azure.net/secrets/db", None),
            ("https://V.VAULT.AZURE.NET:443/secrets/db/", "v.vault.azure.net/secrets/db", None),
            ("https://v.vault.azure.net/deletedsecrets/db/recover", "v.vault.azure.net/secrets/db", None),
            (
                "https://v.vault.azure.net/keys/k/0123456789ABCDEF0123456789abcdef/sign?api-version=7.4",
                "v.vault.azure.net/keys/k",
                Some(VERSION),
            ),
            ("https://h.managedhsm.azure.net/keys/k/rotate", "h.managedhsm.azure.net/keys/k", None),
            ("https://v.vault.azure.cn/certificates/c/import", "v.vault.azure.cn/certificates/c", None),
        ] {
            let address = Address::parse(text).expect(text);
            assert_eq!((address.name.as_str(), address.version.as_deref()), (name, version), "{text}");
        }
    }

    #[test]
    fn what_addresses_no_object_gives_none() {
        for text in [
            "",
            "https://v.vault.azure.net/",
            "https://v.vault.azure.net/secrets?api-version=7.0",
            "https://v.vault.azure.net/secrets/restore",
            "https://v.vault.azure.net/certificates/issuers/x",
            "https://v.vault.azure.net/secrets/a%20b",
            "https://management.azure.com/subscriptions/a/providers/Microsoft.KeyVault/vaults/v",
            "https://vault.example.com/secrets/db",
            "v.vault.azure.net/secrets/db",
        ] {
            assert_eq!(Address::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_host_of_a_vault_follows_from_its_id() {
        let of = |id: &str| host_of_resource(id).map(|host| host.to_string());
        let group = "/subscriptions/s/resourcegroups/g/providers/microsoft.keyvault";
        assert_eq!(of(&format!("{group}/vaults/v")).as_deref(), Some("v.vault.azure.net"));
        assert_eq!(of(&format!("{group}/managedhsms/h")).as_deref(), Some("h.managedhsm.azure.net"));
        assert_eq!(of(&format!("{group}/vaults/v/secrets/s")), None);
        assert_eq!(host_of("https://v.vault.azure.net/").as_deref(), Some("v.vault.azure.net"));
    }
}
