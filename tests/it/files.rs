//! Inputs: whatever files are made of, the same records give the same events.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tenure::event::Event;
use tenure::files::dead_letter::DeadLetters;
use tenure::files::discover::discover;
use tenure::files::in_order::write_events;
use tenure::files::ingest::{Ingested, ingest};
use tenure::files::streams::{StreamPattern, Streams};
use tenure::files::{Meter, Settings};
use tenure::source::RejectReason;
use tenure::time::EventTime;

use crate::files_source::{PROBES, probes};

/// What a run gave, in a form to compare.
struct Outcome {
    /// Times, ids, names and principals of events, without their origins.
    events: Vec<String>,
    origins: Vec<String>,
    duplicates: u64,
    counts: Counts,
}

/// What [`Ingested`] says besides its events.
struct Counts {
    streams: Vec<String>,
    records: Vec<u64>,
    hours: Vec<usize>,
    stats: tenure::files::tally::Stats,
    unreadable: Vec<tenure::files::Unreadable>,
}

fn settings(threads: usize, memory_bytes_max: usize) -> Settings {
    Settings {
        sources: PROBES,
        recognise: true,
        not_after: EventTime::parse("2026-04-01T00:00:00Z").unwrap(),
        threads: NonZeroUsize::new(threads).unwrap(),
        memory_bytes_max,
    }
}

fn run(paths: &[PathBuf], settings: &Settings) -> Outcome {
    run_with(paths, settings, &[], &mut DeadLetters::none())
}

fn run_with(paths: &[PathBuf], settings: &Settings, patterns: &[&str], letters: &mut DeadLetters) -> Outcome {
    let found = discover(paths);
    let patterns: Vec<_> = patterns.iter().map(|text| StreamPattern::parse(text).unwrap()).collect();
    let streams = Streams::assign(&found.inputs, &patterns).unwrap();
    let ingested = ingest(settings, &found.inputs, &streams, &Meter::default(), letters).unwrap();
    let Ingested { inputs, streams, activity, stats, mut unreadable, events } = ingested;
    let (mut lines, mut origins) = (Vec::new(), Vec::new());
    let duplicates = events
        .for_each(|event| {
            let name = event.credential().unwrap().name.text.to_string();
            let (at, id, principal) = (event.at, event.id, event.principal.as_deref().unwrap_or("-"));
            lines.push(format!("{at} {id} {name} {principal} {}", streams[usize::from(event.stream.0)]));
            origins.push(format!("{}:{}", inputs[event.origin.input() as usize], event.origin.record()));
            Ok(())
        })
        .unwrap();
    unreadable.extend(found.unreadable);
    let counts = Counts {
        streams: streams.iter().map(ToString::to_string).collect(),
        records: activity.iter().map(|a| a.records).collect(),
        hours: activity.iter().map(|a| a.hours.len()).collect(),
        stats,
        unreadable,
    };
    Outcome { events: lines, origins, duplicates, counts }
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, bytes).unwrap();
    path
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn lines(records: &[String]) -> String {
    records.join("\n") + "\n"
}

const PLENTY: usize = 64 << 20;

#[test]
fn threads_files_and_memory_change_nothing() {
    let records = probes(3_000);
    let one = folder();
    write(one.path(), "all.jsonl", lines(&records));
    let expected = run(&[one.path().to_owned()], &settings(1, PLENTY));
    assert_eq!(expected.events.len(), 3_000, "600 records give none, 600 give two");
    assert!(expected.events.is_sorted());

    let many = folder();
    for (at, part) in records.chunks(170).rev().enumerate() {
        let (name, text) = (format!("{}/part-{at}", at % 3), lines(part));
        match at % 4 {
            0 => write(many.path(), &format!("{name}.log"), text),
            1 => write(many.path(), &format!("{name}.json.gz"), gzip(&text)),
            2 => write(many.path(), &format!("{name}.zst"), zstd::encode_all(text.as_bytes(), 1).unwrap()),
            _ => write(many.path(), &format!("{name}.json"), format!("[{}]", part.join(",\n"))),
        };
    }
    for threads in [1, 2, 5] {
        for memory in [PLENTY, 40_000, 1] {
            for folder in [&one, &many] {
                let outcome = run(&[folder.path().to_owned()], &settings(threads, memory));
                let what = format!("{threads} threads, {memory} bytes, {}", folder.path().display());
                assert_eq!(outcome.events, expected.events, "{what}");
                assert_eq!(outcome.counts.stats.records, 3_000, "{what}");
                assert_eq!(outcome.counts.stats.by_source, expected.counts.stats.by_source, "{what}");
                assert_eq!(outcome.counts.hours, [10], "{what}");
            }
        }
    }
}

