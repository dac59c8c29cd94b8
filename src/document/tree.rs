//! Typed reading of a TOML tree that goes on after a mistake.
//!
//! Deserialising into types stops at the first thing that does not fit; a person who corrects a file wants
//! all of them.

use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use crate::document::mistake::Mistakes;
use crate::document::nearest::did_you_mean;
use crate::time::Span;

pub type Node<'i> = Spanned<DeValue<'i>>;

/// One `key = value` of a table.
#[derive(Clone, Copy)]
pub struct Entry<'a, 'i> {
    pub key: &'a str,
    pub key_span: (usize, usize),
    pub value: &'a Node<'i>,
}

impl Entry<'_, '_> {
    pub fn at_key(&self) -> Range<usize> {
        self.key_span.0..self.key_span.1
    }

    pub fn at_value(&self) -> Range<usize> {
        self.value.span()
    }
}

/// The entries of a table in the order of the file.
pub fn entries<'a, 'i>(table: &'a DeTable<'i>) -> Vec<Entry<'a, 'i>> {
    let mut entries: Vec<_> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().as_ref(),
            key_span: (key.span().start, key.span().end),
            value,
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_span);
    entries
}

/// Reads a TOML document. What is not TOML becomes mistakes; `None` where the rest cannot be trusted after
/// them.
///
/// Text without quotes (`45d`) and a key that stands twice harm nothing else, so reading goes on after them.
pub fn document<'t>(mistakes: &mut Mistakes<'t>) -> Option<Spanned<DeTable<'t>>> {
    let text = mistakes.text();
    let (document, mut errors) = DeTable::parse_recoverable(text);
    errors.sort_by_key(|error| error.span().map_or(text.len(), |span| span.start));
    for error in &errors {
        let at = error.span().unwrap_or(text.len()..text.len());
        if error.message().starts_with("string values must be quoted") {
            let word = text.get(at.clone()).filter(|_| !mistakes.is_discreet()).unwrap_or("...");
            mistakes.refuse(at, format!("text stands without quotes: write \"{}\"", word.trim()));
        } else if error.message() == "duplicate key" {
            mistakes.refuse(at, "this key stands here for the second time: keep one of them");
        } else {
            mistakes.refuse(at, format!("this is not TOML: {}", error.message()));
            return None;
        }
    }
    Some(document)
}

/// What a value is, in the words of a person.
fn what(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// Notes that an entry holds something else than it should; `example` shows how to write it.
pub fn wrong_type(entry: &Entry<'_, '_>, example: &str, mistakes: &mut Mistakes<'_>) {
    let found = what(entry.value.get_ref());
    mistakes.add(entry.at_value(), format!("'{}' cannot be {found}: write {example}", entry.key));
}

/// Notes a key that means nothing here.
pub fn unknown_key<'k>(
    entry: &Entry<'_, '_>,
    place: &str,
    known: impl IntoIterator<Item = &'k str> + Clone,
    mistakes: &mut Mistakes<'_>,
) {
    let hint = did_you_mean(entry.key, known.clone());
    let hint = if hint.is_empty() && known.clone().into_iter().count() <= 10 {
        format!(": it knows {}", known.into_iter().collect::<Vec<_>>().join(", "))
    } else {
        hint
    };
    mistakes.add(entry.at_key(), format!("unknown key '{}' in {place}{hint}", entry.key));
}

/// The text of an entry; a mistake where it is none, or empty.
pub fn text<'a>(entry: &Entry<'a, '_>, example: &str, mistakes: &mut Mistakes<'_>) -> Option<&'a str> {
    let DeValue::String(text) = entry.value.get_ref() else {
        wrong_type(entry, example, mistakes);
        return None;
    };
    if text.trim().is_empty() {
        mistakes.add(entry.at_value(), format!("'{}' is empty: write {example}, or leave it out", entry.key));
        return None;
    }
    Some(text)
}

/// The table of an entry; a mistake where it is none.
pub fn table<'a, 'i>(
    entry: &Entry<'a, 'i>,
    example: &str,
    mistakes: &mut Mistakes<'_>,
) -> Option<&'a DeTable<'i>> {
    let DeValue::Table(table) = entry.value.get_ref() else {
        wrong_type(entry, example, mistakes);
        return None;
    };
    Some(table)
}

/// The list of an entry; a mistake where it is none.
pub fn list<'a, 'i>(
    entry: &Entry<'a, 'i>,
    example: &str,
    mistakes: &mut Mistakes<'_>,
) -> Option<&'a DeArray<'i>> {
    let DeValue::Array(list) = entry.value.get_ref() else {
        wrong_type(entry, example, mistakes);
        return None;
    };
    Some(list)
}

/// The texts of a list, each with its place; a mistake for each element that is none.
pub fn texts<'a>(
    entry: &Entry<'a, '_>,
    example: &str,
    mistakes: &mut Mistakes<'_>,
) -> Option<Vec<(&'a str, Range<usize>)>> {
    let mut texts = Vec::new();
    for element in list(entry, example, mistakes)? {
        if let DeValue::String(text) = element.get_ref() {
            texts.push((text.as_ref(), element.span()));
        } else {
            let found = what(element.get_ref());
            mistakes.add(element.span(), format!("'{}' cannot hold {found}: write {example}", entry.key));
        }
    }
    Some(texts)
}

/// A span longer than nothing. `example` is one as it stands in TOML.
pub fn span(entry: &Entry<'_, '_>, example: &str, mistakes: &mut Mistakes<'_>) -> Option<Span> {
    let example = format!("a whole number with its unit, like {example}");
    let text = match entry.value.get_ref() {
        DeValue::Integer(number) => {
            let message = format!("'{}' needs a unit: write \"{number}d\" for days, or h, min, s", entry.key);
            mistakes.add(entry.at_value(), message);
            return None;
        }
        DeValue::String(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => text(entry, &example, mistakes)?,
    };
    match Span::parse(text) {
        Some(span) if span > Span::ZERO => return Some(span),
        Some(_) => mistakes.add(entry.at_value(), format!("'{}' is zero: write {example}", entry.key)),
        None if text.starts_with('-') => {
            mistakes.add(entry.at_value(), format!("'{}' is negative: write {example}", entry.key));
        }
        None => {
            let message = format!("'{text}' is not a span: write {example}; units are d, h, min, s, w, y");
            mistakes.add(entry.at_value(), message);
        }
    }
    None
}

/// A whole number within `range`.
pub fn whole(entry: &Entry<'_, '_>, range: RangeInclusive<u64>, mistakes: &mut Mistakes<'_>) -> Option<u64> {
    let example = format!("a whole number from {} to {}, without quotes", range.start(), range.end());
    let DeValue::Integer(number) = entry.value.get_ref() else {
        wrong_type(entry, &example, mistakes);
        return None;
    };
    let count = u64::from_str_radix(number.as_str(), number.radix()).ok();
    let count = count.filter(|count| range.contains(count));
    if count.is_none() {
        mistakes.add(entry.at_value(), format!("'{}' cannot be {number}: write {example}", entry.key));
    }
    count
}

/// True or false.
pub fn truth(entry: &Entry<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<bool> {
    let DeValue::Boolean(truth) = entry.value.get_ref() else {
        wrong_type(entry, "true or false, without quotes", mistakes);
        return None;
    };
    Some(*truth)
}
