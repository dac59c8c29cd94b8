//! A stage that is watched: whoever asks from outside sees where it stands.

use std::collections::BTreeMap;

use super::stage::{Committed, Delivered, Incoming, Outbox, Place, ReadFrom, Stage};
use crate::telemetry::clock::wall_clock;
use crate::telemetry::status::{PartitionStatus, State, Status};
use crate::time::WallTime;

/// See the module.
pub struct Watched<S> {
    stage: S,
    status: Status,
    positions: BTreeMap<Place, u64>,
}

impl<S: Stage> Watched<S> {
    #[must_use]
    pub fn new(stage: S, status: Status) -> Self {
        Self { stage, status, positions: BTreeMap::new() }
    }

    fn show(&self, place: &Place, state: State) {
        let position = self.positions.get(place).copied().unwrap_or_default();
        let status = PartitionStatus { state, position, end: None, credentials: 0, open_findings: 0 };
        self.status.set(self.stage.name(), &place.topic, place.partition, status);
    }
}

impl<S: Stage> Stage for Watched<S> {
    fn name(&self) -> &'static str {
        self.stage.name()
    }

    fn topics(&self) -> Vec<String> {
        self.stage.topics()
    }

    fn load(&mut self, place: &Place, committed: Option<&Committed>) -> anyhow::Result<ReadFrom> {
        self.status.assigned(self.stage.name());
        self.positions.insert(place.clone(), committed.map_or(0, |committed| committed.next_offset));
        self.show(place, State::Restoring);
        let from = self.stage.load(place, committed)?;
        // Before it counts as running: it did nothing else for as long as it restored.
        self.status.turned(self.stage.name(), wall_clock());
        self.show(place, State::Running);
        Ok(from)
    }

    fn unload(&mut self, place: &Place) {
        self.stage.unload(place);
        self.positions.remove(place);
        self.status.forget(self.stage.name(), &place.topic, place.partition);
    }

    fn handle(&mut self, record: Incoming<'_>, out: &mut dyn Outbox) -> anyhow::Result<()> {
        self.stage.handle(record, out)?;
        if let Some(position) = self.positions.get_mut(record.place) {
            *position = record.offset + 1;
        }
        Ok(())
    }

    fn reached_end(&mut self, place: &Place) {
        self.stage.reached_end(place);
    }

    fn tick(&mut self, now: WallTime, out: &mut dyn Outbox) -> anyhow::Result<bool> {
        self.status.turned(self.stage.name(), now);
        self.stage.tick(now, out)
    }

    fn finish(&mut self, out: &mut dyn Outbox) -> anyhow::Result<()> {
        self.stage.finish(out)
    }

    fn metadata(&mut self, place: &Place, delivered: &dyn Delivered) -> String {
        self.stage.metadata(place, delivered)
    }

    fn committed(&mut self) {
        self.stage.committed();
        self.positions.keys().for_each(|place| self.show(place, State::Running));
    }
}
