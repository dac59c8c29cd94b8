//! The state of one realm: credentials with their names, lineage and facts, and the principals that hold
//! them.
//!
//! A realm is owned by one thread and folded by one function. Everything in it is commutative in the records;
//! no finding, threshold or clock is known here.

mod changes;
pub mod coverage;
mod days;
pub mod facts;
mod fold;
pub mod group;
pub mod image;
mod intern;
mod lineage;
mod members;
mod names;
pub mod rare;
mod slot;
mod spread;
mod stamp;
pub mod store;
mod witness;

pub use changes::{Changes, SpreadKind};
pub use facts::{End, EndCause, Facts, Flags};
pub use fold::Touched;
pub use group::{Group, GroupKind, NetKey};
pub use intern::Sym;
pub use rare::Rare;
pub use slot::{GroupIx, Slot};
pub use stamp::{EventRef, Stamp};
pub use store::Store;

/// A map for look-ups, hashed the same in every run. What reaches output is never iterated from one.
pub type Map<K, V> = hashbrown::HashMap<K, V, foldhash::fast::FixedState>;
