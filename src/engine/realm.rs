//! One realm: its state, its timers and its findings. Nothing of another realm is reachable from here.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::credential::coverage::{Coverage, Gaps};
use crate::credential::{Facts, GroupIx, Map, NetKey, Slot, Store, Touched};
use crate::detect::{CONDITIONS, Judgement, Rule, Scene};
use crate::engine::life::{Cause, Live, Verdicts, Why};
use crate::engine::timers::Timers;
use crate::engine::{Rules, SubjectIx, retention};
use crate::event::Event;
use crate::finding::Finding;
use crate::finding::identity::Uid;
use crate::kind::Kind;
use crate::net::{Network, is_public};
use crate::policy::{self, Thresholds};
use crate::stream::{SourceName, StreamIx};
use crate::time::EventTime;

/// Most sibling credentials that are judged with one another.
const SIBLINGS_MAX: usize = 16;

pub(super) struct Realm {
    pub(super) name: String,
    pub(super) tenant: String,
    pub(super) source: SourceName,
    pub(super) environment: Option<String>,
    pub(super) streams: Vec<StreamIx>,
    pub(super) gaps: Arc<Gaps>,
    pub(super) store: Store,
    pub(super) findings: Map<SubjectIx, Vec<Live>>,
    pub(super) timers: Timers,
    /// Until when its log is complete.
    pub(super) clock: EventTime,
    /// The moment of the present judgement.
    pub(super) now: EventTime,
    pub(super) last_event: EventTime,
    /// Something of its own, other than its clock, differs from what was last written out.
    pub(super) changed: bool,
    /// The findings that changed since state was last written out, with their subjects; where somebody asks.
    pub(super) changed_findings: Option<BTreeMap<Uid, SubjectIx>>,
}

impl Realm {
    pub(super) fn new(name: &str, tenant: &str, source: SourceName, environment: Option<String>) -> Self {
        Self {
            name: name.to_owned(),
            tenant: tenant.to_owned(),
            source,
            environment,
            streams: Vec::new(),
            gaps: Arc::default(),
            store: Store::default(),
            findings: Map::default(),
            timers: Timers::default(),
            clock: EventTime::MIN,
            now: EventTime::MIN,
            last_event: EventTime::MIN,
            changed: true,
            changed_findings: None,
        }
    }

    /// Fires every timer before `until`, or up to it. The clock never goes back.
    pub(super) fn advance(
        &mut self,
        until: EventTime,
        inclusive: bool,
        rules: &mut Rules,
        out: &mut Vec<Finding>,
    ) {
        while let Some((at, subject)) = self.timers.pop(until, inclusive) {
            self.clock = self.clock.max(at);
            self.note_timer(subject);
            self.judge(subject, Why::Time, rules, out);
        }
        self.clock = self.clock.max(until);
    }

    pub(super) fn handle(&mut self, event: &Event<'_>, rules: &mut Rules, out: &mut Vec<Finding>) {
        self.changed |= event.at > self.last_event;
        self.last_event = self.last_event.max(event.at);
        let from = event.client.ip.map(|ip| {
            let named = rules.network_number(ip).map(NetKey::Named);
            (named.unwrap_or_else(|| NetKey::Net(Network::of(ip))), is_public(ip))
        });
        let touched = self.store.fold(event, from, self.clock.max(event.at));
        let cause = Cause::of(event);
        if let Some(slot) = touched.slot {
            for &gone in &touched.absorbed {
                self.take_over(slot, gone);
                self.timers.disarm(SubjectIx::Credential(gone));
            }
        }
        self.judge_touched(&touched, &cause, rules, out);
    }

    fn judge_touched(&mut self, touched: &Touched, cause: &Cause, rules: &mut Rules, out: &mut Vec<Finding>) {
        if let Some(slot) = touched.slot {
            self.judge(SubjectIx::Credential(slot), Why::Record(cause), rules, out);
            self.judge_siblings(slot, cause, rules, out);
        }
        for &slot in &touched.others {
            self.judge(SubjectIx::Credential(slot), Why::Record(cause), rules, out);
            self.judge_siblings(slot, cause, rules, out);
        }
        if let Some(kind) = touched.witnessed {
            self.judge_kind(kind, Why::Record(cause), rules, out);
        }
        for group in [touched.principal, touched.session].into_iter().flatten() {
            self.judge(SubjectIx::Group(group), Why::Record(cause), rules, out);
        }
    }

