//! `tenure run` and `tenure topics` from outside, as far as they come without a broker.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Output;

use crate::program::{code, stderr, tenure};

/// Runs a command with a configuration whose broker is `broker`, and `more` below.
fn with_broker(folder: &Path, command: &[&str], broker: &str, more: &str) -> Output {
    let text = format!("node = 'n'\n[kafka]\nbrokers = ['{broker}']\n[[input]]\ntopic = 'raw'\n{more}");
    fs::write(folder.join("tenure.toml"), text).unwrap();
    tenure(folder, &[command, &["--config", "tenure.toml"]].concat())
}

/// A port on which nobody listens.
fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn brokers_that_cannot_be_reached_are_exit_code_4() {
    let folder = tempfile::tempdir().unwrap();
    let broker = format!("127.0.0.1:{}", closed_port());
    for command in [["run"].as_slice(), &["topics", "check"], &["topics", "create"]] {
        let output = with_broker(folder.path(), command, &broker, "");
        let said = stderr(&output);
        assert_eq!(code(&output), 4, "{said}");
        assert!(said.contains(&format!("Kafka at {broker} cannot be reached")), "{said}");
    }
}

#[test]
fn a_port_that_is_taken_is_said_before_anything_starts() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = format!("[http]\nlisten = '{}'", taken.local_addr().unwrap());
    let output = with_broker(folder.path(), &["run"], "127.0.0.1:1", &listen);
    assert_eq!(code(&output), 2, "{}", stderr(&output));
    assert!(stderr(&output).contains("change 'listen' in [http]"), "{}", stderr(&output));
}

#[test]
fn doubtful_settings_are_logged_and_as_json_where_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let more =
        "[schema_registry]\nurl = 'http://registry'\nusername = 'u'\npassword = { file = 'tenure.toml' }";
    let broker = format!("127.0.0.1:{}", closed_port());
    let output = with_broker(folder.path(), &["--log-format", "json", "topics", "check"], &broker, more);
    let said = stderr(&output);
    let warning = said.lines().find(|line| line.contains("crosses the network in clear")).unwrap_or_default();
    let object: serde_json::Value = serde_json::from_str(warning).expect(&said);
    assert_eq!(object["level"], "WARN");
}
