//! Amazon Resource Names: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`.

use crate::text::Text;

/// The parts of an ARN, each possibly empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arn<'t> {
    pub partition: &'t str,
    pub region: &'t str,
    pub account: &'t str,
    pub resource: &'t str,
}

impl<'t> Arn<'t> {
    pub fn parse(text: &'t str) -> Option<Self> {
        let mut parts = text.strip_prefix("arn:")?.splitn(5, ':');
        let (partition, _service) = (parts.next()?, parts.next()?);
        Some(Self { partition, region: parts.next()?, account: parts.next()?, resource: parts.next()? })
    }

    /// Role and session name of `assumed-role/ROLE/SESSION`.
    pub fn assumed_role(self) -> Option<(&'t str, &'t str)> {
        self.resource.strip_prefix("assumed-role/")?.split_once('/')
    }
}

/// An account id: digits only. Masked ids and placeholders are not.
pub(super) fn is_account(text: &str) -> bool {
    !text.is_empty() && text.len() <= 16 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The account an ARN names, where it names one.
pub(super) fn account_of(arn: &str) -> Option<&str> {
    Arn::parse(arn).map(|arn| arn.account).filter(|account| is_account(account))
}

/// The session name at the end of the ARN of a role session.
pub(super) fn session_name(session_arn: &str) -> Option<&str> {
    Arn::parse(session_arn)?.assumed_role().map(|(_, session)| session)
}

/// The role behind the ARN of a role session. The path of a role is not part of a session's ARN and is lost.
pub(super) fn role_of_session(session_arn: &str) -> Option<String> {
    let arn = Arn::parse(session_arn)?;
    let (role, _) = arn.assumed_role()?;
    Some(iam_arn(arn.partition, arn.account, "role", role))
}

/// The ARN of an IAM entity at the root path.
pub(super) fn iam_arn(partition: &str, account: &str, noun: &str, name: &str) -> String {
    format!("arn:{partition}:iam::{account}:{noun}/{name}")
}

/// The ARN of a user or group of IAM Identity Center, which names no account.
pub(super) fn identity_store<'a>(partition: &str, noun: &str, id: &str) -> Text<'a> {
    Text::owned(format!("arn:{partition}:identitystore:::{noun}/{id}"))
}

/// Whether a role session name is the id of an EC2 instance (`i-` and 8 or 17 hexadecimal digits), as the
/// instance metadata service names its sessions.
pub(super) fn is_instance_id(session_name: &str) -> bool {
    session_name.strip_prefix("i-").is_some_and(|digits| {
        (8..=17).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_and_colons_stay_in_the_resource() {
        let arn =
            Arn::parse("arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:prod/db-a1b2c3").unwrap();
        assert_eq!((arn.partition, arn.region, arn.account), ("aws-cn", "cn-north-1", "111122223333"));
        assert_eq!(arn.resource, "secret:prod/db-a1b2c3");
        assert_eq!(Arn::parse("arn:aws:iam"), None);
        assert_eq!(Arn::parse("111122223333"), None);
    }

    #[test]
    fn a_session_leads_back_to_its_role() {
        let session = "arn:aws:sts::111122223333:assumed-role/deploy/i-0123456789abcdef0";
        assert_eq!(role_of_session(session).as_deref(), Some("arn:aws:iam::111122223333:role/deploy"));
        assert_eq!(session_name(session), Some("i-0123456789abcdef0"));
        assert_eq!(role_of_session("arn:aws:iam::111122223333:user/alice"), None);
    }

    #[test]
    fn only_hexadecimal_names_are_instances() {
        assert!(is_instance_id("i-0123abcd") && is_instance_id("i-0123456789abcdef0"));
        for name in ["i-", "i-0123ABCD", "i-0123456789abcdef01", "instance", "i-xyzxyzxy"] {
            assert!(!is_instance_id(name), "{name}");
        }
    }
}
