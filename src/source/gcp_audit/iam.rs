//! The methods of `iam.googleapis.com`, by what they are about.

use super::call::Call;
use super::{iam_accounts, iam_keys, iam_trust};
use crate::event::Event;

pub(super) fn read<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    iam_keys::read(call, events);
    iam_accounts::read(call, events);
    events.extend(iam_trust::read(call));
}
