//! Events of any other system, in Tenure's own JSON form: a vaulting product, an authority, a script.
//!
//! The form mirrors what `tenure events` writes. Where the logs of other vendors are read leniently, because
//! they change without notice, this one is read strictly: it is written for Tenure, so a member that is not
//! known, a word that is in no list, a time without a zone are mistakes of its author, who must hear of them.
//! What breaks the form is rejected as `invalid_event`, with the byte.
//!
//! Every name in a realm is one credential's, whatever its kind and whichever member states it: that is how a
//! `parent` is found.

mod form;
mod words;

use memchr::memmem;
use serde::Deserialize;
use serde::de::IgnoredAny;

use self::form::{CredentialForm, Form, TargetForm};
use self::words::{Id, Members, OneOf, Scope, Time, Word};
use super::json::from_record;
use super::{BlindSpot, RecordContext, Reject, RejectReason, Source, Verdict, concluded};
use crate::event::{Action, Client, Credential, Event, Name, Operation, Outcome, Target};
use crate::limits::NAMES_PER_CREDENTIAL_MAX;
use crate::origin::EventId;
use crate::stream::SourceName;
use crate::text::Text;
use crate::time::{EventTime, Span};

pub use words::{KINDS, LABELS, OUTCOMES, SECRET_PREFIXES, VERSION};

/// The member that marks the form, with its version.
const MARKER: &str = "\"tenure\"";

pub static SOURCE: Source = Source {
    name: SourceName::Generic,
    summary: "events of any other system, in Tenure's own JSON form",
    reads: "one event a record: what happened to which credential, by whom and when",
    reference: "https://json-schema.org/draft/2020-12/schema",
    recognises,
    parse,
    kinds: KINDS,
    fields: &[
        "actor",
        "aliases",
        "display_name",
        "form",
        "id",
        "mount",
        "name",
        "on_behalf_of",
        "owner",
        "parent",
        "prefix",
        "principal",
        "provider",
        "realm",
        "region",
        "role",
        "service",
        "user_agent",
        "version",
    ],
    blind_spots: &[BlindSpot {
        unseen: "what its author does not write: without events of use, every credential looks unused",
        cure: Some("an event for each issue, use and end, or a policy that exempts the realm"),
    }],
    lateness: Span::minutes(5),
};

/// The words of an action, and what may go with it.
struct Rule {
    /// Whether it may be done to many credentials at once.
    spreads: bool,
    outcomes: &'static [Outcome],
}

impl Rule {
    /// A failed attempt to issue, rotate or revoke changed nothing: all it shows is a use of the caller's own
    /// credential.
    fn of(action: Action) -> Self {
        let spreads = matches!(
            action,
            Action::Revoked
                | Action::Deactivated
                | Action::Reactivated
                | Action::Expired
                | Action::SecretRead
        );
        let outcomes: &[Outcome] = if action == Action::Used {
            &[Outcome::Success, Outcome::Failure]
        } else if action == Action::Denied {
            &[Outcome::Denied, Outcome::Refused]
        } else {
            &[Outcome::Success]
        };
        Self { spreads, outcomes }
    }
}

/// Whether the object itself has the marker. Records of others may hold the word somewhere inside, so a hit
/// is looked at again; a truncated record is known by its beginning.
fn recognises(bytes: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Marked {
        #[serde(default)]
        tenure: Option<IgnoredAny>,
    }

    let leads = || {
        let inside = bytes.trim_ascii_start().strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
        inside.is_some_and(|inside| inside.starts_with(MARKER.as_bytes()))
    };
    let has = || from_record::<Members<Marked>>(bytes).is_ok_and(|marked| marked.0.tenure.is_some());
    memmem::find(bytes, MARKER.as_bytes()).is_some() && (leads() || has())
}

fn parse<'a>(bytes: &'a [u8], context: &RecordContext<'a>, events: &mut Vec<Event<'a>>) -> Verdict {
    let form = match from_record::<Members<Form<'a>>>(bytes) {
        Ok(Members(form)) => form,
        Err(error) => return Verdict::Rejected(rejected(bytes, &error)),
    };
    let Some(Time(at)) = form.at.0.as_deref().and_then(Time::parse) else {
        return Verdict::Rejected(Reject::new(RejectReason::NoTime));
    };
    if !is_consistent(&form) {
        return Verdict::Rejected(Reject::new(RejectReason::InvalidEvent));
    }
    let first = events.len();
    events.push(event(form, at, context));
    concluded(events, first, at, "no_credential")
}

