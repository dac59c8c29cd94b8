//! One table of the configuration, read key by key.

use std::fs;
use std::ops::{Range, RangeInclusive};
use std::path::PathBuf;
use std::time::Duration;

use toml::de::{DeTable, DeValue};

use super::keys::{self, SECTIONS};
use super::surroundings::Surroundings;
use super::units;
use crate::document::mistake::Mistakes;
use crate::document::tree::{self, Entry};
use crate::kafka::settings::Secret;

/// Where what is wrong, and what is merely doubtful, is noted.
pub(super) struct Notes<'t, 's> {
    pub mistakes: Mistakes<'t>,
    pub warnings: Mistakes<'t>,
    pub around: &'s Surroundings<'s>,
}

/// A table with its row of [`SECTIONS`].
pub(super) struct Section<'a, 'i> {
    spec: &'static keys::Section,
    entries: Vec<Entry<'a, 'i>>,
    /// Where the table is opened.
    pub at: Range<usize>,
}

impl<'a, 'i> Section<'a, 'i> {
    /// Opens a table and notes the keys in it that mean nothing.
    pub fn open(
        spec: &'static keys::Section,
        table: &'a DeTable<'i>,
        at: Range<usize>,
        notes: &mut Notes<'_, '_>,
    ) -> Self {
        let entries = tree::entries(table);
        let place = if spec.path.is_empty() { "a configuration".to_owned() } else { spec.header() };
        // A table of which no key is known takes any.
        let is_free = spec.known().next().is_none();
        for entry in entries.iter().filter(|entry| !is_free && !spec.known().any(|name| name == entry.key)) {
            match elsewhere(entry.key).filter(|_| spec.path.is_empty()) {
                Some(home) => {
                    let key = entry.key;
                    let message = format!("'{key}' stands in no section: write it below {home}");
                    notes.mistakes.add(entry.at_key(), message);
                }
                None => tree::unknown_key(entry, &place, spec.known(), &mut notes.mistakes),
            }
        }
        Self { spec, entries, at }
    }

    /// The table below this one, if it stands there.
    pub fn below(&self, spec: &'static keys::Section, notes: &mut Notes<'_, '_>) -> Option<Section<'a, 'i>> {
        let entry = *self.entry(spec.path.rsplit('.').next().unwrap_or_default())?;
        let table = tree::table(&entry, &format!("its keys below {}", spec.header()), &mut notes.mistakes)?;
        Some(Section::open(spec, table, entry.at_value(), notes))
    }

    /// The tables of a list below this one.
    pub fn each_below(
        &self,
        spec: &'static keys::Section,
        notes: &mut Notes<'_, '_>,
    ) -> Vec<Section<'a, 'i>> {
        let Some(entry) = self.entry(spec.path) else { return Vec::new() };
        let example = format!("each as {} with its keys below", spec.header());
        let mut sections = Vec::new();
        for element in tree::list(entry, &example, &mut notes.mistakes).into_iter().flatten() {
            match element.get_ref() {
                DeValue::Table(table) => sections.push(Section::open(spec, table, element.span(), notes)),
                DeValue::String(_)
                | DeValue::Integer(_)
                | DeValue::Float(_)
                | DeValue::Boolean(_)
                | DeValue::Datetime(_)
                | DeValue::Array(_) => {
                    notes.mistakes.add(element.span(), format!("this is no table: write {example}"));
                }
            }
        }
        sections
    }

    /// Everything in it, for a table whose keys are free.
    pub fn entries(&self) -> &[Entry<'a, 'i>] {
        &self.entries
    }

    pub fn has(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// Where a key is set, else where the table is opened.
    pub fn at(&self, key: &str) -> Range<usize> {
        self.entry(key).map_or(self.at.clone(), Entry::at_value)
    }

    fn entry(&self, key: &str) -> Option<&Entry<'a, 'i>> {
        debug_assert!(self.spec.known().any(|name| name == key), "'{key}' is missing in the table of keys");
        self.entries.iter().find(|entry| entry.key == key)
    }

    fn example(&self, key: &str) -> &'static str {
        self.spec.keys.iter().find(|row| row.name == key).map_or("", |row| row.example)
    }

