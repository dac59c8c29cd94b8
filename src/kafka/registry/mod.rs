//! A client of the Schema Registry, as far as Tenure needs one: register, look up, fetch, compare.
//!
//! The API is Confluent's, which Apicurio, Karapace and Redpanda speak too. It is asked at start and for
//! numbers never seen before, hence one blocking call at a time and no cache here: that is
//! [`contracts`](super::contracts).

mod error;
mod tls;

use std::time::Duration;

use serde::Deserialize;
use ureq::http::{Request, Response, StatusCode};
use ureq::{Agent, Body};

pub use error::RegistryError;
#[cfg(feature = "tls")]
pub(super) use tls::system_authorities;

use super::settings::{Registry, Secret};

/// A registry that takes longer than this has no answer.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Larger than any schema, small enough for memory.
const ANSWER_BYTES_MAX: u64 = 4 << 20;

const MEDIA_TYPE: &str = "application/vnd.schemaregistry.v1+json";

/// Error codes of Confluent's API.
const SUBJECT_NOT_FOUND: u32 = 40401;
const VERSION_NOT_FOUND: u32 = 40402;
const SCHEMA_NOT_FOUND: u32 = 40403;
const SCHEMA_INVALID: u32 = 42201;

/// Whether the newest schema of a subject and another one can read each other, by the subject's own rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compatibility {
    Compatible,
    /// What stands against it, in the words of the registry; empty where it does not say.
    Incompatible(String),
}

/// A registry, by its address.
pub struct Client {
    agent: Agent,
    /// Without a slash at the end.
    url: String,
    authorization: Option<Secret>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("url", &self.url).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct IdAnswer {
    id: u32,
}

#[derive(Deserialize)]
struct SchemaAnswer {
    schema: String,
}

#[derive(Deserialize)]
struct CompatibilityAnswer {
    is_compatible: bool,
    #[serde(default)]
    messages: Vec<String>,
}

#[derive(Deserialize, Default)]
struct ErrorAnswer {
    #[serde(default)]
    error_code: u32,
    #[serde(default)]
    message: String,
}

/// What is asked of the registry: its own words for an error depend on it.
#[derive(Clone, Copy)]
struct Call<'a> {
    /// Below the address: `/subjects/tenure.findings-value`.
    path: &'a str,
    subject: &'a str,
    /// The schema to send; `None` only fetches.
    schema: Option<&'a str>,
}

impl Client {
    /// # Errors
    /// Where the settings name a file of authorities that cannot be read, or TLS that is not built in.
    pub fn new(settings: &Registry) -> Result<Self, RegistryError> {
        Self::with_timeout(settings, TIMEOUT)
    }

