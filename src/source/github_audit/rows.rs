//! Which actions speak of a credential, and of what: one row each.
//!
//! An action without a row is a use of the token it shows, if it shows one, and nothing else.

use crate::event::Action;

/// What an action is about, which decides how it is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// A fine-grained personal access token.
    FineGrainedToken,
    /// The token the entry itself shows: a classic token, or one of an OAuth app.
    OwnToken,
    /// The leave a user gave an OAuth app.
    Authorization,
    /// A token or key that was authorised for an organisation with single sign-on.
    Authorized,
    /// An SSH key of a user, or a deploy key of a repository.
    PublicKey,
    /// The client secrets of an app, which the log does not tell apart.
    ClientSecret,
    /// An OAuth app or GitHub App, its installation or its tokens.
    App,
    OrganizationSecret,
    RepositorySecret,
    EnvironmentSecret,
    /// A secret a user keeps for their own codespaces.
    UserSecret,
    /// A secret that was found, of which the log says the type only.
    Alert,
    Runner,
    /// The user, team or app that may do more or less than before.
    Affected,
    /// A setting of a repository, an organisation or an enterprise.
    Setting,
}

pub(super) type Row = (&'static str, Subject, Action);

/// By action; an action with two rows gives both.
static ROWS: &[Row] = &[
    ("audit_log_streaming.create", Subject::Setting, Action::LoggingChanged),
    ("audit_log_streaming.destroy", Subject::Setting, Action::LoggingChanged),
    ("audit_log_streaming.update", Subject::Setting, Action::LoggingChanged),
    ("business.add_admin", Subject::Affected, Action::PrivilegeChanged),
    ("business.add_disallowed_two_factor_method", Subject::Setting, Action::TrustChanged),
    ("business.add_organization", Subject::Affected, Action::PrivilegeChanged),
    ("business.clear_actions_settings", Subject::Setting, Action::TrustChanged),
    ("business.clear_default_repository_permission", Subject::Setting, Action::PrivilegeChanged),
    ("business.clear_disallowed_two_factor_methods", Subject::Setting, Action::TrustChanged),
    ("business.disable_oidc", Subject::Setting, Action::TrustChanged),
    ("business.disable_open_scim", Subject::Setting, Action::TrustChanged),
    ("business.disable_saml", Subject::Setting, Action::TrustChanged),
    ("business.disable_source_ip_disclosure", Subject::Setting, Action::LoggingChanged),
    ("business.disable_two_factor_requirement", Subject::Setting, Action::TrustChanged),
    ("business.enable_oidc", Subject::Setting, Action::TrustChanged),
    ("business.enable_open_scim", Subject::Setting, Action::TrustChanged),
    ("business.enable_saml", Subject::Setting, Action::TrustChanged),
    ("business.enable_source_ip_disclosure", Subject::Setting, Action::LoggingChanged),
    ("business.enable_two_factor_requirement", Subject::Setting, Action::TrustChanged),
    ("business.members_can_update_protected_branches.clear", Subject::Setting, Action::PrivilegeChanged),
    ("business.members_can_update_protected_branches.disable", Subject::Setting, Action::PrivilegeChanged),
    ("business.members_can_update_protected_branches.enable", Subject::Setting, Action::PrivilegeChanged),
    ("business.recovery_code_used", Subject::Setting, Action::TrustChanged),
    ("business.recovery_codes_downloaded", Subject::Setting, Action::TrustChanged),
    ("business.recovery_codes_generated", Subject::Setting, Action::TrustChanged),
    ("business.recovery_codes_printed", Subject::Setting, Action::TrustChanged),
    ("business.recovery_codes_viewed", Subject::Setting, Action::TrustChanged),
    ("business.remove_admin", Subject::Affected, Action::PrivilegeChanged),
    ("business.remove_disallowed_two_factor_method", Subject::Setting, Action::TrustChanged),
    ("business.remove_member", Subject::Affected, Action::PrivilegeChanged),
    ("business.remove_organization", Subject::Affected, Action::PrivilegeChanged),
    ("business.revoke_external_identity", Subject::Setting, Action::TrustChanged),
    ("business.set_actions_fork_pr_approvals_policy", Subject::Setting, Action::TrustChanged),
    ("business.set_actions_private_fork_pr_approvals_policy", Subject::Setting, Action::TrustChanged),
    ("business.set_default_workflow_permissions", Subject::Setting, Action::PrivilegeChanged),
    ("business.set_fork_pr_workflows_policy", Subject::Setting, Action::TrustChanged),
    ("business.set_workflow_permission_can_approve_pr", Subject::Setting, Action::PrivilegeChanged),
    ("business.update_actions_settings", Subject::Setting, Action::TrustChanged),
    ("business.update_default_repository_permission", Subject::Setting, Action::PrivilegeChanged),
    ("business.update_repo_self_hosted_runners_policy", Subject::Setting, Action::TrustChanged),
    ("business.update_saml_provider_settings", Subject::Setting, Action::TrustChanged),
    ("codespaces.create_an_org_secret", Subject::OrganizationSecret, Action::Issued),
    ("codespaces.remove_an_org_secret", Subject::OrganizationSecret, Action::Revoked),
    ("codespaces.update_an_org_secret", Subject::OrganizationSecret, Action::Rotated),
    ("enterprise.configure_self_hosted_jit_runner", Subject::Runner, Action::Issued),
    ("enterprise.register_self_hosted_runner", Subject::Runner, Action::Issued),
    ("enterprise.remove_self_hosted_runner", Subject::Runner, Action::Revoked),
    ("enterprise.runner_group_created", Subject::Setting, Action::PrivilegeChanged),
    ("enterprise.runner_group_removed", Subject::Setting, Action::PrivilegeChanged),
    ("enterprise.runner_group_runner_removed", Subject::Setting, Action::PrivilegeChanged),
    ("enterprise.runner_group_runners_added", Subject::Setting, Action::PrivilegeChanged),
    ("enterprise.runner_group_runners_updated", Subject::Setting, Action::PrivilegeChanged),
    ("enterprise.runner_group_updated", Subject::Setting, Action::PrivilegeChanged),
    ("enterprise.runner_group_visiblity_updated", Subject::Setting, Action::PrivilegeChanged),
    ("enterprise_team.add_member", Subject::Affected, Action::PrivilegeChanged),
    ("enterprise_team.remove_member", Subject::Affected, Action::PrivilegeChanged),
    ("environment.add_protection_rule", Subject::Setting, Action::PrivilegeChanged),
    ("environment.create_actions_secret", Subject::EnvironmentSecret, Action::Issued),
    ("environment.delete", Subject::Setting, Action::PrivilegeChanged),
    ("environment.remove_actions_secret", Subject::EnvironmentSecret, Action::Revoked),
    ("environment.remove_protection_rule", Subject::Setting, Action::PrivilegeChanged),
    ("environment.update_actions_secret", Subject::EnvironmentSecret, Action::Rotated),
    ("environment.update_protection_rule", Subject::Setting, Action::PrivilegeChanged),
    ("hook.active_changed", Subject::Setting, Action::TrustChanged),
    ("hook.config_changed", Subject::Setting, Action::TrustChanged),
    ("hook.create", Subject::Setting, Action::TrustChanged),
    ("hook.destroy", Subject::Setting, Action::TrustChanged),
    ("hook.events_changed", Subject::Setting, Action::TrustChanged),
    ("integration.create", Subject::App, Action::Issued),
    ("integration.destroy", Subject::ClientSecret, Action::Revoked),
    ("integration.generate_client_secret", Subject::ClientSecret, Action::Rotated),
    ("integration.manager_added", Subject::App, Action::PrivilegeChanged),
    ("integration.manager_removed", Subject::App, Action::PrivilegeChanged),
    ("integration.remove_client_secret", Subject::ClientSecret, Action::Modified),
    ("integration.revoke_all_tokens", Subject::App, Action::Revoked),
    ("integration.revoke_tokens", Subject::App, Action::Revoked),
    ("integration.suspend", Subject::App, Action::Deactivated),
    ("integration.transfer", Subject::ClientSecret, Action::OwnerChanged),
    ("integration.unsuspend", Subject::App, Action::Reactivated),
    ("integration_installation.create", Subject::App, Action::GrantStarted),
    ("integration_installation.destroy", Subject::App, Action::GrantEnded),
    ("integration_installation.repositories_added", Subject::App, Action::PrivilegeChanged),
    ("integration_installation.repositories_removed", Subject::App, Action::PrivilegeChanged),
    ("integration_installation.suspend", Subject::App, Action::Deactivated),
    ("integration_installation.unsuspend", Subject::App, Action::Reactivated),
    ("integration_installation.version_updated", Subject::App, Action::PrivilegeChanged),
    ("oauth_access.create", Subject::OwnToken, Action::Issued),
    ("oauth_access.destroy", Subject::OwnToken, Action::Revoked),
    ("oauth_access.regenerate", Subject::OwnToken, Action::Rotated),
    ("oauth_access.revoke", Subject::OwnToken, Action::Revoked),
    ("oauth_access.update", Subject::OwnToken, Action::Modified),
    ("oauth_application.create", Subject::App, Action::Issued),
    ("oauth_application.destroy", Subject::ClientSecret, Action::Revoked),
    ("oauth_application.generate_client_secret", Subject::ClientSecret, Action::Rotated),
    ("oauth_application.remove_client_secret", Subject::ClientSecret, Action::Modified),
    ("oauth_application.reset_secret", Subject::ClientSecret, Action::Rotated),
    ("oauth_application.revoke_all_tokens", Subject::App, Action::Revoked),
    ("oauth_application.revoke_tokens", Subject::App, Action::Revoked),
    ("oauth_application.suspend", Subject::App, Action::Deactivated),
    ("oauth_application.transfer", Subject::ClientSecret, Action::OwnerChanged),
    ("oauth_application.unsuspend", Subject::App, Action::Reactivated),
    ("oauth_authorization.create", Subject::Authorization, Action::GrantStarted),
    ("oauth_authorization.destroy", Subject::Authorization, Action::GrantEnded),
    ("oauth_authorization.update", Subject::Authorization, Action::Modified),
    ("org.add_disallowed_two_factor_method", Subject::Setting, Action::TrustChanged),
    ("org.add_member", Subject::Affected, Action::PrivilegeChanged),
    ("org.add_outside_collaborator", Subject::Affected, Action::PrivilegeChanged),
    ("org.add_security_manager", Subject::Affected, Action::PrivilegeChanged),
    ("org.clear_disallowed_two_factor_methods", Subject::Setting, Action::TrustChanged),
    ("org.codespaces_trusted_repo_access_granted", Subject::Setting, Action::TrustChanged),
    ("org.codespaces_trusted_repo_access_revoked", Subject::Setting, Action::TrustChanged),
    ("org.configure_self_hosted_jit_runner", Subject::Runner, Action::Issued),
    ("org.create_actions_secret", Subject::OrganizationSecret, Action::Issued),
    ("org.create_integration_secret", Subject::OrganizationSecret, Action::Issued),
    ("org.disable_oauth_app_restrictions", Subject::Setting, Action::TrustChanged),
    ("org.disable_saml", Subject::Setting, Action::TrustChanged),
    ("org.disable_source_ip_disclosure", Subject::Setting, Action::LoggingChanged),
    ("org.disable_two_factor_requirement", Subject::Setting, Action::TrustChanged),
    ("org.enable_oauth_app_restrictions", Subject::Setting, Action::TrustChanged),
    ("org.enable_saml", Subject::Setting, Action::TrustChanged),
    ("org.enable_source_ip_disclosure", Subject::Setting, Action::LoggingChanged),
    ("org.enable_two_factor_requirement", Subject::Setting, Action::TrustChanged),
    ("org.integration_manager_added", Subject::Affected, Action::PrivilegeChanged),
    ("org.integration_manager_removed", Subject::Affected, Action::PrivilegeChanged),
    ("org.members_can_update_protected_branches.disable", Subject::Setting, Action::PrivilegeChanged),
    ("org.members_can_update_protected_branches.enable", Subject::Setting, Action::PrivilegeChanged),
    ("org.oauth_app_access_approved", Subject::App, Action::GrantStarted),
    ("org.oauth_app_access_denied", Subject::App, Action::GrantEnded),
    ("org.recovery_code_used", Subject::Setting, Action::TrustChanged),
    ("org.recovery_codes_downloaded", Subject::Setting, Action::TrustChanged),
    ("org.recovery_codes_generated", Subject::Setting, Action::TrustChanged),
    ("org.recovery_codes_printed", Subject::Setting, Action::TrustChanged),
    ("org.recovery_codes_viewed", Subject::Setting, Action::TrustChanged),
    ("org.register_self_hosted_runner", Subject::Runner, Action::Issued),
    ("org.remove_actions_secret", Subject::OrganizationSecret, Action::Revoked),
    ("org.remove_disallowed_two_factor_method", Subject::Setting, Action::TrustChanged),
    ("org.remove_integration_secret", Subject::OrganizationSecret, Action::Revoked),
    ("org.remove_member", Subject::Affected, Action::PrivilegeChanged),
    ("org.remove_outside_collaborator", Subject::Affected, Action::PrivilegeChanged),
    ("org.remove_security_manager", Subject::Affected, Action::PrivilegeChanged),
    ("org.remove_self_hosted_runner", Subject::Runner, Action::Revoked),
    ("org.restore_member", Subject::Affected, Action::PrivilegeChanged),
    ("org.revoke_external_identity", Subject::Setting, Action::TrustChanged),
    ("org.runner_group_created", Subject::Setting, Action::PrivilegeChanged),
    ("org.runner_group_removed", Subject::Setting, Action::PrivilegeChanged),
    ("org.runner_group_runner_removed", Subject::Setting, Action::PrivilegeChanged),
    ("org.runner_group_runners_added", Subject::Setting, Action::PrivilegeChanged),
    ("org.runner_group_runners_updated", Subject::Setting, Action::PrivilegeChanged),
    ("org.runner_group_updated", Subject::Setting, Action::PrivilegeChanged),
    ("org.runner_group_visiblity_updated", Subject::Setting, Action::PrivilegeChanged),
    ("org.saml_disabled", Subject::Setting, Action::TrustChanged),
    ("org.saml_enabled", Subject::Setting, Action::TrustChanged),
    ("org.secret_scanning_push_protection_disable", Subject::Setting, Action::LoggingChanged),
    ("org.secret_scanning_push_protection_enable", Subject::Setting, Action::LoggingChanged),
    ("org.secret_scanning_push_protection_new_repos_disable", Subject::Setting, Action::LoggingChanged),
    ("org.secret_scanning_push_protection_new_repos_enable", Subject::Setting, Action::LoggingChanged),
    ("org.set_actions_fork_pr_approvals_policy", Subject::Setting, Action::TrustChanged),
    ("org.set_actions_private_fork_pr_approvals_policy", Subject::Setting, Action::TrustChanged),
    ("org.set_default_workflow_permissions", Subject::Setting, Action::PrivilegeChanged),
    ("org.set_fork_pr_workflows_policy", Subject::Setting, Action::TrustChanged),
    ("org.set_workflow_permission_can_approve_pr", Subject::Setting, Action::PrivilegeChanged),
    ("org.transfer", Subject::Setting, Action::TrustChanged),
    ("org.update_actions_secret", Subject::OrganizationSecret, Action::Rotated),
    ("org.update_actions_settings", Subject::Setting, Action::TrustChanged),
    ("org.update_default_repository_permission", Subject::Setting, Action::PrivilegeChanged),
    ("org.update_integration_secret", Subject::OrganizationSecret, Action::Rotated),
    ("org.update_member", Subject::Affected, Action::PrivilegeChanged),
    ("org.update_repo_self_hosted_runners_policy", Subject::Setting, Action::TrustChanged),
    ("org.update_saml_provider_settings", Subject::Setting, Action::TrustChanged),
    ("org_credential_authorization.deauthorize", Subject::Authorized, Action::GrantEnded),
    ("org_credential_authorization.deauthorized", Subject::Authorized, Action::GrantEnded),
    ("org_credential_authorization.grant", Subject::Authorized, Action::GrantStarted),
    ("org_credential_authorization.revoke", Subject::Authorized, Action::GrantEnded),
    ("personal_access_token.access_granted", Subject::FineGrainedToken, Action::Issued),
    ("personal_access_token.access_restriction_disabled", Subject::Setting, Action::TrustChanged),
    ("personal_access_token.access_restriction_enabled", Subject::Setting, Action::TrustChanged),
    ("personal_access_token.access_restriction_reset", Subject::Setting, Action::TrustChanged),
    ("personal_access_token.access_revoked", Subject::FineGrainedToken, Action::Revoked),
    ("personal_access_token.auto_approve_grant_requests_disabled", Subject::Setting, Action::TrustChanged),
    ("personal_access_token.auto_approve_grant_requests_enabled", Subject::Setting, Action::TrustChanged),
    ("personal_access_token.auto_approve_grant_requests_reset", Subject::Setting, Action::TrustChanged),
    ("personal_access_token.create", Subject::FineGrainedToken, Action::Issued),
    ("personal_access_token.credential_regenerated", Subject::FineGrainedToken, Action::Rotated),
    ("personal_access_token.credential_revoked", Subject::FineGrainedToken, Action::Exposed),
    ("personal_access_token.credential_revoked", Subject::FineGrainedToken, Action::Revoked),
    ("personal_access_token.destroy", Subject::FineGrainedToken, Action::Revoked),
    ("personal_access_token.expiration_limit_set", Subject::Setting, Action::TrustChanged),
    ("personal_access_token.expiration_limit_unset", Subject::Setting, Action::TrustChanged),
    ("personal_access_token.update", Subject::FineGrainedToken, Action::Modified),
    ("public_key.create", Subject::PublicKey, Action::Issued),
    ("public_key.delete", Subject::PublicKey, Action::Revoked),
    ("public_key.unverification_failure", Subject::PublicKey, Action::Modified),
    ("public_key.unverify", Subject::PublicKey, Action::Deactivated),
    ("public_key.update", Subject::PublicKey, Action::Modified),
    ("public_key.verification_failure", Subject::PublicKey, Action::Modified),
    ("public_key.verify", Subject::PublicKey, Action::Reactivated),
    ("repo.access", Subject::Setting, Action::PrivilegeChanged),
    ("repo.add_member", Subject::Affected, Action::PrivilegeChanged),
    ("repo.codespaces_trusted_repo_access_granted", Subject::Setting, Action::TrustChanged),
    ("repo.codespaces_trusted_repo_access_revoked", Subject::Setting, Action::TrustChanged),
    ("repo.configure_self_hosted_jit_runner", Subject::Runner, Action::Issued),
    ("repo.create_actions_secret", Subject::RepositorySecret, Action::Issued),
    ("repo.create_integration_secret", Subject::RepositorySecret, Action::Issued),
    ("repo.override_unlock", Subject::Setting, Action::PrivilegeChanged),
    ("repo.register_self_hosted_runner", Subject::Runner, Action::Issued),
    ("repo.remove_actions_secret", Subject::RepositorySecret, Action::Revoked),
    ("repo.remove_integration_secret", Subject::RepositorySecret, Action::Revoked),
    ("repo.remove_member", Subject::Affected, Action::PrivilegeChanged),
    ("repo.remove_self_hosted_runner", Subject::Runner, Action::Revoked),
    ("repo.set_actions_fork_pr_approvals_policy", Subject::Setting, Action::TrustChanged),
    ("repo.set_actions_private_fork_pr_approvals_policy", Subject::Setting, Action::TrustChanged),
    ("repo.set_default_workflow_permissions", Subject::Setting, Action::PrivilegeChanged),
    ("repo.set_fork_pr_workflows_policy", Subject::Setting, Action::TrustChanged),
    ("repo.set_workflow_permission_can_approve_pr", Subject::Setting, Action::PrivilegeChanged),
    ("repo.staff_unlock", Subject::Setting, Action::PrivilegeChanged),
    ("repo.temporary_access_granted", Subject::Setting, Action::PrivilegeChanged),
    ("repo.update_actions_access_settings", Subject::Setting, Action::TrustChanged),
    ("repo.update_actions_secret", Subject::RepositorySecret, Action::Rotated),
    ("repo.update_actions_settings", Subject::Setting, Action::TrustChanged),
    ("repo.update_integration_secret", Subject::RepositorySecret, Action::Rotated),
    ("repo.update_member", Subject::Affected, Action::PrivilegeChanged),
    ("secret_scanning_alert.create", Subject::Alert, Action::Exposed),
    ("secret_scanning_alert.delete", Subject::Alert, Action::Modified),
    ("secret_scanning_alert.public_leak", Subject::Alert, Action::Exposed),
    ("secret_scanning_alert.reopen", Subject::Alert, Action::Modified),
    ("secret_scanning_alert.report", Subject::Alert, Action::Modified),
    ("secret_scanning_alert.resolve", Subject::Alert, Action::Modified),
    ("secret_scanning_alert.revoke", Subject::Alert, Action::Modified),
    ("secret_scanning_alert.validate", Subject::Alert, Action::Modified),
    ("secret_scanning_push_protection.bypass", Subject::Alert, Action::Exposed),
    ("secret_scanning_push_protection_request.complete", Subject::Alert, Action::Exposed),
    ("team.add_member", Subject::Affected, Action::PrivilegeChanged),
    ("team.add_repository", Subject::Affected, Action::PrivilegeChanged),
    ("team.change_parent_team", Subject::Affected, Action::PrivilegeChanged),
    ("team.create", Subject::Affected, Action::PrivilegeChanged),
    ("team.demote_maintainer", Subject::Affected, Action::PrivilegeChanged),
    ("team.destroy", Subject::Affected, Action::PrivilegeChanged),
    ("team.promote_maintainer", Subject::Affected, Action::PrivilegeChanged),
    ("team.remove_member", Subject::Affected, Action::PrivilegeChanged),
    ("team.remove_repository", Subject::Affected, Action::PrivilegeChanged),
    ("team.update_repository_permission", Subject::Affected, Action::PrivilegeChanged),
    ("user.create_integration_secret", Subject::UserSecret, Action::Issued),
    ("user.demote", Subject::Affected, Action::PrivilegeChanged),
    ("user.promote", Subject::Affected, Action::PrivilegeChanged),
    ("user.remove_integration_secret", Subject::UserSecret, Action::Revoked),
    ("user.update_integration_secret", Subject::UserSecret, Action::Rotated),
];

/// By what stands before the dot, for the actions without a row of their own.
static CATEGORIES: &[Row] = &[
    ("auto_approve_personal_access_token_requests", Subject::Setting, Action::TrustChanged),
    ("business_secret_scanning", Subject::Setting, Action::LoggingChanged),
    ("business_secret_scanning_push_protection", Subject::Setting, Action::LoggingChanged),
    ("enterprise_installation", Subject::Setting, Action::TrustChanged),
    ("enterprise_role", Subject::Affected, Action::PrivilegeChanged),
    ("ip_allow_list", Subject::Setting, Action::TrustChanged),
    ("ip_allow_list_entry", Subject::Setting, Action::TrustChanged),
    ("org_secret_scanning_push_protection_bypass_list", Subject::Setting, Action::LoggingChanged),
    ("organization_role", Subject::Affected, Action::PrivilegeChanged),
    ("protected_branch", Subject::Setting, Action::PrivilegeChanged),
    ("repository_branch_protection_evaluation", Subject::Setting, Action::PrivilegeChanged),
    ("repository_ruleset", Subject::Setting, Action::PrivilegeChanged),
    ("repository_secret_scanning", Subject::Setting, Action::LoggingChanged),
    ("repository_secret_scanning_push_protection", Subject::Setting, Action::LoggingChanged),
    ("repository_secret_scanning_push_protection_bypass_list", Subject::Setting, Action::LoggingChanged),
    ("role", Subject::Setting, Action::PrivilegeChanged),
    ("secret_scanning", Subject::Setting, Action::LoggingChanged),
    ("secret_scanning_new_repos", Subject::Setting, Action::LoggingChanged),
    ("ssh_certificate_authority", Subject::Setting, Action::TrustChanged),
    ("ssh_certificate_requirement", Subject::Setting, Action::TrustChanged),
    ("sso_lockdown", Subject::Setting, Action::TrustChanged),
    ("team_sync_tenant", Subject::Setting, Action::TrustChanged),
];

/// Actions of a category above, or of a kind one might expect here, that change nothing; and the reason that
/// is counted for them.
static QUIET: &[(&str, &str)] = &[
    ("business.sso_response", "human_session"),
    ("org.sso_response", "human_session"),
    ("personal_access_token.request_cancelled", "request_only"),
    ("personal_access_token.request_created", "request_only"),
    ("personal_access_token.request_denied", "request_only"),
    ("protected_branch.rejected_ref_update", "no_credential"),
    ("secret_scanning_push_protection_request.approve", "request_only"),
    ("secret_scanning_push_protection_request.cancel", "request_only"),
    ("secret_scanning_push_protection_request.deny", "request_only"),
    ("secret_scanning_push_protection_request.request", "request_only"),
];

/// The rows of `action`.
pub(super) fn of(action: &str) -> &'static [Row] {
    if QUIET.binary_search_by_key(&action, |(name, _)| *name).is_ok() {
        return &[];
    }
    let own = equal(ROWS, action);
    if !own.is_empty() {
        return own;
    }
    equal(CATEGORIES, action.split('.').next().unwrap_or_default())
}

