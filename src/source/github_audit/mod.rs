//! GitHub audit log: of an organisation or an enterprise, streamed, exported or read from the API, and the
//! security log of a user.
//!
//! An entry that shows a token or key is a *use* of it by its actor. The few actions that change the life of
//! a credential, a privilege, a trust or the log itself are in `rows`; what they were about is read from the
//! members each subject names. Everything else is left after one borrowed pass.
//!
//! Not read: request bodies and queries, titles, addresses of webhooks, scopes, and every other member that
//! no subject names. Hashes of tokens never leave the record as they are.
//!
//! Format: <https://docs.github.com/en/enterprise-cloud@latest/admin/monitoring-activity-in-your-enterprise/reviewing-audit-logs-for-your-enterprise/audit-log-events-for-your-enterprise>

mod act;
mod apps;
mod details;
mod entry;
mod record;
mod rows;
mod shape;
mod shown;
mod stores;
mod tokens;

use self::act::Act;
use self::details::Details;
use self::entry::Entry;
use self::record::Record;
use self::rows::Subject;
use self::shown::Shown;
use super::json::{Object, from_record};
use super::{BlindSpot, RecordContext, Reject, RejectReason, Source, Verdict, concluded};
use crate::event::Event;
use crate::kind::Kind;
use crate::stream::SourceName;
use crate::time::Span;

pub static SOURCE: Source = Source {
    name: SourceName::GithubAudit,
    summary: "GitHub audit log",
    reads: "every entry that shows a token or key as its use; personal access tokens, tokens of OAuth apps, \
            SSH and deploy keys, what single sign-on authorised; apps, their client secrets and \
            installations; stored secrets of Actions, Codespaces and Dependabot; found and leaked secrets; \
            runners; privileges, trust settings and the streaming of the log",
    reference: "https://docs.github.com/en/enterprise-cloud@latest/admin/monitoring-activity-in-your-enterprise/\
                reviewing-audit-logs-for-your-enterprise/audit-log-events-for-your-enterprise",
    recognises: shape::is_entry,
    parse,
    kinds: &[
        Kind::GithubToken,
        Kind::GithubAppToken,
        Kind::GithubSshKey,
        Kind::GithubClientSecret,
        Kind::GithubActionsSecret,
        Kind::GithubRunner,
    ],
    fields: &[
        "action",
        "actor",
        "actor_ip",
        "application_client_id",
        "at_sign_timestamp",
        "business",
        "created_at",
        "environment_name",
        "external_identity_nameid",
        "fingerprint",
        "integration",
        "key",
        "managed_oauth_access_id",
        "managed_token_id",
        "number",
        "oauth_application",
        "oauth_application_id",
        "oauth_application_name",
        "oauth_credential_type",
        "org",
        "p_event_time",
        "programmatic_access_type",
        "repo",
        "runner_id",
        "secret_type",
        "secret_type_display_name",
        "team",
        "token_id",
        "transfer_to",
        "user",
        "user_agent",
        "user_programmatic_access_id",
    ],
    blind_spots: &[
        BlindSpot {
            unseen: "the creation of a classic token: it stands in the security log of its user, so most \
                     tokens are first seen by a use",
            cure: Some("require fine-grained tokens and approve each, which the organisation's log shows"),
        },
        BlindSpot {
            unseen: "clones, fetches and pushes, outside a log that is streamed or exported with Git events",
            cure: Some("stream the audit log of the enterprise; Git events are part of the stream"),
        },
        BlindSpot {
            unseen: "calls of the API that only read",
            cure: Some("enable API request events for the audit log stream of the enterprise"),
        },
        BlindSpot {
            unseen: "from where anything was done",
            cure: Some(
                "enable the display of IP addresses in the audit log of the enterprise or organisation",
            ),
        },
        BlindSpot {
            unseen: "the reading of a stored secret by a workflow: the start of a job lists names, and not \
                     whether the organisation, the repository or the environment keeps them",
            cure: None,
        },
        BlindSpot { unseen: "which of an app's client secrets was added or removed", cure: None },
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
    read_entry(&Entry::new(&record, bytes, at, context), events);
    concluded(events, first, at, rows::reason(record.action()))
}

fn read_entry<'a>(entry: &Entry<'a, '_>, events: &mut Vec<Event<'a>>) {
    let rows = rows::of(entry.record.action());
    // A token that an entry makes or ends is not what its actor came with.
    if rows.iter().all(|(_, subject, _)| *subject != Subject::OwnToken) {
        events.extend(Shown::of(entry.record, entry.realm()).map(|shown| entry.use_of(&shown)));
    }
    if rows.is_empty() {
        return;
    }
    let details = Details::of(entry);
    for &(_, subject, action) in rows {
        events.push(act::read(&Act { entry, details: &details, action }, subject));
    }
}
