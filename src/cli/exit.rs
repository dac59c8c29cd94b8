//! Exit codes: what a script learns from a run.

use std::process::ExitCode;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, with or without findings.
    Done,
    /// There is a finding at or above `--fail-on`.
    Findings,
    /// The command line or a configuration is wrong, or what was asked for cannot be written.
    Usage,
    /// An input cannot be read, or nothing in it was recognised. The rest was done.
    Input,
    /// No broker can be reached, or none lets us in.
    Unreachable,
}

impl Exit {
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::Input => 3,
            Self::Unreachable => 4,
        }
    }

    /// The graver of two: 2, 3, 4, 1, 0.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        if other.gravity() > self.gravity() { other } else { self }
    }

    const fn gravity(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Findings => 1,
            Self::Unreachable => 2,
            Self::Input => 3,
            Self::Usage => 4,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// A mistake in the arguments that only shows once they are looked at together.
#[derive(Debug, thiserror::Error)]
#[error("{0}\n\nFor more information, try '--help'.")]
pub struct Usage(pub String);

#[cfg(test)]
mod tests {
    use super::Exit;

    #[test]
    fn the_gravest_exit_wins() {
        let by_gravity = [Exit::Done, Exit::Findings, Exit::Unreachable, Exit::Input, Exit::Usage];
        for (at, lesser) in by_gravity.iter().enumerate() {
            for greater in &by_gravity[at..] {
                assert_eq!(lesser.and(*greater), *greater);
                assert_eq!(greater.and(*lesser), *greater);
            }
        }
        assert_eq!(by_gravity.map(Exit::code), [0, 1, 4, 3, 2]);
    }
}
