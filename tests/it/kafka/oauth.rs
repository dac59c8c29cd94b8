//! Tokens for SASL OAUTHBEARER, from an issuer within this process and, with them, to a real broker.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use tenure::kafka::oauth::{Issuer, TokenError};
use tenure::kafka::settings::Secret;

/// Answers every request alike, and keeps what it was asked.
struct FakeIssuer {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl FakeIssuer {
    fn start(status: u16, body: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/token", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&asked);
        // Ends with the process: a listener cannot be interrupted.
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                shared.lock().unwrap().push(answer(stream, status, &body));
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn issuer(&self) -> Issuer {
        let secret = Secret::new("s3cr/t hush".to_owned());
        Issuer::new(self.url.clone(), "tenure".to_owned(), secret, Some("kafka write".to_owned()))
    }
}

/// Answers one request; gives its head and body.
fn answer(mut stream: TcpStream, status: u16, body: &str) -> String {
    let mut reader = BufReader::new(&stream);
    let mut request = String::new();
    while !request.ends_with("\r\n\r\n") && reader.read_line(&mut request).unwrap() > 0 {}
    let length = request.to_ascii_lowercase();
    let length = length.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
    let mut sent = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut sent).unwrap();
    let length = body.len();
    let head = format!("HTTP/1.1 {status} X\r\nlocation: /elsewhere\r\nconnection: close");
    write!(stream, "{head}\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
    request + std::str::from_utf8(&sent).unwrap()
}

#[test]
fn one_token_serves_many_clients_and_its_secret_stands_in_the_header_alone() {
    let fake = FakeIssuer::start(200, r#"{"access_token":"a.b.c","expires_in":3600}"#.to_owned());
    let issuer = fake.issuer();
    for client in [issuer.clone(), issuer] {
        let token = client.token().unwrap();
        assert_eq!((token.token.as_str(), token.principal_name.as_str()), ("a.b.c", "tenure"));
        assert!(!format!("{client:?}").contains("a.b.c"), "{client:?}");
        assert!(!format!("{client:?}").contains("hush"), "{client:?}");
    }
    let asked = fake.asked();
    let [request] = asked.as_slice() else { panic!("{asked:?}") };
    assert!(request.starts_with("POST /token HTTP/1.1\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\ngrant_type=client_credentials&scope=kafka+write"), "{request}");
    // tenure:s3cr%2Ft%20hush
    assert!(request.contains("authorization: Basic dGVudXJlOnMzY3IlMkZ0JTIwaHVzaA==\r\n"), "{request}");
}

#[test]
fn an_issuer_that_refuses_or_sends_elsewhere_is_asked_once_and_named() {
    let refusing = FakeIssuer::start(401, r#"{"error":"invalid_client"}"#.to_owned());
    let error = refusing.issuer().token().err().unwrap();
    assert_eq!(error.to_string(), format!("{} refuses (status 401, invalid_client)", refusing.url));
    let elsewhere = FakeIssuer::start(307, String::new());
    let error = elsewhere.issuer().token().err().unwrap();
    assert_eq!(error, TokenError::NotAToken { url: elsewhere.url.clone(), status: 307 });
    assert_eq!(elsewhere.asked().len(), 1, "the secret goes nowhere else");
}

#[cfg(feature = "tls")]
mod on_a_broker {
    use std::fs;

    use super::*;
    use crate::kafka::broker::{Broker, Secure, broker};
    use crate::program::{code, stderr, stdout, tenure};

    /// Without padding, in the alphabet for URLs.
    fn base64url(text: &str) -> String {
        const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let digits = |chunk: &[u8]| {
            let bits = (0..3).fold(0, |bits, at| bits << 8 | u32::from(*chunk.get(at).unwrap_or(&0)));
            let digit = |at: usize| char::from(DIGITS[(bits >> (18 - 6 * at) & 63) as usize]);
            (0..=chunk.len()).map(digit).collect::<String>()
        };
        text.as_bytes().chunks(3).map(digits).collect()
    }

    /// A token that the broker of the tests believes without a signature.
    fn token(subject: &str) -> String {
        let now = chrono::Utc::now().timestamp();
        let claims = format!(r#"{{"sub":"{subject}","iat":{},"exp":{}}}"#, now - 60, now + 3600);
        format!("{}.{}.", base64url(r#"{"alg":"none"}"#), base64url(&claims))
    }

    fn create_topics(broker: &Broker, secure: &Secure, fake: &FakeIssuer) -> std::process::Output {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("secret"), "hush").unwrap();
        let (raw, prefix) = (broker.topic("oauth", 1, &[]), broker.fresh("oauth"));
        let (bootstrap, ca, url) = (&secure.bootstrap, secure.ca.display(), &fake.url);
        let text = format!(
            "node = 'n'\n[kafka]\nbrokers = ['{bootstrap}']\n[kafka.tls]\nca = '{ca}'\n[kafka.sasl]\n\
             mechanism = 'OAUTHBEARER'\ntoken_url = '{url}'\nclient_id = 'tenure'\n\
             client_secret = {{ file = 'secret' }}\n[[input]]\ntopic = '{raw}'\n\
             [topics]\nprefix = '{prefix}'\n"
        );
        fs::write(folder.path().join("tenure.toml"), text).unwrap();
        let command =
            ["topics", "create", "--config", "tenure.toml", "--partitions", "1", "--replication", "1"];
        tenure(folder.path(), &command)
    }

    #[test]
    fn a_token_opens_the_broker_and_without_one_it_is_unreachable() {
        let Some(broker) = broker() else { return };
        let Some(secure) = broker.secure() else { return };
        let answer = format!(r#"{{"access_token":"{}","expires_in":3600}}"#, token("tenure"));
        let fake = FakeIssuer::start(200, answer);
        let created = create_topics(broker, secure, &fake);
        assert_eq!(code(&created), 0, "{}{}", stdout(&created), stderr(&created));
        assert_eq!(fake.asked().len(), 1);

        let refusing = FakeIssuer::start(401, r#"{"error":"invalid_client"}"#.to_owned());
        let refused = create_topics(broker, secure, &refusing);
        let said = stderr(&refused);
        assert_eq!(code(&refused), 4, "{said}");
        assert!(said.contains("refuses (status 401, invalid_client)"), "{said}");
        assert!(said.contains("Check `token_url`"), "{said}");
        assert!(!said.contains("hush"), "{said}");
    }
}