    /// A client that waits for an answer no longer than `timeout`.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with_timeout(settings: &Registry, timeout: Duration) -> Result<Self, RegistryError> {
        let url = settings.url.trim_end_matches('/').to_owned();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // Settings come from arguments and files, never from the environment.
            .proxy(None)
            .timeout_global(Some(timeout))
            .user_agent(concat!("tenure/", env!("CARGO_PKG_VERSION")));
        let config = tls::trusting_in(config, &url, settings.ca.as_deref())?.build();
        let password = settings.password.as_ref().map_or("", Secret::expose);
        let authorization = settings.username.as_ref().map(|name| basic(name, password));
        Ok(Self { agent: config.new_agent(), url, authorization })
    }

    /// The number of `schema` under `subject`, which is registered if it is not yet.
    ///
    /// # Errors
    /// [`RegistryError::Incompatible`] where the subject's rule forbids it.
    pub fn register(&self, subject: &str, schema: &str) -> Result<u32, RegistryError> {
        let call = Call { path: &format!("/subjects/{subject}/versions"), subject, schema: Some(schema) };
        self.required(call).map(|answer: IdAnswer| answer.id)
    }

    /// The number of `schema` if it is registered under `subject`.
    ///
    /// # Errors
    /// Where the registry gives no answer.
    pub fn look_up(&self, subject: &str, schema: &str) -> Result<Option<u32>, RegistryError> {
        let call = Call { path: &format!("/subjects/{subject}"), subject, schema: Some(schema) };
        Ok(self.answer(call)?.map(|answer: IdAnswer| answer.id))
    }

    /// The schema with the number `id`, if there is one.
    ///
    /// # Errors
    /// Where the registry gives no answer.
    pub fn schema(&self, id: u32) -> Result<Option<String>, RegistryError> {
        let call = Call { path: &format!("/schemas/ids/{id}"), subject: "", schema: None };
        Ok(self.answer(call)?.map(|answer: SchemaAnswer| answer.schema))
    }

    /// Whether `schema` may follow the newest one of `subject`. The first of a subject always may.
    ///
    /// # Errors
    /// Where the registry gives no answer.
    pub fn compatibility(&self, subject: &str, schema: &str) -> Result<Compatibility, RegistryError> {
        let path = format!("/compatibility/subjects/{subject}/versions/latest?verbose=true");
        let answer: Option<CompatibilityAnswer> =
            self.answer(Call { path: &path, subject, schema: Some(schema) })?;
        Ok(match answer {
            Some(answer) if !answer.is_compatible => Compatibility::Incompatible(answer.messages.join("; ")),
            Some(_) | None => Compatibility::Compatible,
        })
    }

    fn required<T: for<'de> Deserialize<'de>>(&self, call: Call<'_>) -> Result<T, RegistryError> {
        self.answer(call)?.ok_or_else(|| self.not_understood(StatusCode::NOT_FOUND))
    }

    /// What the registry says; `None` where it does not have what was asked for.
    fn answer<T: for<'de> Deserialize<'de>>(&self, call: Call<'_>) -> Result<Option<T>, RegistryError> {
        let mut response = self.send(call).map_err(|cause| self.unreachable(&cause))?;
        let status = response.status();
        let body = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        let body = body.map_err(|cause| self.unreachable(&cause))?;
        if status.is_success() {
            return serde_json::from_slice(&body).map(Some).map_err(|_| self.not_understood(status));
        }
        let said: ErrorAnswer = serde_json::from_slice(&body).unwrap_or_default();
        match said.error_code {
            SUBJECT_NOT_FOUND | VERSION_NOT_FOUND | SCHEMA_NOT_FOUND => Ok(None),
            _ => Err(self.refusal(status, said, call)),
        }
    }

    fn send(&self, call: Call<'_>) -> Result<Response<Body>, ureq::Error> {
        let mut request =
            Request::builder().uri(format!("{}{}", self.url, call.path)).header("accept", MEDIA_TYPE);
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization.expose());
        }
        match call.schema {
            None => self.agent.run(request.method("GET").body(())?),
            Some(schema) => {
                let body = serde_json::json!({ "schema": schema }).to_string();
                self.agent.run(request.method("POST").header("content-type", MEDIA_TYPE).body(body)?)
            }
        }
    }

    fn unreachable(&self, cause: &ureq::Error) -> RegistryError {
        RegistryError::Unreachable { url: self.url.clone(), cause: cause.to_string() }
    }

    fn not_understood(&self, status: StatusCode) -> RegistryError {
        RegistryError::NotARegistry { url: self.url.clone(), status: status.as_u16() }
    }

    fn refusal(&self, status: StatusCode, said: ErrorAnswer, call: Call<'_>) -> RegistryError {
        let url = self.url.clone();
        let (subject, message) = (call.subject.to_owned(), said.message);
        match (status.as_u16(), said.error_code) {
            (401 | 403, _) => RegistryError::Unauthorised { url, status: status.as_u16() },
            (409, _) => RegistryError::Incompatible { subject, message },
            (_, SCHEMA_INVALID) => RegistryError::Invalid { subject, message },
            (404 | 405, 0) => self.not_understood(status),
            (status, _) => RegistryError::Failed { url, status, message },
        }
    }
}

/// The value of an `authorization` header for a name and a password (RFC 7617).
pub(super) fn basic(username: &str, password: &str) -> Secret {
    Secret::new(format!("Basic {}", base64(format!("{username}:{password}").as_bytes())))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = |chunk: &[u8]| {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let digit = |at: usize| char::from(DIGITS[(bits >> (18 - 6 * at) & 63) as usize]);
        [0, 1, 2, 3].map(|at| if at <= chunk.len() { digit(at) } else { '=' })
    };
    bytes.chunks(3).flat_map(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (text, expected) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(text.as_bytes()), expected);
        }
        assert_eq!(base64(&[0xFB, 0xFF, 0xBF]), "+/+/");
    }

    #[test]
    fn a_password_is_not_shown() {
        let settings = Registry {
            url: "http://registry:8081/".into(),
            username: Some("user".into()),
            password: Some(Secret::new("opensesame".into())),
            ca: None,
            register: true,
        };
        let client = Client::new(&settings).unwrap();
        assert_eq!(format!("{client:?}"), "Client { url: \"http://registry:8081\", .. }");
    }
}
