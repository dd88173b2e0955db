//! WARC 1.1: append, find, verify, import, export. The truth everything else is made from.
//!
//! **In:** captures, outcomes, imported records. **Out:** the same, byte for byte. **Never:** network, clock.
