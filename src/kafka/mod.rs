//! Kafka: raw topics in, findings out, each step exactly once.
//!
//! One thread is one shard: a consumer in a group, a transactional producer, and a [`stage::Stage`] that says
//! what to make of each record. What a stage writes and how far it has read are committed in one transaction.
//! When a transaction fails, for whatever reason, everything in memory is void: the producer is made anew,
//! which settles what is in doubt, and each partition is loaded again from what was committed.

pub mod admin;
mod care;
pub mod client;
pub mod connect;
mod context;
pub mod contracts;
pub mod dead_letter;
pub mod detect;
mod health;
mod hold;
pub mod ingest;
mod member;
pub mod murmur2;
mod native;
pub mod oauth;
pub mod options;
mod places;
pub mod reader;
mod recovery;
pub mod registry;
pub mod settings;
pub mod shard;
pub mod stage;
pub mod topics;
mod transaction;
mod watch;
pub mod watched;
mod work;
