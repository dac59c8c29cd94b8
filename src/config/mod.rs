//! The configuration of a run: one TOML file, checked as a whole, becomes [`Settings`].
//!
//! Every mistake is reported at once with its line and column: unknown keys, missing files and secrets,
//! settings that contradict each other. Secrets are named by where they lie, and nothing of the file is
//! repeated where a secret might have been written by mistake.

mod connection;
mod default_text;
mod flow;
pub mod keys;
mod reference;
mod rest;
mod secret;
mod section;
mod surroundings;
pub mod units;

use std::path::Path;

use anyhow::Context;

use crate::document::mistake::{Mistake, Mistakes};
use crate::document::report::mistakes_report;
use crate::document::tree;
use crate::kafka::settings::Settings;
use section::{Notes, Section};

pub use default_text::default_text;
pub use reference::keys_table;
pub use surroundings::Surroundings;

/// A configuration that can be run.
#[derive(Debug, Clone)]
pub struct Config {
    pub settings: Settings,
    /// What can be run and should better not be.
    pub warnings: Vec<Mistake>,
}

/// Reads the configuration in `file`.
///
/// # Errors
/// Where it cannot be read, and with all its mistakes.
pub fn load(file: &Path) -> anyhow::Result<Config> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).with_context(|| {
        format!("cannot read the configuration '{name}': begin with `tenure run --print-default-config`")
    })?;
    parse(&text, &Surroundings::of(file)).map_err(|mistakes| {
        anyhow::anyhow!("the configuration cannot be used\n{}", report(&name, &mistakes).trim_end())
    })
}

/// Mistakes as people read them, without the lines they stand in: these may hold a secret.
#[must_use]
pub fn report(file_name: &str, mistakes: &[Mistake]) -> String {
    mistakes_report(file_name, "", mistakes)
}

/// Reads the text of a configuration.
///
/// # Errors
/// Every mistake of the text, in its order.
pub fn parse(text: &str, around: &Surroundings<'_>) -> Result<Config, Vec<Mistake>> {
    let mut notes = Notes { mistakes: Mistakes::discreet(text), warnings: Mistakes::discreet(text), around };
    let settings = tree::document(&mut notes.mistakes).and_then(|document| {
        let top = Section::open(&keys::TOP, document.get_ref(), 0..0, &mut notes);
        settings(&top, &mut notes)
    });
    let warnings = notes.warnings.or(()).err().unwrap_or_default();
    match notes.mistakes.or(settings)? {
        Some(settings) => Ok(Config { settings, warnings }),
        None => unreachable!("what is missing was noted as a mistake"),
    }
}

fn settings(top: &Section<'_, '_>, notes: &mut Notes<'_, '_>) -> Option<Settings> {
    let kafka = top.below(&keys::KAFKA, notes);
    if kafka.is_none() && !top.has("kafka") {
        notes.mistakes.add(0..0, "no brokers: write [kafka] with brokers = [\"host:port\"] below it");
    }
    let connection = kafka.map(|section| connection::read(&section, notes));
    let application = rest::name(top, "application", notes).unwrap_or_else(|| "tenure".to_owned());
    let node = if top.has("node") { rest::name(top, "node", notes) } else { Some(rest::host(notes)) };
    let flow = flow::read(top, notes);
    let registry = rest::registry(top, notes);
    let policy = rest::policy(top, notes);
    let (mode, commit, http) = (rest::mode(top, notes), rest::commit(top, notes), rest::http(top, notes));
    let (policy, policy_text) = policy.unzip();
    Some(Settings {
        connection: connection?,
        node: node?,
        application,
        topics: flow.topics,
        inputs: flow.inputs,
        registry,
        commit,
        policy,
        policy_text,
        mode,
        http,
    })
}
