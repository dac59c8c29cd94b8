//! Calls that may never return.
//!
//! A transactional call of librdkafka can hang whatever timeout it is given, and closing a client waits for
//! brokers. Only another thread can notice; what hangs is left where it is, for it cannot be ended.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// No answer came in time; the thread that waits for it is left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hung;

/// What `call` returns, if it does so within `limit`.
pub fn within<T: Send + 'static>(
    limit: Duration,
    name: &str,
    call: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Hung> {
    let (sender, answer) = mpsc::sync_channel(1);
    let spawned = thread::Builder::new().name(name.to_owned()).spawn(move || {
        // Nobody listens any more after the limit.
        let _ = sender.send(call());
    });
    if let Err(error) = spawned {
        tracing::error!(%error, name, "no thread for a call of the Kafka client");
        return Err(Hung);
    }
    answer.recv_timeout(limit).map_err(|_| Hung)
}

/// Drops `client`, elsewhere if that takes longer than `limit`.
pub fn drop_within(limit: Duration, name: &str, client: impl Send + 'static) {
    if within(limit, name, move || drop(client)).is_err() {
        tracing::warn!(name, "a Kafka client does not close; it is left behind");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_hangs_is_left_behind() {
        let hung = within(Duration::from_millis(1), "hangs", || thread::sleep(Duration::from_mins(10)));
        assert_eq!(hung, Err(Hung));
        assert_eq!(within(Duration::from_mins(1), "answers", || 7), Ok(7));
    }
}
