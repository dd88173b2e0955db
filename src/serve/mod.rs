//! HTTP: the API and the pages.
//!
//! **In:** requests. **Out:** JSON, HTML. **Never:** writes to archive, catalogue or index.
