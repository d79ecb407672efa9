//! What the compiler and clippy do not check: which crate may use which, and what files look like.
//!
//! - [`edges`]: the direction of dependencies
//! - [`files`]: headers, sizes, names

mod edges;
mod files;

#[cfg(test)]
mod tests;

use cargo_metadata::MetadataCommand;
use std::error::Error;

/// Everything that is wrong, one sentence each; empty when all is well.
///
/// # Errors
/// When `cargo metadata` fails or a file cannot be read.
pub(crate) fn check() -> Result<Vec<String>, Box<dyn Error>> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let metadata = MetadataCommand::new()
        .manifest_path(manifest)
        .no_deps()
        .other_options(offline())
        .exec()?;
    let mut problems = edges::check(&metadata.packages);
    problems.extend(files::check(metadata.workspace_root.as_std_path())?);
    Ok(problems)
}

/// Tidy must not depend on a network.
fn offline() -> Vec<String> {
    vec!["--offline".to_owned()]
}
