//! Secrets of a configuration: named by where they lie, never written in it.
//!
//! No message of this file quotes a value, so that a secret that was written in by mistake is not repeated
//! in logs.

use std::fs;

use toml::de::DeValue;

use super::section::{Notes, unreadable};
use crate::document::tree::{self, Entry};
use crate::kafka::settings::Secret;

/// A file this long is not a password.
const BYTES_MAX: u64 = 64 << 10;

const EXAMPLE: &str = "{ file = \"PATH\" } or { env = \"NAME\" }";

/// Reads `{ file = "..." }` or `{ env = "..." }`.
pub(super) fn read(entry: &Entry<'_, '_>, notes: &mut Notes<'_, '_>) -> Option<Secret> {
    let key = entry.key;
    let DeValue::Table(table) = entry.value.get_ref() else {
        let message =
            format!("'{key}' is a secret, which never stands in this file: write {key} = {EXAMPLE}");
        notes.mistakes.add(entry.at_value(), message);
        return None;
    };
    let places = tree::entries(table);
    let [place] = places.as_slice() else {
        let message = format!("'{key}' lies in one place: write {key} = {EXAMPLE}");
        notes.mistakes.add(entry.at_value(), message);
        return None;
    };
    match place.key {
        "file" => from_file(key, place, notes),
        "env" => from_environment(key, place, notes),
        _ => {
            tree::unknown_key(place, &format!("'{key}'"), ["file", "env"], &mut notes.mistakes);
            None
        }
    }
}

fn from_file(key: &str, place: &Entry<'_, '_>, notes: &mut Notes<'_, '_>) -> Option<Secret> {
    let name = tree::text(place, "\"PATH\"", &mut notes.mistakes)?;
    let path = notes.around.path(name);
    let read = fs::metadata(&path).and_then(|about| {
        if about.len() > BYTES_MAX { Ok(None) } else { fs::read_to_string(&path).map(Some) }
    });
    let message = match read {
        Ok(Some(text)) if !text.trim_end_matches(['\r', '\n']).is_empty() => {
            return Some(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned()));
        }
        Ok(Some(_)) => format!("'{name}' is empty: write the secret for '{key}' into it"),
        Ok(None) => format!("'{name}' is longer than {BYTES_MAX} bytes: it cannot be the secret for '{key}'"),
        Err(error) => unreadable(name, &error),
    };
    notes.mistakes.add(place.at_value(), message);
    None
}

fn from_environment(key: &str, place: &Entry<'_, '_>, notes: &mut Notes<'_, '_>) -> Option<Secret> {
    let name = tree::text(place, "\"NAME\"", &mut notes.mistakes)?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.chars().all(is_name) {
        let message = "this is no name of a variable: write letters, digits and _, never the secret itself";
        notes.mistakes.add(place.at_value(), message);
        return None;
    }
    let value = (notes.around.variable)(name).filter(|value| !value.is_empty());
    if value.is_none() {
        // The name is not repeated: whoever takes the key for the value writes a secret here.
        let message = format!("the environment has no such variable: set it to the secret for '{key}'");
        notes.mistakes.add(place.at_value(), message);
    }
    value.map(Secret::new)
}
