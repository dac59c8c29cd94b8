//! Accounts that services keep for themselves: users of file transfer, message brokers and mail.
//!
//! Their keys and passwords have no name in the log. That somebody changed who can sign in as whom is told of
//! the account.

use serde::Deserialize;

use super::call::Call;
use crate::event::{Action, Event, Label};
use crate::source::json::Lenient;
use crate::text::Text;

const CALLS: &[(&str, &str, &str)] = &[
    ("mq", "CreateUser", "password_set"),
    ("mq", "DeleteUser", "user_deleted"),
    ("mq", "UpdateUser", "password_set"),
    ("transfer", "CreateUser", "user_created"),
    ("transfer", "DeleteSshPublicKey", "ssh_key_deleted"),
    ("transfer", "DeleteUser", "user_deleted"),
    ("transfer", "ImportSshPublicKey", "ssh_key_imported"),
    ("workmail", "ResetPassword", "password_set"),
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Request<'a> {
    #[serde(borrow, rename = "serverId", alias = "broker-id", alias = "organizationId")]
    place: Lenient<Text<'a>>,
    #[serde(borrow, rename = "userName", alias = "username", alias = "userId")]
    user: Lenient<Text<'a>>,
}

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let row = CALLS.iter().find(|(service, name, _)| *service == call.service() && *name == call.name());
    if let Some((service, _, note)) = row
        && call.succeeded()
    {
        let request: Request<'_> = call.request();
        let place = request.place.0.as_deref().unwrap_or("unknown");
        let user = request.user.0.map(|user| call.regional(&format!("{service}:{place}/{user}")));
        let mut event = call.about(Action::PrivilegeChanged, user);
        event.set_label(Label::Note, Some(Text::borrowed(note)));
        events.push(event);
    }
}
