//! What a good engineer writes in an afternoon: typed `serde_json`, a `HashMap`, five rules.
//!
//! The measure for `scan`, which does more: it is no product and refuses to be fair. It trusts its input,
//! knows nothing of envelopes, revocation by prefix, late records or coverage, and keeps no evidence.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use serde::Deserialize;

/// One shape for both logs: fields of the other are absent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    event_time: Option<String>,
    #[serde(rename = "eventID")]
    event_id: Option<String>,
    event_name: Option<String>,
    #[serde(rename = "sourceIPAddress")]
    source_ip_address: Option<String>,
    user_identity: Option<UserIdentity>,
    response_elements: Option<ResponseElements>,
    #[serde(rename = "type")]
    half: Option<String>,
    time: Option<String>,
    auth: Option<Auth>,
    request: Option<Request>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserIdentity {
    access_key_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResponseElements {
    access_key: Option<UserIdentity>,
}

#[derive(Deserialize)]
struct Auth {
    accessor: Option<String>,
}

#[derive(Deserialize)]
struct Request {
    id: Option<String>,
    path: Option<String>,
    remote_address: Option<String>,
}

#[derive(Default)]
struct State {
    issued: Option<i64>,
    last_used: Option<i64>,
    revoked: Option<i64>,
    networks: HashSet<String>,
    uses: u64,
}

/// What one record says.
struct Fact {
    at: i64,
    id: String,
    credential: String,
    address: Option<String>,
    issues: bool,
    revokes: bool,
}

const DAY: i64 = 86_400;
const OVER_AGE: i64 = 90 * DAY;
const DORMANT: i64 = 45 * DAY;
const REMEMBERED_SECONDS: i64 = 3_600;
const NETWORKS_MAX: usize = 16;

#[derive(Default)]
struct Naive {
    credentials: HashMap<String, State>,
    seen: HashSet<String>,
    window: VecDeque<(i64, String)>,
    findings: u64,
    latest: i64,
}

/// Reads the files one after the other and returns the number of findings.
pub fn scan(files: &[PathBuf]) -> u64 {
    let mut naive = Naive::default();
    for file in files {
        naive.read(BufReader::with_capacity(256 << 10, File::open(file).expect("a file of records")));
    }
    let dormant =
        naive.credentials.values().filter(|s| s.last_used.is_some_and(|at| naive.latest - at > DORMANT));
    naive.findings + dormant.count() as u64
}

impl Naive {
    fn read(&mut self, mut lines: impl BufRead) {
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line).expect("a line") > 0 {
            let record: Line = serde_json::from_slice(&line).expect("a record");
            if let Some(fact) = fact(record) {
                self.fold(fact);
            }
            line.clear();
        }
    }

    fn fold(&mut self, fact: Fact) {
        self.latest = self.latest.max(fact.at);
        while self.window.front().is_some_and(|(at, _)| *at < fact.at - REMEMBERED_SECONDS) {
            let gone = self.window.pop_front();
            self.seen.remove(&gone.expect("a front").1);
        }
        if !self.seen.insert(fact.id.clone()) {
            return;
        }
        self.window.push_back((fact.at, fact.id));
        let state = self.credentials.entry(fact.credential).or_default();
        let over_age = state.issued.is_some_and(|issued| fact.at - issued > OVER_AGE);
        let reactivated = state.last_used.is_some_and(|used| fact.at - used > DORMANT);
        let dead = state.revoked.is_some_and(|revoked| revoked < fact.at);
        let room = state.networks.len() < NETWORKS_MAX;
        let network = fact.address.and_then(|ip| ip.rsplit_once('.').map(|(net, _)| net.to_owned()));
        let new = network.is_some_and(|net| room && state.networks.insert(net) && state.uses > 0);
        self.findings += [over_age, reactivated, dead, new].iter().filter(|holds| **holds).count() as u64;
        if fact.issues {
            state.issued = Some(fact.at);
        } else {
            state.last_used = Some(fact.at);
            state.uses += 1;
        }
        if fact.revokes {
            state.revoked = Some(fact.at);
        }
    }
}

fn fact(record: Line) -> Option<Fact> {
    let seconds = |text: &str| Some(chrono::DateTime::parse_from_rfc3339(text).ok()?.timestamp());
    if let Some(time) = record.event_time {
        let name = record.event_name.unwrap_or_default();
        let made = record.response_elements.and_then(|made| made.access_key?.access_key_id);
        let issues = made.is_some();
        return Some(Fact {
            at: seconds(&time)?,
            id: record.event_id?,
            credential: made.or(record.user_identity?.access_key_id)?,
            address: record.source_ip_address,
            issues,
            revokes: name == "DeleteAccessKey",
        });
    }
    if record.half? != "response" {
        return None;
    }
    let request = record.request?;
    let path = request.path.unwrap_or_default();
    Some(Fact {
        at: seconds(&record.time?)?,
        id: request.id?,
        credential: record.auth?.accessor?,
        address: request.remote_address,
        issues: path.ends_with("/login"),
        revokes: path.contains("revoke"),
    })
}
