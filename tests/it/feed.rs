//! `tenure feed check` as people run it, and what the digests of a trail prove.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tenure::time::EventTime;

use crate::cli::CLOUDTRAIL;
use crate::golden::root;
use crate::program::{code, stderr, stdout, tenure};

/// Used on the first day, and never again.
const QUIET: &str = "AKIAIOSFODNN7EXAMPLE";

/// Used every day on which the trail delivered.
const BUSY: &str = "AKIAI44QH8DHBEXAMPLE";

/// The days on which nothing happened.
const HOLIDAY: std::ops::Range<i64> = 20..41;

const DAYS: i64 = 61;

/// Ten o'clock on a day.
fn at(day: i64) -> EventTime {
    EventTime::parse("2026-01-01T10:00:00Z").map(|first| first + tenure::time::Span::days(day)).unwrap()
}

fn call(key: &str, day: i64) -> String {
    CLOUDTRAIL
        .replace("AKIAIOSFODNN7EXAMPLE", key)
        .replace("2026-03-01T10:00:00Z", &at(day).to_string())
        .replace("6f1c2a34-8b1d-4c60-9a57-0f5f0f6a1b01", &format!("{key}-{day}"))
}

/// The trail on `days`, a record a line.
fn trail(days: impl Iterator<Item = i64>) -> String {
    let mut lines = vec![call(QUIET, 0)];
    lines.extend(days.map(|day| call(BUSY, day)));
    lines.join("\n") + "\n"
}

fn working_days() -> impl Iterator<Item = i64> {
    (0..DAYS).filter(|day| !HOLIDAY.contains(day))
}

/// The digest of an hour that names `files`, whose events are of the first half of it.
fn digest(hour: i64, files: &[&str]) -> String {
    let time =
        |minutes: i64| (EventTime::start_of_hour(hour) + tenure::time::Span::minutes(minutes)).to_string();
    let file = |name: &&str| {
        json!({"s3Bucket": "b", "s3Object": format!("AWSLogs/111122223333/CloudTrail/{name}.gz"),
            "oldestEventTime": time(5), "newestEventTime": time(20), "hashValue": "EXAMPLE"})
    };
    json!({"awsAccountId": "111122223333", "digestS3Object": "k", "digestStartTime": time(0),
        "digestEndTime": time(60), "newestEventTime": null, "oldestEventTime": null,
        "logFiles": files.iter().map(file).collect::<Vec<_>>()})
    .to_string()
}

/// The hours from behind the last record before the holiday to the first after it.
fn holiday_hours() -> std::ops::Range<i64> {
    at(HOLIDAY.start - 1).hour() + 1..at(HOLIDAY.end).hour()
}

fn empty_holiday() -> Vec<String> {
    holiday_hours().map(|hour| digest(hour, &[])).collect()
}

/// A digest that names the trail, and one that names a file of the holiday that is not there.
fn with_a_file_missing() -> Vec<String> {
    let lost = at(25).hour();
    let rest = holiday_hours().filter(|hour| *hour != lost).map(|hour| digest(hour, &[]));
    rest.chain([digest(at(19).hour(), &["trail.jsonl"]), digest(lost, &["lost.jsonl"])]).collect()
}

fn folder(trail: &str, digests: &[String]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("trail.jsonl"), trail).unwrap();
    if !digests.is_empty() {
        fs::write(folder.path().join("digests.jsonl"), digests.join("\n") + "\n").unwrap();
    }
    folder
}

/// A folder with something of everything a check can say.
pub fn odd_folder() -> tempfile::TempDir {
    let folder = folder(&trail(working_days()), &with_a_file_missing());
    let lines = [
        &CLOUDTRAIL[..90],
        r#"{"eventSource":"s3.amazonaws.com","eventName":"ListBuckets",}"#,
        r#"{"unknown":"format"}"#,
        r#"{"Service":"Amazon S3","Event":"s3:TestEvent"}"#,
    ];
    fs::write(folder.path().join("odd.jsonl"), lines.join("\n") + "\n").unwrap();
    folder
}

