//! What the events of a stream have in common, as far as it tells what the stream was set up to log.

use std::collections::{BTreeMap, BTreeSet};

use crate::event::{Action, Event, Label, NameSpace};
use crate::kind::Kind;

/// Most notes and regions that are told apart, the first by name.
const WORDS_MAX: usize = 32;

/// First words of operations that only read. Vendors name their calls so.
const READS: &[&str] = &[
    "access", "batchget", "describe", "get", "head", "list", "lookup", "query", "read", "scan", "search",
    "select",
];

/// First words of operations that change what there is.
const WRITES: &[&str] =
    &["add", "attach", "create", "delete", "detach", "insert", "patch", "put", "remove", "set", "update"];

/// Calls that CloudTrail logs as data events: services with the first words of such calls.
const DATA_EVENTS: &[(&str, &[&str])] = &[
    ("dynamodb", &["BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan"]),
    ("lambda", &["Invoke"]),
    ("s3", &["CopyObject", "DeleteObject", "GetObject", "HeadObject", "ListObjects", "PutObject"]),
    ("sns", &["Publish"]),
    ("sqs", &["DeleteMessage", "ReceiveMessage", "SendMessage"]),
];

/// Counts over the events of one stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traits {
    pub events: u64,
    /// Events about a credential that they name.
    pub identified: u64,
    /// Events with the address of the caller.
    pub with_address: u64,
    /// Events of calls that only read, by their names, and of such that change something.
    pub reads: u64,
    pub writes: u64,
    /// Events of calls that are CloudTrail data events.
    pub data_events: u64,
    /// What was done to each kind, by a name that is its id, and by an opaque one alone.
    by_id: BTreeMap<(Kind, Action), u64>,
    by_handle: BTreeMap<(Kind, Action), u64>,
    pub regions: BTreeSet<String>,
    /// How often events say less than one would wish, and why.
    pub notes: BTreeMap<String, u64>,
}

impl Traits {
    /// How many events did `action` to a credential of `kind`: under its id, and under an opaque name alone.
    #[must_use]
    pub fn done_to(&self, kind: Kind, action: Action) -> (u64, u64) {
        let count = |counts: &BTreeMap<(Kind, Action), u64>| counts.get(&(kind, action)).copied();
        (count(&self.by_id).unwrap_or_default(), count(&self.by_handle).unwrap_or_default())
    }

    pub(super) fn note(&mut self, event: &Event<'_>) {
        self.events += 1;
        self.with_address += u64::from(event.client.ip.is_some());
        if let Some(credential) = event.credential() {
            self.identified += 1;
            let mut names = std::iter::once(&credential.name).chain(&credential.aliases);
            let has_id = names.any(|name| name.space == NameSpace::Id);
            let counts = if has_id { &mut self.by_id } else { &mut self.by_handle };
            *counts.entry((credential.kind, event.action)).or_default() += 1;
        }
        let name = event.operation.name.rsplit(['.', ' ']).next().unwrap_or_default();
        let begins = |words: &[&str]| words.iter().any(|word| starts_with(name, word));
        self.reads += u64::from(begins(READS));
        self.writes += u64::from(begins(WRITES));
        let service = event.operation.service.as_str();
        let data = DATA_EVENTS.iter().find(|(of, _)| *of == service);
        self.data_events +=
            u64::from(data.is_some_and(|(_, calls)| calls.iter().any(|call| name.starts_with(call))));
        if let Some(region) = &event.operation.region
            && !self.regions.contains(region.as_str())
        {
            self.regions.insert(region.to_string());
            keep_first(&mut self.regions);
        }
        if let Some(note) = event.label(Label::Note) {
            self.count_note(note, 1);
        }
    }

    fn count_note(&mut self, note: &str, events: u64) {
        if let Some(count) = self.notes.get_mut(note) {
            *count += events;
            return;
        }
        self.notes.insert(note.to_owned(), events);
        if self.notes.len() > WORDS_MAX {
            self.notes.pop_last();
        }
    }

    pub(super) fn absorb(&mut self, other: Self) {
        self.events += other.events;
        self.identified += other.identified;
        self.with_address += other.with_address;
        self.reads += other.reads;
        self.writes += other.writes;
        self.data_events += other.data_events;
        for (mine, others) in [(&mut self.by_id, other.by_id), (&mut self.by_handle, other.by_handle)] {
            for (key, count) in others {
                *mine.entry(key).or_default() += count;
            }
        }
        self.regions.extend(other.regions);
        keep_first(&mut self.regions);
        other.notes.iter().for_each(|(note, events)| self.count_note(note, *events));
    }
}

fn keep_first(words: &mut BTreeSet<String>) {
    while words.len() > WORDS_MAX {
        words.pop_last();
    }
}

/// Whether `name` begins with `word`, whatever the case of its letters.
fn starts_with(name: &str, word: &str) -> bool {
    name.as_bytes().get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()))
}
