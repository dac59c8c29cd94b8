//! Google's notice that a credential was found in public (`AbuseEvent` in the log
//! `abuseevent.googleapis.com/abuseevent`), the one entry that is read besides audit logs.
//!
//! Of an API key the notice holds the key itself, which is never read: that one leaked is all that is told.

use serde::Deserialize;

use super::account::is_key_id;
use super::record::Record;
use super::scope;
use crate::event::{Action, Credential, Event, Label, Name, Operation, Target};
use crate::kind::Kind;
use crate::origin::EventId;
use crate::source::RecordContext;
use crate::source::json::{Lenient, Object, members};
use crate::stream::SourceName;
use crate::text::Text;
use crate::time::EventTime;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct AbuseEvent<'a> {
    #[serde(borrow)]
    detection_type: Lenient<Text<'a>>,
    #[serde(borrow)]
    leaked_credential_event: Object<Leak<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Leak<'a> {
    #[serde(borrow)]
    service_account_credential: Object<LeakedKey<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct LeakedKey<'a> {
    #[serde(borrow)]
    service_account: Lenient<Text<'a>>,
    #[serde(borrow)]
    key_id: Lenient<Text<'a>>,
}

/// The notice in an entry that is no audit log, where it is one of a leak.
pub(super) fn read<'a>(
    record: &Record<'a>,
    at: EventTime,
    id: EventId,
    context: &RecordContext<'a>,
) -> Option<Event<'a>> {
    let notice: AbuseEvent<'a> = members(record.json_payload);
    if notice.detection_type.0.as_deref() != Some("LEAKED_CREDENTIALS") {
        return None;
    }
    let leaked = notice.leaked_credential_event.0.service_account_credential.0;
    let account = leaked.service_account.0.map(|account| match account.rsplit_once('/') {
        Some((_, name)) => Text::owned(name.to_owned()),
        None => account,
    });
    let mut event = context.event(SourceName::GcpAudit, at, id, Action::Exposed);
    let own = account.as_deref().and_then(scope::project_of_account);
    let log = record.log_name().and_then(|name| scope::project_of(name).or_else(|| scope::parent_of(name)));
    event.realm = Text::owned(context.stream.realm("gcp", own.as_deref().or(log).unwrap_or("unknown")));
    event.operation = Operation { service: Text::borrowed("abuseevent"), ..Operation::default() };
    let key = leaked.key_id.0.filter(|key| is_key_id(key));
    match (&account, key) {
        (Some(account), Some(key)) => {
            let name = Name::id(format!("{account}/keys/{key}"));
            event.target = Target::Credential(Credential::new(Kind::GcpServiceAccountKey, name));
        }
        _ => event.set_label(Label::Note, Some(Text::borrowed("credential_not_named"))),
    }
    event.principal = account;
    Some(event)
}
