//! AWS CloudTrail: management, data and service events, as delivered to S3 or forwarded from there.
//!
//! Any call with a caller is a *use* of the caller's credential. The few calls that change the life of a
//! credential are in `ROUTES`; their handlers read the members they name out of `requestParameters` and its
//! siblings. Nine of ten records of a real trail are services that act without any credential: they are left
//! after one borrowed pass.
//!
//! Not read: session tokens, passwords, policy documents, key bodies, and every member that no handler names.
//!
//! Format: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference.html>

mod arn;
mod call;
mod dates;
pub mod digest;
mod ec2;
mod iam;
mod iam_credentials;
mod iam_principals;
mod identity;
mod outcome;
mod record;
#[cfg(test)]
mod secrecy;
mod secretsmanager;
mod signin;
mod ssm;
mod sts;
mod tags;
mod trail;

use memchr::memmem;

use self::call::Call;
use self::record::Record;
use super::json::{Object, from_record};
use super::{RecordContext, Reject, RejectReason, Source, Verdict, concluded};
use crate::event::Event;
use crate::stream::SourceName;
use crate::time::Span;

pub static SOURCE: Source = Source {
    name: SourceName::AwsCloudtrail,
    summary: "AWS CloudTrail events",
    reads: "every call as a use of its caller's key or session; IAM keys, passwords, certificates and \
            principals; STS sessions; console sign-ins; Secrets Manager secrets and their rotation; SSM \
            secure parameters; EC2 key pairs; trails and detectors switched off",
    reference: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference.html",
    recognises,
    parse,
    kinds: &[],
    fields: &[],
    blind_spots: &[],
    lateness: Span::minutes(20),
};

/// Reads what a call did besides using its caller's credential.
type Handler = for<'a> fn(&Call<'a, '_>, &mut Vec<Event<'a>>);

/// The handler of each service that has one, by its name without the domain.
static ROUTES: &[(&str, Handler)] = &[
    ("cloudtrail", trail::read_cloudtrail),
    ("ec2", ec2::read),
    ("guardduty", trail::read_guardduty),
    ("iam", iam::read),
    ("secretsmanager", secretsmanager::read),
    ("signin", signin::read),
    ("ssm", ssm::read),
    ("sts", sts::read),
];

fn recognises(bytes: &[u8]) -> bool {
    let has = |needle: &str| memmem::find(bytes, needle.as_bytes()).is_some();
    (has("\"eventSource\"") && has("\"eventName\""))
        || (has("\"userIdentity\"") && has("\"eventVersion\""))
        || has("\"digestS3Object\"")
}

fn parse<'a>(bytes: &'a [u8], context: &RecordContext<'a>, events: &mut Vec<Event<'a>>) -> Verdict {
    let record = match from_record::<Object<Record<'a>>>(bytes) {
        Ok(Object(record)) => record,
        Err(error) => return Verdict::Rejected(Reject::from_json(bytes, &error)),
    };
    if let Some(reason) = record.not_a_call() {
        return Verdict::Ignored { reason, at: record.time() };
    }
    let Some(at) = record.time() else {
        return Verdict::Rejected(Reject::new(RejectReason::NoTime));
    };
    let anonymous = record.user_identity.is_none();
    if anonymous && !record.is_service_event() {
        return Verdict::Ignored { reason: "no_identity", at: Some(at) };
    }
    let first = events.len();
    read_call(&Call::new(&record, bytes, at, context), record.service(), events);
    concluded(events, first, at, if anonymous { "no_identity" } else { "no_credential" })
}

fn read_call<'a>(call: &Call<'a, '_>, service: &str, events: &mut Vec<Event<'a>>) {
    events.extend(call.use_by_caller());
    if let Some((_, handler)) = ROUTES.iter().find(|(name, _)| *name == service) {
        handler(call, events);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_sorted_and_unique() {
        assert!(ROUTES.is_sorted_by(|(a, _), (b, _)| a < b));
    }

    #[test]
    fn records_of_this_source_are_recognised_and_others_are_not() {
        for (record, known) in [
            (r#"{"eventVersion":"1.08","eventSource":"s3.amazonaws.com","eventName":"ListBuckets"}"#, true),
            (r#"{"eventVersion":"1.08","userIdentity":{}}"#, true),
            (r#"{"awsAccountId":"111122223333","digestS3Object":"x"}"#, true),
            (
                r#"{"time":"2026-03-29T04:00:00Z","type":"request","auth":{},"request":{"path":"kv/a"}}"#,
                false,
            ),
            (r#"{"type":"response","request":{"data":{"x":"{\"eventSource\":1,\"eventName\":2}"}}}"#, false),
            ("", false),
        ] {
            assert_eq!(recognises(record.as_bytes()), known, "{record}");
        }
    }
}
