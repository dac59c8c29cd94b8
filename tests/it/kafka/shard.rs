//! A shard on a real Kafka: exactly once, whatever fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use tenure::kafka::connect::Unreachable;

use super::broker::broker;
use super::pass::{PATIENCE, Site};

fn all(count: u64) -> Vec<u64> {
    (0..count).collect()
}

/// What the group of `site` has committed for `partition`: the offset and what stands beside it.
fn committed(site: &Site, partition: i32) -> (i64, String) {
    let mut config = site.broker.client();
    config.set("group.id", format!("{}-pass", site.settings.application));
    let consumer: BaseConsumer = config.create().unwrap();
    let mut list = TopicPartitionList::new();
    list.add_partition(&site.input, partition);
    let list = consumer.committed_offsets(list, PATIENCE).unwrap();
    let element = list.find_partition(&site.input, partition).unwrap();
    let Offset::Offset(offset) = element.offset() else { panic!("nothing is committed") };
    (offset, element.metadata().to_owned())
}

#[test]
fn every_record_passes_exactly_once_over_restarts() {
    let Some(broker) = broker() else { return };
    let site = Site::new(broker, 3);
    for round in 0..3 {
        site.produce(round * 1_000..(round + 1) * 1_000);
        let running = site.run();
        // Some rounds are stopped in their midst.
        let wanted = if round == 1 { 1_001 } else { (round + 1) * 1_000 };
        site.wait_for(usize::try_from(wanted).unwrap());
        running.stop();
    }
    assert_eq!(site.wait_for(3_000), all(3_000));
}

#[test]
fn what_is_kept_beside_an_offset_comes_back() {
    let Some(broker) = broker() else { return };
    let site = Site::new(broker, 1);
    site.produce(0..100);
    let running = site.run();
    site.wait_for(100);
    running.stop();
    // One past the last record written, whatever markers lie between.
    let (offset, metadata) = committed(&site, 0);
    assert_eq!(offset, 100);
    assert!(metadata.starts_with("4950 Some(") && metadata.ends_with(" é"), "{metadata}");

    site.produce(100..101);
    let running = site.run();
    site.wait_for(101);
    running.stop();
    assert!(committed(&site, 0).1.starts_with("5050 "));
}

