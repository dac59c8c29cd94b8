//! The members of a System Log event that are read, and nothing else of it.
//!
//! Exports write some members in lower case. `target[].detailEntry` stays raw text here: beside the end of a
//! token it has held the secret of a client, so only the handler of a token's issue looks into it.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::source::json::{Lenient, List, Object};
use crate::text::Text;
use crate::time::EventTime;

/// More things than one event is about.
const TARGETS_MAX: usize = 32;
const HOPS_MAX: usize = 1;

/// One event, as far as it is read. Every member may be missing or of another type.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Record<'a> {
    #[serde(borrow)]
    pub uuid: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub published: Lenient<Text<'a>>,
    #[serde(borrow, alias = "eventtype")]
    pub event_type: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub outcome: Object<OutcomeOf<'a>>,
    #[serde(borrow)]
    pub actor: Object<Party<'a>>,
    #[serde(borrow)]
    pub client: Object<ClientOf<'a>>,
    #[serde(borrow)]
    pub request: Object<Request<'a>>,
    #[serde(borrow)]
    pub target: List<Object<Party<'a>>, TARGETS_MAX>,
    #[serde(borrow)]
    pub transaction: Object<Transaction<'a>>,
    #[serde(borrow, alias = "debugcontext")]
    pub debug_context: Object<DebugContext<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OutcomeOf<'a> {
    #[serde(borrow)]
    pub result: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub reason: Lenient<Text<'a>>,
}

/// Who acted, or what was acted on.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Party<'a> {
    #[serde(borrow)]
    pub id: Lenient<Text<'a>>,
    #[serde(borrow, rename = "type")]
    pub type_name: Lenient<Text<'a>>,
    /// The login of a user.
    #[serde(borrow)]
    pub alternate_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub display_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub detail_entry: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ClientOf<'a> {
    #[serde(borrow)]
    pub ip_address: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub user_agent: Object<UserAgent<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct UserAgent<'a> {
    #[serde(borrow)]
    pub raw_user_agent: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Request<'a> {
    /// The addresses a request came through, the caller's first.
    #[serde(borrow)]
    pub ip_chain: List<Object<Hop<'a>>, HOPS_MAX>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Hop<'a> {
    #[serde(borrow)]
    pub ip: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Transaction<'a> {
    #[serde(borrow)]
    pub detail: Object<TransactionDetail<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct TransactionDetail<'a> {
    /// The API token the request came with.
    #[serde(borrow)]
    pub request_api_token_id: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct DebugContext<'a> {
    #[serde(borrow)]
    pub debug_data: Object<DebugData<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct DebugData<'a> {
    /// How a client authenticated, of a closed list.
    #[serde(borrow)]
    pub client_auth_type: Lenient<Text<'a>>,
}

impl<'a> Record<'a> {
    pub fn time(&self) -> Option<EventTime> {
        EventTime::parse(self.published.0.as_deref()?)
    }

    pub fn event_type(&self) -> &str {
        self.event_type.0.as_deref().unwrap_or_default()
    }

    /// The first target of one of `types`.
    pub fn target_of(&self, types: &[&str]) -> Option<&Party<'a>> {
        self.targets().find(|party| types.contains(&party.is_a()))
    }

    pub fn targets(&self) -> impl Iterator<Item = &Party<'a>> {
        self.target.0.iter().map(|Object(party)| party)
    }
}

impl<'a> Party<'a> {
    pub fn is_a(&self) -> &str {
        self.type_name.0.as_deref().unwrap_or_default()
    }

    /// Its id, which outlives every name it is given.
    pub fn id(&self) -> Option<Text<'a>> {
        known(&self.id).or_else(|| known(&self.alternate_id))
    }

    /// A name people know it by.
    pub fn name(&self) -> Option<Text<'a>> {
        let id = self.id();
        [&self.alternate_id, &self.display_name]
            .into_iter()
            .filter_map(known)
            .find(|name| Some(name) != id.as_ref())
    }
}

/// A text that says something: what Okta does not know it calls `unknown`.
fn known<'a>(text: &Lenient<Text<'a>>) -> Option<Text<'a>> {
    text.0.clone().filter(|text| !text.eq_ignore_ascii_case("unknown"))
}
