//! Findings for the person on call and for the auditor: a few lines each, every one of them a fact.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use crate::evidence::{Sample, Severity};
use crate::finding::{Finding, Status};
use crate::format::InputName;

/// How many records of a finding are shown; the JSON form has up to eight.
const RECORDS_SHOWN: usize = 3;

/// All findings: the open ones in full, the gravest first; the closed ones a line each.
///
/// Styles are written as ANSI sequences; a caller whose output is not a terminal strips them.
#[must_use]
pub fn table(findings: &[&Finding], input: InputName<'_>) -> String {
    let (open, closed) = split(findings);
    let mut out = String::new();
    for finding in open {
        let _ = write_finding(&mut out, finding, input);
    }
    write_closed(&mut out, &closed);
    out
}

/// All findings, a line each.
#[must_use]
pub fn summary(findings: &[&Finding]) -> String {
    let (open, closed) = split(findings);
    let mut out = String::new();
    for finding in open {
        let style = severity_style(finding.severity);
        let severity = finding.severity.as_str().to_uppercase();
        let (id, opened) = (finding.short_id(), finding.opened_at.date());
        let _ = writeln!(out, "{style}{severity:8}{style:#} {id}  {opened}  {}", finding.summary);
    }
    write_closed(&mut out, &closed);
    out
}

fn split<'f>(findings: &[&'f Finding]) -> (Vec<&'f Finding>, Vec<&'f Finding>) {
    let (mut open, mut closed): (Vec<&Finding>, Vec<&Finding>) =
        findings.iter().partition(|finding| finding.status == Status::Open);
    open.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.opened_at, finding.uid));
    closed.sort_by_key(|finding| (finding.time, finding.uid));
    (open, closed)
}

fn write_finding(out: &mut String, finding: &Finding, input: InputName<'_>) -> std::fmt::Result {
    let (style, bold) = (severity_style(finding.severity), Style::new().bold());
    let severity = finding.severity.as_str().to_uppercase();
    let (id, title, summary) = (finding.short_id(), finding.title, &finding.summary);
    writeln!(
        out,
        "{style}[{severity}]{style:#} {bold}{id}{bold:#}  {title}: {summary}   case {}",
        finding.case
    )?;
    margin(out, "Where", &place(finding))?;
    for (about, text) in &finding.lines {
        margin(out, about, text)?;
    }
    for sample in finding.samples.iter().rev().take(RECORDS_SHOWN).rev() {
        margin(out, "Record", &record(sample, input))?;
    }
    margin(out, "Rule", &rule(finding))?;
    let steps = finding.remediation.iter().zip(1..).map(|(step, at)| format!("{at}) {step}"));
    margin(out, "Do", &steps.collect::<Vec<_>>().join("  "))?;
    margin(out, "Closes", &closes(finding))?;
    writeln!(out)
}

fn margin(out: &mut String, about: &str, text: &str) -> std::fmt::Result {
    let dim = Style::new().dimmed();
    writeln!(out, "{dim}{about:8}{dim:#} {text}")
}

fn place(finding: &Finding) -> String {
    let privileged = if finding.privileged { "privileged" } else { "not privileged" };
    let environment = finding.environment.as_deref().unwrap_or("environment unknown");
    let owner = finding.owner.as_deref().unwrap_or("unknown");
    let realm = &finding.subject.realm;
    let id = &finding.subject.id;
    let id = if finding.summary.contains(id.as_str()) { String::new() } else { format!(" · {id}") };
    let confidence = finding.confidence.as_str();
    let coverage = if finding.covered { "" } else { ", coverage partial" };
    format!("{realm}{id} · {environment} · {privileged} · confidence {confidence}{coverage}   Owner {owner}")
}

fn record(sample: &Sample, input: InputName<'_>) -> String {
    let (what, at, id) = (&sample.what, sample.at, sample.by.id);
    format!(
        "{what} {at}, event {id}, {} record {}",
        input(sample.by.origin.input()),
        sample.by.origin.record()
    )
}

fn rule(finding: &Finding) -> String {
    let threshold = finding.threshold.as_ref().map_or_else(
        || "no threshold: a fact".to_owned(),
        |threshold| {
            let policy_ref =
                threshold.policy_ref.as_ref().map(|text| format!(" ({text})")).unwrap_or_default();
            format!("{}={}, {}{policy_ref}", threshold.name, threshold.value, threshold.rule)
        },
    );
    let controls = finding.controls.iter().map(|control| format!("{} {}", control.framework, control.id));
    let controls = controls.collect::<Vec<_>>().join(" · ");
    format!("{threshold}. Evidence for {controls}")
}

fn closes(finding: &Finding) -> String {
    let due = finding.due_at.map(|at| format!("   Due {}", at.date())).unwrap_or_default();
    let baseline = if finding.baseline { "   Baseline: began before the policy was adopted" } else { "" };
    let again =
        if finding.episode > 1 { format!("   Opened {} times", finding.episode) } else { String::new() };
    format!("{}{due}{baseline}{again}", finding.closes_when)
}

fn write_closed(out: &mut String, closed: &[&Finding]) {
    if closed.is_empty() {
        return;
    }
    let _ = writeln!(out, "Closed in the course of these logs ({}):", closed.len());
    for finding in closed {
        let reason = finding.close_reason.map_or("", crate::finding::CloseReason::as_str);
        let (id, closed_at) = (finding.short_id(), finding.time.date());
        let _ = writeln!(out, "  {id}  {reason} {closed_at}  {}", finding.summary);
    }
}

fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Critical => AnsiColor::Red.on_default().bold(),
        Severity::High => AnsiColor::Red.on_default(),
        Severity::Medium => AnsiColor::Yellow.on_default(),
        Severity::Low => AnsiColor::Cyan.on_default(),
        Severity::Info => Style::new().dimmed(),
    }
}
