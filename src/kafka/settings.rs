//! What a run needs to know, checked and complete: the configuration file is read into this.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::oauth::Issuer;
use crate::policy::Policy;
use crate::stream::SourceName;
use crate::time::Span;

/// Everything `tenure run` is told.
#[derive(Debug, Clone)]
pub struct Settings {
    pub connection: Connection,
    /// Tells this process from others of the same application: part of the transactional and of the group
    /// instance id, hence the same after a restart.
    pub node: String,
    /// In front of the names of consumer groups and of transactional ids: `tenure`.
    pub application: String,
    pub topics: Topics,
    pub inputs: Vec<Input>,
    pub registry: Option<Registry>,
    pub commit: Commit,
    /// `None`: the built-in policy.
    pub policy: Option<Policy>,
    /// The text `policy` was read from, for it is kept with the state.
    pub policy_text: Option<String>,
    /// Whether clocks may follow the wall clock.
    pub mode: Mode,
    /// Where `/metrics`, `/healthz` and `/readyz` are served; `None`: nowhere.
    pub http: Option<SocketAddr>,
}

/// How time passes where no record comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// With the wall clock, while a stream is heard of.
    Live,
    /// Not at all: an old log is read again.
    Replay,
}

/// How to reach the brokers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// `host:port`, at least one.
    pub brokers: Vec<String>,
    pub tls: Option<Tls>,
    pub sasl: Option<Sasl>,
    /// Further settings of librdkafka, by its own names, applied last. Names this product depends on are
    /// refused when the configuration is read.
    pub overrides: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tls {
    /// PEM file of the authorities to trust; the system's if absent.
    pub ca: Option<PathBuf>,
    /// PEM files of a client certificate and its key.
    pub certificate: Option<PathBuf>,
    pub key: Option<PathBuf>,
    pub key_password: Option<Secret>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sasl {
    Plain { username: String, password: Secret },
    Scram { hash: ScramHash, username: String, password: Secret },
    OauthBearer(Issuer),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScramHash {
    Sha256,
    Sha512,
}

/// A value that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The value itself, for whoever has to send it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(not shown)")
    }
}

/// The topics Tenure writes, and reads back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topics {
    pub events: String,
    pub findings: String,
    /// `None`: findings are not written as OCSF.
    pub findings_ocsf: Option<String>,
    pub state: String,
    pub dead_letter: String,
}

impl Topics {
    /// The topics whose names begin with `prefix`.
    #[must_use]
    pub fn named(prefix: &str) -> Self {
        let name = |tail: &str| format!("{prefix}.{tail}");
        Self {
            events: name("events"),
            findings: name("findings"),
            findings_ocsf: Some(name("findings.ocsf")),
            state: name("state"),
            dead_letter: name("dead-letter"),
        }
    }
}

/// One raw topic with the identity of the stream it carries.
#[derive(Debug, Clone)]
pub struct Input {
    pub topic: String,
    /// `None`: each record is told by its shape.
    pub source: Option<SourceName>,
    pub tenant: String,
    /// The name of the stream within the tenant; for Vault `cluster/device`.
    pub stream: String,
    /// How much later than its time a record may still come; `None`: what is usual for its source.
    pub lateness: Option<Span>,
    /// How long the stream may say nothing while its clock still follows the wall clock.
    pub max_silence: Span,
}

/// When a transaction ends: at whatever is reached first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commit {
    /// After its first record, following the log.
    pub interval: Duration,
    /// After its first record, while there is more to read than can be read.
    pub interval_behind: Duration,
    pub records_max: usize,
    pub records_max_behind: usize,
    pub bytes_max: usize,
}

impl Default for Commit {
    fn default() -> Self {
        Self {
            interval: Duration::from_millis(50),
            interval_behind: Duration::from_secs(1),
            records_max: 5_000,
            records_max_behind: 20_000,
            bytes_max: 4 << 20,
        }
    }
}

/// A Confluent-compatible Schema Registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registry {
    /// `https://registry:8081`, with a path where the API lies under one.
    pub url: String,
    pub username: Option<String>,
    pub password: Option<Secret>,
    /// PEM file of the authorities to trust; the system's if absent.
    pub ca: Option<PathBuf>,
    /// Whether schemas may be registered; otherwise they must be there.
    pub register: bool,
}
