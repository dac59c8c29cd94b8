//! The one table of thresholds: key, unit, built-in value, reason, and who asks for it.
//!
//! Loading, resolving, `--print-default` and `docs/policy.md` all read it, so a new threshold is a variant
//! and a row.

use std::fmt;

use crate::kind::Class;
use crate::limits;
use crate::stream::SourceName;
use crate::time::Span;

/// A threshold that policy can set. The order is that of [`KEYS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Key {
    DormantAfter,
    DormantHighAfter,
    NeverUsedAfter,
    OverAgeAfter,
    OverAgeMediumAfter,
    OverAgeHighAfter,
    ExpiringWithin,
    ExpiringLowWithin,
    ExpiringMediumWithin,
    KeyOverlap,
    VersionOverlap,
    RevokeSkew,
    ExpirySkew,
    DeadAttempts,
    DeadAttemptsWithin,
    RootReviewWithin,
    SessionNetworks,
}

impl Key {
    pub const COUNT: usize = KEYS.len();

    #[must_use]
    pub fn row(self) -> &'static KeyRow {
        &KEYS[self as usize]
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        KEYS.iter().find(|row| row.name == name).map(|row| row.key)
    }
}

/// What a threshold is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    Span(Span),
    Count(u32),
}

impl fmt::Display for Value {
    /// As a policy writes it, without its quotes: `45d`, `5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Span(span) => f.write_str(&span.to_policy_text()),
            Self::Count(count) => write!(f, "{count}"),
        }
    }
}

impl Value {
    /// As it stands in TOML.
    #[must_use]
    pub fn to_toml(self) -> String {
        match self {
            Self::Span(_) => format!("\"{self}\""),
            Self::Count(_) => self.to_string(),
        }
    }
}

/// Whom a built-in value that differs from the general one is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    Class(Class),
    Source(SourceName),
}

impl Scope {
    /// Scopes with values of their own, in the order the default policy writes them, each with its reason.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (
            Self::Class(Class::Stored),
            "A stored secret is seen when it is read, and readers keep it: silence says less than a key's.",
        ),
        (
            Self::Class(Class::Material),
            "Key material never leaves its store; a year is the default rotation period of AWS KMS.",
        ),
        (
            Self::Source(SourceName::AwsCloudtrail),
            "IAM is eventually consistent: a deleted key can still be honoured for some minutes.",
        ),
    ];

    /// The selector and its value, as a rule writes them.
    #[must_use]
    pub const fn selector(self) -> (&'static str, &'static str) {
        match self {
            Self::Class(class) => ("class", class.as_str()),
            Self::Source(source) => ("source", source.as_str()),
        }
    }

    fn holds(self, class: Option<Class>, source: SourceName) -> bool {
        match self {
            Self::Class(of) => Some(of) == class,
            Self::Source(of) => of == source,
        }
    }
}

/// What is known of a threshold.
#[derive(Debug)]
pub struct KeyRow {
    pub key: Key,
    pub name: &'static str,
    /// The built-in value, which also says whether the key is a span or a count.
    pub default: Value,
    /// Built-in values for a class or a source of their own.
    pub scoped: &'static [(Scope, Value)],
    /// The counts that make sense; spans have only to be longer than nothing.
    pub counts: (u32, u32),
    /// What it decides.
    pub doc: &'static str,
    /// Why this number, with its reference.
    pub why: &'static str,
    /// The detections that ask for it.
    pub used_by: &'static [&'static str],
    /// The classes it means something for.
    pub classes: &'static [Class],
}

impl KeyRow {
    /// The built-in value for a class and a source.
    #[must_use]
    pub fn built_in(&self, class: Option<Class>, source: SourceName) -> Value {
        let own = self.scoped.iter().find(|(scope, _)| scope.holds(class, source));
        own.map_or(self.default, |(_, value)| *value)
    }
}

/// Detections that exist, and can therefore be switched off.
pub const DETECTION_IDS: &[&str] =
    &["L01", "L02", "L03", "L04", "L05", "L10", "V01", "V02", "V03", "V05", "V07", "P01", "B11"];

/// Pairs that form a ladder: the first may not be longer than the second.
pub const LADDERS: &[(Key, Key)] = &[
    (Key::DormantAfter, Key::DormantHighAfter),
    (Key::OverAgeAfter, Key::OverAgeMediumAfter),
    (Key::OverAgeMediumAfter, Key::OverAgeHighAfter),
    (Key::ExpiringLowWithin, Key::ExpiringWithin),
    (Key::ExpiringMediumWithin, Key::ExpiringLowWithin),
];

