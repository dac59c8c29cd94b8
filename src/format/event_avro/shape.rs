//! The shape of an event's record: the fields of its schema, in its order and by its names.

use serde::{Deserialize, Serialize, Serializer};

use crate::event::{Action, Client, Label, Name, NameSpace, Operation, Outcome, Selector};
use crate::origin::EventId;
use crate::text::Text;
use crate::time::EventTime;

/// One event. Its lists are borrowed as they are for writing, and collected on reading.
#[derive(Serialize, Deserialize)]
pub(super) struct Record<'a, Names, Labels> {
    pub event_id: EventId,
    pub at: EventTime,
    pub source: &'a str,
    pub tenant: &'a str,
    pub stream: &'a str,
    #[serde(borrow)]
    pub realm: Text<'a>,
    pub action: Action,
    pub revision: u8,
    pub outcome: Outcome,
    #[serde(borrow)]
    pub credential: Option<CredentialField<'a, Names>>,
    #[serde(borrow)]
    pub selector: Option<SelectorField<'a>>,
    #[serde(borrow)]
    pub principal: Option<Text<'a>>,
    #[serde(borrow)]
    pub parent: Option<Name<'a>>,
    #[serde(borrow)]
    pub actor: Option<Text<'a>>,
    #[serde(borrow)]
    pub place: Option<Text<'a>>,
    #[serde(borrow)]
    pub client: Client<'a>,
    #[serde(borrow)]
    pub operation: Operation<'a>,
    pub issued_at: Option<EventTime>,
    pub expires_at: Option<EventTime>,
    pub labels: Labels,
    #[serde(borrow)]
    pub origin: EventOrigin<'a>,
}

/// Where the record of an event lay in Kafka.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventOrigin<'a> {
    /// `topic/partition`.
    pub input: &'a str,
    pub offset: u64,
    /// The record within the message, from 1.
    pub record: u64,
}

impl EventOrigin<'_> {
    /// How many bytes it takes at the end of its record.
    pub(super) fn wire_len(&self) -> usize {
        let len = self.input.len();
        long_len(len as u64) + len + long_len(self.offset) + long_len(self.record)
    }
}

/// The bytes of a number that is not negative: its double, seven bits to a byte.
fn long_len(number: u64) -> usize {
    let bits = 65 - number.leading_zeros();
    bits.div_ceil(7) as usize
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "Credential")]
pub(super) struct CredentialField<'a, Names> {
    pub kind: &'a str,
    #[serde(borrow)]
    pub name: Name<'a>,
    pub aliases: Names,
    #[serde(borrow)]
    pub version: Option<Text<'a>>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reach {
    Prefix,
    Mount,
    Parent,
    Principal,
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "Selector")]
pub(super) struct SelectorField<'a> {
    reach: Reach,
    #[serde(borrow)]
    name: Name<'a>,
    spare_tokens: bool,
}

impl<'a> SelectorField<'a> {
    pub(super) fn of(selector: &'a Selector<'_>) -> Self {
        let id = |text| Name { space: NameSpace::Id, text: borrowed(text) };
        let (reach, name, spare_tokens) = match selector {
            Selector::Prefix(text) => (Reach::Prefix, id(text), false),
            Selector::Mount(text) => (Reach::Mount, id(text), false),
            Selector::Parent { parent, spare_tokens } => {
                (Reach::Parent, borrowed_name(parent), *spare_tokens)
            }
            Selector::Principal(text) => (Reach::Principal, id(text), false),
        };
        Self { reach, name, spare_tokens }
    }

    pub(super) fn into_selector(self) -> Selector<'a> {
        let Self { reach, name, spare_tokens } = self;
        match reach {
            Reach::Prefix => Selector::Prefix(name.text),
            Reach::Mount => Selector::Mount(name.text),
            Reach::Parent => Selector::Parent { parent: name, spare_tokens },
            Reach::Principal => Selector::Principal(name.text),
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct LabelField<'a> {
    pub label: &'a str,
    #[serde(borrow)]
    pub text: Text<'a>,
}

impl<'a> LabelField<'a> {
    /// The label, where this version knows it.
    pub(super) fn into_label(self) -> Option<(Label, Text<'a>)> {
        Some((Label::parse(self.label)?, self.text))
    }
}

/// The labels of an event, to be written.
pub(super) struct Labels<'a>(pub &'a [(Label, Text<'a>)]);

impl Serialize for Labels<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields =
            self.0.iter().map(|(label, text)| LabelField { label: label.as_str(), text: borrowed(text) });
        serializer.collect_seq(fields)
    }
}

pub(super) fn borrowed<'a>(text: &'a Text<'_>) -> Text<'a> {
    Text::borrowed(text)
}

pub(super) fn borrowed_name<'a>(name: &'a Name<'_>) -> Name<'a> {
    Name { space: name.space, text: borrowed(&name.text) }
}