#[test]
fn a_stage_that_fails_once_loses_and_doubles_nothing() {
    let Some(broker) = broker() else { return };
    let site = Site::new(broker, 2);
    site.produce(0..500);
    let mut failed = false;
    let running = site.run_with(move |record| {
        if record.offset == 120 && !failed {
            failed = true;
            anyhow::bail!("once");
        }
        Ok(())
    });
    assert_eq!(site.wait_for(500), all(500));
    assert_eq!(running.count(r#"tenure_transactions_total{stage="pass",outcome="aborted"}"#), 1);
    running.stop();
}

#[test]
fn a_record_that_makes_the_stage_panic_becomes_a_dead_letter() {
    let Some(broker) = broker() else { return };
    let site = Site::new(broker, 1);
    site.produce(0..20);
    let running = site.run_with(|record| {
        assert!(record.offset != 7, "a test's panic");
        Ok(())
    });
    let mut expected = all(20);
    expected.remove(7);
    assert_eq!(site.wait_for(19), expected);
    running.stop();
    let letters = site.payloads(&site.settings.topics.dead_letter, 1);
    let input = &site.input;
    let letter = format!(r#"{{"v":1,"reason":"panic","topic":"{input}","partition":0,"offset":7}}"#);
    assert_eq!(letters, [letter.into_bytes()]);
    assert_eq!(committed(&site, 0).0, 20);
}

#[test]
fn a_record_too_large_for_its_topic_becomes_a_dead_letter() {
    let Some(broker) = broker() else { return };
    let mut site = Site::new(broker, 1);
    site.output = broker.topic("small", 1, &[("max.message.bytes", "200")]);
    // Else the brokers see a small batch, or a large one of small records.
    for (name, value) in [("compression.codec", "none"), ("batch.num.messages", "1")] {
        site.settings.connection.overrides.insert(name.into(), value.into());
    }
    site.produce(0..3);
    let producer: rdkafka::producer::BaseProducer = broker.client().create().unwrap();
    let large = "0".repeat(300);
    let record = rdkafka::producer::BaseRecord::<[u8], str>::to(&site.input).payload(&large);
    producer.send(record).map_err(|(error, _)| error).unwrap();
    rdkafka::producer::Producer::flush(&producer, PATIENCE).unwrap();
    site.produce(3..5);
    let running = site.run();
    assert_eq!(site.wait_for(5), all(5));
    running.stop();
    let letters = site.payloads(&site.settings.topics.dead_letter, 1);
    let text = String::from_utf8(letters.concat()).unwrap();
    assert!(text.contains(r#""reason":"oversized""#) && text.contains(r#""offset":3"#), "{text}");
}

#[test]
fn a_transaction_that_outlives_its_timeout_is_done_again() {
    let Some(broker) = broker() else { return };
    let mut site = Site::new(broker, 1);
    for (name, value) in
        [("transaction.timeout.ms", "1000"), ("message.timeout.ms", "900"), ("socket.timeout.ms", "900")]
    {
        site.settings.connection.overrides.insert(name.into(), value.into());
    }
    // What is held back begins no transaction at the brokers; a large record makes it go out.
    site.produce(0..50);
    let producer: rdkafka::producer::BaseProducer = broker.client().create().unwrap();
    let large = "0".repeat(100_000);
    let record = rdkafka::producer::BaseRecord::<[u8], str>::to(&site.input).payload(&large);
    producer.send(record).map_err(|(error, _)| error).unwrap();
    rdkafka::producer::Producer::flush(&producer, PATIENCE).unwrap();
    site.produce(50..100);
    let mut expected = all(100);
    expected.insert(0, 0);
    let mut slept = false;
    let running = site.run_with(move |record| {
        if record.offset == 60 && !slept {
            slept = true;
            thread::sleep(Duration::from_secs(4));
        }
        Ok(())
    });
    assert_eq!(site.wait_for(101), expected);
    // Whether the records that are still to be sent are refused, or the offsets.
    let count = |reason: &str| {
        running.count(&format!(r#"tenure_producer_recycles_total{{stage="pass",reason="{reason}"}}"#))
    };
    let recycled = count("fenced") + count("lost");
    running.stop();
    assert_eq!(recycled, 1);
    assert_eq!(site.wait_for(101), expected);
}

#[test]
fn a_second_member_is_refused_and_told_who_is_there() {
    let Some(broker) = broker() else { return };
    let mut site = Site::new(broker, 2);
    site.produce(0..10);
    let running = site.run();
    site.wait_for(10);
    site.settings.node = "node-2".into();
    let refused = site.run().fails().to_string();
    assert!(refused.contains("another member") && refused.contains("-pass-node-1 on "), "{refused}");
    // The first is not disturbed.
    site.produce(10..20);
    assert_eq!(site.wait_for(20), all(20));
    running.stop();
}

#[test]
fn a_shard_stops_soon_and_leaves_nothing_undone() {
    let Some(broker) = broker() else { return };
    let mut site = Site::new(broker, 1);
    site.settings.commit.interval = Duration::from_hours(1);
    site.settings.commit.interval_behind = Duration::from_hours(1);
    site.produce(0..10);
    let handled = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&handled);
    let running = site.run_with(move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
        Ok(())
    });
    while handled.load(Ordering::Relaxed) < 10 {
        thread::sleep(Duration::from_millis(10));
    }
    let took = running.stop();
    assert_eq!(site.wait_for(10), all(10));
    // Two seconds are the aim; a busy machine may take a few.
    assert!(took < Duration::from_secs(8), "{took:?}");
}

#[test]
fn brokers_that_are_not_there_are_named_with_advice() {
    let Some(broker) = broker() else { return };
    let mut site = Site::new(broker, 1);
    site.settings.connection.brokers = vec!["127.0.0.1:1".into()];
    let error = site.run().fails();
    let unreachable = error.downcast_ref::<Unreachable>().expect("a typed error");
    assert_eq!(unreachable.brokers, "127.0.0.1:1");
    assert!(unreachable.why.contains("refused"), "{unreachable}");
}

#[test]
fn a_topic_that_does_not_exist_is_named() {
    let Some(broker) = broker() else { return };
    let mut site = Site::new(broker, 1);
    site.input = broker.fresh("never-made");
    let error = format!("{:#}", site.run().fails());
    assert!(error.contains(&site.input) && error.contains("does not exist"), "{error}");
}
