//! Inputs made to exhaust: each costs what a limit allows, and the records beside it are read.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tenure::files::streams::{StreamPattern, Streams};
use tenure::files::{Input, Place};
use tenure::limits::{RECORD_BYTES_MAX, STREAM_NAMES_MAX};

use crate::cli::CLOUDTRAIL;
use crate::program::{code, stderr, stdout, tenure};

/// Address space for a run over a line that inflates to several times this.
const ADDRESS_KIBIBYTES_MAX: usize = 512 << 10;

/// A line of `bytes` bytes, then a record. `write` takes it piece by piece.
fn bomb(bytes: usize, out: &mut impl std::io::Write) {
    let piece = vec![0; 1 << 20];
    (0..bytes / piece.len()).for_each(|_| out.write_all(&piece).unwrap());
    out.write_all(format!("\n{CLOUDTRAIL}\n").as_bytes()).unwrap();
}

fn assert_record_behind_is_read(output: &Output) {
    let said = stderr(output);
    assert_eq!(code(output), 0, "{said}");
    assert!(stdout(output).contains("AKIAIOSFODNN7EXAMPLE"), "{said}");
    assert!(said.contains("1  too_large"), "{said}");
}

#[test]
fn a_gzip_bomb_is_one_record_too_large() {
    let folder = tempfile::tempdir().unwrap();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    bomb(RECORD_BYTES_MAX * 3 / 2, &mut encoder);
    fs::write(folder.path().join("bomb.gz"), encoder.finish().unwrap()).unwrap();
    assert_record_behind_is_read(&tenure(folder.path(), &["events", "bomb.gz"]));
}

/// Runs `tenure` with no more memory than it needs to hold one record of the largest size.
#[cfg(target_os = "linux")]
fn tenure_in_little_memory(folder: &Path, args: &str) -> Output {
    let program = env!("CARGO_BIN_EXE_tenure");
    let script = format!("ulimit -v {ADDRESS_KIBIBYTES_MAX} && exec '{program}' {args}");
    Command::new("sh").args(["-c", &script]).current_dir(folder).stdin(Stdio::null()).output().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_zstd_bomb_of_a_gibibyte_takes_no_gibibyte() {
    let folder = tempfile::tempdir().unwrap();
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    bomb(1 << 30, &mut encoder);
    fs::File::create(folder.path().join("bomb.zst")).unwrap().write_all(&encoder.finish().unwrap()).unwrap();
    assert_record_behind_is_read(&tenure_in_little_memory(folder.path(), "events --threads 1 bomb.zst"));
}

#[test]
fn more_stream_names_than_a_run_can_number_are_refused() {
    let count = STREAM_NAMES_MAX + 1;
    let input = |at| Input { name: format!("{at:05}"), place: Place::Stdin };
    let inputs: Vec<Input> = (0..count).map(input).collect();
    let pattern = |at| StreamPattern::parse(&format!("s{at}={{00000,{at:05}}}")).unwrap();
    let patterns: Vec<StreamPattern> = (0..count).map(pattern).collect();
    let error = Streams::assign(&inputs, &patterns).unwrap_err();
    assert!(error.contains("are more than 4096"), "{error}");
}