const SILENT: &[Class] = &[Class::Durable, Class::Stored];
const VISIBLE: &[Class] = &[Class::Durable, Class::Stored, Class::Session, Class::Material];
const LASTING: &[Class] = &[Class::Durable, Class::Stored, Class::Material, Class::Blind];
const STORED: Scope = Scope::Class(Class::Stored);
const MATERIAL: Scope = Scope::Class(Class::Material);
const CLOUDTRAIL: Scope = Scope::Source(SourceName::AwsCloudtrail);

const fn days(days: i64) -> Value {
    Value::Span(Span::days(days))
}

const fn hours(hours: i64) -> Value {
    Value::Span(Span::hours(hours))
}

const fn minutes(minutes: i64) -> Value {
    Value::Span(Span::minutes(minutes))
}

const fn row(key: Key, name: &'static str, default: Value, classes: &'static [Class]) -> KeyRow {
    KeyRow { key, name, default, scoped: &[], counts: (1, u32::MAX), doc: "", why: "", used_by: &[], classes }
}

impl KeyRow {
    const fn scoped(mut self, scoped: &'static [(Scope, Value)]) -> Self {
        self.scoped = scoped;
        self
    }

    const fn counts(mut self, least: u32, most: usize) -> Self {
        assert!(most < u32::MAX as usize, "a limit that fits a count");
        #[expect(clippy::cast_possible_truncation, reason = "held by the line above, at compile time")]
        let most = most as u32;
        self.counts = (least, most);
        self
    }

    const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    const fn why(mut self, why: &'static str) -> Self {
        self.why = why;
        self
    }

    const fn used_by(mut self, ids: &'static [&'static str]) -> Self {
        self.used_by = ids;
        self
    }
}

