//! Systems Manager parameters that hold secrets (`SecureString`).
//!
//! A parameter is named by its name or by an ARN; its id here is `REGION/NAME`. An ARN drops the leading
//! slash of a name, and only a name with levels must have one: it is put back there, and taken off a name of
//! one level, so that both forms meet. Values are hidden by AWS and not read.

use serde::Deserialize;

use super::arn::Arn;
use super::call::Call;
use crate::event::{Action, Credential, Event, Name, Target};
use crate::kind::Kind;
use crate::limits::EVENTS_PER_RECORD_MAX;
use crate::source::json::{Lenient, List, Present};
use crate::text::Text;

type Names<'a> = List<Lenient<Text<'a>>, EVENTS_PER_RECORD_MAX>;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Request<'a> {
    #[serde(borrow)]
    name: Lenient<Text<'a>>,
    #[serde(borrow)]
    names: Names<'a>,
    #[serde(borrow)]
    path: Lenient<Text<'a>>,
    #[serde(borrow, rename = "type")]
    parameter_type: Lenient<Text<'a>>,
    /// Only a secure parameter has a key. An update may leave the type out.
    key_id: Lenient<Present>,
    with_decryption: Lenient<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Response<'a> {
    version: Lenient<i64>,
    #[serde(borrow)]
    deleted_parameters: Names<'a>,
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if !call.succeeded() {
        return;
    }
    match call.name() {
        "PutParameter" => events.extend(put(call)),
        "GetParameter" | "GetParameters" | "GetParametersByPath" | "GetParameterHistory" => {
            read_values(call, events);
        }
        "DeleteParameter" | "DeleteParameters" => delete(call, events),
        // A shell on an instance, through the caller's own rights: no key is made for it.
        "StartSession" | "ResumeSession" => call.note_use(events, "interactive_session"),
        _ => {}
    }
}

fn put<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let request: Request<'_> = call.request();
    let secure = match request.parameter_type.0.as_deref() {
        Some(parameter_type) => parameter_type == "SecureString",
        None => request.key_id.0.is_some(),
    };
    let name = request.name.0.filter(|_| secure)?;
    let version = call.response::<Response<'_>>().version.0;
    let action = if version == Some(1) { Action::Issued } else { Action::Rotated };
    let version = version.map(|number| Text::owned(number.to_string()));
    Some(event(call, action, &name, version))
}

/// One event for each parameter that was decrypted. Without decryption no value was handed out.
fn read_values<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let request: Request<'_> = call.request();
    if request.with_decryption.0 != Some(true) {
        return;
    }
    let path = request.path.0.clone();
    let mut names = named(request);
    if names.is_empty() {
        names = resources(call, path.as_deref());
    }
    if names.is_empty() {
        call.note_use(events, "batch_without_ids");
    }
    events.extend(names.iter().map(|name| {
        let (name, version) = split_version(name);
        event(call, Action::SecretRead, name, version.map(|text| Text::owned(text.to_owned())))
    }));
}

fn delete<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let deleted: Vec<Text<'_>> =
        call.response::<Response<'_>>().deleted_parameters.0.into_iter().filter_map(|name| name.0).collect();
    let names = if deleted.is_empty() { named(call.request()) } else { deleted };
    events.extend(names.iter().map(|name| event(call, Action::Revoked, name, None)));
}

fn named(request: Request<'_>) -> Vec<Text<'_>> {
    let many = request.names.0.into_iter().filter_map(|name| name.0);
    request.name.0.into_iter().chain(many).collect()
}

/// The parameters in `resources`, without the path that was asked for.
fn resources<'a>(call: &Call<'a, '_>, path: Option<&str>) -> Vec<Text<'a>> {
    let path = path.map(|path| format!("parameter/{}", path.trim_matches('/')));
    call.resource_arns()
        .into_iter()
        .filter(|arn| {
            Arn::parse(arn).is_some_and(|arn| {
                arn.resource.starts_with("parameter/") && Some(arn.resource) != path.as_deref()
            })
        })
        .collect()
}

fn event<'a>(call: &Call<'a, '_>, action: Action, given: &str, version: Option<Text<'a>>) -> Event<'a> {
    let arn = Arn::parse(given);
    let call_region = call.region();
    let region = arn.map(|arn| arn.region).or(call_region.as_deref()).unwrap_or("unknown");
    let id = format!("{region}/{}", canonical_name(arn.map_or(given, |arn| arn.resource), arn.is_some()));
    let credential = Credential::new(Kind::AwsParameter, Name::id(id)).version(version);
    call.event(action, call.owner_realm(arn.map(|_| given)), Target::Credential(credential))
}

/// `/LEVEL/NAME` or `NAME`, whether it was written as a name or stood in an ARN.
fn canonical_name(text: &str, in_arn: bool) -> String {
    let text = if in_arn { text.strip_prefix("parameter").unwrap_or(text) } else { text };
    let bare = text.strip_prefix('/').unwrap_or(text);
    if bare.contains('/') { format!("/{bare}") } else { bare.to_owned() }
}

/// A name with a selector behind it: `NAME:3`. A label there is not a version, and is dropped.
fn split_version(given: &str) -> (&str, Option<&str>) {
    let colons_in_arn = if given.starts_with("arn:") { 5 } else { 0 };
    match given.rsplit_once(':') {
        Some((name, selector)) if given.matches(':').count() > colons_in_arn => {
            (name, Some(selector).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit())))
        }
        _ => (given, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_its_arn_meet() {
        assert_eq!(canonical_name("/prod/db", false), canonical_name("parameter/prod/db", true));
        assert_eq!(canonical_name("db", false), canonical_name("parameter/db", true));
        assert_eq!(canonical_name("/db", false), canonical_name("parameter/db", true));
        assert_eq!(canonical_name("/prod/db", false), "/prod/db");
    }

    #[test]
    fn selectors_are_told_from_names() {
        let arn = "arn:aws:ssm:us-east-1:111122223333:parameter/prod/db";
        assert_eq!(split_version("/prod/db:3"), ("/prod/db", Some("3")));
        assert_eq!(split_version("/prod/db:stable"), ("/prod/db", None));
        assert_eq!(split_version(arn), (arn, None));
        assert_eq!(split_version(&format!("{arn}:2")), (arn, Some("2")));
    }
}
