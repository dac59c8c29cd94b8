//! One million records of the story, and how much of the machine a whole scan of them takes.
//!
//! `cargo bench --bench million` writes the records once, to `million/` in the target's `tmp/`, and then runs
//! in turn: the naive program below, `tenure scan` on one thread, and on two. It prints CPU and wall seconds
//! per million records: the least and the median of the rounds. `-- ROUNDS` sets how many there are,
//! `-- write` only writes. The processor time of children is read from `/proc`, so this needs Linux.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring program: it stops where it cannot go on, reads the clock and prints"
)]

mod naive;
#[path = "../tests/it/story/mod.rs"]
#[allow(dead_code, unused_imports, reason = "of the story only its records are told here")]
mod story;

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use story::Log;

/// Seven in ten records are of CloudTrail, as where most workloads run in AWS.
const LOGS: [(&str, Log, usize); 2] =
    [("cloudtrail.jsonl", Log::CloudTrail, 700_000), ("vault.jsonl", Log::Vault, 300_000)];

const ROUNDS: usize = 5;

/// Ticks of `/proc/PID/stat` in a second, the same on every Linux that is in use.
const TICKS_PER_SECOND: f64 = 100.0;

/// What one run took.
#[derive(Clone, Copy)]
struct Took {
    cpu_seconds: f64,
    wall_seconds: f64,
}

fn main() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("million");
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match words.first().map(String::as_str) {
        Some("naive") => println!("{} findings", naive::scan(&files(&folder))),
        Some("write") => write(&folder),
        other => {
            write(&folder);
            measure(&folder, other.and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS));
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    LOGS.iter().map(|(name, ..)| folder.join(name)).collect()
}

/// Writes what is not there yet.
fn write(folder: &Path) {
    fs::create_dir_all(folder).expect("the folder of the records");
    for (path, (_, log, records)) in files(folder).iter().zip(LOGS) {
        if !path.exists() {
            let part = path.with_extension("part");
            let mut out = BufWriter::new(File::create(&part).expect("a file of records"));
            story::write_amplified(log, records, &mut out).expect("space for the records");
            out.flush().expect("space for the records");
            fs::rename(&part, path).expect("a file of records");
        }
        let megabytes = path.metadata().expect("a file of records").len() / 1_000_000;
        println!("{records} records, {megabytes} MB: {}", path.display());
    }
}

fn measure(folder: &Path, rounds: usize) {
    let scan = |threads: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenure"));
        command.args(["scan", "--threads", threads, "--summary"]).arg(folder);
        command
    };
    let mut naive = Command::new(std::env::current_exe().expect("this program"));
    naive.arg("naive");
    let mut jobs =
        [("naive, 1 thread", naive), ("scan, 1 thread", scan("1")), ("scan, 2 threads", scan("2"))];
    let mut took = [const { Vec::new() }; 3];
    for _ in 0..rounds {
        for ((_, command), took) in jobs.iter_mut().zip(&mut took) {
            took.push(run(command));
        }
    }
    println!("{:18} {:>9} {:>9} {:>9} {:>9}", "", "CPU s min", "median", "wall min", "median");
    for ((name, _), took) in jobs.iter().zip(&took) {
        let (cpu_min, cpu) = spread(took.iter().map(|took| took.cpu_seconds));
        let (wall_min, wall) = spread(took.iter().map(|took| took.wall_seconds));
        println!("{name:18} {cpu_min:9.2} {cpu:9.2} {wall_min:9.2} {wall:9.2}");
    }
}

/// Runs `command` to its end.
fn run(command: &mut Command) -> Took {
    let (began, before) = (Instant::now(), children_seconds());
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("a program that runs");
    assert!(status.success(), "{command:?} ended with {status}");
    Took { cpu_seconds: children_seconds() - before, wall_seconds: began.elapsed().as_secs_f64() }
}

/// Processor time, in the program and in the kernel, of all children that have ended.
fn children_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    let (_, behind_name) = stat.rsplit_once(')').expect("a line of /proc/self/stat");
    // Fields 16 and 17 of proc_pid_stat(5), cutime and cstime; the name is field 2.
    let ticks = behind_name.split_whitespace().skip(13).take(2);
    ticks.map(|field| field.parse::<f64>().expect("a number of ticks")).sum::<f64>() / TICKS_PER_SECOND
}

/// The least and the median.
fn spread(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    (values[0], values[values.len() / 2])
}
