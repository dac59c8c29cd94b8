//! Signs that a log was not set up to show what matters, told from what is in it.
//!
//! A sign is an absence that a setting explains: it is certain as a count, and the setting is where to look
//! first. What a log can never show is said by its source (`Source::blind_spots`), not here.

use super::traits::Traits;
use crate::event::Action;
use crate::kind::Kind;
use crate::stream::SourceName;

/// Fewer events than these show no habit: that something is absent among them is no sign.
const EVENTS_MIN: u64 = 50;

/// One row of [`SIGNS`].
pub struct Sign {
    pub source: SourceName,
    /// A short snake-case word, for machines.
    pub name: &'static str,
    /// What was not seen, and what that hides, as a sentence without its full stop.
    pub unseen: &'static str,
    /// The setting to look at.
    pub cure: &'static str,
    /// Whether the events of a stream show it.
    pub shows: fn(&Traits) -> bool,
}

/// All signs, by source and name.
pub static SIGNS: &[Sign] = &[
    Sign {
        source: SourceName::AwsCloudtrail,
        name: "no_data_events",
        unseen: "no data event (S3 objects, Lambda, DynamoDB, SQS, SNS): a key that does nothing else looks \
                 dormant",
        cure: "log data events with an advanced event selector of the trail (eventCategory Data)",
        shows: |traits| is_enough(traits) && traits.data_events == 0,
    },
    Sign {
        source: SourceName::AwsCloudtrail,
        name: "no_reads",
        unseen: "no call that only reads (Get, List, Describe): a key that does nothing else looks dormant",
        cure: "let the trail log management events of read and write (ReadWriteType All)",
        shows: |traits| is_enough(traits) && traits.reads == 0,
    },
    Sign {
        source: SourceName::AwsCloudtrail,
        name: "no_writes",
        unseen: "no call that changes anything: issue, rotation and end of credentials are missing",
        cure: "let the trail log management events of read and write (ReadWriteType All)",
        shows: |traits| is_enough(traits) && traits.writes == 0,
    },
    Sign {
        source: SourceName::AwsCloudtrail,
        name: "one_region",
        unseen: "one region only: a key used in another looks dormant",
        cure: "make it a multi-Region trail (aws cloudtrail update-trail --is-multi-region-trail), and give \
               the folders of all regions",
        shows: |traits| is_enough(traits) && traits.regions.len() == 1,
    },
    Sign {
        source: SourceName::GcpAudit,
        name: "no_data_access",
        unseen: "no call that only reads (get, list, access): without Data Access logs the use of keys and \
                 secrets is missing",
        cure: "switch on DATA_READ, DATA_WRITE and ADMIN_READ in the audit configuration of the \
               organisation, for iam, iamcredentials, sts and secretmanager at least",
        shows: |traits| is_enough(traits) && traits.reads == 0,
    },
    Sign {
        source: SourceName::GithubAudit,
        name: "no_addresses",
        unseen: "no address of any actor: use from a new place cannot be told",
        cure: "disclose actor IP addresses in the settings of the audit log",
        shows: |traits| is_enough(traits) && traits.with_address == 0,
    },
    Sign {
        source: SourceName::GithubAudit,
        name: "no_token_ids",
        unseen: "no use of a token that can be told from others: no token can be called dormant",
        cure: "stream the audit log of the enterprise with API request events switched on",
        shows: |traits| is_enough(traits) && !uses_any(traits, &[Kind::GithubToken]),
    },
    Sign {
        source: SourceName::KubernetesAudit,
        name: "no_credential_ids",
        unseen: "no token or certificate is named: only who acted is known, not with which credential",
        cure: "a cluster of version 1.32 or later names them (credential-id in user.extra), at audit level \
               Metadata or higher",
        shows: |traits| is_enough(traits) && traits.identified == 0,
    },
    Sign {
        source: SourceName::VaultAudit,
        name: "lease_ends_unjoined",
        unseen: "no end of a lease joins its issue: they name it by a hash, and what they ended looks alive",
        cure: "vault write sys/mounts/sys/tune audit_non_hmac_request_keys=lease_id",
        shows: |traits| {
            let (by_id, by_hash) = traits.done_to(Kind::VaultLease, Action::Revoked);
            let (renewed, _) = traits.done_to(Kind::VaultLease, Action::Renewed);
            by_hash > 0 && by_id == 0 && renewed == 0
        },
    },
];

fn is_enough(traits: &Traits) -> bool {
    traits.events >= EVENTS_MIN
}

fn uses_any(traits: &Traits, kinds: &[Kind]) -> bool {
    kinds.iter().any(|kind| {
        let (by_id, by_handle) = traits.done_to(*kind, Action::Used);
        by_id + by_handle > 0
    })
}

