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

mod accounts;
mod acm;
mod api_keys;
mod arn;
mod call;
mod cognito;
mod databases;
mod dates;
pub mod digest;
mod ec2;
mod iam;
mod iam_credentials;
mod iam_principals;
mod identity;
mod identity_center;
mod instances;
mod iot;
mod kms;
mod outcome;
mod record;
mod registry;
mod rolesanywhere;
mod row;
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
            principals; STS, Cognito and Roles Anywhere sessions; IAM Identity Center; console sign-ins; \
            Secrets Manager; SSM secure parameters; KMS keys and their use; ACM, private and IoT \
            certificates; API keys; database passwords; registry tokens; EC2 key pairs and passwords; \
            quarantines; logs and detectors switched off",
    reference: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference.html",
    recognises,
    parse,
    kinds: row::KINDS,
    fields: row::FIELDS,
    blind_spots: row::BLIND_SPOTS,
    lateness: Span::minutes(20),
};

/// Reads what a call did besides using its caller's credential.
type Handler = for<'a> fn(&Call<'a, '_>, &mut Vec<Event<'a>>);

/// The handler of each service that has one, by its name without the domain.
static ROUTES: &[(&str, Handler)] = &[
    ("access-analyzer", trail::read),
    ("acm", acm::read),
    ("acm-pca", acm::read_private),
    ("apigateway", api_keys::read_gateway),
    ("appsync", api_keys::read_appsync),
    ("bedrock", trail::read),
    ("cloudtrail", trail::read),
    ("codeartifact", registry::read),
    ("cognito-identity", cognito::read_identity),
    ("cognito-idp", cognito::read_pool),
    ("config", trail::read),
    ("ec2", ec2::read),
    ("ec2-instance-connect", instances::read_connect),
    ("ecr", registry::read),
    ("ecr-public", registry::read),
    ("guardduty", trail::read),
    ("iam", iam::read),
    ("identitystore", identity_center::read_directory),
    ("iot", iot::read),
    ("kms", kms::read),
    ("lightsail", instances::read_lightsail),
    ("logs", trail::read),
    ("macie2", trail::read),
    ("mq", accounts::read),
    ("rds", databases::read),
    ("redshift", databases::read),
    ("redshift-serverless", databases::read),
    ("rolesanywhere", rolesanywhere::read),
    ("route53resolver", trail::read),
    ("secretsmanager", secretsmanager::read),
    ("securityhub", trail::read),
    ("signin", signin::read),
    ("ssm", ssm::read),
    ("sso", identity_center::read),
    ("sso-admin", identity_center::read),
    ("sso-directory", identity_center::read_directory),
    ("sso-oauth", identity_center::read),
    ("sts", sts::read),
    ("transfer", accounts::read),
    ("wafv2", trail::read),
    ("workmail", accounts::read),
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
    let route = ROUTES.binary_search_by(|(name, _)| (*name).cmp(service));
    if let Some((_, handler)) = route.ok().and_then(|at| ROUTES.get(at)) {
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
