//! What people start first: the Compose file, its configuration, the image.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use boon::{Compiler, Schemas};
use serde_json::Value;
use tenure::config::{self, Surroundings};
use tenure::kafka::topics::{Role, wanted};

use crate::golden;

fn read(path: &str) -> String {
    std::fs::read_to_string(golden::root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn compose() -> Value {
    let mut file: serde_norway::Value = serde_norway::from_str(&read("docker-compose.yml")).unwrap();
    file.apply_merge().unwrap();
    serde_json::to_value(file).unwrap()
}

fn services() -> serde_json::Map<String, Value> {
    compose()["services"].as_object().unwrap().clone()
}

/// Whether `file` is a Compose file, by the schema of its specification.
fn valid(file: &Value) -> Result<(), String> {
    let schema: Value = serde_json::from_str(&read("tests/fixtures/compose/compose-spec.json")).unwrap();
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource("compose.json", schema).unwrap();
    let schema = compiler.compile("compose.json", &mut schemas).unwrap();
    schemas.validate(file, schema).map_err(|error| error.to_string())
}

#[test]
fn the_compose_file_keeps_to_its_specification() {
    let file = compose();
    valid(&file).unwrap();
    let mut broken = file;
    broken["services"]["kafka"]["imagee"] = Value::from("apache/kafka");
    assert!(valid(&broken).is_err(), "the schema refuses what is misspelt");
}

#[test]
fn what_the_compose_file_waits_for_and_mounts_is_there() {
    let services = services();
    for (name, service) in &services {
        let needed = service["depends_on"].as_object().into_iter().flat_map(|needed| needed.keys());
        for needed in needed {
            assert!(services.contains_key(needed), "{name} waits for {needed}");
        }
        let mounts = service["volumes"].as_array().into_iter().flatten().filter_map(Value::as_str);
        for source in mounts.filter_map(|mount| mount.split(':').next()).filter(|path| path.starts_with('.'))
        {
            assert!(golden::root().join(source).exists(), "{name} mounts {source}");
        }
    }
}

#[test]
fn the_compose_file_runs_commands_that_exist() {
    use clap::Parser;
    let services = services();
    let ours: Vec<_> = services.values().filter(|service| service["image"] == "tenure").collect();
    assert_eq!(ours.len(), 3);
    for service in ours {
        let words = service["command"].as_array().unwrap().iter().map(|word| word.as_str().unwrap());
        let parsed = tenure::cli::args::Cli::try_parse_from(std::iter::once("tenure").chain(words));
        assert!(parsed.is_ok(), "{}", parsed.err().unwrap());
    }
}

#[test]
fn its_configuration_can_be_run_and_its_raw_topics_are_created_and_filled() {
    let folder: PathBuf = golden::root().join("examples");
    let around = Surroundings { folder, variable: &|_| None, host: Some("node".to_owned()) };
    let config = config::parse(&read("deploy/tenure.toml"), &around).unwrap();
    assert_eq!(config.warnings, []);
    let inputs = wanted(&config.settings).into_iter().filter(|topic| topic.role == Role::Input);
    let services = services();
    for input in inputs {
        for service in ["raw-topics", "examples"] {
            let script = services[service]["command"].to_string();
            assert!(script.contains(&input.name), "{service} knows {}", input.name);
        }
    }
}

#[test]
fn the_image_is_built_from_what_is_sent_and_does_not_run_as_root() {
    let dockerfile = read("Dockerfile");
    let lines: Vec<_> = dockerfile.lines().collect();
    assert!(
        lines.iter().any(|line| line.starts_with("USER ") && !line.contains("root") && *line != "USER 0")
    );
    for exec in ["ENTRYPOINT [", "CMD ["] {
        assert!(
            lines.iter().any(|line| line.starts_with(exec)),
            "{exec} in exec form, so that signals arrive"
        );
    }
    let rust =
        read("Cargo.toml").lines().find_map(|line| line.strip_prefix("rust-version = ").map(str::to_owned));
    let rust = rust.unwrap();
    assert!(dockerfile.contains(&format!("FROM rust:{}-", rust.trim_matches('"'))), "built by Rust {rust}");
    // Cargo refuses a manifest that names a target whose file is not there.
    let sent: BTreeSet<String> =
        read(".dockerignore").lines().filter_map(|line| line.strip_prefix('!').map(str::to_owned)).collect();
    for path in ["Cargo.toml", "Cargo.lock", "src/main.rs", "tests/it/main.rs", "benches/fold.rs"] {
        assert!(golden::root().join(path).exists(), "{path}");
        let is_sent = Path::new(path).ancestors().any(|part| sent.contains(&part.display().to_string()));
        assert!(is_sent, "{path} is needed to build and not sent");
    }
}
