//! Whom a rule is for, and what it sets.

use std::fmt;

use globset::{GlobBuilder, GlobMatcher};

use crate::kind::{Class, KINDS, Kind, KindRow};
use crate::policy::keys::{Key, Value};
use crate::policy::thresholds::Off;
use crate::stream::SourceName;

/// What policy may select by. A field that is not known matches no selector, not even `*`.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    pub tenant: &'a str,
    pub realm: &'a str,
    pub source: SourceName,
    pub kind: Option<Kind>,
    pub class: Option<Class>,
    pub principal: Option<&'a str>,
    pub owner: Option<&'a str>,
    pub id: &'a str,
    pub privileged: bool,
    pub environment: Option<&'a str>,
}

/// A field of [`Subject`] under its name in `match`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Tenant,
    Realm,
    Source,
    Kind,
    Class,
    Principal,
    Owner,
    Id,
    Environment,
    Privileged,
}

impl Field {
    pub const ALL: &'static [Self] = &[
        Self::Tenant,
        Self::Realm,
        Self::Source,
        Self::Kind,
        Self::Class,
        Self::Principal,
        Self::Owner,
        Self::Id,
        Self::Environment,
        Self::Privileged,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Realm => "realm",
            Self::Source => "source",
            Self::Kind => "kind",
            Self::Class => "class",
            Self::Principal => "principal",
            Self::Owner => "owner",
            Self::Id => "id",
            Self::Environment => "environment",
            Self::Privileged => "privileged",
        }
    }

    /// What it holds, for the reference page.
    #[must_use]
    pub const fn doc(self) -> &'static str {
        match self {
            Self::Tenant => "the organisation of the stream; `default` where none was named",
            Self::Realm => {
                "`aws/111122223333`, `vault/prod/file-1`; with another tenant `acme:aws/111122223333`"
            }
            Self::Source => "`aws.cloudtrail`, `vault.audit`",
            Self::Kind => "`aws.access_key`, `vault.token`, ...",
            Self::Class => "`durable`, `stored`, `session`, `material`, `blind`",
            Self::Principal => "who holds the credential: an ARN, `entity:<uuid>`, `root`",
            Self::Owner => "the accountable team or person, where the log names one",
            Self::Id => "the credential's own id: an access key id, a path",
            Self::Environment => "the name its realm has in `[environments]`",
            Self::Privileged => "`true` or `false`: root, or a holder of the root policy",
        }
    }

    fn of<'a>(self, who: &Subject<'a>) -> Option<&'a str> {
        match self {
            Self::Tenant => Some(who.tenant),
            Self::Realm => Some(who.realm),
            Self::Source => Some(who.source.as_str()),
            Self::Kind => who.kind.map(Kind::name),
            Self::Class => who.class.map(Class::as_str),
            Self::Principal => who.principal,
            Self::Owner => who.owner,
            Self::Id => Some(who.id),
            Self::Environment => who.environment,
            Self::Privileged => Some(if who.privileged { "true" } else { "false" }),
        }
    }

    /// The values a field is written with, where they are a closed list.
    #[must_use]
    pub fn names(self) -> Option<Vec<&'static str>> {
        match self {
            Self::Source => Some(SourceName::ALL.iter().map(|source| source.as_str()).collect()),
            Self::Kind => Some(KINDS.iter().map(|row| row.name).collect()),
            Self::Class => Some(Class::ALL.iter().map(|class| class.as_str()).collect()),
            Self::Tenant
            | Self::Realm
            | Self::Principal
            | Self::Owner
            | Self::Id
            | Self::Environment
            | Self::Privileged => None,
        }
    }
}

/// A glob: `*` and `?` stand for any characters, `/` too; `[ab]` and `{x,y}` as in a shell; `\` takes the
/// meaning away.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    /// Absent where the text holds no sign with a meaning and can be compared as it is.
    glob: Option<GlobMatcher>,
}

impl Pattern {
    /// # Errors
    /// Says what is wrong with the glob.
    pub fn new(text: &str) -> Result<Self, String> {
        let plain = !text.contains(['*', '?', '[', ']', '{', '}', '\\']);
        let glob = if plain {
            None
        } else {
            let glob = GlobBuilder::new(text).literal_separator(false).backslash_escape(true).build();
            Some(glob.map_err(|error| error.kind().to_string())?.compile_matcher())
        };
        Ok(Self { text: text.to_owned(), glob })
    }

    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.glob.as_ref().map_or(self.text == text, |glob| glob.is_match(text))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it matches whatever `other` matches, as far as their texts tell.
    fn covers(&self, other: &Self) -> bool {
        self.text == other.text || self.text == "*"
    }
}

/// What must be true of a credential for a rule to hold: all fields named. Without any it holds for every
/// one.
#[derive(Debug, Clone, Default)]
pub struct Selector {
    /// In the order of [`Field`].
    fields: Vec<(Field, Pattern)>,
}

impl Selector {
    #[must_use]
    pub fn new(mut fields: Vec<(Field, Pattern)>) -> Self {
        fields.sort_by_key(|(field, _)| *field);
        Self { fields }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    #[must_use]
    pub fn get(&self, field: Field) -> Option<&Pattern> {
        self.fields.iter().find(|(of, _)| *of == field).map(|(_, pattern)| pattern)
    }

    #[must_use]
    pub fn matches(&self, who: &Subject<'_>) -> bool {
        self.fields.iter().all(|(field, pattern)| field.of(who).is_some_and(|text| pattern.matches(text)))
    }

    /// Whether it says the same as `other`, word for word.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let words = |selector: &Self| -> Vec<(Field, String)> {
            selector.fields.iter().map(|(field, pattern)| (*field, pattern.text.clone())).collect()
        };
        words(self) == words(other)
    }

    /// Whether it holds wherever `other` holds, as far as their texts tell.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.fields
            .iter()
            .all(|(field, pattern)| other.get(*field).is_some_and(|theirs| pattern.covers(theirs)))
    }

    /// The kinds it can hold for, by its `kind` and `class`.
    pub fn kinds(&self) -> impl Iterator<Item = &'static KindRow> {
        KINDS.iter().filter(|row| {
            self.get(Field::Kind).is_none_or(|kind| kind.matches(row.name))
                && self.get(Field::Class).is_none_or(|class| class.matches(row.class.as_str()))
        })
    }
}

impl fmt::Display for Selector {
    /// `realm=vault/* class=stored`, or `everything`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("everything");
        }
        for (at, (field, pattern)) in self.fields.iter().enumerate() {
            let gap = if at == 0 { "" } else { " " };
            write!(f, "{gap}{}={}", field.as_str(), pattern.as_str())?;
        }
        Ok(())
    }
}

/// How a rule is referred to: where it stands, how it is called, which paragraph of the customer's own
/// standard it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInfo {
    /// The line of its header, from 1.
    pub line: u32,
    pub name: Option<String>,
    pub policy_ref: Option<String>,
}

/// One value a rule sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    pub key: Key,
    pub value: Value,
    /// The line it stands on, from 1.
    pub line: u32,
}

/// A `[[rule]]`, or `[defaults]`, which is the rule for everything that stands before all others.
#[derive(Debug, Clone)]
pub struct Rule {
    pub info: RuleInfo,
    pub selector: Selector,
    pub settings: Vec<Setting>,
    /// The detections it switches off, which replace those of earlier rules.
    pub off: Option<Off>,
}

impl Rule {
    #[must_use]
    pub fn setting(&self, key: Key) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.key == key)
    }
}
