//! Sorted rows spread over threads by their realm: realms do not know of each other, so each can be folded
//! beside the others, and the order within one is kept.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::row::{self, Head};
use crate::event::Event;
use crate::stream::StreamIx;

/// Bytes of rows handed over at a time. Allocators keep blocks of this size, and give larger ones back to the
/// system, whose pages cost more than the rows.
const CHUNK_BYTES: usize = 64 << 10;

/// Chunks that may wait for each thread.
const CHUNKS_WAITING: usize = 4;

/// Rows of one thread, in order.
#[derive(Default)]
struct Chunk {
    heads: Vec<Head>,
    bytes: Vec<u8>,
}

/// Where rows go.
pub(super) struct Senders {
    chunks: Vec<(Chunk, SyncSender<Chunk>)>,
    /// Which of them each realm goes to.
    place: BTreeMap<u16, usize>,
    rows: Vec<u64>,
}

/// A thread has ended before its last row: it says itself why.
pub(super) struct Gone;

impl Senders {
    /// A realm that comes up goes to the thread that had the fewest rows so far.
    pub(super) fn push(&mut self, head: &Head, row: &[u8]) -> Result<(), Gone> {
        let rows = &mut self.rows;
        let at = *self
            .place
            .entry(head.realm)
            .or_insert_with(|| (0..rows.len()).min_by_key(|&at| rows[at]).unwrap_or_default());
        rows[at] += 1;
        let (chunk, sender) = &mut self.chunks[at];
        chunk.heads.push(Head { offset: chunk.bytes.len() as u64, ..*head });
        chunk.bytes.extend_from_slice(row);
        if chunk.bytes.len() < CHUNK_BYTES {
            return Ok(());
        }
        sender.send(std::mem::take(chunk)).map_err(|_| Gone)
    }

    fn finish(self) {
        for (chunk, sender) in self.chunks {
            // Who has gone says why when it is joined.
            let _ = sender.send(chunk);
        }
    }
}

/// Runs `rows`, which pushes all rows, and folds each into one of `states`, of which every realm has one and
/// every thread has one.
pub(super) fn fold<S: Send>(
    states: Vec<S>,
    streams: &[StreamIx],
    fold: &(impl Fn(&mut S, &Event<'_>) + Sync),
    rows: impl FnOnce(&mut Senders) -> anyhow::Result<u64>,
) -> anyhow::Result<(Vec<S>, u64)> {
    thread::scope(|scope| {
        let mut senders = Senders { chunks: Vec::new(), place: BTreeMap::new(), rows: vec![0; states.len()] };
        let mut threads = Vec::new();
        for state in states {
            let (sender, receiver) = sync_channel(CHUNKS_WAITING);
            senders.chunks.push((Chunk::default(), sender));
            threads.push(scope.spawn(move || folded(state, &receiver, streams, fold)));
        }
        let pushed = rows(&mut senders);
        senders.finish();
        let states = threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect::<anyhow::Result<Vec<S>>>()?;
        Ok((states, pushed?))
    })
}

fn folded<S>(
    mut state: S,
    chunks: &Receiver<Chunk>,
    streams: &[StreamIx],
    fold: &impl Fn(&mut S, &Event<'_>),
) -> anyhow::Result<S> {
    for chunk in chunks {
        for head in &chunk.heads {
            fold(&mut state, &row::event(head, row::slice(&chunk.bytes, head), streams)?);
        }
    }
    Ok(state)
}
