//! A bar on stderr while inputs are read.

use std::io::IsTerminal;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::files::Meter;

const REDRAW: Duration = Duration::from_millis(100);

/// Whether a bar would be seen, and would not be drawn into the output.
pub(super) fn is_seen(prints_while_reading: bool) -> bool {
    std::io::stderr().is_terminal() && !(prints_while_reading && std::io::stdout().is_terminal())
}

/// Does `work`, showing how far `meter` has come of `total` bytes.
pub(super) fn shown<T>(meter: &Meter, total: Option<u64>, seen: bool, work: impl FnOnce() -> T) -> T {
    if !seen {
        return work();
    }
    let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    if let Ok(style) = ProgressStyle::with_template(template(total)) {
        bar.set_style(style);
    }
    thread::scope(|scope| {
        let (done, waiting) = mpsc::channel::<()>();
        scope.spawn(|| {
            let waiting = waiting;
            while waiting.recv_timeout(REDRAW) == Err(RecvTimeoutError::Timeout) {
                bar.set_position(meter.bytes_read());
            }
            bar.finish_and_clear();
        });
        let result = work();
        drop(done);
        result
    })
}

fn template(total: Option<u64>) -> &'static str {
    if total.is_some() { "{bar:40} {bytes} of {total_bytes}, {eta} left" } else { "{spinner} {bytes} read" }
}
