//! `council export`: everything that is kept, in forms that any program reads.

use super::archive::{self, Form, Manifest};
use super::backup::{add_history, warn_of_postgres};
use super::keeper::Keeper;
use super::{
    DATABASE, copy_private, key_of_copy, markdown, not_opened, parent, private_file, unwritable, work_dir,
};
use crate::cli::Context;
use crate::exit::{CommandError, Exit};
use crate::output::{Output, size};
use clap::Args;
use council_store::{Store, create_private_dir, portable};
use serde_json::json;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Folders of an export.
pub(super) const DATA: &str = "data";
pub(super) const ADAPTERS: &str = "adapters";
const MARKDOWN: &str = "markdown";

/// What stands in the folder, for who finds it without this program.
const README: &str = include_str!("export/README.md");

/// Arguments of `council export`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ExportArgs {
    /// Folder to make, or archive where the name ends in .zip; only its owner can read it
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Replace an archive that is there
    #[arg(long)]
    force: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Server to ask [env: COUNCIL_URL] [default: the data directory]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

/// Makes the folder or archive.
pub(in crate::cli) async fn run(
    args: ExportArgs,
    context: Context,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    archive::check_free(&args.path, args.force)?;
    let is_archive = args
        .path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
    let keeper = Keeper::to_read(args.url.as_deref(), &context).await?;
    let work = work_dir(parent(&args.path))?;
    let (copy, folder) = (work.path().join("copy"), work.path().join("files"));
    for dir in [&copy, &folder, &folder.join(DATA), &folder.join(MARKDOWN)] {
        create_private_dir(dir)?;
    }
    keeper.copy(&copy.join(DATABASE)).await?;
    // The copy becomes one of the present schema, whatever it was.
    let key = key_of_copy(&copy.join(DATABASE), &context).await?;
    let opening = key.clone();
    let opened = tokio::task::spawn_blocking(move || Store::open_with(&copy, opening.as_ref())).await;
    let store = opened
        .map_err(|error| CommandError::failure(error.to_string()))?
        .map_err(not_opened)?;
    let conversations = markdown::write(&store, &folder.join(MARKDOWN)).await?;
    let database = store.path().to_owned();
    drop(store);
    let lines = portable::to_lines(&database, key.as_ref(), &folder.join(DATA))
        .map_err(|error| CommandError::io(error.to_string()))?;
    add_history(&context, &folder)?;
    add_adapters(&context.config.data_dir.join(ADAPTERS), &folder.join(ADAPTERS))?;
    warn_of_postgres(&context);
    let readme = folder.join("README.md");
    let written = private_file()
        .open(&readme)
        .and_then(|mut file| file.write_all(README.as_bytes()));
    written.map_err(|error| unwritable(&readme, &error))?;
    let mut manifest = Manifest::new(Form::Export, lines.schema_version, lines.rows);
    manifest.sequences = lines.sequences;
    let manifest = archive::seal(&folder, manifest)?;
    let bytes = if is_archive {
        archive::pack(&folder, &manifest, &args.path)?
    } else {
        if args.path.exists() {
            std::fs::remove_dir(&args.path).map_err(|error| unwritable(&args.path, &error))?;
        }
        std::fs::rename(&folder, &args.path).map_err(|error| unwritable(&args.path, &error))?;
        manifest.bytes()
    };
    if args.json {
        output
            .json(&json!({"path": args.path.display().to_string(), "bytes": bytes, "manifest": manifest}))?;
    } else {
        let rows: u64 = manifest.rows.values().sum();
        writeln!(
            output,
            "{}: {}, {rows} rows of {} tables, {conversations} conversations as Markdown, of {}",
            args.path.display(),
            size(bytes),
            manifest.rows.len(),
            keeper.describe()
        )?;
    }
    Ok(Exit::Success)
}

/// What models were taught here.
fn add_adapters(from: &Path, to: &Path) -> Result<(), CommandError> {
    if !from.is_dir() {
        return Ok(());
    }
    create_private_dir(to)?;
    for entry in std::fs::read_dir(from)? {
        let path = entry?.path();
        if let Some(name) = path.file_name()
            && path.is_file()
        {
            copy_private(&path, &to.join(name))?;
        }
    }
    Ok(())
}
