//! A server of `tests/kafka/up` that lives as long as this process does, and what to say where there is none.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, Once};
use std::{env, fs, process, thread};

use crate::golden;

/// Status of the script where something is missing on this machine.
const LACKING: i32 = 3;

/// Runs until its standard input ends, which happens when this process does, in whatever way.
pub struct Server {
    _alive: ChildStdin,
}

impl Server {
    /// Starts `up KIND FOLDER ARGUMENTS...` and waits until it is ready. `None`, loudly, where there is none.
    pub fn start(kind: &str, arguments: &[String]) -> Option<Self> {
        let folder = run_folder().join(kind);
        let mut child = script()
            .arg(kind)
            .arg(&folder)
            .args(arguments)
            // Its own group: an interrupt from the terminal is for this process, whose end then ends it.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("bash runs");
        let alive = child.stdin.take().unwrap();
        let said = collect(&mut child);
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        if first == "ready\n" {
            return Some(Self { _alive: alive });
        }
        drop(alive);
        give_up(kind, child, &said.join().unwrap());
        None
    }
}

/// Reads what the script says, so that it never waits for a reader.
fn collect(child: &mut Child) -> thread::JoinHandle<String> {
    let mut stderr = child.stderr.take().unwrap();
    thread::spawn(move || {
        let mut said = String::new();
        let _ = stderr.read_to_string(&mut said);
        said
    })
}

fn give_up(kind: &str, mut child: Child, said: &str) {
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(LACKING), "tests/kafka/up {kind} failed: {said}");
    skip(&format!("all tests that need a {kind}"), said.trim());
}

/// Says on the terminal, captured or not, that `what` is not tested, and why. In CI that is a failure.
pub fn skip(what: &str, why: &str) {
    let lines = format!("\n!!!! SKIPPED: {what}\n!!!!   {}\n", why.replace('\n', "\n!!!!   "));
    assert!(env::var("CI").is_err(), "CI must not skip anything: {lines}");
    // Not `eprint!`, which the test runner holds back of tests that pass.
    std::io::stderr().lock().write_all(lines.as_bytes()).unwrap();
}

/// The script, with the cache below the folder this build writes to.
pub fn script() -> Command {
    let mut command = Command::new(golden::root().join("tests/kafka/up"));
    command.env("TENURE_KAFKA_CACHE", cache());
    command
}

/// What tests fetched, made and ran: `target/kafka`.
fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("kafka")
}

/// The folder of what this process runs. Those of processes that are gone are removed.
pub fn run_folder() -> PathBuf {
    static SWEPT: Once = Once::new();
    SWEPT.call_once(sweep);
    cache().join(format!("run-{}", process::id()))
}

fn sweep() {
    let lives = |id: &str| Command::new("kill").args(["-0", id]).stderr(Stdio::null()).status();
    for entry in fs::read_dir(cache()).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix("run-"));
        if process.is_some_and(|id| lives(id).is_ok_and(|status| !status.success())) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// The first of `count` ports in a row that nobody listens on, below those the system gives out by itself.
pub fn free_ports(count: u16) -> u16 {
    static NEXT: Mutex<Option<u16>> = Mutex::new(None);
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    // Test runs at the same time begin at different places.
    let begin = 10_000 + u16::try_from(process::id() % 1_000).unwrap() * 20;
    let mut next = NEXT.lock().unwrap();
    let candidates = (next.unwrap_or(begin)..31_000).step_by(usize::from(count));
    let first =
        candidates.into_iter().find(|&first| (first..first + count).all(is_free)).expect("free ports");
    *next = Some(first + count);
    first
}