/// The signs that the events of a stream of `source` show.
pub fn shown(source: SourceName, traits: &Traits) -> impl Iterator<Item = &'static Sign> {
    SIGNS.iter().filter(move |sign| sign.source == source && (sign.shows)(traits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Credential, Event, Name, Target};
    use crate::files::survey::sample::event;
    use crate::text::Text;

    /// The signs of a stream with `EVENTS_MIN` events of each of `calls`: service, name and region.
    fn of(source: SourceName, calls: &[(&'static str, &'static str, &'static str)]) -> Vec<&'static str> {
        let mut traits = Traits::default();
        for &(service, name, region) in calls {
            let mut call = event("r", "a");
            call.operation.service = Text::borrowed(service);
            call.operation.name = Text::borrowed(name);
            call.operation.region = Some(Text::borrowed(region));
            (0..EVENTS_MIN).for_each(|_| traits.note(&call));
        }
        names(source, &traits)
    }

    fn names(source: SourceName, traits: &Traits) -> Vec<&'static str> {
        shown(source, traits).map(|sign| sign.name).collect()
    }

    fn many(event: &Event<'_>) -> Traits {
        let mut traits = Traits::default();
        (0..EVENTS_MIN).for_each(|_| traits.note(event));
        traits
    }

    #[test]
    fn signs_are_sorted_and_named_once() {
        assert!(SIGNS.is_sorted_by(|a, b| (a.source, a.name) < (b.source, b.name)));
    }

    #[test]
    fn a_trail_shows_what_it_leaves_out() {
        let trail = SourceName::AwsCloudtrail;
        let (read, write) = (("iam", "GetUser", "us-east-1"), ("iam", "CreateUser", "us-east-1"));
        let data = ("s3", "GetObject", "eu-west-1");
        assert_eq!(of(trail, &[read, write]), ["no_data_events", "one_region"]);
        assert_eq!(of(trail, &[write, data]), Vec::<&str>::new());
        assert_eq!(of(trail, &[read]), ["no_data_events", "no_writes", "one_region"]);
        assert_eq!(of(trail, &[write]), ["no_data_events", "no_reads", "one_region"]);
        assert_eq!(names(trail, &Traits::default()), Vec::<&str>::new(), "few events are no habit");
    }

    #[test]
    fn reads_of_google_cloud_are_told_by_the_last_part_of_a_method() {
        let read = "google.cloud.secretmanager.v1.SecretManagerService.AccessSecretVersion";
        let write = "google.iam.admin.v1.CreateServiceAccountKey";
        assert_eq!(of(SourceName::GcpAudit, &[("iam", write, "global")]), ["no_data_access"]);
        let both = [("iam", write, "global"), ("secretmanager", read, "global")];
        assert_eq!(of(SourceName::GcpAudit, &both), Vec::<&str>::new());
    }

    #[test]
    fn credentials_and_addresses_that_are_never_named_are_a_sign() {
        let mut unnamed = event("r", "a");
        unnamed.target = Target::None;
        let unnamed = many(&unnamed);
        assert_eq!(names(SourceName::KubernetesAudit, &unnamed), ["no_credential_ids"]);
        assert_eq!(names(SourceName::GithubAudit, &unnamed), ["no_addresses", "no_token_ids"]);
        let mut named = event("r", "a");
        named.target = Target::Credential(Credential::new(Kind::GithubToken, Name::id("7")));
        named.client.ip = Some([198, 51, 100, 7].into());
        assert_eq!(names(SourceName::GithubAudit, &many(&named)), Vec::<&str>::new());
        assert_eq!(names(SourceName::KubernetesAudit, &many(&named)), Vec::<&str>::new());
    }

    #[test]
    fn leases_that_end_under_a_hash_alone_are_a_sign() {
        let lease = |name: Name<'static>, action| {
            let mut event = event("r", "a");
            event.target = Target::Credential(Credential::new(Kind::VaultLease, name));
            event.action = action;
            event
        };
        let vault = SourceName::VaultAudit;
        let mut traits = Traits::default();
        traits.note(&lease(Name::id("database/creds/app/1"), Action::Issued));
        assert_eq!(names(vault, &traits), Vec::<&str>::new());
        traits.note(&lease(Name::handle("hmac-sha256:1"), Action::Revoked));
        assert_eq!(names(vault, &traits), ["lease_ends_unjoined"]);
        traits.note(&lease(Name::id("database/creds/app/1"), Action::Revoked));
        assert_eq!(names(vault, &traits), Vec::<&str>::new());
    }
}
