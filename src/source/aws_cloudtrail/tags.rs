//! Tags: only the one that names an owner is read.

use serde::Deserialize;

use crate::source::json::{Lenient, List, Object};
use crate::text::Text;

/// Most tags looked at; AWS allows 50 on a resource.
const TAGS_MAX: usize = 64;

pub(super) type Tags<'a> = List<Object<Tag<'a>>, TAGS_MAX>;
pub(super) type TagKeys<'a> = List<Lenient<Text<'a>>, TAGS_MAX>;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Tag<'a> {
    #[serde(borrow, alias = "Key", alias = "tagKey")]
    key: Lenient<Text<'a>>,
    #[serde(borrow, alias = "Value", alias = "tagValue")]
    value: Lenient<Text<'a>>,
}

/// The owner that tags state.
pub(super) fn owner<'a>(tags: &Tags<'a>) -> Option<Text<'a>> {
    let is_owner = |tag: &Tag<'_>| tag.key.0.as_deref().is_some_and(names_owner);
    tags.0.iter().find(|tag| is_owner(&tag.0)).and_then(|tag| tag.0.value.0.clone())
}

/// Whether one of these keys is that of the owner.
pub(super) fn has_owner_key(keys: &TagKeys<'_>) -> bool {
    keys.0.iter().any(|key| key.0.as_deref().is_some_and(names_owner))
}

/// `Owner`, `owner-email`, `acme:owner`: the last part of a key, in any case.
fn names_owner(key: &str) -> bool {
    let last = key.rsplit([':', '/']).next().unwrap_or(key);
    ["owner", "owner-email", "owner_email", "owneremail"].iter().any(|name| last.eq_ignore_ascii_case(name))
}
