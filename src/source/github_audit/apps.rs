//! OAuth apps and GitHub Apps, their client secrets, and the runners that log in as machines.

use super::act::Act;
use crate::event::{Action, Credential, Event, Label, Name, Target};
use crate::kind::Kind;
use crate::text::Text;

/// Client secrets of an app. The log says of which app, not which of its secrets: that one was added is a
/// rotation, that one was removed ends none for certain, and all end with the app.
pub(super) fn client_secret<'a>(act: &Act<'a, '_>) -> Event<'a> {
    let mut event = match app_id(act) {
        Some(id) => {
            let secret = Credential::new(Kind::GithubClientSecret, Name::id(id));
            act.event(Target::Credential(secret), app_name(act))
        }
        None => act.unnamed(app_name(act), "app_not_named"),
    };
    if act.action == Action::Modified {
        event.set_label(Label::Note, Some(Text::borrowed("one_of_several")));
    }
    event.set_label(Label::Owner, act.details.text(|members| &members.transfer_to));
    event
}

/// An app as a principal: made, installed, suspended, or parted from tokens that the log does not name.
pub(super) fn app<'a>(act: &Act<'a, '_>) -> Event<'a> {
    if act.action == Action::Revoked {
        return act.unnamed(app_name(act), "tokens_not_named");
    }
    act.event(Target::None, app_name(act))
}

/// What identifies an app for good; the client id of a GitHub App is no secret.
fn app_id<'a>(act: &Act<'a, '_>) -> Option<Text<'a>> {
    let details = act.details;
    let client = details.text(|members| &members.application_client_id);
    client.or_else(|| details.id(|members| &members.oauth_application_id)).or_else(|| app_name(act))
}

/// What people call it.
fn app_name<'a>(act: &Act<'a, '_>) -> Option<Text<'a>> {
    let details = act.details;
    let app = details.text(|members| &members.integration);
    let oauth = || details.text(|members| &members.oauth_application);
    app.or_else(oauth).or_else(|| details.text(|members| &members.oauth_application_name))
}

/// A self-hosted runner, whose credential is its registration.
pub(super) fn runner<'a>(act: &Act<'a, '_>) -> Event<'a> {
    let id = act.details.id(|members| &members.runner_id);
    match (act.scope(), id) {
        (Some(scope), Some(id)) => {
            let runner = Credential::new(Kind::GithubRunner, Name::id([&*scope, "/", &*id].concat()));
            act.event(Target::Credential(runner), Some(scope))
        }
        (scope, _) => act.unnamed(scope, "runner_not_named"),
    }
}
