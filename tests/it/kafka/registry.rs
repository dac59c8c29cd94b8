//! A real Schema Registry, for the tests that ask for one.

use std::sync::LazyLock;

use super::server::{self, Server};

/// Apicurio, through the interface it has in common with Confluent's.
pub struct Registry {
    /// Where subjects, schemas and settings lie: `http://127.0.0.1:PORT/apis/ccompat/v7`.
    pub url: String,
    _server: Server,
}

/// The registry of this run, started by the first who asks. `None` where none can be had, which was said.
pub fn registry() -> Option<&'static Registry> {
    static REGISTRY: LazyLock<Option<Registry>> = LazyLock::new(Registry::start);
    REGISTRY.as_ref()
}

impl Registry {
    fn start() -> Option<Self> {
        let port = server::free_ports(1);
        let server = Server::start("registry", &[port.to_string()])?;
        Some(Self { url: format!("http://127.0.0.1:{port}/apis/ccompat/v7"), _server: server })
    }
}
