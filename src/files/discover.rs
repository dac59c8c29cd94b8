//! Which files a list of paths means.
//!
//! A file is taken as it is, a directory for the files below it that are named like logs, a pattern for what
//! it matches, `-` for standard input. A path that gives nothing is reported, and the others are still read.

use std::path::{Path, PathBuf};

use globset::{Glob, GlobBuilder, GlobMatcher};
use walkdir::WalkDir;

use super::{Input, Place, Unreadable};

/// Endings of the files taken from a directory.
pub const LOG_EXTENSIONS: &[&str] = &["json", "jsonl", "ndjson", "log", "gz", "zst"];

/// The files meant, sorted by name and each once, and the paths that gave none.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub inputs: Vec<Input>,
    pub unreadable: Vec<Unreadable>,
}

/// Finds the inputs of `paths`.
#[must_use]
pub fn discover(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    for path in paths {
        found.add(path);
    }
    found.inputs.sort();
    found.inputs.dedup();
    found.unreadable.sort();
    found.unreadable.dedup();
    found
}

/// A pattern in which `*` stays within one directory and `**` does not.
///
/// # Errors
/// Where `text` is no pattern.
pub fn pattern(text: &str) -> Result<GlobMatcher, globset::Error> {
    let glob: Glob = GlobBuilder::new(text).literal_separator(true).build()?;
    Ok(glob.compile_matcher())
}

impl Found {
    fn add(&mut self, path: &Path) {
        if path == Path::new("-") {
            self.inputs.push(Input { name: "-".to_owned(), place: Place::Stdin });
        } else if path.is_dir() {
            self.walk(path, path, is_log);
        } else if path.exists() || !has_wildcard(path) {
            self.file(path);
        } else {
            self.expand(path);
        }
    }

    fn file(&mut self, path: &Path) {
        match path.metadata() {
            Ok(_) => self.inputs.push(input(path)),
            Err(error) => self.refuse(path, &error.to_string()),
        }
    }

    fn expand(&mut self, path: &Path) {
        let Some(text) = path.to_str() else { return self.refuse(path, "a pattern must be UTF-8") };
        match pattern(text) {
            Ok(matcher) => self.walk(path, fixed_part(path), |below| {
                matcher.is_match(below)
                    || is_log(below) && below.ancestors().skip(1).any(|folder| matcher.is_match(folder))
            }),
            Err(error) => self.refuse(path, &error.to_string()),
        }
    }

    /// Takes the files below `folder` that `wanted` admits, for the argument `path`.
    fn walk(&mut self, path: &Path, folder: &Path, wanted: impl Fn(&Path) -> bool) {
        let (inputs, refused) = (self.inputs.len(), self.unreadable.len());
        let start = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        for entry in WalkDir::new(start).follow_links(true).sort_by_file_name() {
            match entry {
                Ok(entry) => {
                    let below = plain(entry.path(), folder);
                    if entry.file_type().is_file() && wanted(below) {
                        self.inputs.push(input(below));
                    }
                }
                Err(error) if error.loop_ancestor().is_some() => {}
                Err(error) => {
                    let at = error.path().unwrap_or(path).to_owned();
                    let why = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                    self.refuse(&at, &why);
                }
            }
        }
        if self.inputs.len() == inputs && self.unreadable.len() == refused {
            let endings = LOG_EXTENSIONS.join(", .");
            let why = if path == folder {
                format!("no file below it ends in .{endings}; name the files, or a pattern")
            } else {
                "no file matches the pattern".to_owned()
            };
            self.refuse(path, &why);
        }
    }

    fn refuse(&mut self, path: &Path, why: &str) {
        self.unreadable.push(Unreadable { path: path.display().to_string(), why: why.to_owned() });
    }
}

fn input(path: &Path) -> Input {
    Input { name: path.display().to_string(), place: Place::File(path.to_owned()) }
}

fn is_log(path: &Path) -> bool {
    path.extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| LOG_EXTENSIONS.iter().any(|log| extension.eq_ignore_ascii_case(log)))
}

fn has_wildcard(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '[', '{'])
}

/// The directories of a pattern that have no wildcard.
fn fixed_part(pattern: &Path) -> &Path {
    pattern.ancestors().skip(1).find(|folder| !has_wildcard(folder)).unwrap_or(Path::new(""))
}

/// `path` as the argument would have been written: without the `./` that stands for "here".
fn plain<'a>(path: &'a Path, folder: &Path) -> &'a Path {
    if folder.as_os_str().is_empty() { path.strip_prefix(".").unwrap_or(path) } else { path }
}
