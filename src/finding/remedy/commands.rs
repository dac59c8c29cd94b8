//! What to type for each kind of credential.

use crate::kind::Kind;

/// The commands of a kind, with `{id}`, `{holder}` and the like to be filled in.
pub(super) struct Commands {
    kind: Kind,
    /// Ends it for good.
    pub end: &'static str,
    /// Ends it in a way that can be taken back.
    pub suspend: Option<&'static str>,
    /// Gives it new material.
    pub rotate: Option<&'static str>,
    /// Moves its end, or makes its successor.
    pub renew: Option<&'static str>,
}

/// The row of `kind`.
pub(super) fn of(kind: Kind) -> &'static Commands {
    let commands = &COMMANDS[kind as usize];
    debug_assert_eq!(commands.kind, kind);
    commands
}

const fn ends(kind: Kind, end: &'static str) -> Commands {
    Commands { kind, end, suspend: None, rotate: None, renew: None }
}

impl Commands {
    const fn suspend(mut self, command: &'static str) -> Self {
        self.suspend = Some(command);
        self
    }

    const fn rotate(mut self, command: &'static str) -> Self {
        self.rotate = Some(command);
        self
    }

    const fn renew(mut self, command: &'static str) -> Self {
        self.renew = Some(command);
        self
    }
}

