//! Whose a thing is: the project, folder or organisation in its name.
//!
//! Google writes one project three ways: by its id, by its number, and as `-` ("whichever it is"). Names are
//! unique in a project, so the realm must be the same whichever way it was written: the id, where the entry
//! shows it anywhere.

/// The segment behind `collection` in a resource name: `secret` in `projects/p/secrets/secret/versions/1`.
pub(super) fn segment<'t>(name: &'t str, collection: &str) -> Option<&'t str> {
    let mut parts = name.split('/');
    parts.by_ref().find(|part| *part == collection)?;
    parts.next().filter(|part| !part.is_empty())
}

/// `collection/...` to the end of a resource name.
pub(super) fn from_segment<'t>(name: &'t str, collection: &str) -> Option<&'t str> {
    let mut at = 0;
    for part in name.split('/') {
        if part == collection {
            return name.get(at..).filter(|rest| rest.len() > collection.len() + 1);
        }
        at += part.len() + 1;
    }
    None
}

/// The project id a resource name begins with. Its number, `-` and `_` are no id.
pub(super) fn project_of(name: &str) -> Option<&str> {
    segment(name, "projects").filter(|project| is_project_id(project))
}

/// The project number a resource name begins with.
pub(super) fn number_of(name: &str) -> Option<&str> {
    segment(name, "projects").filter(|project| is_number(project))
}

/// The folder, organisation or billing account a resource name begins with: `organizations/123`.
pub(super) fn parent_of(name: &str) -> Option<&str> {
    let name = name.trim_start_matches('/');
    let (collection, rest) = name.split_once('/')?;
    if !["organizations", "folders", "billingAccounts"].contains(&collection) {
        return None;
    }
    let id = rest.split('/').next().filter(|id| !id.is_empty())?;
    name.get(..collection.len() + 1 + id.len())
}

/// The project of a service account, as its e-mail address shows it. Accounts that Google keeps for a project
/// number, and addresses of people, show none.
pub(super) fn project_of_account(email: &str) -> Option<String> {
    let (name, domain) = email.split_once('@')?;
    if domain == "appspot.gserviceaccount.com" {
        return is_project_id(name).then(|| name.to_owned());
    }
    let project = domain.strip_suffix(".iam.gserviceaccount.com")?;
    // A project of a domain, `example.com:web`, is written `web.example.com` in addresses.
    let id = match project.split_once('.') {
        Some((project, domain)) => format!("{domain}:{project}"),
        None => project.to_owned(),
    };
    is_project_id(&id).then_some(id)
}

/// Whether a text is a project id: it holds a letter, and nothing that a project number or a wildcard is made
/// of alone.
fn is_project_id(text: &str) -> bool {
    text.len() <= 128
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
}

/// Whether a text is a project number or the unique id of an account.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 32 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_id_is_the_name_of_a_project() {
        assert_eq!(project_of("projects/example-prod/secrets/db"), Some("example-prod"));
        assert_eq!(project_of("//iam.googleapis.com/projects/example.com:web/x"), Some("example.com:web"));
        for name in
            ["projects/-/serviceAccounts/x", "projects/_/buckets/b", "projects/111122223333/secrets/s", "x"]
        {
            assert_eq!(project_of(name), None, "{name}");
        }
        assert_eq!(number_of("projects/111122223333/secrets/s"), Some("111122223333"));
    }

    #[test]
    fn an_account_leads_to_its_project() {
        for (email, project) in [
            ("deploy@example-prod.iam.gserviceaccount.com", Some("example-prod")),
            ("deploy@web.example.com.iam.gserviceaccount.com", Some("example.com:web")),
            ("example-prod@appspot.gserviceaccount.com", Some("example-prod")),
            ("111122223333-compute@developer.gserviceaccount.com", None),
            ("alice@example.com", None),
            ("", None),
        ] {
            assert_eq!(project_of_account(email).as_deref(), project, "{email}");
        }
    }

    #[test]
    fn what_stands_above_projects_is_a_scope_too() {
        assert_eq!(parent_of("organizations/123456/logs/x"), Some("organizations/123456"));
        assert_eq!(parent_of("folders/42"), Some("folders/42"));
        assert_eq!(parent_of("projects/p/logs/x"), None);
        assert_eq!(parent_of("organizations/"), None);
    }

    #[test]
    fn segments_are_found_by_their_collection() {
        let name = "projects/p/locations/global/keyRings/r/cryptoKeys/k";
        assert_eq!(segment(name, "keyRings"), Some("r"));
        assert_eq!(from_segment(name, "keyRings"), Some("keyRings/r/cryptoKeys/k"));
        assert_eq!(segment(name, "secrets"), None);
        assert_eq!(from_segment("projects/p/keys", "keys"), None);
    }
}
