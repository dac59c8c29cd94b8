//! What to do about a finding: the first command to type, for each kind of credential.

mod commands;

use crate::kind::Kind;

/// The shape of the way out. Findings of one subject with the same remedy are one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remedy {
    /// Take it out of use.
    Retire,
    /// Give it new material.
    Rotate,
    /// Prolong it, or let its successor take over.
    Renew,
    /// Assume that somebody else holds it.
    Contain,
    /// Find out who did this, and why.
    Review,
}

impl Remedy {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retire => "retire",
            Self::Rotate => "rotate",
            Self::Renew => "renew",
            Self::Contain => "contain",
            Self::Review => "review",
        }
    }
}

/// The steps of `remedy` for the credential `id` of `kind`, held by `holder` (a user name, a role).
#[must_use]
pub fn steps(remedy: Remedy, kind: Kind, id: &str, holder: &str) -> Vec<String> {
    let end = end_command(kind, id, holder);
    match remedy {
        Remedy::Retire => match suspend_command(kind, id, holder) {
            Some(suspend) => vec![suspend, "watch for 14 d".into(), "then delete it".into()],
            None => vec!["make sure with its owner that nothing needs it".into(), end],
        },
        Remedy::Rotate => vec![rotate_command(kind, id, holder), "deploy the new value".into(), end],
        Remedy::Renew => vec![renew_command(kind, id), "or confirm that its successor is in use".into()],
        Remedy::Contain => vec![
            end,
            "search the log for every use since the fact above".into(),
            "open an incident and record the verdict".into(),
        ],
        Remedy::Review => vec![
            "ask the holder for the reason and the change it belongs to".into(),
            "record the verdict".into(),
        ],
    }
}

/// The command that can be taken back, where the kind has one.
fn suspend_command(kind: Kind, id: &str, holder: &str) -> Option<String> {
    commands::of(kind).suspend.map(|command| filled(command, id, holder))
}

/// The command that ends it for good.
fn end_command(kind: Kind, id: &str, holder: &str) -> String {
    filled(commands::of(kind).end, id, holder)
}

fn rotate_command(kind: Kind, id: &str, holder: &str) -> String {
    match commands::of(kind).rotate {
        Some(command) => filled(command, id, holder),
        None => format!("issue a new {} and retire this one", kind.row().noun),
    }
}

fn renew_command(kind: Kind, id: &str) -> String {
    match commands::of(kind).renew {
        Some(command) => filled(command, id, ""),
        None => format!("issue the successor of this {} and deploy it", kind.row().noun),
    }
}

/// `command` with the id, its last part and the holder in place of their names.
fn filled(command: &str, id: &str, holder: &str) -> String {
    command
        .replace("{id}", id)
        .replace("{tail}", tail(id))
        .replace("{rotate-role}", &id.replace("static-roles/", "rotate-role/"))
        .replace("{rotate-root}", &id.replace("config/", "rotate-root/"))
        .replace("{holder}", holder)
}

/// The name of a secret or parameter without the region in front.
fn tail(id: &str) -> &str {
    id.split_once('/').map_or(id, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::KINDS;

    #[test]
    fn every_kind_has_a_first_command_for_every_remedy() {
        for row in KINDS {
            for remedy in [Remedy::Retire, Remedy::Rotate, Remedy::Renew, Remedy::Contain, Remedy::Review] {
                let steps = steps(remedy, row.kind, "x", "y");
                assert!(
                    steps.len() >= 2 && steps.iter().all(|step| !step.is_empty()),
                    "{} {remedy:?}",
                    row.name
                );
            }
        }
    }
}
