//! Curated files → checked values; every mistake at once, with file and line.
//!
//! **In:** `crawler-config/` and `index/`, or the copies compiled in. **Out:** settings, portals, categories.
//! **Never:** network, clock.
