//! `council data`: the database encrypted, with another key, or not encrypted any more.

use super::{DATABASE, HISTORY, key_of, not_opened, private_file, unreadable, unwritable};
use crate::app::StartError;
use crate::cli::Context;
use crate::config::encryption::{KeyProblem, key_of_file, new_passphrase, passphrase_of_file};
use crate::exit::{CommandError, Exit};
use crate::output::{Output, notice, size};
use clap::{Args, Subcommand};
use council_store::encryption::{Converted, convert, plain_copies};
use council_store::{Key, backup, create_private_dir, key};
use serde_json::json;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Arguments of `council data`.
#[derive(Debug, Args)]
pub(in crate::cli) struct DataArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Encrypt the database with the key that the configuration names; stop the server first
    Encrypt(ConvertArgs),
    /// Have the database not encrypted any more; stop the server first
    Decrypt(ConvertArgs),
    /// Change the key or the passphrase of the database; stop the server first
    Rekey(RekeyArgs),
    /// Say whether the database and its copies are encrypted
    Status(StatusArgs),
    /// Write a new key to a file that only its owner can read
    NewKey(NewKeyArgs),
}

#[derive(Debug, Args)]
struct ConvertArgs {
    /// Remove copies from before migrations and restores that are of another form
    #[arg(long)]
    remove_copies: bool,
}

#[derive(Debug, Args)]
struct RekeyArgs {
    /// The new key is in this file
    #[arg(long, value_name = "FILE", conflicts_with = "new_passphrase_file")]
    new_key_file: Option<PathBuf>,
    /// The new passphrase is in this file [default: it is asked for, twice]
    #[arg(long, value_name = "FILE")]
    new_passphrase_file: Option<PathBuf>,
    /// Remove copies from before migrations and restores that the new key does not open
    #[arg(long)]
    remove_copies: bool,
}

