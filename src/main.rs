//! The `tenure` program. What it can do is in `tenure::cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    tenure::cli::main()
}
