//! The form: one credential event as somebody's own program writes it.
//!
//! `schemas/generic-event.schema.json` says the same for validators; a test holds the two together.

use serde::Deserialize;

use super::words::{Address, Id, Labels, Members, OneOf, Scope, Time, Version, Word};
use crate::event::{Action, Outcome};
use crate::kind::Kind;
use crate::source::json::Lenient;
use crate::text::Text;

/// One event. A member that is not named here is a mistake.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form<'a> {
    #[serde(rename = "tenure")]
    _version: Version,
    #[serde(borrow)]
    pub event_id: Word<'a>,
    pub action: OneOf<Action>,
    /// Looked at after everything else, because a record without a time is rejected for that.
    #[serde(borrow, default)]
    pub at: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub realm: Scope<'a>,
    #[serde(borrow, default)]
    pub credential: Option<Members<CredentialForm<'a>>>,
    #[serde(borrow, default)]
    pub target: Option<TargetForm<'a>>,
    #[serde(borrow, default)]
    pub principal: Option<Word<'a>>,
    #[serde(borrow, default)]
    pub parent: Option<Id<'a>>,
    #[serde(borrow, default)]
    pub actor: Option<Word<'a>>,
    #[serde(borrow, default)]
    pub client: Option<Members<ClientForm<'a>>>,
    #[serde(borrow, default)]
    pub operation: Option<Members<OperationForm<'a>>>,
    #[serde(default)]
    pub outcome: Option<OneOf<Outcome>>,
    #[serde(default)]
    pub issued_at: Option<Time>,
    #[serde(default)]
    pub expires_at: Option<Time>,
    #[serde(borrow, default)]
    pub labels: Option<Labels<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CredentialForm<'a> {
    pub kind: OneOf<Kind>,
    #[serde(borrow)]
    pub id: Id<'a>,
    #[serde(borrow, default)]
    pub aliases: Option<Vec<Id<'a>>>,
    #[serde(borrow, default)]
    pub version: Option<Word<'a>>,
}

/// Many credentials at once, by one thing they have in common.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TargetForm<'a> {
    #[serde(borrow)]
    Prefix(Id<'a>),
    #[serde(borrow)]
    Mount(Id<'a>),
    #[serde(borrow)]
    Parent(Id<'a>),
    #[serde(borrow)]
    Principal(Word<'a>),
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClientForm<'a> {
    #[serde(default)]
    pub ip: Option<Address>,
    #[serde(borrow, default)]
    pub user_agent: Option<Word<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OperationForm<'a> {
    #[serde(borrow, default)]
    pub service: Option<Word<'a>>,
    #[serde(borrow, default)]
    pub name: Option<Word<'a>>,
    #[serde(borrow, default)]
    pub region: Option<Word<'a>>,
    #[serde(default)]
    pub privileged: Option<bool>,
}
