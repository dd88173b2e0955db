//! The program `gongkai`: everything happens in [`gongkai::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    gongkai::cli::main()
}
