//! As much of Confluent's registry API as Tenure asks for, in this process, and every way it can fail.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tenure::kafka::settings::{Registry, Secret};

#[derive(Default)]
pub struct State {
    /// All schemas; the number of each is its place, from 1.
    pub schemas: Vec<String>,
    /// The numbers of each subject, the newest last.
    pub subjects: BTreeMap<String, Vec<u32>>,
    /// What stands against whatever follows the newest schema of a subject.
    pub objections: BTreeMap<String, String>,
    /// Keeps them to itself when schemas are compared, as Apicurio does.
    pub gives_no_reason: bool,
    /// Answers everything with this status and body.
    pub failing: Option<(u16, String)>,
    pub latency: Duration,
    /// The `authorization` header that is asked for.
    pub authorization: Option<String>,
    /// Method and path of every request.
    pub asked: Vec<String>,
}

pub struct Fake {
    pub state: Arc<Mutex<State>>,
    url: String,
}

struct Request {
    line: String,
    authorization: Option<String>,
    body: Vec<u8>,
}

impl Fake {
    /// A registry with the API under `/api`.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/api/", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        // Ends with the process: a listener cannot be interrupted.
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || serve(stream, &state));
            }
        });
        Self { state, url }
    }

    pub fn settings(&self) -> Registry {
        Registry { url: self.url.clone(), username: None, password: None, ca: None, register: true }
    }

    pub fn settings_as(&self, username: &str, password: &str) -> Registry {
        let (username, password) = (Some(username.to_owned()), Some(Secret::new(password.to_owned())));
        Registry { username, password, ..self.settings() }
    }

    pub fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap())
    }

    /// How many requests there were whose method and path begin with `text`.
    pub fn asked(&self, text: &str) -> usize {
        self.with(|state| state.asked.iter().filter(|line| line.starts_with(text)).count())
    }
}

impl State {
    pub fn add(&mut self, schema: &str) -> u32 {
        let at = self.schemas.iter().position(|known| known == schema).unwrap_or_else(|| {
            self.schemas.push(schema.to_owned());
            self.schemas.len() - 1
        });
        u32::try_from(at).unwrap() + 1
    }

    fn answer(&mut self, request: &Request) -> (u16, Value) {
        if let Some((status, body)) = &self.failing {
            return (*status, serde_json::from_str(body).unwrap_or_else(|_| json!(body)));
        }
        if self.authorization.is_some() && self.authorization != request.authorization {
            return (401, json!({ "error_code": 401, "message": "Unauthorized" }));
        }
        let sent: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let schema = sent["schema"].as_str().unwrap_or_default();
        let parts: Vec<&str> = request.line.split(['/', ' ', '?']).filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            ["POST", "api", "subjects", subject] => self.look_up(subject, schema),
            ["POST", "api", "subjects", subject, "versions"] => self.register(subject, schema),
            ["GET", "api", "schemas", "ids", id] => self.fetch(id.parse().unwrap()),
            ["POST", "api", "compatibility", "subjects", subject, "versions", "latest", "verbose=true"] => {
                self.compare(subject)
            }
            _ => (404, json!({ "error_code": 404, "message": "HTTP 404 Not Found" })),
        }
    }

    fn look_up(&mut self, subject: &str, schema: &str) -> (u16, Value) {
        let Some(ids) = self.subjects.get(subject) else {
            return (404, json!({ "error_code": 40401, "message": "Subject not found." }));
        };
        match ids.iter().find(|id| self.schemas[**id as usize - 1] == schema) {
            Some(id) => (200, json!({ "subject": subject, "id": id, "version": 1, "schema": schema })),
            None => (404, json!({ "error_code": 40403, "message": "Schema not found" })),
        }
    }

    fn register(&mut self, subject: &str, schema: &str) -> (u16, Value) {
        if apache_avro::Schema::parse_str(schema).is_err() {
            return (422, json!({ "error_code": 42201, "message": "Either the input schema is invalid" }));
        }
        if let Some(objection) = self.objections.get(subject) {
            return (409, json!({ "error_code": 409, "message": objection }));
        }
        let id = self.add(schema);
        self.subjects.entry(subject.to_owned()).or_default().push(id);
        (200, json!({ "id": id }))
    }

    fn fetch(&self, id: usize) -> (u16, Value) {
        match id.checked_sub(1).and_then(|at| self.schemas.get(at)) {
            Some(schema) => (200, json!({ "schema": schema })),
            None => (404, json!({ "error_code": 40403, "message": "Schema not found" })),
        }
    }

    fn compare(&self, subject: &str) -> (u16, Value) {
        if !self.subjects.contains_key(subject) {
            return (404, json!({ "error_code": 40401, "message": "Subject not found." }));
        }
        match self.objections.get(subject) {
            Some(_) if self.gives_no_reason => (200, json!({ "is_compatible": false })),
            Some(objection) => (200, json!({ "is_compatible": false, "messages": [objection] })),
            None => (200, json!({ "is_compatible": true })),
        }
    }
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) {
    let Some(request) = read(&stream) else { return };
    let latency = state.lock().unwrap().latency;
    std::thread::sleep(latency);
    let (status, body) = {
        let mut state = state.lock().unwrap();
        state.asked.push(request.line.clone());
        state.answer(&request)
    };
    let body = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    // Who has waited too long is gone.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let header = |name: &str| {
        let of = |line: &String| {
            line.split_once(": ").filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|it| it.1.to_owned())
        };
        lines.iter().find_map(of)
    };
    let length = header("content-length").map_or(0, |text| text.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let line = lines.first()?.strip_suffix(" HTTP/1.1")?.to_owned();
    Some(Request { line, authorization: header("authorization"), body })
}
