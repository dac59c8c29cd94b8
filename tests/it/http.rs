//! The pages of a running process, asked over a socket.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tenure::http::{Listener, Pages, serve};
use tenure::telemetry::clock::wall_clock;
use tenure::telemetry::metrics::Metrics;
use tenure::telemetry::status::{PartitionStatus, State, Status};
use tenure::time::WallTime;

/// Serves pages of one stage, `ingest`, on a port of the system's choice until the test process ends.
fn served() -> (SocketAddr, Status, Metrics) {
    let (metrics, registry) = Metrics::new();
    let status = Status::default();
    let pages = Pages { registry: Arc::new(registry), status: status.clone() };
    let listener = Listener::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.address().unwrap();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(serve(listener, pages)).unwrap();
    });
    (address, status, metrics)
}

/// Sends `request` as it stands and reads until the other side closes.
fn raw(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(request).unwrap();
    let mut answer = Vec::new();
    // A connection that is reset has answered all it will.
    let _ = stream.read_to_end(&mut answer);
    let _ = stream.shutdown(Shutdown::Both);
    String::from_utf8(answer).unwrap()
}

fn ask(address: SocketAddr, method: &str, path: &str) -> String {
    raw(address, format!("{method} {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n").as_bytes())
}

fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let answer = ask(address, "GET", path);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

fn running() -> PartitionStatus {
    PartitionStatus { state: State::Running, position: 1, end: Some(2), credentials: 0, open_findings: 0 }
}

#[test]
fn metrics_are_in_the_text_format_of_prometheus() {
    let (address, _, metrics) = served();
    metrics.of_stage("ingest").transaction("committed");
    let (code, body) = get(address, "/metrics");
    assert_eq!(code, 200);
    assert!(body.contains(r#"tenure_transactions_total{stage="ingest",outcome="committed"} 1"#), "{body}");
    assert!(body.contains("# TYPE tenure_transactions counter") && body.ends_with("# EOF\n"), "{body}");
    assert!(ask(address, "GET", "/metrics").contains("content-type: application/openmetrics-text;"));
}

#[test]
fn readiness_follows_the_stages_and_gives_its_reason() {
    let (address, status, _) = served();
    assert_eq!(get(address, "/readyz"), (503, "no stage has started\n".to_owned()));
    status.started("ingest", wall_clock());
    assert_eq!(get(address, "/readyz"), (503, "stage ingest waits for its partitions\n".to_owned()));
    status.assigned("ingest");
    status.set("ingest", "raw", 0, running());
    assert_eq!(get(address, "/readyz"), (200, "ok\n".to_owned()));
}

#[test]
fn a_loop_that_stands_still_is_not_healthy() {
    let (address, status, _) = served();
    status.started("ingest", wall_clock());
    assert_eq!(get(address, "/healthz").0, 200, "waiting for a partition is healthy");
    status.turned("ingest", WallTime::from_micros(wall_clock().micros() - 120_000_000));
    let (code, body) = get(address, "/healthz");
    assert!(code == 503 && body.starts_with("stage ingest did nothing for 12"), "{code} {body}");
}

#[test]
fn what_is_not_there_or_not_allowed_is_said() {
    let (address, ..) = served();
    assert_eq!(get(address, "/").0, 404);
    assert_eq!(get(address, "/metrics/x").0, 404);
    let post = ask(address, "POST", "/metrics");
    assert!(post.starts_with("HTTP/1.1 405") && post.contains("allow: GET, HEAD"), "{post}");
    let head = ask(address, "HEAD", "/healthz");
    assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
}

#[test]
fn a_bad_client_is_answered_or_dropped_and_hinders_nobody() {
    let (address, ..) = served();
    let silent = TcpStream::connect(address).unwrap();
    let endless = [b"GET / HTTP/1.1\r\nX: ".as_slice(), &vec![b'x'; 100_000]].concat();
    let answer = raw(address, &endless);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    assert!(raw(address, b"\x16\x03\x01 not http\r\n\r\n").starts_with("HTTP/1.1 400"));
    let body_promised =
        b"POST /metrics HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: 9999\r\n\r\n";
    assert!(raw(address, body_promised).starts_with("HTTP/1.1 405"), "the body is not waited for");
    assert_eq!(get(address, "/healthz").0, 200);
    drop(silent);
}
