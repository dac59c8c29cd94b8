//! V07: somebody keeps trying a credential that is dead.
//!
//! # Finds
//! `dead_attempts` refused attempts within `dead_attempts_within` with a credential that was revoked,
//! deactivated or has expired; or one such attempt from a public network its principal was never seen in.
//! # Why it matters
//! A forgotten job, or somebody who holds a copy.
//! # Silent when
//! The log does not show attempts with dead credentials: AWS hardly records them.
//! # False positives
//! A deployment that still has the old value. It goes to the owner all the same.
//! # Policy
//! `dead_attempts`, `dead_attempts_within`.

use crate::credential::rare::Refusal;
use crate::credential::{End, Facts, NetKey, Slot};
use crate::detect::{Condition, Judgement, Rule, Scene, samples};
use crate::evidence::{Evidence, Explanation, Sample, Severity};
use crate::finding::CloseReason;
use crate::finding::remedy::Remedy;
use crate::kind::Kind;
use crate::limits::REFUSALS_PER_CREDENTIAL_MAX;
use crate::policy::Key;
use crate::stream::SourceName;
use crate::time::Span;

pub static CONDITION: Condition = Condition {
    id: "V07",
    version: 1,
    title: "Attempts with a dead credential",
    finds: "refused attempts with a revoked, disabled or expired credential",
    remedy: Remedy::Contain,
    closes_when: "24 h without another attempt",
    fades: CloseReason::Cured,
    past_is_history: true,
    rule: Rule::Credential { applies, judge, explain },
};

const SILENT: Span = Span::hours(24);

fn applies(kind: Kind) -> bool {
    kind.row().visible_in.contains(&SourceName::VaultAudit)
}

/// The end of the credential, and the refused attempts after it, oldest first.
fn attempts(facts: &Facts) -> Option<(End, &[Refusal])> {
    let refusals = &facts.rare.as_deref()?.refusals;
    let end = facts.end(refusals.last()?.at)?;
    let after = refusals.partition_point(|refusal| refusal.at <= end.at);
    refusals.get(after..).filter(|refusals| !refusals.is_empty()).map(|refusals| (end, refusals))
}

/// The network of an attempt that its principal was never seen in.
fn new_network(scene: &Scene<'_>, facts: &Facts, refusals: &[Refusal]) -> Option<NetKey> {
    let principal = scene.store.principal(facts.principal)?;
    let network =
        |refusal: &Refusal| refusal.network.filter(|&network| principal.is_new_network(network, refusal.at));
    refusals.iter().find_map(network)
}

fn judge(scene: &Scene<'_>, _: Slot, facts: &Facts, judgement: &mut Judgement) {
    let Some((end, refusals)) = attempts(facts) else { return };
    let Some(last) = refusals.last().map(|refusal| refusal.at) else { return };
    let silent_at = last.saturating_add(SILENT);
    judgement.again(silent_at, scene.at);
    if scene.at >= silent_at {
        return;
    }
    let within = scene.thresholds.span(Key::DeadAttemptsWithin);
    let recent = refusals.iter().filter(|refusal| last.since(refusal.at) < within).count();
    let many = u32::try_from(recent).unwrap_or(u32::MAX) >= scene.thresholds.count(Key::DeadAttempts);
    let outside = new_network(scene, facts, refusals).is_some();
    if many || outside {
        let severity = if outside { Severity::High } else { Severity::Medium };
        let count = u32::try_from(refusals.len()).unwrap_or(u32::MAX);
        let evidence = Evidence::new(end.at, last, severity, Some(Key::DeadAttempts));
        judgement.found(Evidence { count, ..evidence });
    }
}

fn explain(scene: &Scene<'_>, _: Slot, facts: &Facts, evidence: &Evidence) -> Explanation {
    let (end, refusals) = attempts(facts).map_or((None, &[][..]), |(end, refusals)| (Some(end), refusals));
    let cause = end.map_or("ended", |end| end.cause.as_str());
    let more = if refusals.len() >= REFUSALS_PER_CREDENTIAL_MAX { "at least " } else { "" };
    let tried = format!("{more}{}×", refusals.len());
    let mut lines = vec![(
        "Fact",
        format!(
            "{cause} {}; refused {tried} since, {} to {}",
            evidence.anchor.to_minute(),
            refusals.first().map(|refusal| refusal.at.to_minute()).unwrap_or_default(),
            evidence.last.to_minute()
        ),
    )];
    if let Some(network) = new_network(scene, facts, refusals) {
        let known = scene.store.principal(facts.principal).map(|group| &group.known[..]).unwrap_or_default();
        let known = known.iter().map(|known| scene.network(known.network)).collect::<Vec<_>>().join(", ");
        lines.push((
            "Unusual",
            format!("{} was never seen for this principal; known: {known}", scene.network(network)),
        ));
    }
    lines.push(("Means", "no access was given by this credential; whoever tries it holds a copy".into()));
    let sample = |refusal: &Refusal| Some(Sample { at: refusal.at, by: refusal.by, what: "refused".into() });
    Explanation {
        summary: format!(
            "{} tried {tried} after it was {cause}; every attempt refused",
            scene.credential(facts)
        ),
        lines,
        samples: samples(refusals.iter().map(sample)),
    }
}
