//! What a shard does with records: the part of the pipeline that differs between ingest and detect.

use crate::time::WallTime;

/// A partition of an input topic.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub topic: String,
    pub partition: i32,
}

impl std::fmt::Display for Place {
    /// `topic/partition`, as origins write it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.topic, self.partition)
    }
}

/// A record as it lies in Kafka.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'m> {
    pub place: &'m Place,
    pub offset: u64,
    /// The timestamp of the record: when the broker appended it, where the topic is configured so.
    pub timestamp: Option<WallTime>,
    pub key: Option<&'m [u8]>,
    /// Empty for a tombstone.
    pub payload: &'m [u8],
}

/// A record to be written in the present transaction.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'m> {
    pub topic: &'m str,
    /// `None`: by the hash of the key, as the Java client places it (murmur2).
    pub partition: Option<i32>,
    pub key: Option<&'m [u8]>,
    /// `None`: a tombstone.
    pub payload: Option<&'m [u8]>,
}

/// Where a stage writes. Everything belongs to the present transaction.
pub trait Outbox {
    /// # Errors
    /// Where the record cannot be taken for good; the transaction is lost then.
    fn send(&mut self, record: Outgoing<'_>) -> anyhow::Result<()>;
}

/// What was committed for a partition: where to go on, and what the stage wrote beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    pub next_offset: u64,
    pub metadata: String,
}

/// The end of what the present transaction wrote to each partition.
pub trait Delivered {
    /// One past the last offset written to `partition` of `topic`; `None` where nothing was written.
    fn end(&self, topic: &str, partition: i32) -> Option<u64>;
}

/// Where to begin reading a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadFrom {
    Beginning,
    Offset(u64),
}

/// One stage of the pipeline, owned by the thread of its shard.
pub trait Stage {
    /// `ingest` or `detect`: part of group, client and transactional ids, of log lines and of metrics.
    fn name(&self) -> &'static str;

    /// The topics to read.
    fn topics(&self) -> Vec<String>;

    /// Takes up `place` where `committed` left it, or afresh if nothing was committed. Called when the
    /// partition is assigned, and again after each failed transaction: what was in memory for it is void.
    ///
    /// # Errors
    /// Where it cannot be taken up; the shard ends.
    fn load(&mut self, place: &Place, committed: Option<&Committed>) -> anyhow::Result<ReadFrom>;

    /// The partition belongs to somebody else now.
    fn unload(&mut self, place: &Place);

    /// Takes one record. Bad records are the stage's to reject; an error here is one of the stage itself.
    ///
    /// # Errors
    /// Where the transaction must be given up.
    fn handle(&mut self, record: Incoming<'_>, out: &mut dyn Outbox) -> anyhow::Result<()>;

    /// All records of `place` that are there were handled.
    fn reached_end(&mut self, place: &Place);

    /// Called often, with or without records, so that something can be said where nothing comes. Returns
    /// whether anything was written.
    ///
    /// # Errors
    /// Where the transaction must be given up.
    fn tick(&mut self, now: WallTime, out: &mut dyn Outbox) -> anyhow::Result<bool>;

    /// The last records of a transaction, before its offsets.
    ///
    /// # Errors
    /// Where the transaction must be given up.
    fn finish(&mut self, out: &mut dyn Outbox) -> anyhow::Result<()>;

    /// What to commit beside the offset of `place`: at most 4,096 bytes. If the commit
    /// fails, `place` is loaded again.
    fn metadata(&mut self, place: &Place, delivered: &dyn Delivered) -> String;

    /// The transaction is committed; what it concluded may be shown.
    fn committed(&mut self);
}
