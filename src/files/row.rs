//! An event at rest: a fixed head that decides nearly every comparison, and the encoded event.
//!
//! The event is encoded without its origin, so that two deliveries of one record have the same bytes; the
//! head keeps the origin.

use std::cmp::{Ordering, Reverse};
use std::io::{Read, Write};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::event::{Action, Event, Name, Selector, Target};
use crate::kind::Kind;
use crate::origin::{EventId, Origin};
use crate::stream::SourceName;
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
}

/// What makes two events of one record the same: the credential or selector they are about.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Identity<'e> {
    Credential(Kind, &'e Name<'e>, Option<&'e str>),
    Selector(&'e Selector<'e>),
    Principal(Option<&'e str>),
}

fn identity<'e>(event: &'e Event<'e>) -> (Action, Identity<'e>, &'e str) {
    let identity = match &event.target {
        Target::Credential(c) => Identity::Credential(c.kind, &c.name, c.version.as_deref()),
        Target::Selector(selector) => Identity::Selector(selector),
        Target::None => Identity::Principal(event.principal.as_deref()),
    };
    (event.action, identity, event.realm.as_str())
}

/// How much an event tells: a second delivery may tell more.
fn richness(event: &Event<'_>) -> (bool, bool, usize) {
    let aliases = event.credential().map_or(0, |credential| credential.aliases.len());
    (event.parent.is_some(), event.principal.is_some(), aliases)
}

/// Reads an encoded event back, under its origin.
pub(super) fn decode<'r>(head: &Head, row: &'r [u8]) -> anyhow::Result<Event<'r>> {
    let mut event: Event<'r> = postcard::from_bytes(row).context("a sorted run is damaged")?;
    event.origin = head.origin;
    Ok(event)
}

/// Appends `event` to `arena`.
pub(super) fn encode(event: &mut Event<'_>, arena: &mut Vec<u8>) -> anyhow::Result<Head> {
    let origin = std::mem::take(&mut event.origin);
    let offset = arena.len();
    let encoded = postcard::serialize_with_flavor(event, Appended(arena));
    event.origin = origin;
    encoded.context("an event cannot be encoded")?;
    let len = u32::try_from(arena.len() - offset).context("an event is larger than 4 GiB")?;
    Ok(Head { at: event.at, id: event.id, origin, offset: offset as u64, len, source: event.source })
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

/// The order of events: (at, source, id), then what the event is about, then the fullest first, then bytes,
/// and only between equal ones the origin.
pub(super) fn order(a: (&Head, &[u8]), b: (&Head, &[u8])) -> Ordering {
    let key = |head: &Head| (head.at, head.source, head.id);
    key(a.0).cmp(&key(b.0)).then_with(|| order_within_record(a, b)).then_with(|| a.0.origin.cmp(&b.0.origin))
}

fn order_within_record(a: (&Head, &[u8]), b: (&Head, &[u8])) -> Ordering {
    if a.1 == b.1 {
        return Ordering::Equal;
    }
    match (decode(a.0, a.1), decode(b.0, b.1)) {
        (Ok(left), Ok(right)) => identity(&left)
            .cmp(&identity(&right))
            .then_with(|| Reverse(left.revision).cmp(&Reverse(right.revision)))
            .then_with(|| Reverse(richness(&left)).cmp(&Reverse(richness(&right))))
            .then_with(|| a.1.cmp(b.1)),
        // A damaged row is reported when it is read; until then any fixed order will do.
        (Err(_), _) | (_, Err(_)) => a.1.cmp(b.1),
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
    if (before.0.source, before.0.id) != (next.0.source, next.0.id) {
        return Ok(Relation::Distinct);
    }
    if before.0.at == next.0.at && before.1 == next.1 {
        return Ok(Relation::Duplicate);
    }
    let (earlier, later) = (decode(before.0, before.1)?, decode(next.0, next.1)?);
    Ok(if identity(&earlier) != identity(&later) {
        Relation::Distinct
    } else if earlier.at == later.at {
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
