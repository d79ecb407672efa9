//! Does what a plan says: directories, files, then systemd's or launchd's own command.

use super::plan::Plan;
use crate::exit::CommandError;
use crate::output::Output;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::Stdio;

/// Does it, and says what was written.
pub(super) async fn carry_out(plan: &Plan, output: &mut Output) -> Result<(), CommandError> {
    for dir in &plan.private_dirs {
        // Not by the same call, which would make the directories above it private too.
        make_parent(dir)?;
        council_store::create_private_dir(dir).map_err(|error| cannot("make", dir, &error))?;
    }
    for (path, text) in &plan.files {
        make_parent(path)?;
        std::fs::write(path, text).map_err(|error| cannot("write", path, &error))?;
        writeln!(output, "wrote {}", path.display())?;
    }
    for step in &plan.commands {
        match call(&step.words).await {
            Ok(_) => {}
            Err(said) if step.may_fail => tracing::info!("{said}"),
            Err(said) => return Err(CommandError::unavailable(said)),
        }
    }
    for path in &plan.removed {
        std::fs::remove_file(path).map_err(|error| cannot("remove", path, &error))?;
        writeln!(output, "removed {}", path.display())?;
    }
    for words in &plan.after {
        call(words).await.map_err(CommandError::unavailable)?;
    }
    Ok(())
}

/// The first line that a command says, also where it fails: `inactive` is an answer.
pub(super) async fn ask(words: &[String]) -> String {
    let said = match call(words).await {
        Ok(said) | Err(said) => said,
    };
    said.lines().next().unwrap_or("unknown").to_owned()
}

fn make_parent(path: &Path) -> Result<(), CommandError> {
    let parent = path.parent().unwrap_or(path);
    std::fs::create_dir_all(parent).map_err(|error| cannot("make", parent, &error))
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> CommandError {
    let remedy = match error.kind() {
        ErrorKind::PermissionDenied => {
            "; the service of the whole machine needs root: `sudo council service …`"
        }
        _ => "",
    };
    CommandError::io(format!("cannot {what} {}: {error}{remedy}", path.display()))
}

/// What the command said on standard output; or, where it failed, what it said at all.
#[expect(
    clippy::disallowed_methods,
    reason = "the system's own command starts the service; a person asked for it on the command line"
)]
async fn call(words: &[String]) -> Result<String, String> {
    let (program, arguments) = words.split_first().ok_or_else(|| "no command".to_owned())?;
    let done = tokio::process::Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => format!(
                "`{program}` is not installed: this machine starts its services in another way; `council serve` \
                 is what it has to start"
            ),
            _ => format!("`{program}` cannot be started: {error}"),
        })?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    let (said, complained) = (text(&done.stdout), text(&done.stderr));
    if done.status.success() {
        return Ok(said);
    }
    match (said.is_empty(), complained.is_empty()) {
        (false, _) => Err(said),
        (true, false) => Err(format!("`{}` failed: {complained}", words.join(" "))),
        (true, true) => Err(format!("`{}` failed: {}", words.join(" "), done.status)),
    }
}
