//! What only a real Kafka can tell, and that the servers behind those tests are what they seem.

mod broker;
mod console;
mod installation;
mod logs;
mod network;
mod oauth;
mod pass;
mod proxy;
mod reader;
mod registry;
mod run;
mod server;
mod shard;
mod topics;

use std::sync::mpsc;
use std::time::Duration;

use rdkafka::client::ClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer as _, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseRecord, Producer as _, ThreadedProducer};

use broker::{Broker, Secure, broker};
use console::Record;
use proxy::{END_TXN, Fault};

/// How long anything is waited for that should come.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client that tells the test what went wrong.
struct Telling(mpsc::Sender<RDKafkaErrorCode>);

impl ClientContext for Telling {
    fn error(&self, error: KafkaError, _: &str) {
        let _ = self.0.send(error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Unknown));
    }
}

impl ConsumerContext for Telling {}

type Client = ThreadedProducer<rdkafka::producer::DefaultProducerContext>;

/// A producer of transactions on `bootstrap` that is ready to begin one.
fn transactional(broker: &Broker, bootstrap: &str, more: &[(&str, &str)]) -> Client {
    let mut config = broker.client();
    config.set("bootstrap.servers", bootstrap).set("transactional.id", broker.fresh("smoke"));
    config.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let producer: Client = config.create().unwrap();
    producer.init_transactions(PATIENCE).unwrap();
    producer
}

/// A transaction that writes `value` and is open when this returns.
fn begin(producer: &Client, topic: &str, value: &[u8]) {
    producer.begin_transaction().unwrap();
    producer.send(BaseRecord::<[u8], [u8]>::to(topic).payload(value)).unwrap();
    producer.flush(PATIENCE).unwrap();
}

fn values(records: Vec<Record>) -> Vec<Vec<u8>> {
    records.into_iter().map(|record| record.value.unwrap_or_default()).collect()
}

#[test]
fn another_consumer_reads_the_very_bytes_that_were_committed() {
    let Some(broker) = broker() else { return };
    let topic = broker.topic("smoke", 2, &[("cleanup.policy", "compact")]);
    let producer = transactional(broker, &broker.bootstrap, &[]);
    let bytes: Vec<u8> = (0..=255).collect();
    producer.begin_transaction().unwrap();
    producer.send(BaseRecord::to(&topic).partition(1).key(&bytes).payload(&bytes)).unwrap();
    producer.send(BaseRecord::<[u8], [u8]>::to(&topic).partition(0).key(b"gone")).unwrap();
    producer.commit_transaction(PATIENCE).unwrap();
    let expected = [
        Record { partition: 0, offset: 0, key: b"gone".to_vec(), value: None },
        Record { partition: 1, offset: 0, key: bytes.clone(), value: Some(bytes) },
    ];
    assert_eq!(console::read_committed(&broker.bootstrap, &topic), expected);
}

#[test]
fn another_consumer_sees_neither_what_was_aborted_nor_what_is_open() {
    let Some(broker) = broker() else { return };
    let topic = broker.topic("smoke", 1, &[]);
    let producer = transactional(broker, &broker.bootstrap, &[]);
    begin(&producer, &topic, b"aborted");
    producer.abort_transaction(PATIENCE).unwrap();
    begin(&producer, &topic, b"committed");
    producer.commit_transaction(PATIENCE).unwrap();
    begin(&producer, &topic, b"open");
    assert_eq!(values(console::read_committed(&broker.bootstrap, &topic)), [b"committed".to_vec()]);
    producer.abort_transaction(PATIENCE).unwrap();
}

#[test]
fn a_commit_the_proxy_holds_up_takes_effect_once_it_arrives() {
    let Some(broker) = broker() else { return };
    let Some(proxy) = broker.proxy() else { return };
    let topic = broker.topic("smoke", 1, &[]);
    let producer = transactional(broker, &proxy.bootstrap, &[]);
    begin(&producer, &topic, b"late");
    proxy.fault(END_TXN, 1, Fault::Hold);
    let slow = producer.commit_transaction(Duration::from_millis(200));
    assert!(matches!(slow, Err(KafkaError::Transaction(error)) if error.is_retriable()));
    assert_eq!(values(console::read_committed(&broker.bootstrap, &topic)), [b""; 0]);
    proxy.release();
    producer.commit_transaction(PATIENCE).unwrap();
    assert_eq!(values(console::read_committed(&broker.bootstrap, &topic)), [b"late".to_vec()]);
    assert_eq!(proxy.count(END_TXN), 1);
}

/// How a client fares that comes with `password` and trusts `ca`: it learns of `topic`, or the first error
/// that says more than that there is no connection.
fn connect(secure: &Secure, topic: &str, more: &[(&str, &str)]) -> Result<usize, RDKafkaErrorCode> {
    let mut config = rdkafka::ClientConfig::new();
    config.set("bootstrap.servers", &secure.bootstrap).set("security.protocol", "sasl_ssl");
    config.set("sasl.mechanism", "SCRAM-SHA-512").set("ssl.ca.location", secure.ca.to_str().unwrap());
    config.set("sasl.username", secure.username).set("sasl.password", secure.password);
    config.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let (tell, errors) = mpsc::channel();
    let consumer: BaseConsumer<Telling> = config.create_with_context(Telling(tell)).unwrap();
    for _ in 0..60 {
        if let Ok(metadata) = consumer.fetch_metadata(Some(topic), Duration::from_millis(500)) {
            return Ok(metadata.topics()[0].partitions().len());
        }
        let _ = consumer.poll(Duration::ZERO);
        let telling = |code: &RDKafkaErrorCode| *code != RDKafkaErrorCode::AllBrokersDown;
        if let Some(code) = errors.try_iter().find(telling) {
            return Err(code);
        }
    }
    panic!("neither a connection nor an error that explains itself")
}

#[test]
fn the_secure_listener_serves_who_knows_the_password_and_its_authority() {
    let Some(broker) = broker() else { return };
    let Some(secure) = broker.secure() else { return };
    let topic = broker.topic("smoke", 3, &[]);
    assert_eq!(connect(secure, &topic, &[]), Ok(3));
    assert_eq!(connect(secure, &topic, &[("sasl.mechanism", "PLAIN")]), Ok(3));
    let wrong_password = connect(secure, &topic, &[("sasl.password", "another")]);
    assert_eq!(wrong_password, Err(RDKafkaErrorCode::Authentication));
    let other_ca = secure.other_ca.to_str().unwrap();
    let wrong_authority = connect(secure, &topic, &[("ssl.ca.location", other_ca)]);
    assert_eq!(wrong_authority, Err(RDKafkaErrorCode::SSL));
}

#[test]
fn a_real_registry_gives_a_schema_back_by_its_id() {
    let Some(registry) = registry::registry() else { return };
    let subject = format!("{}/subjects/smoke-value/versions", registry.url);
    let sent = r#"{"schema": "{\"type\": \"string\"}"}"#;
    let mut answer = ureq::post(&subject).header("content-type", "application/json").send(sent).unwrap();
    let registered: serde_json::Value = serde_json::from_reader(answer.body_mut().as_reader()).unwrap();
    let url = format!("{}/schemas/ids/{}", registry.url, registered["id"]);
    let schema = ureq::get(&url).call().unwrap().body_mut().read_to_string().unwrap();
    assert!(schema.contains(r#"\"string\""#), "{schema}");
    let unknown = ureq::get(format!("{}/schemas/ids/424242", registry.url)).call();
    assert!(matches!(unknown, Err(ureq::Error::StatusCode(404))));
}
