//! One way back from everything that can go wrong.
//!
//! A transaction may be lost, committed without our knowing, or be somebody else's by now. No error tells
//! which; what the group has committed does, once a new producer under the same id has settled what was
//! pending. So: abort as far as that goes, new producer, ask the group, load every partition again from what
//! it says. That costs a restore where a smaller step might have done, and there is one path to be right.

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use super::context::Rebalance;
use super::places::Held;
use super::shard::Shard;
use super::stage::{Committed, Place, ReadFrom, Stage};
use super::transaction::Failure;
use super::work::Trouble;
use crate::telemetry::clock::{Deadline, Stopwatch};

const ABORT: Duration = Duration::from_secs(3);
/// After so many calls that never returned, the process is not to be trusted.
const HUNG_MAX: u32 = 5;
/// A heartbeat: long enough to hear that the group has gone on without us.
const HEARTBEAT: Duration = Duration::from_secs(3);
/// Within the time of a session, this many times fenced off are no accident.
const FENCED_MAX: usize = 3;
const SESSION: Duration = Duration::from_secs(30);

/// What is remembered from one failure to the next.
#[derive(Debug, Default)]
pub struct Recovery {
    hung: u32,
    /// When the group took another member for the rightful one.
    fenced: Vec<Stopwatch>,
    /// Offsets before and after a transaction whose end is not known.
    doubts: BTreeMap<Place, Doubt>,
}

#[derive(Debug, Clone, Copy)]
struct Doubt {
    begin: Option<u64>,
    end: u64,
}

/// What became of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Aborted,
    Committed,
    Foreign,
}

impl Doubt {
    fn outcome(self, committed: Option<u64>) -> Outcome {
        if committed == self.begin {
            Outcome::Aborted
        } else if committed == Some(self.end) {
            Outcome::Committed
        } else {
            Outcome::Foreign
        }
    }
}

