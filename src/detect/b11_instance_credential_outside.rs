//! B11: the role session of one EC2 instance, used from two places.
//!
//! # Finds
//! Keys of one EC2 role session (its session name is the instance id) used from `session_networks` or more
//! distinct public networks. An instance takes two keys or more at once, so addresses are compared for the
//! session, not for each key.
//! # Why it matters
//! Credentials read from the metadata service of an instance are used where the thief sits.
//! # Silent when
//! A service calls for the session (`invokedBy`, `AWS Internal`); the address is private; the call came
//! through a VPC endpoint.
//! # False positives
//! An instance that changed its public address. Name your egress ranges in `[networks]`: each counts as one
//! network.
//! # Policy
//! `session_networks`, `[networks]`.

use crate::credential::group::Seen;
use crate::credential::{Group, GroupKind, NetKey};
use crate::detect::{Condition, Judgement, Rule, Scene, samples};
use crate::evidence::{Evidence, Explanation, Sample, Severity};
use crate::finding::CloseReason;
use crate::finding::remedy::Remedy;
use crate::policy::Key;
use crate::time::Span;

pub static CONDITION: Condition = Condition {
    id: "B11",
    version: 1,
    title: "Instance credential used outside",
    finds: "keys of one EC2 role session used from two public networks",
    remedy: Remedy::Contain,
    closes_when: "a verdict; without one it ages out 7 d after the last use from a further network",
    fades: CloseReason::AgedOut,
    past_is_history: true,
    rule: Rule::Group { kind: GroupKind::Session, judge, explain },
};

const STANDS: Span = Span::days(7);

/// The public networks of the family that has more of them, the one used first in front. An instance with an
/// IPv4 and an IPv6 address stands in one place; a named range has no family and counts with both.
fn networks(session: &Group) -> Vec<Seen> {
    let of = |is_v6: bool| {
        let other = move |seen: &Seen| matches!(seen.network, NetKey::Net(net) if net.is_v6() != is_v6);
        session.public_networks().into_iter().filter(|seen| !other(seen)).collect::<Vec<_>>()
    };
    let (v4, v6) = (of(false), of(true));
    if v6.len() > v4.len() { v6 } else { v4 }
}

fn judge(scene: &Scene<'_>, session: &Group, judgement: &mut Judgement) {
    let networks = networks(session);
    let wanted = usize::try_from(scene.thresholds.count(Key::SessionNetworks)).unwrap_or(usize::MAX).max(2);
    let Some(decisive) = networks.get(wanted - 1) else { return };
    let further = networks.get(1..).unwrap_or_default();
    let Some((last, heard_at)) = further.iter().map(|seen| (seen.last.at, seen.heard_at)).max() else {
        return;
    };
    let closes = heard_at.saturating_add(STANDS);
    judgement.again(closes, scene.at);
    if scene.at < closes {
        let count = further.iter().fold(0u32, |sum, seen| sum.saturating_add(seen.count));
        let evidence = Evidence::new(decisive.first.at, last, Severity::High, Some(Key::SessionNetworks));
        judgement.found(Evidence { count, ..evidence });
    }
}

fn explain(scene: &Scene<'_>, session: &Group, _: &Evidence) -> Explanation {
    let networks = networks(session);
    let name = scene.store.text(session.name);
    let short = name.rsplit_once(":assumed-role/").map_or(name, |(_, short)| short);
    let text = |seen: &Seen| {
        format!("{} ({} uses since {})", scene.network(seen.network), seen.count, seen.first.at.to_minute())
    };
    let sample = |seen: &Seen| {
        Some(Sample { at: seen.first.at, by: seen.first.by, what: "first use from a network".into() })
    };
    Explanation {
        summary: format!("the role session {short} was used from {} public networks", networks.len()),
        lines: vec![
            ("Fact", networks.iter().map(text).collect::<Vec<_>>().join("; then ")),
            ("Means", "the keys of the instance are used somewhere the instance is not".into()),
        ],
        samples: samples(networks.iter().map(sample)),
    }
}