    /// Whether one of its kind was seen used decides whether the silence of all others has a meaning.
    fn judge_kind(&mut self, kind: Kind, why: Why<'_>, rules: &mut Rules, out: &mut Vec<Finding>) {
        let others = self.store.credentials().filter(|(_, facts)| facts.kind == kind);
        for slot in others.map(|(slot, _)| slot).collect::<Vec<_>>() {
            self.judge(SubjectIx::Credential(slot), why, rules, out);
        }
    }

    /// What is true of a durable credential can depend on the others its principal holds.
    fn judge_siblings(&mut self, slot: Slot, cause: &Cause, rules: &mut Rules, out: &mut Vec<Finding>) {
        if self.store.get(slot).is_none_or(|facts| facts.kind != Kind::AwsAccessKey) {
            return;
        }
        let others = self.store.siblings(slot).map(|(other, _)| other).filter(|&other| other != slot);
        for other in others.take(SIBLINGS_MAX).collect::<Vec<_>>() {
            self.judge(SubjectIx::Credential(other), Why::Record(cause), rules, out);
        }
    }

    /// Judges every credential again.
    pub(super) fn judge_all(&mut self, why: Why<'_>, rules: &mut Rules, out: &mut Vec<Finding>) {
        let slots: Vec<Slot> = self.store.credentials().map(|(slot, _)| slot).collect();
        for slot in slots {
            self.judge(SubjectIx::Credential(slot), why, rules, out);
        }
    }

    /// When to judge a subject: at the clock, or at its own latest fact where that runs ahead of it. So a
    /// timer that fires behind a record never takes back what the record showed.
    pub(super) fn moment(&self, subject: SubjectIx) -> EventTime {
        let latest = match subject {
            SubjectIx::Credential(slot) => self.store.get(slot).map_or(EventTime::MIN, Facts::latest),
            SubjectIx::Group(group) => self.store.group(group).latest(),
        };
        self.clock.max(latest)
    }

    /// Judges one subject at its present, and carries the verdicts into its findings.
    pub(super) fn judge(
        &mut self,
        subject: SubjectIx,
        why: Why<'_>,
        rules: &mut Rules,
        out: &mut Vec<Finding>,
    ) {
        let Some(thresholds) = self.thresholds(subject, rules) else { return };
        self.now = self.moment(subject);
        let verdicts = self.verdicts(subject, &rules.thresholds[usize::from(thresholds)], rules);
        if let Some(again_at) = verdicts.again_at {
            self.arm(subject, again_at);
        }
        let quiet = verdicts.found.is_empty() && !self.findings.contains_key(&subject);
        if !quiet {
            self.carry(subject, &verdicts, why, self.now, thresholds, rules, out);
        }
        if let Some(kind) = self.retire(subject, why) {
            self.judge_kind(kind, why, rules, out);
        }
    }

    fn arm(&mut self, subject: SubjectIx, at: EventTime) {
        if self.timers.arm(subject, at) {
            self.note_timer(subject);
        }
    }

    /// When a subject is judged again is part of its state: a timer that fires for nothing may still find
    /// something to say, so one that is restored must fire at the same moments.
    fn note_timer(&mut self, subject: SubjectIx) {
        match subject {
            SubjectIx::Credential(slot) => self.store.note(slot),
            SubjectIx::Group(group) => self.store.note_group(group),
        }
    }

    pub(super) fn verdicts(&self, subject: SubjectIx, thresholds: &Thresholds, rules: &Rules) -> Verdicts {
        let network_name = |at| rules.network_name(at);
        let scene = self.scene(self.now, thresholds, &network_name);
        let mut verdicts = Verdicts::default();
        let mut judgement = Judgement::default();
        match subject {
            SubjectIx::Credential(slot) => {
                let Some(facts) = self.store.get(slot) else { return verdicts };
                for &condition in &rules.by_kind[facts.kind as usize] {
                    if let Rule::Credential { judge, .. } = &CONDITIONS[usize::from(condition)].rule {
                        judge(&scene, slot, facts, &mut judgement);
                        verdicts.take(condition, &mut judgement);
                    }
                }
            }
            SubjectIx::Group(group) => {
                let group = self.store.group(group);
                for (condition, row) in (0u8..).zip(CONDITIONS) {
                    if let Rule::Group { kind, judge, .. } = &row.rule
                        && *kind == group.kind
                    {
                        judge(&scene, group, &mut judgement);
                        verdicts.take(condition, &mut judgement);
                    }
                }
            }
        }
        verdicts
    }

