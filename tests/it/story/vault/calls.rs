//! The calls the story is told in: one function per kind of call, named as its users name it.

use serde_json::{Value, json};

use super::super::calendar::Moment;
use super::super::organisation::{Person, Service};
use super::super::record::put;
use super::{
    APPROLE, Call, Caller, DATABASE, Device, IDENTITY, JWT, KV, Mount, PKI, SYSTEM, TOKEN, TRANSIT, Token,
    USERPASS,
};

/// How long a person's token lives.
const SHIFT_SECONDS: i64 = 8 * 3_600;

/// A holder of a token and where they call from.
pub(super) struct Seat {
    pub token: Token,
    pub address: &'static str,
}

impl Seat {
    fn caller(&self) -> Caller<'_> {
        Caller::Holder(&self.token)
    }
}

/// Logins and tokens.
impl Device<'_> {
    /// A service presents its role id and the secret-id called `secret_id`.
    pub(super) fn approle_login(&mut self, at: Moment, service: &Service, secret_id: &str) -> Seat {
        let role = self.edition.name(service.role);
        let token = Token {
            name: format!("{} {}", service.role, at.rfc3339()),
            display_name: if service.namespace.is_empty() {
                "approle".to_owned()
            } else {
                format!("{}-auth-approle", service.namespace)
            },
            policy: service.policy,
            metadata: json!({ "owner": service.owner, "role_name": role }),
            entity: Some(self.edition.uuid(&format!("entity {}", service.role))),
            ttl_seconds: Some(service.token_ttl_seconds),
            issued: at,
            batch: false,
            namespace: service.namespace,
        };
        let mount = Mount { namespace: service.namespace, ..APPROLE };
        let data = json!({
            "role_id": self.edition.handle(&format!("role-id {}", service.role)),
            "secret_id": self.secret_id(secret_id),
        });
        let call = Call::new(at, &mount, "update", "auth/approle/login");
        let reply = json!({ "auth": self.issued(&token) });
        self.record(&call.by(Caller::Becomes(&token), service.address).with(data).gives(reply));
        Seat { token, address: service.address }
    }

    /// A person logs in with a password.
    pub(super) fn userpass_login(&mut self, at: Moment, person: &Person) -> Seat {
        let token = self.personal_token(at, person);
        let reply = json!({ "auth": self.issued(&token) });
        let call = self.userpass_call(at, person);
        self.record(&call.by(Caller::Becomes(&token), person.vpn).gives(reply));
        Seat { token, address: person.vpn }
    }

    /// A person logs in and is refused, for the reason `error`.
    pub(super) fn userpass_refusal(&mut self, at: Moment, person: &Person, error: &str) {
        let reply = json!({ "data": { "error": self.edition.handle(error) } });
        let call = self.userpass_call(at, person);
        self.record(&call.by(Caller::Nobody, person.vpn).gives(reply).fails(error));
    }

    fn userpass_call(&self, at: Moment, person: &Person) -> Call<'static> {
        let user = self.edition.name(person.user);
        let data = json!({ "password": self.edition.handle(&format!("password {user}")) });
        Call::new(at, &USERPASS, "update", format!("auth/userpass/login/{user}")).with(data)
    }

    fn personal_token(&self, at: Moment, person: &Person) -> Token {
        let user = self.edition.name(person.user);
        Token {
            name: format!("{} {}", person.user, at.rfc3339()),
            display_name: format!("userpass-{user}"),
            policy: person.policy,
            metadata: json!({ "username": user }),
            entity: Some(self.entity_of(person)),
            ttl_seconds: Some(SHIFT_SECONDS),
            issued: at,
            batch: false,
            namespace: "",
        }
    }

    pub(super) fn entity_of(&self, person: &Person) -> String {
        self.edition.uuid(&format!("entity {}", person.user))
    }

    /// A pipeline shows the JWT of its forge and gets a batch token for twenty minutes.
    pub(super) fn jwt_login(&mut self, at: Moment, pipeline: &str, address: &'static str) -> Seat {
        let token = Token {
            name: format!("{pipeline} {}", at.rfc3339()),
            display_name: format!("jwt-{}", self.edition.name(pipeline)),
            policy: "pipeline",
            metadata: json!({ "role": "pipeline" }),
            entity: Some(self.edition.uuid(&format!("entity {pipeline}"))),
            ttl_seconds: Some(1_200),
            issued: at,
            batch: true,
            namespace: "",
        };
        let data = json!({
            "jwt": self.edition.handle(&format!("jwt {}", token.name)),
            "role": self.edition.handle("pipeline"),
        });
        let reply = json!({ "auth": self.issued(&token) });
        let call = Call::new(at, &JWT, "update", "auth/jwt/login");
        self.record(&call.by(Caller::Becomes(&token), address).with(data).gives(reply));
        Seat { token, address }
    }

    /// An orphan token that lives as long as it is renewed within each `period_seconds`.
    pub(super) fn create_periodic(
        &mut self,
        at: Moment,
        by: &Seat,
        name: &str,
        period_seconds: i64,
    ) -> Token {
        let token = Token {
            name: name.to_owned(),
            display_name: format!("token-{}", self.edition.name(name)),
            policy: "reporting",
            metadata: Value::Null,
            entity: None,
            ttl_seconds: Some(period_seconds),
            issued: at,
            batch: false,
            namespace: "",
        };
        let data = json!({
            "display_name": self.edition.handle(name),
            "period": self.edition.handle(&format!("{period_seconds}")),
            "policies": [self.edition.handle("reporting")],
        });
        let reply = json!({ "auth": self.issued(&token) });
        let call = Call::new(at, &TOKEN, "update", "auth/token/create-orphan");
        self.record(&call.by(by.caller(), by.address).with(data).gives(reply));
        token
    }

    pub(super) fn renew_self(&mut self, at: Moment, seat: &Seat) {
        let mut auth = self.issued(&seat.token);
        put(&mut auth, "token_issue_time", seat.token.issued.rfc3339());
        let call = Call::new(at, &TOKEN, "update", "auth/token/renew-self");
        self.record(&call.by(seat.caller(), seat.address).gives(json!({ "auth": auth })));
    }

    pub(super) fn revoke_self(&mut self, at: Moment, seat: &Seat) {
        self.record(
            &Call::new(at, &TOKEN, "update", "auth/token/revoke-self").by(seat.caller(), seat.address),
        );
    }

    pub(super) fn revoke_by_token(&mut self, at: Moment, by: &Seat, token: &Token) {
        let data = json!({ "token": self.client_token(token) });
        let call = Call::new(at, &TOKEN, "update", "auth/token/revoke");
        self.record(&call.by(by.caller(), by.address).with(data));
    }

    pub(super) fn revoke_by_accessor(&mut self, at: Moment, by: &Seat, token: &Token) {
        let data = json!({ "accessor": self.accessor(token) });
        let call = Call::new(at, &TOKEN, "update", "auth/token/revoke-accessor");
        self.record(&call.by(by.caller(), by.address).with(data));
    }

    /// Somebody at `address` tries a token that is dead.
    pub(super) fn try_dead_token(&mut self, at: Moment, token: &Token, address: &str, path: &str) {
        let call = Call::new(at, &KV, "read", format!("secret/data/{}", self.edition.name(path)));
        self.record(&call.by(Caller::Dead(token), address));
    }

    /// Somebody whose entity is disabled goes on with a token made before.
    pub(super) fn try_disabled(&mut self, at: Moment, seat: &Seat, path: &str) {
        let call = Call::new(at, &KV, "read", format!("secret/data/{}", self.edition.name(path)));
        self.record(&call.by(Caller::Disabled(&seat.token), seat.address));
    }

    /// The key holders make a new root token, without any login; returns it.
    pub(super) fn generate_root(&mut self, at: Moment, address: &str) -> Token {
        for (step, complete) in [("attempt", false), ("update", true)] {
            let minute = i64::from(complete);
            let data = json!({
                "complete": complete,
                "encoded_token": self.edition.handle(&format!("encoded root {complete}")),
                "nonce": self.edition.handle("nonce of the ceremony"),
                "otp_length": 26, "progress": minute, "required": 1, "started": true,
            });
            let mut call =
                Call::new(at.plus_minutes(minute), &SYSTEM, "update", format!("sys/generate-root/{step}"));
            call.mount = None;
            self.record(&call.by(Caller::Nobody, address).gives(json!({ "data": data })));
        }
        root_token("emergency", at.plus_minutes(1))
    }
}