#[test]
fn a_realm_is_folded_in_one_place_and_in_order() {
    let record = |n: usize| {
        let (realm, minute) = (n % 7, n * 37 % 60);
        let uses = format!(r#""uses":["AKIA{n}EXAMPLE"],"realm":"aws/{realm}""#);
        format!(r#"{{"probe":"id-{n}","t":"2026-03-01T00:{minute:02}:00Z",{uses}}}"#)
    };
    let folder = folder();
    write(folder.path(), "all.jsonl", lines(&(0..4_000).map(record).collect::<Vec<_>>()));
    let inputs = discover(&[folder.path().to_owned()]).inputs;
    let streams = Streams::assign(&inputs, &[]).unwrap();
    let by_realm = |states: usize| {
        let (meter, settings) = (Meter::default(), settings(2, PLENTY));
        let ingested = ingest(&settings, &inputs, &streams, &meter, &mut DeadLetters::none()).unwrap();
        let states = vec![BTreeMap::<String, Vec<String>>::new(); states];
        let fold = |state: &mut BTreeMap<_, Vec<_>>, event: &Event<'_>| {
            state.entry(event.realm.to_string()).or_default().push(format!("{} {}", event.at, event.id));
        };
        let (states, duplicates) = ingested.events.fold_by_realm(states, fold).unwrap();
        assert_eq!(duplicates, 0);
        states
    };
    let expected = by_realm(1).remove(0);
    assert_eq!((expected.len(), expected.values().map(Vec::len).sum()), (7, 4_000));
    for count in [2, 3, 9] {
        let states = by_realm(count);
        assert!(states.iter().filter(|state| !state.is_empty()).count() > 1, "{count} states");
        let realms: Vec<_> = states.into_iter().flatten().collect();
        assert_eq!(realms.len(), 7, "{count} states: a realm is in two of them");
        assert_eq!(realms.into_iter().collect::<BTreeMap<_, _>>(), expected, "{count} states");
    }
}

#[test]
fn batches_keep_line_numbers() {
    let folder = folder();
    let records = probes(20_000);
    let path = write(folder.path(), "large.jsonl", lines(&records));
    assert!(fs::metadata(&path).unwrap().len() > 1 << 20, "several batches");
    let outcome = run(&[path], &settings(3, PLENTY));
    for (event, origin) in outcome.events.iter().zip(&outcome.origins) {
        let line: usize = origin.rsplit(':').next().unwrap().parse().unwrap();
        let id = tenure::origin::EventId::stated(&format!("id-{}", line - 1)).to_string();
        assert!(event.contains(&id), "{event} {origin}");
    }
}

#[test]
fn lines_longer_than_a_batch_are_whole() {
    let folder = folder();
    let long = format!(
        r#"{{"probe":"{}","t":"2026-03-01T00:00:00Z","uses":["AKIA1EXAMPLE"]}}"#,
        "x".repeat(900_000)
    );
    let mut records = probes(10);
    records.insert(5, long.clone());
    records.push(long);
    let path = write(folder.path(), "long.jsonl", lines(&records));
    let outcome = run(&[path], &settings(2, PLENTY));
    assert_eq!(outcome.counts.stats.records, 12);
    assert_eq!(outcome.duplicates, 1);
    assert!(outcome.counts.stats.rejects.is_empty());
}

#[test]
fn several_gzip_members_are_one_file_and_names_do_not_matter() {
    let folder = folder();
    let records = probes(100);
    let members = [gzip(&lines(&records[..50])), gzip(&lines(&records[50..]))].concat();
    let expected = run(&[write(folder.path(), "plain.gz", lines(&records))], &settings(1, PLENTY));
    let outcome = run(&[write(folder.path(), "members.txt", members)], &settings(2, PLENTY));
    assert_eq!(outcome.events, expected.events);
    assert_eq!(outcome.counts.stats.records, 100);
    assert!(outcome.counts.stats.bytes > outcome.counts.stats.bytes_read);
}

#[test]
fn damaged_compression_is_one_reject_and_what_came_before_it_counts() {
    let folder = folder();
    let whole = gzip(&lines(&probes(20_000)));
    let path = write(folder.path(), "cut.gz", &whole[..whole.len() / 2]);
    let outcome = run(&[path], &settings(1, PLENTY));
    let rejects = &outcome.counts.stats.rejects;
    assert_eq!(rejects.keys().copied().collect::<Vec<_>>(), [RejectReason::DamagedCompression]);
    assert_eq!(rejects[&RejectReason::DamagedCompression].count, 1);
    assert!(outcome.events.len() > 5_000);
    assert!(outcome.counts.unreadable.is_empty());
}

#[test]
fn a_second_delivery_changes_nothing_and_the_fuller_one_is_kept() {
    let folder = folder();
    let record = |extra: &str| {
        format!(
            r#"{{"probe":"one","t":"2026-03-01T00:00:00Z","uses":["AKIA1EXAMPLE","AKIA2EXAMPLE"]{extra}}}"#
        )
    };
    write(folder.path(), "a.jsonl", lines(&[record(""), record("")]));
    write(folder.path(), "b.jsonl", lines(&[record(r#","principal":"arn:aws:iam::111122223333:user/app""#)]));
    let outcome = run(&[folder.path().to_owned()], &settings(2, PLENTY));
    assert_eq!((outcome.events.len(), outcome.duplicates), (2, 4));
    assert!(outcome.events.iter().all(|event| event.contains("user/app")), "{:?}", outcome.events);
    assert!(outcome.origins.iter().all(|origin| origin.ends_with("b.jsonl:1")));
}

#[test]
fn a_correction_takes_the_place_of_what_it_corrects() {
    let folder = folder();
    let record = |minute: u32, revision: u32| {
        format!(
            r#"{{"probe":"one","t":"2026-03-01T00:{minute:02}:00Z","uses":["A1"],"revision":{revision}}}"#
        )
    };
    for (name, records, expected) in [
        ("later.jsonl", [record(1, 0), record(5, 1)], "2026-03-01T00:05:00Z"),
        ("earlier.jsonl", [record(5, 0), record(1, 1)], "2026-03-01T00:01:00Z"),
        ("same.jsonl", [record(1, 0), record(1, 1)], "2026-03-01T00:01:00Z"),
    ] {
        let outcome = run(&[write(folder.path(), name, lines(&records))], &settings(1, PLENTY));
        assert_eq!(outcome.events.len(), 1, "{name}");
        assert!(outcome.events[0].starts_with(expected), "{name}: {:?}", outcome.events);
    }
    let unrelated = [record(1, 0), record(5, 0)];
    let outcome = run(&[write(folder.path(), "unrelated.jsonl", lines(&unrelated))], &settings(1, PLENTY));
    assert_eq!(outcome.events.len(), 2);
}

#[test]
fn a_time_to_come_is_refused() {
    let folder = folder();
    let record = |t: &str, uses: &str| format!(r#"{{"probe":"{t}","t":"{t}","uses":[{uses}]}}"#);
    let records = [
        record("2026-04-01T00:00:00Z", r#""AKIA1EXAMPLE""#),
        record("2026-04-01T00:00:00.000001Z", r#""AKIA1EXAMPLE""#),
        record("2099-01-01T00:00:00Z", ""),
    ];
    let outcome = run(&[write(folder.path(), "a.jsonl", lines(&records))], &settings(1, PLENTY));
    assert_eq!(outcome.events.len(), 1);
    assert_eq!(outcome.counts.stats.rejects[&RejectReason::TimeInFuture].count, 2);
    assert_eq!(outcome.counts.hours, [1], "no activity after the present");
}

#[derive(Clone, Default)]
struct Letters(Arc<Mutex<Vec<u8>>>);

impl Write for Letters {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn dead_letters_hold_reason_and_place_and_no_payload() {
    let folder = folder();
    let text = concat!(
        "{\"probe\":\"a\",\"t\":\"2026-03-01T00:00:00Z\",\"uses\":[\"hvs.EXAMPLE\"]}\n",
        "{\"probe\":\"hvs.EXAMPLE\",\"t\":\n",
        "hvs.EXAMPLE\n",
        "{\"other\":\"hvs.EXAMPLE\"}\n",
        "{\"probe\":\"hvs.EXAMPLE\"}\n",
    );
    let path = write(folder.path(), "a.jsonl", text);
    let letters = Letters::default();
    let mut dead_letters = DeadLetters::to(Box::new(letters.clone()));
    let outcome = run_with(std::slice::from_ref(&path), &settings(1, PLENTY), &[], &mut dead_letters);
    assert_eq!(outcome.events.len(), 1);
    let written = String::from_utf8(letters.0.lock().unwrap().clone()).unwrap();
    assert!(!written.contains("EXAMPLE"), "{written}");
    let expected = [
        ("truncated", 2, r#","byte":27"#),
        ("not_json", 3, ""),
        ("unknown_format", 4, ""),
        ("no_time", 5, ""),
    ];
    let file = path.display();
    for (line, (reason, record, byte)) in written.lines().zip(expected) {
        assert_eq!(line, format!(r#"{{"v":1,"reason":"{reason}","file":"{file}","record":{record}{byte}}}"#));
    }
    assert_eq!(written.lines().count(), expected.len());
}

#[test]
fn streams_are_named_by_the_first_pattern_that_covers_an_input() {
    let folder = folder();
    for (at, name) in ["prod/a.jsonl", "prod/deep/b.jsonl", "lab/c.jsonl", "d.jsonl"].iter().enumerate() {
        write(folder.path(), name, lines(&probes(5 * (at + 1))));
    }
    let root = folder.path().display();
    let patterns =
        [format!("vault/prod={root}/prod"), format!("acme:lab={root}/*/*.jsonl"), "rest=d.jsonl".to_owned()];
    let patterns: Vec<_> = patterns.iter().map(String::as_str).collect();
    let outcome =
        run_with(&[folder.path().to_owned()], &settings(2, PLENTY), &patterns, &mut DeadLetters::none());
    assert_eq!(outcome.counts.streams, ["acme:lab", "rest", "vault/prod"]);
    assert_eq!(outcome.counts.records, [15, 20, 15]);

    let found = discover(&[folder.path().to_owned()]);
    let idle = StreamPattern::parse("lab=nowhere/*").unwrap();
    let error = Streams::assign(&found.inputs, &[idle]).unwrap_err();
    assert!(error.contains("lab=nowhere/*"), "{error}");
    assert!(StreamPattern::parse("no glob").is_err());
    assert!(StreamPattern::parse("bad name=*").is_err());
}

#[test]
fn paths_are_files_directories_and_patterns() {
    let folder = folder();
    for name in ["b.json", "a/x.log", "a/y.txt", "a/z.jsonl.gz", "c/.keep"] {
        write(folder.path(), name, "");
    }
    let names = |paths: &[&str]| {
        let paths: Vec<PathBuf> = paths.iter().map(|path| folder.path().join(path)).collect();
        let found = discover(&paths);
        let prefix = format!("{}/", folder.path().display());
        let inputs: Vec<_> = found.inputs.iter().map(|input| input.name.replace(&prefix, "")).collect();
        (inputs.join(" "), found.unreadable.len())
    };
    assert_eq!(names(&["."]), ("./a/x.log ./a/z.jsonl.gz ./b.json".to_owned(), 0));
    assert_eq!(names(&["a", "b.json", "a/x.log"]), ("a/x.log a/z.jsonl.gz b.json".to_owned(), 0));
    assert_eq!(names(&["a/y.txt"]), ("a/y.txt".to_owned(), 0), "a file that is named is taken");
    assert_eq!(names(&["*.json"]), ("b.json".to_owned(), 0));
    assert_eq!(names(&["*/*.txt", "**/x.*"]), ("a/x.log a/y.txt".to_owned(), 0));
    assert_eq!(names(&["[ab]"]), ("a/x.log a/z.jsonl.gz".to_owned(), 0), "a directory that matches");
    assert_eq!(names(&["missing.json", "*.nothing", "c", "b.json"]), ("b.json".to_owned(), 3));
}

#[test]
fn events_come_out_in_input_order() {
    let folder = folder();
    let records = probes(12_000);
    write(folder.path(), "b.jsonl", lines(&records[..9_000]));
    write(folder.path(), "a.jsonl.gz", gzip(&lines(&records[9_000..])));
    let found = discover(&[folder.path().to_owned()]);
    let streams = Streams::assign(&found.inputs, &[]).unwrap();
    let render = |threads| {
        let (mut out, meter) = (Vec::new(), Meter::default());
        let letters = &mut DeadLetters::none();
        let written =
            write_events(&settings(threads, PLENTY), &found.inputs, &streams, &meter, &mut out, letters)
                .unwrap();
        assert_eq!(written.stats.records, 12_000);
        String::from_utf8(out).unwrap()
    };
    let one = render(1);
    assert_eq!(one.lines().count(), 12_000);
    assert!(one.lines().next().unwrap().contains("a.jsonl.gz"));
    assert!(one.lines().last().unwrap().contains(r#"b.jsonl","record":9000"#));
    assert_eq!(render(4), one);
}

#[test]
fn a_known_record_with_a_byte_that_is_no_text_is_invalid_utf8() {
    let folder = folder();
    let mut record = br#"{"time":"2026-01-05T09:00:00Z","type":"response","auth":{"policies":["#.to_vec();
    record.extend(b"\"\xff\"]},\"request\":{\"path\":\"kv/a\"}}\n");
    let path = write(folder.path(), "vault.jsonl", record);
    let settings = Settings { sources: tenure::source::SOURCES, ..settings(1, PLENTY) };
    let found = discover(&[path]);
    let streams = Streams::assign(&found.inputs, &[]).unwrap();
    let mut letters = DeadLetters::none();
    let ingested = ingest(&settings, &found.inputs, &streams, &Meter::default(), &mut letters).unwrap();
    assert_eq!(ingested.stats.rejects.keys().copied().collect::<Vec<_>>(), [RejectReason::InvalidUtf8]);
}