/// Why nothing is made of `action`.
pub(super) fn reason(action: &str) -> &'static str {
    QUIET.iter().find(|(name, _)| *name == action).map_or("no_credential", |(_, reason)| *reason)
}

fn equal(rows: &'static [Row], name: &str) -> &'static [Row] {
    let from = rows.partition_point(|(row, ..)| *row < name);
    let to = rows.partition_point(|(row, ..)| *row <= name);
    rows.get(from..to).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        assert!(ROWS.is_sorted_by(|(a, ..), (b, ..)| a <= b));
        assert!(CATEGORIES.is_sorted_by(|(a, ..), (b, ..)| a < b));
        assert!(QUIET.is_sorted_by(|(a, _), (b, _)| a < b));
    }

    #[test]
    fn an_action_has_its_own_rows_or_those_of_its_category() {
        let actions = |name| of(name).iter().map(|(_, _, action)| *action).collect::<Vec<_>>();
        assert_eq!(actions("repo.create_actions_secret"), [Action::Issued]);
        assert_eq!(actions("protected_branch.update_name"), [Action::PrivilegeChanged]);
        assert_eq!(actions("personal_access_token.credential_revoked").len(), 2);
        for none in ["protected_branch.rejected_ref_update", "repo.create", "team", "", "org.sso_response"] {
            assert!(of(none).is_empty(), "{none}");
        }
        assert_eq!((reason("org.sso_response"), reason("repo.create")), ("human_session", "no_credential"));
    }
}
