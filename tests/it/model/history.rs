//! Histories as plain values: what happened, when the clock was moved, what the log did not cover.
//!
//! Both the engine and the naive model are given these; a failing one is printed in the words of a scenario.

use std::fmt;

use tenure::event::{Action, Client, Credential, Event, Label, Name, Operation, Outcome, Selector, Target};
use tenure::kind::Kind;
use tenure::origin::{EventId, Origin};
use tenure::stream::{SourceName, StreamIx};
use tenure::text::Text;
use tenure::time::EventTime;

/// Seconds since 1970: all a history needs of time.
pub type Seconds = i64;

/// 2026-01-01T03:00Z, when histories begin. Not midnight, so that days and spans of 24 h differ.
pub const BEGIN: Seconds = 1_767_225_600 + 3 * HOUR;
pub const MINUTE: Seconds = 60;
pub const HOUR: Seconds = 60 * MINUTE;
pub const DAY: Seconds = 24 * HOUR;

pub const AWS: &str = "aws/111122223333";
pub const VAULT: &str = "vault/default";

/// One name of a credential: a handle is `@...`, anything else an id.
pub type NameText = &'static str;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// Its first name is the one to show.
    Credential {
        kind: Kind,
        names: Vec<NameText>,
        version: Option<&'static str>,
    },
    Prefix(&'static str),
    Principal(&'static str),
    Parent {
        name: NameText,
        spare_tokens: bool,
    },
    Nobody,
}

/// One record of a log, as both sides are told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// Its identity: a second delivery has the same one.
    pub number: usize,
    pub at: Seconds,
    pub realm: &'static str,
    pub action: Action,
    pub outcome: Outcome,
    pub about: About,
    pub principal: Option<&'static str>,
    pub parent: Option<NameText>,
    pub place: Option<&'static str>,
    pub address: Option<&'static str>,
    /// The role session of an EC2 instance.
    pub session: Option<&'static str>,
    pub privileged: bool,
    pub issued_at: Option<Seconds>,
    pub expires_at: Option<Seconds>,
}

/// A stretch that no log covers.
pub type Stretch = (Seconds, Seconds);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Tell(Happening),
    Advance(Seconds),
    /// From now on these are the gaps of all streams.
    Gaps(Vec<Stretch>),
}

/// A history, with the policy it plays under.
#[derive(Clone, PartialEq, Eq)]
pub struct History {
    pub policy: usize,
    pub steps: Vec<Step>,
}

impl History {
    pub fn happenings(&self) -> impl Iterator<Item = &Happening> {
        self.steps.iter().filter_map(|step| match step {
            Step::Tell(happening) => Some(happening),
            Step::Advance(_) | Step::Gaps(_) => None,
        })
    }

    /// The latest moment it speaks of.
    pub fn end(&self) -> Seconds {
        let moment = |step: &Step| match step {
            Step::Tell(happening) => happening.at,
            Step::Advance(at) => *at,
            Step::Gaps(_) => BEGIN,
        };
        self.steps.iter().map(moment).max().unwrap_or(BEGIN)
    }
}

pub fn time(at: Seconds) -> EventTime {
    EventTime::from_seconds(at).unwrap()
}

fn name(text: NameText) -> Name<'static> {
    text.strip_prefix('@').map_or_else(|| Name::id(text), Name::handle)
}

/// A name as findings show it.
pub fn shown(text: NameText) -> &'static str {
    text.strip_prefix('@').unwrap_or(text)
}

impl About {
    /// Kind, names and version of the credential, where it is about one.
    pub fn credential(&self) -> Option<(Kind, &[NameText], Option<&'static str>)> {
        match self {
            Self::Credential { kind, names, version } => Some((*kind, names, *version)),
            Self::Prefix(_) | Self::Principal(_) | Self::Parent { .. } | Self::Nobody => None,
        }
    }

    /// Whether it is an act on many.
    pub fn is_selector(&self) -> bool {
        self.credential().is_none() && *self != Self::Nobody
    }
}

impl Happening {
    pub fn id(&self) -> EventId {
        EventId::digest(&self.number.to_be_bytes())
    }

    /// Whether it is a fact about a credential: an act that succeeded, or an attempt.
    pub fn took_place(&self) -> bool {
        let is_attempt = matches!(self.action, Action::Used | Action::Denied | Action::RotationFailed);
        is_attempt || self.outcome == Outcome::Success
    }

