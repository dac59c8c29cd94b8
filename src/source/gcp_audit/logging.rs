//! Calls that blind the log itself, and constraints an organisation sets on its projects.
//!
//! Who did it is the whole fact; no credential is its subject.

use super::call::Call;
use crate::event::{Action, Event, Label, Target};
use crate::text::Text;

/// Making a sink or a bucket takes nothing away; these may.
const NARROWS: &[(&str, ())] = &[
    ("CreateExclusion", ()),
    ("DeleteBucket", ()),
    ("DeleteExclusion", ()),
    ("DeleteLog", ()),
    ("DeleteSink", ()),
    ("UpdateBucket", ()),
    ("UpdateBucketAsync", ()),
    ("UpdateCmekSettings", ()),
    ("UpdateExclusion", ()),
    ("UpdateSettings", ()),
    ("UpdateSink", ()),
];

const CONSTRAINTS: &[(&str, ())] = &[
    ("ClearOrgPolicy", ()),
    ("CreatePolicy", ()),
    ("DeletePolicy", ()),
    ("SetOrgPolicy", ()),
    ("UpdatePolicy", ()),
];

/// `logging.googleapis.com`.
pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if call.row(NARROWS).is_some() && call.succeeded() {
        let realm = call.resource_name().map_or_else(|| call.log_realm(), |name| call.realm_of(name));
        events.push(call.event(Action::LoggingChanged, realm, Target::None));
    }
}

/// `orgpolicy.googleapis.com`, and the older methods of the resource manager: what a project, folder or
/// organisation may do at all, such as make service account keys.
pub(super) fn read_constraints<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if call.row(CONSTRAINTS).is_none() {
        return;
    }
    let Some(resource) = call.resource_name() else { return };
    let mut event = call.event(Action::PrivilegeChanged, call.realm_of(resource), Target::None);
    event.principal = Some(Text::owned(resource.to_owned()));
    event.set_label(Label::Note, Some(Text::borrowed("organization_policy")));
    events.push(event);
}
