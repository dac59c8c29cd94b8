//! From the text of a policy to a [`Policy`], or to all of its mistakes.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::document::mistake::{Mistake, Mistakes};
use crate::document::nearest::did_you_mean;
use crate::document::tree::{self, Entry};
use crate::limits;
use crate::policy::keys::{DETECTION_IDS, KEYS, Key, KeyRow, Value};
use crate::policy::rule::{Field, Pattern, Rule, RuleInfo, Selector, Setting};
use crate::policy::thresholds::Off;
use crate::policy::{Policy, conflicts, sections};

const SECTIONS: [&str; 6] = ["defaults", "rule", "networks", "environments", "coverage", "adoption"];

/// Longer lists of names are no help in a message.
const NAMES_LISTED_MAX: usize = 20;

/// A rule as it was read, with what only the checks between rules still need.
pub struct Draft {
    pub rule: Rule,
    pub at: Range<usize>,
    pub match_at: Range<usize>,
    /// Where each of its settings stands, in the same order.
    pub settings_at: Vec<Range<usize>>,
    /// It holds a mistake of its own, so that conclusions from what it lacks would mislead.
    pub broken: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Defaults,
    Rule,
}

impl Part {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Defaults => "[defaults]",
            Self::Rule => "[[rule]]",
        }
    }

    /// The keys it may have besides thresholds.
    const fn own_keys(self) -> &'static [&'static str] {
        match self {
            Self::Defaults => &["policy_ref", "off"],
            Self::Rule => &["match", "name", "policy_ref", "off"],
        }
    }
}

pub fn load(text: &str) -> Result<Policy, Vec<Mistake>> {
    let mut mistakes = Mistakes::new(text);
    let policy = read_document(&mut mistakes).unwrap_or_default();
    mistakes.or(policy)
}

fn read_document(mistakes: &mut Mistakes<'_>) -> Option<Policy> {
    let document = tree::document(mistakes)?;
    let mut policy = Policy::default();
    let mut drafts = Vec::new();
    for entry in tree::entries(document.get_ref()) {
        match entry.key {
            "defaults" => drafts.splice(0..0, defaults(&entry, mistakes)).for_each(drop),
            "rule" => drafts.extend(rules(&entry, mistakes)),
            "networks" => policy.networks = sections::networks(&entry, mistakes),
            "environments" => policy.environments = sections::environments(&entry, mistakes),
            "coverage" => policy.max_silence = sections::coverage(&entry, mistakes),
            "adoption" => policy.adoption = sections::adoption(&entry, mistakes),
            key if Key::parse(key).is_some() => {
                mistakes
                    .add(entry.at_key(), format!("'{key}' stands in no section: write it below [defaults]"));
            }
            _ => tree::unknown_key(&entry, "a policy", SECTIONS, mistakes),
        }
    }
    conflicts::check(&drafts, &policy.environments, mistakes);
    policy.rules = drafts.into_iter().map(|draft| draft.rule).collect();
    Some(policy)
}