    pub fn is_accepted(&self) -> bool {
        self.outcome != Outcome::Refused
    }

    /// The same under another realm's name.
    pub fn in_realm(&self, realm: &'static str) -> Self {
        Self { realm, ..self.clone() }
    }

    pub fn event(&self) -> Event<'static> {
        let (source, stream) = match self.realm {
            realm if realm.starts_with("aws/") => (SourceName::AwsCloudtrail, 0),
            _ => (SourceName::VaultAudit, u16::try_from(SourceName::ALL.len() - 1).unwrap()),
        };
        let mut event = Event {
            at: time(self.at),
            source,
            id: self.id(),
            action: self.action,
            revision: 0,
            outcome: self.outcome,
            stream: StreamIx(stream),
            origin: Origin::default(),
            realm: Text::borrowed(self.realm),
            target: self.target(),
            principal: self.principal.map(Text::borrowed),
            parent: self.parent.map(name),
            actor: None,
            place: self.place.map(Text::borrowed),
            client: Client { ip: self.address.map(|ip| ip.parse().unwrap()), ..Client::default() },
            operation: Operation { privileged: self.privileged, ..Operation::default() },
            issued_at: self.issued_at.map(time),
            expires_at: self.expires_at.map(time),
            labels: Vec::new(),
        };
        event.set_label(Label::Session, self.session.map(Text::borrowed));
        event.set_label(Label::Instance, self.session.map(|_| Text::borrowed("i-0123456789abcdef0")));
        event
    }

    fn target(&self) -> Target<'static> {
        match &self.about {
            About::Credential { kind, names, version } => {
                let credential = Credential::new(*kind, name(names[0])).version(version.map(Text::borrowed));
                let aliases = names[1..].iter().map(|alias| Some(name(alias)));
                Target::Credential(aliases.fold(credential, Credential::alias))
            }
            About::Prefix(prefix) => Target::Selector(Selector::Prefix(Text::borrowed(prefix))),
            About::Principal(principal) => Target::Selector(Selector::Principal(Text::borrowed(principal))),
            About::Parent { name: parent, spare_tokens } => {
                Target::Selector(Selector::Parent { parent: name(parent), spare_tokens: *spare_tokens })
            }
            About::Nobody => Target::None,
        }
    }
}

impl fmt::Display for Happening {
    /// The line of a scenario.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", time(self.at), self.action.as_str())?;
        match &self.about {
            About::Credential { kind, names, version } => {
                write!(f, " {} {}", kind.name(), names[0])?;
                names[1..].iter().try_for_each(|alias| write!(f, " alias={alias}"))?;
                version.map_or(Ok(()), |version| write!(f, " version={version}"))?;
            }
            About::Prefix(prefix) => write!(f, " prefix:{prefix}")?,
            About::Principal(principal) => write!(f, " principal:{principal}")?,
            About::Parent { name, spare_tokens: true } => write!(f, " parent-sparing-tokens:{name}")?,
            About::Parent { name, spare_tokens: false } => write!(f, " parent:{name}")?,
            About::Nobody => f.write_str(" -")?,
        }
        let said = [
            ("principal", self.principal.map(str::to_owned)),
            ("parent", self.parent.map(str::to_owned)),
            ("place", self.place.map(str::to_owned)),
            ("from", self.address.map(str::to_owned)),
            ("session", self.session.map(str::to_owned)),
            ("issued", self.issued_at.map(|at| time(at).to_string())),
            ("expires", self.expires_at.map(|at| time(at).to_string())),
            ("outcome", (self.outcome != Outcome::Success).then(|| self.outcome.as_str().to_owned())),
        ];
        for (key, value) in said {
            value.map_or(Ok(()), |value| write!(f, " {key}={value}"))?;
        }
        if self.privileged { f.write_str(" privileged") } else { Ok(()) }
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "policy {}", self.policy)?;
        for step in &self.steps {
            match step {
                Step::Tell(happening) => writeln!(f, "{:<16} {happening}", happening.realm)?,
                Step::Advance(at) => writeln!(f, "{:<16} {}", "clock", time(*at))?,
                Step::Gaps(gaps) => {
                    let gaps = gaps.iter().map(|(from, to)| (time(*from).to_string(), time(*to).to_string()));
                    writeln!(f, "{:<16} {:?}", "gaps", gaps.collect::<Vec<_>>())?;
                }
            }
        }
        Ok(())
    }
}
