//! What lies around a configuration file: the folder its paths start from, the environment, the host.

use std::fs;
use std::path::{Path, PathBuf};

/// Asked while a configuration is read, so that a test can give other answers than the machine.
pub struct Surroundings<'a> {
    /// Relative paths start here: the folder of the configuration.
    pub folder: PathBuf,
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    pub host: Option<String>,
}

impl Surroundings<'static> {
    /// Those of a file on this machine.
    #[must_use]
    pub fn of(file: &Path) -> Self {
        let folder = file.parent().unwrap_or(Path::new("")).to_owned();
        Self { folder, variable: &variable, host: host() }
    }
}

impl Surroundings<'_> {
    /// A path as the configuration means it.
    pub(super) fn path(&self, text: &str) -> PathBuf {
        self.folder.join(text)
    }
}

/// A variable of the environment; `None` where it is absent or not text.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the environment is read: it may hold secrets"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The name of the host: of the kernel where it tells, else of the environment.
fn host() -> Option<String> {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").ok().or_else(|| variable("HOSTNAME"))?;
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}
