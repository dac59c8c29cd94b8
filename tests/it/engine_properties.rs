//! What holds of the engine for every history: order, repetition, realms, the clock, and the life of a
//! finding.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::Index;
use tenure::finding::identity::Uid;
use tenure::finding::{Change, Finding, Status};
use tenure::kind::Kind;

use crate::model::history::{AWS, About, BEGIN, Happening, History, Seconds, Step, VAULT};
use crate::model::script::{ANY, LASTING, WITHIN_A_DAY, any_history};
use crate::model::standing::Standing;
use crate::model::watch::Watch;
use crate::model::{cases, difference};

/// P01 and B11 close a while after a record was heard: when that was is part of what they say.
const HEARD: [&str; 2] = ["P01", "B11"];

/// A history and an order in which its records may arrive.
///
/// Refused attempts come from nowhere here. Whether a network is new for a principal rests on records of all
/// its credentials, and a late one about another of them does not have V07 judged again. And no name is tried
/// that anybody can make up: those are forgotten after a while, unless something else was heard of them by
/// then.
fn any_order() -> impl Strategy<Value = (History, Vec<Happening>)> {
    prop_oneof![any_history(LASTING), any_history(WITHIN_A_DAY)].prop_flat_map(|mut history| {
        history.steps.retain(|step| !matches!(step, Step::Tell(happening) if is_a_guess(happening)));
        for step in &mut history.steps {
            if let Step::Tell(happening) = step
                && !happening.is_accepted()
            {
                happening.address = None;
            }
        }
        let told: Vec<Happening> = history.happenings().cloned().collect();
        (Just(history), Just(told).prop_shuffle())
    })
}

fn is_a_guess(happening: &Happening) -> bool {
    let kind = happening.about.credential().map(|(kind, _, _)| kind);
    !happening.is_accepted() && matches!(kind, Some(Kind::VaultUserPassword | Kind::VaultSecretId))
}

/// What stands when the records came as `told` and the clock moved to `end` afterwards.
fn standing_after(policy: usize, told: &[Happening], end: Seconds) -> Watch {
    let mut watch = Watch::new(policy);
    for happening in told {
        watch.tell(happening);
    }
    watch.advance(end);
    watch
}

fn facts_alone(watch: &Watch) -> BTreeSet<Standing> {
    let mut standing = watch.standing();
    standing.retain(|standing| !HEARD.contains(&standing.detection));
    standing
}

fn uids(watch: &Watch) -> BTreeSet<Uid> {
    watch.open().filter(|finding| !HEARD.contains(&finding.detection)).map(|finding| finding.uid).collect()
}

/// The steps of `history` with each of `again` delivered a second time, some steps after the first.
fn with_second_deliveries(history: &History, again: &[(Index, usize)]) -> Vec<Step> {
    let mut steps: Vec<(usize, Step)> = history.steps.iter().cloned().enumerate().collect();
    for (which, later) in again {
        let at = which.index(history.steps.len());
        if matches!(history.steps[at], Step::Tell(_)) {
            steps.push((at + later, history.steps[at].clone()));
        }
    }
    steps.sort_by_key(|(at, _)| *at);
    steps.into_iter().map(|(_, step)| step).collect()
}

