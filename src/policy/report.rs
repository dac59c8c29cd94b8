//! What `tenure policy check` says of a policy: text in, text out.

use std::fmt::Write as _;

use crate::document::report::{counted, mistakes_report};
use crate::kind::Class;
use crate::policy::keys::{KEYS, KeyRow, Value};
use crate::policy::rule::{Rule, Subject};
use crate::policy::{Policy, default_text, reference};
use crate::stream::SourceName;

/// Judges the text of a policy. Returns what to print, and whether the policy can be used.
#[must_use]
pub fn check_report(file_name: &str, text: &str) -> (String, bool) {
    match Policy::parse(text) {
        Ok(policy) => (summary(&policy.named(file_name)), true),
        Err(mistakes) => (mistakes_report(file_name, text, &mistakes), false),
    }
}

/// A commented policy that decides what the built-in values decide.
#[must_use]
pub fn print_default() -> String {
    default_text::default_text()
}

/// The reference page of the policy file.
#[must_use]
pub fn reference_page() -> String {
    reference::reference_page()
}

fn summary(policy: &Policy) -> String {
    let mut out = String::new();
    let rules = policy.rules.iter().filter(|rule| !rule.selector.is_empty()).count();
    let networks = policy.networks.names().count();
    let _ = writeln!(
        out,
        "{}: ok: {}, {} of {}, {}",
        policy.file_name,
        counted(rules, "rule"),
        counted(networks, "network"),
        counted(policy.networks.range_count(), "range"),
        counted(policy.environments.len(), "environment"),
    );
    match policy.adoption {
        Some(time) => {
            let _ = writeln!(out, "adopted {time}: what began earlier is baseline");
        }
        None => out.push_str("no adoption date: everything in the logs counts\n"),
    }
    let _ = writeln!(out, "a stream silent for more than {} has a gap", policy.max_silence.to_policy_text());
    out.push_str("\nwhat holds by class, where no rule is more particular\n");
    table(&mut out, policy);
    rule_list(&mut out, policy);
    out
}

const NAME_WIDTH: usize = 24;
const CELL_WIDTH: usize = 10;

fn table(out: &mut String, policy: &Policy) {
    let head = Class::ALL.iter().map(|class| class.as_str().to_owned()).collect();
    line(out, "", head);
    for row in KEYS {
        let cells: Vec<Vec<String>> =
            SourceName::ALL.iter().map(|source| cells(policy, row, *source)).collect();
        let usual = most_common(&cells);
        line(out, row.name, usual.clone());
        for (source, own) in SourceName::ALL.iter().zip(&cells).filter(|(_, own)| *own != usual) {
            line(out, &format!("  {}", source.as_str()), own.clone());
        }
    }
}

/// What holds in most sources; the first of those that are equally common.
fn most_common(cells: &[Vec<String>]) -> &Vec<String> {
    let count = |own: &Vec<String>| cells.iter().filter(|other| *other == own).count();
    let most = cells.iter().map(count).max().unwrap_or_default();
    cells.iter().find(|own| count(own) == most).unwrap_or(&cells[0])
}

/// The value of a threshold for each class, with a dash where it means nothing.
fn cells(policy: &Policy, row: &KeyRow, source: SourceName) -> Vec<String> {
    let own = |class: Class| {
        let applies = row.classes.contains(&class) || row.classes.is_empty();
        if applies { of_class(policy, row, class, source).to_string() } else { "-".to_owned() }
    };
    Class::ALL.iter().map(|class| own(*class)).collect()
}

/// What holds for a credential of which nothing but class and source is known.
fn of_class(policy: &Policy, row: &KeyRow, class: Class, source: SourceName) -> Value {
    let who = Subject {
        tenant: "",
        realm: "",
        source,
        kind: None,
        class: Some(class),
        principal: None,
        owner: None,
        id: "",
        privileged: false,
        environment: None,
    };
    policy.thresholds(&who).value(row.key)
}

fn line(out: &mut String, name: &str, cells: Vec<String>) {
    let mut text = format!("{name:NAME_WIDTH$}");
    for cell in cells {
        let _ = write!(text, "{cell:CELL_WIDTH$}");
    }
    let _ = writeln!(out, "{}", text.trim_end());
}

fn rule_list(out: &mut String, policy: &Policy) {
    if policy.rules.is_empty() {
        return;
    }
    out.push_str("\nwhat the file sets; the last that matches wins, per key\n");
    for rule in &policy.rules {
        let info = &rule.info;
        let _ = write!(out, "line {}: {}", info.line, rule.selector);
        for text in [&info.name, &info.policy_ref].into_iter().flatten() {
            let _ = write!(out, " · {text}");
        }
        let _ = writeln!(out, "\n    {}", settings(rule));
    }
}

/// `dormant_after=60d off=L05`.
fn settings(rule: &Rule) -> String {
    let mut words: Vec<String> =
        rule.settings.iter().map(|setting| format!("{}={}", setting.key.name(), setting.value)).collect();
    if let Some(off) = rule.off {
        let ids: Vec<&str> = off.ids().collect();
        words.push(format!("off={}", if ids.is_empty() { "none".to_owned() } else { ids.join(",") }));
    }
    words.join(" ")
}
