//! `council engine`: the worker process of one model. Hidden: the supervisor starts it.

use std::process::ExitCode;

/// Serves one model over standard input until that closes.
#[cfg(feature = "llama")]
pub(super) fn run() -> ExitCode {
    council_models::engine::run_worker()
}

/// Says that there is no engine in this binary.
#[cfg(not(feature = "llama"))]
pub(super) fn run() -> ExitCode {
    crate::output::notice(
        "council: this binary was built without llama.cpp, so it cannot run local models; build it with the \
         feature `llama` (`cargo build --release --package council`)",
    );
    crate::exit::Exit::Unavailable.into()
}
