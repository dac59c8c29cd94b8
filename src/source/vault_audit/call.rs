//! One answered request, with what every module asks of it.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::mount::Place;
use super::outcome::{Standing, judge};
use super::record::{Auth, Record, Request, Response};
use super::{caller, handle};
use crate::event::{Action, Client, Credential, Event, Label, Name, Operation, Outcome, Selector, Target};
use crate::limits::{FIELD_BYTES_MAX, USER_AGENT_BYTES_MAX};
use crate::net::parse_address;
use crate::origin::EventId;
use crate::source::RecordContext;
use crate::source::json::{Lenient, Object};
use crate::text::Text;
use crate::time::{EventTime, Span};

/// What was asked: the operations that modules tell apart. `PUT` and `POST` are both `update`, or `create`
/// where the path can tell that nothing stood there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    Create,
    Update,
    Patch,
    Read,
    Delete,
    /// Lists, help, the server's own look-ups.
    Other,
}

impl Op {
    fn read(text: &str) -> Self {
        match text {
            "create" => Self::Create,
            "update" => Self::Update,
            "patch" => Self::Patch,
            "read" => Self::Read,
            "delete" => Self::Delete,
            _ => Self::Other,
        }
    }

    pub const fn writes(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Patch)
    }
}

pub struct Call<'a> {
    pub at: EventTime,
    pub op: Op,
    /// The caller; on a login the new token.
    pub auth: Auth<'a>,
    pub request: Request<'a>,
    pub response: Response<'a>,
    pub error: Option<Text<'a>>,
    pub standing: Standing,
    pub outcome: Outcome,
    id: EventId,
    context: RecordContext<'a>,
    place: Place,
}

impl<'a> Call<'a> {
    pub fn new(record: Record<'a>, bytes: &[u8], at: EventTime, context: &RecordContext<'a>) -> Self {
        let request = record.request.0;
        let mut call = Self {
            at,
            op: Op::read(request.operation.0.as_deref().unwrap_or_default()),
            place: Place::of(&request),
            id: event_id(request.id.0.as_deref(), bytes),
            context: *context,
            auth: record.auth.0,
            response: record.response.0,
            error: record.error.0,
            standing: Standing::Nobody,
            outcome: Outcome::Success,
            request,
        };
        (call.standing, call.outcome) = judge(&call);
        call
    }

