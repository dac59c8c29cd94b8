//! Scenarios: a history of events as text, and after each step what the engine must say. See
//! `CONTRIBUTING.md`.
//!
//! `tests/golden/detect/<ID>/<case>.scenario`. `TENURE_BLESS=1 cargo test` rewrites the `->` lines.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use tenure::credential::coverage::{Gap, Gaps};
use tenure::engine::Engine;
use tenure::event::{Action, Client, Credential, Event, Label, Name, Operation, Outcome, Selector, Target};
use tenure::finding::identity::Uid;
use tenure::finding::{Change, Finding, Status};
use tenure::kind::Kind;
use tenure::origin::{EventId, Origin};
use tenure::policy::Policy;
use tenure::stream::{SourceName, Stream, StreamIx};
use tenure::text::Text;
use tenure::time::EventTime;

use crate::golden;

/// A scenario as it runs.
struct Run {
    engine: Engine,
    realm: String,
    kinds: BTreeMap<String, Kind>,
    gaps: Vec<Gap>,
    known: BTreeMap<Uid, Status>,
}

/// Reads a time as scenarios write it: seconds may be left out.
pub fn time(text: &str) -> EventTime {
    let long = if text.len() == 17 { text.replace('Z', ":00Z") } else { text.to_owned() };
    EventTime::parse(&long).unwrap_or_else(|| panic!("not a time: {text}"))
}

fn engine(policy: &str) -> Engine {
    let policy =
        Policy::parse(policy).unwrap_or_else(|mistakes| panic!("policy of the scenario: {mistakes:?}"));
    Engine::new(policy, &SourceName::ALL.iter().copied().map(Stream::default_for).collect::<Vec<_>>())
}

fn action(word: &str) -> Action {
    let known = Action::ALL.iter().copied().find(|action| action.as_str() == word);
    known.unwrap_or_else(|| panic!("not an action: {word}"))
}

/// A name: `@...` is a handle, anything else an id.
fn name(text: &str) -> Name<'_> {
    text.strip_prefix('@').map_or_else(|| Name::id(text), Name::handle)
}

impl Run {
    /// One event line: `TIME ACTION [KIND] NAME key=value...`, `NAME` being `prefix:...`, `mount:...`,
    /// `parent:...`, `principal:...` for a selector, or `-` for none.
    fn event<'l>(&mut self, line: &'l str) -> Event<'l> {
        let mut words = line.split_whitespace();
        let (at, act) = (time(words.next().unwrap()), action(words.next().unwrap()));
        let mut subject = words.next().unwrap_or_else(|| panic!("no subject: {line}"));
        let mut stated = None;
        if let Some(kind) = Kind::parse(subject) {
            stated = Some(kind);
            subject = words.next().unwrap();
            self.kinds.insert(subject.to_owned(), kind);
        }
        let kind = stated.or_else(|| self.kinds.get(subject).copied());
        let source = SourceName::of_realm(&self.realm).unwrap_or(SourceName::VaultAudit);
        let stream = SourceName::ALL.iter().position(|name| *name == source).unwrap();
        let mut event = Event {
            at,
            source,
            id: EventId::digest(line.as_bytes()),
            action: act,
            revision: 0,
            outcome: Outcome::Success,
            stream: StreamIx(u16::try_from(stream).unwrap()),
            origin: Origin::default(),
            realm: Text::owned(self.realm.clone()),
            target: target(subject, kind, line),
            principal: None,
            parent: None,
            actor: None,
            place: None,
            client: Client::default(),
            operation: Operation { service: Text::borrowed("test"), ..Operation::default() },
            issued_at: None,
            expires_at: None,
            labels: Vec::new(),
        };
        words.for_each(|word| set(&mut event, word));
        event
    }

    fn step(&mut self, line: &str) -> Vec<Finding> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb {
            "realm" => rest.trim().clone_into(&mut self.realm),
            "clock" => self.engine.advance_all(|_| time(rest.trim())),
            "gap" => {
                self.gaps.push(gap(rest));
                self.set_gaps();
            }
            "filled" => {
                let filled = gap(rest);
                self.gaps.retain(|gap| *gap != filled);
                self.set_gaps();
            }
            _ => {
                let event = self.event(line);
                self.engine.handle(&event);
            }
        }
        let findings = self.engine.take_findings();
        for finding in &findings {
            self.check(finding);
        }
        findings
    }

    fn set_gaps(&mut self) {
        for stream in 0..2 {
            self.engine.set_gaps(StreamIx(stream), Gaps::new(self.gaps.clone()));
        }
    }

    /// What holds of every finding's life: it opens once, closes only when open, reopens under its own uid.
    fn check(&mut self, finding: &Finding) {
        let before = self.known.insert(finding.uid, finding.status);
        let legal = match finding.change {
            Change::Open => before.is_none(),
            Change::Update | Change::Resolve | Change::Withdraw => before == Some(Status::Open),
            Change::Reopen => matches!(before, Some(Status::Resolved | Status::Withdrawn)),
        };
        assert!(legal, "{} {} after {before:?}", finding.change.as_str(), finding.short_id());
        assert_eq!(finding.close_reason.is_some(), finding.status != Status::Open, "{}", finding.summary);
        let said = [&finding.summary, &finding.case];
        assert!(said.iter().all(|text| !text.is_empty()), "{} says nothing", finding.short_id());
    }
}

fn gap(text: &str) -> Gap {
    let (from, to) = text.trim().split_once(' ').unwrap_or_else(|| panic!("gap FROM TO, not: {text}"));
    Gap { from: time(from), to: time(to) }
}

