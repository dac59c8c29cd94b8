//! Tokens of registries: ECR for images, CodeArtifact for packages.
//!
//! A token acts for whoever took it until it ends by itself. Nothing of it shows, neither here nor when it is
//! used, so each is named by the act that made it.

use serde::Deserialize;

use super::call::Call;
use super::dates::Date;
use crate::event::Event;
use crate::kind::Kind;
use crate::source::json::Lenient;
use crate::time::EventTime;

/// How long every token of ECR is valid.
///
/// <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html>
const ECR_SECONDS: i64 = 12 * 60 * 60;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Request {
    duration_seconds: Lenient<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Response {
    expiration: Lenient<Date>,
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if call.name() != "GetAuthorizationToken" || !call.succeeded() {
        return;
    }
    let mut event = call.issued_to_caller(call.unnamed(Kind::AwsRegistryToken, call.service()));
    event.expires_at = end(call);
    event.labels.extend(call.caller.labels());
    events.push(event);
}

fn end(call: &Call<'_, '_>) -> Option<EventTime> {
    if call.service().starts_with("ecr") {
        return call.after(ECR_SECONDS);
    }
    let stated = call.response::<Response>().expiration.0.map(|date| date.0);
    stated.or_else(|| call.after(call.request::<Request>().duration_seconds.0?))
}
