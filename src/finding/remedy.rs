//! What to do about a finding: the first command to type, for each kind of credential.

mod commands;

use crate::kind::{Class, Kind};

/// The shape of the way out. Findings of one subject with the same remedy are one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remedy {
    /// Take it out of use.
    Retire,
    /// Give it new material.
    Rotate,
    /// Prolong it, or let its successor take over.
    Renew,
    /// Assume that somebody else holds it.
    Contain,
    /// Find out who did this, and why.
    Review,
}

impl Remedy {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retire => "retire",
            Self::Rotate => "rotate",
            Self::Renew => "renew",
            Self::Contain => "contain",
            Self::Review => "review",
        }
    }
}

/// The steps of `remedy` for the credential `id` of `kind`, held by `holder` (a user, a role, an account).
#[must_use]
pub fn steps(remedy: Remedy, kind: Kind, id: &str, holder: &str) -> Vec<String> {
    let end = end_command(kind, id, holder);
    match remedy {
        Remedy::Retire => match suspend_command(kind, id, holder) {
            Some(suspend) => vec![suspend, "watch for 14 d".into(), "then delete it".into()],
            None => vec!["make sure with its owner that nothing needs it".into(), end],
        },
        Remedy::Rotate => {
            let last = if keeps_its_name(kind) {
                "then make sure that the old value no longer works".to_owned()
            } else {
                end
            };
            vec![rotate_command(kind, id, holder), "deploy the new value".into(), last]
        }
        Remedy::Renew => {
            vec![renew_command(kind, id, holder), "or confirm that its successor is in use".into()]
        }
        Remedy::Contain => vec![
            end,
            "search the log for every use since the fact above".into(),
            "open an incident and record the verdict".into(),
        ],
        Remedy::Review => vec![
            "ask the holder for the reason and the change it belongs to".into(),
            "record the verdict".into(),
        ],
    }
}

/// Whether new material comes under the same name: to delete it would take the new value away too.
fn keeps_its_name(kind: Kind) -> bool {
    kind.class() == Class::Stored || kind.row().rotated_in_place
}

/// The command that can be taken back, where the kind has one.
fn suspend_command(kind: Kind, id: &str, holder: &str) -> Option<String> {
    commands::of(kind).suspend.map(|command| filled(command, id, holder))
}

/// The command that ends it for good.
fn end_command(kind: Kind, id: &str, holder: &str) -> String {
    filled(commands::of(kind).end, id, holder)
}

fn rotate_command(kind: Kind, id: &str, holder: &str) -> String {
    match commands::of(kind).rotate {
        Some(command) => filled(command, id, holder),
        None => format!("issue a new {} and retire this one", kind.row().noun),
    }
}

/// What cannot be prolonged is replaced.
fn renew_command(kind: Kind, id: &str, holder: &str) -> String {
    let commands = commands::of(kind);
    match commands.renew.or(commands.rotate) {
        Some(command) => filled(command, id, holder),
        None => format!("issue the successor of this {} and deploy it", kind.row().noun),
    }
}

/// Collections whose member an id names, by what a command calls the member.
const COLLECTIONS: [(&str, &str); 3] =
    [("{instance}", "instances/"), ("{keyring}", "keyRings/"), ("{location}", "locations/")];

/// `command` with the id, its parts, the holder and its namespace in place of their names.
fn filled(command: &str, id: &str, holder: &str) -> String {
    let (space, name) = id.rsplit_once('/').unwrap_or(("", id));
    let (holder_space, holder) = holder.rsplit_once(['/', ':']).unwrap_or(("", holder));
    let text = COLLECTIONS.iter().fold(command.to_owned(), |text, (mark, collection)| {
        text.replace(mark, member(id, collection).unwrap_or("<unknown>"))
    });
    text.replace("{name}", name)
        .replace("{space}", last(space))
        .replace("{holder-space}", last(holder_space))
        .replace("{id}", id)
        .replace("{tail}", tail(id))
        .replace("{rotate-role}", &id.replace("static-roles/", "rotate-role/"))
        .replace("{rotate-root}", &id.replace("config/", "rotate-root/"))
        .replace("{holder}", holder)
}

/// The part of `id` that follows `collection`.
fn member<'i>(id: &'i str, collection: &str) -> Option<&'i str> {
    let (_, rest) = id.split_once(collection)?;
    rest.split('/').next()
}

/// The last part of a path, or of a list that is parted by colons.
fn last(path: &str) -> &str {
    path.rsplit(['/', ':']).next().unwrap_or(path)
}

/// The name of a secret or parameter without the region in front.
fn tail(id: &str) -> &str {
    id.split_once('/').map_or(id, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::KINDS;

    fn rotate(kind: Kind, id: &str, holder: &str) -> Vec<String> {
        steps(Remedy::Rotate, kind, id, holder)
    }

    #[test]
    fn a_command_names_what_it_acts_on() {
        let key = "/subscriptions/0/providers/microsoft.storage/storageaccounts/examplestore/key2";
        assert_eq!(
            rotate(Kind::AzureStorageKey, key, "")[0],
            "az storage account keys renew --key key2 --account-name examplestore"
        );
        let deploy = "deploy@example-prod.iam.gserviceaccount.com";
        assert_eq!(
            rotate(Kind::GcpServiceAccountKey, &format!("{deploy}/keys/0123"), deploy)[2],
            format!("gcloud iam service-accounts keys delete 0123 --iam-account {deploy}")
        );
        assert_eq!(
            rotate(Kind::GcpKmsKey, "locations/eu/keyRings/app/cryptoKeys/data", "")[0],
            "gcloud kms keys versions create --key data --keyring app --location eu --primary"
        );
        assert_eq!(
            rotate(Kind::GcpDatabasePassword, "instances/orders/users/app", "")[0],
            "gcloud sql users set-password app --instance orders --prompt-for-password"
        );
        assert_eq!(
            rotate(Kind::KubernetesTokenSecret, "shop/web-token", "system:serviceaccount:shop:web")[0],
            "kubectl create token web --namespace shop"
        );
        let contain =
            steps(Remedy::Contain, Kind::KubernetesToken, "JTI=1", "system:serviceaccount:ci:deployer");
        assert!(contain[0].ends_with("kubectl delete serviceaccount deployer --namespace ci"), "{contain:?}");
    }

    #[test]
    fn a_rotation_never_ends_with_the_loss_of_the_new_value() {
        for kind in [Kind::GcpSecret, Kind::AzureKeyvaultSecret, Kind::VaultKvSecret, Kind::AzureStorageKey] {
            let steps = rotate(kind, "secret", "");
            assert_eq!(steps[2], "then make sure that the old value no longer works", "{kind:?}");
        }
    }

    #[test]
    fn what_cannot_be_prolonged_is_replaced() {
        let secret = steps(Remedy::Renew, Kind::AzureKeyvaultSecret, "v.vault.azure.net/secrets/db", "");
        assert_eq!(secret[0], "az keyvault secret set --vault-name <vault> --name db");
    }

    #[test]
    fn every_kind_has_a_first_command_for_every_remedy() {
        for row in KINDS {
            for remedy in [Remedy::Retire, Remedy::Rotate, Remedy::Renew, Remedy::Contain, Remedy::Review] {
                let steps = steps(remedy, row.kind, "x", "y");
                assert!(
                    steps.len() >= 2 && steps.iter().all(|step| !step.is_empty()),
                    "{} {remedy:?}",
                    row.name
                );
            }
        }
    }
}
