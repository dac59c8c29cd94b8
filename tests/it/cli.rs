//! The program itself: exit codes, and what goes to which stream.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::program::{code, stderr, tenure};

/// A record each source can read, whatever it makes of it.
pub const CLOUDTRAIL: &str = concat!(
    r#"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","#,
    r#""principalId":"AIDACKCEVSQ6C2EXAMPLE","arn":"arn:aws:iam::111122223333:user/app","#,
    r#""accountId":"111122223333","accessKeyId":"AKIAIOSFODNN7EXAMPLE","userName":"app"},"#,
    r#""eventTime":"2026-03-01T10:00:00Z","eventSource":"s3.amazonaws.com","#,
    r#""eventName":"ListBuckets","awsRegion":"eu-west-1","sourceIPAddress":"198.51.100.7","#,
    r#""userAgent":"aws-cli/2.15","requestParameters":null,"responseElements":null,"#,
    r#""eventID":"6f1c2a34-8b1d-4c60-9a57-0f5f0f6a1b01","eventType":"AwsApiCall","#,
    r#""recipientAccountId":"111122223333"}"#,
);

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("good.jsonl"), format!("{CLOUDTRAIL}\n")).unwrap();
    fs::write(folder.path().join("garbage.log"), "one\ntwo\n").unwrap();
    fs::write(folder.path().join("empty.json"), "").unwrap();
    folder
}

const AWS: [&str; 2] = ["--source", "aws.cloudtrail"];

fn scan(folder: &Path, args: &[&str]) -> Output {
    tenure(folder, &[&["scan"], args].concat())
}

#[test]
fn exit_codes_say_what_became_of_the_input() {
    let folder = folder();
    for (args, expected) in [
        (vec!["good.jsonl", AWS[0], AWS[1]], 0),
        (vec!["empty.json"], 0),
        (vec!["garbage.log"], 3),
        (vec!["good.jsonl", "missing.json", AWS[0], AWS[1]], 3),
        (vec!["*.nothing"], 3),
        (vec![], 2),
        (vec!["good.jsonl", "--source", "aws.config"], 2),
        (vec!["good.jsonl", "--no-such-argument"], 2),
        (vec!["good.jsonl", "--format", "xml"], 2),
        (vec!["good.jsonl", "--stream", "prod/file=nowhere/*"], 2),
        (vec!["good.jsonl", "--stream", "prod/file"], 2),
        (vec!["good.jsonl", "--now", "tomorrow"], 2),
        (vec!["good.jsonl", "--now", "2999-01-01T00:00:00Z"], 2),
        (vec!["good.jsonl", "--memory-limit", "much"], 2),
        (vec!["good.jsonl", "--threads", "0"], 2),
        (vec!["good.jsonl", "--dead-letter", "no/such/folder/f"], 2),
    ] {
        let output = scan(folder.path(), &args);
        assert_eq!(code(&output), expected, "{args:?}: {}", stderr(&output));
    }
    assert_eq!(code(&tenure::<&str>(folder.path(), &[])), 2);
    for args in [["--help"], ["--version"]] {
        let output = tenure(folder.path(), &args);
        assert_eq!(code(&output), 0);
        assert!(!output.stdout.is_empty() && output.stderr.is_empty());
    }
}

#[test]
fn a_path_that_cannot_be_read_is_named_and_the_rest_is_done() {
    let folder = folder();
    let output = scan(folder.path(), &["missing.json", "good.jsonl", AWS[0], AWS[1]]);
    let text = stderr(&output);
    assert!(text.contains("missing.json: No such file"), "{text}");
    assert!(text.contains("records     1 "), "{text}");
}

#[test]
fn nothing_recognised_is_not_nothing_found() {
    let folder = folder();
    let output = scan(folder.path(), &["garbage.log"]);
    let text = stderr(&output);
    assert!(text.contains("no record was recognised"), "{text}");
    assert!(text.contains("not_json, first garbage.log:1"), "{text}");
}

#[test]
fn dead_letters_are_written_where_asked() {
    let folder = folder();
    let args = ["garbage.log", "good.jsonl", "--dead-letter", "dead.jsonl", AWS[0], AWS[1]];
    let output = tenure(folder.path(), &[&["events"], args.as_slice()].concat());
    assert_eq!(code(&output), 3, "a whole input of no known format is said");
    let letters = fs::read_to_string(folder.path().join("dead.jsonl")).unwrap();
    assert_eq!(letters.lines().count(), 2);
    assert!(
        letters.starts_with(r#"{"v":1,"reason":"not_json","file":"garbage.log","record":1}"#),
        "{letters}"
    );
}

#[test]
fn a_claim_for_a_time_gone_by_is_taken() {
    let folder = folder();
    let output = scan(folder.path(), &["good.jsonl", "--now", "2026-03-02", AWS[0], AWS[1]]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
}

#[test]
fn standard_input_is_an_input() {
    let folder = folder();
    let mut child = Command::new(env!("CARGO_BIN_EXE_tenure"))
        .args(["scan", "-", AWS[0], AWS[1]])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(format!("{CLOUDTRAIL}\n{CLOUDTRAIL}\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 0);
    assert!(stderr(&output).contains("records     2 "), "{}", stderr(&output));
}

#[test]
fn a_reader_that_goes_away_ends_the_run_quietly() {
    let folder = folder();
    fs::write(folder.path().join("many.jsonl"), format!("{CLOUDTRAIL}\n").repeat(20_000)).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_tenure"))
        .args(["events", "many.jsonl", AWS[0], AWS[1]])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{said}");
    assert!(!said.contains("tenure:") && !said.contains("panic"), "{said}");
}

#[test]
fn help_teaches_by_example() {
    let folder = folder();
    for command in ["scan", "events"] {
        let help = help_of(folder.path(), command);
        assert!(help.contains("[default: auto]"), "{help}");
    }
    for command in ["run", "topics create", "topics check"] {
        let help = help_of(folder.path(), command);
        assert!(help.contains("--config <FILE>"), "{help}");
    }
}

/// The help of a command, which shows how to type it.
fn help_of(folder: &Path, command: &str) -> String {
    let args: Vec<_> = command.split(' ').chain(["--help"]).collect();
    let help = String::from_utf8(tenure(folder, &args).stdout).unwrap();
    assert!(help.contains("Examples:") && help.contains(&format!("    tenure {command}")), "{help}");
    help
}
