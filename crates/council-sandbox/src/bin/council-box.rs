//! The helper of the sandbox by itself; the product starts `council box`, which is the same.

use std::process::ExitCode;

fn main() -> ExitCode {
    council_sandbox::run_helper()
}
