//! The only place that prints.

use std::{
    fmt::Display,
    io::{self, Write},
};

/// Prints a line of the answer. A reader that went away (`| head`) is no error worth a message.
pub(crate) fn say(line: impl Display) {
    let _reader_gone = writeln!(io::stdout().lock(), "{line}");
}

/// Prints a line about the work, for the person at the terminal.
pub(crate) fn note(line: impl Display) {
    let _reader_gone = writeln!(io::stderr().lock(), "{line}");
}
