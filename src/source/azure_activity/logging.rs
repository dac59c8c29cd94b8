//! What changes what is logged and who is told of it: settings, destinations, alerts, detectors.
//!
//! Who did it is the whole fact. That a setting was written does not say whether it was switched on or off.

use super::call::Call;
use crate::event::{Action, Event, Label, Target};
use crate::text::Text;

/// Settings of any resource, which the operation names behind the resource's own type.
const SETTINGS: &[&str] = &["microsoft.aadiam/diagnosticsettings", "microsoft.insights/diagnosticsettings"];

/// Operations, and what they changed.
const CALLS: &[(&str, &str)] = &[
    ("microsoft.eventhub/namespaces/delete", "destination"),
    ("microsoft.eventhub/namespaces/eventhubs/delete", "destination"),
    ("microsoft.insights/actiongroups/delete", "alert"),
    ("microsoft.insights/activitylogalerts/delete", "alert"),
    ("microsoft.insights/activitylogalerts/write", "alert"),
    ("microsoft.insights/datacollectionrules/delete", "setting"),
    ("microsoft.insights/logprofiles/delete", "setting"),
    ("microsoft.insights/logprofiles/write", "setting"),
    ("microsoft.insights/scheduledqueryrules/delete", "alert"),
    ("microsoft.operationalinsights/workspaces/dataexports/delete", "destination"),
    ("microsoft.operationalinsights/workspaces/delete", "destination"),
    ("microsoft.operationalinsights/workspaces/purge/action", "records"),
    ("microsoft.security/alertssuppressionrules/delete", "alert"),
    ("microsoft.security/alertssuppressionrules/write", "alert"),
    ("microsoft.security/pricings/delete", "detector"),
    ("microsoft.security/pricings/write", "detector"),
    ("microsoft.security/securitycontacts/delete", "alert"),
    ("microsoft.securityinsights/alertrules/delete", "alert"),
    ("microsoft.securityinsights/dataconnectors/delete", "destination"),
    ("microsoft.storage/storageaccounts/delete", "destination"),
];

fn changed(operation: &str) -> Option<&'static str> {
    let (of, verb) = operation.rsplit_once('/')?;
    if matches!(verb, "write" | "delete") && SETTINGS.iter().any(|setting| of.ends_with(setting)) {
        return Some("setting");
    }
    CALLS.iter().find(|(name, _)| *name == operation).map(|(_, note)| *note)
}

pub(super) fn knows(operation: &str) -> bool {
    changed(operation).is_some()
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let Some(what) = changed(&call.operation) else { return };
    let how = if call.verb().1 == "write" { "written" } else { "deleted" };
    let mut event = call.event(Action::LoggingChanged, Target::None);
    event.set_label(Label::Note, Some(Text::owned(format!("{what}_{how}"))));
    events.push(event);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_sorted_and_unique() {
        assert!(CALLS.is_sorted_by(|(a, _), (b, _)| a < b));
    }

    #[test]
    fn a_setting_is_known_behind_every_resource() {
        for operation in [
            "microsoft.insights/diagnosticsettings/delete",
            "microsoft.keyvault/vaults/providers/microsoft.insights/diagnosticsettings/write",
            "microsoft.aadiam/diagnosticsettings/write",
        ] {
            assert_eq!(changed(operation), Some("setting"), "{operation}");
        }
        for operation in
            ["microsoft.insights/diagnosticsettings/read", "microsoft.security/pricings/read", ""]
        {
            assert_eq!(changed(operation), None, "{operation}");
        }
    }
}
