//! `tenure run` on a real Kafka of its own: how much of the machine a million records take, and how long a
//! finding takes to be readable.
//!
//! `cargo bench --bench broker -- throughput [RECORDS]` writes the records of the story, in the order of
//! their time, onto raw topics, then runs both stages until all is read, and prints processor seconds of
//! Tenure and of the broker, wall time, the commit cycle and the bytes each topic takes.
//! `cargo bench --bench broker -- latency [SECONDS]` writes 1,000 records a second, one in twenty of which
//! opens a finding at once, and prints how long after it each finding can be read by a consumer of committed
//! records. Needs Linux, a JDK and Maven (CONTRIBUTING.md).
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring program: it stops where it cannot go on, reads the clock and prints"
)]

#[path = "broker/machine.rs"]
mod machine;
#[path = "../tests/it/story/mod.rs"]
#[allow(dead_code, unused_imports, reason = "of the story only its records are told here")]
mod story;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use chrono::{SecondsFormat, Utc};
use machine::{Kafka, Tenure, ticks};
use rdkafka::Message as _;
use rdkafka::consumer::BaseConsumer;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};
use story::Log;

const PARTITIONS: i32 = 4;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let number = words.get(1).and_then(|number| number.parse().ok());
    match words.first().map(String::as_str) {
        Some("throughput") => throughput(number.unwrap_or(1_000_000)),
        Some("latency") => latency(number.unwrap_or(60)),
        _ => println!("say what to measure: throughput [RECORDS], latency [SECONDS]"),
    }
}

fn config(kafka: &Kafka, mode: &str, folder: &std::path::Path) -> std::path::PathBuf {
    let bootstrap = &kafka.bootstrap;
    let text = format!(
        "[kafka]\nbrokers = [\"{bootstrap}\"]\n[time]\nmode = \"{mode}\"\n[http]\nlisten = \"{}\"\n\
         [[input]]\ntopic = \"raw.cloudtrail\"\nsource = \"aws.cloudtrail\"\nlateness = \"0s\"\n\
         [[input]]\ntopic = \"raw.vault\"\nsource = \"vault.audit\"\nlateness = \"0s\"\n",
        kafka.http
    );
    let file = folder.join("tenure.toml");
    std::fs::write(&file, text).expect("space for a configuration");
    file
}

/// The records of the story, many times over, in the order of their time, with the key of their partition.
fn records(total: usize) -> Vec<(&'static str, String, String)> {
    let told = |log, count, topic, time: &'static str, key: &'static str| {
        let bytes = story::amplified(log, count);
        let text = String::from_utf8(bytes).expect("records are text");
        let field = move |line: &str, name: &str| {
            let from = line.find(name).map_or(0, |at| at + name.len());
            line[from..].chars().take_while(|c| *c != '"').collect::<String>()
        };
        let row = move |line: &str| (field(line, time), topic, field(line, key), line.to_owned());
        text.lines().map(row).collect::<Vec<_>>()
    };
    let in_cloudtrail = total * 7 / 10;
    let mut rows = told(
        Log::CloudTrail,
        in_cloudtrail,
        "raw.cloudtrail",
        "\"eventTime\":\"",
        "\"recipientAccountId\":\"",
    );
    rows.extend(told(Log::Vault, total - in_cloudtrail, "raw.vault", "\"time\":\"", "\"no key\":\""));
    rows.sort();
    rows.into_iter().map(|(_, topic, key, line)| (topic, key, line)).collect()
}

fn throughput(total: usize) {
    let kafka = Kafka::start();
    // A stream in order: one partition each, as one device and one trail write them.
    kafka.create_topics(&[("raw.cloudtrail", 1), ("raw.vault", 1)]);
    let file = config(&kafka, "replay", &kafka.folder);
    kafka.tenure_topics(&file, PARTITIONS);
    let producer = kafka.producer();
    let records = records(total);
    let bytes: usize = records.iter().map(|(_, _, line)| line.len()).sum();
    for (topic, key, line) in &records {
        send(&producer, topic, Some(key), line);
    }
    producer.flush(Duration::from_mins(5)).expect("a broker that takes all");
    drop(records);
    println!("{total} records, {} MB, on raw topics", bytes / 1_000_000);

    let (broker_before, began) = (ticks(kafka.pid), Instant::now());
    let tenure = Tenure::run(&file, &kafka);
    let ingested = tenure.wait_until(|metrics| machine::behind(metrics, "ingest") == Some(0));
    let ingest_wall = began.elapsed();
    let done = ingested && tenure.wait_until(|metrics| machine::behind(metrics, "detect") == Some(0));
    let wall = began.elapsed();
    let broker = ticks(kafka.pid) - broker_before;
    let metrics = tenure.metrics();
    let (cpu, memory) = tenure.stop();
    let per_million = 1e6 / total as f64;
    println!("done: {done}");
    println!("tenure   {:.2} CPU-s per million records, {memory} MiB at most", cpu * per_million);
    println!("broker   {:.2} CPU-s per million records", broker * per_million);
    println!("ingest   {:.0} k records/s", total as f64 / ingest_wall.as_secs_f64() / 1e3);
    println!(
        "both     {:.0} k records/s ({:.1} s)",
        total as f64 / wall.as_secs_f64() / 1e3,
        wall.as_secs_f64()
    );
    for stage in ["ingest", "detect"] {
        let (p50, p99, count) = machine::commit_cycle(&metrics, stage);
        println!("commit   {stage}: p50 {p50:.1} ms, p99 {p99:.1} ms, {count} commits");
    }
    for (topic, size) in kafka.topic_sizes() {
        println!("bytes    {topic}: {:.0} per raw record", size as f64 / total as f64);
    }
}

