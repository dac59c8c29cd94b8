//! The configuration of a run: golden files of mistakes, and what a good configuration becomes.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use tenure::config::{self, Config, Surroundings};
use tenure::document::mistake::Mistake;
use tenure::kafka::settings::{Commit, Mode, Sasl, ScramHash, Topics};
use tenure::stream::SourceName;
use tenure::time::Span;

use crate::golden;
use crate::program::{code, stderr, stdout, tenure};

const FOLDER: &str = "tests/golden/config";

/// What no output may hold: a secret that somebody wrote in by mistake, or keeps where it belongs.
const SECRETS: [&str; 3] = ["hunter2", "only-for-tests", "from-the-environment"];

fn variable(name: &str) -> Option<String> {
    (name == "KAFKA_PASSWORD").then(|| "from-the-environment".to_owned())
}

fn parse(text: &str) -> Result<Config, Vec<Mistake>> {
    let folder = golden::root().join(FOLDER);
    config::parse(text, &Surroundings { folder, variable: &variable, host: Some("host-7".to_owned()) })
}

fn good() -> Config {
    parse(&fs::read_to_string(golden::root().join(FOLDER).join("good.toml")).unwrap()).unwrap()
}

/// The least that can be run, with more below it.
fn least(more: &str) -> Result<Config, Vec<Mistake>> {
    parse(&format!("[kafka]\nbrokers = ['kafka:9092']\n[[input]]\ntopic = 'raw'\n{more}"))
}

