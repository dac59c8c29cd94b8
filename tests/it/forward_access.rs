//! Forward access sessions: a service calls another on behalf of a user, with a key that nobody issued and
//! that never comes again. Such keys must not become credentials.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::program::{code, stderr, tenure};
use crate::story::{Log, amplified};

/// Calls by services; more than there are credentials in the story.
const FORWARDED: usize = 300;

/// A month of the story's trail.
fn trail() -> Vec<String> {
    String::from_utf8(amplified(Log::CloudTrail, 800)).unwrap().lines().map(str::to_owned).collect()
}

/// `count` calls that services made on behalf of the callers of `trail`, each with a key of its own.
fn forwarded(trail: &[String], count: usize) -> Vec<String> {
    let callers: Vec<Value> = trail
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|record| record["userIdentity"]["accessKeyId"].is_string())
        .collect();
    let forward = |(number, caller): (usize, &Value)| {
        let mut record = caller.clone();
        let service = ["kms.amazonaws.com", "AWS Internal"][number % 2];
        record["userIdentity"]["accessKeyId"] = json!(format!("ASIAFAS{number:06}EXAMPLE"));
        record["userIdentity"]["invokedBy"] = json!(service);
        record["sourceIPAddress"] = json!(service);
        record["userAgent"] = json!(service);
        record["eventSource"] = json!("kms.amazonaws.com");
        record["eventName"] = json!("Decrypt");
        record["requestParameters"] = Value::Null;
        record["responseElements"] = Value::Null;
        record.as_object_mut().unwrap().retain(|name, _| !name.starts_with("error"));
        record["eventID"] = json!(format!("fa500000-0000-4000-8000-{number:012}"));
        record.to_string()
    };
    (0..count).zip(callers.iter().cycle()).map(forward).collect()
}

/// The lines of the summary of a scan that count credentials.
fn census(folder: &Path, lines: &[String]) -> Vec<String> {
    fs::write(folder.join("trail.jsonl"), lines.join("\n")).unwrap();
    let output = tenure(folder, &["scan", "trail.jsonl"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let said = stderr(&output);
    let counted = said.lines().skip_while(|line| !line.starts_with("credentials"));
    counted.take_while(|line| !line.starts_with("findings")).map(str::to_owned).collect()
}

#[test]
fn forward_access_sessions_make_no_credential() {
    let folder = tempfile::tempdir().unwrap();
    let trail = trail();
    let expected = census(folder.path(), &trail);
    assert!(expected.iter().any(|line| line.contains("aws.user_session")), "{expected:#?}");
    let all = [trail.clone(), forwarded(&trail, FORWARDED)].concat();
    assert_eq!(census(folder.path(), &all), expected);
}

#[test]
fn forward_access_sessions_are_uses_by_their_principal() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("trail.jsonl"), forwarded(&trail(), FORWARDED).join("\n")).unwrap();
    let output = tenure(folder.path(), &["events", "trail.jsonl"]);
    let events: Vec<Value> =
        output.stdout.split(|&b| b == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
    // Where the record names the key that decrypted, that key was used too.
    let (of_keys, of_callers): (Vec<Value>, Vec<Value>) =
        events.into_iter().partition(|event| event["credential"]["kind"] == "aws.kms_key");
    assert_eq!(of_callers.len(), FORWARDED);
    assert!(!of_keys.is_empty() && of_keys.iter().all(|event| event["action"] == "used"));
    for event in of_callers {
        assert_eq!(event["action"], "used", "{event}");
        assert!(event["credential"].is_null() && event["principal"].is_string(), "{event}");
        assert!(event["client"]["ip"].is_null(), "{event}");
    }
}