fn latency(seconds: usize) {
    const A_SECOND: usize = 1_000;
    let kafka = Kafka::start();
    kafka.create_topics(&[("raw.cloudtrail", 4), ("raw.vault", 1)]);
    let file = config(&kafka, "live", &kafka.folder);
    kafka.tenure_topics(&file, PARTITIONS);
    let tenure = Tenure::run(&file, &kafka);
    tenure.wait_until(|metrics| machine::behind(metrics, "detect").is_some());
    let (producer, reader) = (kafka.producer(), kafka.reader("tenure.findings"));
    let template = common_record();
    let (began, mut sent, mut read) = (Instant::now(), HashMap::new(), Vec::new());
    for number in 0..seconds * A_SECOND {
        let due = Duration::from_micros(number as u64 * 1_000_000 / A_SECOND as u64);
        loop {
            take(&reader, &sent, &mut read);
            match due.checked_sub(began.elapsed()) {
                None => break,
                Some(left) => std::thread::sleep(left.min(Duration::from_micros(300))),
            }
        }
        let account = format!("{:012}", 100_000_000_000 + number);
        if number % 20 == 0 {
            sent.insert(format!("aws/{account}"), Instant::now());
            send(&producer, "raw.cloudtrail", Some(&account), &root_login(&account, number));
        } else {
            send(&producer, "raw.cloudtrail", Some(&account), &template(number));
        }
    }
    let until = Instant::now() + Duration::from_secs(10);
    while read.len() < sent.len() && Instant::now() < until {
        take(&reader, &sent, &mut read);
    }
    let metrics = tenure.metrics();
    let (cpu, memory) = tenure.stop();
    // The first seconds warm the broker up.
    let mut after: Vec<f64> = read
        .iter()
        .filter(|(at, _)| at.duration_since(began) > Duration::from_secs(10))
        .map(|(_, ms)| *ms)
        .collect();
    after.sort_by(f64::total_cmp);
    let at = |share: f64| after.get((after.len() as f64 * share) as usize).copied().unwrap_or(f64::NAN);
    println!("{} findings of {} read", read.len(), sent.len());
    println!("produce to readable finding: p50 {:.0} ms, p90 {:.0}, p99 {:.0}", at(0.5), at(0.9), at(0.99));
    println!("tenure {:.2} cores, {memory} MiB at most", cpu / began.elapsed().as_secs_f64());
    for stage in ["ingest", "detect"] {
        let (p50, p99, count) = machine::commit_cycle(&metrics, stage);
        println!("commit {stage}: p50 {p50:.1} ms, p99 {p99:.1} ms, {count} commits");
    }
}

fn send(producer: &BaseProducer, topic: &str, key: Option<&str>, line: &str) {
    let mut record = BaseRecord::to(topic).payload(line);
    if let Some(key) = key.filter(|key| !key.is_empty()) {
        record = record.key(key);
    }
    while let Err((_, back)) = producer.send(record) {
        record = back;
        producer.poll(Duration::from_millis(5));
    }
    producer.poll(Duration::ZERO);
}

/// Takes what can be read, with the time since the record that led to it was written.
fn take(reader: &BaseConsumer, sent: &HashMap<String, Instant>, read: &mut Vec<(Instant, f64)>) {
    while let Some(Ok(message)) = reader.poll(Duration::ZERO) {
        let key = message.key().map(String::from_utf8_lossy).unwrap_or_default();
        // `aws/ACCOUNT/PRINCIPAL`
        let realm = key.splitn(3, '/').take(2).collect::<Vec<_>>().join("/");
        if let Some(at) = sent.get(&realm) {
            read.push((*at, at.elapsed().as_secs_f64() * 1e3));
        }
    }
}

fn present() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn uuid(number: usize) -> String {
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos();
    let mut text = String::new();
    write!(text, "{number:08x}-0000-4000-8000-{:012x}", nanos & 0xffff_ffff_ffff).expect("memory");
    text
}

/// The root of an account signs in: P01 opens at once.
fn root_login(account: &str, number: usize) -> String {
    format!(
        concat!(
            r#"{{"eventVersion":"1.08","userIdentity":{{"type":"Root","principalId":"{account}","#,
            r#""arn":"arn:aws:iam::{account}:root","accountId":"{account}"}},"eventTime":"{}","#,
            r#""eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","awsRegion":"us-east-1","#,
            r#""sourceIPAddress":"198.51.100.7","userAgent":"Mozilla/5.0","requestParameters":null,"#,
            r#""responseElements":{{"ConsoleLogin":"Success"}},"#,
            r#""additionalEventData":{{"MFAUsed":"Yes"}},"eventID":"{}","readOnly":false,"#,
            r#""eventType":"AwsConsoleSignIn","managementEvent":true,"recipientAccountId":"{account}","#,
            r#""eventCategory":"Management"}}"#,
        ),
        present(),
        uuid(number),
        account = account,
    )
}

/// A record of the story, of the present and with an id of its own.
fn common_record() -> impl Fn(usize) -> String {
    let told = String::from_utf8(story::amplified(Log::CloudTrail, 2_000)).expect("records are text");
    let lines: Vec<String> =
        told.lines().filter(|line| line.contains("\"type\":\"IAMUser\"")).map(str::to_owned).collect();
    move |number| {
        let line = &lines[number % lines.len()];
        replaced(&replaced(line, "\"eventTime\":\"", &present()), "\"eventID\":\"", &uuid(number))
    }
}

fn replaced(line: &str, field: &str, value: &str) -> String {
    let Some(from) = line.find(field).map(|at| at + field.len()) else { return line.to_owned() };
    let to = line[from..].find('"').map_or(line.len(), |len| from + len);
    [&line[..from], value, &line[to..]].concat()
}
