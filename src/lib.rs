//! Tenure reads what is already logged and keeps, per credential, what it means.
//!
//! # From above
//!
//! A *record* of an audit log becomes *events* ([`source`]), one form for all formats. The [`engine`] folds
//! each into the *facts* of a credential ([`credential`]), has the conditions of [`detect`] judge what
//! changed under the thresholds of a [`policy`], and turns what they say into the life of a [`finding`].
//! [`format`](mod@format) makes bytes of it. All of that is values in, values out: files, clocks and
//! terminals are the business of [`files`] and [`cli`].
//!
//! Three rules hold it together. *Time is in the log*: a conclusion is drawn at a moment of event time, never
//! at the time of day. *Facts commute*: records may come late, twice and in any order. *Silence needs
//! coverage*: the absence of a use is worth something only where the log would have shown it.
//!
//! # Floors
//!
//! Imports only ever go down; modules of one row never import each other.
//!
//! ```text
//! cli
//! config
//! files   kafka   http
//! telemetry
//! ------------------------- below: no clock, file, network, environment, thread, chance
//! engine   reading
//! source   detect   format   changelog
//! finding > evidence > policy > credential
//! event > kind > avro > progress > stream > origin > net > document > text > limits > time
//! ```
//!
//! # Words
//!
//! - *stream*: one configured input of a source, a Vault audit device for instance. *realm*: the scope in
//!   which names are unique, an AWS account or a stream of Vault. No credential of one realm is ever
//!   another's.
//! - *credential*: what authenticates, a key and not its user. *kind*: its row in `KINDS`, which says what
//!   its log can show. *principal*: who holds it. *actor*: who did this. *owner*: who answers for it.
//! - *name*: a credential has several; *handle*: a name that is the same in whatever field it stands, an
//!   accessor or a hash. *selector*: everything under a prefix, a mount, a parent or a principal.
//! - *condition*: true or not of facts at a moment. *anchor*: the fact that began it, which makes the
//!   identity of its finding. *evidence*: what it found, in numbers.
//! - *coverage*: when a use would have been seen. *gap*: when it would not.

pub mod avro;
pub mod changelog;
pub mod cli;
pub mod config;
pub mod credential;
pub mod detect;
pub mod document;
pub mod engine;
pub mod event;
pub mod evidence;
pub mod files;
pub mod finding;
pub mod format;
pub mod http;
pub mod kafka;
pub mod kind;
pub mod limits;
pub mod net;
pub mod origin;
pub mod policy;
pub mod progress;
pub mod reading;
pub mod source;
pub mod stream;
pub mod telemetry;
pub mod text;
pub mod time;