fn defaults(entry: &Entry<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<Draft> {
    let table = tree::table(entry, "it as [defaults] with thresholds below", mistakes)?;
    let mut draft = read_rule(table, entry.at_value(), Part::Defaults, mistakes);
    draft.rule.info.name = Some("defaults".to_owned());
    Some(draft)
}

fn rules(entry: &Entry<'_, '_>, mistakes: &mut Mistakes<'_>) -> Vec<Draft> {
    let example = "each rule as [[rule]] with its keys below";
    let Some(list) = tree::list(entry, example, mistakes) else { return Vec::new() };
    let mut drafts = Vec::new();
    for element in list {
        let DeValue::Table(table) = element.get_ref() else {
            mistakes.add(element.span(), format!("a rule is a table: write {example}"));
            continue;
        };
        if drafts.len() == limits::POLICY_RULES_MAX {
            let most = limits::POLICY_RULES_MAX;
            mistakes
                .add(element.span(), format!("more than {most} rules: join rules by globs like \"{{a,b}}\""));
            break;
        }
        let before = mistakes.count();
        let mut draft = read_rule(table, element.span(), Part::Rule, mistakes);
        let unharmed = mistakes.count() == before;
        if unharmed && draft.rule.selector.is_empty() {
            let message = "a rule without 'match' holds for everything: write its keys in [defaults]";
            mistakes.add(element.span(), message);
        }
        if unharmed && draft.rule.settings.is_empty() && draft.rule.off.is_none() {
            mistakes
                .add(element.span(), "this rule sets nothing: give it a threshold or 'off', or remove it");
        }
        draft.broken = mistakes.count() != before;
        drafts.push(draft);
    }
    drafts
}

fn read_rule(table: &DeTable<'_>, at: Range<usize>, part: Part, mistakes: &mut Mistakes<'_>) -> Draft {
    let before = mistakes.count();
    let info = RuleInfo { line: mistakes.line(at.start), name: None, policy_ref: None };
    let rule = Rule { info, selector: Selector::default(), settings: Vec::new(), off: None };
    let mut draft = Draft { rule, match_at: at.clone(), at, settings_at: Vec::new(), broken: false };
    for entry in tree::entries(table) {
        read_rule_key(&entry, part, &mut draft, mistakes);
    }
    draft.broken = mistakes.count() != before;
    draft
}

fn read_rule_key(entry: &Entry<'_, '_>, part: Part, draft: &mut Draft, mistakes: &mut Mistakes<'_>) {
    let rule = &mut draft.rule;
    let own = |text: Option<&str>| text.map(str::to_owned);
    match entry.key {
        "match" if part == Part::Rule => {
            draft.match_at = entry.at_value();
            rule.selector = selector(entry, mistakes);
        }
        "name" if part == Part::Rule => {
            rule.info.name = own(tree::text(entry, "\"what the rule is for\"", mistakes));
        }
        "policy_ref" => rule.info.policy_ref = own(tree::text(entry, "\"IAM-STD-07 §4.2\"", mistakes)),
        "off" => rule.off = off(entry, mistakes),
        name => {
            let Some(key) = Key::parse(name) else { return unknown_rule_key(entry, part, mistakes) };
            if let Some(value) = threshold(key.row(), entry, mistakes) {
                rule.settings.push(Setting { key, value, line: mistakes.line(entry.at_key().start) });
                draft.settings_at.push(entry.at_value());
            }
        }
    }
}

fn unknown_rule_key(entry: &Entry<'_, '_>, part: Part, mistakes: &mut Mistakes<'_>) {
    let key = entry.key;
    let is_field = Field::ALL.iter().any(|field| field.as_str() == key);
    match part {
        Part::Rule if is_field => {
            mistakes.add(entry.at_key(), format!("'{key}' selects: write it as match = {{ {key} = ... }}"));
        }
        Part::Defaults if is_field || key == "match" => {
            mistakes
                .add(entry.at_key(), "[defaults] holds for everything: what selects belongs into a [[rule]]");
        }
        Part::Rule | Part::Defaults => {
            let known = part.own_keys().iter().copied().chain(KEYS.iter().map(|row| row.name));
            tree::unknown_key(entry, part.as_str(), known, mistakes);
        }
    }
}

fn selector(entry: &Entry<'_, '_>, mistakes: &mut Mistakes<'_>) -> Selector {
    let example = "match = { class = \"durable\", realm = \"aws/*\" }";
    let Some(table) = tree::table(entry, example, mistakes) else { return Selector::default() };
    let mut fields = Vec::new();
    for entry in tree::entries(table) {
        match Field::ALL.iter().find(|field| field.as_str() == entry.key) {
            Some(field) => fields.extend(pattern(*field, &entry, mistakes).map(|pattern| (*field, pattern))),
            None => tree::unknown_key(&entry, "match", Field::ALL.iter().map(|f| f.as_str()), mistakes),
        }
    }
    let selector = Selector::new(fields);
    if selector.get(Field::Kind).is_some() && selector.kinds().next().is_none() {
        mistakes.add(entry.at_value(), "no kind is of that class: leave out 'class', or correct it");
    }
    selector
}

fn pattern(field: Field, entry: &Entry<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<Pattern> {
    if field == Field::Privileged {
        let DeValue::Boolean(privileged) = entry.value.get_ref() else {
            tree::wrong_type(entry, "true or false, without quotes", mistakes);
            return None;
        };
        return Pattern::new(if *privileged { "true" } else { "false" }).ok();
    }
    let text = tree::text(entry, "text, a glob like \"a*\" or \"{a,b}\"", mistakes)?;
    let pattern = match Pattern::new(text) {
        Ok(pattern) => pattern,
        Err(error) => {
            let message = format!("'{text}' is not a glob: {error}; write \\ before a sign meant as itself");
            mistakes.add(entry.at_value(), message);
            return None;
        }
    };
    if let Some(names) = field.names()
        && !names.iter().any(|name| pattern.matches(name))
    {
        let hint = meant(text, &names);
        mistakes.add(entry.at_value(), format!("there is no {} '{text}'{hint}", field.as_str()));
        return None;
    }
    Some(pattern)
}

/// The name that was meant, else all there are; of many, the systems they are of.
fn meant(word: &str, names: &[&str]) -> String {
    let hint = did_you_mean(word, names.iter().copied());
    if !hint.is_empty() {
        return hint;
    }
    if names.len() <= NAMES_LISTED_MAX {
        return format!(": write one of {}", names.join(", "));
    }
    let systems: BTreeSet<&str> = names.iter().filter_map(|name| name.split('.').next()).collect();
    let systems: Vec<String> = systems.into_iter().map(|system| format!("{system}.*")).collect();
    format!(": write one of {}, or a name from docs/sources.md", systems.join(", "))
}

fn off(entry: &Entry<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<Off> {
    let mut off = Off::default();
    for (id, at) in tree::texts(entry, "detections like [\"L05\"]", mistakes)? {
        if !off.add(id) {
            mistakes.add(at, format!("there is no detection '{id}'{}", meant(id, DETECTION_IDS)));
        }
    }
    Some(off)
}

fn threshold(row: &KeyRow, entry: &Entry<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<Value> {
    match row.default {
        Value::Span(_) => tree::span(entry, &row.default.to_toml(), mistakes).map(Value::Span),
        Value::Count(_) => count(row, entry, mistakes).map(Value::Count),
    }
}

fn count(row: &KeyRow, entry: &Entry<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<u32> {
    let (least, most) = row.counts;
    let count = tree::whole(entry, u64::from(least)..=u64::from(most), mistakes)?;
    u32::try_from(count).ok()
}
