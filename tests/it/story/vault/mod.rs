//! One audit device of a Vault that speaks as OpenBao 2.5 does: two records a call, values as `hmac-sha256`
//! handles.
//!
//! This file knows the shape of a record and nothing of the story: `calls` has one function per kind of call,
//! `life` the calendar of an ordinary day, `incidents` what went wrong.

mod calls;
mod incidents;
mod life;

use serde_json::{Value, json};

use super::calendar::Moment;
use super::edition::Edition;
use super::expectation::Expectation;
use super::record::{Record, put};

/// From here until [`GAP_END`] the shipper of the audit device was down: nothing of it is in any file.
const GAP_START: &str = "2026-02-10T05:30:00Z";
const GAP_END: &str = "2026-02-14T05:00:00Z";

const PERMISSION_DENIED: &str = "permission denied";
const PERMISSION_DENIED_IN_RESPONSE: &str = "1 error occurred:\n\t* permission denied\n\n";
const VERSION: &str = "v2.0.0+builtin.bao";

/// The whole Vault side of the story.
pub fn tell(edition: &Edition) -> (Vec<Record>, Vec<Expectation>) {
    let mut log = Device::new(edition);
    life::live(&mut log);
    let expectations = incidents::happen(&mut log);
    (log.records, expectations)
}

/// A secrets engine or auth method, and where it is mounted.
struct Mount {
    point: &'static str,
    kind: &'static str,
    namespace: &'static str,
}

impl Mount {
    const fn new(point: &'static str, kind: &'static str) -> Self {
        Self { point, kind, namespace: "" }
    }

    fn is_auth(&self) -> bool {
        self.point.starts_with("auth/")
    }

    /// With its namespace in front, as `mount_point` is written; `path` is written without.
    fn full_point(&self) -> String {
        if self.namespace.is_empty() {
            self.point.to_owned()
        } else {
            format!("{}/{}", self.namespace, self.point)
        }
    }
}

const APPROLE: Mount = Mount::new("auth/approle/", "approle");
const USERPASS: Mount = Mount::new("auth/userpass/", "userpass");
const JWT: Mount = Mount::new("auth/jwt/", "jwt");
const TOKEN: Mount = Mount::new("auth/token/", "token");
const SYSTEM: Mount = Mount::new("sys/", "system");
const IDENTITY: Mount = Mount::new("identity/", "identity");
const KV: Mount = Mount::new("secret/", "kv");
const DATABASE: Mount = Mount::new("database/", "database");
const PKI: Mount = Mount::new("pki/", "pki");
const TRANSIT: Mount = Mount::new("transit/", "transit");

/// A token as the log shows it.
#[derive(Clone)]
struct Token {
    /// What its handles are made from.
    name: String,
    display_name: String,
    policy: &'static str,
    metadata: Value,
    entity: Option<String>,
    /// None for a root token.
    ttl_seconds: Option<i64>,
    issued: Moment,
    batch: bool,
    namespace: &'static str,
}

