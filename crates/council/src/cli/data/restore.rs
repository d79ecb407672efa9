//! `council restore`: puts back what `council backup` wrote.

use super::archive::{self, Form, Opened};
use super::backup::SECRETS;
use super::keeper::{Keeper, Restored, not_taken};
use super::{DATABASE, HISTORY, copy_private, key_of_copy, unwritable};
use crate::cli::Context;
use crate::exit::{CommandError, Exit};
use crate::output::{Output, notice, size};
use clap::Args;
use council_store::create_private_dir;
use serde_json::json;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Arguments of `council restore`.
#[derive(Debug, Args)]
pub(in crate::cli) struct RestoreArgs {
    /// An archive of `council backup`, or a database that a server gave
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Verify it and say what is in it, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Also the keys of providers and the configuration file, where the archive has them and they are not here
    #[arg(long)]
    with_secrets: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Server to ask [env: COUNCIL_URL] [default: the data directory, or the server that uses it]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

/// Verifies the archive and puts it back.
pub(in crate::cli) async fn run(
    args: RestoreArgs,
    context: Context,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let opened = archive::open(&args.file, &context.config.data_dir)?;
    let opened = opened.ok_or_else(|| archive::refused(&args.file, "is a folder without a manifest.json"))?;
    if opened
        .manifest
        .as_ref()
        .is_some_and(|manifest| manifest.format == Form::Export)
    {
        return Err(archive::refused(
            &args.file,
            "is an export and no backup: `council import` adds what is in it",
        ));
    }
    let database = opened
        .file(DATABASE)
        .ok_or_else(|| archive::refused(&args.file, "holds no council.db"))?;
    let key = key_of_copy(&database, &context).await?;
    let seen = council_store::backup::inspect(&database, key.as_ref()).map_err(|error| not_taken(&error))?;
    let made = opened
        .manifest
        .as_ref()
        .map(|manifest| manifest.created_at.clone());
    let (status, kept) = if args.dry_run {
        ("verified", None)
    } else {
        let keeper = Keeper::to_change(args.url.as_deref(), &context).await?;
        match keeper.restore(&database).await? {
            Restored::Staged => ("staged", None),
            Restored::Here(before) => {
                restore_history(&opened, &context)?;
                ("restored", before)
            }
        }
    };
    if args.with_secrets && !args.dry_run {
        restore_secrets(&opened, &context)?;
    }
    if args.json {
        output.json(&json!({
            "status": status, "created_at": made, "schema_version": seen.schema_version,
            "conversations": seen.conversations, "memories": seen.memories, "size_bytes": seen.size_bytes,
            "kept": kept.map(|path| path.display().to_string()),
        }))?;
        return Ok(Exit::Success);
    }
    writeln!(
        output,
        "{}: whole, {}{}, schema version {}, {} conversations, {} memories",
        args.file.display(),
        made.map_or_else(String::new, |made| format!("made {made}, ")),
        size(seen.size_bytes),
        seen.schema_version,
        seen.conversations,
        seen.memories
    )?;
    match (status, kept) {
        ("verified", _) => writeln!(output, "nothing was changed")?,
        ("staged", _) => writeln!(
            output,
            "it takes the place of the database when the server starts the next time; the present one is kept"
        )?,
        (_, Some(kept)) => writeln!(
            output,
            "put back; what was there before is kept as {}",
            kept.display()
        )?,
        (_, None) => writeln!(output, "put back")?,
    }
    Ok(Exit::Success)
}

/// The chat history, which a running program may write to: what is there is kept beside it.
fn restore_history(opened: &Opened, context: &Context) -> Result<(), CommandError> {
    let Some(history) = opened.file(HISTORY) else {
        return Ok(());
    };
    let to = context.config.data_dir.join(HISTORY);
    if to.exists() {
        let before = context.config.data_dir.join("chat-history.before-restore.txt");
        std::fs::rename(&to, &before).map_err(|error| unwritable(&before, &error))?;
    }
    copy_private(&history, &to)
}

/// Keys and configuration, where none is here.
fn restore_secrets(opened: &Opened, context: &Context) -> Result<(), CommandError> {
    let folder = opened.dir.join(SECRETS);
    if !folder.is_dir() {
        notice("the archive holds no keys and no configuration: it was made without --with-secrets");
        return Ok(());
    }
    let keys = context.config.data_dir.join("keys");
    create_private_dir(&keys)?;
    if folder.join("keys").is_dir() {
        for entry in std::fs::read_dir(folder.join("keys"))? {
            let path = entry?.path();
            if let Some(name) = path.file_name() {
                unless_there(&path, &keys.join(name))?;
            }
        }
    }
    let configuration = folder.join("council.toml");
    if configuration.is_file() {
        match &context.config.file {
            Some(file) => notice(&format!("{} is there already and stays as it is", file.display())),
            None => unless_there(
                &configuration,
                &context.config.data_dir.join("council.toml.restored"),
            )?,
        }
    }
    Ok(())
}

fn unless_there(from: &Path, to: &Path) -> Result<(), CommandError> {
    if to.exists() {
        notice(&format!("{} is there already and stays as it is", to.display()));
        return Ok(());
    }
    copy_private(from, to)?;
    notice(&format!("put back: {}", to.display()));
    Ok(())
}
