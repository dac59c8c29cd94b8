//! Keys of the changelog. What concerns a whole partition begins with a NUL, so that it sorts in front.

use crate::credential::SpreadKind;
use crate::finding::identity::Uid;

/// What a record of the changelog is about. Numbers are those of the partition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Meta,
    Policy,
    Stream(u16),
    Input(u32),
    Realm(u32),
    Group { realm: u32, at: u32 },
    Credential { realm: u32, at: u32 },
    Spread { realm: u32, kind: SpreadKind, text: String },
    Finding(Uid),
}

impl Key {
    /// As it stands in the topic.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let text = match self {
            Self::Meta => "\0meta".to_owned(),
            Self::Policy => "\0policy".to_owned(),
            Self::Stream(number) => format!("\0stream/{number}"),
            Self::Input(number) => format!("\0input/{number}"),
            Self::Realm(number) => format!("\0realm/{number}"),
            Self::Group { realm, at } => format!("g/{realm}/{at}"),
            Self::Credential { realm, at } => format!("s/{realm}/{at}"),
            Self::Spread { realm, kind: SpreadKind::Prefix, text } => format!("p/{realm}/{text}"),
            Self::Spread { realm, kind: SpreadKind::Principal, text } => format!("h/{realm}/{text}"),
            Self::Finding(uid) => format!("f/{uid}"),
        };
        text.into_bytes()
    }

    /// `None` for a key this version does not know.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        match text {
            "\0meta" => return Some(Self::Meta),
            "\0policy" => return Some(Self::Policy),
            _ => {}
        }
        let (head, rest) = text.split_once('/')?;
        let in_realm = || rest.split_once('/').and_then(|(realm, tail)| Some((realm.parse().ok()?, tail)));
        let spread =
            |kind| in_realm().map(|(realm, text)| Self::Spread { realm, kind, text: text.to_owned() });
        match head {
            "\0stream" => rest.parse().ok().map(Self::Stream),
            "\0input" => rest.parse().ok().map(Self::Input),
            "\0realm" => rest.parse().ok().map(Self::Realm),
            "g" => in_realm().and_then(|(realm, at)| Some(Self::Group { realm, at: at.parse().ok()? })),
            "s" => in_realm().and_then(|(realm, at)| Some(Self::Credential { realm, at: at.parse().ok()? })),
            "p" => spread(SpreadKind::Prefix),
            "h" => spread(SpreadKind::Principal),
            "f" => u128::from_str_radix(rest, 16)
                .ok()
                .map(|uid| Self::Finding(Uid::from_bytes(uid.to_be_bytes()))),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_reads_back() {
        let keys = [
            Key::Meta,
            Key::Policy,
            Key::Stream(7),
            Key::Input(9),
            Key::Realm(3),
            Key::Group { realm: 1, at: 2 },
            Key::Credential { realm: 0, at: u32::MAX },
            Key::Spread { realm: 4, kind: SpreadKind::Prefix, text: "database/creds/a/b".to_owned() },
            Key::Spread { realm: 4, kind: SpreadKind::Principal, text: "arn:aws:iam::1:user/a".to_owned() },
            Key::Finding(Uid::from_bytes([7; 16])),
        ];
        for key in keys {
            assert_eq!(Key::from_bytes(&key.to_bytes()), Some(key));
        }
        for bytes in [b"".as_slice(), b"x/1", b"s/1", b"s/a/1", b"\0other", b"\xff"] {
            assert_eq!(Key::from_bytes(bytes), None, "{bytes:?}");
        }
    }
}