/// Broken JSON is what it is elsewhere; JSON that is not the form is an invalid event.
fn rejected(bytes: &[u8], error: &serde_json::Error) -> Reject {
    let mut reject = Reject::from_json(bytes, error);
    if error.is_data() && reject.reason == RejectReason::NotJson {
        reject.reason = RejectReason::InvalidEvent;
    }
    reject
}

/// The rules between members. Something must be said of somebody; one credential or many are meant, not both;
/// and what went wrong is no act.
fn is_consistent(form: &Form<'_>) -> bool {
    let rule = Rule::of(form.action.0);
    let outcome = form.outcome.map_or(Outcome::Success, |OneOf(outcome)| outcome);
    let someone = form.principal.is_some() || form.actor.is_some();
    let subject = match (&form.credential, &form.target) {
        (Some(_), Some(_)) => false,
        (Some(Members(credential)), None) => {
            let aliases = credential.aliases.as_ref().map_or(0, Vec::len);
            aliases < NAMES_PER_CREDENTIAL_MAX
        }
        (None, Some(_)) => rule.spreads,
        (None, None) => someone,
    };
    subject && rule.outcomes.contains(&outcome)
}

fn event<'a>(form: Form<'a>, at: EventTime, context: &RecordContext<'a>) -> Event<'a> {
    let OneOf(action) = form.action;
    let (Word(event_id), Scope(realm)) = (form.event_id, form.realm);
    let mut event = context.event(SourceName::Generic, at, EventId::stated(&event_id), action);
    event.realm = Text::owned(context.stream.realm(SourceName::Generic.system(), &realm));
    event.target = match (form.credential, form.target) {
        (Some(Members(credential)), _) => Target::Credential(credential_of(credential)),
        (None, Some(TargetForm(selector))) => Target::Selector(selector),
        (None, None) => Target::None,
    };
    event.principal = word(form.principal);
    event.parent = form.parent.map(|Id(parent)| Name::handle(parent));
    event.actor = word(form.actor);
    if let Some(Members(client)) = form.client {
        event.client =
            Client { ip: client.ip.map(|ip| ip.0), service: None, user_agent: word(client.user_agent) };
    }
    if let Some(Members(operation)) = form.operation {
        event.operation = Operation {
            service: word(operation.service).unwrap_or_default(),
            name: word(operation.name).unwrap_or_default(),
            region: word(operation.region),
            privileged: operation.privileged.unwrap_or_default(),
        };
    }
    event.outcome = form.outcome.map_or(Outcome::Success, |OneOf(outcome)| outcome);
    event.issued_at = form.issued_at.map(|Time(at)| at);
    event.expires_at = form.expires_at.map(|Time(at)| at);
    event.labels = form.labels.unwrap_or_default().0;
    event
}

fn word(word: Option<Word<'_>>) -> Option<Text<'_>> {
    word.map(|Word(text)| text)
}

fn credential_of(form: CredentialForm<'_>) -> Credential<'_> {
    let credential = Credential::new(form.kind.0, Name::handle(form.id.0)).version(word(form.version));
    let aliases = form.aliases.unwrap_or_default().into_iter();
    aliases.fold(credential, |credential, Id(alias)| credential.alias(Some(Name::handle(alias))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_object_that_is_marked_itself_is_recognised() {
        for (record, known) in [
            (r#"{"tenure":1,"event_id":"1"}"#, true),
            (r#" { "tenure" : 2 }"#, true),
            (r#"{"action":"issued","at":"2026-03-02T09:00:00Z","tenure":1}"#, true),
            (r#"{"tenure":1,"event_id":"#, true),
            (r#"{"type":"request","request":{"path":"kv/hr","data":{"tenure":1,"event_id":"1"}}}"#, false),
            (r#"{"eventSource":"s3.amazonaws.com","requestParameters":{"tenure":1}}"#, false),
            (r#"{"auditID":"1","verb":"get","requestObject":{"data":{"tenure":1}}}"#, false),
            (r#"["tenure"]"#, false),
            ("", false),
        ] {
            assert_eq!(recognises(record.as_bytes()), known, "{record}");
        }
    }
}
