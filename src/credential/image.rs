//! A credential, a principal or an act on many, as it is kept between runs: complete, and without any number
//! that means something in this process only.
//!
//! Slots are the exception, and on purpose: a credential is kept under the place it has in its realm, so that
//! what minted it needs no name and two names that turn out to be one credential leave one place empty.

mod put;
mod take;

use serde::{Deserialize, Serialize};

use crate::credential::changes::SpreadKind;
use crate::credential::facts::Standing;
use crate::credential::group::GroupKind;
use crate::credential::spread::Act;
use crate::credential::stamp::{EventRef, Stamp};
use crate::origin::{EventId, Origin};
use crate::time::EventTime;

/// The record a fact came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Ref")]
pub struct RefImage {
    pub event_id: EventId,
    /// The number of the input, as the state of the partition keeps it.
    pub input: u32,
    pub record: u64,
}

/// A moment with the record that told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Stamp")]
pub struct StampImage {
    pub at: EventTime,
    pub by: RefImage,
}

/// One name, with the space it is unique in: the name of a kind, or empty for a handle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Name")]
pub struct NameImage<'a> {
    pub space: &'a str,
    pub text: &'a str,
}

/// A network: by its prefix, or by the name the policy gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Network")]
pub struct NetworkImage {
    pub named: bool,
    pub text: String,
}

/// How the names that a policy gives to networks are turned into numbers and back.
pub struct NetworkNames<'n> {
    pub name: &'n dyn Fn(u16) -> String,
    pub number: &'n dyn Fn(&str) -> Option<u16>,
}

/// One credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Credential")]
#[expect(clippy::struct_excessive_bools, reason = "single facts, each with its name in the schema")]
pub struct CredentialImage<'a> {
    pub kind: &'a str,
    /// The name it is shown by.
    pub shown: &'a str,
    #[serde(borrow)]
    pub names: Vec<NameImage<'a>>,
    pub standing: Standing,
    pub principal: &'a str,
    pub place: &'a str,
    /// The slot of what minted it.
    pub parent: Option<u32>,
    pub issue_seen: bool,
    pub privileged: bool,
    pub spent: bool,
    pub single_use: bool,
    pub uses: u32,
    pub issued_at: Option<EventTime>,
    pub first_use: Option<EventTime>,
    pub last_use: Option<EventTime>,
    pub rotated_at: Option<EventTime>,
    pub expires_at: Option<EventTime>,
    pub revoked_first: Option<EventTime>,
    pub revoked_last: Option<EventTime>,
    pub issue_ref: Option<RefImage>,
    pub use_ref: Option<RefImage>,
    pub end_ref: Option<RefImage>,
    /// The days of use, as 512 bits.
    pub used_days: Vec<i64>,
    #[serde(borrow)]
    pub rare: Option<RareImage<'a>>,
    /// When it is to be judged again; not for the store to know.
    pub wake_at: Option<EventTime>,
}

/// What few credentials have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Rare")]
pub struct RareImage<'a> {
    pub state_at: Option<EventTime>,
    pub state_inactive: bool,
    pub deactivated_last: Option<EventTime>,
    pub state_ref: Option<RefImage>,
    pub rotated_ref: Option<RefImage>,
    pub revocations: Vec<EventTime>,
    pub rotation_failed: Option<StampImage>,
    pub rotation_first_failed: Option<EventTime>,
    pub implied: Option<StampImage>,
    pub cascades: Vec<CascadeImage>,
    pub owner_at: Option<EventTime>,
    pub owner: &'a str,
    #[serde(borrow)]
    pub versions: Vec<VersionImage<'a>>,
    pub refusals: Vec<RefusalImage>,
    pub uses_after_end: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Cascade")]
pub struct CascadeImage {
    pub stamp: StampImage,
    pub spare_tokens: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Version")]
pub struct VersionImage<'a> {
    pub name: &'a str,
    pub made_at: Option<EventTime>,
    pub superseded_at: Option<EventTime>,
    pub first_read: Option<EventTime>,
    pub last_read: Option<EventTime>,
    pub read_ref: Option<RefImage>,
    pub reads: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Refusal")]
pub struct RefusalImage {
    pub stamp: StampImage,
    pub network: Option<NetworkImage>,
}

/// A principal, or a role session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Group")]
pub struct GroupImage<'a> {
    pub kind: GroupKind,
    pub name: &'a str,
    pub display_name: &'a str,
    pub owner_at: Option<EventTime>,
    pub owner: &'a str,
    pub many_networks: bool,
    pub known: Vec<KnownImage>,
    pub networks: Vec<SeenImage>,
    pub root_days: Vec<RootDayImage>,
    /// When it is to be judged again; not for the store to know.
    pub wake_at: Option<EventTime>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Known")]
pub struct KnownImage {
    pub network: NetworkImage,
    pub first_at: EventTime,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Seen")]
pub struct SeenImage {
    pub network: NetworkImage,
    pub public: bool,
    pub first: StampImage,
    pub last: StampImage,
    pub heard_at: EventTime,
    pub count: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "RootDay")]
pub struct RootDayImage {
    pub day: i64,
    pub first: StampImage,
    pub last: StampImage,
    pub heard_at: EventTime,
    pub count: u32,
}

/// The acts on all that one prefix or principal selects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Spread")]
pub struct SpreadImage<'a> {
    pub kind: SpreadKind,
    pub text: &'a str,
    pub acts: Vec<ActImage>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "ActRecord")]
pub struct ActImage {
    pub act: Act,
    pub stamp: StampImage,
}

/// Why an image cannot be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    #[error("a kind of credential that this version does not know; a later version wrote it")]
    UnknownKind,
    #[error("a place that another record holds")]
    Taken,
}

impl From<EventRef> for RefImage {
    fn from(by: EventRef) -> Self {
        Self { event_id: by.id, input: by.origin.input(), record: by.origin.record() }
    }
}

impl From<RefImage> for EventRef {
    fn from(image: RefImage) -> Self {
        Self { id: image.event_id, origin: Origin::new(image.input, image.record) }
    }
}

impl From<Stamp> for StampImage {
    fn from(stamp: Stamp) -> Self {
        Self { at: stamp.at, by: stamp.by.into() }
    }
}

impl From<StampImage> for Stamp {
    fn from(image: StampImage) -> Self {
        Self { at: image.at, by: image.by.into() }
    }
}