fn scan(folder: &Path, threads: &str) -> String {
    let output = tenure(folder, &["scan", "--format", "json", "--latest", "--threads", threads, "."]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    stdout(&output)
}

/// The coverage of the finding that says that the quiet key is dormant, if there is one.
fn dormant(folder: &Path) -> Option<String> {
    let findings = scan(folder, "2");
    let findings = findings.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut found = findings.filter(|finding| {
        finding["detection"] == "L01" && finding["subject"]["id"] == QUIET && finding["status"] == "open"
    });
    found.next().map(|finding| finding["coverage"].as_str().unwrap().to_owned())
}

fn check(folder: &Path, args: &[&str]) -> Value {
    let output = tenure(folder, &[&["feed", "check", "--format", "json"], args].concat());
    serde_json::from_str(&stdout(&output)).unwrap()
}

#[test]
fn a_quiet_time_that_digests_prove_is_silence_and_no_gap() {
    let unproven = folder(&trail(working_days()), &[]);
    assert_eq!(dormant(unproven.path()), None, "60 days less a gap of 22 are not 45");
    let proven = folder(&trail(working_days()), &empty_holiday());
    assert_eq!(dormant(proven.path()).as_deref(), Some("full"));

    let feed = check(unproven.path(), &["."]);
    assert_eq!((&feed["verdict"], &feed["look_at"][0]["what"]), (&json!("look_at"), &json!("gap")));
    assert_eq!(feed["streams"][0]["proof"]["state"], "unproven");
    assert_eq!(feed["streams"][0]["gaps"].as_array().unwrap().len(), 1);
    assert_eq!((&feed["streams"][0]["days"], &feed["streams"][0]["days_without"]), (&json!(61), &json!(21)));
    let feed = check(proven.path(), &["."]);
    assert_eq!((&feed["verdict"], &feed["streams"][0]["gaps"]), (&json!("read_right"), &json!([])));
    assert_eq!(feed["streams"][0]["proof"]["state"], "proven");
}

#[test]
fn a_file_that_a_digest_names_and_nobody_gave_is_a_gap() {
    let folder = folder(&trail(working_days()), &with_a_file_missing());
    assert_eq!(dormant(folder.path()).as_deref(), Some("partial"));
    let feed = check(folder.path(), &["."]);
    let stream = &feed["streams"][0];
    assert_eq!(
        (&stream["proof"]["state"], &stream["proof"]["files_missing"]),
        (&json!("files_missing"), &json!(1))
    );
    assert_eq!(stream["proof"]["missing"], json!(["AWSLogs/111122223333/CloudTrail/lost.jsonl.gz"]));
    assert_eq!(stream["gaps"], json!([{"from": "2026-01-26T10:00:00Z", "to": "2026-01-26T11:00:00Z"}]));
    assert_eq!(feed["look_at"][0]["what"], "files_missing");
    assert_eq!(feed["look_at"].as_array().unwrap().len(), 1);
}

/// The download of a file broke off: what is left of it is read, and does not prove its hour.
#[test]
fn a_file_that_was_cut_off_is_a_gap() {
    let folder = folder(&trail(working_days()), &with_a_file_missing());
    let lost = folder.path().join("lost.jsonl");
    fs::write(&lost, "").unwrap();
    assert_eq!(check(folder.path(), &["."])["verdict"], "read_right");
    let cut = format!("{}\n{}", digest(at(26).hour(), &[]), &CLOUDTRAIL[..90]);
    fs::write(&lost, cut).unwrap();
    let feed = check(folder.path(), &["."]);
    assert_eq!(feed["streams"][0]["proof"]["missing"], json!(["lost.jsonl"]));
    let gap = json!([{"from": "2026-01-26T10:00:00Z", "to": "2026-01-26T11:00:00Z"}]);
    assert_eq!(feed["streams"][0]["gaps"], gap);
    assert_eq!(dormant(folder.path()).as_deref(), Some("partial"));
}

/// Nothing of a log is in it, and to say that all was read right would mislead.
#[test]
fn deliveries_without_a_log_are_to_look_at() {
    let folder = folder(r#"{"s3Bucket":"b","s3ObjectKey":["k"]}"#, &[]);
    let feed = check(folder.path(), &["."]);
    assert_eq!((&feed["verdict"], &feed["look_at"][0]["what"]), (&json!("look_at"), &json!("no_events")));
}

#[test]
fn names_of_logs_that_were_packed_anew_prove_nothing() {
    // Named files whose records are not there: the holiday stays a gap.
    let named: Vec<String> = holiday_hours().map(|hour| digest(hour, &["elsewhere.json"])).collect();
    let silent = folder(&trail(working_days()), &named);
    assert_eq!(dormant(silent.path()), None);
    assert_eq!(check(silent.path(), &["."])["streams"][0]["proof"]["state"], "names_unknown");
    // Named files whose records are there: nothing is missing.
    let whole = folder(&trail(0..DAYS), &named);
    assert_eq!(dormant(whole.path()).as_deref(), Some("full"));
    assert_eq!(check(whole.path(), &["."])["verdict"], "read_right");
}

#[test]
fn digests_tell_that_nothing_came_after_the_last_record() {
    let worked = || trail(0..HOLIDAY.start);
    assert_eq!(dormant(folder(&worked(), &[]).path()), None, "a stream ends at its last record");
    let later: Vec<String> =
        (at(HOLIDAY.start - 1).hour() + 1..at(DAYS).hour()).map(|hour| digest(hour, &[])).collect();
    assert_eq!(dormant(folder(&worked(), &later).path()).as_deref(), Some("full"));
}

#[test]
fn order_and_places_of_digests_change_no_byte() {
    let digests = with_a_file_missing();
    let expected = scan(folder(&trail(working_days()), &digests).path(), "1");
    assert!(expected.contains(r#""coverage":"partial""#), "{expected}");
    for (step, threads) in [(1, "1"), (7, "2"), (101, "4")] {
        let folder = folder(&trail(working_days()), &[]);
        for (part, offset) in ["a/1.json", "m.jsonl", "z/zz.log"].iter().zip(0..) {
            // Each digest once, one twice, far from their order.
            let count = digests.len();
            let order = (0..count).map(|at| (at * step + offset) % count).filter(|at| at % 3 == offset);
            let text: Vec<&str> = order.chain([offset]).map(|at| digests[at].as_str()).collect();
            fs::create_dir_all(folder.path().join(part).parent().unwrap()).unwrap();
            fs::write(folder.path().join(part), text.join("\n")).unwrap();
        }
        assert_eq!(scan(folder.path(), threads), expected, "step {step}");
    }
}

#[test]
fn the_number_of_threads_changes_no_byte_of_a_check() {
    for format in ["json", "table"] {
        let run = |threads: &str| {
            stdout(&tenure(
                &root(),
                &["feed", "check", "--format", format, "--threads", threads, "examples/"],
            ))
        };
        assert_eq!(run("1"), run("4"));
    }
}

#[test]
fn what_is_not_read_is_named_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let lines = [CLOUDTRAIL, &CLOUDTRAIL[..90], r#"{"unknown":"format"}"#, CLOUDTRAIL];
    fs::write(folder.path().join("trail.jsonl"), lines.join("\n") + "\n").unwrap();
    let output = tenure(folder.path(), &["feed", "check", "trail.jsonl", "--dead-letter", "dead.jsonl"]);
    let text = stdout(&output);
    assert_eq!(code(&output), 0, "a log with rejects was read");
    assert!(text.starts_with("LOOK AT "), "{text}");
    for part in ["trail.jsonl:2 byte ", "1 unknown_format, first trail.jsonl:3", "4 records", "100.0 %"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let letters = fs::read_to_string(folder.path().join("dead.jsonl")).unwrap();
    assert_eq!(letters.lines().count(), 2);
}

#[test]
fn the_verdict_comes_first_and_the_exit_code_says_what_was_recognised() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("good.jsonl"), format!("{CLOUDTRAIL}\n")).unwrap();
    fs::write(folder.path().join("garbage.log"), "one\ntwo\n").unwrap();
    fs::write(folder.path().join("empty.json"), "").unwrap();
    for (paths, verdict, expected) in [
        (["good.jsonl"].as_slice(), "READ RIGHT ", 0),
        (&["good.jsonl", "garbage.log"], "LOOK AT ", 3),
        (&["garbage.log"], "NOT READ ", 3),
        (&["missing.json"], "NOT READ ", 3),
        (&["empty.json"], "EMPTY ", 0),
        (&["good.jsonl", "--format", "xml"], "", 2),
        (&["good.jsonl", "--stream", "prod=nowhere/*"], "", 2),
    ] {
        let output = tenure(folder.path(), &[&["feed", "check"], paths].concat());
        assert_eq!(code(&output), expected, "{paths:?}: {}", stderr(&output));
        assert!(stdout(&output).starts_with(verdict), "{paths:?}: {}", stdout(&output));
    }
    let streams = ["feed", "check", "--stream", "acme:prod=good*", "good.jsonl"];
    let text = stdout(&tenure(folder.path(), &streams));
    assert!(text.contains("Stream acme:prod (aws.cloudtrail)"), "{text}");
    assert!(text.contains("Realm acme:aws/111122223333"), "{text}");
}

#[test]
fn what_a_log_says_does_not_reach_a_terminal_as_commands() {
    let files = ["trail.jsonl", "lost\u{1b}[2J\u{7}.json"];
    let folder = folder(&trail(working_days()), &[digest(at(19).hour(), &files)]);
    let text = stdout(&tenure(folder.path(), &["feed", "check", "--color", "always", "."]));
    assert!(text.contains("lost\u{fffd}[2J\u{fffd}.json"), "{text}");
    assert!(!text.contains("\u{1b}[2J"), "{text}");
}

#[test]
fn colour_is_for_terminals() {
    let check = |more: &[&str]| stdout(&tenure(&root(), &[&["feed", "check", "examples/"], more].concat()));
    assert!(!check(&[]).contains('\u{1b}'));
    assert!(check(&["--color", "always"]).contains("\u{1b}[1m"));
    assert!(check(&[]).lines().all(|line| line.chars().count() <= 110));
}
