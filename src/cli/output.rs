//! The only place that prints.

use std::{
    fmt::Display,
    io::{self, Write},
    sync::atomic::{AtomicBool, Ordering},
};

/// Whether lines are for a log that is read tomorrow, not for somebody who waits.
static FOR_A_LOG: AtomicBool = AtomicBool::new(false);

/// From now on every line is a log line with its time.
pub(crate) fn become_a_log() {
    FOR_A_LOG.store(true, Ordering::Relaxed);
}

/// Whether lines are log lines.
pub(crate) fn is_a_log() -> bool {
    FOR_A_LOG.load(Ordering::Relaxed)
}

/// Prints a line of the answer. A reader that went away (`| head`) is no error worth a message.
pub(crate) fn say(line: impl Display) {
    if is_a_log() {
        return tracing::info!("{line}");
    }
    let _reader_gone = writeln!(io::stdout().lock(), "{line}");
}

/// Prints a line about the work, for the person at the terminal.
pub(crate) fn note(line: impl Display) {
    if is_a_log() {
        return tracing::info!("{line}");
    }
    let _reader_gone = writeln!(io::stderr().lock(), "{line}");
}
