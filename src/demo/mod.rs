//! The sample portal that `gongkai demo` harvests.
//!
//! **In:** data files under `tests/portal/`. **Out:** answers on a loopback address. **Never:** any other network.