    pub fn realm(&self) -> &'a str {
        self.context.stream_realm
    }

    /// The path within the namespace.
    pub fn path(&self) -> &str {
        self.request.path.0.as_deref().unwrap_or_default()
    }

    /// The path of the namespace, with a trailing slash; empty for the root.
    pub fn namespace(&self) -> &str {
        self.request.namespace.0.path.0.as_deref().unwrap_or_default()
    }

    /// The mount, with a trailing slash and without the namespace.
    pub fn mount(&self) -> &str {
        self.path().get(..self.place.mount_len).unwrap_or_default()
    }

    /// The path after the mount.
    pub fn tail(&self) -> &str {
        self.path().get(self.place.mount_len..).unwrap_or_default()
    }

    /// The parts of the path after the mount.
    pub fn parts(&self) -> Vec<&str> {
        self.tail().split('/').collect()
    }

    /// The mount type, or what the path lets guess of it.
    pub fn mount_type(&self) -> &str {
        self.request.mount_type.0.as_deref().unwrap_or(self.place.guess)
    }

    /// `text` as it is named from the root: with the namespace in front.
    pub fn scoped(&self, text: &str) -> Text<'a> {
        Text::owned([self.namespace(), text].concat()).cut(FIELD_BYTES_MAX)
    }

    /// `tail` under this mount, as it is named from the root.
    pub fn under_mount(&self, tail: &str) -> Text<'a> {
        Text::owned([self.namespace(), self.mount(), tail].concat()).cut(FIELD_BYTES_MAX)
    }

    /// The whole path, as it is named from the root.
    pub fn full_path(&self) -> Text<'a> {
        self.scoped(self.path())
    }

    /// The handle of a value that may be a secret.
    pub fn veiled(&self, value: &Text<'a>) -> Name<'a> {
        handle::veiled(value, self.realm())
    }

    /// Reads the fields of `T` from `request.data`.
    pub fn sent<T: Deserialize<'a> + Default>(&self) -> T {
        fields(self.request.data)
    }

    /// Reads the fields of `T` from `response.data`.
    pub fn given<T: Deserialize<'a> + Default>(&self) -> T {
        fields(self.response.data)
    }

    /// The moment `seconds` after this call; `None` for zero, which means "no end".
    pub fn after(&self, seconds: Option<i64>) -> Option<EventTime> {
        let micros = seconds.filter(|&seconds| seconds > 0)?.checked_mul(1_000_000)?;
        Some(self.at + Span::from_micros(micros))
    }

    /// An event of this call about `target`, done by the caller.
    pub fn event(&self, action: Action, target: Target<'a>) -> Event<'a> {
        let mut event = self.bare_event(action, target);
        if matches!(self.standing, Standing::Accepted) {
            event.actor = caller::principal(&self.auth);
        }
        event
    }

    /// An event about a credential.
    pub fn about(&self, action: Action, credential: Credential<'a>) -> Event<'a> {
        self.event(action, Target::Credential(credential))
    }

    /// An event about everything a selector reaches.
    pub fn reach(&self, action: Action, selector: Selector<'a>) -> Event<'a> {
        self.event(action, Target::Selector(selector))
    }

    /// An event that names no credential; `note` says what was done.
    pub fn change(&self, action: Action, note: &'static str) -> Event<'a> {
        let mut event = self.event(action, Target::None);
        event.set_label(Label::Note, Some(Text::borrowed(note)));
        event
    }

    /// An event without an actor: the holder of the credential is who acts.
    pub fn bare_event(&self, action: Action, target: Target<'a>) -> Event<'a> {
        let mut event = Event {
            at: self.at,
            source: self.context.stream.source,
            id: self.id,
            action,
            revision: 0,
            outcome: Outcome::Success,
            stream: self.context.stream_ix,
            origin: self.context.origin,
            realm: Text::borrowed(self.realm()),
            target,
            principal: None,
            parent: None,
            actor: None,
            place: None,
            client: self.client(),
            operation: self.operation(),
            issued_at: None,
            expires_at: None,
            labels: Vec::new(),
        };
        let namespace = self.request.namespace.0.path.0.clone();
        event.set_label(Label::Namespace, namespace.map(|path| path.cut(FIELD_BYTES_MAX)));
        event
    }

    fn operation(&self) -> Operation<'a> {
        let operation = self.request.operation.0.as_deref().unwrap_or("call");
        let path = shown(self.path());
        let gap = if path.is_empty() { "" } else { " " };
        let service = match &self.request.mount_type.0 {
            Some(stated) => stated.clone(),
            None => Text::borrowed(self.place.guess),
        };
        Operation {
            service: service.cut(FIELD_BYTES_MAX),
            name: Text::owned([operation, gap, path].concat()).cut(FIELD_BYTES_MAX),
            region: None,
            privileged: self.auth.is_root(),
        }
    }

    fn client(&self) -> Client<'a> {
        let headers = &self.request.headers.0;
        let first = |list: &[_]| list.first().and_then(|Lenient(text): &Lenient<Text<'a>>| text.clone());
        let hop = first(&headers.forwarded_for.0);
        let forwarded = hop.and_then(|list| list.split(',').next().and_then(parse_address));
        let agent = first(&headers.user_agent.0).filter(|agent| !handle::is_hashed(agent));
        Client {
            ip: forwarded.or_else(|| parse_address(self.request.remote_address.0.as_deref()?)),
            service: None,
            user_agent: agent.map(|agent| agent.cut(USER_AGENT_BYTES_MAX)),
        }
    }
}

/// The id of the call. Where it is none, or a word that returns at every start of the server, the bytes are
/// the id.
fn event_id(stated: Option<&str>, bytes: &[u8]) -> EventId {
    let is_uuid = |text: &str| text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    match stated {
        Some(text) if is_uuid(text) => EventId::stated(text),
        _ => EventId::digest(bytes),
    }
}

/// The path without a token in it: Vault before 1.0 took tokens to look up or revoke at the end of the path.
fn shown(path: &str) -> &str {
    let rest = path.strip_prefix("auth/token/").and_then(|tail| tail.split_once('/'));
    match rest {
        Some((verb @ ("lookup" | "renew" | "revoke" | "revoke-orphan"), _)) => {
            path.get(.."auth/token/".len() + verb.len()).unwrap_or_default()
        }
        _ => path,
    }
}

fn fields<'a, T: Deserialize<'a> + Default>(data: Option<&'a RawValue>) -> T {
    let object = data.and_then(|data| serde_json::from_str::<Object<T>>(data.get()).ok());
    object.map(|object| object.0).unwrap_or_default()
}
