//! The worker process: one model, one context, continuous batching.

use std::process::ExitCode;

/// Serves one model over the socket that is this process's standard input, until it closes.
pub fn run_worker() -> ExitCode {
    todo!()
}
