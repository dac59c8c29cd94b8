//! Key vaults, as resources: opened to others, deleted with all that is in them, taken back.
//!
//! What lies in a vault is named by the vault's host, as in the vault's own log. A resource tells its name
//! only; the domain follows from the cloud the caller's token was made for.

use super::call::Call;
use crate::event::{Action, Credential, Event, Name, Selector, Target};
use crate::kind::Kind;
use crate::text::Text;

const PROVIDER: &str = "microsoft.keyvault/";

/// Operations on whole vaults. A deleted vault keeps what is in it for a while.
const VAULTS: &[(&str, Action)] = &[
    ("locations/deletedmanagedhsms/purge/action", Action::Revoked),
    ("locations/deletedvaults/purge/action", Action::Revoked),
    ("managedhsms/delete", Action::Deactivated),
    ("managedhsms/write", Action::Modified),
    ("vaults/accesspolicies/write", Action::PrivilegeChanged),
    ("vaults/delete", Action::Deactivated),
    ("vaults/write", Action::Modified),
];

/// Operations on one object of a vault, behind its collection. What is written may be new or not.
const OBJECTS: &[(&str, Action)] = &[
    ("delete", Action::Deactivated),
    ("purge/action", Action::Revoked),
    ("recover/action", Action::Reactivated),
    ("restore/action", Action::Issued),
    ("write", Action::Modified),
];

const COLLECTIONS: &[(&str, Kind)] = &[
    ("certificates", Kind::AzureKeyvaultCertificate),
    ("keys", Kind::AzureKeyvaultKey),
    ("secrets", Kind::AzureKeyvaultSecret),
];

fn of_vault(operation: &str) -> Option<Action> {
    let rest = operation.strip_prefix(PROVIDER)?;
    VAULTS.iter().find(|(name, _)| *name == rest).map(|(_, action)| *action)
}

fn of_object(operation: &str) -> Option<(&'static str, Kind, Action)> {
    let (collection, verb) = operation.strip_prefix(PROVIDER)?.strip_prefix("vaults/")?.split_once('/')?;
    let (collection, kind) = COLLECTIONS.iter().find(|(name, _)| *name == collection)?;
    let (_, action) = OBJECTS.iter().find(|(name, _)| *name == verb)?;
    Some((collection, *kind, *action))
}

pub(super) fn knows(operation: &str) -> bool {
    of_vault(operation).is_some() || of_object(operation).is_some()
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let event = match (of_vault(&call.operation), of_object(&call.operation)) {
        (Some(action), _) => whole(call, action),
        (None, Some((collection, kind, action))) => object(call, collection, kind, action),
        (None, None) => None,
    };
    events.extend(event);
}

fn whole<'a>(call: &Call<'a, '_>, action: Action) -> Option<Event<'a>> {
    let recovered = action == Action::Modified && call.says(|said| said.recovers().then_some(())).is_some();
    let action = if recovered { Action::Reactivated } else { action };
    let host = host(&call.resource, call.audience())?;
    Some(call.event(action, Target::Selector(Selector::Prefix(Text::owned(host)))))
}

fn object<'a>(call: &Call<'a, '_>, collection: &str, kind: Kind, action: Action) -> Option<Event<'a>> {
    let host = host(&call.resource, call.audience())?;
    let name = named(&call.resource, collection)?;
    let name = Name::id(Text::owned(format!("{host}/{collection}/{name}")));
    Some(call.event(action, Target::Credential(Credential::new(kind, name))))
}

/// The domains of vaults in the national clouds, by what the audience of their tokens holds.
const CLOUDS: &[(&str, &str)] =
    &[("chinacloudapi.cn", "azure.cn"), ("usgovcloudapi.net", "usgovcloudapi.net")];

/// The host that serves a vault or HSM, by its id.
fn host(resource: &str, audience: Option<&str>) -> Option<String> {
    let (service, name) = [("vault", "vaults"), ("vault", "deletedvaults"), ("managedhsm", "managedhsms")]
        .into_iter()
        .chain([("managedhsm", "deletedmanagedhsms")])
        .find_map(|(service, part)| Some((service, named(resource, part)?)))?;
    let cloud = CLOUDS.iter().find(|(mark, _)| audience.is_some_and(|audience| audience.contains(mark)));
    let domain = cloud.map_or("azure.net", |(_, domain)| *domain);
    Some(format!("{name}.{service}.{domain}"))
}

/// What stands behind `part` in the id of a resource of Key Vault.
fn named<'r>(resource: &'r str, part: &str) -> Option<&'r str> {
    let (_, path) = resource.rsplit_once("/providers/microsoft.keyvault/")?;
    let mut parts = path.split('/').skip_while(|word| *word != part);
    parts.nth(1).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_and_unique() {
        assert!(VAULTS.is_sorted_by(|(a, _), (b, _)| a < b));
        assert!(OBJECTS.is_sorted_by(|(a, _), (b, _)| a < b));
    }

    #[test]
    fn a_vault_has_its_host_in_every_cloud() {
        let vault = "/subscriptions/s/resourcegroups/g/providers/microsoft.keyvault/vaults/v/secrets/s";
        let deleted = "/subscriptions/s/providers/microsoft.keyvault/locations/l/deletedvaults/v";
        assert_eq!(host(vault, None).as_deref(), Some("v.vault.azure.net"));
        assert_eq!(host(deleted, None).as_deref(), Some("v.vault.azure.net"));
        let of = |audience| host(vault, Some(audience));
        assert_eq!(of("https://management.core.chinacloudapi.cn/").as_deref(), Some("v.vault.azure.cn"));
        assert_eq!(of("https://management.usgovcloudapi.net").as_deref(), Some("v.vault.usgovcloudapi.net"));
        assert_eq!(named(vault, "secrets"), Some("s"));
        assert_eq!(host("/subscriptions/s", None), None);
    }
}
