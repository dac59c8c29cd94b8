//! Secrets Manager: the life of secrets and who was handed their values.
//!
//! A secret is named by its name, by a partial ARN or by its full ARN, which ends in a hyphen and six random
//! characters. Its id here is `REGION/NAME`, so that all three meet; the full ARN is an alias. Whether a
//! value was sent with a call is read, the value is not.
//!
//! Service events: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html>

use serde::Deserialize;

use super::arn::Arn;
use super::call::Call;
use super::dates::Date;
use super::tags::{self, TagKeys, Tags};
use crate::event::{Action, Credential, Event, Label, Name, Target};
use crate::kind::Kind;
use crate::limits::EVENTS_PER_RECORD_MAX;
use crate::source::json::{Lenient, List, Present};
use crate::text::Text;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Request<'a> {
    #[serde(borrow)]
    name: Lenient<Text<'a>>,
    #[serde(borrow)]
    secret_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    secret_id_list: List<Lenient<Text<'a>>, EVENTS_PER_RECORD_MAX>,
    #[serde(borrow)]
    client_request_token: Lenient<Text<'a>>,
    #[serde(borrow)]
    version_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    version_stage: Lenient<Text<'a>>,
    #[serde(borrow)]
    version_stages: List<Lenient<Text<'a>>, 20>,
    #[serde(borrow)]
    move_to_version_id: Lenient<Text<'a>>,
    secret_string: Lenient<Present>,
    secret_binary: Lenient<Present>,
    force_delete_without_recovery: Lenient<bool>,
    #[serde(borrow)]
    tags: Tags<'a>,
    #[serde(borrow)]
    tag_keys: TagKeys<'a>,
}

/// Until February 2024 some responses wrote `aRN` for `arn`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Response<'a> {
    #[serde(borrow, alias = "aRN", alias = "ARN")]
    arn: Lenient<Text<'a>>,
    #[serde(borrow)]
    version_id: Lenient<Text<'a>>,
    deletion_date: Lenient<Date>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Additional<'a> {
    #[serde(borrow, alias = "ARN", alias = "Arn")]
    secret_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    version_id: Lenient<Text<'a>>,
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    match call.name() {
        "RotationStarted"
        | "RotationSucceeded"
        | "RotationFailed"
        | "RotationAbandoned"
        | "CancelSecretVersionDelete"
        | "EndSecretVersionDelete" => events.extend(service_event(call)),
        _ if !call.succeeded() => {}
        "BatchGetSecretValue" => batch_read(call, events),
        _ => events.extend(requested(call)),
    }
}

/// What AWS did in the background, on nobody's call.
fn service_event<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let additional: Additional<'_> = call.additional();
    let (action, note) = match call.name() {
        "RotationStarted" => (Action::Modified, Some("rotation_started")),
        "RotationSucceeded" => (Action::Rotated, None),
        "RotationFailed" => (Action::RotationFailed, None),
        "RotationAbandoned" => (Action::Modified, Some("rotation_abandoned")),
        "CancelSecretVersionDelete" => (Action::Reactivated, None),
        _ => (Action::Revoked, None),
    };
    let secret = Secret::of(call, additional.secret_id.0, None)?;
    let mut event = secret.event(call, action, additional.version_id.0);
    event.set_label(Label::Note, note.map(Text::borrowed));
    Some(event)
}

/// What a caller asked for, and was given.
fn requested<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let request: Request<'_> = call.request();
    let response: Response<'_> = call.response();
    let act = Act::of(call.name(), &request, &response)?;
    let secret = Secret::of(call, response.arn.0, request.name.0.or(request.secret_id.0))?;
    let mut event = secret.event(call, act.action, act.version);
    if act.action == Action::Deactivated {
        event.expires_at = response.deletion_date.0.map(|date| date.0);
    }
    event.set_label(Label::Owner, tags::owner(&request.tags));
    event.set_label(Label::Note, act.note.map(Text::borrowed));
    Some(event)
}

/// What a call did to the secret it names.
struct Act<'a> {
    action: Action,
    version: Option<Text<'a>>,
    note: Option<&'static str>,
}

