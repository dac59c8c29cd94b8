//! An event for tests of what is counted.

use crate::event::{Action, Client, Credential, Event, Name, Operation, Outcome, Target};
use crate::kind::Kind;
use crate::origin::{EventId, Origin};
use crate::stream::{SourceName, StreamIx};
use crate::text::Text;
use crate::time::EventTime;

/// A token of Vault by the name `id` is used.
pub fn event<'a>(realm: &'a str, id: &'a str) -> Event<'a> {
    Event {
        at: EventTime::from_micros(1),
        source: SourceName::VaultAudit,
        id: EventId::default(),
        action: Action::Used,
        revision: 0,
        outcome: Outcome::Success,
        stream: StreamIx(0),
        origin: Origin::default(),
        realm: Text::borrowed(realm),
        target: Target::Credential(Credential::new(Kind::VaultToken, Name::id(id))),
        principal: None,
        parent: None,
        actor: None,
        place: None,
        client: Client::default(),
        operation: Operation::default(),
        issued_at: None,
        expires_at: None,
        labels: Vec::new(),
    }
}
