//! Which event types speak of a credential, and of what: one row each.
//!
//! A type without a row is a use of the API token or client it shows, if it shows one, and nothing else.

use crate::event::Action;

/// What an event is about, which decides how it is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    ApiToken,
    /// A secret or key that a client of OAuth proves itself with.
    ClientSecret,
    /// A client of OAuth or another application, as a principal.
    Client,
    /// Many attempts of a client with a wrong secret.
    ClientRefused,
    /// A token an authorization server issued.
    Token,
    /// Tokens of which only the client, user or server is named.
    Tokens,
    /// A refresh token for one use that came a second time.
    Reuse,
    /// A key an authorization server, an application or the organisation signs with.
    SigningKey,
    /// The password Okta keeps for a user of an application.
    StoredPassword,
    /// A secret out of the vault, handed to a client.
    Vaulted,
    User,
    /// Whoever may do more or less than before, or whose credential was found elsewhere.
    Affected,
    /// A right lent: a consent, an impersonation.
    Lent,
    /// A policy, an identity provider, a zone, a stream of the log.
    Setting,
}

pub(super) type Row = (&'static str, Subject, Action);

/// By event type.
static ROWS: &[Row] = &[
    ("app.keys.clone", Subject::SigningKey, Action::Issued),
    ("app.keys.generate", Subject::SigningKey, Action::Issued),
    ("app.keys.rotate", Subject::SigningKey, Action::Rotated),
    ("app.oauth2.admin.consent.grant", Subject::Lent, Action::GrantStarted),
    ("app.oauth2.admin.consent.revoke", Subject::Lent, Action::GrantEnded),
    ("app.oauth2.as.consent.grant", Subject::Lent, Action::GrantStarted),
    ("app.oauth2.as.consent.revoke", Subject::Lent, Action::GrantEnded),
    ("app.oauth2.as.consent.revoke.implicit.as", Subject::Lent, Action::GrantEnded),
    ("app.oauth2.as.consent.revoke.implicit.client", Subject::Lent, Action::GrantEnded),
    ("app.oauth2.as.consent.revoke.implicit.scope", Subject::Lent, Action::GrantEnded),
    ("app.oauth2.as.consent.revoke.implicit.user", Subject::Lent, Action::GrantEnded),
    ("app.oauth2.as.consent.revoke.user", Subject::Lent, Action::GrantEnded),
    ("app.oauth2.as.consent.revoke.user.client", Subject::Lent, Action::GrantEnded),
    ("app.oauth2.as.key.rollover", Subject::SigningKey, Action::Rotated),
    (
        "app.oauth2.as.resource_server.credentials.lifecycle.activate",
        Subject::SigningKey,
        Action::Reactivated,
    ),
    ("app.oauth2.as.resource_server.credentials.lifecycle.create", Subject::SigningKey, Action::Issued),
    (
        "app.oauth2.as.resource_server.credentials.lifecycle.deactivate",
        Subject::SigningKey,
        Action::Deactivated,
    ),
    ("app.oauth2.as.resource_server.credentials.lifecycle.delete", Subject::SigningKey, Action::Revoked),
    ("app.oauth2.as.token.detect_reuse", Subject::Reuse, Action::Denied),
    ("app.oauth2.as.token.grant.access_token", Subject::Token, Action::Issued),
    ("app.oauth2.as.token.grant.device_secret", Subject::Token, Action::Issued),
    ("app.oauth2.as.token.grant.id_jag", Subject::Token, Action::Issued),
    ("app.oauth2.as.token.grant.id_token", Subject::Token, Action::Issued),
    ("app.oauth2.as.token.grant.refresh_token", Subject::Token, Action::Issued),
    ("app.oauth2.as.token.grant.service_account", Subject::Vaulted, Action::SecretRead),
    ("app.oauth2.as.token.grant.vaulted_secret", Subject::Vaulted, Action::SecretRead),
    ("app.oauth2.as.token.revoke", Subject::Token, Action::Revoked),
    ("app.oauth2.as.token.revoke.implicit.as", Subject::Tokens, Action::Revoked),
    ("app.oauth2.as.token.revoke.implicit.client", Subject::Tokens, Action::Revoked),
    ("app.oauth2.as.token.revoke.implicit.user", Subject::Tokens, Action::Revoked),
    ("app.oauth2.client.lifecycle.activate", Subject::Client, Action::Reactivated),
    ("app.oauth2.client.lifecycle.create", Subject::Client, Action::Issued),
    ("app.oauth2.client.lifecycle.deactivate", Subject::Client, Action::Deactivated),
    ("app.oauth2.client.lifecycle.delete", Subject::Client, Action::Revoked),
    ("app.oauth2.client.lifecycle.update", Subject::Client, Action::Modified),
    ("app.oauth2.client.privilege.grant", Subject::Affected, Action::PrivilegeChanged),
    ("app.oauth2.client.privilege.revoke", Subject::Affected, Action::PrivilegeChanged),
    ("app.oauth2.client.read_client_secret", Subject::ClientSecret, Action::SecretRead),
    ("app.oauth2.consent.grant", Subject::Lent, Action::GrantStarted),
    ("app.oauth2.consent.revoke", Subject::Lent, Action::GrantEnded),
    ("app.oauth2.credentials.lifecycle.activate", Subject::ClientSecret, Action::Reactivated),
    ("app.oauth2.credentials.lifecycle.create", Subject::ClientSecret, Action::Issued),
    ("app.oauth2.credentials.lifecycle.deactivate", Subject::ClientSecret, Action::Deactivated),
    ("app.oauth2.credentials.lifecycle.delete", Subject::ClientSecret, Action::Revoked),
    ("app.oauth2.invalid_client_credentials", Subject::ClientRefused, Action::Denied),
    ("app.oauth2.key.rollover", Subject::SigningKey, Action::Rotated),
    ("app.oauth2.resource_server.credentials.lifecycle.activate", Subject::SigningKey, Action::Reactivated),
    ("app.oauth2.resource_server.credentials.lifecycle.create", Subject::SigningKey, Action::Issued),
    ("app.oauth2.resource_server.credentials.lifecycle.deactivate", Subject::SigningKey, Action::Deactivated),
    ("app.oauth2.resource_server.credentials.lifecycle.delete", Subject::SigningKey, Action::Revoked),
    ("app.oauth2.token.detect_reuse", Subject::Reuse, Action::Denied),
    ("app.oauth2.token.grant.access_token", Subject::Token, Action::Issued),
    ("app.oauth2.token.grant.device_secret", Subject::Token, Action::Issued),
    ("app.oauth2.token.grant.id_jag", Subject::Token, Action::Issued),
    ("app.oauth2.token.grant.id_token", Subject::Token, Action::Issued),
    ("app.oauth2.token.grant.refresh_token", Subject::Token, Action::Issued),
    ("app.oauth2.token.grant.service_account", Subject::Vaulted, Action::SecretRead),
    ("app.oauth2.token.grant.vaulted_secret", Subject::Vaulted, Action::SecretRead),
    ("app.oauth2.token.revoke", Subject::Token, Action::Revoked),
    ("app.oauth2.token.revoke.implicit.as", Subject::Tokens, Action::Revoked),
    ("app.oauth2.token.revoke.implicit.client", Subject::Tokens, Action::Revoked),
    ("app.oauth2.token.revoke.implicit.user", Subject::Tokens, Action::Revoked),
    ("app.office365.api.change.domain.federation.success", Subject::Setting, Action::TrustChanged),
    ("app.office365.api.remove.domain.federation.success", Subject::Setting, Action::TrustChanged),
    ("app.office365.api.set.domain.federation.success", Subject::Setting, Action::TrustChanged),
    ("app.office365.provisioning_app_credential.rotate", Subject::ClientSecret, Action::Rotated),
    ("app.policy.sign_on.update", Subject::Setting, Action::TrustChanged),
    ("application.configuration.disable_fed_broker_mode", Subject::Setting, Action::TrustChanged),
    ("application.configuration.enable_fed_broker_mode", Subject::Setting, Action::TrustChanged),
    ("application.configuration.read_client_secret", Subject::ClientSecret, Action::SecretRead),
    ("application.lifecycle.activate", Subject::Client, Action::Reactivated),
    ("application.lifecycle.create", Subject::Client, Action::Issued),
    ("application.lifecycle.deactivate", Subject::Client, Action::Deactivated),
    ("application.lifecycle.delete", Subject::Client, Action::Revoked),
    ("application.lifecycle.update", Subject::Client, Action::Modified),
    ("application.policy.sign_on.update", Subject::Setting, Action::TrustChanged),
    ("application.user_membership.change_password", Subject::StoredPassword, Action::Rotated),
    ("application.user_membership.restore_password", Subject::StoredPassword, Action::Modified),
    ("application.user_membership.show_password", Subject::StoredPassword, Action::SecretRead),
    ("event_hook.activated", Subject::Setting, Action::LoggingChanged),
    ("event_hook.created", Subject::Setting, Action::LoggingChanged),
    ("event_hook.deactivated", Subject::Setting, Action::LoggingChanged),
    ("event_hook.deleted", Subject::Setting, Action::LoggingChanged),
    ("event_hook.updated", Subject::Setting, Action::LoggingChanged),
    ("group.privilege.grant", Subject::Affected, Action::PrivilegeChanged),
    ("group.privilege.revoke", Subject::Affected, Action::PrivilegeChanged),
    ("integration.api_service.lifecycle.authorize", Subject::Lent, Action::GrantStarted),
    ("integration.api_service.lifecycle.revoke", Subject::Lent, Action::GrantEnded),
    ("policy.mapping.create", Subject::Setting, Action::TrustChanged),
    ("security.breached_credential.detected", Subject::Affected, Action::Exposed),
    ("security.threat.configuration.update", Subject::Setting, Action::TrustChanged),
    ("system.api_token.create", Subject::ApiToken, Action::Issued),
    ("system.api_token.disable", Subject::ApiToken, Action::Deactivated),
    ("system.api_token.enable", Subject::ApiToken, Action::Reactivated),
    ("system.api_token.revoke", Subject::ApiToken, Action::Revoked),
    ("system.api_token.update", Subject::ApiToken, Action::Modified),
    ("system.directory.debugger.extend", Subject::Lent, Action::GrantStarted),
    ("system.directory.debugger.grant", Subject::Lent, Action::GrantStarted),
    ("system.directory.debugger.revoke", Subject::Lent, Action::GrantEnded),
    ("system.hook.key.created", Subject::SigningKey, Action::Issued),
    ("system.hook.key.deleted", Subject::SigningKey, Action::Revoked),
    ("system.hook.key.updated", Subject::SigningKey, Action::Rotated),
    ("system.idp.key.create", Subject::SigningKey, Action::Issued),
    ("system.idp.key.delete", Subject::SigningKey, Action::Revoked),
    ("system.idp.key.update", Subject::SigningKey, Action::Rotated),
    ("system.idp.lifecycle.read_client_secret", Subject::ClientSecret, Action::SecretRead),
    ("system.mfa.factor.activate", Subject::Setting, Action::TrustChanged),
    ("system.mfa.factor.deactivate", Subject::Setting, Action::TrustChanged),
    ("user.account.privilege.grant", Subject::Affected, Action::PrivilegeChanged),
    ("user.account.privilege.revoke", Subject::Affected, Action::PrivilegeChanged),
    ("user.lifecycle.activate", Subject::User, Action::Reactivated),
    ("user.lifecycle.create", Subject::User, Action::Issued),
    ("user.lifecycle.deactivate", Subject::User, Action::Deactivated),
    ("user.lifecycle.delete.completed", Subject::User, Action::Revoked),
    ("user.lifecycle.reactivate", Subject::User, Action::Reactivated),
    ("user.lifecycle.suspend", Subject::User, Action::Deactivated),
    ("user.lifecycle.unsuspend", Subject::User, Action::Reactivated),
    ("user.session.impersonation.end", Subject::Lent, Action::GrantEnded),
    ("user.session.impersonation.extend", Subject::Lent, Action::GrantStarted),
    ("user.session.impersonation.grant", Subject::Lent, Action::GrantStarted),
    ("user.session.impersonation.initiate", Subject::Lent, Action::GrantStarted),
    ("user.session.impersonation.revoke", Subject::Lent, Action::GrantEnded),
];

/// By what stands before the last dot, for the types without a row of their own.
static CATEGORIES: &[Row] = &[
    ("app.oauth2.trusted_server", Subject::Setting, Action::TrustChanged),
    ("application.policy.sign_on.rule", Subject::Setting, Action::TrustChanged),
    ("iam.resourceset", Subject::Affected, Action::PrivilegeChanged),
    ("iam.resourceset.bindings", Subject::Affected, Action::PrivilegeChanged),
    ("iam.resourceset.resources", Subject::Affected, Action::PrivilegeChanged),
    ("iam.role", Subject::Affected, Action::PrivilegeChanged),
    ("iam.role.permission.conditions", Subject::Affected, Action::PrivilegeChanged),
    ("iam.role.permissions", Subject::Affected, Action::PrivilegeChanged),
    ("oauth2.as", Subject::Setting, Action::TrustChanged),
    ("oauth2.scope", Subject::Setting, Action::TrustChanged),
    ("pki.ca", Subject::Setting, Action::TrustChanged),
    ("policy.lifecycle", Subject::Setting, Action::TrustChanged),
    ("policy.rule", Subject::Setting, Action::TrustChanged),
    ("security.authenticator.lifecycle", Subject::Setting, Action::TrustChanged),
    ("security.trusted_origin", Subject::Setting, Action::TrustChanged),
    ("security.zone", Subject::Setting, Action::TrustChanged),
    ("system.idp.lifecycle", Subject::Setting, Action::TrustChanged),
    ("system.log_stream.lifecycle", Subject::Setting, Action::LoggingChanged),
    ("zone", Subject::Setting, Action::TrustChanged),
];

/// The reason for what people do to sign in, and for their factors and passwords.
pub(super) const HUMAN_SESSION: &str = "human_session";

/// Beginnings of event types that come in numbers and say nothing of a credential, with the reason that is
/// counted for them.
static QUIET: &[(&str, &str)] = &[
    ("app.oauth2.as.authorize", HUMAN_SESSION),
    ("app.oauth2.as.evaluate", "noise"),
    ("app.oauth2.as.interact", HUMAN_SESSION),
    ("app.oauth2.authorize", HUMAN_SESSION),
    ("app.oauth2.client_id_rate_limit_warning", "noise"),
    ("app.oauth2.interact", HUMAN_SESSION),
    ("app.oauth2.signon", HUMAN_SESSION),
    ("application.integration.rate_limit_exceeded", "noise"),
    ("core.concurrency", "noise"),
    ("core.user_auth", HUMAN_SESSION),
    ("device", HUMAN_SESSION),
    ("policy.auth_reevaluate", "noise"),
    ("policy.continuous_access", "noise"),
    ("policy.entity_risk", "noise"),
    ("policy.evaluate_sign_on", "noise"),
    ("policy.execute", "noise"),
    ("policy.rule.action", "noise"),
    ("policy.scheduled", "noise"),
    ("security.request.blocked", "noise"),
    ("security.threat.detected", "noise"),
    ("system.agent", "noise"),
    ("system.client", "noise"),
    ("system.email", HUMAN_SESSION),
    ("system.import", "noise"),
    ("system.operation", "noise"),
    ("system.org.rate_limit", "noise"),
    ("system.push", HUMAN_SESSION),
    ("system.sms", HUMAN_SESSION),
    ("system.voice", HUMAN_SESSION),
    ("user.account", HUMAN_SESSION),
    ("user.authentication", HUMAN_SESSION),
    ("user.credential", HUMAN_SESSION),
    ("user.mfa", HUMAN_SESSION),
    ("user.session", HUMAN_SESSION),
];

/// The row of `event_type`.
pub(super) fn of(event_type: &str) -> Option<Row> {
    let category = event_type.rsplit_once('.').map_or("", |(category, _)| category);
    found(ROWS, event_type).or_else(|| found(CATEGORIES, category))
}

/// Why nothing is made of `event_type`.
pub(super) fn reason(event_type: &str) -> &'static str {
    let is_under = |begin: &str| {
        event_type.strip_prefix(begin).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    QUIET.iter().find(|(begin, _)| is_under(begin)).map_or("no_credential", |(_, reason)| *reason)
}

fn found(rows: &[Row], name: &str) -> Option<Row> {
    rows.binary_search_by_key(&name, |(row, ..)| *row).ok().and_then(|at| rows.get(at)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_and_each_name_is_there_once() {
        assert!(ROWS.is_sorted_by(|(a, ..), (b, ..)| a < b));
        assert!(CATEGORIES.is_sorted_by(|(a, ..), (b, ..)| a < b));
        assert!(QUIET.is_sorted_by(|(a, _), (b, _)| a < b));
    }

    #[test]
    fn a_type_has_its_own_row_or_that_of_its_category() {
        let action = |name| of(name).map(|(_, _, action)| action);
        assert_eq!(action("system.api_token.create"), Some(Action::Issued));
        assert_eq!(action("policy.rule.update"), Some(Action::TrustChanged));
        assert_eq!(action("system.idp.lifecycle.update"), Some(Action::TrustChanged));
        assert_eq!(action("system.idp.lifecycle.read_client_secret"), Some(Action::SecretRead));
        for none in ["policy.evaluate_sign_on", "user.session.start", "system.api_token", "zone", ""] {
            assert_eq!(action(none), None, "{none}");
        }
    }

    #[test]
    fn what_comes_in_numbers_is_ignored_for_its_own_reason() {
        for (event_type, expected) in [
            ("user.session.start", "human_session"),
            ("system.org.rate_limit.warning", "noise"),
            ("policy.evaluate_sign_on", "noise"),
            ("user.sessions", "no_credential"),
            ("group.user_membership.add", "no_credential"),
        ] {
            assert_eq!(reason(event_type), expected, "{event_type}");
        }
    }
}
