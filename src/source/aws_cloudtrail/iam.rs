//! IAM: what its credentials and its principals have in common.

use super::arn;
use super::call::Call;
use super::{iam_credentials, iam_principals};
use crate::event::Event;
use crate::text::Text;

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if call.succeeded() {
        events.extend(iam_credentials::read(call).or_else(|| iam_principals::read(call)));
        events.extend(iam_principals::exposed(call));
    }
}

/// The ARN of an entity that a request names in the caller's account. The path of a name is not in the
/// request.
pub(super) fn named<'a>(call: &Call<'a, '_>, noun: &str, name: &str) -> Option<Text<'a>> {
    let account = call.caller.account.as_deref()?;
    Some(Text::owned(arn::iam_arn(&call.caller.partition, account, noun, name)))
}

/// The user a request names; without a name it is the caller itself, if that is a user or root.
pub(super) fn user<'a>(call: &Call<'a, '_>, name: Option<&str>) -> Option<Text<'a>> {
    let own = call.caller.user_name.as_deref();
    match name {
        Some(name) if own != Some(name) => named(call, "user", name),
        _ => call.caller.principal.clone().filter(|_| own.is_some() || call.caller.is_root),
    }
}
