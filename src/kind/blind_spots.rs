//! What must be on, or cannot be had, for uses to show: said by several kinds.

pub(super) const DATA_EVENTS: Option<&str> =
    Some("data events (S3, SQS, DynamoDB, Lambda) show only where the trail logs them");
pub(super) const CACHED_READS: Option<&str> =
    Some("reads served from a client's cache do not show; 'used' means read");
pub(super) const GCP_DATA: Option<&str> =
    Some("data access logs are off by default; without them only calls that change something show a key");
pub(super) const SIGN_INS: Option<&str> =
    Some("one sign-in serves up to an hour of calls, a day with continuous access evaluation");
pub(super) const KEYS_BY_VALUE: Option<&str> =
    Some("only the reading of the key shows, never a request made with it");
pub(super) const GITHUB_GIT: Option<&str> =
    Some("API requests and Git events show only in a streamed log where both are enabled");
pub(super) const CREDENTIAL_IDS: Option<&str> =
    Some("ids of credentials stand in the log since Kubernetes 1.32; before that only the account shows");
pub(super) const OKTA_READS: Option<&str> =
    Some("only calls that change something are logged; a token that only reads looks unused");
pub(super) const WATCHED: Option<&str> =
    Some("a mounted secret is read by the kubelet; 'used' means read through the API");
