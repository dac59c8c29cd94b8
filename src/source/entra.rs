//! What both logs of Microsoft Entra write alike: tenants, ids, the names of principals.
//!
//! An application has three ids: its object, its *application id*, and the object of its service principal
//! in each tenant. Sign-ins always state the application id, and most audit records do: the principal of
//! whatever signs in without a user is `app:<application id>`. Where a record shows an object alone, it is
//! `application:<object id>` or `sp:<object id>`.

use super::RecordContext;
use crate::text::Text;

/// The bytes of a GUID: five groups of hexadecimal digits, parted by `-`.
const GUID_BYTES: usize = 36;
const GUID_DASHES: [usize; 4] = [8, 13, 18, 23];

/// `text` in lower case, if it is a GUID and nothing else.
pub(super) fn guid(text: &str) -> Option<Text<'static>> {
    let is_digit_or_dash = |(at, byte): (usize, u8)| {
        if GUID_DASHES.contains(&at) { byte == b'-' } else { byte.is_ascii_hexdigit() }
    };
    let is_guid = text.len() == GUID_BYTES && text.bytes().enumerate().all(is_digit_or_dash);
    is_guid.then(|| Text::owned(text.to_ascii_lowercase()))
}

/// Ids are compared by their text, and their case varies from record to record.
pub(super) fn lower(text: Text<'_>) -> Text<'_> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Text::owned(text.to_ascii_lowercase())
    } else {
        text
    }
}

/// `<noun>:<id>`, as principals are written.
pub(super) fn principal(noun: &str, id: &str) -> Text<'static> {
    Text::owned([noun, ":", &id.to_ascii_lowercase()].concat())
}

/// The principal of the application with this application id.
pub(super) fn app(id: &str) -> Text<'static> {
    principal("app", id)
}

/// The tenant in `/tenants/TENANT/providers/Microsoft.aadiam`, in any case.
pub(super) fn tenant_of_resource(id: &str) -> Option<&str> {
    const BEFORE: &str = "/tenants/";
    let (before, rest) = id.split_at_checked(BEFORE.len())?;
    before.eq_ignore_ascii_case(BEFORE).then_some(rest)?.split('/').next().filter(|id| !id.is_empty())
}

/// The realm of the first of `tenants` that is one, else that of the whole stream.
pub(super) fn realm<'a>(context: &RecordContext<'a>, tenants: &[Option<&str>]) -> Text<'a> {
    match tenants.iter().flatten().next() {
        Some(tenant) => Text::owned(context.stream.realm("entra", &tenant.to_ascii_lowercase())),
        None => Text::borrowed(context.stream_realm),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_is_36_bytes_of_hexadecimal_digits_in_five_groups() {
        let text = "6F1C2A30-0000-4000-8000-0000000000ab";
        assert_eq!(guid(text).as_deref(), Some(text.to_ascii_lowercase().as_str()));
        for other in ["", "6f1c2a30", &text.replace('-', "0"), &text.replace('F', "g"), &format!("{text}0")] {
            assert_eq!(guid(other), None, "{other}");
        }
    }

    #[test]
    fn a_tenant_is_read_out_of_a_resource_id_of_any_case() {
        for (id, tenant) in [
            ("/tenants/t1/providers/Microsoft.aadiam", Some("t1")),
            ("/TENANTS/T1/PROVIDERS/MICROSOFT.AADIAM", Some("T1")),
            ("/tenants/t1", Some("t1")),
            ("/tenants/", None),
            ("/subscriptions/s1/resourceGroups/g", None),
            ("", None),
        ] {
            assert_eq!(tenant_of_resource(id), tenant, "{id}");
        }
    }
}
