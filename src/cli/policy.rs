//! `tenure policy check`: is this policy what its author meant?

use std::io::Write;
use std::path::Path;

use anyhow::Context;

use super::args::PolicyCheckArgs;
use super::exit::Exit;
use crate::document::report::mistakes_report;
use crate::policy::{Policy, report};

pub(super) fn check(args: &PolicyCheckArgs) -> anyhow::Result<Exit> {
    let mut stdout = anstream::stdout().lock();
    if args.print_default {
        stdout.write_all(report::print_default().as_bytes())?;
        return Ok(Exit::Done);
    }
    let mut exit = Exit::Done;
    for file in &args.files {
        let (text, is_clean) = report::check_report(&file.display().to_string(), &read(file)?);
        stdout.write_all(text.as_bytes())?;
        exit = exit.and(if is_clean { Exit::Done } else { Exit::Usage });
    }
    Ok(exit)
}

/// The policy in `file`, or what is wrong with it.
pub(super) fn load(file: &Path) -> anyhow::Result<Policy> {
    let (text, name) = (read(file)?, file.display().to_string());
    match Policy::parse(&text) {
        Ok(policy) => Ok(policy.named(&name)),
        Err(mistakes) => {
            anyhow::bail!(
                "the policy cannot be used\n{}",
                mistakes_report(&name, &text, &mistakes).trim_end()
            )
        }
    }
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read the policy '{}'", file.display()))
}
