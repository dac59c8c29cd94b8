//! Which stream a record belongs to: its input says the name, the record itself the source.

use std::collections::BTreeSet;

use globset::GlobMatcher;

use super::Input;
use super::discover::pattern;
use super::proven::InputNames;
use crate::limits::STREAM_NAMES_MAX;
use crate::stream::{SourceName, Stream, StreamIx};

/// `NAME=GLOB`: the inputs whose records belong to the stream NAME.
#[derive(Debug, Clone)]
pub struct StreamPattern {
    text: String,
    name: String,
    glob: GlobMatcher,
    /// A pattern without a directory also matches the bare name of a file, wherever it lies.
    by_file_name: bool,
}

impl StreamPattern {
    /// Reads `[TENANT:]NAME=GLOB`.
    ///
    /// # Errors
    /// Says what is wrong with it, in a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, glob) = text.split_once('=').ok_or_else(|| {
            format!("'{text}' has no '=': write NAME=GLOB, as in prod/file='logs/prod/*.log'")
        })?;
        Stream::named(name, SourceName::AwsCloudtrail)?;
        let matcher = pattern(glob).map_err(|error| error.to_string())?;
        let by_file_name = !glob.contains('/');
        Ok(Self { text: text.to_owned(), name: name.to_owned(), glob: matcher, by_file_name })
    }

    /// Whether it covers the input of this name, as a file or by a directory above it.
    fn covers(&self, input: &str) -> bool {
        let path = std::path::Path::new(input);
        path.ancestors().any(|part| !part.as_os_str().is_empty() && self.glob.is_match(part))
            || self.by_file_name && path.file_name().is_some_and(|name| self.glob.is_match(name))
    }
}

/// The streams that may come up in a run, numbered independently of the order of anything.
#[derive(Debug)]
pub struct Streams {
    table: Vec<Stream>,
    /// The realm each stream gives to sources that have one per stream.
    realms: Vec<String>,
    /// For each input, the first of its streams: one per source follows.
    first: Vec<u16>,
    /// What the inputs are called.
    names: InputNames,
}

impl Streams {
    /// The streams of `inputs`; the first pattern that covers an input names it.
    ///
    /// # Errors
    /// Where a pattern covers no input, or there are too many names.
    pub fn assign(inputs: &[Input], patterns: &[StreamPattern]) -> Result<Self, String> {
        if let Some(idle) = patterns.iter().find(|p| !inputs.iter().any(|input| p.covers(&input.name))) {
            return Err(format!("--stream '{}' covers none of the inputs", idle.text));
        }
        let names: Vec<Option<&str>> = inputs
            .iter()
            .map(|input| patterns.iter().find(|p| p.covers(&input.name)).map(|p| p.name.as_str()))
            .collect();
        let distinct: BTreeSet<Option<&str>> = names.iter().copied().collect();
        if distinct.len() > STREAM_NAMES_MAX {
            return Err(format!("{} names of streams are more than {STREAM_NAMES_MAX}", distinct.len()));
        }
        let mut table = Vec::new();
        for name in distinct {
            for source in SourceName::ALL {
                table.push(match name {
                    Some(name) => Stream::named(name, *source)?,
                    None => Stream::default_for(*source),
                });
            }
        }
        table.sort();
        table.dedup();
        let first = names.iter().map(|name| first_of(&table, *name)).collect::<Result<_, _>>()?;
        let realms = table.iter().map(Stream::own_realm).collect();
        let names = InputNames::of(inputs.iter().map(|input| input.name.as_str()));
        Ok(Self { table, realms, first, names })
    }

    /// The stream of records of `source` in the input numbered `input`.
    #[must_use]
    pub fn of(&self, input: u32, source: SourceName) -> StreamIx {
        let first = self.first.get(input as usize).copied().unwrap_or_default();
        let offset = SourceName::ALL.iter().take_while(|name| **name != source).count();
        StreamIx(first + u16::try_from(offset).unwrap_or_default())
    }

    #[must_use]
    pub fn stream(&self, ix: StreamIx) -> &Stream {
        &self.table[usize::from(ix.0)]
    }

    /// The realm of a stream for sources that have one per stream.
    #[must_use]
    pub fn realm(&self, ix: StreamIx) -> &str {
        &self.realms[usize::from(ix.0)]
    }

    pub(super) fn names(&self) -> &InputNames {
        &self.names
    }

    #[must_use]
    pub fn table(&self) -> &[Stream] {
        &self.table
    }
}

fn first_of(table: &[Stream], name: Option<&str>) -> Result<u16, String> {
    let first = SourceName::ALL[0];
    let wanted = match name {
        Some(name) => Stream::named(name, first)?,
        None => Stream::default_for(first),
    };
    let at = table.iter().position(|stream| *stream == wanted).unwrap_or_default();
    u16::try_from(at).map_err(|_| "too many streams".to_owned())
}
