//! `CONTRIBUTING.md`: the scenario that explains scenarios is one.

use super::{document, with_section};
use crate::{golden, scenario};

#[test]
fn the_scenario_that_is_explained_plays_as_written() {
    let text = document("CONTRIBUTING.md");
    let (_, rest) = text.split_once("<!-- scenario:begin -->\n```text\n").unwrap();
    let (written, _) = rest.split_once("```\n").unwrap();
    let played = format!("```text\n{}```", scenario::run(written));
    let text = with_section(&text, "scenario", &played);
    golden::hold(&golden::root().join("CONTRIBUTING.md"), &text).unwrap();
}
