//! `[kafka]` and what stands below it.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::keys;
use super::rest;
use super::section::{Notes, Section};
use crate::document::nearest::did_you_mean;
use crate::kafka::oauth::Issuer;
use crate::kafka::settings::{Connection, Sasl, ScramHash, Secret, Tls};
use crate::kafka::{client, options};

const MECHANISMS: [&str; 4] = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"];
const OF_PASSWORDS: [&str; 2] = ["username", "password"];
const OF_TOKENS: [&str; 4] = ["token_url", "client_id", "client_secret", "scope"];

pub(super) fn read(kafka: &Section<'_, '_>, notes: &mut Notes<'_, '_>) -> Connection {
    let tls_section = kafka.below(&keys::TLS, notes);
    let sasl_section = kafka.below(&keys::SASL, notes);
    let options_section = kafka.below(&keys::OPTIONS, notes);
    let connection = Connection {
        brokers: brokers(kafka, notes),
        tls: tls_section.as_ref().map(|section| tls(section, notes)),
        sasl: sasl_section.as_ref().and_then(|section| sasl(section, notes)),
        overrides: options_section.map(|section| options(&section, notes)).unwrap_or_default(),
    };
    let at =
        |section: &Option<Section<'_, '_>>, key| section.as_ref().map_or(0..0, |section| section.at(key));
    let sends_secret = matches!(connection.sasl, Some(Sasl::Plain { .. } | Sasl::OauthBearer(_)));
    if sends_secret && connection.tls.is_none() {
        let message = "without [kafka.tls] this secret crosses the network in clear: add the section";
        notes.warnings.add(at(&sasl_section, "mechanism"), message);
    }
    if let Err(refused) = client::check_support(&connection) {
        let place =
            if connection.sasl.is_some() { at(&sasl_section, "mechanism") } else { at(&tls_section, "ca") };
        notes.mistakes.add(place, refused.to_string());
    }
    connection
}

fn brokers(kafka: &Section<'_, '_>, notes: &mut Notes<'_, '_>) -> Vec<String> {
    kafka.require("brokers", notes);
    let before = notes.mistakes.count();
    let written = kafka.texts("brokers", notes);
    if kafka.has("brokers") && written.is_empty() && notes.mistakes.count() == before {
        notes.mistakes.add(kafka.at("brokers"), "no broker: write \"host:port\" of at least one");
    }
    let mut brokers = Vec::new();
    for (text, at) in written {
        // Not quoted: a broker of this shape may hold a password.
        if text.contains('@') || text.contains("//") {
            notes.mistakes.add(at, "a broker is written without scheme and login: write \"host:port\"");
        } else if !is_address(text) {
            notes
                .mistakes
                .add(at, format!("'{text}' is no broker: write \"host:port\", like \"kafka:9092\""));
        } else if brokers.iter().any(|broker| broker == text) {
            notes.mistakes.add(at, format!("'{text}' stands twice: keep it once"));
        } else {
            brokers.push(text.to_owned());
        }
    }
    brokers
}

/// `host:port`, also `[::1]:9092`.
fn is_address(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let is_host = match bare {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.chars().all(fits),
    };
    is_host && port.parse::<u16>().is_ok_and(|port| port > 0)
}

fn tls(section: &Section<'_, '_>, notes: &mut Notes<'_, '_>) -> Tls {
    for (one, other) in [("certificate", "key"), ("key", "certificate"), ("key_password", "key")] {
        if section.has(one) && !section.has(other) {
            let message = format!("'{one}' is of no use without '{other}': give both, or neither");
            notes.mistakes.add(section.at(one), message);
        }
    }
    Tls {
        ca: section.file("ca", notes),
        certificate: section.file("certificate", notes),
        key: section.file("key", notes),
        key_password: section.secret("key_password", notes),
    }
}

fn sasl(section: &Section<'_, '_>, notes: &mut Notes<'_, '_>) -> Option<Sasl> {
    let mechanism = section.required("mechanism", notes);
    let password = section.secret("password", notes);
    let client_secret = section.secret("client_secret", notes);
    let mechanism = mechanism?;
    if !MECHANISMS.contains(&mechanism) {
        let hint = did_you_mean(mechanism, MECHANISMS);
        let message =
            format!("there is no mechanism '{mechanism}'{hint}: write one of {}", MECHANISMS.join(", "));
        notes.mistakes.add(section.at("mechanism"), message);
        return None;
    }
    let with_token = mechanism == "OAUTHBEARER";
    let (needed, foreign): (&[&str], &[&str]) =
        if with_token { (&OF_TOKENS[..3], &OF_PASSWORDS) } else { (&OF_PASSWORDS, &OF_TOKENS) };
    for key in needed {
        section.require(key, notes);
    }
    for key in foreign.iter().filter(|key| section.has(key)) {
        notes.mistakes.add(section.at(key), format!("'{key}' means nothing to {mechanism}: remove it"));
    }
    if with_token {
        return issuer(section, client_secret, notes).map(Sasl::OauthBearer);
    }
    let username = section.text("username", notes)?.to_owned();
    let hash = match mechanism {
        "PLAIN" => return Some(Sasl::Plain { username, password: password? }),
        "SCRAM-SHA-256" => ScramHash::Sha256,
        _ => ScramHash::Sha512,
    };
    Some(Sasl::Scram { hash, username, password: password? })
}

fn issuer(section: &Section<'_, '_>, secret: Option<Secret>, notes: &mut Notes<'_, '_>) -> Option<Issuer> {
    let url = section.text("token_url", notes).filter(|url| rest::is_url(url, "token_url", section, notes));
    if url.is_some_and(|url| url.starts_with("http://")) {
        let message = "this secret crosses the network in clear: write an https:// url";
        notes.warnings.add(section.at("token_url"), message);
    }
    let client_id = section.text("client_id", notes)?.to_owned();
    let scope = section.text("scope", notes).map(str::to_owned);
    Some(Issuer::new(url?.to_owned(), client_id, secret?, scope))
}

/// Settings of librdkafka. Their values are never quoted: any of them may be a secret.
fn options(section: &Section<'_, '_>, notes: &mut Notes<'_, '_>) -> BTreeMap<String, String> {
    let mut taken = BTreeMap::new();
    for entry in section.entries() {
        let DeValue::String(value) = entry.value.get_ref() else {
            let message = format!("'{}' is written as text here, numbers too: put it in quotes", entry.key);
            notes.mistakes.add(entry.at_value(), message);
            continue;
        };
        match options::check(entry.key, value) {
            Ok(()) => drop(taken.insert(entry.key.to_owned(), value.clone().into_owned())),
            Err(why) => notes.mistakes.add(entry.at_key(), why),
        }
    }
    taken
}
