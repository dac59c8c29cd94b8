//! One lifecycle fact about one credential, in one form for every source.
//!
//! An event holds only what is on the allow-list below: there is no field that could carry a payload, a
//! policy text or a secret. It borrows from the record it was read in; `tenure.events` and the sorted runs of
//! `scan` carry it onwards.

use core::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::kind::Kind;
use crate::origin::{EventId, Origin};
use crate::stream::{SourceName, StreamIx};
use crate::text::Text;
use crate::time::EventTime;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Came into being.
    Issued,
    /// Same credential, later end.
    Renewed,
    /// Same name, new material.
    Rotated,
    RotationFailed,
    /// Ended for good.
    Revoked,
    /// Ended for now: it can be taken back.
    Deactivated,
    Reactivated,
    /// Spent or ended by its issuer; mostly computed from `expires_at`, seldom an event.
    Expired,
    /// Served its holder.
    Used,
    /// An attempt that failed; [`Outcome`] says on which ground.
    Denied,
    /// A stored value was handed out.
    SecretRead,
    Modified,
    OwnerChanged,
    PrivilegeChanged,
    TrustChanged,
    LoggingChanged,
    /// Seen where it should not be: in a repository, by a secret scanner, under a vendor's quarantine.
    Exposed,
    /// A right was lent for a time: a consent, an elevation, an authorisation of a token for an organisation.
    GrantStarted,
    GrantEnded,
}

impl Action {
    pub const ALL: &'static [Self] = &[
        Self::Issued,
        Self::Renewed,
        Self::Rotated,
        Self::RotationFailed,
        Self::Revoked,
        Self::Deactivated,
        Self::Reactivated,
        Self::Expired,
        Self::Used,
        Self::Denied,
        Self::SecretRead,
        Self::Modified,
        Self::OwnerChanged,
        Self::PrivilegeChanged,
        Self::TrustChanged,
        Self::LoggingChanged,
        Self::Exposed,
        Self::GrantStarted,
        Self::GrantEnded,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Renewed => "renewed",
            Self::Rotated => "rotated",
            Self::RotationFailed => "rotation_failed",
            Self::Revoked => "revoked",
            Self::Deactivated => "deactivated",
            Self::Reactivated => "reactivated",
            Self::Expired => "expired",
            Self::Used => "used",
            Self::Denied => "denied",
            Self::SecretRead => "secret_read",
            Self::Modified => "modified",
            Self::OwnerChanged => "owner_changed",
            Self::PrivilegeChanged => "privilege_changed",
            Self::TrustChanged => "trust_changed",
            Self::LoggingChanged => "logging_changed",
            Self::Exposed => "exposed",
            Self::GrantStarted => "grant_started",
            Self::GrantEnded => "grant_ended",
        }
    }
}

/// How it went, by the field of the source that does not lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Success,
    /// The credential was accepted, the call failed on its own (not found, bad argument).
    Failure,
    /// The credential was accepted, policy refused the call. It is alive.
    Denied,
    /// The credential itself was not accepted: unknown, revoked, expired, disabled, or wrong.
    Refused,
}

impl Outcome {
    /// What a call that went so says of the credential it was made with.
    #[must_use]
    pub const fn action_of_use(self) -> Action {
        match self {
            Self::Success | Self::Failure => Action::Used,
            Self::Denied | Self::Refused => Action::Denied,
        }
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Denied => "denied",
            Self::Refused => "refused",
        }
    }
}

/// The space in which a name of a credential is unique within its realm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameSpace {
    /// The id of its kind: an access key id, a lease id, the path of a secret.
    Id,
    /// An opaque value that is the same wherever the realm shows it, whatever the field: a Vault accessor or
    /// the hash of a token, of a secret-id, of a serial number.
    Handle,
}

/// One name of a credential.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Name<'a> {
    pub space: NameSpace,
    #[serde(borrow)]
    pub text: Text<'a>,
}

impl<'a> Name<'a> {
    #[must_use]
    pub fn id(text: impl Into<Text<'a>>) -> Self {
        Self { space: NameSpace::Id, text: text.into() }
    }

    #[must_use]
    pub fn handle(text: impl Into<Text<'a>>) -> Self {
        Self { space: NameSpace::Handle, text: text.into() }
    }
}

/// The credential an event is about, under every name this record gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential<'a> {
    pub kind: Kind,
    /// The name to show: the id of the kind where the record has one.
    #[serde(borrow)]
    pub name: Name<'a>,
    /// Other names of the same credential in this record.
    #[serde(borrow)]
    pub aliases: Vec<Name<'a>>,
    /// The version of a stored secret, as its store writes it.
    #[serde(borrow)]
    pub version: Option<Text<'a>>,
}

impl<'a> Credential<'a> {
    #[must_use]
    pub fn new(kind: Kind, name: Name<'a>) -> Self {
        Self { kind, name, aliases: Vec::new(), version: None }
    }

    #[must_use]
    pub fn alias(mut self, alias: Option<Name<'a>>) -> Self {
        if let Some(alias) = alias
            && alias != self.name
            && !self.aliases.contains(&alias)
        {
            self.aliases.push(alias);
        }
        self
    }

    #[must_use]
    pub fn version(mut self, version: Option<Text<'a>>) -> Self {
        self.version = version;
        self
    }
}

