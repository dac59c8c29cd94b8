//! `docs/sources.md`: the registry of sources, and a page of its own for how each log comes in.

use std::fmt::Write as _;

use tenure::files::survey::signs::SIGNS;
use tenure::source::{BlindSpot, SOURCES, Source};

use super::{table, wrapped};
use crate::golden;

const INTRODUCTION: &str = "\
<!-- Generated from `src/source` and its registry; `TENURE_BLESS=1 cargo test documents` rewrites it. -->

# Sources

What is read of each log, what is not, and what the log cannot show however it is read. Only the members
listed under *Text from* can reach an event with their text; of all others nothing comes out. Records of each
source are told by their shape, whatever envelope they come in; `tenure feed check` says of logs of yours
whether they are read right ([feed.md](feed.md)), and tells some blind spots from what is in them.
";

/// Where it is said how the log of a source comes in, from `docs/`.
fn onboarding(source: &Source) -> String {
    format!("onboarding/{}.md", source.name.as_str())
}

fn contents() -> String {
    let rows = SOURCES.iter().map(|source| {
        let name = source.name.as_str();
        let anchor = name.replace('.', "");
        vec![
            format!("[`{name}`](#{anchor})"),
            source.summary.to_owned(),
            format!("[how to]({})", onboarding(source)),
        ]
    });
    table(&["Source", "What it is", "Getting it in"], rows)
}

fn kinds(source: &Source) -> String {
    let rows = source.kinds.iter().map(|kind| {
        let row = kind.row();
        vec![format!("`{}`", row.name), format!("`{}`", row.class.as_str())]
    });
    if source.kinds.is_empty() { String::new() } else { table(&["Kind", "Class"], rows) + "\n" }
}

fn spots(spots: &[BlindSpot]) -> String {
    let rows =
        spots.iter().map(|spot| vec![spot.unseen.to_owned(), spot.cure.unwrap_or("nothing does").to_owned()]);
    if spots.is_empty() { String::new() } else { table(&["What stays unseen", "What shows it"], rows) + "\n" }
}

fn signs(source: &Source) -> String {
    let rows: Vec<Vec<String>> = SIGNS
        .iter()
        .filter(|sign| sign.source == source.name)
        .map(|sign| vec![format!("`{}`", sign.name), sign.unseen.to_owned(), sign.cure.to_owned()])
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    table(&["Told from a log", "What was not seen", "Where to look first"], rows) + "\n"
}

fn section(source: &Source) -> String {
    let name = source.name.as_str();
    let mut text = format!("\n## {name}\n\n");
    let about = format!(
        "{} ([format]({})). [How to get it in]({}).",
        source.summary,
        source.reference,
        onboarding(source)
    );
    writeln!(text, "{}\n", wrapped(&about, 0)).unwrap();
    writeln!(text, "{}\n", wrapped(&format!("*Read:* {}.", source.reads), 0)).unwrap();
    writeln!(text, "*Usual lateness:* {}.\n", source.lateness).unwrap();
    let proof =
        if source.proves_deliveries() { "digest files, see [feed.md](feed.md#digests)" } else { "none" };
    writeln!(text, "*Proof of delivery:* {proof}.\n").unwrap();
    text.push_str(&kinds(source));
    if !source.fields.is_empty() {
        let fields: Vec<String> = source.fields.iter().map(|field| format!("`{field}`")).collect();
        writeln!(text, "{}\n", wrapped(&format!("*Text from:* {}.", fields.join(", ")), 0)).unwrap();
    }
    text.push_str(&spots(source.blind_spots));
    text.push_str(&signs(source));
    text.trim_end().to_owned() + "\n"
}

#[test]
fn the_page_lists_every_source_and_each_has_its_onboarding() {
    let sections: String = SOURCES.iter().map(|source| section(source)).collect();
    let page = format!("{INTRODUCTION}\n{}{sections}", contents());
    golden::hold(&golden::root().join("docs/sources.md"), &page).unwrap();
    let pages = SOURCES.iter().map(|source| format!("docs/{}", onboarding(source)));
    let missing: Vec<String> = pages.filter(|page| !golden::root().join(page).is_file()).collect();
    assert!(missing.is_empty(), "no page {missing:?}");
}
