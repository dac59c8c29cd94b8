//! What comes in and what goes out: `[[input]]`, `[topics]`, `[[output]]`.

use std::ops::Range;

use super::keys;
use super::section::{Notes, Section};
use crate::document::nearest::did_you_mean;
use crate::kafka::settings::{Input, Topics};
use crate::stream::{SourceName, Stream};
use crate::time::Span;

/// How long a stream may say nothing before its clock stops, where nothing else is configured.
const MAX_SILENCE: Span = Span::minutes(30);

/// Kafka's own bound for the name of a topic.
const NAME_BYTES_MAX: usize = 249;

/// A name of a topic and where it was written.
type Named = (String, Range<usize>);

pub(super) struct Flow {
    pub topics: Topics,
    pub inputs: Vec<Input>,
}

pub(super) fn read(top: &Section<'_, '_>, notes: &mut Notes<'_, '_>) -> Flow {
    let sections = top.each_below(&keys::INPUT, notes);
    if sections.is_empty() && !top.has("input") {
        notes.mistakes.add(0..0, "nothing to read: write [[input]] with topic = \"cloudtrail\" below it");
    }
    let inputs: Vec<_> = sections.iter().filter_map(|section| input(section, notes)).collect();
    let (topics, ours) = topics(top, notes);
    let mut seen: Vec<Named> = ours;
    no_duplicates(&seen, notes);
    for (section, input) in sections.iter().filter(|section| section.has("topic")).zip(&inputs) {
        let (name, at) = (&input.topic, section.at("topic"));
        if seen.iter().any(|(taken, _)| taken == name) {
            let message =
                format!("'{name}' is read here and written or read elsewhere: a topic has one role");
            notes.mistakes.add(at.clone(), message);
        }
        seen.push((name.clone(), at));
    }
    Flow { topics, inputs }
}

fn input(section: &Section<'_, '_>, notes: &mut Notes<'_, '_>) -> Option<Input> {
    section.require("topic", notes);
    let topic = topic(section, "topic", notes);
    let source = source(section, notes);
    let (tenant, stream) = (section.text("tenant", notes), section.text("stream", notes));
    for (key, part) in [("tenant", tenant), ("stream", stream)] {
        // The shape of both is that of a stream's name; which source it is of does not matter to it.
        let wrong =
            part.filter(|part| part.contains(':') || Stream::named(part, SourceName::AwsCloudtrail).is_err());
        if let Some(part) = wrong {
            let message = format!("'{part}' cannot be a {key}: write letters, digits, - _ . /");
            notes.mistakes.add(section.at(key), message);
        }
    }
    let lateness = section.span_or_zero("lateness", notes);
    let max_silence = section.span("max_silence", notes).unwrap_or(MAX_SILENCE);
    let name = |text: Option<&str>| text.unwrap_or("default").to_owned();
    let (tenant, stream) = (name(tenant), name(stream));
    Some(Input { topic: topic?.0, source, tenant, stream, lateness, max_silence })
}

fn source(section: &Section<'_, '_>, notes: &mut Notes<'_, '_>) -> Option<SourceName> {
    let name = section.text("source", notes).filter(|name| *name != "auto")?;
    let source = SourceName::parse(name);
    if source.is_none() {
        let known: Vec<_> = SourceName::ALL.iter().map(|source| source.as_str()).collect();
        let hint = did_you_mean(name, known.iter().copied());
        let message =
            format!("there is no source '{name}'{hint}: write auto, or one of {}", known.join(", "));
        notes.mistakes.add(section.at("source"), message);
    }
    source
}

/// A topic by a name Kafka takes.
fn topic(section: &Section<'_, '_>, key: &str, notes: &mut Notes<'_, '_>) -> Option<Named> {
    let name = section.text(key, notes)?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if name.len() > NAME_BYTES_MAX || !name.chars().all(fits) || matches!(name, "." | "..") {
        let message =
            format!("'{name}' cannot be a topic: write letters, digits, . _ -, at most 249 of them");
        notes.mistakes.add(section.at(key), message);
        return None;
    }
    Some((name.to_owned(), section.at(key)))
}

/// The topics Tenure writes, and those of their names that an operator wrote.
fn topics(top: &Section<'_, '_>, notes: &mut Notes<'_, '_>) -> (Topics, Vec<Named>) {
    let section = top.below(&keys::TOPICS, notes);
    let mut given = |key| section.as_ref().and_then(|section| topic(section, key, notes));
    let prefix = given("prefix").map_or_else(|| "tenure".to_owned(), |(prefix, _)| prefix);
    let (events, state, dead_letter) = (given("events"), given("state"), given("dead_letter"));
    let outputs = top.each_below(&keys::OUTPUT, notes);
    let at = section.as_ref().map_or(0..0, |section| section.at.clone());
    let or =
        |given: Option<Named>, built_in: &str| given.unwrap_or_else(|| (built_in.to_owned(), at.clone()));
    let mut topics = Topics::named(&prefix);
    let mut all = Vec::new();
    for (topic, given) in
        [(&mut topics.events, events), (&mut topics.state, state), (&mut topics.dead_letter, dead_letter)]
    {
        let named = or(given, topic);
        topic.clone_from(&named.0);
        all.push(named);
    }
    if outputs.is_empty() {
        all.push((topics.findings.clone(), at.clone()));
        all.extend(topics.findings_ocsf.clone().map(|name| (name, at.clone())));
        return (topics, all);
    }
    all.extend(read_outputs(&outputs, &mut topics, notes));
    (topics, all)
}

fn read_outputs(outputs: &[Section<'_, '_>], topics: &mut Topics, notes: &mut Notes<'_, '_>) -> Vec<Named> {
    let built_in = topics.findings_ocsf.take();
    let mut seen: Vec<&str> = Vec::new();
    let mut all = Vec::new();
    for section in outputs {
        let given = topic(section, "topic", notes);
        let Some(format) = section.required("format", notes) else { continue };
        let default = match format {
            "avro" => topics.findings.clone(),
            "ocsf" => built_in.clone().unwrap_or_default(),
            _ => {
                let hint = did_you_mean(format, ["avro", "ocsf"]);
                let message = format!("there is no format '{format}'{hint}: write avro or ocsf");
                notes.mistakes.add(section.at("format"), message);
                continue;
            }
        };
        if seen.contains(&format) {
            let message = format!("findings are written as {format} once: remove one of the sections");
            notes.mistakes.add(section.at("format"), message);
        }
        seen.push(format);
        let (name, at) = given.unwrap_or((default, section.at.clone()));
        match format {
            "avro" => topics.findings.clone_from(&name),
            _ => topics.findings_ocsf = Some(name.clone()),
        }
        all.push((name, at));
    }
    if !seen.contains(&"avro")
        && let Some(section) = outputs.first()
    {
        let message = "one [[output]] must have format = \"avro\": it is the record of every transition";
        notes.mistakes.add(section.at.clone(), message);
    }
    all
}

fn no_duplicates(named: &[Named], notes: &mut Notes<'_, '_>) {
    for (nth, (name, at)) in named.iter().enumerate() {
        if named[..nth].iter().any(|(earlier, _)| earlier == name) {
            let message = format!("'{name}' would hold two kinds of records: give each a topic of its own");
            notes.mistakes.add(at.clone(), message);
        }
    }
}
