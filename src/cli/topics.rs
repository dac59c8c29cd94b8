//! `tenure topics`: the topics of a configuration, created or checked.

use std::io::Write;
use std::path::Path;

use super::args::{TopicsCommand, TopicsCreateArgs};
use super::exit::Exit;
use super::run::load;
use crate::kafka::admin::{Admin, Creation, Layout};
use crate::kafka::settings::Settings;
use crate::kafka::topics::{Fault, faults, wanted};

pub(super) fn run(command: &TopicsCommand) -> anyhow::Result<Exit> {
    match command {
        TopicsCommand::Create(args) => create(args),
        TopicsCommand::Check(args) => check(&args.config),
    }
}

fn create(args: &TopicsCreateArgs) -> anyhow::Result<Exit> {
    let settings = load(&args.topics.config)?;
    let admin = Admin::connect(&settings.connection)?;
    let layout = Layout { partitions: args.partitions, replication: args.replication };
    for (name, creation) in admin.create(&wanted(&settings), layout)? {
        let what = match creation {
            Creation::Created => "created",
            Creation::WasThere => "was there",
        };
        writeln!(anstream::stdout(), "{name}: {what}")?;
    }
    report(&find_faults(&admin, &settings)?)
}

fn check(file: &Path) -> anyhow::Result<Exit> {
    let settings = load(file)?;
    let admin = Admin::connect(&settings.connection)?;
    report(&find_faults(&admin, &settings)?)
}

/// What is wrong with the topics of a configuration.
pub(super) fn find_faults(admin: &Admin, settings: &Settings) -> anyhow::Result<Vec<Fault>> {
    let wanted = wanted(settings);
    let found = admin.find(&wanted)?;
    Ok(faults(&wanted, &found))
}

fn report(faults: &[Fault]) -> anyhow::Result<Exit> {
    let mut stdout = anstream::stdout().lock();
    for fault in faults {
        let kind = if fault.fatal { "" } else { "warning: " };
        writeln!(stdout, "{kind}{fault}")?;
    }
    if faults.iter().any(|fault| fault.fatal) {
        return Ok(Exit::Usage);
    }
    writeln!(stdout, "ok: `tenure run` can start")?;
    Ok(Exit::Done)
}
