//! The sections that hold a few plain values.

use std::fs;
use std::net::SocketAddr;
use std::time::Duration;

use super::keys;
use super::section::{Notes, Section, unreadable};
use crate::kafka::settings::{Commit, Mode, Registry};
use crate::policy::Policy;

/// A transaction ends well before the broker gives it up, which it does after ten seconds.
const INTERVAL_MAX: Duration = Duration::from_secs(5);

/// What a producer can hold while a transaction is open.
const RECORDS_MAX: u64 = 50_000;

/// `application` or `node`: both become part of ids that Kafka bounds and logs.
pub(super) fn name(top: &Section<'_, '_>, key: &str, notes: &mut Notes<'_, '_>) -> Option<String> {
    let name = top.text(key, notes)?;
    if !is_name(name) {
        let message =
            format!("'{name}' cannot be '{key}': write letters, digits, . _ -, at most 100 of them");
        notes.mistakes.add(top.at(key), message);
    }
    Some(name.to_owned())
}

/// Where no node is configured, the host is one.
pub(super) fn host(notes: &mut Notes<'_, '_>) -> String {
    let host = notes.around.host.clone().filter(|host| is_name(host));
    if host.is_none() {
        let message = "the host has no name to tell this process by: write node = \"tenure-0\" at the top";
        notes.mistakes.add(0..0, message);
    }
    host.unwrap_or_default()
}

fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    !name.is_empty() && name.len() <= 100 && name.chars().all(fits)
}

pub(super) fn commit(top: &Section<'_, '_>, notes: &mut Notes<'_, '_>) -> Commit {
    let default = Commit::default();
    let Some(section) = top.below(&keys::COMMIT, notes) else { return default };
    let times = Duration::from_millis(1)..=INTERVAL_MAX;
    let interval = section.duration("interval", times.clone(), notes).unwrap_or(default.interval);
    let behind = section.duration("interval_behind", times, notes);
    let records_max = section.whole("records_max", 1..=RECORDS_MAX, notes).unwrap_or(default.records_max);
    let records_behind = section.whole("records_max_behind", 1..=RECORDS_MAX, notes);
    let bytes_max = section.bytes("bytes_max", 64 << 10..=64 << 20, notes).unwrap_or(default.bytes_max);
    let commit = Commit {
        interval,
        interval_behind: behind.unwrap_or(default.interval_behind.max(interval)),
        records_max,
        records_max_behind: records_behind.unwrap_or(default.records_max_behind.max(records_max)),
        bytes_max,
    };
    if commit.interval_behind < commit.interval {
        let message = "'interval_behind' is shorter than 'interval': catching up takes the longer ones";
        notes.mistakes.add(section.at("interval_behind"), message);
    }
    if commit.records_max_behind < commit.records_max {
        let message = "'records_max_behind' is less than 'records_max': catching up takes the larger ones";
        notes.mistakes.add(section.at("records_max_behind"), message);
    }
    commit
}

pub(super) fn registry(top: &Section<'_, '_>, notes: &mut Notes<'_, '_>) -> Option<Registry> {
    let section = top.below(&keys::REGISTRY, notes)?;
    let url = section.required("url", notes).filter(|url| is_url(url, "url", &section, notes));
    let username = section.text("username", notes).map(str::to_owned);
    let password = section.secret("password", notes);
    for (one, other) in [("username", "password"), ("password", "username")] {
        if section.has(one) && !section.has(other) {
            let message = format!("'{one}' is of no use without '{other}': give both, or neither");
            notes.mistakes.add(section.at(one), message);
        }
    }
    let ca = section.file("ca", notes);
    let register = section.truth("register", notes).unwrap_or(true);
    let url = url?;
    let is_clear = url.starts_with("http://");
    if is_clear && password.is_some() {
        let message = "this password crosses the network in clear: write an https:// url";
        notes.warnings.add(section.at("password"), message);
    }
    if is_clear && ca.is_some() {
        notes.mistakes.add(section.at("ca"), "'ca' means nothing to an http:// url: write https://");
    }
    Some(Registry { url: url.trim_end_matches('/').to_owned(), username, password, ca, register })
}

/// Whether the value of `key` is a url that can be asked. It is not quoted where it holds a login.
pub(super) fn is_url(url: &str, key: &str, section: &Section<'_, '_>, notes: &mut Notes<'_, '_>) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let message = match rest {
        _ if url.contains('@') => {
            format!("a login does not stand in '{key}': it has keys of its own")
        }
        None | Some("") => format!("'{url}' is no url: write https://HOST:PORT"),
        Some(_) if url.starts_with("https:") && !cfg!(feature = "tls") => {
            "this build speaks no TLS: build with the feature 'tls', which is on by default".to_owned()
        }
        Some(_) => return true,
    };
    notes.mistakes.add(section.at(key), message);
    false
}

pub(super) fn mode(top: &Section<'_, '_>, notes: &mut Notes<'_, '_>) -> Mode {
    let Some(section) = top.below(&keys::TIME, notes) else { return Mode::Live };
    match section.text("mode", notes) {
        None | Some("live") => Mode::Live,
        Some("replay") => Mode::Replay,
        Some(other) => {
            let message = format!("there is no mode '{other}': write live or replay");
            notes.mistakes.add(section.at("mode"), message);
            Mode::Live
        }
    }
}

pub(super) fn http(top: &Section<'_, '_>, notes: &mut Notes<'_, '_>) -> Option<SocketAddr> {
    let section = top.below(&keys::HTTP, notes)?;
    let text = section.required("listen", notes)?;
    let address = text.parse().ok();
    if address.is_none() {
        let message = format!("'{text}' is no address: write \"IP:PORT\", like \"127.0.0.1:9464\"");
        notes.mistakes.add(section.at("listen"), message);
    }
    address
}

/// The policy with its text.
pub(super) fn policy(top: &Section<'_, '_>, notes: &mut Notes<'_, '_>) -> Option<(Policy, String)> {
    let section = top.below(&keys::POLICY, notes)?;
    let name = section.required("file", notes)?;
    let text = match fs::read_to_string(notes.around.path(name)) {
        Ok(text) => text,
        Err(error) => {
            notes.mistakes.add(section.at("file"), unreadable(name, &error));
            return None;
        }
    };
    match Policy::parse(&text) {
        Ok(policy) => Some((policy.named(name), text)),
        Err(mistakes) => {
            let count = crate::document::report::counted(mistakes.len(), "mistake");
            let message = format!("the policy '{name}' has {count}: `tenure policy check {name}` shows them");
            notes.mistakes.add(section.at("file"), message);
            None
        }
    }
}
