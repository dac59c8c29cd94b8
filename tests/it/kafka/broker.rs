//! One real Kafka per test run. Tests are apart by the names of their topics and groups.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, LazyLock, Mutex};
use std::time::Duration;
use std::{env, process};

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;

use super::proxy::{Door, Proxy};
use super::server::{self, Server};

/// How many tests can have a proxy at the same time; others wait.
const PROXIES: u16 = 6;

pub struct Broker {
    /// `host:port` of the plaintext listener.
    pub bootstrap: String,
    /// How many names were given out.
    names: AtomicUsize,
    /// `None` of a broker that somebody else started.
    own: Option<Own>,
}

/// What only a broker of our own has.
struct Own {
    secure: Secure,
    doors: Mutex<Vec<Door>>,
    door_returned: Condvar,
    _server: Server,
}

/// The listener with TLS and SASL, by SCRAM-SHA-512, PLAIN or OAUTHBEARER with tokens that nobody signed.
#[derive(Debug, Clone)]
pub struct Secure {
    pub bootstrap: String,
    /// The authority that signed the broker's certificate.
    pub ca: PathBuf,
    /// One that did not.
    pub other_ca: PathBuf,
    pub username: &'static str,
    pub password: &'static str,
}

/// The broker of this run, started by the first who asks. `None` where none can be had, which was said then.
pub fn broker() -> Option<&'static Broker> {
    static BROKER: LazyLock<Option<Broker>> = LazyLock::new(Broker::start);
    BROKER.as_ref()
}

impl Broker {
    fn start() -> Option<Self> {
        if let Ok(bootstrap) = env::var("TENURE_TEST_BOOTSTRAP") {
            server::skip("TLS, SASL and network faults", "TENURE_TEST_BOOTSTRAP names a broker without them");
            return Some(Self::at(bootstrap, None));
        }
        let listeners: Vec<TcpListener> =
            (0..PROXIES).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let port = server::free_ports(3 + PROXIES);
        let mut arguments = vec![port.to_string()];
        arguments.extend(listeners.iter().map(|it| it.local_addr().unwrap().port().to_string()));
        let server = Server::start("broker", &arguments)?;
        let doors = listeners.into_iter().zip(port + 3..).map(|(listener, to)| Door::open(listener, to));
        let own = Own {
            secure: Secure::at(port + 2),
            doors: Mutex::new(doors.collect()),
            door_returned: Condvar::new(),
            _server: server,
        };
        Some(Self::at(format!("127.0.0.1:{port}"), Some(own)))
    }

    fn at(bootstrap: String, own: Option<Own>) -> Self {
        Self { bootstrap, names: AtomicUsize::new(0), own }
    }

    /// `None` of a broker that somebody else started.
    pub fn secure(&self) -> Option<&Secure> {
        self.own.as_ref().map(|own| &own.secure)
    }

    /// A proxy that nobody else uses, once one is free. `None` of a broker that somebody else started.
    pub fn proxy(&self) -> Option<Proxy<'_>> {
        let own = self.own.as_ref()?;
        let mut doors = own.doors.lock().unwrap();
        loop {
            if let Some(door) = doors.pop() {
                return Some(Proxy::new(door, |door| {
                    own.doors.lock().unwrap().push(door);
                    own.door_returned.notify_one();
                }));
            }
            doors = own.door_returned.wait(doors).unwrap();
        }
    }

    /// A name nobody else has, of a group, an application or a topic that is yet to be made.
    pub fn fresh(&self, hint: &str) -> String {
        let count = self.names.fetch_add(1, Ordering::Relaxed);
        format!("{hint}-{}-{count}", process::id())
    }

    /// Makes a topic with a fresh name.
    pub fn topic(&self, hint: &str, partitions: i32, config: &[(&str, &str)]) -> String {
        let name = self.fresh(hint);
        self.make_topic(&name, partitions, config);
        name
    }

    /// Makes the topic `name`.
    pub fn make_topic(&self, name: &str, partitions: i32, config: &[(&str, &str)]) {
        let admin: AdminClient<DefaultClientContext> = self.client().create().unwrap();
        let mut topic = NewTopic::new(name, partitions, TopicReplication::Fixed(1));
        topic.config = config.to_vec();
        let options = AdminOptions::new().operation_timeout(Some(Duration::from_secs(30)));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let made = runtime.block_on(admin.create_topics([&topic], &options)).unwrap();
        assert_eq!(made, [Ok(name.to_owned())]);
    }

    /// The settings of any client of the plaintext listener.
    pub fn client(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.bootstrap);
        config
    }
}

impl Secure {
    fn at(port: u16) -> Self {
        let keys = server::run_folder().join("broker/keys");
        Self {
            bootstrap: format!("127.0.0.1:{port}"),
            ca: keys.join("ca.pem"),
            other_ca: keys.join("other-ca.pem"),
            username: "tenure",
            password: "not-a-secret",
        }
    }
}