fn target<'l>(subject: &'l str, kind: Option<Kind>, line: &str) -> Target<'l> {
    let selector = |reach, value: &'l str| match reach {
        "prefix" => Some(Selector::Prefix(value.into())),
        "mount" => Some(Selector::Mount(value.into())),
        "principal" => Some(Selector::Principal(value.into())),
        "parent" => Some(Selector::Parent { parent: name(value), spare_tokens: false }),
        "parent-sparing-tokens" => Some(Selector::Parent { parent: name(value), spare_tokens: true }),
        _ => None,
    };
    if subject == "-" {
        return Target::None;
    }
    if let Some(selector) = subject.split_once(':').and_then(|(reach, value)| selector(reach, value)) {
        return Target::Selector(selector);
    }
    let kind = kind.unwrap_or_else(|| panic!("the first mention of a credential gives its kind: {line}"));
    Target::Credential(Credential::new(kind, name(subject)))
}

fn set<'l>(event: &mut Event<'l>, word: &'l str) {
    let (key, value) = word.split_once('=').unwrap_or((word, ""));
    let credential = match &mut event.target {
        Target::Credential(credential) => Some(credential),
        Target::Selector(_) | Target::None => None,
    };
    match key {
        "principal" => event.principal = Some(value.into()),
        "from" => event.client.ip = Some(value.parse().unwrap()),
        "service" => event.client.service = Some(value.into()),
        "parent" => event.parent = Some(name(value)),
        "place" => event.place = Some(value.into()),
        "version" => credential.unwrap().version = Some(value.into()),
        "alias" => credential.unwrap().aliases.push(name(value)),
        "expires" => event.expires_at = Some(time(value)),
        "issued" => event.issued_at = Some(time(value)),
        "privileged" => event.operation.privileged = true,
        "denied" => (event.action, event.outcome) = (Action::Denied, Outcome::Denied),
        "refused" => (event.action, event.outcome) = (Action::Denied, Outcome::Refused),
        "failed" => event.outcome = Outcome::Failure,
        "owner" => event.labels.push((Label::Owner, value.into())),
        "note" => event.labels.push((Label::Note, value.into())),
        "session" => event.labels.push((Label::Session, value.into())),
        "instance" => event.labels.push((Label::Instance, value.into())),
        _ => panic!("unknown key '{key}'"),
    }
}

fn short(at: EventTime) -> String {
    let text = at.to_string();
    text.strip_suffix(":00Z").map_or(text.clone(), |minute| format!("{minute}Z"))
}

/// One transition as scenarios write it.
fn transition(finding: &Finding) -> String {
    let subject = &finding.subject;
    let version = subject.version.as_ref().map(|version| format!(" version={version}")).unwrap_or_default();
    let head = format!("-> {} {} {}{version}", finding.change.as_str(), finding.detection, subject.id);
    if let Some(reason) = finding.close_reason {
        let superseded = if finding.superseded_by.is_some() { " superseded" } else { "" };
        return format!("{head} {}{superseded}", reason.as_str());
    }
    let mut line = format!("{head} {} anchor={}", finding.severity.as_str(), short(finding.anchor_at));
    for (word, said) in [
        ("confidence=low", finding.confidence.as_str() == "low"),
        ("confidence=medium", finding.confidence.as_str() == "medium"),
        ("partial", !finding.covered),
        ("baseline", finding.baseline),
    ] {
        if said {
            let _ = write!(line, " {word}");
        }
    }
    if finding.count > 1 {
        let _ = write!(line, " count={}", finding.count);
    }
    line
}

/// Runs a scenario and writes it out again with what the engine said.
pub fn run(text: &str) -> String {
    play(text).0
}

/// Every transition of every scenario, in the order of their files.
pub fn every_finding() -> Vec<Finding> {
    let scenarios = golden::files("tests/golden/detect", "scenario");
    scenarios.iter().flat_map(|path| play(&fs::read_to_string(path).unwrap()).1).collect()
}

/// A scenario written out again with what the engine said, and what it said.
fn play(text: &str) -> (String, Vec<Finding>) {
    let (mut out, mut said) = (String::new(), Vec::new());
    let mut lines = text.lines().peekable();
    let mut policy = String::new();
    let mut run: Option<Run> = None;
    while let Some(line) = lines.next() {
        let step = line.split("->").next().unwrap().trim_end();
        if line.trim_start().starts_with("->") {
            continue;
        }
        writeln!(out, "{step}").unwrap();
        if step == "policy" {
            for line in lines.by_ref().take_while(|line| *line != "end") {
                writeln!(out, "{line}").unwrap();
                writeln!(policy, "{line}").unwrap();
            }
            writeln!(out, "end").unwrap();
            continue;
        }
        let comment = step.split('#').next().unwrap().trim();
        if comment.is_empty() {
            continue;
        }
        let run = run.get_or_insert_with(|| Run {
            engine: engine(&policy),
            realm: "vault/default".to_owned(),
            kinds: BTreeMap::new(),
            gaps: Vec::new(),
            known: BTreeMap::new(),
        });
        let mut findings = run.step(comment);
        findings.sort_by_key(|finding| (finding.time, finding.detection, finding.uid));
        for finding in &findings {
            writeln!(out, "  {}", transition(finding)).unwrap();
        }
        said.append(&mut findings);
    }
    (out, said)
}

#[test]
fn every_scenario_plays_as_written() {
    let scenarios = golden::files("tests/golden/detect", "scenario");
    assert!(!scenarios.is_empty(), "tests/golden/detect holds no scenario");
    let wrong: Vec<String> = scenarios
        .iter()
        .filter_map(|path| golden::hold(path, &run(&fs::read_to_string(path).unwrap())).err())
        .collect();
    assert!(wrong.is_empty(), "{} scenarios differ\n{}", wrong.len(), wrong.join("\n"));
}
