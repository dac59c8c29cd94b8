//! The sections of a policy that are not rules: `[networks]`, `[environments]`, `[coverage]`, `[adoption]`.

use toml::de::DeValue;
use toml::value::Datetime;

use crate::document::mistake::Mistakes;
use crate::document::tree::{self, Entry};
use crate::policy::MAX_SILENCE;
use crate::policy::keys::Value;
use crate::policy::networks::Networks;
use crate::policy::rule::Pattern;
use crate::time::{EventTime, Span};

pub fn networks(entry: &Entry<'_, '_>, mistakes: &mut Mistakes<'_>) -> Networks {
    let example = "names with ranges: office = [\"203.0.113.0/24\"]";
    let mut networks = Networks::default();
    let Some(table) = tree::table(entry, example, mistakes) else { return networks };
    for entry in tree::entries(table) {
        if entry.key.trim().is_empty() {
            mistakes.add(entry.at_key(), "a network without a name: write what findings are to call it");
        }
        read_network(&entry, &mut networks, mistakes);
    }
    networks
}

fn read_network(entry: &Entry<'_, '_>, networks: &mut Networks, mistakes: &mut Mistakes<'_>) {
    let before = mistakes.count();
    let Some(ranges) = tree::texts(entry, "a list of ranges like [\"203.0.113.0/24\"]", mistakes) else {
        return;
    };
    if ranges.is_empty() && mistakes.count() == before {
        mistakes.add(entry.at_value(), format!("'{}' has no range: give it one, or remove it", entry.key));
    }
    for (text, at) in ranges {
        match Networks::parse_range(text) {
            Ok(range) => {
                if let Err(taken) = networks.add(entry.key, range) {
                    let by = taken.by;
                    mistakes
                        .add(at, format!("'{text}' is already named '{by}': keep it under one name, once"));
                }
            }
            Err(message) => mistakes.add(at, message),
        }
    }
}

pub fn environments(entry: &Entry<'_, '_>, mistakes: &mut Mistakes<'_>) -> Vec<(Pattern, String)> {
    let example = "realms with names: \"aws/111122223333\" = \"production\"";
    let Some(table) = tree::table(entry, example, mistakes) else { return Vec::new() };
    let mut environments = Vec::new();
    for entry in tree::entries(table) {
        let name = tree::text(&entry, "the name of an environment like \"production\"", mistakes);
        match Pattern::new(entry.key) {
            Ok(pattern) => environments.extend(name.map(|name| (pattern, name.to_owned()))),
            Err(error) => mistakes.add(entry.at_key(), format!("'{}' is not a glob: {error}", entry.key)),
        }
    }
    environments
}

pub fn coverage(entry: &Entry<'_, '_>, mistakes: &mut Mistakes<'_>) -> Span {
    let Some(table) = tree::table(entry, "max_silence below [coverage]", mistakes) else {
        return MAX_SILENCE;
    };
    let mut max_silence = MAX_SILENCE;
    for entry in tree::entries(table) {
        if entry.key != "max_silence" {
            tree::unknown_key(&entry, "[coverage]", ["max_silence"], mistakes);
            continue;
        }
        let Some(span) = tree::span(&entry, &Value::Span(MAX_SILENCE).to_toml(), mistakes) else { continue };
        if span < Span::hours(1) {
            let message =
                "'max_silence' is shorter than the hours gaps are measured in: write \"1h\" or more";
            mistakes.add(entry.at_value(), message);
        }
        max_silence = span;
    }
    max_silence
}

pub fn adoption(entry: &Entry<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<EventTime> {
    let table = tree::table(entry, "effective_from below [adoption]", mistakes)?;
    let mut adoption = None;
    for entry in tree::entries(table) {
        if entry.key == "effective_from" {
            adoption = time(&entry, mistakes);
        } else {
            tree::unknown_key(&entry, "[adoption]", ["effective_from"], mistakes);
        }
    }
    adoption
}

/// A time as text or as TOML's own date; a date alone is its first moment, a time without a zone is UTC.
fn time(entry: &Entry<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<EventTime> {
    let example = "a date like 2026-01-01T00:00:00Z";
    let written = match entry.value.get_ref() {
        DeValue::Datetime(Datetime { date: None, .. }) => {
            mistakes.add(entry.at_value(), format!("'{}' is a time of no day: write {example}", entry.key));
            return None;
        }
        DeValue::Datetime(time) => time.to_string(),
        DeValue::String(text) => text.as_ref().to_owned(),
        DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => {
            tree::wrong_type(entry, example, mistakes);
            return None;
        }
    };
    let time = EventTime::parse(&written).or_else(|| EventTime::parse(&format!("{written}T00:00:00Z")));
    if time.is_none() {
        mistakes.add(entry.at_value(), format!("'{written}' is not a time: write {example}"));
    }
    time
}