/// AppRole and identity.
impl Device<'_> {
    /// The handle of the secret-id called `name`, the same at issue and at every login.
    pub(super) fn secret_id(&self, name: &str) -> String {
        self.edition.handle(&format!("secret-id {name}"))
    }

    pub(super) fn secret_id_accessor(&self, name: &str) -> String {
        self.edition.handle(&format!("secret-id-accessor {name}"))
    }

    /// Issues the secret-id called `name` to a role; `ttl_seconds` 0 is for good.
    pub(super) fn issue_secret_id(
        &mut self,
        at: Moment,
        by: &Seat,
        service: &Service,
        name: &str,
        ttl_seconds: i64,
    ) {
        let path = format!("auth/approle/role/{}/secret-id", self.edition.name(service.role));
        let data = json!({
            "secret_id": self.secret_id(name),
            "secret_id_accessor": self.secret_id_accessor(name),
            "secret_id_num_uses": 0,
            "secret_id_ttl": ttl_seconds,
        });
        let call = Call::new(at, &APPROLE, "update", path);
        self.record(&call.by(by.caller(), by.address).gives(json!({ "data": data })));
    }

    pub(super) fn destroy_secret_id(&mut self, at: Moment, by: &Seat, service: &Service, name: &str) {
        let path = format!("auth/approle/role/{}/secret-id/destroy", self.edition.name(service.role));
        let data = json!({ "secret_id": self.secret_id(name) });
        self.record(&Call::new(at, &APPROLE, "update", path).by(by.caller(), by.address).with(data));
    }

    pub(super) fn disable_entity(&mut self, at: Moment, by: &Seat, person: &Person) {
        let path = format!("identity/entity/id/{}", self.entity_of(person));
        let call = Call::new(at, &IDENTITY, "update", path).with(json!({ "disabled": true }));
        self.record(&call.by(by.caller(), by.address));
    }
}

