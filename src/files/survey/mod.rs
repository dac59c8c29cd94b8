//! What is in a log, before anything is concluded from it: by stream and by realm, in one pass and in bounded
//! memory.
//!
//! Everything counted here is the same for any order of inputs and any number of threads: sums, extremes, and
//! the lowest of a set where a set is too large to be kept.

mod distinct;
#[cfg(test)]
mod sample;
pub mod signs;
pub mod traits;

use std::collections::{BTreeMap, BTreeSet};

pub use self::distinct::Count;
use self::distinct::Distinct;
use self::traits::Traits;
use super::dead_letter::DeadLetters;
use super::proven::min;
use super::spread::{self, Spread, Taker};
use super::streams::Streams;
use super::tally::{Activity, Stats};
use super::{Input, Meter, Settings, Unreadable};
use crate::event::Event;
use crate::kind::Kind;
use crate::stream::{Stream, StreamIx};
use crate::time::EventTime;

/// Most realms that are counted one by one, the first by name; of the others it is known how many there are.
const REALMS_MAX: usize = 1_024;

/// What is in all inputs.
pub struct Surveyed {
    /// Names of the inputs, by their number.
    pub inputs: Vec<String>,
    /// The streams that came up.
    pub streams: Vec<SurveyedStream>,
    /// By name.
    pub realms: BTreeMap<String, SurveyedRealm>,
    /// How many realms there are, counted one by one or not.
    pub realms_total: Count,
    pub stats: Stats,
    pub unreadable: Vec<Unreadable>,
}

/// One stream.
pub struct SurveyedStream {
    pub stream: Stream,
    pub number: StreamIx,
    pub activity: Activity,
    pub traits: Traits,
}

/// One realm.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SurveyedRealm {
    pub streams: BTreeSet<StreamIx>,
    pub events: u64,
    pub first: Option<EventTime>,
    pub last: Option<EventTime>,
    credentials: BTreeMap<Kind, Distinct>,
}

impl SurveyedRealm {
    /// How many credentials of each kind its records name. One with two names that no record joins counts
    /// twice.
    pub fn credentials(&self) -> impl Iterator<Item = (Kind, Count)> {
        self.credentials.iter().map(|(kind, names)| (*kind, names.count()))
    }

    fn note(&mut self, event: &Event<'_>) {
        self.streams.insert(event.stream);
        self.events += 1;
        self.first = min(self.first, Some(event.at));
        self.last = self.last.max(Some(event.at));
        if let Some(credential) = event.credential() {
            self.credentials.entry(credential.kind).or_default().insert(&credential.name.text);
        }
    }

    fn absorb(&mut self, other: Self) {
        self.streams.extend(other.streams);
        self.events += other.events;
        self.first = min(self.first, other.first);
        self.last = self.last.max(other.last);
        for (kind, names) in other.credentials {
            self.credentials.entry(kind).or_default().absorb(&names);
        }
    }
}

/// Reads `inputs` and counts what is in them.
///
/// # Errors
/// Where dead letters cannot be written.
pub fn survey(
    settings: &Settings,
    inputs: &[Input],
    streams: &Streams,
    meter: &Meter,
    dead_letters: &mut DeadLetters,
) -> anyhow::Result<Surveyed> {
    let count = streams.table().len();
    let Spread { tally, taken, unreadable } =
        spread::read(settings, inputs, streams, meter, dead_letters, || Surveyor::new(count))?;
    let mut all = Surveyor::new(count);
    for one in taken {
        all.absorb(one);
    }
    let numbered = (0..).zip(streams.table()).zip(tally.activity).zip(all.traits);
    let came_up = numbered.filter(|((_, activity), _)| activity.records > 0);
    Ok(Surveyed {
        inputs: inputs.iter().map(|input| input.name.clone()).collect(),
        streams: came_up
            .map(|(((number, stream), activity), traits)| SurveyedStream {
                stream: stream.clone(),
                number: StreamIx(number),
                activity,
                traits,
            })
            .collect(),
        realms: all.realms,
        realms_total: all.realm_names.count(),
        stats: tally.stats,
        unreadable,
    })
}

/// What one thread counts.
struct Surveyor {
    /// Of each stream.
    traits: Vec<Traits>,
    realms: BTreeMap<String, SurveyedRealm>,
    realm_names: Distinct,
}

impl Surveyor {
    fn new(streams: usize) -> Self {
        Self {
            traits: vec![Traits::default(); streams],
            realms: BTreeMap::new(),
            realm_names: Distinct::default(),
        }
    }

    fn absorb(&mut self, other: Self) {
        for (one, more) in self.traits.iter_mut().zip(other.traits) {
            one.absorb(more);
        }
        for (name, realm) in other.realms {
            self.realms.entry(name).or_default().absorb(realm);
        }
        self.realm_names.absorb(&other.realm_names);
        self.keep_first_realms();
    }

    /// A realm that is let go has as many before it here, so that none of its counts can be missed later.
    fn keep_first_realms(&mut self) {
        while self.realms.len() > REALMS_MAX {
            self.realms.pop_last();
        }
    }
}

impl Taker for Surveyor {
    type Taken = Self;

    fn take(&mut self, event: Event<'_>) -> anyhow::Result<()> {
        if let Some(traits) = self.traits.get_mut(usize::from(event.stream.0)) {
            traits.note(&event);
        }
        if let Some(realm) = self.realms.get_mut(event.realm.as_str()) {
            realm.note(&event);
        } else {
            self.realm_names.insert(&event.realm);
            self.realms.entry(event.realm.to_string()).or_default().note(&event);
            self.keep_first_realms();
        }
        Ok(())
    }

    fn finish(self) -> anyhow::Result<Self> {
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::sample::event;
    use super::*;

    #[test]
    fn beyond_the_limit_realms_are_counted_and_the_first_are_the_same_in_any_order() {
        let realms: Vec<String> = (0..REALMS_MAX * 2).map(|number| format!("vault/{number:05}")).collect();
        let read = |parts: &[Vec<&String>]| {
            let mut all = Surveyor::new(1);
            for part in parts {
                let mut one = Surveyor::new(1);
                for realm in part {
                    one.take(event(realm, "a")).unwrap();
                    one.take(event(realm, "b")).unwrap();
                }
                all.absorb(one);
            }
            all
        };
        let forwards = read(&[realms.iter().collect()]);
        let backwards = read(&[realms.iter().rev().step_by(2).collect(), realms.iter().step_by(2).collect()]);
        assert_eq!(forwards.realms.len(), REALMS_MAX);
        assert_eq!(forwards.realms, backwards.realms);
        assert_eq!(forwards.realm_names, backwards.realm_names);
        assert_eq!(forwards.traits, backwards.traits);
        let first = forwards.realms.first_key_value().unwrap();
        let held: Vec<_> = first.1.credentials().collect();
        assert_eq!((first.0.as_str(), held), ("vault/00000", vec![(Kind::VaultToken, Count::exact(2))]));
        assert!(!forwards.realm_names.count().is_exact);
    }
}
