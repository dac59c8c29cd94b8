//! Whom clients of HTTP trust.

use std::path::Path;

use ureq::config::ConfigBuilder;
#[cfg(feature = "tls")]
use ureq::tls::TlsConfig;
use ureq::typestate::AgentScope;

use super::RegistryError;

type Config = ConfigBuilder<AgentScope>;

/// The authorities in the file `ca`, else those of the system.
#[cfg(feature = "tls")]
pub(super) fn trusting_in(config: Config, _url: &str, ca: Option<&Path>) -> Result<Config, RegistryError> {
    let roots = ca.map_or(Ok(ureq::tls::RootCerts::PlatformVerifier), authorities)?;
    Ok(config.tls_config(trusting(roots)))
}

/// Those of the system.
#[cfg(feature = "tls")]
pub fn system_authorities() -> TlsConfig {
    trusting(ureq::tls::RootCerts::PlatformVerifier)
}

#[cfg(feature = "tls")]
fn trusting(roots: ureq::tls::RootCerts) -> TlsConfig {
    TlsConfig::builder().provider(ureq::tls::TlsProvider::NativeTls).root_certs(roots).build()
}

#[cfg(feature = "tls")]
fn authorities(path: &Path) -> Result<ureq::tls::RootCerts, RegistryError> {
    use ureq::tls::{PemItem, RootCerts, parse_pem};

    let unusable = |cause: String| RegistryError::Authorities { path: path.display().to_string(), cause };
    let text = std::fs::read(path).map_err(|cause| unusable(cause.to_string()))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&text) {
        if let PemItem::Certificate(certificate) = item.map_err(|cause| unusable(cause.to_string()))? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        return Err(unusable("it holds no certificate".to_owned()));
    }
    Ok(RootCerts::new_with_certs(&certificates))
}

/// Nobody: only addresses without TLS are accepted.
#[cfg(not(feature = "tls"))]
pub(super) fn trusting_in(config: Config, url: &str, _ca: Option<&Path>) -> Result<Config, RegistryError> {
    let is_tls = url.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"));
    if is_tls { Err(RegistryError::NoTls { url: url.to_owned() }) } else { Ok(config) }
}
