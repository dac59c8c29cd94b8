//! Tokens for SASL OAUTHBEARER, asked for with the grant of client credentials (RFC 6749, section 4.4).
//!
//! librdkafka does so by itself only where it is built with libcurl; an HTTP client is here anyway. One token
//! serves all clients of a process until half of its life is over: librdkafka asks for another one later than
//! that, and restoring many partitions must not be an attack on who issues them.

use std::error::Error;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rdkafka::client::OAuthToken;
use serde::Deserialize;
use ureq::Agent;

use super::registry::basic;
use super::settings::{Connection, Sasl, Secret};
use crate::telemetry::clock::wall_clock;
use crate::time::{Span, WallTime};

/// An issuer that takes longer than this has no answer. Deliveries wait meanwhile, so it is short.
const TIMEOUT: Duration = Duration::from_secs(5);
const ANSWER_BYTES_MAX: u64 = 1 << 20;
/// How long a token lives that does not say: short enough to be right.
const LIFE_UNSAID_SECONDS: i64 = 300;
/// No token is believed to live longer.
const LIFE_SECONDS_MAX: i64 = 366 * 86_400;

/// Why there is no token. Neither the secret nor any token is part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("{url} cannot be reached: {cause}")]
    Unreachable { url: String, cause: String },
    #[error("{url} refuses (status {status}, {code})")]
    Refused { url: String, status: u16, code: String },
    #[error("{url} does not answer with a token (status {status})")]
    NotAToken { url: String, status: u16 },
    #[error("[kafka.sasl] does not say where tokens are to be had")]
    NoIssuer,
}

/// Who issues tokens, and who asks.
#[derive(Debug, Clone)]
pub struct Issuer {
    pub token_url: String,
    pub client_id: String,
    pub client_secret: Secret,
    pub scope: Option<String>,
    kept: Arc<Mutex<Option<Token>>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    text: Secret,
    /// From here on another one is asked for.
    stale: WallTime,
    expires: WallTime,
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    /// Seconds; some issuers write them as text.
    #[serde(default)]
    expires_in: serde_json::Value,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

impl PartialEq for Issuer {
    /// Whatever tokens are kept.
    fn eq(&self, other: &Self) -> bool {
        let settings = |it: &Self| {
            (it.token_url.clone(), it.client_id.clone(), it.client_secret.clone(), it.scope.clone())
        };
        settings(self) == settings(other)
    }
}

impl Eq for Issuer {}

impl Issuer {
    #[must_use]
    pub fn new(token_url: String, client_id: String, client_secret: Secret, scope: Option<String>) -> Self {
        Self { token_url, client_id, client_secret, scope, kept: Arc::default() }
    }

    /// The issuer of `connection`, if it logs in by tokens.
    #[must_use]
    pub fn of(connection: &Connection) -> Option<Self> {
        match &connection.sasl {
            Some(Sasl::OauthBearer(issuer)) => Some(issuer.clone()),
            Some(Sasl::Plain { .. } | Sasl::Scram { .. }) | None => None,
        }
    }

    /// A token in its prime, as librdkafka takes it. Who asks while another one does waits for its answer.
    ///
    /// # Errors
    /// Where there is none to be had.
    pub fn token(&self) -> Result<OAuthToken, TokenError> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let now = wall_clock();
        let fresh = match kept.take().filter(|token| now < token.stale) {
            Some(token) => token,
            None => self.ask(now)?,
        };
        let token = OAuthToken {
            token: fresh.text.expose().to_owned(),
            principal_name: self.client_id.clone(),
            lifetime_ms: fresh.expires.micros() / 1_000,
        };
        *kept = Some(fresh);
        Ok(token)
    }

    fn ask(&self, now: WallTime) -> Result<Token, TokenError> {
        let unreachable = |cause: ureq::Error| TokenError::Unreachable {
            url: self.token_url.clone(),
            cause: cause.to_string(),
        };
        let mut form = vec![("grant_type", "client_credentials")];
        form.extend(self.scope.as_deref().map(|scope| ("scope", scope)));
        let login = basic(&form_encoded(&self.client_id), &form_encoded(self.client_secret.expose()));
        let request = agent().post(&self.token_url).header("accept", "application/json");
        let response = request.header("authorization", login.expose()).send_form(form);
        let mut response = response.map_err(unreachable)?;
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        self.read(status, &body.map_err(unreachable)?, now)
    }

