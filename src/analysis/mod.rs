//! Folded text → terms: the word lane, the character lane.
//!
//! **In:** folded text, the dictionary. **Out:** terms with positions. **Never:** disk, tantivy.
