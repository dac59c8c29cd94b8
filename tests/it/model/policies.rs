//! A few policies, each as a file for the engine and as plain numbers for the model.

use tenure::kind::Class;

use super::history::{BEGIN, DAY, HOUR, MINUTE, Seconds};

/// What one policy says, as far as conclusions depend on it.
pub struct Terms {
    pub text: &'static str,
    /// A threshold in seconds, or a count, for a class (`None`: a group) of a realm and an id, where this
    /// policy speaks of it.
    said: fn(Option<Class>, &str, &str) -> Option<Seconds>,
    /// Whether a detection is switched off for a class.
    pub is_off: fn(Option<Class>, &str) -> bool,
    /// What happened before is history.
    pub adopted: Option<Seconds>,
    /// Findings of the Vault realms are one step less severe.
    pub vault_is_staging: bool,
    /// The first three public addresses are of one network.
    pub has_office: bool,
}

fn nothing(_: Option<Class>, _: &str, _: &str) -> Option<Seconds> {
    None
}

fn never(_: Option<Class>, _: &str) -> bool {
    false
}

const PLAIN: Terms = Terms {
    text: "",
    said: nothing,
    is_off: never,
    adopted: None,
    vault_is_staging: false,
    has_office: false,
};

pub static POLICIES: &[Terms] = &[
    PLAIN,
    Terms {
        text: r#"
[defaults]
dormant_after = "10d"
dormant_high_after = "20d"
never_used_after = "7d"
over_age_after = "30d"
over_age_medium_after = "60d"
over_age_high_after = "100d"
expiring_within = "20d"
expiring_low_within = "5d"
expiring_medium_within = "12h"
key_overlap = "2d"
version_overlap = "1h"
revoke_skew = "1min"
expiry_skew = "30min"
dead_attempts = 3
dead_attempts_within = "2h"
root_review_within = "3d"
session_networks = 3
"#,
        said: short,
        ..PLAIN
    },
    Terms {
        text: r#"
[environments]
"vault/*" = "staging"
[networks]
office = ["198.51.100.0/24", "203.0.113.0/24"]
[adoption]
effective_from = 2026-03-02T03:00:00Z
[[rule]]
match = { class = "durable" }
off = ["L03", "V05"]
[[rule]]
match = { class = "stored" }
off = ["L01"]
"#,
        is_off: |class, id| match class {
            Some(Class::Durable) => id == "L03" || id == "V05",
            Some(Class::Stored) => id == "L01",
            _ => false,
        },
        adopted: Some(BEGIN + 60 * DAY),
        vault_is_staging: true,
        has_office: true,
        ..PLAIN
    },
    Terms {
        text: r#"
[[rule]]
match = { class = "stored" }
dormant_after = "36h"
dormant_high_after = "45d"
[[rule]]
match = { id = "*accessor" }
over_age_after = "1d"
never_used_after = "1h"
revoke_skew = "2h"
dead_attempts = 1
"#,
        said: by_id,
        ..PLAIN
    },
];

fn short(_: Option<Class>, _: &str, key: &str) -> Option<Seconds> {
    Some(match key {
        "dormant_after" => 10 * DAY,
        "dormant_high_after" | "expiring_within" => 20 * DAY,
        "never_used_after" => 7 * DAY,
        "over_age_after" => 30 * DAY,
        "over_age_medium_after" => 60 * DAY,
        "over_age_high_after" => 100 * DAY,
        "expiring_low_within" => 5 * DAY,
        "expiring_medium_within" => 12 * HOUR,
        "key_overlap" => 2 * DAY,
        "version_overlap" => HOUR,
        "revoke_skew" => MINUTE,
        "expiry_skew" => 30 * MINUTE,
        "dead_attempts" | "session_networks" => 3,
        "dead_attempts_within" => 2 * HOUR,
        "root_review_within" => 3 * DAY,
        _ => return None,
    })
}

fn by_id(class: Option<Class>, id: &str, key: &str) -> Option<Seconds> {
    let accessor = class.is_some() && id.ends_with("accessor");
    match key {
        "dormant_after" if class == Some(Class::Stored) => Some(36 * HOUR),
        "dormant_high_after" if class == Some(Class::Stored) => Some(45 * DAY),
        "over_age_after" if accessor => Some(DAY),
        "never_used_after" if accessor => Some(HOUR),
        "revoke_skew" if accessor => Some(2 * HOUR),
        "dead_attempts" if accessor => Some(1),
        _ => None,
    }
}

impl Terms {
    /// The threshold `key` of a class in a realm, for a credential shown as `id`.
    pub fn threshold(&self, class: Option<Class>, realm: &str, id: &str, key: &str) -> Seconds {
        let built_in = || built_in(class, realm.starts_with("aws/"), key);
        (self.said)(class, id, key).unwrap_or_else(built_in)
    }
}

fn built_in(class: Option<Class>, aws: bool, key: &str) -> Seconds {
    let stored = class == Some(Class::Stored);
    let material = class == Some(Class::Material);
    match key {
        "dormant_after" => {
            if stored {
                90 * DAY
            } else {
                45 * DAY
            }
        }
        "dormant_high_after" => {
            if stored {
                180 * DAY
            } else {
                90 * DAY
            }
        }
        "never_used_after" => {
            if stored {
                90 * DAY
            } else {
                30 * DAY
            }
        }
        "over_age_after" => {
            if material {
                365 * DAY
            } else {
                90 * DAY
            }
        }
        "over_age_medium_after" => {
            if material {
                730 * DAY
            } else {
                180 * DAY
            }
        }
        "over_age_high_after" => {
            if material {
                1_095 * DAY
            } else {
                365 * DAY
            }
        }
        "expiring_within" => 30 * DAY,
        "expiring_low_within" | "key_overlap" | "root_review_within" => 7 * DAY,
        "expiring_medium_within" | "version_overlap" | "dead_attempts_within" => 24 * HOUR,
        "revoke_skew" => {
            if aws {
                15 * MINUTE
            } else {
                5 * MINUTE
            }
        }
        "expiry_skew" => 5 * MINUTE,
        "dead_attempts" => 5,
        "session_networks" => 2,
        _ => panic!("no threshold is called {key}"),
    }
}
