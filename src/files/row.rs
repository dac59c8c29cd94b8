//! An event at rest: a fixed head that decides nearly every comparison, and the encoded rest.
//!
//! The rest has no origin, so that two deliveries of one record have the same bytes; the head keeps it. Nor
//! has it what no fold looks at: half of the bytes of an event say who acted with which agent and what the
//! operation is called.

use core::hash::BuildHasher;
use core::net::IpAddr;
use std::cmp::{Ordering, Reverse};
use std::io::{Read, Write};

use anyhow::Context;
use foldhash::fast::FixedState;
use serde::{Deserialize, Serialize};

use crate::event::{Action, Client, Event, Label, Name, Operation, Outcome, Selector, Target};
use crate::kind::Kind;
use crate::origin::{EventId, Origin};
use crate::stream::{SourceName, StreamIx};
use crate::text::Text;
use crate::time::EventTime;

/// The head of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    pub at: EventTime,
    pub id: EventId,
    pub origin: Origin,
    /// Where the encoded event begins in its arena; of no meaning in a file.
    pub offset: u64,
    pub len: u32,
    pub source: SourceName,
    pub action: Action,
    /// The same for all events of a realm, and mostly another for another one.
    pub realm: u16,
}

/// What a row keeps of an event besides its head. A detection that asks for more adds it here.
#[derive(Serialize, Deserialize)]
struct Kept<'a> {
    revision: u8,
    outcome: Outcome,
    stream: StreamIx,
    #[serde(borrow)]
    realm: Text<'a>,
    #[serde(borrow)]
    target: Target<'a>,
    #[serde(borrow)]
    principal: Option<Text<'a>>,
    #[serde(borrow)]
    parent: Option<Name<'a>>,
    #[serde(borrow)]
    place: Option<Text<'a>>,
    ip: Option<IpAddr>,
    privileged: bool,
    issued_at: Option<EventTime>,
    expires_at: Option<EventTime>,
    #[serde(borrow)]
    labels: Vec<(Label, Text<'a>)>,
}

impl<'a> Kept<'a> {
    /// `event` in its two parts.
    fn split(event: Event<'a>) -> (Head, Self) {
        let Event { at, source, id, action, revision, outcome, stream, origin, realm, target, .. } = event;
        let Event { principal, parent, actor: _, place, client, operation, .. } = event;
        let Event { issued_at, expires_at, labels, .. } = event;
        let Client { ip, service: _, user_agent: _ } = client;
        let Operation { service: _, name: _, region: _, privileged } = operation;
        let mark = mark(&realm);
        let head = Head { at, id, origin, offset: 0, len: 0, source, action, realm: mark };
        let kept = Self {
            revision,
            outcome,
            stream,
            realm,
            target,
            principal,
            parent,
            place,
            ip,
            privileged,
            issued_at,
            expires_at,
            labels,
        };
        (head, kept)
    }

    /// The event again, as far as it was kept.
    fn join(self, head: &Head) -> Event<'a> {
        Event {
            at: head.at,
            source: head.source,
            id: head.id,
            action: head.action,
            revision: self.revision,
            outcome: self.outcome,
            stream: self.stream,
            origin: head.origin,
            realm: self.realm,
            target: self.target,
            principal: self.principal,
            parent: self.parent,
            actor: None,
            place: self.place,
            client: Client { ip: self.ip, ..Client::default() },
            operation: Operation { privileged: self.privileged, ..Operation::default() },
            issued_at: self.issued_at,
            expires_at: self.expires_at,
            labels: self.labels,
        }
    }
}

/// What makes two events of one record, and of one action, the same: what they are about.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Identity<'e> {
    Credential(Kind, &'e Name<'e>, Option<&'e str>),
    Selector(&'e Selector<'e>),
    Principal(Option<&'e str>),
}

fn identity<'e>(row: &'e Kept<'e>) -> (Identity<'e>, &'e str) {
    let identity = match &row.target {
        Target::Credential(c) => Identity::Credential(c.kind, &c.name, c.version.as_deref()),
        Target::Selector(selector) => Identity::Selector(selector),
        Target::None => Identity::Principal(row.principal.as_deref()),
    };
    (identity, row.realm.as_str())
}

/// How much an event tells: a second delivery may tell more.
fn richness(row: &Kept<'_>) -> (bool, bool, usize) {
    let aliases = match &row.target {
        Target::Credential(credential) => credential.aliases.len(),
        Target::Selector(_) | Target::None => 0,
    };
    (row.parent.is_some(), row.principal.is_some(), aliases)
}

fn kept(row: &[u8]) -> anyhow::Result<Kept<'_>> {
    postcard::from_bytes(row).context("a sorted run is damaged")
}

fn mark(realm: &str) -> u16 {
    let [low, high, ..] = FixedState::default().hash_one(realm).to_le_bytes();
    u16::from_le_bytes([low, high])
}

