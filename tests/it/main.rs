//! The only integration-test binary: one link, many suites.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test that cannot go on should stop where it stands and say so"
)]

mod allow_list;
mod any_bytes;
mod cli;
mod clouds;
mod compose;
mod config;
mod corpus;
mod delivery;
mod devices;
mod documents;
mod engine_properties;
mod envelope;
mod event_wire;
mod examples;
mod exhaustion;
mod exit_codes;
mod fastavro;
mod feed;
mod files;
mod files_source;
mod finding_avro;
mod finding_ocsf;
mod forward_access;
mod generic_schema;
mod golden;
mod golden_source;
mod hostile;
mod http;
mod ingest_stage;
mod invariance;
mod kafka;
mod model;
mod policy;
mod policy_model;
mod program;
mod restore;
mod running;
mod scenario;
mod schema_registry;
mod secrecy;
mod state_contract;
mod story;
mod tidy;
mod totality;
