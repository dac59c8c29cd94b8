//! The policy file: golden files of mistakes, and what a good policy decides.

use std::fs;

use tenure::kind::{Class, KINDS, Kind};
use tenure::limits::POLICY_RULES_MAX;
use tenure::policy::keys::KEYS;
use tenure::policy::{Key, Policy, Provenance, Subject, report};
use tenure::stream::SourceName;
use tenure::time::Span;

use crate::golden;

/// A credential of user `svc-invoice` in a production account.
fn access_key() -> Subject<'static> {
    Subject {
        tenant: "default",
        realm: "aws/111122223333",
        source: SourceName::AwsCloudtrail,
        kind: Some(Kind::AwsAccessKey),
        class: Some(Class::Durable),
        principal: Some("arn:aws:iam::111122223333:user/svc-invoice"),
        owner: None,
        id: "AKIAIOSFODNN7EXAMPLE",
        privileged: false,
        environment: Some("production"),
    }
}

fn good() -> Policy {
    let text = fs::read_to_string(golden::root().join("tests/golden/policy/good.toml")).unwrap();
    Policy::parse(&text).unwrap().named("good.toml")
}

#[test]
fn every_golden_policy_gives_the_report_beside_it() {
    let mut wrong = Vec::new();
    let cases = golden::files("tests/golden/policy", "toml");
    assert!(!cases.is_empty());
    for case in cases {
        let name = case.file_name().unwrap().to_str().unwrap();
        let (report, clean) = report::check_report(name, &fs::read_to_string(&case).unwrap());
        assert_eq!(clean, report.contains(": ok: "), "{name}");
        wrong.extend(golden::hold(&case.with_extension("report"), &report).err());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reference_page_is_current() {
    golden::hold(&golden::root().join("docs/policy.md"), &report::reference_page()).unwrap();
}

#[test]
fn the_printed_default_decides_what_is_built_in() {
    let printed = Policy::parse(&report::print_default()).unwrap();
    let built_in = Policy::default();
    assert_eq!(printed.max_silence(), built_in.max_silence());
    assert_eq!(printed.adoption(), built_in.adoption());
    assert_eq!(printed.file_name(), built_in.file_name());
    for row in KINDS {
        for &source in SourceName::ALL {
            let who = Subject { source, kind: Some(row.kind), class: Some(row.class), ..access_key() };
            let (printed, built_in) = (printed.thresholds(&who), built_in.thresholds(&who));
            for key in KEYS.iter().map(|row| row.key) {
                assert_eq!(printed.value(key), built_in.value(key), "{} {}", row.name, key.name());
                assert_ne!(printed.provenance(key), Provenance::Default, "{}", key.name());
            }
        }
    }
}

#[test]
fn the_last_rule_that_matches_wins_for_each_key_on_its_own() {
    let policy = good();
    let batch = Subject { principal: Some("arn:aws:iam::111122223333:user/batch-q"), ..access_key() };
    let lab = Subject {
        realm: "aws/444455556666",
        environment: policy.environment("aws/444455556666"),
        ..access_key()
    };
    let days = |who: &Subject<'_>, key| policy.thresholds(who).span(key);
    assert_eq!(days(&access_key(), Key::DormantAfter), Span::days(60));
    assert_eq!(days(&access_key(), Key::DormantHighAfter), Span::days(90));
    assert_eq!(days(&batch, Key::DormantAfter), Span::days(100));
    assert_eq!(days(&batch, Key::RevokeSkew), Span::minutes(15));
    assert_eq!(days(&lab, Key::RevokeSkew), Span::hours(1));
    assert_eq!(policy.thresholds(&lab).count(Key::SessionNetworks), 3);
    let staging = Subject { environment: Some("staging"), ..access_key() };
    assert!(policy.thresholds(&staging).is_off("L05") && !policy.thresholds(&staging).is_off("L01"));
    assert!(!policy.thresholds(&lab).is_off("L05"), "a later list replaces an earlier one");
}

#[test]
fn a_threshold_cites_its_own_line() {
    let policy = good();
    let batch = Subject { principal: Some("arn:aws:iam::111122223333:user/batch-q"), ..access_key() };
    let thresholds = policy.thresholds(&batch);
    assert_eq!(
        policy.citation(&thresholds, Key::DormantHighAfter),
        ("good.toml:15".to_owned(), Some("IAM-STD-07 §4.2"))
    );
    assert_eq!(policy.citation(&thresholds, Key::KeyOverlap), ("built in".to_owned(), None));
    let Provenance::Rule { rule } = thresholds.provenance(Key::DormantAfter) else { panic!("not built in") };
    assert_eq!(policy.rule(rule).name.as_deref(), Some("quarterly jobs"));
    let thresholds = policy.thresholds(&access_key());
    assert_eq!(
        policy.citation(&thresholds, Key::DormantAfter),
        ("good.toml:3".to_owned(), Some("IAM-STD-07 §4.1"))
    );
}

#[test]
fn what_is_not_known_matches_no_selector() {
    let text = "[[rule]]\nmatch = { owner = '*' }\nkey_overlap = '1d'";
    let policy = Policy::parse(text).unwrap();
    let overlap = |owner| policy.thresholds(&Subject { owner, ..access_key() }).span(Key::KeyOverlap);
    assert_eq!(overlap(None), Span::days(7));
    assert_eq!(overlap(Some("team-payments")), Span::days(1));
}

#[test]
fn a_policy_has_a_bounded_number_of_rules() {
    let rule = |n: usize| format!("[[rule]]\nmatch = {{ id = 'id-{n}' }}\nkey_overlap = '1d'\n");
    let rules = |count: usize| (0..count).map(rule).collect::<Vec<_>>().concat();
    assert!(Policy::parse(&rules(POLICY_RULES_MAX)).is_ok());
    let mistakes = Policy::parse(&rules(POLICY_RULES_MAX + 5)).unwrap_err();
    let [mistake] = mistakes.as_slice() else { panic!("{mistakes:?}") };
    assert_eq!(mistake.line as usize, POLICY_RULES_MAX * 3 + 1);
}

#[test]
fn sections_answer_for_addresses_realms_and_time() {
    let policy = good();
    let network = |address: &str| policy.network_name(address.parse().unwrap()).map(str::to_owned);
    assert_eq!(network("203.0.113.70").as_deref(), Some("lab"));
    assert_eq!(network("2001:db8:7::9").as_deref(), Some("office"));
    assert_eq!(network("198.51.100.7"), None);
    assert_eq!(policy.environment("aws/111122223333"), Some("production"));
    assert_eq!(policy.environment("aws/444455556666"), Some("lab"));
    assert_eq!(policy.environment("vault/prod"), None);
    assert!(Policy::is_production("prod") && !Policy::is_production("lab"));
    assert_eq!(policy.adoption().unwrap().to_string(), "2026-01-01T00:00:00Z");
    assert_eq!(policy.max_silence(), Span::hours(36));
    for written in
        ["'2026-01-01T01:00:00+01:00'", "2026-01-01T00:00:00Z", "2026-01-01 00:00:00", "'2026-01-01'"]
    {
        let policy = Policy::parse(&format!("[adoption]\neffective_from = {written}")).unwrap();
        assert_eq!(policy.adoption(), good().adoption(), "{written}");
    }
}
