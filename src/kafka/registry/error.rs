//! What can go wrong with a Schema Registry, each with what to do about it.

/// Why the registry gave no answer, or none that can be lived with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    #[error(
        "the Schema Registry at {url} cannot be reached: {cause}. Check that it runs, and `url` and `ca` in \
         [schema_registry]"
    )]
    Unreachable { url: String, cause: String },
    #[error(
        "the Schema Registry at {url} refuses the credentials (status {status}). Check `username` and \
         `password` in [schema_registry], and what that user may do"
    )]
    Unauthorised { url: String, status: u16 },
    #[error(
        "what answers at {url} is no Schema Registry of Confluent's API (status {status}). Check `url` in \
         [schema_registry]: some serve the API under a path, as Apicurio under /apis/ccompat/v7"
    )]
    NotARegistry { url: String, status: u16 },
    #[error(
        "the Schema Registry at {url} failed with status {status}: {message}. See its own log, then try again"
    )]
    Failed { url: String, status: u16, message: String },
    #[error(
        "the schema of this version may not follow the one that subject {subject} has: {message}. Some other \
         program, or a later version of Tenure, has registered a schema there: write to another topic, or \
         let who owns the subject change its compatibility"
    )]
    Incompatible { subject: String, message: String },
    #[error(
        "the Schema Registry does not accept the schema of subject {subject} as one of Avro: {message}. \
         Check that the subject is not set to another type of schema"
    )]
    Invalid { subject: String, message: String },
    #[error(
        "subject {subject} has not the schema of this version, and `register = false` in [schema_registry] \
         forbids to register it. Register schemas/{file}.avsc there, or set `register = true`"
    )]
    Missing { subject: String, file: &'static str },
    #[error("the authorities in {path} cannot be used: {cause}. Check `ca` in [schema_registry]: a PEM file")]
    Authorities { path: String, cause: String },
    #[error(
        "{url} asks for TLS, which this build does not speak. Build with the feature `tls`, or write http:// \
         in [schema_registry]"
    )]
    NoTls { url: String },
}

impl RegistryError {
    /// Whether it may go away by itself: then wait and ask again, with everything that is known kept.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Failed { status, .. } => *status >= 500 || *status == 429,
            Self::Unauthorised { .. }
            | Self::NotARegistry { .. }
            | Self::Incompatible { .. }
            | Self::Invalid { .. }
            | Self::Missing { .. }
            | Self::Authorities { .. }
            | Self::NoTls { .. } => false,
        }
    }
}