    pub(super) fn scene<'a>(
        &'a self,
        at: EventTime,
        thresholds: &'a Thresholds,
        network_name: &'a dyn Fn(u16) -> String,
    ) -> Scene<'a> {
        Scene { at, store: &self.store, coverage: self.coverage(), thresholds, network_name }
    }

    pub(super) fn coverage(&self) -> Coverage<'_> {
        Coverage { gaps: &self.gaps, realm_last: self.last_event, until: self.clock }
    }

    /// The thresholds of a subject, resolved from the policy when something they select by has changed.
    pub(super) fn thresholds(&mut self, subject: SubjectIx, rules: &mut Rules) -> Option<u16> {
        if let Some(known) = self.resolved_thresholds(subject) {
            return Some(known);
        }
        let resolved = rules.policy.thresholds(&self.selected(subject)?);
        let at = rules.intern(&resolved);
        match subject {
            SubjectIx::Credential(slot) => self.store.set_thresholds(slot, at),
            SubjectIx::Group(group) => self.store.set_group_thresholds(group, at),
        }
        Some(at)
    }

    /// The thresholds of a subject that was judged, unless something they select by has changed since.
    pub(super) fn resolved_thresholds(&self, subject: SubjectIx) -> Option<u16> {
        let known = match subject {
            SubjectIx::Credential(slot) => self.store.get(slot)?.thresholds,
            SubjectIx::Group(group) => self.store.group(group).thresholds,
        };
        (known != u16::MAX).then_some(known)
    }

    /// A subject as the selectors of the policy see it.
    fn selected(&self, subject: SubjectIx) -> Option<policy::Subject<'_>> {
        let facts = match subject {
            SubjectIx::Credential(slot) => Some(self.store.get(slot)?),
            SubjectIx::Group(_) => None,
        };
        let (kind, principal, id) = match (subject, facts) {
            (SubjectIx::Group(group), _) => {
                let name = self.store.group(group).name;
                (None, name, name)
            }
            (SubjectIx::Credential(_), facts) => (facts.map(|f| f.kind), facts?.principal, facts?.name),
        };
        let principal_text = principal.some().map(|sym| self.store.text(sym));
        Some(policy::Subject {
            tenant: &self.tenant,
            realm: &self.name,
            source: kind.map_or(self.source, Kind::source),
            kind,
            class: kind.map(Kind::class),
            principal: principal_text,
            owner: self.owner(facts, principal),
            id: self.store.text(id),
            privileged: facts.is_some_and(Facts::is_privileged),
            environment: self.environment.as_deref(),
        })
    }

    /// Forgets a credential whose time of retention is over, unless something is still open about it. Returns
    /// its kind where it was the last that showed that uses of it are seen.
    fn retire(&mut self, subject: SubjectIx, why: Why<'_>) -> Option<Kind> {
        let SubjectIx::Credential(slot) = subject else { return None };
        let facts = self.store.get(slot)?;
        let forget_at = retention::forget_at(facts, &self.coverage(), self.now)?;
        let no_times = retention::last_known(facts).is_none() && facts.end(self.now).is_none();
        let nothing_known = no_times && facts.expires().is_none() && !self.store.has_children(slot);
        let blank = matches!(why, Why::Time) && nothing_known;
        if forget_at > self.now && !blank {
            self.arm(subject, forget_at);
            return None;
        }
        if self.findings.get(&subject).is_none_or(|findings| findings.iter().all(|live| !live.is_open())) {
            for live in self.findings.remove(&subject).into_iter().flatten() {
                self.note_finding(live.uid, subject);
            }
            self.timers.disarm(subject);
            return self.store.forget(slot);
        }
        None
    }

    pub(super) fn count(&self, counts: &mut [u64], unresolved: &mut u64) {
        for (_, facts) in self.store.credentials() {
            counts[facts.kind as usize] += 1;
            *unresolved += u64::from(facts.is_unresolved());
        }
    }

    pub(super) fn open_findings(&self) -> usize {
        self.findings.values().flatten().filter(|live| live.is_open()).count()
    }

    pub(super) fn group(&self, group: GroupIx) -> &crate::credential::Group {
        self.store.group(group)
    }
}