    fn read(&self, status: u16, body: &[u8], now: WallTime) -> Result<Token, TokenError> {
        let url = self.token_url.clone();
        if !(200..300).contains(&status) {
            let refusal: Option<Refusal> = serde_json::from_slice(body).ok();
            return Err(match refusal.map(|refusal| refusal.error).filter(|code| is_code(code)) {
                Some(code) => TokenError::Refused { url, status, code },
                None => TokenError::NotAToken { url, status },
            });
        }
        let answer: Option<Answer> = serde_json::from_slice(body).ok();
        let answer = answer.filter(|answer| is_token(&answer.access_token));
        let Answer { access_token, expires_in } = answer.ok_or(TokenError::NotAToken { url, status })?;
        let seconds = expires_in.as_i64().or_else(|| expires_in.as_str()?.parse().ok());
        let seconds = seconds.unwrap_or(LIFE_UNSAID_SECONDS).clamp(1, LIFE_SECONDS_MAX);
        let after = |micros| now.later_by(Span::from_micros(micros));
        let (stale, expires) = (after(seconds * 500_000), after(seconds * 1_000_000));
        Ok(Token { text: Secret::new(access_token), stale, expires })
    }
}

/// What librdkafka is given when it asks a context for a token.
pub(super) fn generate(issuer: Option<&Issuer>) -> Result<OAuthToken, Box<dyn Error>> {
    Ok(issuer.ok_or(TokenError::NoIssuer)?.token()?)
}

fn agent() -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        // Settings come from files, never from the environment, and the secret goes where they say only.
        .proxy(None)
        .max_redirects(0)
        .timeout_global(Some(TIMEOUT))
        .user_agent(concat!("tenure/", env!("CARGO_PKG_VERSION")));
    #[cfg(feature = "tls")]
    let config = config.tls_config(super::registry::system_authorities());
    config.build().new_agent()
}

/// One word of visible ASCII, as RFC 6750 has it: nothing else can stand in a header.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// An error code such as `invalid_client`, and no prose, which might quote what was sent.
fn is_code(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// A name or secret as it stands in the header (RFC 6749, section 2.3.1).
fn form_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._*".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: WallTime = WallTime::from_micros(1_000_000_000);

    fn read(status: u16, body: &str) -> Result<Token, TokenError> {
        let secret = Secret::new("hush".into());
        Issuer::new("https://idp/token".into(), "app".into(), secret, None).read(status, body.as_bytes(), NOW)
    }

    #[test]
    fn a_token_lives_as_long_as_its_answer_says() {
        for (life, seconds) in [(r#","expires_in":60"#, 60), (r#","expires_in":"90""#, 90), ("", 300)] {
            let token = read(200, &format!(r#"{{"access_token":"a.b.c","token_type":"Bearer"{life}}}"#));
            let token = token.unwrap();
            assert_eq!(token.text.expose(), "a.b.c");
            assert_eq!(token.expires.since(NOW), Span::from_micros(seconds * 1_000_000));
            assert_eq!(token.stale.since(NOW), Span::from_micros(seconds * 500_000));
        }
    }

    #[test]
    fn what_is_no_token_is_said_without_what_was_sent() {
        let refused = read(401, r#"{"error":"invalid_client","error_description":"hush is wrong"}"#);
        let refused = refused.unwrap_err().to_string();
        assert_eq!(refused, "https://idp/token refuses (status 401, invalid_client)");
        let bodies = [
            (400, r#"{"error":"the secret hush is wrong"}"#),
            (302, ""),
            (200, "<html>hush</html>"),
            (200, r#"{"access_token":"hush\u0000"}"#),
            (200, r#"{"access_token":""}"#),
        ];
        for (status, body) in bodies {
            let error = read(status, body).unwrap_err();
            assert_eq!(error, TokenError::NotAToken { url: "https://idp/token".into(), status }, "{body}");
        }
    }

    #[test]
    fn names_and_secrets_are_encoded_as_in_forms() {
        assert_eq!(form_encoded("app-1_x.y"), "app-1_x.y");
        assert_eq!(form_encoded("p:ä %"), "p%3A%C3%A4%20%25");
    }
}
