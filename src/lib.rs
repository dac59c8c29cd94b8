//! Tenure reads what is already logged and keeps, per credential, what it means.

pub mod cli;
pub mod credential;
pub mod detect;
pub mod engine;
pub mod event;
pub mod evidence;
pub mod files;
pub mod finding;
pub mod format;
pub mod kind;
pub mod limits;
pub mod net;
pub mod origin;
pub mod policy;
pub mod source;
pub mod stream;
pub mod telemetry;
pub mod text;
pub mod time;
