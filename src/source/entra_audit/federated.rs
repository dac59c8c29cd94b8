//! Federated credentials of an application: foreign identities that may sign in as it.
//!
//! Nothing secret is made: whoever the named issuer vouches for is let in, so a changed issuer or subject is
//! a change of trust under the same id.

use serde::Deserialize;

use super::audit::Audit;
use super::keys;
use super::record::Resource;
use crate::event::{Action, Credential, Event, Label, Name};
use crate::kind::Kind;
use crate::source::entra;
use crate::source::json::{Lenient, List, Object};
use crate::text::Text;

const PROPERTY: &str = "FederatedIdentityCredentials";
const LIST_MAX: usize = 256;
/// The longest issuer that is passed on.
const ISSUER_BYTES_MAX: usize = 256;

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct Federated<'d> {
    #[serde(borrow, rename = "Id", alias = "id")]
    id: Lenient<Text<'d>>,
    #[serde(borrow, rename = "Issuer", alias = "issuer")]
    issuer: Lenient<Text<'d>>,
    #[serde(borrow, rename = "Subject", alias = "subject")]
    subject: Lenient<Text<'d>>,
}

/// The list in a document; none of a document that is no list.
fn listed(document: &str) -> Vec<Federated<'_>> {
    let list = serde_json::from_str::<List<Object<Federated<'_>>, LIST_MAX>>(document).unwrap_or_default();
    let named = list.0.into_iter().map(|Object(federated)| federated);
    named.filter(|federated| federated.guid().is_some()).collect()
}

impl Federated<'_> {
    fn guid(&self) -> Option<Text<'static>> {
        entra::guid(self.id.0.as_deref()?)
    }

    /// The issuer, if it is the plain address that OpenID Connect asks for.
    fn provider(&self) -> Option<Text<'static>> {
        let issuer = self.issuer.0.as_deref()?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/".contains(&byte);
        let is_plain =
            issuer.starts_with("https://") && issuer.len() <= ISSUER_BYTES_MAX && issuer.bytes().all(plain);
        is_plain.then(|| Text::owned(issuer.to_owned()))
    }
}

pub(super) fn read<'a>(audit: &Audit<'a, '_>, target: &Resource<'a>, events: &mut Vec<Event<'a>>) {
    let first = events.len();
    let property = target.property(PROPERTY);
    if let Some((before, after)) = property.and_then(super::record::Property::documents) {
        let (before, after) = (listed(&before), listed(&after));
        for (action, federated) in keys::changes(&before, &after, |a, b| a.guid() == b.guid()) {
            let Some(id) = federated.guid() else { continue };
            let action = if action == Action::Modified { Action::TrustChanged } else { action };
            let credential = Credential::new(Kind::AzureFederatedCredential, Name::id(id));
            let mut event = keys::event(audit, target, action, credential);
            event.set_label(Label::Provider, federated.provider());
            events.push(event);
        }
    }
    let is_cut = property.is_some_and(|property| property.documents().is_none());
    if events.len() == first && (is_cut || is_changed(target)) {
        events.push(keys::noted(audit, target, Action::TrustChanged, "credential_not_named"));
    }
}

/// Whether the record says that federated credentials changed, though it may not show how.
fn is_changed(target: &Resource<'_>) -> bool {
    let included = target.property("Included Updated Properties").map(super::record::Property::after);
    included.is_some_and(|names| names.iter().any(|name| name.split(',').any(|name| name.trim() == PROPERTY)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_that_is_no_plain_address_is_not_passed_on() {
        for (issuer, passes) in [
            ("https://token.actions.githubusercontent.com", true),
            ("https://oidc.example.com/id/A1", true),
            ("http://oidc.example.com", false),
            ("https://user@oidc.example.com", false),
            ("https://oidc.example.com/?token=EXAMPLE", false),
            ("", false),
        ] {
            let federated =
                Federated { issuer: Lenient(Some(Text::borrowed(issuer))), ..Federated::default() };
            assert_eq!(federated.provider().is_some(), passes, "{issuer}");
        }
    }
}
