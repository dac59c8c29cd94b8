//! Secrets and certificates of an application: what a change added and took away.
//!
//! A record shows all keys before and after, each as
//! `[KeyIdentifier=GUID,KeyType=Password,KeyUsage=Verify,DisplayName=...]`, in no order. The difference is
//! what was done. When a key expires is not said. Where half a list was lost on the way, nothing follows but
//! that keys changed.
//!
//! Keys that an application *signs* with (SAML) never show in a sign-in, nor does what Entra makes along with
//! them under the same id, or under the same name in the same act. They are no credential of the application
//! but what others trust it by. Nor do the certificates that a managed identity signs in with, which Entra
//! replaces every few weeks: that it did is all that can be said, or each of them would pass for never used.

use super::audit::Audit;
use super::record::Resource;
use crate::event::{Action, Credential, Event, Label, Name, Target};
use crate::kind::Kind;
use crate::source::entra;
use crate::text::Text;

/// Who changes the certificate of a managed identity, on its own schedule.
const MANAGED_IDENTITIES: &str = "Managed Service Identity";

#[derive(Debug, PartialEq, Eq)]
struct Key {
    id: Text<'static>,
    kind: Kind,
    signs: bool,
    text: String,
    name: String,
}

impl Key {
    fn parse(text: &str) -> Option<Self> {
        let (head, name) = text.split_once(",DisplayName=").unwrap_or((text, ""));
        let member = |name: &str| {
            let mut members =
                head.trim_matches(['[', ']']).split(',').filter_map(|part| part.split_once('='));
            members.find(|(known, _)| known.trim() == name).map(|(_, value)| value)
        };
        let kind = match member("KeyType") {
            Some("Password" | "Symmetric") => Kind::AzureAppSecret,
            _ => Kind::AzureAppCertificate,
        };
        let id = entra::guid(member("KeyIdentifier")?)?;
        let signs = member("KeyUsage") == Some("Sign");
        Some(Self { id, kind, signs, text: text.to_owned(), name: name.trim_end_matches(']').to_owned() })
    }
}

fn keys(texts: &[String]) -> Vec<Key> {
    texts.iter().filter_map(|text| Key::parse(text)).collect()
}

/// What came and went between `before` and `after`; a key of both whose description changed was modified.
pub(super) fn changes<'k, K: PartialEq>(
    before: &'k [K],
    after: &'k [K],
    same: impl Fn(&K, &K) -> bool,
) -> Vec<(Action, &'k K)> {
    let came = after.iter().filter_map(|key| match before.iter().find(|old| same(old, key)) {
        None => Some((Action::Issued, key)),
        Some(old) => (old != key).then_some((Action::Modified, key)),
    });
    let gone = before.iter().filter(|key| !after.iter().any(|other| same(other, key)));
    came.chain(gone.map(|key| (Action::Revoked, key))).collect()
}

pub(super) fn read<'a>(audit: &Audit<'a, '_>, target: &Resource<'a>, events: &mut Vec<Event<'a>>) {
    let Some(property) = target.property("KeyDescription") else { return };
    if property.documents().is_none() {
        events.push(noted(audit, target, Action::Modified, "credential_not_named"));
        return;
    }
    let (before, after) = (keys(&property.before()), keys(&property.after()));
    if audit.body.is_by(MANAGED_IDENTITIES) {
        events.extend((before != after).then(|| noted(audit, target, Action::Rotated, "automatic_rotation")));
        return;
    }
    let changed = changes(&before, &after, |a, b| a.id == b.id);
    let signing: Vec<&Key> = before.iter().chain(&after).filter(|key| key.signs).collect();
    let changed_signing: Vec<&Key> = changed.iter().map(|(_, key)| *key).filter(|key| key.signs).collect();
    let belongs = |key: &Key| {
        signing.iter().any(|signing| signing.id == key.id)
            || changed_signing.iter().any(|signing| !key.name.is_empty() && signing.name == key.name)
    };
    let (of_signing, own): (Vec<_>, Vec<_>) = changed.into_iter().partition(|(_, key)| belongs(key));
    for (action, key) in own {
        events.push(event(audit, target, action, Credential::new(key.kind, Name::id(key.id.clone()))));
    }
    events
        .extend((!of_signing.is_empty()).then(|| noted(audit, target, Action::TrustChanged, "signing_key")));
}

/// An event about an application alone, with the reason why it names no key.
pub(super) fn noted<'a>(
    audit: &Audit<'a, '_>,
    target: &Resource<'a>,
    action: Action,
    note: &'static str,
) -> Event<'a> {
    let mut event = audit.event_of(action, target);
    event.set_label(Label::Note, Some(Text::borrowed(note)));
    event
}

/// An event about a credential that `target` holds.
pub(super) fn event<'a>(
    audit: &Audit<'a, '_>,
    target: &Resource<'a>,
    action: Action,
    credential: Credential<'a>,
) -> Event<'a> {
    let mut event = audit.event(action, Target::Credential(credential));
    audit.set_holder(&mut event, target);
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "6f1c2a30-0000-4000-8000-000000000001";

    #[test]
    fn a_key_is_read_whatever_its_display_name_holds() {
        let key = |name: &str| {
            Key::parse(&format!("[KeyIdentifier={ID},KeyType=Password,KeyUsage=Verify,DisplayName={name}]"))
        };
        for name in ["", "a", "a,b=c", "x]", ",KeyType=Symmetric", "KeyIdentifier=0,DisplayName=1"] {
            let key = key(name).expect(name);
            assert_eq!((&*key.id, key.kind, key.signs), (ID, Kind::AzureAppSecret, false), "{name}");
        }
        for text in ["", "[]", "[KeyIdentifier=x,KeyType=Password]", "[KeyType=Password]"] {
            assert_eq!(Key::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_order_of_keys_is_no_change() {
        let changed = |before: &[u8], after: &[u8]| -> Vec<(Action, u8)> {
            let same = |a: &u8, b: &u8| a / 10 == b / 10;
            changes(before, after, same).into_iter().map(|(action, key)| (action, *key)).collect()
        };
        assert!(changed(&[10, 20], &[20, 10]).is_empty());
        assert_eq!(changed(&[], &[10]), [(Action::Issued, 10)]);
        assert_eq!(changed(&[10], &[]), [(Action::Revoked, 10)]);
        assert_eq!(changed(&[10], &[11]), [(Action::Modified, 11)]);
        assert_eq!(changed(&[10, 20], &[30, 20]), [(Action::Issued, 30), (Action::Revoked, 10)]);
    }
}
