//! Sorted runs into one sequence of events, each once.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use super::arena::Run;
use super::by_realm;
use super::row::{self, Head, Relation};
use crate::event::Event;
use crate::stream::StreamIx;

/// Runs by their next row, the least on top.
pub(super) struct Merge {
    runs: BinaryHeap<Next>,
}

struct Next(Run);

impl Ord for Next {
    fn cmp(&self, other: &Self) -> Ordering {
        row::order(other.0.row(), self.0.row())
    }
}

impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Next {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Next {}

impl Merge {
    pub(super) fn of(runs: Vec<Run>) -> Self {
        Self { runs: runs.into_iter().map(Next).collect() }
    }

    /// Every row, in order.
    pub(super) fn for_each(
        &mut self,
        mut visit: impl FnMut(&Head, &[u8]) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        while let Some(mut top) = self.runs.peek_mut() {
            let (head, row) = top.0.row();
            visit(head, row)?;
            if !top.0.advance()? {
                PeekMut::pop(top);
            }
        }
        Ok(())
    }

    /// Every row in order, but for duplicates, which are counted.
    fn for_each_distinct(
        &mut self,
        mut visit: impl FnMut(&Head, &[u8]) -> anyhow::Result<()>,
    ) -> anyhow::Result<u64> {
        let mut latest: Option<Head> = None;
        let mut bytes = Vec::new();
        let mut duplicates = 0;
        self.for_each(|head, row| {
            if let Some(before) = &latest {
                match row::relation((before, &bytes), (head, row))? {
                    Relation::Distinct => visit(before, &bytes)?,
                    Relation::Correction => duplicates += 1,
                    Relation::Duplicate => {
                        duplicates += 1;
                        return Ok(());
                    }
                }
            }
            latest = Some(*head);
            bytes.clear();
            bytes.extend_from_slice(row);
            Ok(())
        })?;
        if let Some(head) = &latest {
            visit(head, &bytes)?;
        }
        Ok(duplicates)
    }
}

/// All events of the inputs, in the order of time, without duplicates.
pub struct SortedEvents {
    merge: Merge,
    /// The final number of each stream that came up.
    streams: Vec<StreamIx>,
}

impl SortedEvents {
    pub(super) fn new(runs: Vec<Run>, streams: Vec<StreamIx>) -> Self {
        Self { merge: Merge::of(runs), streams }
    }

    /// Hands each event to `fold` and returns how many duplicates were left out.
    ///
    /// # Errors
    /// Where `fold` fails, or a temporary file cannot be read.
    pub fn for_each(self, mut fold: impl FnMut(&Event<'_>) -> anyhow::Result<()>) -> anyhow::Result<u64> {
        let Self { mut merge, streams } = self;
        merge.for_each_distinct(|head, row| fold(&row::event(head, row, &streams)?))
    }

    /// Folds all events into `states`, each on a thread of its own, and returns them with how many duplicates
    /// were left out. All events of a realm are folded into one of the states, in order.
    ///
    /// # Errors
    /// Where a temporary file cannot be read.
    pub fn fold_by_realm<S: Send>(
        self,
        mut states: Vec<S>,
        fold: impl Fn(&mut S, &Event<'_>) + Sync,
    ) -> anyhow::Result<(Vec<S>, u64)> {
        if let [only] = states.as_mut_slice() {
            let duplicates = self.for_each(|event| {
                fold(only, event);
                Ok(())
            })?;
            return Ok((states, duplicates));
        }
        let Self { mut merge, streams } = self;
        by_realm::fold(states, &streams, &fold, |senders| {
            merge.for_each_distinct(|head, row| {
                senders.push(head, row).map_err(|by_realm::Gone| anyhow::anyhow!("a thread ended early"))
            })
        })
    }
}