/// `history` as if all of it had happened in each of `realms`, step by step.
fn in_realms(history: &History, realms: &[&'static str]) -> Watch {
    let mut watch = Watch::new(history.policy);
    for step in &history.steps {
        match step {
            Step::Tell(happening) => {
                for realm in realms {
                    watch.tell(&happening.in_realm(realm));
                }
            }
            Step::Advance(_) | Step::Gaps(_) => watch.step(step),
        }
    }
    watch
}

/// Every transition of a realm: what changed, when, of which conclusion.
fn transitions(watch: &Watch, realm: &str) -> Vec<(Seconds, Change, Standing)> {
    let of_realm = watch.all.iter().filter(|finding| finding.subject.realm == realm);
    let transition = |finding: &Finding| {
        let standing = Standing { realm: String::new(), ..Standing::of(finding) };
        (finding.time.micros(), finding.change, standing)
    };
    let mut all: Vec<_> = of_realm.map(transition).collect();
    all.sort();
    all
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn standing_conclusions_do_not_depend_on_arrival_order((history, shuffled) in any_order()) {
        let in_order: Vec<Happening> = history.happenings().cloned().collect();
        let in_order = standing_after(history.policy, &in_order, history.end());
        let shuffled = standing_after(history.policy, &shuffled, history.end());
        let difference = difference(&facts_alone(&shuffled), &facts_alone(&in_order));
        prop_assert!(difference.is_empty(), "the engine shuffled, the model in order: {difference:#?}");
        prop_assert_eq!(uids(&shuffled), uids(&in_order));
    }

    #[test]
    fn a_second_delivery_changes_no_conclusion(
        history in prop_oneof![any_history(LASTING), any_history(WITHIN_A_DAY)],
        again in prop::collection::vec((any::<Index>(), 0usize..20), 1..20),
    ) {
        let once = Watch::of(&history);
        let steps = with_second_deliveries(&history, &again);
        let twice = Watch::of(&History { policy: history.policy, steps });
        let difference = difference(&twice.standing(), &once.standing());
        prop_assert!(difference.is_empty(), "the engine heard twice, the model once: {difference:#?}");
    }

    #[test]
    fn equal_names_in_two_realms_stay_apart(history in any_history(ANY)) {
        let (left, right) = ("vault/left", "vault/right");
        let both = in_realms(&history, &[left, right]);
        for realm in [left, right] {
            let alone = in_realms(&history, &[realm]);
            prop_assert_eq!(transitions(&both, realm), transitions(&alone, realm));
        }
        let uids = |realm: &str| -> BTreeSet<Uid> {
            let of_realm = both.all.iter().filter(|finding| finding.subject.realm == realm);
            of_realm.map(|finding| finding.uid).collect()
        };
        prop_assert!(uids(left).is_disjoint(&uids(right)));
    }

    #[test]
    fn a_clock_never_goes_back(history in any_history(ANY), back in 1i64..10_000_000) {
        let mut watch = Watch::new(history.policy);
        for step in &history.steps {
            watch.step(step);
            if let Step::Advance(at) = step {
                let said = watch.all.len();
                watch.advance(at - back);
                prop_assert_eq!(watch.all.len(), said, "an earlier clock is no news");
            }
        }
        prop_assert_eq!(watch.all, Watch::of(&history).all);
    }

    /// That each transition follows from the one before is held by [`Watch`] wherever it listens.
    #[test]
    fn every_finding_that_opened_is_open_or_says_what_closed_it((history, shuffled) in any_order()) {
        let late = standing_after(history.policy, &shuffled, history.end());
        for finding in late.all.iter().chain(&Watch::of(&history).all) {
            let open = finding.status == Status::Open;
            prop_assert_eq!(open, matches!(finding.change, Change::Open | Change::Update | Change::Reopen));
            prop_assert_eq!(open, finding.close_reason.is_none());
            prop_assert!(!finding.closes_when.is_empty());
            prop_assert!(finding.superseded_by.is_none_or(|by| by != finding.uid));
        }
    }

    #[test]
    fn a_uid_is_the_same_in_every_run(history in any_history(ANY)) {
        let one = Watch::of(&history);
        // The other realm begins with strangers, so that nothing lies where it lay.
        let mut other = Watch::new(history.policy);
        for realm in [AWS, VAULT] {
            for happening in history.happenings().take(5) {
                other.tell(&stranger(happening, realm));
            }
        }
        history.steps.iter().for_each(|step| other.step(step));
        let named: BTreeMap<Uid, Standing> = one.said.values().map(|f| (f.uid, Standing::of(f))).collect();
        prop_assert_eq!(named.len(), one.said.len());
        for finding in one.all.iter().chain(&other.all) {
            let computed = Uid::new(finding.detection, &finding.subject, finding.anchor_at);
            prop_assert_eq!(finding.uid, computed, "{:?}", Standing::of(finding));
        }
        prop_assert!(one.said.keys().all(|uid| other.said.contains_key(uid)));
    }
}

/// A record about somebody whom no history speaks of, before everything else.
fn stranger(happening: &Happening, realm: &'static str) -> Happening {
    let names = vec!["pki/stranger"];
    let about = About::Credential { kind: Kind::VaultCertificate, names, version: None };
    let number = 1_000_000 + happening.number;
    let blank = happening.in_realm(realm);
    Happening { about, number, at: BEGIN, principal: None, parent: None, place: None, session: None, ..blank }
}