/// Secrets, leases, certificates and keys.
impl Device<'_> {
    /// Reads a KV v2 secret and gets `version` of it.
    pub(super) fn kv_read(&mut self, at: Moment, seat: &Seat, path: &str, version: u32) {
        let mount = Mount { namespace: seat.token.namespace, ..KV };
        let written = self.edition.at("2025-10-02T09:00:00Z").plus_days(i64::from(version));
        let data = json!({
            "data": { "value": self.edition.handle(&format!("value of {path} {version}")) },
            "metadata": {
                "created_time": written.rfc3339(),
                "custom_metadata": null,
                "deletion_time": self.edition.empty_handle(),
                "destroyed": false,
                "version": version,
            },
        });
        let call = Call::new(at, &mount, "read", format!("secret/data/{}", self.edition.name(path)));
        self.record(&call.by(seat.caller(), seat.address).gives(json!({ "data": data })));
    }

    /// Writes the next version of a KV v2 secret.
    pub(super) fn kv_write(&mut self, at: Moment, seat: &Seat, path: &str, version: u32) {
        let given =
            json!({ "data": { "value": self.edition.handle(&format!("value of {path} {version}")) } });
        let data = json!({
            "created_time": at.rfc3339(),
            "custom_metadata": null,
            "deletion_time": self.edition.empty_handle(),
            "destroyed": false,
            "version": version,
        });
        let operation = if version == 1 { "create" } else { "update" };
        let call = Call::new(at, &KV, operation, format!("secret/data/{}", self.edition.name(path)));
        self.record(&call.by(seat.caller(), seat.address).with(given).gives(json!({ "data": data })));
    }

    /// Policy refuses a read.
    pub(super) fn kv_forbidden(&mut self, at: Moment, seat: &Seat, path: &str) {
        let call = Call::new(at, &KV, "read", format!("secret/data/{}", self.edition.name(path)));
        self.record(&call.by(Caller::Forbidden(&seat.token), seat.address));
    }

    /// Takes database credentials on lease; returns the lease id.
    pub(super) fn lease_database(&mut self, at: Moment, seat: &Seat, role: &str) -> String {
        let path = format!("database/creds/{}", self.edition.name(role));
        let lease =
            format!("{path}/{}", self.edition.letters("lease", &format!("{role} {}", at.rfc3339()), 24));
        let reply = json!({
            "secret": { "lease_id": lease },
            "data": {
                "password": self.edition.handle(&format!("password of {lease}")),
                "username": self.edition.handle(&format!("username of {lease}")),
            },
        });
        self.record(&Call::new(at, &DATABASE, "read", path).by(seat.caller(), seat.address).gives(reply));
        lease
    }

    pub(super) fn renew_lease(&mut self, at: Moment, seat: &Seat, lease: &str) {
        let reply = json!({ "secret": { "lease_id": lease } });
        let data = json!({ "increment": 3_600 });
        let call = Call::new(at, &SYSTEM, "update", format!("sys/leases/renew/{lease}")).with(data);
        self.record(&call.by(seat.caller(), seat.address).gives(reply));
    }

    pub(super) fn revoke_lease(&mut self, at: Moment, seat: &Seat, lease: &str) {
        let call = Call::new(at, &SYSTEM, "update", format!("sys/leases/revoke/{lease}"));
        self.record(&call.by(seat.caller(), seat.address));
    }

    /// Any call below `sys/` that takes no data.
    pub(super) fn system(&mut self, at: Moment, seat: &Seat, operation: &str, path: &str) {
        self.record(&Call::new(at, &SYSTEM, operation, path).by(seat.caller(), seat.address));
    }

    /// Reads the credentials of a static role that Vault itself rotated at `rotated`.
    pub(super) fn static_credentials(&mut self, at: Moment, seat: &Seat, role: &str, rotated: Moment) {
        let path = format!("database/static-creds/{}", self.edition.name(role));
        let data = json!({
            "last_vault_rotation": rotated.rfc3339(),
            "password": self.edition.handle(&format!("{role} {}", rotated.rfc3339())),
            "rotation_period": 604_800,
            "ttl": 604_800 - (at.seconds() - rotated.seconds()),
            "username": self.edition.handle(role),
        });
        let call = Call::new(at, &DATABASE, "read", path);
        self.record(&call.by(seat.caller(), seat.address).gives(json!({ "data": data })));
    }

    pub(super) fn rotate_database_root(&mut self, at: Moment, seat: &Seat) {
        let path = format!("database/rotate-root/{}", self.edition.name("ledger"));
        self.record(&Call::new(at, &DATABASE, "update", path).by(seat.caller(), seat.address));
    }

    pub(super) fn encrypt(&mut self, at: Moment, seat: &Seat, key: &str) {
        let text = format!("{key} {}", at.rfc3339());
        let data = json!({ "plaintext": self.edition.handle(&format!("plain {text}")) });
        let reply = json!({ "data": { "ciphertext": self.edition.handle(&text), "key_version": 1 } });
        let path = format!("transit/encrypt/{}", self.edition.name(key));
        let call = Call::new(at, &TRANSIT, "update", path).with(data);
        self.record(&call.by(seat.caller(), seat.address).gives(reply));
    }

    /// Issues a certificate for `host` that lives `days` days; its serial number is [`Self::certificate`].
    pub(super) fn issue_certificate(&mut self, at: Moment, seat: &Seat, host: &str, days: i64) {
        let serial = self.certificate(host, at);
        let data = json!({
            "ca_chain": [self.edition.handle("issuing ca")],
            "certificate": self.edition.handle(&format!("certificate {serial}")),
            "expiration": at.plus_days(days).seconds(),
            "issuing_ca": self.edition.handle("issuing ca"),
            "private_key": self.edition.handle(&format!("private key {serial}")),
            "private_key_type": self.edition.handle("ec"),
            "serial_number": serial,
        });
        let asked = json!({ "common_name": format!("{}.example.com", self.edition.name(host)) });
        let call = Call::new(at, &PKI, "update", "pki/issue/internal").with(asked);
        self.record(&call.by(seat.caller(), seat.address).gives(json!({ "data": data })));
    }

    pub(super) fn revoke_certificate(&mut self, at: Moment, seat: &Seat, serial: &str) {
        let data = json!({
            "revocation_time": at.seconds(),
            "revocation_time_rfc3339": at.rfc3339(),
            "state": self.edition.handle("revoked"),
        });
        let call = Call::new(at, &PKI, "update", "pki/revoke").with(json!({ "serial_number": serial }));
        self.record(&call.by(seat.caller(), seat.address).gives(json!({ "data": data })));
    }

    /// The serial number of the certificate for `host` that was issued at `at`.
    pub(super) fn certificate(&self, host: &str, at: Moment) -> String {
        self.edition.serial(&format!("{host} {}", at.rfc3339()))
    }
}

/// A token with the root policy and no end.
pub(super) fn root_token(name: &str, issued: Moment) -> Token {
    Token {
        name: format!("root {name}"),
        display_name: "root".to_owned(),
        policy: "root",
        metadata: Value::Null,
        entity: None,
        ttl_seconds: None,
        issued,
        batch: false,
        namespace: "",
    }
}
