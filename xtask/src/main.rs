//! Repository checks and generators: `cargo xtask tidy`.

mod tidy;

use std::io::Write;
use std::process::ExitCode;

const USAGE: &str =
    "usage: cargo xtask tidy   check what the compiler and clippy do not: crate edges, file shapes";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments != ["tidy"] {
        tell(USAGE);
        return ExitCode::from(64);
    }
    match tidy::check() {
        Ok(problems) => {
            for problem in &problems {
                tell(problem);
            }
            if problems.is_empty() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(error) => {
            tell(&format!("tidy cannot look at the workspace: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn tell(line: &str) {
    // Nobody is left to hear that standard error is closed.
    let _ = writeln!(std::io::stderr(), "{line}");
}
