//! The engine as an operator sees it: transitions come in, findings stand or do not.

use std::collections::{BTreeMap, BTreeSet};

use tenure::credential::coverage::{Gap, Gaps};
use tenure::engine::Engine;
use tenure::finding::identity::Uid;
use tenure::finding::{Change, Finding, Status};
use tenure::policy::Policy;
use tenure::stream::{SourceName, Stream, StreamIx};

use super::history::{Happening, History, Seconds, Step, Stretch, time};
use super::policies::POLICIES;
use super::standing::Standing;

/// An engine, and what it has said so far.
pub struct Watch {
    engine: Engine,
    /// The last word on each finding.
    pub said: BTreeMap<Uid, Finding>,
    /// Every word, in order.
    pub all: Vec<Finding>,
}

impl Watch {
    pub fn new(policy: usize) -> Self {
        let policy = Policy::parse(POLICIES[policy].text)
            .unwrap_or_else(|mistakes| panic!("policy {policy}: {mistakes:?}"));
        let streams = SourceName::ALL.iter().map(|&source| Stream::default_for(source));
        let engine = Engine::new(policy, &streams.collect::<Vec<_>>());
        Self { engine, said: BTreeMap::new(), all: Vec::new() }
    }

    /// One that has watched all of `history`.
    pub fn of(history: &History) -> Self {
        let mut watch = Self::new(history.policy);
        history.steps.iter().for_each(|step| watch.step(step));
        watch
    }

    pub fn step(&mut self, step: &Step) {
        match step {
            Step::Tell(happening) => self.tell(happening),
            Step::Advance(at) => self.advance(*at),
            Step::Gaps(gaps) => self.set_gaps(gaps),
        }
    }

    pub fn tell(&mut self, happening: &Happening) {
        self.engine.handle(&happening.event());
        self.listen();
    }

    pub fn advance(&mut self, at: Seconds) {
        self.engine.advance_all(|_| time(at));
        self.listen();
    }

    pub fn set_gaps(&mut self, gaps: &[Stretch]) {
        let gaps: Vec<Gap> = gaps.iter().map(|&(from, to)| Gap { from: time(from), to: time(to) }).collect();
        for stream in 0..SourceName::ALL.len() {
            self.engine.set_gaps(StreamIx(u16::try_from(stream).unwrap()), Gaps::new(gaps.clone()));
        }
        self.listen();
    }

    /// Takes the transitions, each of which must follow from what was said of its finding before.
    fn listen(&mut self) {
        for finding in self.engine.take_findings() {
            let before = self.said.insert(finding.uid, finding.clone());
            let status = before.as_ref().map(|finding| finding.status);
            let legal = match finding.change {
                Change::Open => status.is_none(),
                Change::Update | Change::Resolve | Change::Withdraw => status == Some(Status::Open),
                Change::Reopen => matches!(status, Some(Status::Resolved | Status::Withdrawn)),
            };
            let (change, at) = (finding.change.as_str(), finding.time);
            assert!(legal, "{change} at {at} after {status:?}: {:?}", Standing::of(&finding));
            self.all.push(finding);
        }
    }

    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.said.values().filter(|finding| finding.status == Status::Open)
    }

    pub fn standing(&self) -> BTreeSet<Standing> {
        self.open().map(Standing::of).collect()
    }
}

impl Standing {
    pub fn of(finding: &Finding) -> Self {
        Self {
            realm: finding.subject.realm.clone(),
            detection: finding.detection,
            kind: finding.subject.kind.to_owned(),
            id: finding.subject.id.clone(),
            version: finding.subject.version.clone(),
            anchor: finding.anchor_at.micros().div_euclid(1_000_000),
            severity: finding.severity as usize,
        }
    }
}
