//! Secrets: the values kept in the cluster, and the two types of them that are tokens.
//!
//! Of a secret nothing but its name, its type and whether its data were sent is read. The type stands in the
//! body, which a sensible audit policy does not log; so the tokens that the cluster itself names are known by
//! their names as well.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::accounts;
use super::call::Call;
use crate::event::{Action, Credential, Event, Label, Name, Selector, Target};
use crate::kind::Kind;
use crate::source::json::{Lenient, Object};
use crate::text::Text;

/// Where bootstrap tokens are kept.
const BOOTSTRAP_NAMESPACE: &str = "kube-system";

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Secret<'a> {
    #[serde(borrow, rename = "type")]
    declared_type: Lenient<Text<'a>>,
    #[serde(borrow)]
    metadata: Object<Metadata<'a>>,
    /// Only whether it is there.
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    string_data: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata<'a> {
    #[serde(borrow)]
    annotations: Object<Annotations<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Annotations<'a> {
    #[serde(borrow, rename = "kubernetes.io/service-account.name")]
    service_account: Lenient<Text<'a>>,
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if call.subresource().is_some() {
        return;
    }
    events.extend(match call.verb() {
        "create" => one(call, Action::Issued, None),
        "update" | "patch" => written(call),
        "delete" => one(call, Action::Revoked, None),
        "get" => one(call, Action::SecretRead, None),
        // A watch or list of one name is a reading of that one, as the kubelet does it.
        "list" | "watch" => one(call, Action::SecretRead, None).or_else(|| Some(all_read(call))),
        "deletecollection" if call.is_for_all() => all_deleted(call),
        _ => None,
    });
}

/// A new value, as far as can be seen: a patch may touch labels alone, and shows that only in its body.
fn written<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    let body: Secret<'_> = call.body();
    let has_value = body.data.is_some() || body.string_data.is_some();
    match (call.shows_body(), has_value) {
        (true, true) => one(call, Action::Rotated, None),
        (true, false) => one(call, Action::Modified, None),
        (false, _) => one(call, Action::Rotated, Some("value_unseen")),
    }
}

fn one<'a>(call: &Call<'a, '_>, action: Action, note: Option<&'static str>) -> Option<Event<'a>> {
    let (namespace, name) = (call.namespace()?, call.name()?);
    let (sent, answered): (Secret<'_>, Secret<'_>) = (call.body(), call.answer());
    let kind = kind(namespace, &name, sent.declared_type.0.or(answered.declared_type.0).as_deref());
    let stated = sent.metadata.0.annotations.0.service_account.0;
    let stated = stated.or(answered.metadata.0.annotations.0.service_account.0);
    let account =
        stated.as_deref().or_else(|| account_in(&name)).filter(|_| kind == Kind::KubernetesTokenSecret);
    let id = Name::id(format!("{namespace}/{name}"));
    let mut event = call.event_of(action, Credential::new(kind, id));
    event.principal = account.map(|account| accounts::account_named(namespace, account));
    event.set_label(Label::Note, note.map(Text::borrowed));
    Some(event)
}

/// Every secret of a namespace, or of the cluster, was handed out. Which ones these were is not in the log,
/// so it is said of the place and of none of them.
fn all_read<'a>(call: &Call<'a, '_>) -> Event<'a> {
    let partial = (!call.is_for_all()).then_some("some_of_them");
    let (target, note) = match call.namespace() {
        Some(namespace) => (under(namespace), partial),
        None => (Target::None, partial.or(Some("all_namespaces"))),
    };
    let mut event = call.event(Action::SecretRead, target);
    event.set_label(Label::Note, note.map(Text::borrowed));
    event
}

fn all_deleted<'a>(call: &Call<'a, '_>) -> Option<Event<'a>> {
    call.namespace().map(|namespace| call.event(Action::Revoked, under(namespace)))
}

fn under<'a>(namespace: &str) -> Target<'a> {
    Target::Selector(Selector::Prefix(Text::owned(format!("{namespace}/"))))
}

fn kind(namespace: &str, name: &str, secret_type: Option<&str>) -> Kind {
    let is_bootstrap = namespace == BOOTSTRAP_NAMESPACE
        && name.strip_prefix("bootstrap-token-").is_some_and(|id| id.len() == 6 && is_word(id));
    match secret_type {
        Some("bootstrap.kubernetes.io/token") => Kind::KubernetesBootstrapToken,
        Some("kubernetes.io/service-account-token") => Kind::KubernetesTokenSecret,
        _ if is_bootstrap => Kind::KubernetesBootstrapToken,
        None if account_in(name).is_some() => Kind::KubernetesTokenSecret,
        _ => Kind::KubernetesSecret,
    }
}

/// The service account in the name that the token controller gives: `ACCOUNT-token-x1y2z`.
fn account_in(name: &str) -> Option<&str> {
    let (account, suffix) = name.rsplit_once("-token-")?;
    (!account.is_empty() && suffix.len() == 5 && is_word(suffix)).then_some(account)
}

fn is_word(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_known_by_their_type_or_by_the_name_the_cluster_gives() {
        let account_token = Some("kubernetes.io/service-account-token");
        for (namespace, name, secret_type, wanted) in [
            ("app", "builder-token-x1y2z", None, Kind::KubernetesTokenSecret),
            ("app", "builder-token-x1y2z", Some("Opaque"), Kind::KubernetesSecret),
            ("app", "long-lived", account_token, Kind::KubernetesTokenSecret),
            ("app", "long-lived", None, Kind::KubernetesSecret),
            ("app", "api-token-production", None, Kind::KubernetesSecret),
            ("kube-system", "bootstrap-token-07401b", None, Kind::KubernetesBootstrapToken),
            ("app", "bootstrap-token-07401b", None, Kind::KubernetesSecret),
        ] {
            assert_eq!(kind(namespace, name, secret_type), wanted, "{namespace}/{name}");
        }
    }
}
