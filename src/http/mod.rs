//! What a running process shows over HTTP: its numbers, whether it is alive, whether it does its work.
//!
//! Three pages, read only, without authentication: nothing on them names a credential. Requests are bounded
//! in number, size and time, so that whoever finds the port cannot hold up anything.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::telemetry::clock::wall_clock;
use crate::telemetry::status::Status;

/// Scrapers and probes are few; more connections than this wait to be accepted.
const CONNECTIONS_MAX: usize = 32;
const HEADERS_TIMEOUT: Duration = Duration::from_secs(5);
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(30);
/// After a failed accept: out of file descriptors, usually.
const PAUSE: Duration = Duration::from_millis(100);
const BUFFER_BYTES_MAX: usize = 16 << 10;

const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const TEXT_TYPE: &str = "text/plain; charset=utf-8";

/// What is shown.
#[derive(Debug, Clone)]
pub struct Pages {
    pub registry: Arc<Registry>,
    pub status: Status,
}

/// A port that is ours, not yet served.
#[derive(Debug)]
pub struct Listener(std::net::TcpListener);

impl Listener {
    /// Takes the port at once, so that one that is taken already stops the start.
    ///
    /// # Errors
    /// Where the address cannot be had.
    pub fn bind(address: SocketAddr) -> anyhow::Result<Self> {
        let advice = "another process may have it: change 'listen' in [http]";
        let socket = std::net::TcpListener::bind(address);
        let socket = socket.with_context(|| format!("cannot listen on {address}; {advice}"))?;
        socket.set_nonblocking(true)?;
        Ok(Self(socket))
    }

    /// The address, with the port the system chose where 0 was asked for.
    ///
    /// # Errors
    /// Where the system does not say.
    pub fn address(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.0.local_addr()?)
    }
}

/// Serves until it is dropped.
///
/// # Errors
/// Where the port cannot be listened on within this runtime.
pub async fn serve(listener: Listener, pages: Pages) -> anyhow::Result<()> {
    let listener = TcpListener::from_std(listener.0)?;
    let free = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let permit = Arc::clone(&free).acquire_owned().await?;
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::debug!(%error, "a connection was not accepted");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let pages = pages.clone();
        tokio::spawn(async move {
            let service =
                service_fn(|request| std::future::ready(Ok::<_, Infallible>(answer(&request, &pages))));
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(HEADERS_TIMEOUT).max_buf_size(BUFFER_BYTES_MAX);
            let connection = http.serve_connection(TokioIo::new(stream), service);
            // What a client does wrong concerns nobody but itself.
            let _ = tokio::time::timeout(CONNECTION_TIMEOUT, connection).await;
            drop(permit);
        });
    }
}

/// The body of a request is never read.
fn answer(request: &Request<Incoming>, pages: &Pages) -> Response<Full<Bytes>> {
    let page = match request.uri().path() {
        "/metrics" => metrics,
        "/healthz" => health,
        "/readyz" => readiness,
        _ => return text(StatusCode::NOT_FOUND, "there are /metrics, /healthz and /readyz\n".to_owned()),
    };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD\n".to_owned());
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    page(pages)
}

fn metrics(pages: &Pages) -> Response<Full<Bytes>> {
    let mut body = String::new();
    if encode(&mut body, &pages.registry).is_err() {
        return text(StatusCode::INTERNAL_SERVER_ERROR, "the metrics cannot be written\n".to_owned());
    }
    let mut response = text(StatusCode::OK, body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(METRICS_TYPE));
    response
}

fn health(pages: &Pages) -> Response<Full<Bytes>> {
    verdict(pages.status.stuck(wall_clock()))
}

fn readiness(pages: &Pages) -> Response<Full<Bytes>> {
    verdict(pages.status.not_ready())
}

fn verdict(fault: Option<String>) -> Response<Full<Bytes>> {
    match fault {
        None => text(StatusCode::OK, "ok\n".to_owned()),
        Some(reason) => text(StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")),
    }
}

fn text(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(TEXT_TYPE));
    response
}
