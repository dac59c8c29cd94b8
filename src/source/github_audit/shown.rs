//! The token or key an entry shows: what its actor authenticated with.
//!
//! `token_id` names a token for its whole life; a key has none and shows only as a hash. `hashed_token` is a
//! plain SHA-256, which a list of guesses can be tried against, so it is passed on as a veiled handle alone.

use super::record::Record;
use crate::event::{Credential, Name};
use crate::kind::Kind;
use crate::source::veil::veiled;
use crate::text::Text;

/// What the free text of `programmatic_access_type` says of the kind, by the first that it holds in lower
/// case. Everything else is a personal access token or a token of an OAuth app.
const FORMS: &[(&str, Kind)] = &[
    ("public key", Kind::GithubSshKey),
    ("public_key", Kind::GithubSshKey),
    ("deploy", Kind::GithubSshKey),
    ("ssh", Kind::GithubSshKey),
    ("github app", Kind::GithubAppToken),
    ("github_app", Kind::GithubAppToken),
    ("server-to-server", Kind::GithubAppToken),
    ("user-to-server", Kind::GithubAppToken),
];

pub(super) struct Shown<'a> {
    kind: Kind,
    id: Option<Text<'a>>,
    hash: Option<Name<'a>>,
    /// The vendor's own word for what it is.
    pub form: Option<Text<'a>>,
}

impl<'a> Shown<'a> {
    /// What `record` shows of a token or key, if anything.
    pub fn of(record: &Record<'a>, realm: &str) -> Option<Self> {
        let id = record.token_id.0.as_ref().map(|digits| digits.0.clone());
        let hash = record.hashed_token.0.as_deref().map(|hash| handle(hash, realm));
        let form = record.programmatic_access_type.0.clone();
        if id.is_none() && hash.is_none() && form.is_none() {
            return None;
        }
        let by_key = id.is_none() && record.transport_protocol_name.0.as_deref() == Some("ssh");
        let kind = match &form {
            Some(form) => kind_of(form),
            None if by_key => Kind::GithubSshKey,
            None => Kind::GithubToken,
        };
        Some(Self { kind, id, hash, form })
    }

    /// The credential, where the entry names it at all.
    pub fn credential(&self) -> Option<Credential<'a>> {
        named(self.kind, self.id.clone(), self.hash.clone())
    }
}

/// A credential under its id, with the handle of its hash beside it; or under that handle alone.
pub(super) fn named<'a>(kind: Kind, id: Option<Text<'a>>, hash: Option<Name<'a>>) -> Option<Credential<'a>> {
    match (id, hash) {
        (Some(id), hash) => Some(Credential::new(kind, Name::id(id)).alias(hash)),
        (None, Some(hash)) => Some(Credential::new(kind, hash)),
        (None, None) => None,
    }
}

/// The handle of a token's hash, or of a key's fingerprint: both are SHA-256 in base64, one with padding.
pub(super) fn handle(hash: &str, realm: &str) -> Name<'static> {
    let hash = hash.strip_prefix("SHA256:").unwrap_or(hash);
    veiled(hash.trim_end_matches('='), realm)
}

/// The kind that a free text for the type of a token or key speaks of.
pub(super) fn kind_of(form: &str) -> Kind {
    let form = form.to_ascii_lowercase();
    FORMS.iter().find(|(part, _)| form.contains(part)).map_or(Kind::GithubToken, |(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_says_the_kind() {
        for (form, kind) in [
            ("Public Key (User/Deploy)", Kind::GithubSshKey),
            ("deploy_key", Kind::GithubSshKey),
            ("SSH Key", Kind::GithubSshKey),
            ("GitHub App server-to-server token", Kind::GithubAppToken),
            ("GitHub App user-to-server token", Kind::GithubAppToken),
            ("github_app", Kind::GithubAppToken),
            ("Fine-grained personal access token", Kind::GithubToken),
            ("Personal access token (classic)", Kind::GithubToken),
            ("OAuth access token", Kind::GithubToken),
            ("Authentication token created before 2021-04-05", Kind::GithubToken),
            ("", Kind::GithubToken),
        ] {
            assert_eq!(kind_of(form), kind, "{form}");
        }
    }

    #[test]
    fn a_fingerprint_and_a_hash_of_one_key_have_one_handle() {
        assert_eq!(handle("SHA256:EXAMPLEdigest", "github/a"), handle("EXAMPLEdigest=", "github/a"));
        assert_ne!(handle("EXAMPLEdigest", "github/a"), handle("EXAMPLEdigest", "github/b"));
        assert!(!handle("EXAMPLEdigest", "github/a").text.contains("EXAMPLE"));
    }
}