impl<'a> Act<'a> {
    fn of(name: &str, request: &Request<'a>, response: &Response<'a>) -> Option<Self> {
        let plain = |action| Self { action, version: None, note: None };
        let noted = |note| Self { action: Action::Modified, version: None, note: Some(note) };
        let sent = request.secret_string.0.is_some() || request.secret_binary.0.is_some();
        let made = || {
            let token = request.client_request_token.0.clone();
            response.version_id.0.clone().or(token)
        };
        Some(match name {
            "CreateSecret" => Self { version: made(), ..plain(Action::Issued) },
            "PutSecretValue" if is_promoted(request) => Self { version: made(), ..plain(Action::Rotated) },
            "UpdateSecret" if sent || response.version_id.0.is_some() => {
                Self { version: made(), ..plain(Action::Rotated) }
            }
            "UpdateSecretVersionStage" => stage_moved(request),
            "GetSecretValue" => Self { version: version_read(request), ..plain(Action::SecretRead) },
            "DeleteSecret" if request.force_delete_without_recovery.0 == Some(true) => plain(Action::Revoked),
            "DeleteSecret" => plain(Action::Deactivated),
            "RestoreSecret" => plain(Action::Reactivated),
            "RotateSecret" => noted("rotation_requested"),
            "CancelRotateSecret" => noted("rotation_cancelled"),
            "TagResource" if tags::owner(&request.tags).is_some() => plain(Action::OwnerChanged),
            "UntagResource" if tags::has_owner_key(&request.tag_keys) => plain(Action::OwnerChanged),
            "PutResourcePolicy" | "DeleteResourcePolicy" => plain(Action::PrivilegeChanged),
            "PutSecretValue"
            | "UpdateSecret"
            | "ReplicateSecretToRegions"
            | "RemoveRegionsFromReplication"
            | "StopReplicationToReplica" => plain(Action::Modified),
            _ => return None,
        })
    }
}

/// Whether a new value became the current one. A rotation function stages it as `AWSPENDING` first.
fn is_promoted(request: &Request<'_>) -> bool {
    let stages = &request.version_stages.0;
    stages.is_empty() || stages.iter().any(|stage| stage.0.as_deref() == Some("AWSCURRENT"))
}

fn stage_moved<'a>(request: &Request<'a>) -> Act<'a> {
    let version = request.move_to_version_id.0.clone();
    let current = request.version_stage.0.as_deref() == Some("AWSCURRENT");
    let action = if current && version.is_some() { Action::Rotated } else { Action::Modified };
    Act { action, version: version.filter(|_| current), note: None }
}

/// Which version was read: the one asked for by id, else by a stage of the owner's own.
///
/// Every rotation reads the pending version by its id and the previous one by its stage. The pending version
/// is not old and the previous one is read on purpose, so a read through either stage is of no version.
///
/// Rotation functions: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html>
fn version_read<'a>(request: &Request<'a>) -> Option<Text<'a>> {
    let id = request.version_id.0.clone();
    match &request.version_stage.0 {
        Some(stage) if matches!(stage.as_str(), "AWSPENDING" | "AWSPREVIOUS") => None,
        Some(stage) if stage.as_str() != "AWSCURRENT" => id.or_else(|| Some(stage.clone())),
        _ => id,
    }
}

/// A batch by ids reads each of them. A batch by filters does not say what it read: only its caller is known.
fn batch_read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let request: Request<'_> = call.request();
    let ids = request.secret_id_list.0.into_iter().filter_map(|id| id.0);
    let before = events.len();
    events.extend(
        ids.filter_map(|id| Secret::of(call, None, Some(id)))
            .map(|secret| secret.event(call, Action::SecretRead, None)),
    );
    if events.len() == before {
        call.note_use(events, "batch_without_ids");
    }
}

/// A secret under the names a record gives it.
struct Secret<'a> {
    realm: Text<'a>,
    id: Text<'a>,
    arn: Option<Text<'a>>,
}

impl<'a> Secret<'a> {
    /// By the ARN that AWS answered with and by what the caller wrote, which may be an ARN too.
    fn of(call: &Call<'a, '_>, answered: Option<Text<'a>>, given: Option<Text<'a>>) -> Option<Self> {
        let (given_arn, name) = match given {
            Some(text) if text.starts_with("arn:") => (Some(text), None),
            other => (None, other),
        };
        let arn = answered.or(given_arn);
        let parts = arn.as_deref().and_then(Arn::parse);
        let named = name.as_deref().or_else(|| name_in(parts?))?;
        let call_region = call.region();
        let region = parts.map(|parts| parts.region).filter(|region| !region.is_empty());
        let region = region.or(call_region.as_deref()).unwrap_or("unknown");
        let id = Text::owned(format!("{region}/{named}"));
        Some(Self { realm: call.owner_realm(arn.as_deref()), id, arn })
    }

    fn event(self, call: &Call<'a, '_>, action: Action, version: Option<Text<'a>>) -> Event<'a> {
        let credential = Credential::new(Kind::AwsSecret, Name::id(self.id))
            .alias(self.arn.map(Name::id))
            .version(version);
        call.event(action, self.realm, Target::Credential(credential))
    }
}

/// The name in `secret:NAME-Ab12Cd`, or in the partial `secret:NAME`.
fn name_in(arn: Arn<'_>) -> Option<&str> {
    let resource = arn.resource.strip_prefix("secret:")?;
    let name = resource.rsplit_once('-').filter(|(_, suffix)| is_random_suffix(suffix));
    Some(name.map_or(resource, |(name, _)| name)).filter(|name| !name.is_empty())
}

fn is_random_suffix(suffix: &str) -> bool {
    suffix.len() == 6 && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
