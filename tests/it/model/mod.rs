//! The engine against a naive model: all records in a list, everything computed anew at each moment.
//!
//! The model is written from the words of the detections and shares nothing with the engine but the types of
//! an event. It is slow, and too simple to be wrong in the same way: no slots, no timers, no order of
//! arrival.

pub mod cast;
pub mod history;
pub mod policies;
pub mod script;
pub mod standing;
pub mod watch;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use tenure::detect::CONDITIONS;

use history::{History, Step};
use policies::POLICIES;
use script::{ANY, any_history};
use standing::Standing;
use watch::Watch;
use world::World;

/// What only one of the two says, as lines.
pub fn difference(engine: &BTreeSet<Standing>, model: &BTreeSet<Standing>) -> Vec<String> {
    let only_engine = engine.difference(model).map(|standing| format!("only the engine: {standing:?}"));
    let only_model = model.difference(engine).map(|standing| format!("only the model: {standing:?}"));
    only_engine.chain(only_model).collect()
}

/// Plays `history` to both; they must agree whenever the clock has moved.
fn agree(history: &History) -> Result<(), TestCaseError> {
    let mut watch = Watch::new(history.policy);
    let mut world = World::default();
    for (at, step) in history.steps.iter().enumerate() {
        watch.step(step);
        world.step(step);
        if matches!(step, Step::Advance(_)) {
            let difference = difference(&watch.standing(), &world.standing(&POLICIES[history.policy]));
            prop_assert!(difference.is_empty(), "after step {}: {:#?}", at + 1, difference);
        }
    }
    Ok(())
}

/// `PROPTEST_CASES` asks for more. What fails becomes a test with a name of its own, not a file of seeds.
pub fn cases(cases: u32) -> ProptestConfig {
    let asked = ProptestConfig::default().cases;
    let cases = if asked == 256 { cases } else { asked };
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 20_000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn a_naive_model_agrees_on_random_histories(history in any_history(ANY)) {
        agree(&history)?;
    }
}

/// What histories hardly ever reach, they do not test.
#[test]
fn random_histories_reach_every_detection() {
    let mut runner = TestRunner::deterministic();
    let mut reached: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..1_500 {
        let history = any_history(ANY).new_tree(&mut runner).unwrap().current();
        let mut said: Vec<&str> = Watch::of(&history).all.iter().map(|finding| finding.detection).collect();
        said.sort_unstable();
        said.dedup();
        for id in said {
            *reached.entry(id).or_default() += 1;
        }
    }
    for condition in CONDITIONS {
        assert!(reached.get(condition.id).is_some_and(|&times| times >= 5), "{}: {reached:?}", condition.id);
    }
}