/// Who calls, as far as the device can tell.
enum Caller<'a> {
    Nobody,
    /// A login: the caller is who the answer says.
    Becomes(&'a Token),
    Holder(&'a Token),
    /// Its holder, whom policy refuses.
    Forbidden(&'a Token),
    /// Somebody with a token that is not accepted any more.
    Dead(&'a Token),
    /// The holder of a token whose entity is disabled: refused, but the accessor is still there.
    Disabled(&'a Token),
}

impl Caller<'_> {
    /// The token sent with the request.
    fn token(&self) -> Option<&Token> {
        match self {
            Self::Nobody | Self::Becomes(_) => None,
            Self::Holder(token) | Self::Forbidden(token) | Self::Dead(token) | Self::Disabled(token) => {
                Some(token)
            }
        }
    }
}

/// One call to the API.
struct Call<'a> {
    at: Moment,
    /// None where no mount is involved (`sys/generate-root` before any login).
    mount: Option<&'a Mount>,
    operation: &'a str,
    path: String,
    address: &'a str,
    caller: Caller<'a>,
    data: Value,
    /// `auth`, `data` and `secret` of the response.
    reply: Value,
    error: Option<&'a str>,
}

impl<'a> Call<'a> {
    fn new(at: Moment, mount: &'a Mount, operation: &'a str, path: impl Into<String>) -> Self {
        Self {
            at,
            mount: Some(mount),
            operation,
            path: path.into(),
            address: "",
            caller: Caller::Nobody,
            data: Value::Null,
            reply: json!({}),
            error: None,
        }
    }

    fn by(mut self, caller: Caller<'a>, address: &'a str) -> Self {
        self.caller = caller;
        self.address = address;
        self
    }

    fn with(mut self, data: Value) -> Self {
        self.data = data;
        self
    }

    fn gives(mut self, reply: Value) -> Self {
        self.reply = reply;
        self
    }

    fn fails(mut self, error: &'a str) -> Self {
        self.error = Some(error);
        self
    }
}

/// The audit device, writing.
struct Device<'e> {
    edition: &'e Edition,
    records: Vec<Record>,
}

impl<'e> Device<'e> {
    fn new(edition: &'e Edition) -> Self {
        Self { edition, records: Vec::new() }
    }

    /// Writes the two records of a call.
    fn record(&mut self, call: &Call<'_>) {
        let mut request = self.request(call);
        let id = self.edition.uuid(&format!("{} {request}", call.at.rfc3339()));
        put(&mut request, "id", id);
        let (ask, answer) = errors(call);
        let mut asked = json!({ "auth": self.caller(call, false), "request": request });
        put(&mut asked, "error", ask);
        let mut answered = json!({
            "auth": self.caller(call, true),
            "request": request,
            "response": self.response(call),
        });
        put(&mut answered, "error", answer);
        let nanos = self.edition.number_below(900_000_000, &request.to_string());
        self.write(call.at, nanos, "request", asked);
        self.write(call.at, nanos + 1_271_583, "response", answered);
    }

    fn write(&mut self, at: Moment, nanos: u32, kind: &str, mut record: Value) {
        if at >= self.edition.at(GAP_START) && at < self.edition.at(GAP_END) {
            return;
        }
        put(&mut record, "time", at.rfc3339_nanos(nanos));
        put(&mut record, "type", kind);
        self.records.push(Record { at, nanos, account: String::new(), line: record.to_string() });
    }

    fn request(&self, call: &Call<'_>) -> Value {
        let port = self.edition.number_below(30_000, &format!("{} {}", call.path, call.address));
        let mut request = json!({
            "operation": call.operation,
            "path": call.path,
            "remote_address": call.address,
            "remote_port": 30_000 + port,
            "headers": { "user-agent": ["Go-http-client/1.1"] },
            "namespace": self.namespace(call),
        });
        if let Some(mount) = call.mount {
            self.put_mount(&mut request, mount, "mount_running_version");
        }
        if let Some(token) = call.caller.token() {
            put(&mut request, "client_token", self.client_token(token));
        }
        if let Caller::Holder(token) | Caller::Forbidden(token) | Caller::Disabled(token) = call.caller {
            let entityless = format!("client of {}", token.policy);
            let client =
                token.entity.clone().unwrap_or_else(|| self.edition.letters("client id", &entityless, 32));
            put(&mut request, "client_id", client);
            put(&mut request, "client_token_accessor", self.accessor(token));
        }
        put(&mut request, "data", call.data.clone());
        request
    }

    fn namespace(&self, call: &Call<'_>) -> Value {
        match call.mount.map_or("", |mount| mount.namespace) {
            "" => json!({ "id": "root" }),
            name => json!({ "id": self.edition.letters("namespace", name, 6), "path": format!("{name}/") }),
        }
    }

    fn response(&self, call: &Call<'_>) -> Value {
        let mut response = call.reply.clone();
        if let Some(mount) = call.mount {
            self.put_mount(&mut response, mount, "mount_running_plugin_version");
        }
        if matches!(call.caller, Caller::Dead(_) | Caller::Disabled(_) | Caller::Forbidden(_)) {
            put(&mut response, "data", json!({ "error": self.edition.handle(PERMISSION_DENIED) }));
        }
        response
    }

    fn put_mount(&self, target: &mut Value, mount: &Mount, version_key: &str) {
        let point = mount.full_point();
        let prefix = if mount.is_auth() { "auth_" } else { "" };
        let number = self.edition.number_below(u32::MAX, &point);
        put(target, "mount_accessor", format!("{prefix}{}_{number:08x}", mount.kind));
        put(target, "mount_class", if mount.is_auth() { "auth" } else { "secret" });
        put(target, "mount_point", point);
        put(target, "mount_type", mount.kind);
        put(target, version_key, VERSION);
    }

    /// The `auth` object of the request record, or of the response record.
    fn caller(&self, call: &Call<'_>, answered: bool) -> Value {
        match call.caller {
            Caller::Becomes(token) if answered => self.issued(token),
            Caller::Becomes(_) => json!({ "policy_results": { "allowed": true }, "token_type": "default" }),
            Caller::Holder(token) => self.holder(token, true),
            Caller::Forbidden(token) => self.holder(token, false),
            Caller::Nobody | Caller::Dead(_) | Caller::Disabled(_) => json!({ "token_type": "default" }),
        }
    }

    /// A token as the call that makes it shows it, in `response.auth` and in the `auth` of a login.
    fn issued(&self, token: &Token) -> Value {
        let accessor = if token.batch { self.edition.empty_handle().into() } else { self.accessor(token) };
        let mut auth = json!({
            "accessor": accessor,
            "client_token": self.client_token(token),
            "display_name": token.display_name,
            "policies": policies(token),
            "token_policies": policies(token),
            "token_type": if token.batch { "batch" } else { "service" },
        });
        put(&mut auth, "entity_id", token.entity.clone());
        put(&mut auth, "metadata", token.metadata.clone());
        put(&mut auth, "token_ttl", token.ttl_seconds);
        auth
    }

    /// A token as every later call shows it.
    fn holder(&self, token: &Token, allowed: bool) -> Value {
        let mut auth = self.issued(token);
        if token.batch
            && let Some(auth) = auth.as_object_mut()
        {
            auth.remove("accessor");
        }
        let granting = json!([{ "name": token.policy, "namespace_id": "root", "type": "acl" }]);
        let results = if allowed {
            json!({ "allowed": true, "granting_policies": granting })
        } else {
            json!({ "allowed": false })
        };
        put(&mut auth, "policy_results", results);
        put(&mut auth, "token_issue_time", token.issued.rfc3339());
        auth
    }

    fn client_token(&self, token: &Token) -> String {
        self.edition.handle(&format!("token {}", token.name))
    }

    fn accessor(&self, token: &Token) -> Value {
        if token.batch {
            Value::Null
        } else {
            self.edition.handle(&format!("accessor {}", token.name)).into()
        }
    }
}

fn policies(token: &Token) -> Value {
    if token.policy == "root" { json!(["root"]) } else { json!(["default", token.policy]) }
}

/// The `error` of the request record, and that of the response record.
fn errors(call: &Call<'_>) -> (Option<String>, Option<String>) {
    let owned = |text: &str| Some(text.to_owned());
    match call.caller {
        Caller::Dead(_) | Caller::Disabled(_) | Caller::Forbidden(_) => {
            (owned(PERMISSION_DENIED), owned(PERMISSION_DENIED_IN_RESPONSE))
        }
        Caller::Nobody | Caller::Becomes(_) | Caller::Holder(_) => (None, call.error.and_then(owned)),
    }
}
