//! Okta System Log: streamed, sent by an event hook, or read from the API.
//!
//! An event that came of a request with an API token is a *use* of that token; one whose actor is a client of
//! OAuth is a use of the client, whose own key does not show. The few event types that change the life of a
//! credential, a privilege, a trust or the log itself are in `rows`. Nine of ten events of a real log are
//! people who sign in and limits that were near: they are left after one borrowed pass.
//!
//! Not read: addresses of requests with their queries, state tokens, sessions, risk and location, and the
//! details of any target but a token.
//!
//! Format: <https://developer.okta.com/docs/reference/system-log-query/>

mod act;
mod clients;
mod entry;
mod outcome;
mod record;
mod rows;
mod shape;
mod tokens;

use self::act::Act;
use self::entry::Entry;
use self::record::Record;
use self::rows::{Row, Subject};
use super::json::{Object, from_record};
use super::{BlindSpot, RecordContext, Reject, RejectReason, Source, Verdict, concluded};
use crate::event::{Action, Event, Outcome};
use crate::kind::Kind;
use crate::stream::SourceName;
use crate::time::Span;

pub static SOURCE: Source = Source {
    name: SourceName::OktaSystem,
    summary: "Okta System Log",
    reads: "requests with an API token as its use, acts of OAuth clients; API tokens, client secrets and \
            keys, OAuth tokens, signing keys, passwords kept for applications and who saw them; users and \
            clients made, suspended and deleted; administrators' privileges, consents, impersonation; \
            policies, identity providers, zones; log streams and event hooks",
    reference: "https://developer.okta.com/docs/reference/api/event-types/",
    recognises: shape::is_entry,
    parse,
    kinds: &[
        Kind::OktaApiToken,
        Kind::OktaClientSecret,
        Kind::OktaOauthToken,
        Kind::OktaSigningKey,
        Kind::OktaStoredPassword,
    ],
    fields: &[
        "alternateId",
        "displayName",
        "eventType",
        "eventtype",
        "expires",
        "id",
        "ip",
        "ipAddress",
        "published",
        "rawUserAgent",
        "requestApiTokenId",
    ],
    blind_spots: &[
        BlindSpot {
            unseen: "requests of the API that leave no event, which most that only read do not",
            cure: None,
        },
        BlindSpot { unseen: "which of its secrets or keys a client proved itself with", cure: None },
        BlindSpot { unseen: "the use of an access token against the services that accept it", cure: None },
        BlindSpot {
            unseen: "what happened more than 90 days ago, which is as long as Okta keeps the log",
            cure: Some("stream the log, or read it at least once in that time"),
        },
    ],
    lateness: Span::minutes(5),
};

fn parse<'a>(bytes: &'a [u8], context: &RecordContext<'a>, events: &mut Vec<Event<'a>>) -> Verdict {
    let record = match from_record::<Object<Record<'a>>>(bytes) {
        Ok(Object(record)) => record,
        Err(error) => return Verdict::Rejected(Reject::from_json(bytes, &error)),
    };
    let Some(at) = record.time() else {
        return Verdict::Rejected(Reject::new(RejectReason::NoTime));
    };
    let first = events.len();
    let entry = Entry::new(&record, bytes, at, context);
    let row = rows::of(record.event_type());
    read_entry(&entry, row, events);
    let failed = row.is_some() && entry.outcome != Outcome::Success;
    concluded(events, first, at, if failed { "failed" } else { rows::reason(record.event_type()) })
}

fn read_entry<'a>(entry: &Entry<'a, '_>, row: Option<Row>, events: &mut Vec<Event<'a>>) {
    // Nobody was served, and the row says so.
    let says_itself = matches!(row, Some((_, Subject::ClientRefused | Subject::Reuse, _)));
    if !says_itself {
        events.extend(entry.use_by_actor());
    }
    // What was tried in vain made, ended and handed out nothing. What was found is none that can fail.
    if let Some((_, subject, action)) = row
        && (says_itself || action == Action::Exposed || entry.outcome == Outcome::Success)
    {
        act::read(&Act { entry, action }, subject, events);
    }
}
