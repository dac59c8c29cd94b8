//! Nothing that is not on the allow-list reaches an event, whatever stands in it.

use serde_json::Value;

use super::parse;
use crate::event::Event;
use crate::origin::Origin;
use crate::source::{RecordContext, Verdict};
use crate::stream::{SourceName, Stream, StreamIx};

/// The members whose text may reach an event, wherever they stand. All others are overwritten below.
const ALLOWED: &[&str] = &[
    "@timestamp",
    "ARN",
    "ConsoleLogin",
    "MFAUsed",
    "SecretId",
    "aRN",
    "accessKeyId",
    "accountId",
    "arn",
    "at_sign_timestamp",
    "awsRegion",
    "certificateId",
    "clientRequestToken",
    "creationDate",
    "deletedParameters",
    "deletionDate",
    "errorCode",
    "eventID",
    "eventName",
    "eventSource",
    "eventTime",
    "eventType",
    "expiration",
    "expirationDate",
    "groupName",
    "invokedBy",
    "key",
    "keyName",
    "keyPairId",
    "moveToVersionId",
    "name",
    "names",
    "newServerCertificateName",
    "openIDConnectProviderArn",
    "originalEventID",
    "path",
    "policyArn",
    "principalId",
    "recipientAccountId",
    "roleArn",
    "roleName",
    "sAMLProviderArn",
    "sSHPublicKeyId",
    "secretId",
    "secretIdList",
    "serverCertificateId",
    "serverCertificateName",
    "serviceSpecificCredentialId",
    "sharedEventID",
    "sourceIPAddress",
    "status",
    "tagKeys",
    "targetPrincipal",
    "type",
    "userAgent",
    "userName",
    "value",
    "versionId",
    "versionStage",
    "versionStages",
];

macro_rules! golden {
    ($($case:literal),* $(,)?) => {
        &[$(include_str!(concat!("../../../tests/golden/source/aws.cloudtrail/", $case, ".jsonl"))),*]
    };
}

const CASES: &[&str] = golden![
    "console",
    "ec2_key_pairs",
    "forward_access_sessions",
    "iam_access_keys",
    "iam_other_credentials",
    "iam_passwords",
    "iam_principals",
    "iam_privileges_and_trust",
    "logging_changed",
    "masked_ids",
    "parameters",
    "role_sessions",
    "secret_life",
    "secret_reads",
    "service_events",
    "shape_1_02",
    "shape_1_11",
    "sts_issues",
    "use_only",
    "wrong_types",
];

const CANARY: &str = "PLANTED-SECRET";

/// Everything that leaves the parser for a record, as text.
fn all_that_comes_out(record: &str) -> String {
    let stream = Stream::default_for(SourceName::AwsCloudtrail);
    let origin = Origin::new(0, 1);
    let context = RecordContext { stream: &stream, stream_ix: StreamIx(0), stream_realm: "", origin };
    let mut events: Vec<Event<'_>> = Vec::new();
    let verdict = parse(record.as_bytes(), &context, &mut events);
    let understood = matches!(verdict, Verdict::Understood { .. });
    assert_eq!(understood, !events.is_empty(), "{verdict:?}");
    format!("{verdict:?}{events:?}")
}

/// Overwrites every text under a name that is not allowed. Returns how many.
fn plant(value: &mut Value, allowed: bool) -> usize {
    if let Value::String(text) = value {
        if !allowed {
            CANARY.clone_into(text);
        }
        return usize::from(!allowed);
    }
    if let Value::Array(items) = value {
        return items.iter_mut().map(|item| plant(item, allowed)).sum();
    }
    let Value::Object(members) = value else { return 0 };
    members.iter_mut().map(|(name, value)| plant(value, ALLOWED.contains(&name.as_str()))).sum()
}

#[test]
fn no_text_outside_the_allow_list_reaches_an_event() {
    let mut planted = 0;
    for line in CASES.iter().flat_map(|case| case.lines()) {
        let mut record: Value = serde_json::from_str(line).unwrap();
        planted += plant(&mut record, false);
        let out = all_that_comes_out(&record.to_string());
        assert!(!out.contains(CANARY), "{out}");
    }
    assert!(planted > 500, "only {planted} texts were planted");
}

#[test]
fn no_planted_secret_reaches_an_event() {
    for case in golden!["planted_secrets"] {
        assert!(case.contains(CANARY));
        for line in case.lines() {
            let out = all_that_comes_out(line);
            assert!(!out.contains(CANARY), "{out}");
        }
    }
}

#[test]
fn a_cut_or_mangled_record_never_panics() {
    for line in CASES.iter().flat_map(|case| case.lines()).filter(|line| line.is_ascii()) {
        for at in (0..line.len()).step_by(11) {
            all_that_comes_out(&line[..at]);
            for with in ["\"", "{", "]", "\\", "9", ""] {
                all_that_comes_out(&format!("{}{with}{}", &line[..at], &line[at + 1..]));
            }
        }
    }
}
