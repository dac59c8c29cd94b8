//! How much memory a credential takes: the growth of the resident set while a million of them come in.
//!
//! `cargo bench --bench footprint` prints a line for each kind of life. Every life is run in a process of its
//! own, and its events are made one at a time, so that nothing but the engine grows. What the allocator holds
//! back is counted, as the operating system counts it. Reads `/proc`, so it needs Linux.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring program: it stops where it cannot go on, and prints"
)]

use std::fs;
use std::process::Command;

use tenure::engine::Engine;
use tenure::event::{Action, Client, Credential, Event, Label, Name, Operation, Outcome, Target};
use tenure::kind::Kind;
use tenure::origin::{EventId, Origin};
use tenure::policy::Policy;
use tenure::stream::{SourceName, Stream, StreamIx};
use tenure::text::Text;
use tenure::time::{EventTime, Span};

const START: &str = "2026-01-05T00:00:00Z";

/// Bytes of a page, the same on every Linux that is in use on x86-64.
const PAGE: u64 = 4_096;

/// A way to live, told for `credentials` of them.
struct Life {
    name: &'static str,
    credentials: u32,
    live: fn(&mut Engine, u32),
}

const LIVES: &[Life] = &[
    Life { name: "access key, issued and used once", credentials: 1_000_000, live: idle_keys },
    Life { name: "token, issued and used once", credentials: 1_000_000, live: idle_tokens },
    Life { name: "access key, used daily from 4 networks", credentials: 200_000, live: active_keys },
    Life { name: "access key, silent until it is dormant", credentials: 100_000, live: dormant_keys },
];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let Some(life) = words.first().and_then(|name| LIVES.iter().find(|life| life.name == name)) {
        return measure(life);
    }
    for life in LIVES {
        let program = std::env::current_exe().expect("this program");
        let status = Command::new(program).arg(life.name).status().expect("a program that runs");
        assert!(status.success(), "{} ended with {status}", life.name);
    }
}

fn measure(life: &Life) {
    let streams: Vec<Stream> = SourceName::ALL.iter().map(|&source| Stream::default_for(source)).collect();
    let mut engine = Engine::new(Policy::default(), &streams);
    let before = resident_bytes();
    (life.live)(&mut engine, life.credentials);
    let grown = resident_bytes() - before;
    let kept: u64 = engine.census().by_kind.iter().map(|(_, count)| count).sum();
    assert_eq!(kept, u64::from(life.credentials), "{}", life.name);
    println!("{:40} {:9} credentials {:6} bytes each", life.name, kept, grown / kept);
}

fn resident_bytes() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").expect("Linux");
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).expect("a number of pages") * PAGE
}

fn idle_keys(engine: &mut Engine, credentials: u32) {
    for number in 0..credentials {
        let key = Key::new(number);
        engine.handle(&key.event(Action::Issued, at(number, 0), 0));
        engine.handle(&key.event(Action::Used, at(number, 60), 0));
    }
}

fn active_keys(engine: &mut Engine, credentials: u32) {
    for day in 0..40 {
        for number in 0..credentials {
            let key = Key::new(number);
            let at = at(number / 10, 0).saturating_add(Span::days(i64::from(day)));
            let action = if day == 0 { Action::Issued } else { Action::Used };
            engine.handle(&key.event(action, at, day % 4));
        }
    }
}

fn dormant_keys(engine: &mut Engine, credentials: u32) {
    idle_keys(engine, credentials);
    // One that goes on: without it the silence of the others would prove nothing.
    let other = Key::new(0);
    let end = at(credentials, 0).saturating_add(Span::days(60));
    engine.handle(&other.event(Action::Used, end, 0));
    engine.advance(StreamIx(0), end);
    engine.take_findings();
}

/// Event after event, a few milliseconds apart.
fn at(number: u32, seconds: i64) -> EventTime {
    let start = EventTime::parse(START).expect("a time");
    start.saturating_add(Span::from_micros(i64::from(number) * 5_000 + seconds * 1_000_000))
}

/// An access key of a user of its own.
struct Key {
    number: u32,
    id: String,
    principal: String,
}

impl Key {
    fn new(number: u32) -> Self {
        Self {
            number,
            id: format!("AKIA{number:09}EXAMPLE"),
            principal: format!("arn:aws:iam::111122223333:user/svc-{number:09}"),
        }
    }

    fn event(&self, action: Action, at: EventTime, network: u32) -> Event<'_> {
        let name = Name::id(self.id.as_str());
        let mut event = event(SourceName::AwsCloudtrail, action, at, self.number);
        event.realm = Text::borrowed("aws/111122223333");
        event.target = Target::Credential(Credential::new(Kind::AwsAccessKey, name));
        event.principal = Some(Text::borrowed(&self.principal));
        event.client.ip = format!("203.0.{network}.7").parse().ok();
        event
    }
}

fn idle_tokens(engine: &mut Engine, credentials: u32) {
    for number in 0..credentials {
        let accessor = format!("EXAMPLE{number:017}");
        let hashes = ["issue", "use"].map(|half| format!("hmac-sha256:{half:->8}{number:056}"));
        let entity = format!("entity:00000000-0000-4000-8000-{:012}", number / 8);
        for (action, hash, seconds) in [(Action::Issued, &hashes[0], 0), (Action::Used, &hashes[1], 60)] {
            let mut event = event(SourceName::VaultAudit, action, at(number, seconds), number);
            let credential = Credential::new(Kind::VaultToken, Name::handle(accessor.as_str()));
            event.realm = Text::borrowed("vault/default");
            event.stream = StreamIx(u16::try_from(SourceName::ALL.len() - 1).expect("few sources"));
            event.target = Target::Credential(credential.alias(Some(Name::handle(hash.as_str()))));
            event.principal = Some(Text::borrowed(&entity));
            event.place = (action == Action::Issued).then(|| Text::borrowed("auth/approle/login"));
            event.expires_at = Some(at(number, 90 * 86_400));
            event.client.ip = "10.20.1.11".parse().ok();
            event.set_label(Label::DisplayName, Some(Text::borrowed("approle")));
            engine.handle(&event);
        }
    }
}

fn event<'a>(source: SourceName, action: Action, at: EventTime, record: u32) -> Event<'a> {
    Event {
        at,
        source,
        id: EventId::digest(format!("{record} {}", at.micros()).as_bytes()),
        action,
        revision: 0,
        outcome: Outcome::Success,
        stream: StreamIx(0),
        origin: Origin::new(0, record.into()),
        realm: Text::default(),
        target: Target::None,
        principal: None,
        parent: None,
        actor: None,
        place: None,
        client: Client::default(),
        operation: Operation::default(),
        issued_at: None,
        expires_at: None,
        labels: Vec::new(),
    }
}
