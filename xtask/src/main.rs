//! Repository checks and generators: `cargo xtask tidy`.

mod tidy;

use std::io::Write;
use std::process::ExitCode;

const USAGE: &str =
    "usage: cargo xtask tidy   check what the compiler and clippy do not: crate edges, file shapes";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut stderr = std::io::stderr();
    match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["tidy"] => match tidy::check() {
            Ok(problems) if problems.is_empty() => ExitCode::SUCCESS,
            Ok(problems) => {
                for problem in problems {
                    let _ = writeln!(stderr, "{problem}");
                }
                ExitCode::FAILURE
            }
            Err(error) => {
                let _ = writeln!(stderr, "tidy cannot look at the workspace: {error}");
                ExitCode::FAILURE
            }
        },
        _ => {
            let _ = writeln!(stderr, "{USAGE}");
            ExitCode::from(64)
        }
    }
}