#[derive(Debug, Args)]
struct StatusArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct NewKeyArgs {
    /// The file, which must not be there
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Does it.
pub(in crate::cli) async fn run(
    args: DataArgs,
    context: Context,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    match args.action {
        Action::Encrypt(args) => encrypt(&args, &context, output).await,
        Action::Decrypt(args) => decrypt(&args, &context, output).await,
        Action::Rekey(args) => rekey(args, &context, output).await,
        Action::Status(args) => status(&args, &context, output),
        Action::NewKey(args) => new_key(&args.file, output),
    }
}

async fn encrypt(args: &ConvertArgs, context: &Context, output: &mut Output) -> Result<Exit, CommandError> {
    let database = present(context)?;
    require_mode(context, "encrypt it with")?;
    if is_encrypted(&database)? {
        let message = format!(
            "{} is encrypted already; `council data rekey` changes its key",
            database.display()
        );
        return Err(CommandError::usage(message));
    }
    let source = context.config.database_key.clone();
    let to = blocking(move || source.get_new()).await?;
    let converted = converted(context, None, to).await?;
    let what = context.config.database_key.describe();
    writeln!(
        output,
        "{}: encrypted with {what}, {}",
        converted.database.display(),
        size(converted.bytes)
    )?;
    copies(
        &converted,
        args.remove_copies,
        "can still be read by anybody who has them",
        output,
    )?;
    let history = context.config.data_dir.join(HISTORY);
    if history.is_file() {
        notice(&format!(
            "{} is not encrypted: it has what was typed in `council chat` so far, and no more is written to it; remove it \
             when you do not need it",
            history.display()
        ));
    }
    notice("without the key, nobody can read the database again: keep a copy of it somewhere else");
    Ok(Exit::Success)
}

async fn decrypt(args: &ConvertArgs, context: &Context, output: &mut Output) -> Result<Exit, CommandError> {
    let database = present(context)?;
    if !is_encrypted(&database)? {
        return Err(CommandError::usage(format!(
            "{} is not encrypted",
            database.display()
        )));
    }
    require_mode(context, "open it with")?;
    let from = key_of(&context.config.database_key).await?;
    let converted = converted(context, from, None).await?;
    writeln!(
        output,
        "{}: not encrypted any more, {}; set `encryption.mode` to \"off\"",
        converted.database.display(),
        size(converted.bytes)
    )?;
    copies(&converted, args.remove_copies, "still need the key", output)?;
    Ok(Exit::Success)
}

async fn rekey(args: RekeyArgs, context: &Context, output: &mut Output) -> Result<Exit, CommandError> {
    let database = present(context)?;
    if !is_encrypted(&database)? {
        let message = format!(
            "{} is not encrypted; `council data encrypt` encrypts it",
            database.display()
        );
        return Err(CommandError::usage(message));
    }
    require_mode(context, "open it with")?;
    let from = key_of(&context.config.database_key).await?;
    let environment = context.environment.clone();
    let (key_file, passphrase_file) = (args.new_key_file.clone(), args.new_passphrase_file.clone());
    let to = blocking(move || match (key_file, passphrase_file) {
        (Some(file), _) => key_of_file(&file, &environment),
        (None, Some(file)) => passphrase_of_file(&file, &environment),
        (None, None) => new_passphrase(&environment),
    })
    .await?;
    let converted = converted(context, from, to).await?;
    let setting = match (&args.new_key_file, &args.new_passphrase_file) {
        (Some(file), _) => format!(
            "set `encryption.mode` to \"key_file\" and `encryption.key_file` to {}",
            file.display()
        ),
        (None, Some(file)) => format!(
            "set `encryption.mode` to \"passphrase\" and `encryption.passphrase_file` to {}",
            file.display()
        ),
        (None, None) => "set `encryption.mode` to \"passphrase\", and change COUNCIL_PASSPHRASE or \
                         `encryption.passphrase_file` where one is used"
            .to_owned(),
    };
    writeln!(
        output,
        "{}: encrypted anew, {}; {setting}",
        converted.database.display(),
        size(converted.bytes)
    )?;
    copies(
        &converted,
        args.remove_copies,
        "are not opened by the new key, but by the one that they were made with",
        output,
    )?;
    Ok(Exit::Success)
}

fn status(args: &StatusArgs, context: &Context, output: &mut Output) -> Result<Exit, CommandError> {
    let dir = &context.config.data_dir;
    let database = dir.join(DATABASE);
    let configured = &context.config.database_key;
    let encrypted = database.is_file().then(|| is_encrypted(&database)).transpose()?;
    let plain = if dir.is_dir() {
        plain_copies(dir).map_err(|error| unreadable(dir, &error))?
    } else {
        Vec::new()
    };
    if args.json {
        let plain: Vec<String> = plain.iter().map(|path| path.display().to_string()).collect();
        output.json(&json!({
            "database": database.display().to_string(), "encrypted": encrypted, "mode": configured.mode(),
            "plain_copies": plain,
        }))?;
        return Ok(Exit::Success);
    }
    let what = match encrypted {
        None => "not there yet",
        Some(true) => "encrypted",
        Some(false) => "not encrypted",
    };
    writeln!(
        output,
        "{}: {what}; `encryption.mode`: {}",
        database.display(),
        configured.mode()
    )?;
    for copy in plain {
        writeln!(output, "{}: not encrypted", copy.display())?;
    }
    Ok(Exit::Success)
}

fn new_key(file: &Path, output: &mut Output) -> Result<Exit, CommandError> {
    if let Some(dir) = file.parent().filter(|dir| !dir.as_os_str().is_empty()) {
        create_private_dir(dir).map_err(|error| unwritable(dir, &error))?;
    }
    let digits = Key::random_hex().map_err(|error| CommandError::failure(error.to_string()))?;
    let written = private_file()
        .open(file)
        .and_then(|mut file| writeln!(file, "{}", digits.expose()).and_then(|()| file.sync_all()));
    written.map_err(|error| unwritable(file, &error))?;
    writeln!(
        output,
        "{}: a new key; keep a copy of it somewhere else, set `encryption.mode` to \"key_file\" and `encryption.key_file` to \
         this file, and run `council data encrypt`",
        file.display()
    )?;
    Ok(Exit::Success)
}

/// The database, which must be there and the only thing that is kept.
fn present(context: &Context) -> Result<PathBuf, CommandError> {
    let database = context.config.data_dir.join(DATABASE);
    if database.is_file() {
        return Ok(database);
    }
    Err(CommandError::usage(format!(
        "there is no {}; with `encryption.mode` set, it is encrypted from its beginning",
        database.display()
    )))
}

/// Nobody encrypts or opens a database without a key.
fn require_mode(context: &Context, what: &str) -> Result<(), CommandError> {
    if context.config.database_key.is_on() {
        return Ok(());
    }
    Err(CommandError::usage(format!(
        "`encryption.mode` is \"off\", so that there is nothing to {what}; set it to \"key_file\" or \"passphrase\""
    )))
}

fn is_encrypted(database: &Path) -> Result<bool, CommandError> {
    key::is_encrypted(database).map_err(|error| unreadable(database, &error))
}

async fn converted(context: &Context, from: Option<Key>, to: Option<Key>) -> Result<Converted, CommandError> {
    let dir = context.config.data_dir.clone();
    let done = tokio::task::spawn_blocking(move || convert(&dir, from.as_ref(), to.as_ref())).await;
    done.map_err(|error| CommandError::failure(error.to_string()))?
        .map_err(not_opened)
}

async fn blocking(
    find: impl FnOnce() -> Result<Option<Key>, KeyProblem> + Send + 'static,
) -> Result<Option<Key>, CommandError> {
    let found = tokio::task::spawn_blocking(find).await;
    let found = found.map_err(|error| CommandError::failure(error.to_string()))?;
    found.map_err(|problem| StartError::Key(problem).into())
}

/// Removes the copies of before, or names them.
fn copies(converted: &Converted, remove: bool, why: &str, output: &mut Output) -> Result<(), CommandError> {
    for copy in &converted.other_copies {
        if remove {
            backup::remove_copy(copy).map_err(|error| unwritable(copy, &error))?;
            writeln!(output, "removed {}", copy.display())?;
        }
    }
    if !remove && !converted.other_copies.is_empty() {
        notice(&format!(
            "copies beside it {why}; remove them when you do not need them:"
        ));
        for copy in &converted.other_copies {
            notice(&format!("  rm {}", copy.display()));
        }
    }
    Ok(())
}
