//! The values that a member of the form may have: each type refuses what it does not know.
//!
//! A refusal says nothing of the value. Where it stood is told by the byte.

use core::fmt;
use core::marker::PhantomData;
use core::net::IpAddr;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};

use crate::event::{Action, Label, Outcome};
use crate::kind::Kind;
use crate::limits::FIELD_BYTES_MAX;
use crate::text::Text;
use crate::time::EventTime;

/// The version of the form that is read.
pub const VERSION: u64 = 1;

/// How it may have gone.
pub const OUTCOMES: &[Outcome] = &[Outcome::Success, Outcome::Failure, Outcome::Denied, Outcome::Refused];

/// The kinds that are no other source's.
pub const KINDS: &[Kind] = &[
    Kind::GenericApiKey,
    Kind::GenericPassword,
    Kind::GenericToken,
    Kind::GenericSecret,
    Kind::GenericKey,
    Kind::GenericCertificate,
];

/// The labels that say something of any system. The others are words by which a source tells the engine how
/// its own records are to be understood.
pub const LABELS: &[Label] =
    &[Label::DisplayName, Label::Form, Label::OnBehalfOf, Label::Owner, Label::Provider, Label::Role];

/// How values begin that are secrets themselves, and so never the id of one.
pub const SECRET_PREFIXES: &[&str] = &[
    "-----BEGIN",
    "eyJ",
    "hvs.",
    "hvb.",
    "hvr.",
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "sk_live_",
];

/// A word of a closed list.
pub trait Listed: Copy + 'static {
    const ALL: &'static [Self];
    fn word(self) -> &'static str;
}

impl Listed for Action {
    const ALL: &'static [Self] = Action::ALL;
    fn word(self) -> &'static str {
        self.as_str()
    }
}

impl Listed for Outcome {
    const ALL: &'static [Self] = OUTCOMES;
    fn word(self) -> &'static str {
        self.as_str()
    }
}

impl Listed for Kind {
    const ALL: &'static [Self] = KINDS;
    fn word(self) -> &'static str {
        self.name()
    }
}

/// One word of its list.
#[derive(Debug, Clone, Copy)]
pub struct OneOf<T>(pub T);

impl<'de, T: Listed> Deserialize<'de> for OneOf<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        let found = T::ALL.iter().copied().find(|each| each.word() == text.as_str());
        found.map(Self).ok_or_else(|| de::Error::custom("not a word of the list"))
    }
}

/// The version of the form.
#[derive(Debug, Clone, Copy)]
pub struct Version;

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let version = u64::deserialize(deserializer)?;
        if version == VERSION { Ok(Self) } else { Err(de::Error::custom("not a version that is read")) }
    }
}

/// A text that is not empty, not too long and has no control characters. A longer one is refused rather than
/// cut: the ids of two credentials may differ in their ends.
#[derive(Debug, Clone)]
pub struct Word<'a>(pub Text<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for Word<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        let fits = !text.is_empty() && text.len() <= FIELD_BYTES_MAX && !text.chars().any(char::is_control);
        if fits { Ok(Self(text)) } else { Err(de::Error::custom("not a text of the length and characters")) }
    }
}

/// A name of a credential, which is never its value.
#[derive(Debug, Clone)]
pub struct Id<'a>(pub Text<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for Id<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Word(text) = Word::deserialize(deserializer)?;
        if SECRET_PREFIXES.iter().any(|prefix| text.starts_with(prefix)) {
            return Err(de::Error::custom("a secret, not the id of one"));
        }
        Ok(Self(text))
    }
}

/// The scope of a realm: letters, digits, `-`, `_`, `.`, and `/` between them.
#[derive(Debug, Clone)]
pub struct Scope<'a>(pub Text<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for Scope<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Word(text) = Word::deserialize(deserializer)?;
        let is_part = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        };
        if text.split('/').all(is_part) { Ok(Self(text)) } else { Err(de::Error::custom("not a realm")) }
    }
}

/// An instant with its zone.
#[derive(Debug, Clone, Copy)]
pub struct Time(pub EventTime);

impl Time {
    /// Reads RFC 3339. Without a zone it would be somebody's local time.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let zoned = matches!(bytes, [.., b'Z'] | [.., b'+' | b'-', _, _, b':', _, _]);
        let parted = bytes.get(10) == Some(&b'T');
        EventTime::parse(text).filter(|_| zoned && parted).map(Self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("not a time"))
    }
}

/// An address without any decoration.
#[derive(Debug, Clone, Copy)]
pub struct Address(pub IpAddr);

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        text.parse().map(Self).map_err(|_| de::Error::custom("not an address"))
    }
}

/// Members of an object, and of nothing else: by itself `serde` would take an array for a list of them.
#[derive(Debug, Clone, Default)]
pub struct Members<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for MembersVisitor<T> {
            type Value = Members<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(de::value::MapAccessDeserializer::new(map)).map(Members)
            }
        }

        deserializer.deserialize_map(MembersVisitor(PhantomData))
    }
}

/// Labels by their names, each once.
#[derive(Debug, Clone, Default)]
pub struct Labels<'a>(pub Vec<(Label, Text<'a>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Labels<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LabelsVisitor;

        impl<'de> Visitor<'de> for LabelsVisitor {
            type Value = Labels<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of labels")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut labels: Vec<(Label, Text<'de>)> = Vec::new();
                while let Some((name, Word(text))) = map.next_entry::<Text<'de>, Word<'de>>()? {
                    let label = Label::parse(&name).filter(|label| LABELS.contains(label));
                    match label {
                        Some(label) if labels.iter().all(|(known, _)| *known != label) => {
                            labels.push((label, text));
                        }
                        _ => return Err(de::Error::custom("not a label, or one twice")),
                    }
                }
                Ok(Labels(labels))
            }
        }

        deserializer.deserialize_map(LabelsVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_needs_its_zone() {
        for text in ["2026-03-02T09:00:00Z", "2026-03-02T09:00:00.123456789+05:30"] {
            assert!(Time::parse(text).is_some(), "{text}");
        }
        for text in ["2026-03-02T09:00:00", "2026-03-02 09:00:00Z", "2026-03-02", "1772442000", "", "Z"] {
            assert!(Time::parse(text).is_none(), "{text}");
        }
    }
}
