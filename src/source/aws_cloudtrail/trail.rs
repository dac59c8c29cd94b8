//! Calls that blind the log itself: a trail stopped, deleted or narrowed, a detector deleted.
//!
//! Who did it is the whole fact; no credential is its subject.

use super::call::Call;
use crate::event::{Action, Event, Target};

pub(super) fn read_cloudtrail<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if matches!(call.name(), "StopLogging" | "DeleteTrail" | "PutEventSelectors") {
        events.extend(logging_changed(call));
    }
}

pub(super) fn read_guardduty<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if call.name() == "DeleteDetector" {
        events.extend(logging_changed(call));
    }
}

fn logging_changed<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    call.succeeded().then(|| call.event(Action::LoggingChanged, call.owner_realm(None), Target::None))
}
