//! Service accounts and their keys, by every name an entry gives them.
//!
//! An account is named by its e-mail address or by its numeric unique id, and a key by either with
//! `keys/KEYID` behind it. The address is the name to show; the other is its alias wherever an entry shows
//! both, which those about an account do in the labels of their resource.

use super::call::Call;
use super::scope::{is_number, project_of, project_of_account};
use crate::event::{Credential, Name};
use crate::kind::Kind;
use crate::text::Text;

/// The parts of `[//iam.googleapis.com/]projects/P/serviceAccounts/ACCOUNT[/keys/KEY]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AccountName<'t> {
    /// The id of the project, where it stands there.
    pub project: Option<&'t str>,
    /// The e-mail address or the unique id.
    pub account: &'t str,
    pub key: Option<&'t str>,
}

impl<'t> AccountName<'t> {
    pub fn parse(text: &'t str) -> Option<Self> {
        let (before, rest) = text.split_once("serviceAccounts/")?;
        let (account, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let key = rest.strip_prefix("keys/").filter(|key| is_key_id(key));
        let named = account.contains('@') || is_number(account);
        named.then_some(Self { project: project_of(before), account, key })
    }
}

/// Whether a text is the id of a key, and not a mask or a path.
pub(super) fn is_key_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// A service account that a call is about.
#[derive(Debug)]
pub(super) struct Account<'a> {
    pub realm: Text<'a>,
    email: Option<Text<'a>>,
    unique: Option<Text<'a>>,
}

impl<'a> Account<'a> {
    /// The account that `name` names, with what the labels of the resource say of the same one; or the one of
    /// the labels, where there is no name.
    pub fn of(call: &Call<'a, '_>, name: Option<AccountName<'_>>) -> Option<Self> {
        let labels = call.labels();
        let (label_email, label_unique) = (labels.email_id.0.clone(), labels.unique_id.0.clone());
        let named = name.map(|name| name.account);
        let is_named = |label: &Option<Text<'a>>| label.as_deref().is_some_and(|label| Some(label) == named);
        let labelled = named.is_none() || is_named(&label_email) || is_named(&label_unique);
        let own =
            |keep: fn(&str) -> bool| named.filter(|name| keep(name)).map(|name| Text::owned(name.to_owned()));
        let email = own(|name| name.contains('@')).or(label_email.filter(|_| labelled));
        let unique = own(is_number).or(label_unique.filter(|_| labelled)).filter(|id| is_number(id));
        if email.is_none() && unique.is_none() {
            return None;
        }
        let stated = name.and_then(|name| name.project);
        let project = stated.or(call.label_project().filter(|_| labelled)).map(str::to_owned);
        let project = project.or_else(|| project_of_account(email.as_deref()?));
        let realm = project.map_or_else(|| call.log_realm(), |project| call.realm(&project));
        Some(Self { realm, email, unique })
    }

    /// The account as the holder of what it holds.
    pub fn principal(&self) -> Option<Text<'a>> {
        self.email.clone().or_else(|| self.unique.clone())
    }

    /// Whether only its unique id is known, so that what its address holds is not found.
    pub fn is_numeric(&self) -> bool {
        self.email.is_none()
    }

    /// One of its keys.
    pub fn key(&self, id: &str) -> Option<Credential<'a>> {
        let name = |account: &Text<'a>| Name::id(format!("{account}/keys/{id}"));
        let alias = self.unique.as_ref().map(name);
        let shown = self.email.as_ref().map(name).or_else(|| alias.clone())?;
        Some(Credential::new(Kind::GcpServiceAccountKey, shown).alias(alias))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_accounts_and_keys_are_taken_apart() {
        let account = "projects/example-prod/serviceAccounts/a@example-prod.iam.gserviceaccount.com";
        let name = format!("//iam.googleapis.com/{account}/keys/0123abcd");
        let parts = AccountName::parse(&name).unwrap();
        assert_eq!(parts.project, Some("example-prod"));
        assert_eq!(parts.account, "a@example-prod.iam.gserviceaccount.com");
        assert_eq!(parts.key, Some("0123abcd"));
        let parts = AccountName::parse("projects/-/serviceAccounts/111122223333444455556").unwrap();
        assert_eq!((parts.project, parts.account, parts.key), (None, "111122223333444455556", None));
    }

    #[test]
    fn masks_are_no_names() {
        for name in ["//xxx@xxx", "projects/p/serviceAccounts/", "projects/p/serviceAccounts/***/keys/1", ""]
        {
            assert_eq!(AccountName::parse(name), None, "{name}");
        }
        for id in ["", "****", "a/b", "a b"] {
            assert!(!is_key_id(id), "{id}");
        }
    }
}
