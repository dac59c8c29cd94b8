//! The one table of what a configuration may say: sections, keys, examples, defaults, meanings.
//!
//! Reading, "did you mean", `--print-default-config` and `docs/run.md` all read it.

/// A table of the file.
#[derive(Debug, PartialEq, Eq)]
pub struct Section {
    /// `kafka.tls`; empty for what stands before all tables.
    pub path: &'static str,
    pub presence: Presence,
    pub doc: &'static str,
    pub keys: &'static [Key],
}

/// How often a table may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    Required,
    Optional,
    /// As `[[name]]`, any number of times, at least once.
    Repeated,
    /// As `[[name]]`, any number of times, or not at all.
    OptionalRepeated,
}

/// One `key = value`.
#[derive(Debug, PartialEq, Eq)]
pub struct Key {
    pub name: &'static str,
    /// A value as it stands in TOML.
    pub example: &'static str,
    /// What holds where the key is left out, in words; empty where it must be given.
    pub default: &'static str,
    pub doc: &'static str,
}

impl Section {
    /// As a file writes it: `[kafka.tls]`, `[[input]]`.
    #[must_use]
    pub fn header(&self) -> String {
        match self.presence {
            Presence::Required | Presence::Optional => format!("[{}]", self.path),
            Presence::Repeated | Presence::OptionalRepeated => format!("[[{}]]", self.path),
        }
    }

    /// What may stand directly in it: its keys and the tables below it.
    pub fn known(&'static self) -> impl Iterator<Item = &'static str> + Clone {
        let below = move |section: &'static Self| {
            let rest = section.path.strip_prefix(self.path)?;
            let name = if self.path.is_empty() { rest } else { rest.strip_prefix('.')? };
            (!name.is_empty() && !name.contains('.')).then_some(name)
        };
        self.keys.iter().map(|key| key.name).chain(SECTIONS.iter().copied().filter_map(below))
    }
}

pub const TOP: Section = Section {
    path: "",
    presence: Presence::Required,
    doc: "Who this process is.",
    keys: &[
        Key {
            name: "application",
            example: "\"tenure\"",
            default: "`\"tenure\"`",
            doc: "In front of the names of consumer groups and transactional ids. Each stage of an \
                  application has one process; give a second installation on the same brokers another name.",
        },
        Key {
            name: "node",
            example: "\"tenure-0\"",
            default: "the host name",
            doc: "Tells this process from others of the application. It must be the same after a restart: \
                  the successor then settles at once what its predecessor left open.",
        },
    ],
};

pub const KAFKA: Section = Section {
    path: "kafka",
    presence: Presence::Required,
    doc: "How to reach the brokers.",
    keys: &[Key {
        name: "brokers",
        example: "[\"localhost:9092\"]",
        default: "",
        doc: "Where to begin; the other brokers of the cluster are found from these.",
    }],
};

pub const TLS: Section = Section {
    path: "kafka.tls",
    presence: Presence::Optional,
    doc: "Speak TLS to the brokers. The table alone is enough where the system trusts their authority.",
    keys: &[
        Key {
            name: "ca",
            example: "\"ca.pem\"",
            default: "the system's authorities",
            doc: "PEM file of the authorities that may sign a broker's certificate.",
        },
        Key {
            name: "certificate",
            example: "\"client.pem\"",
            default: "none",
            doc: "PEM file of a client certificate, where the brokers ask for one; needs `key`.",
        },
        Key {
            name: "key",
            example: "\"client.key\"",
            default: "none",
            doc: "PEM file of the key of `certificate`.",
        },
        Key {
            name: "key_password",
            example: "{ file = \"client.key.password\" }",
            default: "none",
            doc: "Secret that opens `key`.",
        },
    ],
};

