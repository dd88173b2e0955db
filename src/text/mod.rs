//! The fold: one spelling for everything that is compared, with a map back to the original.
//!
//! **In:** text as published or typed. **Out:** folded text with offsets, sentences, numerals.
//! **Never:** any other part, any input or output.
