//! Every bound of the product, with its unit in the name and its reason beside it.
//!
//! At a limit Tenure rejects the record and goes on, or forgets the least useful fact and says so; it never
//! grows without end and never stops a run for one record.

/// Longest record, in bytes. Vault list responses reach tens of megabytes; anything larger is not an audit
/// record.
pub const RECORD_BYTES_MAX: usize = 64 << 20;

/// Largest document that must be held whole because it is not in lines (an S3 `Records` object, a JSON
/// array). CloudTrail delivers files of a few megabytes; hand-made collections are larger.
pub const DOCUMENT_BYTES_MAX: usize = 512 << 20;

/// Longest text kept of any field, in bytes. IAM ARNs reach 2 KiB, Vault paths and lease ids a few hundred
/// bytes.
pub const FIELD_BYTES_MAX: usize = 2_048;

/// Longest user agent kept, in bytes; `CloudTrail` cuts its own at 1 KiB and only the family is judged.
pub const USER_AGENT_BYTES_MAX: usize = 128;

/// Most events taken from one record (an SSM `GetParameters` names ten, a batch read twenty).
pub const EVENTS_PER_RECORD_MAX: usize = 64;

/// Most rules of one policy. Each is tried for each new credential; a rule per team of a large organisation
/// fits.
pub const POLICY_RULES_MAX: usize = 1_000;

/// Most names one credential is known by. A Vault token has an accessor, two hashes and a wrapped accessor.
pub const NAMES_PER_CREDENTIAL_MAX: usize = 8;

/// Most versions of one stored secret that are remembered; older ones are forgotten first.
pub const VERSIONS_PER_CREDENTIAL_MAX: usize = 8;

/// Most client networks remembered of one principal or session. Beyond it "a new network" is no longer said.
pub const NETWORKS_PER_GROUP_MAX: usize = 16;

/// Most refused attempts remembered of one dead credential; the rule asks for five within a day.
pub const REFUSALS_PER_CREDENTIAL_MAX: usize = 8;

/// Most evidence samples kept in one finding; the count goes on.
pub const SAMPLES_PER_FINDING_MAX: usize = 8;

/// Most revocations of one credential that are remembered beside its first and its last. A name that is made
/// again begins a new life, which the first revocation after that ends; those of earlier lives go first.
pub const REVOCATIONS_PER_CREDENTIAL_MAX: usize = 8;

/// Most revocations of one prefix, mount, parent or principal that are remembered; the oldest go first.
pub const REVOCATIONS_PER_SELECTOR_MAX: usize = 16;

/// Deepest nesting of one record, in brackets: as deep as `serde_json` reads. CloudTrail policies reach about
/// 20.
pub const NESTING_MAX: u32 = 127;

/// Most envelopes around one record. The longest chain that services build is five (Lambda batch, SQS body,
/// SNS message, CloudWatch Logs, a line of it); more is an attempt to exhaust.
pub const ENVELOPES_DEEP_MAX: usize = 8;

/// Most bytes that one packed byte may become, beyond what is free. Audit records compress ten- to
/// thirtyfold, a batch of equal ones a few hundredfold; deflate itself ends at 1,032.
pub const EXPANSION_MAX: usize = 1_000;

/// Bytes that a packed text may become whatever its size. Little texts that are all alike compress best.
pub const EXPANSION_FREE_BYTES: usize = 1 << 20;

/// Most bytes that all packed texts of one line, message or document become together.
pub const EXPANDED_BYTES_MAX: usize = 1 << 30;

/// Bytes that a compressed file may become whatever its size. It is read in little memory, so that this
/// bounds time alone: some seconds for a file made to exhaust.
pub const STREAM_EXPANSION_FREE_BYTES: u64 = 4 << 30;

/// Largest window of a zstd frame, as a power of two: what `zstd` itself takes unless it is told otherwise.
/// 128 MiB of memory for each text being read.
pub const ZSTD_WINDOW_LOG_MAX: u32 = 27;

/// Most bytes of lines parsed at a time: large enough to hide the hand-over, small enough for a core's cache.
pub const BATCH_BYTES: usize = 256 << 10;

/// Most streams of one run; `StreamIx` counts to 65,535, eleven sources a name.
pub const STREAM_NAMES_MAX: usize = 4_096;