pub const SASL: Section = Section {
    path: "kafka.sasl",
    presence: Presence::Optional,
    doc: "How to log in to the brokers.",
    keys: &[
        Key {
            name: "mechanism",
            example: "\"SCRAM-SHA-512\"",
            default: "",
            doc: "`PLAIN`, `SCRAM-SHA-256`, `SCRAM-SHA-512` or `OAUTHBEARER`.",
        },
        Key {
            name: "username",
            example: "\"tenure\"",
            default: "needed for PLAIN and SCRAM",
            doc: "Who logs in.",
        },
        Key {
            name: "password",
            example: "{ env = \"TENURE_KAFKA_PASSWORD\" }",
            default: "needed for PLAIN and SCRAM",
            doc: "Secret of that user.",
        },
        Key {
            name: "token_url",
            example: "\"https://login.example.com/oauth2/token\"",
            default: "needed for OAUTHBEARER",
            doc: "Where tokens are asked for, with the OAuth 2.0 grant of client credentials. For its \
                  certificate the system's authorities are trusted.",
        },
        Key {
            name: "client_id",
            example: "\"tenure\"",
            default: "needed for OAUTHBEARER",
            doc: "Who asks for tokens; sent with the secret as HTTP Basic authentication.",
        },
        Key {
            name: "client_secret",
            example: "{ file = \"client.secret\" }",
            default: "needed for OAUTHBEARER",
            doc: "Secret of that client.",
        },
        Key { name: "scope", example: "\"kafka\"", default: "none", doc: "Scope to ask tokens for." },
    ],
};

pub const OPTIONS: Section = Section {
    path: "kafka.options",
    presence: Presence::Optional,
    doc: "Further settings of librdkafka by its own names, as texts; checked at start. What exactly-once \
          depends on, and what has a key of its own here, is refused.",
    keys: &[],
};

pub const TOPICS: Section = Section {
    path: "topics",
    presence: Presence::Optional,
    doc: "Names of the topics Tenure writes and reads back; `tenure topics create` creates them.",
    keys: &[
        Key {
            name: "prefix",
            example: "\"tenure\"",
            default: "`\"tenure\"`",
            doc: "In front of every name that is not given.",
        },
        Key {
            name: "events",
            example: "\"tenure.events\"",
            default: "PREFIX`.events`",
            doc: "Events and progress, keyed by realm: between the two stages.",
        },
        Key {
            name: "state",
            example: "\"tenure.state\"",
            default: "PREFIX`.state`",
            doc: "The state of credentials, compacted; with as many partitions as `events`.",
        },
        Key {
            name: "dead_letter",
            example: "\"tenure.dead-letter\"",
            default: "PREFIX`.dead-letter`",
            doc: "Reason and place of each record that could not be read, never its content.",
        },
    ],
};

pub const INPUT: Section = Section {
    path: "input",
    presence: Presence::Repeated,
    doc: "A raw topic, with the identity of the stream it carries.",
    keys: &[
        Key { name: "topic", example: "\"cloudtrail\"", default: "", doc: "The topic to read." },
        Key {
            name: "source",
            example: "\"aws.cloudtrail\"",
            default: "`\"auto\"`: by the shape of each record",
            doc: "The log format: `aws.cloudtrail` or `vault.audit`.",
        },
        Key {
            name: "tenant",
            example: "\"default\"",
            default: "`\"default\"`",
            doc: "The organisation whose credentials these are; equal names in two tenants never meet.",
        },
        Key {
            name: "stream",
            example: "\"prod/file\"",
            default: "`\"default\"`",
            doc: "Name of the stream within the tenant. Each Vault audit device is a stream of its own: \
                  `CLUSTER/DEVICE`.",
        },
        Key {
            name: "lateness",
            example: "\"20min\"",
            default: "what is usual for the source",
            doc: "How much later than its own time a record may still arrive; `\"0s\"` where the log is in \
                  order. Silence is concluded that much later.",
        },
        Key {
            name: "max_silence",
            example: "\"30min\"",
            default: "`\"30min\"`",
            doc: "How long the stream may deliver nothing before its clock stops: beyond it, silence counts \
                  as a broken shipper and not as an unused credential.",
        },
    ],
};

