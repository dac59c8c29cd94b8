//! What the exit code and the summary say of real logs: what a pipeline decides by.

use std::fs;
use std::process::Output;

use crate::cli::CLOUDTRAIL;
use crate::golden::root;
use crate::program::{code, stderr, stdout, tenure};

/// A scan of the examples, which end with open findings up to critical.
fn scan_examples(args: &[&str]) -> Output {
    tenure(&root(), &[&["scan", "--policy", "examples/policy.toml", "--summary", "examples/"], args].concat())
}

/// A folder with one trail of `lines`.
fn trail(lines: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("trail.jsonl"), lines.join("\n") + "\n").unwrap();
    folder
}

#[test]
fn findings_fail_a_run_only_where_that_was_asked_for() {
    for (args, expected) in [
        (["--format", "table"].as_slice(), 0),
        (&["--fail-on", "critical"], 1),
        (&["--fail-on", "high"], 1),
        (&["--fail-on", "info"], 1),
        (&["--fail-on", "low", "--format", "json", "--latest"], 1),
    ] {
        let output = scan_examples(args);
        assert_eq!(code(&output), expected, "{args:?}: {}", stderr(&output));
        assert!(stdout(&output).lines().count() > 15, "{args:?}: findings are printed all the same");
    }
}

#[test]
fn what_was_closed_in_the_course_of_the_logs_fails_no_run() {
    // Root acted on one day; the finding is reviewed away a week later, if the log goes on that long.
    let root_call = CLOUDTRAIL
        .replace(r#""type":"IAMUser""#, r#""type":"Root""#)
        .replace("arn:aws:iam::111122223333:user/app", "arn:aws:iam::111122223333:root")
        .replace(r#""accessKeyId":"AKIAIOSFODNN7EXAMPLE","#, "");
    let folder = trail(&[&root_call]);
    let fail_on_high = ["scan", "--fail-on", "high", "trail.jsonl"];
    let open = tenure(folder.path(), &fail_on_high);
    assert_eq!(code(&open), 1, "{}{}", stdout(&open), stderr(&open));
    let later = tenure(folder.path(), &[fail_on_high.as_slice(), &["--now", "2026-04-01"]].concat());
    assert_eq!(code(&later), 0, "{}{}", stdout(&later), stderr(&later));
    assert!(stderr(&later).contains("1 closed"), "{}", stderr(&later));
}

#[test]
fn records_that_cannot_be_read_stop_nothing() {
    let cut = &CLOUDTRAIL[..CLOUDTRAIL.len() / 2];
    let lines = ["not a record", CLOUDTRAIL, cut, "", r#"{"unknown":"format"}"#];
    let folder = trail(&lines);
    for command in ["scan", "events"] {
        let output = tenure(folder.path(), &[command, "trail.jsonl", "--dead-letter", "dead.jsonl"]);
        let said = stderr(&output);
        assert_eq!(code(&output), 0, "{said}");
        for part in ["rejected    3", "1  not_json", "1  truncated", "1  unknown_format", "events      1"] {
            assert!(said.contains(part), "{part}: {said}");
        }
        let dead = fs::read_to_string(folder.path().join("dead.jsonl")).unwrap();
        assert_eq!(dead.lines().count(), 3, "{dead}");
    }
}

#[test]
fn logs_of_which_no_record_is_known_are_a_failure() {
    let folder = trail(&[r#"{"message":"hello"}"#, r#"{"level":"info","ts":"2026-03-01T10:00:00Z"}"#]);
    for command in ["scan", "events"] {
        let output = tenure(folder.path(), &[command, "trail.jsonl"]);
        assert_eq!(code(&output), 3, "{}", stderr(&output));
        assert!(stderr(&output).contains("no record was recognised"), "{}", stderr(&output));
    }
    let forced = tenure(folder.path(), &["scan", "--source", "vault.audit", "trail.jsonl"]);
    assert_eq!(code(&forced), 3, "{}", stderr(&forced));
}

#[test]
fn a_wrong_source_is_a_failure_and_not_silence() {
    let folder = trail(&[CLOUDTRAIL]);
    let output = tenure(folder.path(), &["scan", "--source", "vault.audit", "trail.jsonl"]);
    assert_eq!(code(&output), 3, "{}", stderr(&output));
}

#[test]
fn an_unreadable_input_outweighs_findings() {
    let output = scan_examples(&["missing.json", "--fail-on", "critical"]);
    assert_eq!(code(&output), 3, "{}", stderr(&output));
    assert!(stdout(&output).contains("CRITICAL"), "the rest was done");
}

#[test]
fn now_before_a_record_refuses_it_and_now_after_it_counts_silence() {
    let folder = trail(&[CLOUDTRAIL]);
    let at = |now| tenure(folder.path(), &["scan", "--now", now, "trail.jsonl"]);
    let before = at("2026-02-01");
    assert!(stderr(&before).contains("1  time_in_future, first trail.jsonl:1"), "{}", stderr(&before));
    assert_eq!(code(&before), 3, "{}", stderr(&before));
    let same_day = at("2026-03-01T10:00:00Z");
    assert_eq!((code(&same_day), stdout(&same_day).contains("L01")), (0, false), "{}", stderr(&same_day));
    let later = at("2026-05-01");
    assert_eq!((code(&later), stdout(&later).contains("L01")), (0, true), "{}", stderr(&later));
}

#[test]
fn a_record_of_the_future_moves_no_clock() {
    let future = CLOUDTRAIL.replace("2026-03-01", "2996-03-01").replace("6f1c2a34", "6f1c2a35");
    let folder = trail(&[CLOUDTRAIL, &future]);
    let output = tenure(folder.path(), &["scan", "trail.jsonl"]);
    let said = stderr(&output);
    assert_eq!(code(&output), 0, "{said}");
    assert!(said.contains("1  time_in_future, first trail.jsonl:2"), "{said}");
    assert!(said.contains("2026-03-01T10:00Z to 2026-03-01T10:00Z"), "{said}");
    assert_eq!(stdout(&output).matches("L01").count(), 0, "{}", stdout(&output));
}

#[test]
fn times_at_the_ends_of_the_calendar_stop_nothing() {
    let ancient = CLOUDTRAIL.replace("2026-03-01", "0001-01-01").replace("6f1c2a34", "6f1c2a36");
    let endless = CLOUDTRAIL
        .replace("s3.amazonaws.com", "sts.amazonaws.com")
        .replace("ListBuckets", "GetSessionToken")
        .replace("6f1c2a34", "6f1c2a37")
        .replace(
            r#""responseElements":null"#,
            concat!(
                r#""responseElements":{"credentials":{"accessKeyId":"ASIAIOSFODNN7EXAMPLE","#,
                r#""expiration":9223372036854775}}"#
            ),
        );
    let folder = trail(&[CLOUDTRAIL, &ancient, &endless]);
    for args in [["scan", "trail.jsonl"].as_slice(), &["events", "trail.jsonl"]] {
        let output = tenure(folder.path(), args);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        assert!(stderr(&output).contains("records     3"), "{}", stderr(&output));
    }
}
