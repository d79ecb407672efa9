//! Files that go to a program, and files that it left.

use super::source::bytes_of;
use crate::exit::CommandError;
use crate::output::{notice, size};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use std::path::{Component, Path};

/// A file as the request has it, under its own name without folders.
pub(super) fn upload(path: &Path) -> Result<Value, CommandError> {
    let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| {
        CommandError::usage(format!(
            "--file cannot be {}: it has no name in UTF-8",
            path.display()
        ))
    })?;
    Ok(json!({"name": name, "content_base64": BASE64_STANDARD.encode(bytes_of(path)?)}))
}

/// Writes what a program left below `out`; without it, says what there is.
pub(super) fn keep(artifacts: &Value, out: Option<&Path>, quiet: bool) -> Result<(), CommandError> {
    for artifact in artifacts.as_array().into_iter().flatten() {
        let name = artifact["name"].as_str().unwrap_or_default();
        let bytes = size(artifact["size"].as_u64().unwrap_or_default());
        let Some(out) = out else {
            if !quiet {
                notice(&format!("council: it left {name} ({bytes}); --out DIR keeps it"));
            }
            continue;
        };
        let path = Path::new(name);
        // The name was made by a program that nobody vouches for, and came over a network.
        if name.is_empty() || !path.components().all(|part| matches!(part, Component::Normal(_))) {
            let shown = name.escape_debug();
            return Err(CommandError::failure(format!(
                "a file that it left is called `{shown}`; it is not kept"
            )));
        }
        let data = artifact["data"].as_str().unwrap_or_default();
        let content = BASE64_STANDARD
            .decode(data)
            .map_err(|error| CommandError::failure(format!("the server sent {name} damaged: {error}")))?;
        let path = out.join(path);
        write(&path, &content)
            .map_err(|error| CommandError::io(format!("cannot write {}: {error}", path.display())))?;
        if !quiet {
            notice(&format!("council: {} ({bytes})", path.display()));
        }
    }
    Ok(())
}

fn write(path: &Path, content: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, content)
}
