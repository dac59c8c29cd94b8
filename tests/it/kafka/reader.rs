//! Reading to an end where transactions are open, aborted, or somebody else's.

use std::thread;
use std::time::Duration;

use rdkafka::producer::{BaseRecord, Producer, ThreadedProducer};
use tenure::kafka::reader::{Ended, ReadTo, read_partition};
use tenure::kafka::stage::Place;

use super::broker::{Broker, broker};
use super::pass::{PATIENCE, connection};

type Client = ThreadedProducer<rdkafka::producer::DefaultProducerContext>;

fn transactional(broker: &Broker) -> Client {
    let mut config = broker.client();
    config.set("transactional.id", broker.fresh("reader")).set("linger.ms", "0");
    let producer: Client = config.create().unwrap();
    producer.init_transactions(PATIENCE).unwrap();
    producer
}

fn write(producer: &Client, topic: &str, values: &[&str]) {
    producer.begin_transaction().unwrap();
    for value in values {
        let record = BaseRecord::<[u8], str>::to(topic).payload(value);
        producer.send(record).map_err(|(error, _)| error).unwrap();
    }
    producer.flush(PATIENCE).unwrap();
}

fn read(broker: &Broker, topic: &str, from: u64, to: ReadTo) -> anyhow::Result<(Vec<String>, Ended)> {
    let mut values = Vec::new();
    let place = Place { topic: topic.into(), partition: 0 };
    let ended = read_partition(&connection(&broker.bootstrap), &place, from, to, |record| {
        values.push(format!("{}:{}", record.offset, String::from_utf8_lossy(record.payload)));
        Ok(())
    })?;
    Ok((values, ended))
}

#[test]
fn aborted_records_are_passed_over_up_to_the_exact_end() {
    let Some(broker) = broker() else { return };
    let topic = broker.topic("read", 1, &[]);
    let producer = transactional(broker);
    write(&producer, &topic, &["a", "b"]);
    producer.commit_transaction(PATIENCE).unwrap();
    // Offsets 3 and 4 and their markers: the end that was committed is never delivered.
    write(&producer, &topic, &["x", "y"]);
    producer.abort_transaction(PATIENCE).unwrap();
    for to in [ReadTo::Exactly(5), ReadTo::Before(5), ReadTo::Now] {
        let (values, ended) = read(broker, &topic, 0, to).unwrap();
        assert_eq!(values, ["0:a", "1:b"], "{to:?}");
        assert_eq!(ended.records, 2);
    }
    assert_eq!(read(broker, &topic, 1, ReadTo::Now).unwrap().0, ["1:b"]);
    assert_eq!(read(broker, &topic, 0, ReadTo::Before(1)).unwrap().0, ["0:a"]);
}

#[test]
fn an_empty_partition_ends_at_once() {
    let Some(broker) = broker() else { return };
    let topic = broker.topic("read", 1, &[]);
    for to in [ReadTo::Exactly(0), ReadTo::Before(0), ReadTo::Now] {
        assert_eq!(read(broker, &topic, 0, to).unwrap(), (Vec::new(), Ended { records: 0, end: 0 }));
    }
}

#[test]
fn an_open_transaction_is_waited_for() {
    let Some(broker) = broker() else { return };
    let topic = broker.topic("read", 1, &[]);
    let producer = transactional(broker);
    write(&producer, &topic, &["a"]);
    let committing = producer.clone();
    let later = thread::spawn(move || {
        thread::sleep(Duration::from_secs(1));
        committing.commit_transaction(PATIENCE).unwrap();
    });
    let (values, _) = read(broker, &topic, 0, ReadTo::Now).unwrap();
    assert_eq!(values, ["0:a"]);
    later.join().unwrap();
}

#[test]
fn a_record_behind_an_exact_end_is_an_error() {
    let Some(broker) = broker() else { return };
    let topic = broker.topic("read", 1, &[]);
    let producer = transactional(broker);
    write(&producer, &topic, &["a", "b"]);
    producer.commit_transaction(PATIENCE).unwrap();
    let error = format!("{:#}", read(broker, &topic, 0, ReadTo::Exactly(1)).unwrap_err());
    assert!(error.contains("behind the end 1") && error.contains(&topic), "{error}");
}