    pub fn text(&self, key: &str, notes: &mut Notes<'_, '_>) -> Option<&'a str> {
        let entry = *self.entry(key)?;
        tree::text(&entry, self.example(key), &mut notes.mistakes)
    }

    /// A text without which the section means nothing.
    pub fn required(&self, key: &str, notes: &mut Notes<'_, '_>) -> Option<&'a str> {
        self.require(key, notes);
        self.text(key, notes)
    }

    /// Notes the absence of a key.
    pub fn require(&self, key: &str, notes: &mut Notes<'_, '_>) {
        if !self.has(key) {
            let (header, example) = (self.spec.header(), self.example(key));
            notes.mistakes.add(self.at.clone(), format!("{header} needs '{key}': write {key} = {example}"));
        }
    }

    pub fn texts(&self, key: &str, notes: &mut Notes<'_, '_>) -> Vec<(&'a str, Range<usize>)> {
        let Some(entry) = self.entry(key) else { return Vec::new() };
        tree::texts(entry, self.example(key), &mut notes.mistakes).unwrap_or_default()
    }

    pub fn truth(&self, key: &str, notes: &mut Notes<'_, '_>) -> Option<bool> {
        tree::truth(self.entry(key)?, &mut notes.mistakes)
    }

    pub fn whole(&self, key: &str, range: RangeInclusive<u64>, notes: &mut Notes<'_, '_>) -> Option<usize> {
        let number = tree::whole(self.entry(key)?, range, &mut notes.mistakes)?;
        usize::try_from(number).ok()
    }

    pub fn span(&self, key: &str, notes: &mut Notes<'_, '_>) -> Option<crate::time::Span> {
        tree::span(self.entry(key)?, self.example(key), &mut notes.mistakes)
    }

    /// A span that may be none at all.
    pub fn span_or_zero(&self, key: &str, notes: &mut Notes<'_, '_>) -> Option<crate::time::Span> {
        let entry = self.entry(key)?;
        let written = entry.value.get_ref().as_str().and_then(crate::time::Span::parse);
        if written == Some(crate::time::Span::ZERO) {
            return written;
        }
        tree::span(entry, self.example(key), &mut notes.mistakes)
    }

    pub fn duration(
        &self,
        key: &str,
        range: RangeInclusive<Duration>,
        notes: &mut Notes<'_, '_>,
    ) -> Option<Duration> {
        let text = self.text(key, notes)?;
        let duration = units::duration(text).filter(|duration| range.contains(duration));
        if duration.is_none() {
            let (least, most) = (range.start(), range.end());
            let message = format!(
                "'{key}' cannot be '{text}': write a time from {least:?} to {most:?}, like {}",
                self.example(key)
            );
            notes.mistakes.add(self.at(key), message);
        }
        duration
    }

    pub fn bytes(&self, key: &str, range: RangeInclusive<usize>, notes: &mut Notes<'_, '_>) -> Option<usize> {
        let text = self.text(key, notes)?;
        let bytes = units::bytes(text).filter(|bytes| range.contains(bytes));
        if bytes.is_none() {
            let (least, most) = (range.start() >> 10, range.end() >> 20);
            let message = format!(
                "'{key}' cannot be '{text}': write a size from {least}KiB to {most}MiB, like {}",
                self.example(key)
            );
            notes.mistakes.add(self.at(key), message);
        }
        bytes
    }

    /// The path of a file that is there and can be read.
    pub fn file(&self, key: &str, notes: &mut Notes<'_, '_>) -> Option<PathBuf> {
        let text = self.text(key, notes)?;
        let path = notes.around.path(text);
        match fs::File::open(&path).and_then(|file| file.metadata()) {
            Ok(about) if about.is_file() => return Some(path),
            Ok(_) => {
                notes.mistakes.add(self.at(key), format!("'{text}' is no file: name the file itself"));
            }
            Err(error) => notes.mistakes.add(self.at(key), unreadable(text, &error)),
        }
        None
    }

    /// A secret, which stands elsewhere.
    pub fn secret(&self, key: &str, notes: &mut Notes<'_, '_>) -> Option<Secret> {
        super::secret::read(self.entry(key)?, notes)
    }
}

/// The section a key belongs to that somebody wrote above all sections.
fn elsewhere(key: &str) -> Option<String> {
    let holds = |section: &&&keys::Section| section.keys.iter().any(|row| row.name == key);
    SECTIONS.iter().find(holds).map(|section| section.header())
}

/// What to say of a file that cannot be read. Relative paths start at the configuration, not at the shell.
pub(super) fn unreadable(text: &str, error: &std::io::Error) -> String {
    format!("'{text}' cannot be read: {error}; relative paths start at the folder of this file")
}
