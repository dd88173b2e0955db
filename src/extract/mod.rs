//! A capture with its context → documents and warnings.
//!
//! **In:** one capture, its portal, the category rules. **Out:** documents whose every field names its evidence.
//! **Never:** network, disk, clock, panics on broken pages.
