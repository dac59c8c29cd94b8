//! The streams that raw topics carry: one where the source of a topic is fixed, else one per source.

use std::collections::BTreeMap;

use anyhow::Context;

use crate::kafka::settings::Input;
use crate::limits::STREAM_NAMES_MAX;
use crate::source::Source;
use crate::stream::{SourceName, Stream};
use crate::time::Span;

/// One stream, and what is told of it whatever is read.
#[derive(Debug)]
pub(super) struct StreamRow {
    pub stream: Stream,
    /// The realm it gives to sources that have one per stream.
    pub realm: String,
    /// The inputs that carry it.
    pub inputs: Vec<usize>,
    pub partitions_total: u32,
    pub lateness: Span,
    pub max_silence: Span,
    /// Whether an input carries it and nothing else, so that it is known before its first record.
    pub fixed: bool,
}

/// All streams that may come up, by number.
#[derive(Debug)]
pub(super) struct Streams {
    rows: Vec<StreamRow>,
    /// Of each input, its topic and its stream of each source.
    inputs: Vec<(String, Vec<usize>)>,
}

impl Streams {
    pub(super) fn new(inputs: &[Input], raw_partitions: &BTreeMap<String, u32>) -> anyhow::Result<Self> {
        let mut streams = Self { rows: Vec::new(), inputs: Vec::new() };
        for (number, input) in inputs.iter().enumerate() {
            let partitions = raw_partitions.get(&input.topic);
            let partitions =
                *partitions.with_context(|| format!("topic {}: its partitions are unknown", input.topic))?;
            let numbers = SourceName::ALL
                .iter()
                .map(|source| streams.carry(number, input, input.source.unwrap_or(*source), partitions))
                .collect();
            streams.inputs.push((input.topic.clone(), numbers));
        }
        anyhow::ensure!(
            streams.rows.len() <= STREAM_NAMES_MAX,
            "{} streams are more than {STREAM_NAMES_MAX}",
            streams.rows.len()
        );
        Ok(streams)
    }

    /// The number of the stream of `source` in `input`, which is the input numbered `number`.
    fn carry(&mut self, number: usize, input: &Input, source: SourceName, partitions: u32) -> usize {
        let stream = Stream { tenant: input.tenant.clone(), name: input.stream.clone(), source };
        let at = self.rows.iter().position(|row| row.stream == stream).unwrap_or_else(|| {
            self.rows.push(StreamRow {
                realm: stream.own_realm(),
                stream,
                inputs: Vec::new(),
                partitions_total: 0,
                lateness: Span::ZERO,
                max_silence: Span::ZERO,
                fixed: false,
            });
            self.rows.len() - 1
        });
        let row = &mut self.rows[at];
        if !row.inputs.contains(&number) {
            row.inputs.push(number);
            row.partitions_total = row.partitions_total.saturating_add(partitions);
            row.lateness = row.lateness.max(input.lateness.unwrap_or(Source::named(source).lateness));
            row.max_silence = row.max_silence.max(input.max_silence);
            row.fixed |= input.source.is_some();
        }
        at
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn rows(&self) -> &[StreamRow] {
        &self.rows
    }

    pub(super) fn row(&self, number: usize) -> &StreamRow {
        &self.rows[number]
    }

    /// The stream of records of `source` in the input numbered `input`.
    pub(super) fn of(&self, input: usize, source: SourceName) -> usize {
        self.inputs[input].1[slot(source)]
    }

    /// The streams that the input numbered `input` carries.
    pub(super) fn carried_by(&self, input: usize) -> &[usize] {
        &self.inputs[input].1
    }

    pub(super) fn input_of(&self, topic: &str) -> Option<usize> {
        self.inputs.iter().position(|(name, _)| name == topic)
    }
}

/// The place of a source in lists that have one per source.
pub(super) fn slot(source: SourceName) -> usize {
    SourceName::ALL.iter().take_while(|name| **name != source).count()
}
