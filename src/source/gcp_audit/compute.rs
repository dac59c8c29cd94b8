//! SSH keys in the metadata of a project or an instance.
//!
//! Which keys a list holds is not in the log, only that the list changed; so a project and an instance have
//! one credential each, which stands for all keys of its list.

use serde::Deserialize;

use super::call::Call;
use super::scope::from_segment;
use crate::event::{Action, Credential, Event, Name};
use crate::kind::Kind;
use crate::source::json::{Lenient, List, Object};
use crate::text::Text;

const METHODS: &[(&str, ())] = &[("instances.setMetadata", ()), ("projects.setCommonInstanceMetadata", ())];

/// Names under which metadata keeps SSH keys; the second is the older one.
const LISTS: &[&str] = &["ssh-keys", "sshKeys"];

/// Most names looked at of one change.
const NAMES_MAX: usize = 64;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata<'a> {
    #[serde(borrow, alias = "instanceMetadataDelta")]
    project_metadata_delta: Object<Delta<'a>>,
}

type Names<'a> = List<Lenient<Text<'a>>, NAMES_MAX>;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Delta<'a> {
    #[serde(borrow, rename = "addedMetadataKeys")]
    added: Names<'a>,
    #[serde(borrow, rename = "modifiedMetadataKeys")]
    modified: Names<'a>,
    #[serde(borrow, rename = "deletedMetadataKeys")]
    deleted: Names<'a>,
}

/// What changed stands in the last entry of the operation.
pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if call.row(METHODS).is_none() {
        return;
    }
    let delta = call.metadata::<Metadata<'_>>().project_metadata_delta.0;
    let Some(action) = action(&delta) else { return };
    let Some(resource) = call.resource_name() else { return };
    // A list of a project carries no name but the project's, which the realm says already.
    let place = from_segment(resource, "zones").unwrap_or("project");
    let credential = Credential::new(Kind::GcpSshKey, Name::id(format!("{place}/ssh-keys")));
    events.push(call.about(action, call.realm_of(resource), credential));
}

fn action(delta: &Delta<'_>) -> Option<Action> {
    let lists = |names: &Names<'_>| names.0.iter().any(|name| name.0.as_deref().is_some_and(is_list));
    if lists(&delta.added) {
        Some(Action::Issued)
    } else if lists(&delta.modified) {
        Some(Action::Modified)
    } else if lists(&delta.deleted) {
        Some(Action::Revoked)
    } else {
        None
    }
}

fn is_list(name: &str) -> bool {
    LISTS.contains(&name.split_whitespace().next().unwrap_or_default())
}
