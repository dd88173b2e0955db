//! One file per command; the only joiner of parts, the only clock and stdout.