impl<S: Stage> Shard<'_, S> {
    /// Finds back to what is committed, and goes on from there. Errors are for an operator.
    pub(super) fn recover(&mut self, trouble: &Trouble) -> anyhow::Result<()> {
        tracing::warn!("{trouble}; going back to what is committed");
        self.blame(trouble)?;
        self.note_doubts();
        self.work.forget();
        self.end_transaction(trouble)?;
        let is_out = matches!(trouble, Trouble::Lost | Trouble::Transaction(Failure::Fenced(_)));
        if is_out || self.member.is_lost() {
            self.hear_the_group();
        }
        self.wait();
        if let Trouble::Consumer(code) = trouble {
            self.rejoin(*code)?;
        }
        if self.member.stopped() {
            return Ok(());
        }
        self.renew_producer(reason(trouble))?;
        self.reload()
    }

    /// Has the next attempt be more careful where the stage is to blame.
    fn blame(&mut self, trouble: &Trouble) -> anyhow::Result<()> {
        let Trouble::Stage { fault, .. } = trouble else { return Ok(()) };
        let record = self.work.forget();
        if !self.work.care.fault(*fault, record, self.work.places.all()) {
            bail!("{trouble}, again and again, and no record that could be left out");
        }
        Ok(())
    }

    fn note_doubts(&mut self) {
        let moved = |held: &&Held| held.committed != Some(held.next);
        for held in self.work.places.all().iter().filter(moved) {
            let doubt = Doubt { begin: held.committed, end: held.next };
            // An earlier doubt that is not settled yet began where this one did.
            self.recovery.doubts.entry(held.place.clone()).or_insert(doubt);
        }
    }

    fn end_transaction(&mut self, trouble: &Trouble) -> anyhow::Result<()> {
        let hung = matches!(trouble, Trouble::Transaction(Failure::Hung));
        // After these an abort is refused, or meets the call that is still out.
        let is_useless =
            matches!(trouble, Trouble::Transaction(Failure::Fenced(_) | Failure::InDoubt(_) | Failure::Hung));
        let is_hung = hung || (!is_useless && self.work.transactor.abort(ABORT).is_err());
        if is_hung {
            self.recovery.hung += 1;
            self.work.metrics.hung_call();
            if self.recovery.hung >= HUNG_MAX {
                bail!("{HUNG_MAX} calls of the Kafka client never returned; restart this process");
            }
        }
        Ok(())
    }

    /// Serves the consumer before a producer is made: if the group gave our partitions away, the successor
    /// must not be fenced off by us.
    fn hear_the_group(&mut self) {
        let deadline = Deadline::after(HEARTBEAT);
        while !deadline.passed() && !self.member.stopped() {
            // What is read is read again: reading goes back to what is committed.
            if let Some(Err(KafkaError::MessageConsumptionFatal(_))) = self.member.poll(deadline.left()) {
                return;
            }
            match self.member.next_rebalance() {
                Some(Rebalance::Revoke(partitions)) => self.give_up(&partitions),
                Some(assign @ Rebalance::Assign(_)) => return self.member.put_back(assign),
                None => {}
            }
        }
    }

    fn wait(&mut self) {
        let deadline = Deadline::after(self.work.care.wait());
        while !deadline.passed() && !self.member.stopped() {
            thread::sleep(deadline.left().min(Duration::from_millis(20)));
        }
    }

    fn rejoin(&mut self, code: RDKafkaErrorCode) -> anyhow::Result<()> {
        if code == RDKafkaErrorCode::FencedInstanceId {
            self.recovery.fenced.retain(|since| since.elapsed() < SESSION);
            self.recovery.fenced.push(Stopwatch::start());
            if self.recovery.fenced.len() >= FENCED_MAX {
                bail!(
                    "another process holds group.instance.id {}\n  Stop it, or give this one a `node` of its \
                     own.",
                    self.connector.transactional_id
                );
            }
        }
        let places: Vec<Place> = self.work.places.all().iter().map(|held| held.place.clone()).collect();
        for place in places {
            self.drop_place(&place);
        }
        self.work.metrics.consumer_recreated();
        self.member.rejoin()
    }

    fn reload(&mut self) -> anyhow::Result<()> {
        let places: Vec<Place> = self.work.places.all().iter().map(|held| held.place.clone()).collect();
        if places.is_empty() {
            return Ok(());
        }
        while !self.member.stopped() {
            let Some(starts) = self.load(&places)? else { return Ok(()) };
            match self.member.seek(&starts) {
                Ok(()) => return Ok(()),
                Err(error) => tracing::warn!("{error:#}; trying again"),
            }
            self.wait();
        }
        Ok(())
    }

    /// Lets the stage take up `places` where the group left them; `None` when told to stop meanwhile.
    pub(super) fn load(&mut self, places: &[Place]) -> anyhow::Result<Option<Vec<(Place, u64)>>> {
        let Some(committed) = self.member.committed(places) else { return Ok(None) };
        self.settle(places, &committed)?;
        let mut starts = Vec::with_capacity(places.len());
        for (place, committed) in places.iter().zip(&committed) {
            let from = self.work.stage.load(place, committed.as_ref());
            let from = from.with_context(|| format!("{place} cannot be taken up"))?;
            let next = match from {
                ReadFrom::Offset(offset) => offset,
                ReadFrom::Beginning => match self.member.beginning(place) {
                    Some(offset) => offset,
                    None => return Ok(None),
                },
            };
            let committed = committed.as_ref().map(|committed| committed.next_offset);
            self.work.places.put(Held { place: place.clone(), next, committed, at_end: false });
            starts.push((place.clone(), next));
        }
        Ok(Some(starts))
    }

    /// Compares what the group has committed with what was in doubt.
    fn settle(&mut self, places: &[Place], committed: &[Option<Committed>]) -> anyhow::Result<()> {
        let mut outcome = None;
        for (place, committed) in places.iter().zip(committed) {
            let Some(doubt) = self.recovery.doubts.remove(place) else { continue };
            let found = committed.as_ref().map(|committed| committed.next_offset);
            let of_place = doubt.outcome(found);
            if of_place == Outcome::Foreign {
                bail!(
                    "the group's offset of {place} is {found:?}, neither {:?}, where the last transaction \
                     began, nor {}, where it was to end\n  Somebody else commits for this group, or moved \
                     its offsets. Start again once that is over.",
                    doubt.begin,
                    doubt.end
                );
            }
            outcome = Some(of_place);
        }
        match outcome {
            Some(Outcome::Committed) => {
                tracing::info!("the transaction in doubt was committed");
                self.work.metrics.transaction("in_doubt_committed");
            }
            Some(_) => self.work.metrics.transaction("aborted"),
            None => {}
        }
        Ok(())
    }
}

const fn reason(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::Transaction(Failure::Lost(_)) => "lost",
        Trouble::Transaction(Failure::Oversized(_)) => "oversized",
        Trouble::Transaction(Failure::Fenced(_)) => "fenced",
        Trouble::Transaction(Failure::InDoubt(_)) => "in_doubt",
        Trouble::Transaction(Failure::Hung) => "hung",
        Trouble::Stage { .. } => "stage",
        Trouble::Lost => "membership",
        Trouble::Consumer(_) => "consumer",
        Trouble::Fatal(_) => "fatal",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_groups_offset_tells_what_became_of_a_transaction() {
        let doubt = Doubt { begin: Some(3), end: 9 };
        assert_eq!(doubt.outcome(Some(3)), Outcome::Aborted);
        assert_eq!(doubt.outcome(Some(9)), Outcome::Committed);
        assert_eq!(doubt.outcome(Some(5)), Outcome::Foreign);
        assert_eq!(doubt.outcome(None), Outcome::Foreign);
        assert_eq!(Doubt { begin: None, end: 9 }.outcome(None), Outcome::Aborted);
    }
}