/// "Everything under ...": one act that ends (or suspends) many credentials at once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Selector<'a> {
    /// All credentials whose id, or the path they were issued at, begins with this text.
    #[serde(borrow)]
    Prefix(Text<'a>),
    /// All that a mount made; a prefix that ends in `/`.
    #[serde(borrow)]
    Mount(Text<'a>),
    /// What a credential minted. With `spare_tokens` its child tokens live on (`revoke-orphan`), its leases
    /// do not.
    Parent {
        #[serde(borrow)]
        parent: Name<'a>,
        spare_tokens: bool,
    },
    /// All that a principal holds.
    #[serde(borrow)]
    Principal(Text<'a>),
}

impl Selector<'_> {
    /// The word for its reach, and the value it selects by.
    #[must_use]
    pub fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Prefix(text) => ("prefix", text),
            Self::Mount(text) => ("mount", text),
            Self::Parent { parent, .. } => ("parent", &parent.text),
            Self::Principal(text) => ("principal", text),
        }
    }
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target<'a> {
    #[serde(borrow)]
    Credential(Credential<'a>),
    #[serde(borrow)]
    Selector(Selector<'a>),
    /// Only the principal and the actor are known: a log was switched off, a root token was generated unseen.
    None,
}

/// Where the caller stood, as far as the record tells.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Client<'a> {
    /// The address of the caller itself; absent where a service called on its behalf.
    pub ip: Option<IpAddr>,
    /// The service that called (`secretsmanager.amazonaws.com`, `AWS Internal`).
    #[serde(borrow)]
    pub service: Option<Text<'a>>,
    #[serde(borrow)]
    pub user_agent: Option<Text<'a>>,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Operation<'a> {
    /// `iam`, `s3`; for Vault the type of the mount.
    #[serde(borrow)]
    pub service: Text<'a>,
    /// `ListBuckets`; for Vault `read secret/data/app` without any value.
    #[serde(borrow)]
    pub name: Text<'a>,
    #[serde(borrow)]
    pub region: Option<Text<'a>>,
    /// Done as root, or with the root policy.
    pub privileged: bool,
}

/// The closed list of further facts an event may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Label {
    /// The EC2 instance a role session was delivered to.
    Instance,
    /// The role session (`arn:aws:sts::...:assumed-role/ROLE/SESSION`), which several keys can share.
    Session,
    /// A name people know the principal by.
    DisplayName,
    /// The role, AppRole or engine role it was issued through.
    Role,
    /// The owner as the source states it (a tag, a metadata key).
    Owner,
    /// The service that forwarded the caller's session; such a call has no credential of its own.
    InvokedBy,
    /// `true` or `false`, where the source says whether a second factor was used.
    Mfa,
    /// The Vault namespace, where it is not the root.
    Namespace,
    /// On whose behalf the principal acted: the chain of impersonation or delegation, nearest first, parted
    /// by ` < `.
    OnBehalfOf,
    /// The foreign identity provider a federated caller or credential is trusted through.
    Provider,
    /// What kind of token it is, in the words of its source (`Fine-grained personal access token`).
    Form,
    /// Why an event says less than one would wish (`masked_id`, `inline_authentication`,
    /// `rotation_requested`).
    Note,
}

impl Label {
    pub const ALL: &'static [Self] = &[
        Self::Instance,
        Self::Session,
        Self::DisplayName,
        Self::Role,
        Self::Owner,
        Self::InvokedBy,
        Self::Mfa,
        Self::Namespace,
        Self::OnBehalfOf,
        Self::Provider,
        Self::Form,
        Self::Note,
    ];

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|label| label.as_str() == text)
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::Session => "session",
            Self::DisplayName => "display_name",
            Self::Role => "role",
            Self::Owner => "owner",
            Self::InvokedBy => "invoked_by",
            Self::Mfa => "mfa",
            Self::Namespace => "namespace",
            Self::OnBehalfOf => "on_behalf_of",
            Self::Provider => "provider",
            Self::Form => "form",
            Self::Note => "note",
        }
    }
}

/// One lifecycle fact (`CredentialEvent`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event<'a> {
    pub at: EventTime,
    pub source: SourceName,
    pub id: EventId,
    pub action: Action,
    /// 1 where the source corrects an earlier delivery of the same id, else 0. The highest wins.
    pub revision: u8,
    pub outcome: Outcome,
    pub stream: StreamIx,
    pub origin: Origin,
    /// The realm of the credential, not of the caller.
    #[serde(borrow)]
    pub realm: Text<'a>,
    #[serde(borrow)]
    pub target: Target<'a>,
    /// Who holds the credential: an ARN, a Vault entity (`entity:<uuid>`), `root`.
    #[serde(borrow)]
    pub principal: Option<Text<'a>>,
    /// The credential that minted this one, in the same realm.
    #[serde(borrow)]
    pub parent: Option<Name<'a>>,
    /// Who did this.
    #[serde(borrow)]
    pub actor: Option<Text<'a>>,
    /// The path it was issued at, where that is not its id: the login path of a token.
    #[serde(borrow)]
    pub place: Option<Text<'a>>,
    #[serde(borrow)]
    pub client: Client<'a>,
    #[serde(borrow)]
    pub operation: Operation<'a>,
    /// When it was issued, where a record of its use states that.
    pub issued_at: Option<EventTime>,
    pub expires_at: Option<EventTime>,
    #[serde(borrow)]
    pub labels: Vec<(Label, Text<'a>)>,
}

impl<'a> Event<'a> {
    /// The value of a label.
    #[must_use]
    pub fn label(&self, label: Label) -> Option<&str> {
        self.labels.iter().find(|(name, _)| *name == label).map(|(_, text)| text.as_str())
    }

    /// Adds a label where there is a value.
    pub fn set_label(&mut self, label: Label, text: Option<Text<'a>>) {
        if let Some(text) = text
            && !text.is_empty()
        {
            self.labels.push((label, text));
        }
    }

    /// The credential, where the event is about one.
    #[must_use]
    pub fn credential(&self) -> Option<&Credential<'a>> {
        match &self.target {
            Target::Credential(credential) => Some(credential),
            Target::Selector(_) | Target::None => None,
        }
    }
}
