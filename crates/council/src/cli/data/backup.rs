//! `council backup`: everything that is kept in one archive, consistent while a server runs.

use super::archive::{self, Form, Manifest};
use super::keeper::{Keeper, not_taken};
use super::{DATABASE, HISTORY, copy_private, key_of_copy, not_opened, parent, work_dir};
use crate::cli::Context;
use crate::exit::{CommandError, Exit};
use crate::output::{Output, notice, size};
use clap::Args;
use council_store::create_private_dir;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Where keys and configuration are in an archive.
pub(super) const SECRETS: &str = "secrets";

/// Arguments of `council backup`.
#[derive(Debug, Args)]
pub(in crate::cli) struct BackupArgs {
    /// Archive to write, such as council-2026-11-22.zip; only its owner can read it
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Also the keys of providers and the configuration file, which may hold passwords
    #[arg(long)]
    with_secrets: bool,
    /// Not encrypted, also where the database is: whoever has the archive can read it
    #[arg(long)]
    plain: bool,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Server to ask [env: COUNCIL_URL] [default: the data directory]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

/// Makes the archive.
pub(in crate::cli) async fn run(
    args: BackupArgs,
    context: Context,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    archive::check_free(&args.file, args.force)?;
    let keeper = Keeper::to_read(args.url.as_deref(), &context).await?;
    let work = work_dir(parent(&args.file))?;
    let folder = work.path().join("files");
    create_private_dir(&folder)?;
    let database = folder.join(DATABASE);
    keeper.copy(&database).await?;
    let mut key = key_of_copy(&database, &context).await?;
    if args.plain && key.is_some() {
        council_store::encryption::recode(&database, key.as_ref(), None).map_err(not_opened)?;
        key = None;
    }
    let seen = council_store::backup::inspect(&database, key.as_ref()).map_err(|error| not_taken(&error))?;
    add_history(&context, &folder)?;
    if args.with_secrets {
        add_secrets(&context, &folder.join(SECRETS))?;
    }
    warn_of_postgres(&context);
    let rows = BTreeMap::from([
        ("conversations".to_owned(), seen.conversations),
        ("memories".to_owned(), seen.memories),
    ]);
    let manifest = archive::seal(&folder, Manifest::new(Form::Backup, seen.schema_version, rows))?;
    let bytes = archive::pack(&folder, &manifest, &args.file)?;
    keeper.note_made();
    if args.json {
        output
            .json(&json!({"file": args.file.display().to_string(), "bytes": bytes, "manifest": manifest}))?;
    } else {
        writeln!(
            output,
            "{}: {}, {} conversations, {} memories, of {}",
            args.file.display(),
            size(bytes),
            seen.conversations,
            seen.memories,
            keeper.describe()
        )?;
    }
    Ok(Exit::Success)
}

/// What was typed in `council chat`.
pub(super) fn add_history(context: &Context, folder: &Path) -> Result<(), CommandError> {
    let history = context.config.data_dir.join(HISTORY);
    if history.is_file() {
        copy_private(&history, &folder.join(HISTORY))?;
    }
    Ok(())
}

/// The keys of providers and the configuration file, where there are any.
fn add_secrets(context: &Context, folder: &Path) -> Result<(), CommandError> {
    create_private_dir(folder)?;
    if let Some(file) = &context.config.file {
        copy_private(file, &folder.join("council.toml"))?;
    }
    let keys = context.config.data_dir.join("keys");
    if keys.is_dir() {
        create_private_dir(&folder.join("keys"))?;
        for entry in std::fs::read_dir(&keys)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "key")
                && let Some(name) = path.file_name()
            {
                copy_private(&path, &folder.join("keys").join(name))?;
            }
        }
    }
    Ok(())
}

/// What is elsewhere is in no copy of the file.
pub(super) fn warn_of_postgres(context: &Context) {
    if context.config.database_url.is_some() {
        notice(
            "conversations, memories, receipts and settings are in the shared database and not in this archive: copy them with \
             pg_dump",
        );
        return;
    }
    if context.config.memory.postgres_url.is_some() {
        notice(
            "the memories are in PostgreSQL and not in this archive: copy them with pg_dump, or with `council memory export`",
        );
    }
}