/// All thresholds, in the order of [`Key`].
pub static KEYS: &[KeyRow] = &[
    row(Key::DormantAfter, "dormant_after", days(45), SILENT)
        .scoped(&[(STORED, days(90))])
        .doc("Silence after the last use, over covered time, from which a credential is dormant.")
        .why(
            "CIS AWS Foundations disables credentials unused for 45 days (1.12 in v1.4 to 4.0, 1.11 \
             in 5.0, 2.11 in 6.0), as Security Hub IAM.22 does. Stored secrets: 90 days, as Security \
             Hub SecretsManager.3 and Prowler's max_days_secret_unused.",
        )
        .used_by(&["L01", "V05"]),
    row(Key::DormantHighAfter, "dormant_high_after", days(90), SILENT)
        .scoped(&[(STORED, days(180))])
        .doc("Silence from which a dormant credential is High instead of Medium.")
        .why(
            "PCI DSS 8.2.6 and Security Hub IAM.8 end inactive accounts at 90 days; FedRAMP AC-2(3) \
             has 90 days for moderate systems. Stored secrets: twice their first threshold.",
        )
        .used_by(&["L01"]),
    row(Key::NeverUsedAfter, "never_used_after", days(30), SILENT)
        .scoped(&[(STORED, days(90))])
        .doc("Silence since issue from which a credential counts as never used.")
        .why(
            "Shorter than dormancy because nothing can break when it goes; Microsoft Entra recommends \
             removing application credentials unused for 30 days. Stored secrets: as long as their \
             dormancy.",
        )
        .used_by(&["L02"]),
    row(Key::OverAgeAfter, "over_age_after", days(90), LASTING)
        .scoped(&[(MATERIAL, days(365))])
        .doc("Time since the last rotation, else since issue, from which a credential is over-age (Low).")
        .why(
            "CIS AWS Foundations rotates access keys every 90 days (1.14 in v1.4 to 4.0, 1.13 in 5.0, \
             2.13 in 6.0), as Security Hub SecretsManager.4 does for secrets. Key material: a year, \
             the default of AWS KMS.",
        )
        .used_by(&["L03"]),
    row(Key::OverAgeMediumAfter, "over_age_medium_after", days(180), LASTING)
        .scoped(&[(MATERIAL, days(730))])
        .doc("Age from which an over-age credential is Medium.")
        .why(
            "Twice the first threshold: most static keys pass 90 days, so the first step alone ranks \
             nothing.",
        )
        .used_by(&["L03"]),
    row(Key::OverAgeHighAfter, "over_age_high_after", days(365), LASTING)
        .scoped(&[(MATERIAL, days(1095))])
        .doc("Age from which an over-age credential is High.")
        .why(
            "OWASP NHI7 (long-lived secrets): a year without rotation is the usual ceiling for a \
             static secret.",
        )
        .used_by(&["L03"]),
    row(Key::ExpiringWithin, "expiring_within", days(30), LASTING)
        .doc(
            "Time before its end from which a credential in use is announced (Info); never more than \
             a tenth of its lifetime.",
        )
        .why("Microsoft Entra announces expiring application credentials 30 days ahead.")
        .used_by(&["L05"]),
    row(Key::ExpiringLowWithin, "expiring_low_within", days(7), LASTING)
        .doc("Time before its end from which an expiring credential is Low.")
        .why("One working week to renew without haste.")
        .used_by(&["L05"]),
    row(Key::ExpiringMediumWithin, "expiring_medium_within", hours(24), LASTING)
        .doc("Time before its end from which an expiring credential is Medium.")
        .why("The last day: an outage tomorrow is today's work.")
        .used_by(&["L05"]),
    row(Key::KeyOverlap, "key_overlap", days(7), &[Class::Durable])
        .doc(
            "Time after the first use of a principal's newest credential for which an older one may \
             still be used; also the silence of the older one that closes the finding.",
        )
        .why(
            "CIS AWS Foundations asks for one active access key per user (1.13 in v1.4 to 4.0, 1.12 \
             in 5.0, 2.12 in 6.0); a rotation without downtime needs both for a while, by hand about \
             a week.",
        )
        .used_by(&["L10"]),
    row(Key::VersionOverlap, "version_overlap", hours(24), &[Class::Stored])
        .doc("Time after a newer version was promoted for which an older one may still be read.")
        .why(
            "Stores switch versions by themselves; a day covers consumers that read once and keep the \
             value.",
        )
        .used_by(&["V03"]),
    row(Key::RevokeSkew, "revoke_skew", minutes(5), VISIBLE)
        .scoped(&[(CLOUDTRAIL, minutes(15))])
        .doc("Time after revocation for which a success is not yet held against the credential.")
        .why(
            "Clocks of the parties may differ by five minutes (RFC 4120, 8.2). AWS: IAM changes \
             spread over minutes (eventual consistency, IAM User Guide).",
        )
        .used_by(&["V01"]),
    row(Key::ExpirySkew, "expiry_skew", minutes(5), VISIBLE)
        .doc("Time after its stated end for which a success is not yet a missed renewal.")
        .why("Clocks of the parties may differ by five minutes (RFC 4120, 8.2).")
        .used_by(&["V02"]),
    row(Key::DeadAttempts, "dead_attempts", Value::Count(5), VISIBLE)
        .counts(1, limits::REFUSALS_PER_CREDENTIAL_MAX)
        .doc("Refused attempts with a dead credential, within dead_attempts_within, that make a finding.")
        .why(
            "A client that was not told retries a few times and stops; five in a day is one that was \
             forgotten, or one that found a copy. From a public network never seen before, one is \
             enough.",
        )
        .used_by(&["V07"]),
    row(Key::DeadAttemptsWithin, "dead_attempts_within", hours(24), VISIBLE)
        .doc("The stretch in which refused attempts are counted together.")
        .why("A day holds every daily job once.")
        .used_by(&["V07"]),
    row(Key::RootReviewWithin, "root_review_within", days(7), &[])
        .doc("Time after a day of root use for which it stays open for review.")
        .why("FedRAMP AU-6 reviews audit records at least weekly.")
        .used_by(&["P01"]),
    row(Key::SessionNetworks, "session_networks", Value::Count(2), &[Class::Session])
        .counts(2, limits::NETWORKS_PER_GROUP_MAX)
        .doc("Public networks from which keys of one EC2 instance session may not be used together.")
        .why(
            "An instance has one way out at a time; a second one is what GuardDuty calls instance \
             credential exfiltration (ATT&CK T1552.005). Name your own egress in [networks] before \
             raising it.",
        )
        .used_by(&["B11"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stand_at_their_own_index_and_are_explained() {
        for (at, row) in KEYS.iter().enumerate() {
            assert_eq!(row.key as usize, at, "{}", row.name);
            assert_eq!(Key::parse(row.name), Some(row.key));
            assert!(row.doc.ends_with('.') && row.why.ends_with('.'), "{}", row.name);
            assert!(row.used_by.iter().all(|id| DETECTION_IDS.contains(id)), "{}", row.name);
            assert!(
                row.scoped.iter().all(|(scope, _)| Scope::ALL.iter().any(|(s, _)| s == scope)),
                "{}",
                row.name
            );
        }
    }

    #[test]
    fn the_built_in_ladders_are_in_order() {
        for (low, high) in LADDERS {
            for &class in Class::ALL {
                for &source in SourceName::ALL {
                    let [low, high] = [low, high].map(|key| key.row().built_in(Some(class), source));
                    assert!(low <= high, "{low} {high}");
                }
            }
        }
    }
}
