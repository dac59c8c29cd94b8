//! The form: one credential event as somebody's own program writes it.
//!
//! `schemas/generic-event.schema.json` says the same for validators; a test holds the two together.

use core::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::words::{Address, Id, Labels, Members, OneOf, Scope, Time, Version, Word};
use crate::event::{Action, Name, Outcome, Selector};
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

/// Many credentials at once, by one thing they have in common: an object of exactly one member.
#[derive(Debug)]
pub(super) struct TargetForm<'a>(pub Selector<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for TargetForm<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TargetVisitor;

        impl<'de> Visitor<'de> for TargetVisitor {
            type Value = TargetForm<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of one member")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let reach = map.next_key::<Text<'de>>()?.unwrap_or_default();
                let selector = match reach.as_str() {
                    "prefix" => Selector::Prefix(map.next_value::<Id<'de>>()?.0),
                    "mount" => Selector::Mount(map.next_value::<Id<'de>>()?.0),
                    "parent" => {
                        let parent = Name::handle(map.next_value::<Id<'de>>()?.0);
                        Selector::Parent { parent, spare_tokens: false }
                    }
                    "principal" => Selector::Principal(map.next_value::<Word<'de>>()?.0),
                    _ => return Err(de::Error::custom("not a way to select")),
                };
                match map.next_key::<IgnoredAny>()? {
                    None => Ok(TargetForm(selector)),
                    Some(_) => Err(de::Error::custom("more than one way to select")),
                }
            }
        }

        deserializer.deserialize_map(TargetVisitor)
    }
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
