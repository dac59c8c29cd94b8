//! Detections of risk of a workload identity (`ServicePrincipalRiskEvents`): a key that was found in public.
//!
//! Most detections are about behaviour and say nothing of a key. One that was dismissed is told again under
//! its own id.

use super::audit::Audit;
use crate::event::{Action, Credential, Event, Label, Name, Target};
use crate::kind::Kind;
use crate::source::entra;
use crate::text::Text;

/// Types of detections that mean that others have what the application signs in with.
const EXPOSING: &[&str] = &["adminConfirmedServicePrincipalCompromised", "leakedCredentials"];
/// States in which a detection stands.
const STANDING: &[&str] = &["atRisk", "confirmedCompromised"];

fn is_one_of(text: Option<&str>, known: &[&str]) -> bool {
    text.is_some_and(|text| known.iter().any(|known| text.eq_ignore_ascii_case(known)))
}

/// Returns why nothing is said, where nothing is.
pub(super) fn read<'a>(audit: &Audit<'a, '_>, events: &mut Vec<Event<'a>>) -> Option<&'static str> {
    if !is_one_of(audit.body.risk_event_type.0.as_deref(), EXPOSING) {
        return Some("risk_of_behaviour");
    }
    if !is_one_of(audit.body.risk_state.0.as_deref(), STANDING) {
        return Some("risk_dismissed");
    }
    if audit.body.app_id.0.is_none() && audit.body.service_principal_id.0.is_none() {
        return Some("risk_of_person");
    }
    let keys: Vec<_> = audit.body.key_ids.0.iter().filter_map(|id| entra::guid(id.0.as_deref()?)).collect();
    // Of what kind a key is stands in the record of its issue, which has the last word.
    let credentials = keys.iter().map(|id| Credential::new(Kind::AzureAppSecret, Name::id(id.clone())));
    events.extend(credentials.map(|credential| event(audit, Target::Credential(credential))));
    if keys.is_empty() {
        let mut event = event(audit, Target::None);
        event.set_label(Label::Note, Some(Text::borrowed("no_key_id")));
        events.push(event);
    }
    None
}

fn event<'a>(audit: &Audit<'a, '_>, target: Target<'a>) -> Event<'a> {
    let mut event = audit.event(Action::Exposed, target);
    let (app, object) = (audit.body.app_id.0.as_deref(), audit.body.service_principal_id.0.as_deref());
    event.principal = app.map(entra::app).or_else(|| object.map(|id| entra::principal("sp", id)));
    event.set_label(Label::DisplayName, audit.body.service_principal_display_name.0.clone());
    event.set_label(Label::Form, audit.body.risk_event_type.0.clone());
    event
}
