//! The logs of `examples/` as messages, and the transitions of findings they lead to.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;
use tenure::time::EventTime;

use crate::golden::root;
use crate::program::{code, stderr, stdout, tenure};
use crate::story;

/// Records in the order of their topics.
pub struct Logs {
    pub cloudtrail: Vec<String>,
    pub vault: Vec<String>,
}

pub fn examples() -> &'static Logs {
    static ALL: LazyLock<Logs> = LazyLock::new(Logs::read);
    &ALL
}

impl Logs {
    fn read() -> Self {
        let (mut cloudtrail, mut vault): (Vec<Value>, Vec<String>) = (Vec::new(), Vec::new());
        for file in story::files() {
            let text = String::from_utf8(file.content).unwrap();
            let lines = || text.lines().map(str::to_owned);
            if file.path.starts_with("vault/") {
                vault.extend(lines());
            } else if file.path.starts_with("cloudtrail/staging-") {
                cloudtrail.extend(lines().map(|line| serde_json::from_str::<Value>(&line).unwrap()));
            } else if file.path.contains("_CloudTrail_") {
                let delivery: Value = serde_json::from_str(&text).unwrap();
                cloudtrail.extend(delivery["Records"].as_array().unwrap().iter().cloned());
            }
        }
        let text = |record: &Value, name: &str| record[name].as_str().unwrap().to_owned();
        cloudtrail.sort_by_cached_key(|record| (text(record, "eventTime"), text(record, "eventID")));
        Self { cloudtrail: cloudtrail.iter().map(Value::to_string).collect(), vault }
    }

    /// The part `at`, from 0, of `parts` about equal ones that follow each other.
    pub fn part(&self, at: usize, parts: usize) -> Self {
        let part = |all: &[String]| all[all.len() * at / parts..all.len() * (at + 1) / parts].to_vec();
        Self { cloudtrail: part(&self.cloudtrail), vault: part(&self.vault) }
    }
}

/// What `tenure scan` concludes from the examples.
pub fn scanned() -> Vec<String> {
    let args = ["scan", "--policy", "examples/policy.toml", "--format", "json", "examples/"];
    let scan = tenure(&root(), &args);
    assert_eq!(code(&scan), 0, "{}", stderr(&scan));
    stdout(&scan).lines().map(|line| transition(&serde_json::from_str(line).unwrap())).collect()
}

/// What makes a transition the same in every form. A line of JSON has its time as text and leaves out what is
/// absent, a record has microseconds and nulls.
pub fn transition(finding: &Value) -> String {
    let at = finding["time"].as_str().map(|text| EventTime::parse(text).unwrap().micros());
    let at = at.or(finding["time"].as_i64()).unwrap();
    let fields = ["uid", "episode", "change", "severity", "confidence", "close_reason", "summary"];
    let mut text = at.to_string();
    for field in fields {
        text = format!("{text} {}", finding[field]);
    }
    text
}

/// Fails where a transition does not come as often in one as in the other.
pub fn assert_same(expected: &[String], found: &[String]) {
    let mut balance: BTreeMap<&str, i64> = BTreeMap::new();
    for it in expected {
        *balance.entry(it).or_default() -= 1;
    }
    for it in found {
        *balance.entry(it).or_default() += 1;
    }
    balance.retain(|_, count| *count != 0);
    assert!(balance.is_empty(), "too often, or with a minus too seldom: {balance:#?}");
}
