//! Documents → searchable segments; generations and their swap.
//!
//! **In:** documents. **Out:** a generation under `data/index`. **Never:** network; it does not keep texts.
