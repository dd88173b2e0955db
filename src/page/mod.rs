//! Bytes of a web page → text → a bounded tree.
//!
//! **In:** a decoded payload and its header fields. **Out:** text by the best evidence of charset, a tree that is
//! never much deeper or longer than the limits. **Never:** network, disk, clock, panics on odd bytes.

mod charset;
mod tree;

pub use charset::{CharsetEvidence, Decoded, decode};
pub use tree::{Cut, Gate, Gated, parse};
