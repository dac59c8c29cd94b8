//! Acts on many credentials at once: "revoke everything under this prefix", "disable this entity".
//!
//! Such an act names no credential. It is kept, so that a credential whose existence before the act is
//! learned later ends with it all the same.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::credential::changes::SpreadKind;
use crate::credential::stamp::Stamp;
use crate::event::{Action, Selector};
use crate::limits::REVOCATIONS_PER_SELECTOR_MAX;

/// What such an act does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    Revoke,
    Deactivate,
    Reactivate,
}

impl Act {
    #[must_use]
    pub fn of(action: Action) -> Option<Self> {
        match action {
            Action::Revoked | Action::Expired => Some(Self::Revoke),
            Action::Deactivated => Some(Self::Deactivate),
            Action::Reactivated => Some(Self::Reactivate),
            Action::Issued
            | Action::Renewed
            | Action::Rotated
            | Action::RotationFailed
            | Action::Used
            | Action::Denied
            | Action::SecretRead
            | Action::Modified
            | Action::OwnerChanged
            | Action::PrivilegeChanged
            | Action::TrustChanged
            | Action::LoggingChanged
            | Action::Exposed
            | Action::GrantStarted
            | Action::GrantEnded => None,
        }
    }
}

/// The acts on one selector, oldest first.
type Acts = Vec<(Stamp, Act)>;

/// All acts on many credentials in a realm.
#[derive(Debug, Default)]
pub struct Spreads {
    prefixes: BTreeMap<String, Acts>,
    principals: BTreeMap<String, Acts>,
}

impl Spreads {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.prefixes.is_empty() && self.principals.is_empty()
    }

    /// Remembers an act. Acts on a parent are kept with the parent, not here.
    pub fn insert(&mut self, selector: &Selector<'_>, act: Act, stamp: Stamp) {
        let Some((kind, text)) = key(selector) else { return };
        let acts = self.of_mut(kind).entry(text.to_owned()).or_default();
        if let Err(at) = acts.binary_search(&(stamp, act)) {
            acts.insert(at, (stamp, act));
        }
        if acts.len() > REVOCATIONS_PER_SELECTOR_MAX {
            acts.remove(0);
        }
    }

    fn of_mut(&mut self, kind: SpreadKind) -> &mut BTreeMap<String, Acts> {
        match kind {
            SpreadKind::Prefix => &mut self.prefixes,
            SpreadKind::Principal => &mut self.principals,
        }
    }

    /// The acts on what `text` selects, oldest first.
    pub fn acts(&self, kind: SpreadKind, text: &str) -> &[(Stamp, Act)] {
        let acts = match kind {
            SpreadKind::Prefix => &self.prefixes,
            SpreadKind::Principal => &self.principals,
        };
        acts.get(text).map_or(&[], Vec::as_slice)
    }

    /// By what, and under which texts, acts are kept.
    pub fn keys(&self) -> impl Iterator<Item = (SpreadKind, &str)> {
        let prefixes = self.prefixes.keys().map(|text| (SpreadKind::Prefix, text.as_str()));
        prefixes.chain(self.principals.keys().map(|text| (SpreadKind::Principal, text.as_str())))
    }

    /// Puts back what [`Spreads::acts`] gave.
    pub fn put(&mut self, kind: SpreadKind, text: &str, acts: Acts) {
        self.of_mut(kind).insert(text.to_owned(), acts);
    }

    /// The acts that reach a credential of these names, its place among them, and this principal.
    pub fn reaching(&self, names: &[&str], principal: &str) -> impl Iterator<Item = (Stamp, Act)> {
        let by_prefix =
            names.iter().flat_map(|name| folders(name)).filter_map(|path| self.prefixes.get(path));
        let by_principal = self.principals.get(principal);
        let by_user = pathless_user(principal).and_then(|user| self.principals.get(&user));
        by_prefix.chain(by_principal).chain(by_user).flatten().copied()
    }
}

/// Under which text the acts on a selector are kept.
pub fn key<'s>(selector: &'s Selector<'_>) -> Option<(SpreadKind, &'s str)> {
    match selector {
        Selector::Prefix(prefix) | Selector::Mount(prefix) => {
            Some((SpreadKind::Prefix, without_slash(prefix)))
        }
        Selector::Principal(principal) => Some((SpreadKind::Principal, principal)),
        Selector::Parent { .. } => None,
    }
}

/// Whether `path` lies under `prefix`, as Vault counts it: `db/creds/ro` is a prefix of itself and of
/// `db/creds/ro/abc`, not of `db/creds/role`.
pub fn is_under(path: &str, prefix: &str) -> bool {
    let prefix = without_slash(prefix);
    let rest = path.strip_prefix(prefix).filter(|_| !prefix.is_empty());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The path itself, and every folder it lies in.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    let path = without_slash(path);
    path.match_indices('/').map(move |(at, _)| &path[..at]).chain([path]).filter(|path| !path.is_empty())
}

fn without_slash(path: &str) -> &str {
    path.strip_suffix('/').unwrap_or(path)
}

/// The ARN of an IAM user without the path in it, if `principal` is one with a path. Requests name users by
/// their name alone, which no two users of an account share whatever their paths.
pub fn pathless_user(principal: &str) -> Option<String> {
    let (account, path) = principal.strip_prefix("arn:")?.split_once(":user/")?;
    let (_, name) = path.rsplit_once('/')?;
    Some(format!("arn:{account}:user/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_arn_of_a_user_with_a_path_has_one_to_lose() {
        let bare = Some("arn:aws:iam::111122223333:user/svc".to_owned());
        assert_eq!(pathless_user("arn:aws:iam::111122223333:user/ci/svc"), bare);
        assert_eq!(pathless_user("arn:aws:iam::111122223333:user/ci/deploy/svc"), bare);
        for other in
            ["arn:aws:iam::111122223333:user/svc", "arn:aws:iam::111122223333:role/ci/svc", "user:a/b"]
        {
            assert_eq!(pathless_user(other), None, "{other}");
        }
    }
}