/// Reads an event back; `streams` holds the final number of each stream.
pub(super) fn event<'r>(head: &Head, row: &'r [u8], streams: &[StreamIx]) -> anyhow::Result<Event<'r>> {
    let mut kept = kept(row)?;
    kept.stream = streams[usize::from(kept.stream.0)];
    Ok(kept.join(head))
}

/// The row of `head` among `bytes`.
pub(super) fn slice<'b>(bytes: &'b [u8], head: &Head) -> &'b [u8] {
    let start = usize::try_from(head.offset).unwrap_or(usize::MAX);
    &bytes[start..start + head.len as usize]
}

/// Appends `event` to `arena`.
pub(super) fn encode(event: Event<'_>, arena: &mut Vec<u8>) -> anyhow::Result<Head> {
    let (head, kept) = Kept::split(event);
    let offset = arena.len();
    postcard::serialize_with_flavor(&kept, Appended(arena)).context("an event cannot be encoded")?;
    let len = u32::try_from(arena.len() - offset).context("an event is larger than 4 GiB")?;
    Ok(Head { offset: offset as u64, len, ..head })
}

/// Bytes written behind those already there.
struct Appended<'v>(&'v mut Vec<u8>);

impl postcard::ser_flavors::Flavor for Appended<'_> {
    type Output = ();

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

/// The order of events: (at, source, id, action), then what the event is about, then the fullest first, then
/// bytes, and only between equal ones the origin.
pub(super) fn order(a: (&Head, &[u8]), b: (&Head, &[u8])) -> Ordering {
    let key = |head: &Head| (head.at, head.source, head.id, head.action);
    key(a.0)
        .cmp(&key(b.0))
        .then_with(|| order_within_record(a.1, b.1))
        .then_with(|| a.0.origin.cmp(&b.0.origin))
}

fn order_within_record(a: &[u8], b: &[u8]) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    match (kept(a), kept(b)) {
        (Ok(left), Ok(right)) => identity(&left)
            .cmp(&identity(&right))
            .then_with(|| Reverse(left.revision).cmp(&Reverse(right.revision)))
            .then_with(|| Reverse(richness(&left)).cmp(&Reverse(richness(&right))))
            .then_with(|| a.cmp(b)),
        // A damaged row is reported when it is read; until then any fixed order will do.
        (Err(_), _) | (_, Err(_)) => a.cmp(b),
    }
}

/// What an event is to the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Distinct,
    /// The same, or an earlier revision of it.
    Duplicate,
    /// A later revision of it.
    Correction,
}

/// What `next` is to `before`, its neighbour in the order.
pub(super) fn relation(before: (&Head, &[u8]), next: (&Head, &[u8])) -> anyhow::Result<Relation> {
    let key = |head: &Head| (head.source, head.id, head.action);
    if key(before.0) != key(next.0) {
        return Ok(Relation::Distinct);
    }
    if before.0.at == next.0.at && before.1 == next.1 {
        return Ok(Relation::Duplicate);
    }
    let (earlier, later) = (kept(before.1)?, kept(next.1)?);
    Ok(if identity(&earlier) != identity(&later) {
        Relation::Distinct
    } else if before.0.at == next.0.at {
        Relation::Duplicate
    } else {
        match later.revision.cmp(&earlier.revision) {
            Ordering::Less => Relation::Duplicate,
            Ordering::Equal => Relation::Distinct,
            Ordering::Greater => Relation::Correction,
        }
    })
}

/// Most bytes an encoded head takes.
const HEAD_BYTES_MAX: usize = 64;

/// Writes one row to a sorted run: the length of its head, the head, the event.
pub(super) fn write(out: &mut impl Write, head: &Head, row: &[u8]) -> anyhow::Result<()> {
    let mut space = [0; HEAD_BYTES_MAX];
    let bytes = postcard::to_slice(head, &mut space).context("the head of an event cannot be encoded")?;
    out.write_all(&[u8::try_from(bytes.len()).context("the head of an event is too long")?])?;
    out.write_all(bytes)?;
    out.write_all(row)?;
    Ok(())
}

/// Reads the next row of a sorted run into `row`; `None` at its end.
pub(super) fn read(from: &mut impl Read, row: &mut Vec<u8>) -> anyhow::Result<Option<Head>> {
    let mut len = [0; 1];
    if from.read(&mut len)? == 0 {
        return Ok(None);
    }
    let mut space = [0; HEAD_BYTES_MAX];
    let bytes = space.get_mut(..usize::from(len[0])).context("a sorted run is damaged")?;
    from.read_exact(bytes)?;
    let head: Head = postcard::from_bytes(bytes).context("a sorted run is damaged")?;
    row.resize(head.len as usize, 0);
    from.read_exact(row)?;
    Ok(Some(head))
}
