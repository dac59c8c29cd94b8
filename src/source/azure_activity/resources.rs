//! Credentials that are resources of their own, and resources that take their credentials with them.
//!
//! Many deleted resources can be taken back, and each can be made anew under the same id. So a deletion puts
//! what lies under the resource out of use, and does not end it: a later use is of what was made since.

use super::call::Call;
use crate::event::{Action, Event};
use crate::kind::Kind;

/// How the operations on resources that are keys, or pairs of keys, end before their verb. A webhook's
/// address is its key.
const KEYS: &[&str] = &[
    "/authorizationrules",
    "microsoft.automation/automationaccounts/webhooks",
    "microsoft.web/sites/functions/keys",
    "microsoft.web/sites/host/functionkeys",
    "microsoft.web/sites/host/systemkeys",
];

/// A group that is made anew is empty.
const GROUP: &str = "microsoft.resources/subscriptions/resourcegroups";

/// Resources whose keys go with them. Everything of a resource is named by its id, so one act tells.
const HOLDERS: &[&str] = &[
    "microsoft.apimanagement/service",
    "microsoft.appconfiguration/configurationstores",
    "microsoft.automation/automationaccounts",
    "microsoft.batch/batchaccounts",
    "microsoft.cache/redis",
    "microsoft.cache/redisenterprise",
    "microsoft.cognitiveservices/accounts",
    "microsoft.compute/disks",
    "microsoft.compute/snapshots",
    "microsoft.containerregistry/registries",
    "microsoft.containerservice/managedclusters",
    "microsoft.datafactory/factories",
    "microsoft.devices/iothubs",
    "microsoft.documentdb/databaseaccounts",
    "microsoft.eventgrid/domains",
    "microsoft.eventgrid/topics",
    "microsoft.eventhub/namespaces",
    "microsoft.logic/workflows",
    "microsoft.machinelearningservices/workspaces",
    "microsoft.maps/accounts",
    "microsoft.notificationhubs/namespaces",
    "microsoft.operationalinsights/workspaces",
    "microsoft.relay/namespaces",
    GROUP,
    "microsoft.search/searchservices",
    "microsoft.servicebus/namespaces",
    "microsoft.signalrservice/signalr",
    "microsoft.signalrservice/webpubsub",
    "microsoft.storage/storageaccounts",
    "microsoft.storage/storageaccounts/localusers",
    "microsoft.web/sites",
];

fn is_key(resource_type: &str) -> bool {
    KEYS.iter().any(|key| resource_type.ends_with(key))
}

pub(super) fn knows(operation: &str) -> bool {
    match operation.rsplit_once('/') {
        Some((of, "write")) => is_key(of) || (HOLDERS.contains(&of) && of != GROUP),
        Some((of, "delete")) => is_key(of) || HOLDERS.contains(&of),
        _ => false,
    }
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let (of, verb) = call.verb();
    events.extend(match (verb, is_key(of)) {
        ("write", true) => call.about(call.written(), Kind::AzureServiceKey, ""),
        ("write", false) if call.is_made() => call.about_all_under(Action::Reactivated),
        ("write", false) => None,
        (_, true) => call.about(Action::Revoked, Kind::AzureServiceKey, ""),
        (_, false) => call.about_all_under(Action::Deactivated),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_and_unique() {
        assert!(KEYS.is_sorted_by(|a, b| a < b) && HOLDERS.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn only_resources_with_keys_are_followed_to_their_end() {
        for operation in [
            "microsoft.eventhub/namespaces/eventhubs/authorizationrules/write",
            "microsoft.web/sites/functions/keys/delete",
            "microsoft.storage/storageaccounts/delete",
            "microsoft.storage/storageaccounts/write",
        ] {
            assert!(knows(operation), "{operation}");
        }
        for operation in [
            "microsoft.network/virtualnetworks/delete",
            "microsoft.resources/subscriptions/resourcegroups/write",
        ] {
            assert!(!knows(operation), "{operation}");
        }
    }
}
