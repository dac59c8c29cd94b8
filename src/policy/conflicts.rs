//! Mistakes that no rule makes alone: two that say the same, one that can never win, ladders out of order.
//!
//! Globs are compared as text, so what is reported is certain; that two different globs select the same is
//! not seen.

use std::collections::BTreeSet;

use crate::document::mistake::Mistakes;
use crate::document::nearest::did_you_mean;
use crate::kind::Class;
use crate::policy::keys::{Key, LADDERS, Value};
use crate::policy::load::Draft;
use crate::policy::rule::{Field, Pattern, Rule};
use crate::stream::SourceName;

/// Checks the rules against each other. `[defaults]`, where it is written, is the first.
pub fn check(drafts: &[Draft], environments: &[(Pattern, String)], mistakes: &mut Mistakes<'_>) {
    for (at, draft) in drafts.iter().enumerate().filter(|(_, draft)| !draft.broken) {
        let same = drafts[..at].iter().find(|earlier| !earlier.broken && is_same(earlier, draft));
        if let Some(same) = same {
            let line = same.rule.info.line;
            let message = format!("the same selector as the rule at line {line}: put both into one rule");
            mistakes.add(draft.at.clone(), message);
        } else if let Some(message) = unreachable(&draft.rule, &drafts[at + 1..]) {
            mistakes.add(draft.at.clone(), message);
        }
        check_environment(draft, environments, mistakes);
        for ladder in LADDERS {
            check_ladder(draft, drafts, *ladder, mistakes);
        }
    }
}

fn is_same(one: &Draft, other: &Draft) -> bool {
    !other.rule.selector.is_empty() && one.rule.selector.is_same(&other.rule.selector)
}

/// Why a rule can never decide anything: later rules that hold wherever it holds set all of its keys.
fn unreachable(rule: &Rule, later: &[Draft]) -> Option<String> {
    let winners =
        || {
            later.iter().filter(|draft| !draft.broken).map(|draft| &draft.rule).filter(|other| {
                !other.selector.is_same(&rule.selector) && other.selector.covers(&rule.selector)
            })
        };
    let mut lines = BTreeSet::new();
    for setting in &rule.settings {
        lines.insert(winners().find(|other| other.setting(setting.key).is_some())?.info.line);
    }
    if rule.off.is_some() {
        lines.insert(winners().find(|other| other.off.is_some())?.info.line);
    }
    let listed = lines.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    match lines.len() {
        0 => None,
        1 => Some(format!("unreachable: the rule at line {listed} always wins; move this one below it")),
        _ => Some(format!("unreachable: the rules at lines {listed} always win; move this one below them")),
    }
}

fn check_environment(draft: &Draft, environments: &[(Pattern, String)], mistakes: &mut Mistakes<'_>) {
    let Some(pattern) = draft.rule.selector.get(Field::Environment) else { return };
    if environments.iter().any(|(_, name)| pattern.matches(name)) {
        return;
    }
    let names: BTreeSet<&str> = environments.iter().map(|(_, name)| name.as_str()).collect();
    let hint = did_you_mean(pattern.as_str(), names);
    let message = format!("[environments] gives no realm the name '{}'{hint}", pattern.as_str());
    mistakes.add(draft.match_at.clone(), message);
}

/// A value with the words for where it comes from.
type Rung = (Value, String);

/// Checks one ladder where this rule sets a rung of it.
///
/// The other rung may come from any rule, or be built in; it is a mistake only where none of them would be
/// in order.
fn check_ladder(draft: &Draft, drafts: &[Draft], (low, high): (Key, Key), mistakes: &mut Mistakes<'_>) {
    let own = |key: Key| draft.rule.setting(key).map(|setting| setting.value);
    let key = match (own(low), own(high)) {
        (Some(_), _) => low,
        (None, Some(_)) => high,
        (None, None) => return,
    };
    for class in classes(&draft.rule, low) {
        let lows = rungs(draft, drafts, low, class);
        let highs = rungs(draft, drafts, high, class);
        if lows.iter().any(|(low, _)| highs.iter().any(|(high, _)| low <= high)) {
            continue;
        }
        let (Some((low_is, low_from)), Some((high_is, high_from))) = (lows.first(), highs.first()) else {
            continue;
        };
        let place = draft.rule.settings.iter().position(|setting| setting.key == key);
        let at = place.map_or(draft.at.clone(), |place| draft.settings_at[place].clone());
        mistakes.add(
            at,
            format!(
                "{} = {low_is}{low_from} is longer than {} = {high_is}{high_from}: set both here, in order",
                low.name(),
                high.name()
            ),
        );
        return;
    }
}

/// The classes a rule can select for which a key means something.
fn classes(rule: &Rule, key: Key) -> Vec<Class> {
    let can_select = |class: Class| rule.selector.kinds().any(|row| row.class == class);
    key.row().classes.iter().copied().filter(|class| can_select(*class)).collect()
}

/// The values a key can have where `draft` holds: its own, else that of any other rule, else the built-in
/// one.
fn rungs(draft: &Draft, drafts: &[Draft], key: Key, class: Class) -> Vec<Rung> {
    if let Some(setting) = draft.rule.setting(key) {
        return vec![(setting.value, String::new())];
    }
    let mut rungs = Vec::new();
    let sets_it = |other: &Draft| other.rule.setting(key).is_some();
    if !drafts.iter().any(|other| !other.broken && other.rule.selector.is_empty() && sets_it(other)) {
        // No ladder has a built-in value of its own for a source.
        let value = key.row().built_in(Some(class), SourceName::AwsCloudtrail);
        rungs.push((value, format!(" (built in for {})", class.as_str())));
    }
    let set = drafts.iter().filter_map(|other| other.rule.setting(key));
    rungs.extend(set.map(|setting| (setting.value, format!(" (line {})", setting.line))));
    rungs
}
