//! State out and in: what of a realm changed, as records of the changelog, and a realm from such records.

use crate::changelog::{ChangelogError, FindingImage, Key, RealmImage, State};
use crate::credential::image::{CredentialImage, GroupImage, NetworkNames};
use crate::credential::{GroupIx, Slot};
use crate::engine::life::{Live, Why};
use crate::engine::realm::Realm;
use crate::engine::{Rules, SubjectIx, keep_finding};
use crate::finding::Finding;
use crate::stream::{SourceName, StreamIx};
use crate::time::EventTime;

/// Takes a record of the changelog, or its end.
pub type Write<'w> = &'w mut dyn FnMut(Key, Option<&State<'_>>);

impl Realm {
    pub(super) fn keep_changes(&mut self) {
        self.store.keep_changes();
        self.changed_findings.get_or_insert_default();
    }

    /// Writes what changed since this was last called.
    pub(super) fn write_changes(&mut self, realm: u32, rules: &Rules, write: Write<'_>) {
        let mut changes = self.store.take_changes();
        let findings = self.changed_findings.as_mut().map(std::mem::take).unwrap_or_default();
        let own = std::mem::take(&mut self.changed);
        let nothing = changes.credentials().is_empty() && changes.groups().is_empty();
        if !own && nothing && changes.spreads().is_empty() && findings.is_empty() {
            return;
        }
        let (name, number) = (|at| rules.network_name(at), |name: &str| rules.number_of_name(name));
        let nets = NetworkNames { name: &name, number: &number };
        write(Key::Realm(realm), Some(&State::Realm(self.image())));
        for &group in changes.groups() {
            let wake_at = self.timers.wakes_at(SubjectIx::Group(group));
            let image = GroupImage { wake_at, ..self.store.group_image(group, &nets) };
            write(Key::Group { realm, at: group.number() }, Some(&State::Group(image)));
        }
        for &slot in changes.credentials() {
            let image = self.store.credential_image(slot, &nets);
            let wake_at = self.timers.wakes_at(SubjectIx::Credential(slot));
            let state = image.map(|image| State::Credential(Box::new(CredentialImage { wake_at, ..image })));
            write(Key::Credential { realm, at: slot.number() }, state.as_ref());
        }
        for (kind, text) in changes.spreads() {
            let key = Key::Spread { realm, kind: *kind, text: text.clone() };
            write(key, Some(&State::Spread(self.store.spread_image(*kind, text))));
        }
        for (uid, subject) in findings {
            let lives = self.findings.get(&subject).into_iter().flatten();
            let live = lives.into_iter().find(|live| live.uid == uid);
            let image = live.map(|live| keep_finding::image(live, self, realm, subject));
            let state = image.map(|image| State::Finding(Box::new(image)));
            write(Key::Finding(uid), state.as_ref());
        }
    }

    /// Takes all there is for changed.
    pub(super) fn note_all(&mut self) {
        self.store.note_all();
        self.changed = true;
        let findings =
            self.findings.iter().flat_map(|(&subject, lives)| lives.iter().map(move |l| (l.uid, subject)));
        self.changed_findings.get_or_insert_default().extend(findings);
    }

    fn image(&self) -> RealmImage<'_> {
        RealmImage {
            name: &self.name,
            tenant: &self.tenant,
            source: self.source.as_str(),
            streams: self.streams.iter().map(|stream| u32::from(stream.0)).collect(),
            clock: (self.clock != EventTime::MIN).then_some(self.clock),
            last_event: (self.last_event != EventTime::MIN).then_some(self.last_event),
        }
    }

    pub(super) fn from_image(image: &RealmImage<'_>, rules: &Rules) -> Result<Self, ChangelogError> {
        let source = SourceName::parse(image.source).ok_or(ChangelogError::OtherValue)?;
        let environment = rules.policy.environment(image.name).map(str::to_owned);
        let mut realm = Self::new(image.name, image.tenant, source, environment);
        let streams = image.streams.iter().map(|&stream| u16::try_from(stream).map(StreamIx));
        realm.streams = streams.collect::<Result<_, _>>().map_err(|_| ChangelogError::OtherValue)?;
        realm.clock = image.clock.unwrap_or(EventTime::MIN);
        realm.last_event = image.last_event.unwrap_or(EventTime::MIN);
        realm.now = realm.clock;
        realm.changed = false;
        Ok(realm)
    }

    pub(super) fn put_finding(&mut self, live: Live, image: &FindingImage<'_>) -> Result<(), ChangelogError> {
        let subject = match (image.credential, image.group) {
            (Some(at), _) => SubjectIx::Credential(Slot::at(at)),
            (None, Some(at)) => SubjectIx::Group(GroupIx::at(at)),
            (None, None) => return Err(ChangelogError::OtherValue),
        };
        self.findings.entry(subject).or_default().push(live);
        Ok(())
    }

    /// Has a subject that is put back judged again when it would have been.
    pub(super) fn wake_at(&mut self, subject: SubjectIx, at: Option<EventTime>) {
        if let Some(at) = at {
            self.timers.arm(subject, at);
        }
    }

    fn subjects(&self) -> Vec<SubjectIx> {
        let credentials = self.store.credentials().map(|(slot, _)| SubjectIx::Credential(slot));
        credentials.chain(self.store.groups().map(|(group, _)| SubjectIx::Group(group))).collect()
    }

    /// The policy is another one: what holds for whom is worked out again, and everything judged.
    pub(super) fn reclassify(&mut self, rules: &mut Rules, out: &mut Vec<Finding>) {
        self.environment = rules.policy.environment(&self.name).map(str::to_owned);
        self.store.forget_thresholds();
        self.judge_everything(Why::Policy, rules, out);
    }

    fn judge_everything(&mut self, why: Why<'_>, rules: &mut Rules, out: &mut Vec<Finding>) {
        for subject in self.subjects() {
            self.judge(subject, why, rules, out);
        }
    }
}
