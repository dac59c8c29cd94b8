//! The members that only some actions have: whom or what an act was about.

use serde::Deserialize;

use super::entry::Entry;
use super::record::Digits;
use crate::source::json::{Lenient, members};
use crate::text::Text;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Members<'a> {
    #[serde(borrow)]
    pub user: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub team: Lenient<Text<'a>>,
    /// The name of a stored secret; of a key that was added, the key itself.
    #[serde(borrow)]
    pub key: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub environment_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub fingerprint: Lenient<Text<'a>>,
    /// A GitHub App; of a stored secret, whose it is.
    #[serde(borrow)]
    pub integration: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub application_client_id: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub oauth_application: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub oauth_application_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub oauth_application_id: Lenient<Digits<'a>>,
    #[serde(borrow)]
    pub transfer_to: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub user_programmatic_access_id: Lenient<Digits<'a>>,
    /// What was authorised for single sign-on.
    #[serde(borrow)]
    pub oauth_credential_type: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub managed_token_id: Lenient<Digits<'a>>,
    #[serde(borrow)]
    pub managed_oauth_access_id: Lenient<Digits<'a>>,
    #[serde(borrow)]
    pub managed_hashed_token: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub runner_id: Lenient<Digits<'a>>,
    #[serde(borrow)]
    pub secret_type: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub secret_type_display_name: Lenient<Text<'a>>,
    #[serde(borrow)]
    pub number: Lenient<Digits<'a>>,
}

/// The members beside the common ones, and those below `data`, where old exports keep them.
pub(super) struct Details<'a>([Members<'a>; 2]);

impl<'a> Details<'a> {
    pub fn of(entry: &Entry<'a, '_>) -> Self {
        Self([entry.whole(), members(entry.record.data)])
    }

    /// The first text that is there of the members `pick` picks.
    pub fn text(&self, pick: for<'m> fn(&'m Members<'a>) -> &'m Lenient<Text<'a>>) -> Option<Text<'a>> {
        self.0.iter().find_map(|members| pick(members).0.clone())
    }

    /// The first id that is there of the members `pick` picks.
    pub fn id(&self, pick: for<'m> fn(&'m Members<'a>) -> &'m Lenient<Digits<'a>>) -> Option<Text<'a>> {
        self.0.iter().find_map(|members| pick(members).0.clone()).map(|digits| digits.0)
    }
}
