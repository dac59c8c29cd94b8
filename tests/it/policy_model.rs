//! Resolution against a model that reads as the documentation does: try each rule in turn, keep what it says.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::prelude::*;
use tenure::kind::{Class, KINDS, Kind};
use tenure::policy::keys::{KEYS, Key, Value};
use tenure::policy::{Policy, Subject};
use tenure::stream::SourceName;

/// Thresholds without a ladder, so that any value of theirs is in order.
const FREE: [Key; 5] =
    [Key::NeverUsedAfter, Key::KeyOverlap, Key::VersionOverlap, Key::RevokeSkew, Key::DeadAttemptsWithin];
const REALMS: [&str; 3] = ["aws/111122223333", "aws/444455556666", "vault/prod"];
const REALM_PATTERNS: [&str; 4] = ["aws/111122223333", "aws/*", "*/prod", "vault/????"];
const OWNERS: [&str; 2] = ["team-payments", "team-data"];

/// A rule as the model knows it.
#[derive(Debug, Clone)]
struct ModelRule {
    class: Option<Class>,
    realm: Option<&'static str>,
    owner: Option<&'static str>,
    privileged: Option<bool>,
    hours: BTreeMap<Key, u32>,
    off: Option<Vec<&'static str>>,
}

impl ModelRule {
    fn matches(&self, who: &Subject<'_>) -> bool {
        let realm = |pattern| match pattern {
            "aws/*" => who.realm.starts_with("aws/"),
            "*/prod" => who.realm.ends_with("/prod"),
            "vault/????" => who.realm.starts_with("vault/") && who.realm.len() == 10,
            plain => who.realm == plain,
        };
        self.class.is_none_or(|class| who.class == Some(class))
            && self.realm.is_none_or(realm)
            && self.owner.is_none_or(|owner| who.owner == Some(owner))
            && self.privileged.is_none_or(|privileged| who.privileged == privileged)
    }

    fn selector(&self) -> String {
        let class = self.class.map(|class| format!("class = \"{}\"", class.as_str()));
        let realm = self.realm.map(|realm| format!("realm = \"{realm}\""));
        let owner = self.owner.map(|owner| format!("owner = \"{owner}\""));
        let privileged = self.privileged.map(|privileged| format!("privileged = {privileged}"));
        [class, realm, owner, privileged].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    fn write(&self, header: &str, out: &mut String) {
        writeln!(out, "{header}").unwrap();
        if header == "[[rule]]" {
            writeln!(out, "match = {{ {} }}", self.selector()).unwrap();
        }
        for (key, hours) in &self.hours {
            writeln!(out, "{} = \"{hours}h\"", key.name()).unwrap();
        }
        if let Some(off) = &self.off {
            writeln!(out, "off = {off:?}").unwrap();
        }
    }
}

fn any_rule() -> impl Strategy<Value = ModelRule> {
    let hours = proptest::collection::btree_map(proptest::sample::select(&FREE[..]), 1u32..1_000, 1..4);
    let off = proptest::sample::subsequence(vec!["L01", "L05", "B11"], 0..3);
    (
        proptest::option::of(proptest::sample::select(Class::ALL)),
        proptest::option::of(proptest::sample::select(&REALM_PATTERNS[..])),
        proptest::option::of(proptest::sample::select(&OWNERS[..])),
        proptest::option::of(any::<bool>()),
        hours,
        proptest::option::of(off),
    )
        .prop_map(|(class, realm, owner, privileged, hours, off)| ModelRule {
            class,
            realm,
            owner,
            privileged,
            hours,
            off,
        })
}

fn any_subject() -> impl Strategy<Value = Subject<'static>> {
    (
        proptest::sample::select(KINDS.iter().map(|row| row.kind).collect::<Vec<Kind>>()),
        proptest::sample::select(SourceName::ALL),
        proptest::sample::select(&REALMS[..]),
        proptest::option::of(proptest::sample::select(&OWNERS[..])),
        any::<bool>(),
    )
        .prop_map(|(kind, source, realm, owner, privileged)| Subject {
            tenant: "default",
            realm,
            source,
            kind: Some(kind),
            class: Some(kind.class()),
            principal: None,
            owner,
            id: "example",
            privileged,
            environment: None,
        })
}

fn write(defaults: Option<&ModelRule>, rules: &[ModelRule]) -> String {
    let mut text = String::new();
    if let Some(defaults) = defaults {
        defaults.write("[defaults]", &mut text);
    }
    for rule in rules {
        rule.write("[[rule]]", &mut text);
    }
    text
}

proptest! {
    #[test]
    fn the_last_rule_that_matches_wins_as_in_the_model(
        defaults in proptest::option::of(any_rule()),
        rules in proptest::collection::vec(any_rule(), 0..8),
        who in any_subject(),
    ) {
        // What is refused is held by golden files; here the rules that are left must decide.
        let mut kept: Vec<ModelRule> = Vec::new();
        for rule in rules {
            let mut longer = kept.clone();
            longer.push(rule);
            if Policy::parse(&write(defaults.as_ref(), &longer)).is_ok() {
                kept = longer;
            }
        }
        let policy = Policy::parse(&write(defaults.as_ref(), &kept)).unwrap();
        let thresholds = policy.thresholds(&who);
        let all = || {
            let first = defaults.iter();
            first.chain(kept.iter().filter(|rule| rule.matches(&who)))
        };
        for row in KEYS {
            let set = all().filter_map(|rule| rule.hours.get(&row.key)).next_back();
            let expected = set.map_or(row.built_in(who.class, who.source), |hours| {
                Value::Span(tenure::time::Span::hours(i64::from(*hours)))
            });
            prop_assert_eq!(thresholds.value(row.key), expected);
        }
        let off = all().filter_map(|rule| rule.off.clone()).next_back().unwrap_or_default();
        for id in ["L01", "L05", "B11", "L02"] {
            prop_assert_eq!(thresholds.is_off(id), off.contains(&id));
        }
    }

    #[test]
    fn any_text_gives_a_policy_or_mistakes_within_it(text in "[\\[\\]{}=\"'a-z0-9_.,\n \té#-]{0,200}") {
        if let Err(mistakes) = Policy::parse(&text) {
            prop_assert!(!mistakes.is_empty());
            let lines = text.matches('\n').count() + 1;
            prop_assert!(mistakes.iter().all(|m| (1..=lines).contains(&(m.line as usize)) && m.column >= 1));
            let _ = tenure::policy::report::check_report("policy.toml", &text);
        }
    }
}
