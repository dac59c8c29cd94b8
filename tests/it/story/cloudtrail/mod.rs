//! The trails of two AWS accounts, in the shape CloudTrail 1.11 writes to its bucket.
//!
//! This file knows the shape of a record and nothing of the story: `calls` has one function per kind of call,
//! `life` the calendar of an ordinary day, `incidents` what went wrong.

mod calls;
mod identity;
mod incidents;
mod life;

use serde_json::{Value, json};

use self::identity::Identity;
use super::calendar::Moment;
use super::edition::Edition;
use super::expectation::Expectation;
use super::organisation::REGION;
use super::record::{Record, put};

const EVENT_VERSION: &str = "1.11";

/// The whole AWS side of the story.
pub fn tell(edition: &Edition) -> (Vec<Record>, Vec<Expectation>) {
    let mut log = Trail::new(edition);
    life::live(&mut log);
    let expectations = incidents::happen(&mut log);
    (log.records, expectations)
}

/// One API call, sign-in or act of a service, before it is written.
struct Act<'a> {
    at: Moment,
    /// `iam`, without `.amazonaws.com`.
    service: &'a str,
    name: &'a str,
    who: &'a Identity,
    /// The account whose trail delivers it.
    recipient: &'a str,
    /// An address, or the name of a service.
    source: &'a str,
    agent: &'a str,
    read_only: bool,
    event_type: &'static str,
    request: Value,
    response: Value,
    /// Further fields of the record, each set as it stands.
    more: Vec<(&'static str, Value)>,
}

impl<'a> Act<'a> {
    /// `call` is `service:Name`. Names that only ask are read-only.
    fn new(at: Moment, who: &'a Identity, call: &'a str) -> Self {
        let (service, name) = call.split_once(':').expect(call);
        let asks = ["Get", "List", "Describe", "Head", "Assume", "Decrypt", "Lookup"];
        Self {
            at,
            service,
            name,
            who,
            recipient: who.account(),
            source: who.usual_source(),
            agent: who.usual_agent(),
            read_only: asks.iter().any(|verb| name.starts_with(verb)),
            event_type: "AwsApiCall",
            request: Value::Null,
            response: Value::Null,
            more: Vec::new(),
        }
    }

    fn from(mut self, source: &'a str) -> Self {
        self.source = source;
        self
    }

    fn with_agent(mut self, agent: &'a str) -> Self {
        self.agent = agent;
        self
    }

    fn delivered_to(mut self, recipient: &'a str) -> Self {
        self.recipient = recipient;
        self
    }

    fn asks(mut self, request: Value) -> Self {
        self.request = request;
        self
    }

    fn gets(mut self, response: Value) -> Self {
        self.response = response;
        self
    }

    fn of_type(mut self, event_type: &'static str) -> Self {
        self.event_type = event_type;
        self
    }

    fn adding(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        self.more.push((key, value.into()));
        self
    }

    fn denied(self, message: &str) -> Self {
        self.adding("errorCode", "AccessDenied").adding("errorMessage", message)
    }

    /// Whether it came over TLS from a client, as against from inside a service.
    fn is_from_client(&self) -> bool {
        self.event_type == "AwsApiCall"
            && !self.source.ends_with(".amazonaws.com")
            && self.source != "AWS Internal"
    }
}

/// The trails, writing.
struct Trail<'e> {
    edition: &'e Edition,
    records: Vec<Record>,
}

impl<'e> Trail<'e> {
    fn new(edition: &'e Edition) -> Self {
        Self { edition, records: Vec::new() }
    }

    fn record(&mut self, act: Act<'_>) {
        let mut record = json!({
            "awsRegion": REGION,
            "eventCategory": "Management",
            "eventName": act.name,
            "eventSource": format!("{}.amazonaws.com", act.service),
            "eventTime": act.at.rfc3339(),
            "eventType": act.event_type,
            "eventVersion": EVENT_VERSION,
            "managementEvent": true,
            "readOnly": act.read_only,
            "recipientAccountId": act.recipient,
            "requestParameters": act.request,
            "responseElements": act.response,
            "sourceIPAddress": act.source,
            "userAgent": act.agent,
            "userIdentity": act.who.written(self.edition),
        });
        if act.is_from_client() {
            let tls = json!({
                "cipherSuite": "TLS_AES_128_GCM_SHA256",
                "clientProvidedHostHeader": format!("{}.{REGION}.amazonaws.com", act.service),
                "tlsVersion": "TLSv1.3",
            });
            put(&mut record, "tlsDetails", tls);
        }
        if act.service == "s3" {
            let transfer = json!({
                "AuthenticationMethod": "AuthHeader",
                "CipherSuite": "TLS_AES_128_GCM_SHA256",
                "SignatureVersion": "SigV4",
                "bytesTransferredIn": 0,
                "bytesTransferredOut": 1_024,
                "x-amz-id-2": self.edition.letters("x-amz-id-2", &act.at.rfc3339(), 32),
            });
            put(&mut record, "additionalEventData", transfer);
        }
        for (key, value) in act.more {
            put(&mut record, key, value);
        }
        let unsigned = record.to_string();
        put(&mut record, "eventID", self.edition.uuid(&format!("event {unsigned}")));
        if record["requestID"].is_null() {
            put(&mut record, "requestID", self.edition.uuid(&format!("request {unsigned}")));
        }
        self.records.push(Record {
            at: act.at,
            nanos: 0,
            account: act.recipient.to_owned(),
            line: record.to_string(),
        });
    }

    fn use_key(&mut self, at: Moment, who: &Identity, call: &str) {
        self.record(Act::new(at, who, call));
    }
}
