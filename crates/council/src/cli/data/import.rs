//! `council import`: adds what an export or a backup holds, or takes over the GGUF files of a directory.

use super::archive::{self, Form, Opened};
use super::export::{ADAPTERS, DATA};
use super::keeper::Keeper;
use super::{DATABASE, HISTORY, copy_private, key_of, work_dir};
use crate::cli::Context;
use crate::cli::import::models;
use crate::exit::{CommandError, Exit};
use crate::output::{Output, notice, table};
use clap::Args;
use council_store::create_private_dir;
use council_store::portable::{self, Lines};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::PathBuf;

/// Arguments of `council import`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ImportArgs {
    /// An export or a backup of Council, whose conversations, memories and so on are added to those that are here; or a directory
    /// with GGUF files, in which models are looked for and linked to, not copied
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Verify it and count what would be added, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Server to ask [env: COUNCIL_URL] [default: the data directory, or the server that uses it]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

/// Adds what is there.
pub(in crate::cli) async fn run(
    args: ImportArgs,
    context: Context,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let Some(opened) = archive::open(&args.path, &context.config.data_dir)? else {
        if args.dry_run {
            let message = format!(
                "{} is no export of council; models are taken over without --dry-run",
                args.path.display()
            );
            return Err(CommandError::usage(message));
        }
        return models(args.path, &context, output).await;
    };
    let keeper = Keeper::to_change(args.url.as_deref(), &context).await?;
    let work = work_dir(&context.config.data_dir)?;
    let database = match &opened.manifest {
        Some(manifest) if manifest.format == Form::Export => {
            let made = work.path().join(DATABASE);
            let lines = Lines {
                schema_version: manifest.schema_version,
                sequences: manifest.sequences.clone(),
                rows: manifest.rows.clone(),
            };
            // What a server is sent it encrypts itself, with a key that may not be this one.
            let key = match &keeper {
                Keeper::Here(_, key) => key_of(key).await?,
                Keeper::Server(_) => None,
            };
            portable::from_lines(&opened.dir.join(DATA), &lines, &made, key.as_ref())
                .map_err(|error| CommandError::usage(format!("{error}; nothing was changed")))?;
            made
        }
        _ => opened
            .file(DATABASE)
            .ok_or_else(|| archive::refused(&args.path, "holds no council.db"))?,
    };
    let merged = keeper.merge(&database, args.dry_run).await?;
    if !args.dry_run {
        add_files(&opened, &context)?;
    }
    let added: u64 = merged.iter().map(|merged| merged.added).sum();
    if args.json {
        let tables: Vec<Value> = merged
            .iter()
            .map(|merged| json!({"table": merged.table, "added": merged.added, "there": merged.there}))
            .collect();
        output.json(&json!({"dry_run": args.dry_run, "tables": tables}))?;
        return Ok(Exit::Success);
    }
    let mut rows = vec![vec![
        "TABLE".to_owned(),
        "ADDED".to_owned(),
        "THERE ALREADY".to_owned(),
    ]];
    rows.extend(merged.iter().map(|merged| {
        vec![
            merged.table.clone(),
            merged.added.to_string(),
            merged.there.to_string(),
        ]
    }));
    output.write_all(table(&rows).as_bytes())?;
    let done = if args.dry_run {
        "would be added to"
    } else {
        "added to"
    };
    writeln!(output, "{added} rows {done} {}", keeper.describe())?;
    Ok(Exit::Success)
}

/// What is no part of the database, where it is not here.
fn add_files(opened: &Opened, context: &Context) -> Result<(), CommandError> {
    if let Some(history) = opened.file(HISTORY) {
        let to = context.config.data_dir.join(HISTORY);
        if to.exists() {
            notice(&format!("{} is there already and stays as it is", to.display()));
        } else {
            copy_private(&history, &to)?;
        }
    }
    let adapters = opened.dir.join(ADAPTERS);
    if adapters.is_dir() {
        let folder = context.config.data_dir.join(ADAPTERS);
        create_private_dir(&folder)?;
        for entry in std::fs::read_dir(adapters)? {
            let path = entry?.path();
            if let Some(name) = path.file_name()
                && !folder.join(name).exists()
            {
                copy_private(&path, &folder.join(name))?;
            }
        }
    }
    Ok(())
}