#[test]
fn every_golden_configuration_gives_the_report_beside_it() {
    let mut wrong = Vec::new();
    let cases = golden::files(FOLDER, "toml");
    assert!(cases.len() > 5);
    for case in cases.iter().filter(|case| !case.ends_with("policy.toml")) {
        let name = case.file_name().unwrap().to_str().unwrap();
        let report = match parse(&fs::read_to_string(case).unwrap()) {
            Ok(config) => {
                let warning = |warning: &Mistake| format!("warning: {}\n", warning.in_file(name));
                format!("{name}: ok\n{}", config.warnings.iter().map(warning).collect::<String>())
            }
            Err(mistakes) => config::report(name, &mistakes),
        };
        for secret in SECRETS {
            assert!(!report.contains(secret), "{name} repeats a secret:\n{report}");
        }
        wrong.extend(golden::hold(&case.with_extension("report"), &report).err());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_configuration_becomes_settings() {
    let settings = good().settings;
    assert_eq!(settings.connection.brokers, ["kafka-0:9092", "[::1]:9092"]);
    let Some(Sasl::Scram { hash: ScramHash::Sha512, username, password }) = settings.connection.sasl else {
        panic!("SCRAM was configured")
    };
    assert_eq!((username.as_str(), password.expose()), ("tenure", "from-the-environment"));
    let ca = settings.connection.tls.unwrap().ca.unwrap();
    assert_eq!(ca, golden::root().join(FOLDER).join("good.toml"));
    let options = BTreeMap::from([("fetch.wait.max.ms".to_owned(), "100".to_owned())]);
    assert_eq!(settings.connection.overrides, options);
    let [trail, vault] = settings.inputs.as_slice() else { panic!("two inputs were configured") };
    assert_eq!((trail.tenant.as_str(), trail.stream.as_str()), ("default", "default"));
    assert_eq!((trail.lateness, trail.max_silence), (Some(Span::minutes(30)), Span::minutes(30)));
    assert_eq!((vault.tenant.as_str(), vault.stream.as_str()), ("acme", "prod/file"));
    assert_eq!((vault.source, vault.lateness), (Some(SourceName::VaultAudit), None));
    let topics =
        Topics { state: "acme.credentials".to_owned(), findings_ocsf: None, ..Topics::named("acme") };
    assert_eq!(settings.topics, topics);
    let registry = settings.registry.unwrap();
    assert_eq!((registry.url.as_str(), registry.register), ("https://registry:8081", false));
    assert_eq!(registry.password.unwrap().expose(), "only-for-tests", "the newline is not part of it");
    assert_eq!(settings.commit.interval, Duration::from_millis(20));
    assert_eq!(settings.commit.bytes_max, 1 << 20);
    assert_eq!((settings.mode, settings.node.as_str()), (Mode::Replay, "node-0"));
    assert_eq!(settings.policy.unwrap().file_name(), "policy.toml");
    assert!(settings.policy_text.unwrap().contains("60d"));
}

#[test]
fn what_is_left_out_has_its_default() {
    let settings = least("").unwrap().settings;
    assert_eq!((settings.application.as_str(), settings.node.as_str()), ("tenure", "host-7"));
    assert_eq!(settings.topics, Topics::named("tenure"));
    assert_eq!((settings.commit, settings.mode), (Commit::default(), Mode::Live));
    assert_eq!(settings.inputs[0].source, None);
    assert!(settings.policy.is_none() && settings.http.is_none() && settings.registry.is_none());
}

#[test]
fn an_output_is_renamed_or_left_out_by_the_sections_that_stand_there() {
    let topics = |more| least(more).unwrap().settings.topics;
    let both = topics("[[output]]\nformat = 'ocsf'\n[[output]]\nformat = 'avro'\ntopic = 'mine'");
    assert_eq!(
        (both.findings.as_str(), both.findings_ocsf.as_deref()),
        ("mine", Some("tenure.findings.ocsf"))
    );
    assert_eq!(topics("[[output]]\nformat = 'avro'").findings_ocsf, None);
}

#[test]
fn a_host_without_a_name_needs_a_node() {
    let folder = golden::root().join(FOLDER);
    let around = Surroundings { folder, variable: &variable, host: None };
    let text = "[kafka]\nbrokers = ['kafka:9092']\n[[input]]\ntopic = 'raw'";
    let mistakes = config::parse(text, &around).unwrap_err();
    assert!(config::report("c", &mistakes).contains("write node = "), "{mistakes:?}");
    assert!(config::parse(&format!("node = 'n'\n{text}"), &around).is_ok());
}

#[test]
fn secrets_are_not_shown_where_settings_are() {
    let shown = format!("{:?}", good());
    assert!(shown.contains("(not shown)"));
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn the_printed_default_can_be_run_after_its_topics_are_named() {
    let config = parse(&config::default_text()).unwrap();
    assert_eq!(config.warnings, []);
    assert_eq!(config.settings.connection.brokers, ["localhost:9092"]);
    assert_eq!(config.settings.commit, Commit::default());
    assert_eq!(config.settings.topics, Topics::named("tenure"));
}

/// Every line of the default that is a setting, switched on.
fn switched_on(left_out: &[&str]) -> String {
    let line = |line: &str| match line.strip_prefix('#') {
        Some(setting) if !setting.is_empty() && !setting.starts_with(' ') => setting.to_owned(),
        _ => line.to_owned(),
    };
    let kept = |line: &String| !left_out.iter().any(|key| line.starts_with(&format!("{key} =")));
    config::default_text().lines().map(line).filter(kept).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_key_of_the_default_is_understood_with_its_example() {
    let folder = tempfile::tempdir().unwrap();
    for file in ["ca.pem", "client.pem", "client.key", "client.key.password", "client.secret"] {
        fs::write(folder.path().join(file), "for tests").unwrap();
    }
    fs::write(folder.path().join("policy.toml"), "").unwrap();
    let always = |_: &str| Some("for tests".to_owned());
    let around = Surroundings { folder: folder.path().to_owned(), variable: &always, host: None };
    let with_tokens = ["token_url", "client_id", "client_secret", "scope"];
    let config = config::parse(&switched_on(&with_tokens), &around);
    let config = config.unwrap_or_else(|mistakes| panic!("{}", config::report("default", &mistakes)));
    assert_eq!(config.settings.topics, Topics { findings_ocsf: None, ..Topics::named("tenure") });
    assert_eq!(config.settings.commit, Commit::default(), "examples are the defaults");
    let passwords = switched_on(&["username", "password"]).replace("SCRAM-SHA-512", "OAUTHBEARER");
    let by_token = config::parse(&passwords, &around);
    let by_token = by_token.unwrap_or_else(|mistakes| panic!("{}", config::report("default", &mistakes)));
    let Some(Sasl::OauthBearer(issuer)) = by_token.settings.connection.sasl else { panic!("no issuer") };
    assert_eq!(issuer.token_url, "https://login.example.com/oauth2/token");
    assert_eq!((issuer.client_id.as_str(), issuer.scope.as_deref()), ("tenure", Some("kafka")));
}

#[test]
fn the_program_prints_its_default_and_reports_mistakes_with_exit_code_2() {
    let folder = golden::root().join(FOLDER);
    let printed = tenure(&folder, &["run", "--print-default-config"]);
    assert_eq!((code(&printed), stdout(&printed)), (0, config::default_text()));
    for command in [["run"].as_slice(), &["topics", "check"], &["topics", "create"]] {
        let output = tenure(&folder, &[command, &["--config", "secrets.toml"]].concat());
        assert_eq!(code(&output), 2, "{}", stderr(&output));
        assert!(stderr(&output).contains("secrets.toml:6:"), "{}", stderr(&output));
        assert!(!stderr(&output).contains("hunter2"), "{}", stderr(&output));
    }
    let absent = tenure(&folder, &["run", "--config", "absent.toml"]);
    assert_eq!(code(&absent), 2);
    assert!(stderr(&absent).contains("--print-default-config"), "{}", stderr(&absent));
}