/// One row a kind, in the order of [`Kind`].
static COMMANDS: &[Commands] = &[
    ends(Kind::AwsAccessKey, "aws iam delete-access-key --user-name {holder} --access-key-id {id}")
        .suspend(
            "aws iam update-access-key --user-name {holder} --access-key-id {id} --status \
         Inactive",
        )
        .rotate("aws iam create-access-key --user-name {holder}"),
    ends(
        Kind::AwsRoleSession,
        "revoke the older sessions of {holder} (IAM console, the role, Revoke active \
         sessions)",
    )
    .renew("take a new one where it was taken"),
    ends(Kind::AwsUserSession, "disable the user behind the session: {holder}")
        .renew("take a new one where it was taken"),
    ends(Kind::AwsConsolePassword, "aws iam delete-login-profile --user-name {id}")
        .rotate("aws iam update-login-profile --user-name {id} --password-reset-required"),
    ends(Kind::AwsSecret, "aws secretsmanager delete-secret --secret-id {tail}")
        .suspend("aws secretsmanager delete-secret --secret-id {tail} --recovery-window-in-days 30")
        .rotate("aws secretsmanager rotate-secret --secret-id {tail}"),
    ends(Kind::AwsParameter, "aws ssm delete-parameter --name {tail}")
        .rotate("aws ssm put-parameter --overwrite --type SecureString --name {tail}"),
    ends(
        Kind::AwsServiceSpecificCredential,
        "aws iam delete-service-specific-credential --user-name {holder} \
         --service-specific-credential-id {id}",
    ),
    ends(
        Kind::AwsSigningCertificate,
        "aws iam delete-signing-certificate --user-name {holder} --certificate-id {id}",
    ),
    ends(Kind::AwsServerCertificate, "aws iam delete-server-certificate --server-certificate-name {id}"),
    ends(
        Kind::AwsSshPublicKey,
        "aws iam delete-ssh-public-key --user-name {holder} --ssh-public-key-id {id}",
    ),
    ends(Kind::AwsKeyPair, "aws ec2 delete-key-pair --key-pair-id {id}"),
    ends(Kind::VaultToken, "vault token revoke -accessor <accessor of {id}>").renew("vault lease renew {id}"),
    ends(Kind::VaultBatchToken, "batch tokens cannot be revoked: revoke the parent, or disable the entity")
        .renew("vault lease renew {id}"),
    ends(Kind::VaultWrappingToken, "vault token revoke -accessor <accessor of {id}>")
        .renew("vault lease renew {id}"),
    ends(Kind::VaultLease, "vault lease revoke {id}").renew("vault lease renew {id}"),
    ends(
        Kind::VaultSecretId,
        "vault write auth/<mount>/role/<role>/secret-id-accessor/destroy \
         secret_id_accessor=<{id}>",
    )
    .rotate("vault write -force auth/<mount>/role/<role>/secret-id"),
    ends(Kind::VaultUserPassword, "vault delete auth/{id}")
        .rotate("vault write auth/{id}/password password=-"),
    ends(Kind::VaultCertificate, "vault write <mount>/revoke serial_number=<{id}>")
        .renew("vault write <mount>/issue/<role> common_name=<the same name>"),
    ends(
        Kind::VaultSshCertificate,
        "SSH certificates end by themselves: add it to the revocation list of the hosts",
    ),
    ends(Kind::VaultKvSecret, "vault kv metadata delete {id}")
        .suspend("vault kv delete {id}")
        .rotate("vault kv put {id} ..."),
    ends(Kind::VaultStaticRole, "vault delete {id}").rotate("vault write -force {rotate-role}"),
    ends(Kind::VaultRootCredential, "it is replaced, not deleted: the old material ends with the rotation")
        .rotate("vault write -force {rotate-root}"),
    ends(Kind::VaultTransitKey, "vault delete {id}").rotate("vault write -force {id}/rotate"),
    ends(Kind::VaultTotpKey, "vault delete {id}"),
    ends(Kind::VaultBarrierKey, "it is replaced, not deleted: the old material ends with the rotation")
        .rotate("vault operator rotate"),
    ends(Kind::VaultOidcKey, "it is replaced, not deleted: the old material ends with the rotation")
        .rotate("vault write -force {id}/rotate"),
    ends(Kind::AwsKmsKey, "aws kms schedule-key-deletion --key-id {id}")
        .suspend("aws kms disable-key --key-id {id}")
        .rotate("aws kms enable-key-rotation --key-id {id}"),
    ends(Kind::AwsCertificate, "aws acm delete-certificate --certificate-arn {id}")
        .renew("aws acm renew-certificate --certificate-arn {id}"),
    ends(
        Kind::AwsPrivateCertificate,
        "aws acm-pca revoke-certificate --certificate-serial {id} --revocation-reason \
         SUPERSEDED --certificate-authority-arn {holder}",
    ),
    ends(
        Kind::AwsRegistryToken,
        "registry tokens end within 12 h: disable the principal that took it, {holder}",
    ),
    ends(
        Kind::AwsIdentityCenterSession,
        "end the sessions of {holder} (IAM Identity Center, the user, Active sessions)",
    ),
    ends(
        Kind::AwsClientSecret,
        "aws cognito-idp delete-user-pool-client --client-id {id} --user-pool-id <pool>",
    )
    .rotate(
        "aws cognito-idp add-user-pool-client-secret --client-id {id} --user-pool-id \
         <pool>",
    ),
    ends(Kind::AwsApiKey, "aws apigateway delete-api-key --api-key {id}").suspend(
        "aws apigateway update-api-key --api-key {id} --patch-operations \
         op=replace,path=/enabled,value=false",
    ),
    ends(Kind::AwsIotCertificate, "aws iot update-certificate --certificate-id {id} --new-status REVOKED")
        .suspend("aws iot update-certificate --certificate-id {id} --new-status INACTIVE"),
    ends(Kind::AwsDatabasePassword, "it is replaced, not deleted: the old password ends with the rotation")
        .rotate(
            "aws rds modify-db-instance --db-instance-identifier {tail} \
         --manage-master-user-password",
        ),
    ends(
        Kind::AwsDatabaseCredential,
        "it ends by itself: revoke the right to GetClusterCredentials of {holder}",
    ),
    ends(Kind::AwsInstancePassword, "change the password on the instance {id}")
        .rotate("change the password on the instance {id}"),
    ends(Kind::AwsInstanceKey, "it ends after 60 s: close the sessions on the instance"),
    ends(Kind::GcpServiceAccountKey, "gcloud iam service-accounts keys delete {name} --iam-account {holder}")
        .suspend("gcloud iam service-accounts keys disable {name} --iam-account {holder}")
        .rotate("gcloud iam service-accounts keys create <file> --iam-account {holder}"),
    ends(Kind::GcpServiceAccountToken, "gcloud iam service-accounts disable {holder}"),
    ends(
        Kind::GcpFederatedToken,
        "gcloud iam workload-identity-pools providers update-oidc <provider> --disabled",
    ),
    ends(Kind::GcpSecret, "gcloud secrets delete {id}")
        .suspend("gcloud secrets versions disable <version> --secret {id}")
        .rotate("gcloud secrets versions add {id} --data-file=-"),
    ends(Kind::GcpApiKey, "gcloud services api-keys delete {id}").rotate("gcloud services api-keys create"),
    ends(Kind::GcpHmacKey, "gcloud storage hmac delete {id}")
        .suspend("gcloud storage hmac update {id} --deactivate")
        .rotate("gcloud storage hmac create {holder}"),
    ends(
        Kind::GcpKmsKey,
        "gcloud kms keys versions destroy <version> --key {name} --keyring {keyring} --location {location}",
    )
    .suspend(
        "gcloud kms keys versions disable <version> --key {name} --keyring {keyring} --location {location}",
    )
    .rotate(
        "gcloud kms keys versions create --key {name} --keyring {keyring} --location {location} --primary",
    ),
    ends(Kind::GcpSqlCertificate, "gcloud sql ssl client-certs delete {id} --instance {instance}")
        .rotate("gcloud sql ssl client-certs create <name> <file> --instance {instance}"),
    ends(Kind::GcpDatabasePassword, "gcloud sql users delete {name} --instance {instance}")
        .rotate("gcloud sql users set-password {name} --instance {instance} --prompt-for-password"),
    ends(Kind::GcpSshKey, "remove the key from the ssh-keys metadata of {id}"),
    ends(Kind::AzureAppSecret, "az ad app credential delete --id {holder} --key-id {id}")
        .rotate("az ad app credential reset --id {holder} --append"),
    ends(Kind::AzureAppCertificate, "az ad app credential delete --id {holder} --key-id {id} --cert")
        .rotate("az ad app credential reset --id {holder} --append --create-cert"),
    ends(
        Kind::AzureFederatedCredential,
        "az ad app federated-credential delete --id {holder} --federated-credential-id \
         {id}",
    ),
    ends(Kind::AzureKeyvaultSecret, "az keyvault secret delete --id https://{id}")
        .suspend("az keyvault secret set-attributes --id https://{id} --enabled false")
        .rotate("az keyvault secret set --vault-name <vault> --name {name}"),
    ends(Kind::AzureKeyvaultKey, "az keyvault key delete --id https://{id}")
        .suspend("az keyvault key set-attributes --id https://{id} --enabled false")
        .rotate("az keyvault key rotate --id https://{id}"),
    ends(Kind::AzureKeyvaultCertificate, "az keyvault certificate delete --id https://{id}")
        .suspend("az keyvault certificate set-attributes --id https://{id} --enabled false"),
    ends(
        Kind::AzureStorageKey,
        "it is replaced, not deleted: forbid it with az storage account update \
         --allow-shared-key-access false",
    )
    .rotate("az storage account keys renew --key {name} --account-name {space}"),
    ends(Kind::AzureServiceKey, "it is replaced, not deleted: disable local authentication of {id}")
        .rotate("regenerate the key of {id}"),
    ends(
        Kind::AzureSasToken,
        "regenerate the account key that signed it, or delete its stored access policy",
    ),
    ends(Kind::EntraUserPassword, "disable the user: az ad user update --id {id} --account-enabled false")
        .rotate(
            "az ad user update --id {id} --password <new> \
         --force-change-password-next-sign-in true",
        ),
    ends(
        Kind::GithubToken,
        "revoke it (organisation settings, Personal access tokens), or ask its user \
         {holder} to delete it",
    ),
    ends(Kind::GithubAppToken, "suspend the installation of the app that took it"),
    ends(Kind::GithubSshKey, "delete the key of {holder} (settings, SSH keys or Deploy keys)"),
    ends(Kind::GithubClientSecret, "delete the client secret in the settings of the app")
        .rotate("generate a new client secret in the settings of the app"),
    ends(Kind::GithubActionsSecret, "gh secret delete <name of {id}>").rotate("gh secret set <name of {id}>"),
    ends(Kind::GithubRunner, "remove the runner (settings, Actions, Runners)"),
    ends(
        Kind::KubernetesToken,
        "kubectl delete pod <the pod it is bound to>, or kubectl delete serviceaccount \
         {holder} --namespace {holder-space}",
    )
    .renew("take a new one where it was taken"),
    ends(
        Kind::KubernetesClientCertificate,
        "client certificates cannot be revoked: take the rights of {holder} away, or \
         rotate the client CA",
    ),
    ends(Kind::KubernetesCertificateRequest, "kubectl delete csr {id}"),
    ends(Kind::KubernetesTokenSecret, "kubectl delete secret {name} --namespace {space}")
        .rotate("kubectl create token {holder} --namespace {holder-space}"),
    ends(Kind::KubernetesBootstrapToken, "kubeadm token delete <id of {id}>").rotate("kubeadm token create"),
    ends(Kind::KubernetesSecret, "kubectl delete secret {name} --namespace {space}")
        .rotate("kubectl apply -f <the secret with its new value>"),
    ends(Kind::OktaApiToken, "revoke it (Security, API, Tokens)"),
    ends(Kind::OktaClientSecret, "deactivate and delete it (Applications, the client, Client Credentials)")
        .rotate("generate a new secret or key (Applications, the client, Client Credentials)"),
    ends(Kind::OktaOauthToken, "revoke the tokens of the client (Applications, the client)"),
    ends(Kind::OktaSigningKey, "it is replaced, not deleted: the old key ends with the rotation")
        .rotate("rotate the signing key (Security, API, Authorization Servers)"),
    ends(Kind::OktaStoredPassword, "remove the password from the assignment of the app")
        .rotate("set a new password in the app and in its assignment"),
    ends(Kind::VaultOidcClient, "vault delete {id}"),
    ends(Kind::GenericApiKey, "revoke it where it was issued"),
    ends(Kind::GenericPassword, "revoke it where it was issued"),
    ends(Kind::GenericToken, "revoke it where it was issued").renew("renew it where it was issued"),
    ends(Kind::GenericSecret, "delete it in its store").rotate("write a new value to its store"),
    ends(Kind::GenericKey, "delete it in its store").rotate("rotate it in its store"),
    ends(Kind::GenericCertificate, "revoke it at its issuer"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::KINDS;

    #[test]
    fn every_kind_has_its_row_at_its_own_index() {
        assert_eq!(COMMANDS.len(), KINDS.len());
        for (at, commands) in COMMANDS.iter().enumerate() {
            assert_eq!(commands.kind as usize, at, "{:?}", commands.kind);
        }
    }
}
