//! Policy: which thresholds hold for which credential, as an organisation wrote them down in one TOML file.
//!
//! Every threshold has a built-in value with a reason (`keys`). The file changes them: `[defaults]` for
//! all, each `[[rule]]` for those it selects; **the last rule that matches wins, per key**. What the file
//! says is checked as a whole before any of it is used, and every mistake is reported at once with its line
//! and column.
//!
//! This module reads text, never files, and judges nothing: it answers what holds, and which line says so.

mod conflicts;
mod default_text;
pub mod keys;
mod load;
mod networks;
mod reference;
pub mod report;
mod rule;
mod sections;
mod thresholds;

use core::net::IpAddr;

pub use crate::document::mistake::Mistake;
pub use keys::{Key, Value};
pub use rule::{RuleInfo, Subject};
pub use thresholds::{Provenance, Thresholds};

use crate::time::{EventTime, Span};
use networks::Networks;
use rule::{Pattern, Rule};

/// The silence of a whole stream beyond which it is held to be a gap in the log, not quiet.
const MAX_SILENCE: Span = Span::days(3);

/// One policy, checked as a whole.
#[derive(Debug, Clone)]
pub struct Policy {
    file_name: String,
    /// In the order of the file; `[defaults]` first.
    rules: Vec<Rule>,
    networks: Networks,
    /// Patterns of realms with the environment they are, in the order of the file.
    environments: Vec<(Pattern, String)>,
    max_silence: Span,
    adoption: Option<EventTime>,
}

impl Default for Policy {
    /// What holds without a policy file.
    fn default() -> Self {
        Self {
            file_name: "policy.toml".to_owned(),
            rules: Vec::new(),
            networks: Networks::default(),
            environments: Vec::new(),
            max_silence: MAX_SILENCE,
            adoption: None,
        }
    }
}

impl Policy {
    /// Reads the text of a policy file.
    ///
    /// # Errors
    /// Every mistake of the text, in its order.
    pub fn parse(text: &str) -> Result<Self, Vec<Mistake>> {
        load::load(text)
    }

    /// The same policy under the name findings are to cite it by.
    #[must_use]
    pub fn named(mut self, file_name: &str) -> Self {
        file_name.clone_into(&mut self.file_name);
        self
    }

    #[must_use]
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// What holds for one credential: the built-in values, changed by each rule that matches, in the order
    /// of the file.
    #[must_use]
    pub fn thresholds(&self, who: &Subject<'_>) -> Thresholds {
        let mut thresholds = Thresholds::built_in(who.class, who.source);
        for (at, rule) in (0..).zip(&self.rules) {
            if !rule.selector.matches(who) {
                continue;
            }
            let from = Provenance::Rule { rule: at };
            for setting in &rule.settings {
                thresholds.set(setting.key, setting.value, from);
            }
            if let Some(off) = rule.off {
                thresholds.set_off(off, from);
            }
        }
        thresholds
    }

    /// The rule a [`Provenance`] of this policy names.
    ///
    /// # Panics
    /// Where `rule` comes from another policy.
    #[must_use]
    pub fn rule(&self, rule: u16) -> &RuleInfo {
        &self.rules[usize::from(rule)].info
    }

    /// Where a threshold is written, as a finding cites it (`policy.toml:41`, or `built in`), and the
    /// organisation's own reference for it.
    #[must_use]
    pub fn citation(&self, thresholds: &Thresholds, key: Key) -> (String, Option<&str>) {
        let Provenance::Rule { rule } = thresholds.provenance(key) else {
            return ("built in".to_owned(), None);
        };
        let rule = &self.rules[usize::from(rule)];
        let line = rule.setting(key).map_or(rule.info.line, |setting| setting.line);
        (format!("{}:{line}", self.file_name), rule.info.policy_ref.as_deref())
    }

    /// The name of the network an address lies in, where `[networks]` has one.
    #[must_use]
    pub fn network_name(&self, address: IpAddr) -> Option<&str> {
        self.networks.name(address)
    }

    /// The names of `[networks]`, sorted.
    pub fn network_names(&self) -> impl Iterator<Item = &str> {
        self.networks.names()
    }

    /// The environment of a realm; the last pattern that matches names it.
    #[must_use]
    pub fn environment(&self, realm: &str) -> Option<&str> {
        self.environments
            .iter()
            .rev()
            .find(|(pattern, _)| pattern.matches(realm))
            .map(|(_, name)| name.as_str())
    }

    /// Whether an environment of this name is production. Every other name says that it is not.
    #[must_use]
    pub fn is_production(environment: &str) -> bool {
        environment.eq_ignore_ascii_case("production") || environment.eq_ignore_ascii_case("prod")
    }

    /// When the organisation began to hold itself to this policy. What began earlier is baseline.
    #[must_use]
    pub fn adoption(&self) -> Option<EventTime> {
        self.adoption
    }

    /// The silence of a stream that still counts as quiet.
    #[must_use]
    pub fn max_silence(&self) -> Span {
        self.max_silence
    }
}
