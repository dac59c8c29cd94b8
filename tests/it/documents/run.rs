//! The operator's page: its tables of keys and of metrics, and its exit codes.

use std::time::Duration;

use tenure::config;
use tenure::stream::{SourceName, Stream};
use tenure::telemetry::metrics::Metrics;
use tenure::time::EventTime;

use super::{document, table, with_section};
use crate::golden;

const PAGE: &str = "docs/run.md";

/// Rows of name, type and meaning, from what a scrape of a process with one stage would say.
fn metrics() -> String {
    let (metrics, registry) = Metrics::new();
    let stage = metrics.of_stage("ingest");
    stage.committed(1, Duration::from_millis(1));
    stage.producer_recycled("disturbed");
    stage.consumer_recreated();
    stage.hung_call();
    stage.progress("raw", 0, 1, Some(1));
    stage.records_read("vault.audit", "understood", "", 1);
    stage.events(1);
    let detect = metrics.of_stage("detect");
    detect.duplicates(1);
    let (stream, at) = (Stream::default_for(SourceName::VaultAudit), EventTime::from_micros(0));
    detect.clock(&stream, at);
    stage.seen(&stream, at, at);
    stage.proven(&stream, at);
    detect.finding("L01", "open");
    detect.holds(0, 1, 1);
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
    let about = |what: &str, name: &str| {
        let start = format!("# {what} {name} ");
        let line = text.lines().find_map(|line| line.strip_prefix(&start));
        line.unwrap_or_else(|| panic!("no {what} of {name}")).trim_end_matches('.').to_owned()
    };
    let names = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    let row = |name: &str| {
        let kind = about("TYPE", name);
        let shown = if kind == "counter" { format!("{name}_total") } else { name.to_owned() };
        vec![format!("`{shown}`"), kind, about("HELP", name)]
    };
    table(&["metric", "type", "meaning"], names.map(row))
}

#[test]
fn the_page_lists_every_key_and_every_metric() {
    let page = with_section(&document(PAGE), "metrics", &metrics());
    let page = with_section(&page, "keys", &config::keys_table());
    golden::hold(&golden::root().join(PAGE), &page).unwrap();
}
