//! The life of tokens and keys: personal access tokens, tokens of OAuth apps, SSH keys, and what they were
//! authorised for.

use super::act::Act;
use super::shown::{Shown, handle, kind_of, named};
use crate::event::{Credential, Event, Label, Name, Target};
use crate::kind::Kind;
use crate::text::Text;

const FINE_GRAINED: &str = "Fine-grained personal access token";

/// A fine-grained token. Its id is the `token_id` its uses show; the user's own log states its name alone,
/// which its user may give again.
pub(super) fn fine_grained<'a>(act: &Act<'a, '_>) -> Event<'a> {
    let id = act.details.id(|members| &members.user_programmatic_access_id);
    let mut event = match named(Kind::GithubToken, id, None) {
        Some(token) => act.event(Target::Credential(token), act.holder()),
        None => act.unnamed(act.holder(), "token_not_named"),
    };
    event.set_label(Label::Form, Some(Text::borrowed(FINE_GRAINED)));
    event
}

/// The token the entry itself shows.
pub(super) fn own<'a>(act: &Act<'a, '_>) -> Event<'a> {
    let shown = Shown::of(act.entry.record, act.entry.realm());
    let token = shown.as_ref().and_then(Shown::credential);
    let mut event = match token {
        Some(token) => act.event(Target::Credential(token), act.holder()),
        None => act.unnamed(act.holder(), "token_not_named"),
    };
    event.set_label(Label::Form, shown.and_then(|shown| shown.form));
    event.set_label(Label::Role, act.details.text(|members| &members.oauth_application_name));
    event
}

/// The leave a user gave an OAuth app to act in their name.
pub(super) fn authorization<'a>(act: &Act<'a, '_>) -> Event<'a> {
    let mut event = act.event(Target::None, act.holder());
    event.set_label(Label::Role, act.details.text(|members| &members.oauth_application_name));
    event
}

/// A token or key of a member that single sign-on let into the organisation.
pub(super) fn authorized<'a>(act: &Act<'a, '_>) -> Event<'a> {
    let form = act.details.text(|members| &members.oauth_credential_type);
    let mut event = match authorized_credential(act, form.as_deref()) {
        Some(credential) => act.event(Target::Credential(credential), act.holder()),
        None => act.unnamed(act.holder(), "token_not_named"),
    };
    event.set_label(Label::Form, form);
    event
}

fn authorized_credential<'a>(act: &Act<'a, '_>, form: Option<&str>) -> Option<Credential<'a>> {
    if let Some(fingerprint) = act.details.text(|members| &members.fingerprint) {
        return Some(key(act, fingerprint));
    }
    let token = || act.details.id(|members| &members.managed_token_id);
    let id = token().or_else(|| act.details.id(|members| &members.managed_oauth_access_id));
    let hash = act.details.text(|members| &members.managed_hashed_token);
    let hash = hash.map(|hash| handle(&hash, act.entry.realm()));
    named(form.map_or(Kind::GithubToken, kind_of), id, hash)
}

/// An SSH key of a user, or of a repository, which is then a deploy key.
pub(super) fn public_key<'a>(act: &Act<'a, '_>) -> Event<'a> {
    let repo = act.entry.record.repo.0.clone();
    let form = if repo.is_some() { "deploy key" } else { "SSH key" };
    let holder = repo.or_else(|| act.holder());
    let key_text = || act.details.text(|members| &members.key);
    let credential = match act.details.text(|members| &members.fingerprint) {
        Some(fingerprint) => Some(key(act, fingerprint)),
        None => key_text().map(|text| Credential::new(Kind::GithubSshKey, handle(&text, act.entry.realm()))),
    };
    let mut event = match credential {
        Some(credential) => act.event(Target::Credential(credential), holder),
        None => act.unnamed(holder, "key_not_named"),
    };
    event.set_label(Label::Form, Some(Text::borrowed(form)));
    event
}

/// A key under its fingerprint, joined to what its uses show of it.
fn key<'a>(act: &Act<'a, '_>, fingerprint: Text<'a>) -> Credential<'a> {
    let hash = fingerprint.starts_with("SHA256:").then(|| handle(&fingerprint, act.entry.realm()));
    Credential::new(Kind::GithubSshKey, Name::id(fingerprint)).alias(hash)
}
