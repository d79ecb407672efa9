//! Repository checks and generators: `cargo xtask tidy`, `cargo xtask train-router`.

mod tidy;
mod train_router;

use std::io::Write;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask tidy           check what the compiler and clippy do not: crate edges, file shapes
       cargo xtask train-router   learn the weights of the classifier of queries from data/router";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["tidy"] => tidy(),
        ["train-router"] => match train_router::train() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                tell(&format!("the classifier cannot be trained: {error}"));
                ExitCode::FAILURE
            }
        },
        _ => {
            tell(USAGE);
            ExitCode::from(64)
        }
    }
}

fn tidy() -> ExitCode {
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
