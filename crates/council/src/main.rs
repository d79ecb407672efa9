//! The `council` command.

use council::environment::Environment;
use std::process::ExitCode;

fn main() -> ExitCode {
    council::cli::main(std::env::args_os(), Environment::of_process())
}
