//! What is told of the source besides how it is read: its kinds, its allow-list, what it cannot show.

use crate::kind::Kind;
use crate::source::BlindSpot;

pub(super) const KINDS: &[Kind] = &[
    Kind::VaultToken,
    Kind::VaultBatchToken,
    Kind::VaultWrappingToken,
    Kind::VaultLease,
    Kind::VaultSecretId,
    Kind::VaultUserPassword,
    Kind::VaultCertificate,
    Kind::VaultSshCertificate,
    Kind::VaultKvSecret,
    Kind::VaultStaticRole,
    Kind::VaultRootCredential,
    Kind::VaultTransitKey,
    Kind::VaultTotpKey,
    Kind::VaultBarrierKey,
    Kind::VaultOidcKey,
    Kind::VaultOidcClient,
];

/// Members whose text may reach an event. Tokens and every other value leave as the hash that the device
/// wrote; where it wrote them in clear, as a digest.
pub(super) const FIELDS: &[&str] = &[
    "accessor",
    "client_token_accessor",
    "common_name",
    "display_name",
    "entity_id",
    "lease_id",
    "mount_type",
    "operation",
    "owner",
    "path",
    "remote_address",
    "role",
    "role_name",
    "secret_id_accessor",
    "serial_number",
    "service_account_name",
    "time",
    "type",
    "user-agent",
    "username",
    "wrapped_accessor",
    "x-forwarded-for",
];

pub(super) const BLIND_SPOTS: &[BlindSpot] = &[
    BlindSpot {
        unseen: "the end of a lease",
        cure: Some("a call to sys/leases/lookup, whose answer states it"),
    },
    BlindSpot { unseen: "tokens and leases that expire, or end with their parent", cure: None },
    BlindSpot {
        unseen: "which lease a revocation by its body means: the body is hashed",
        cure: Some("sys/ tuned with audit_non_hmac_request_keys=lease_id"),
    },
    BlindSpot {
        unseen: "which token a revocation by accessor means, where the device shows accessors in clear",
        cure: Some("a device with hmac_accessor=true"),
    },
    BlindSpot {
        unseen: "rotations of static roles by their schedule, until somebody reads the password",
        cure: None,
    },
    BlindSpot {
        unseen: "the address of a caller behind a load balancer",
        cure: Some("x-forwarded-for in sys/config/auditing/request-headers"),
    },
    BlindSpot {
        unseen: "calls to other nodes",
        cure: Some("the device of every node of the cluster, all as one stream"),
    },
    BlindSpot { unseen: "unsealing, initialising, and calls refused before they reach the core", cure: None },
    BlindSpot { unseen: "which mount a remount moved: its old path is hashed", cure: None },
];
