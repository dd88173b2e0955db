//! The program `gongkai`: everything happens in [`gongkai::cli`].

fn main() {}
