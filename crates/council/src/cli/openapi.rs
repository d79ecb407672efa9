//! `council openapi`: the document that describes the server's API.

use crate::exit::{CommandError, Exit};
use crate::output::Output;
use std::io::Write;

/// Prints the document as JSON.
pub(super) fn run(output: &mut Output) -> Result<Exit, CommandError> {
    let document = council_server::openapi()
        .and_then(|document| serde_json::to_string_pretty(&document))
        .map_err(|error| CommandError::failure(format!("cannot write the document: {error}")))?;
    writeln!(output, "{document}")?;
    Ok(Exit::Success)
}