pub const OUTPUT: Section = Section {
    path: "output",
    presence: Presence::OptionalRepeated,
    doc: "A topic of findings. Without any `[[output]]` both formats are written, to PREFIX`.findings` and \
          PREFIX`.findings.ocsf`; with any, only those that stand here. `avro` must be one of them.",
    keys: &[
        Key {
            name: "format",
            example: "\"avro\"",
            default: "",
            doc: "`avro`: every transition, with its schema. `ocsf`: OCSF 1.5 as JSON, for a SIEM.",
        },
        Key {
            name: "topic",
            example: "\"tenure.findings\"",
            default: "PREFIX`.findings`, PREFIX`.findings.ocsf`",
            doc: "The topic to write.",
        },
    ],
};

pub const REGISTRY: Section = Section {
    path: "schema_registry",
    presence: Presence::Optional,
    doc: "A Confluent-compatible Schema Registry for the Avro topics. Without it each record names its \
          schema by fingerprint (single-object encoding).",
    keys: &[
        Key {
            name: "url",
            example: "\"https://registry.example.com:8081\"",
            default: "",
            doc: "Where its API begins.",
        },
        Key { name: "username", example: "\"tenure\"", default: "none", doc: "Who logs in, if anybody." },
        Key {
            name: "password",
            example: "{ env = \"TENURE_REGISTRY_PASSWORD\" }",
            default: "none",
            doc: "Secret of that user.",
        },
        Key {
            name: "ca",
            example: "\"ca.pem\"",
            default: "the system's authorities",
            doc: "PEM file of the authorities that may sign its certificate.",
        },
        Key {
            name: "register",
            example: "true",
            default: "`true`",
            doc: "Whether missing schemas are registered at start; `false` where a pipeline of yours does.",
        },
    ],
};

pub const COMMIT: Section = Section {
    path: "commit",
    presence: Presence::Optional,
    doc: "When a transaction ends: at whatever is reached first. Short ones show findings sooner, long ones \
          cost less.",
    keys: &[
        Key {
            name: "interval",
            example: "\"50ms\"",
            default: "`\"50ms\"`",
            doc: "After its first record, while following the log.",
        },
        Key {
            name: "interval_behind",
            example: "\"1s\"",
            default: "`\"1s\"`",
            doc: "After its first record, while catching up.",
        },
        Key {
            name: "records_max",
            example: "5000",
            default: "`5000`",
            doc: "Records read, while following the log.",
        },
        Key {
            name: "records_max_behind",
            example: "20000",
            default: "`20000`",
            doc: "Records read, while catching up.",
        },
        Key { name: "bytes_max", example: "\"4MiB\"", default: "`\"4MiB\"`", doc: "Bytes read." },
    ],
};

pub const TIME: Section = Section {
    path: "time",
    presence: Presence::Optional,
    doc: "How time passes where no record comes.",
    keys: &[Key {
        name: "mode",
        example: "\"live\"",
        default: "`\"live\"`",
        doc: "`live`: with the wall clock, while a stream is heard of. `replay`: only with the records, for \
              reading an old log again.",
    }],
};

pub const HTTP: Section = Section {
    path: "http",
    presence: Presence::Optional,
    doc: "Where `/metrics`, `/healthz` and `/readyz` are served. Without it nothing listens.",
    keys: &[Key {
        name: "listen",
        example: "\"127.0.0.1:9464\"",
        default: "",
        doc: "Address and port. There is no authentication: keep it inside.",
    }],
};

pub const POLICY: Section = Section {
    path: "policy",
    presence: Presence::Optional,
    doc: "Thresholds and rules (docs/policy.md).",
    keys: &[Key {
        name: "file",
        example: "\"policy.toml\"",
        default: "",
        doc: "The policy; without the section, the built-in one.",
    }],
};

/// In the order the default configuration and the reference write them.
pub const SECTIONS: &[&Section] = &[
    &TOP, &KAFKA, &TLS, &SASL, &OPTIONS, &INPUT, &TOPICS, &OUTPUT, &REGISTRY, &POLICY, &TIME, &COMMIT, &HTTP,
];
