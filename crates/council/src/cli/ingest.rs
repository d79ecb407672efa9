//! `council ingest`: documents into the memory, through a running server or without one.

mod progress;

use super::Context;
use super::backend::{Backend, FileResult};
use crate::exit::{CommandError, Exit};
use crate::output::{Output, notice, table};
use crate::signals::Interrupts;
use clap::Args;
use council_agent::knowledge::{Asked, Material, files};
use council_models::embed::install as embedder;
use progress::Progress;
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  council ingest notes/ paper.pdf              remember these; again: only what has changed
  council ingest src --project compiler        as part of a project
  council ingest --list                        what is remembered
  council ingest --remove notes/old.md         forget a document
Text, Markdown, HTML, PDF and source code are read. Of a directory, what is hidden or in a .gitignore is left out.";

/// Arguments of `council ingest`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct IngestArgs {
    /// Files and directories to remember
    #[arg(value_name = "PATH", required_unless_present_any = ["list", "remove"])]
    paths: Vec<PathBuf>,
    /// Project that they belong to
    #[arg(long, short, value_name = "NAME")]
    project: Option<String>,
    /// List the documents that are remembered
    #[arg(long, conflicts_with_all = ["paths", "project", "remove"])]
    list: bool,
    /// Forget this document: a path, or its name in the list
    #[arg(long, value_name = "SOURCE", conflicts_with_all = ["paths", "project"])]
    remove: Option<String>,
    /// Print JSON, one object a line
    #[arg(long)]
    json: bool,
    /// Server to use [env: COUNCIL_URL] [default: one on the configured port, if it answers]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

/// Remembers, lists or forgets.
pub(super) async fn run(
    args: IngestArgs,
    context: Context,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let found = find(args.paths.clone()).await?;
    let most_bytes = context.config.knowledge.file_bytes;
    let backend = Backend::open(args.url.as_deref(), context).await?;
    let mut interrupts = Interrupts::listen()?;
    let work = async {
        match &args.remove {
            Some(source) => remove(&backend, source, args.json, output).await,
            None if args.list => list(&backend, args.json, output).await,
            None => remember(&backend, found, &args, most_bytes, output).await,
        }
    };
    let result = tokio::select! {
        result = work => result,
        () = interrupts.next() => Err(CommandError::interrupted()),
    };
    backend.close().await;
    result
}

/// The files of all paths. A path that is not there ends the command before anything is remembered.
async fn find(paths: Vec<PathBuf>) -> Result<Vec<(PathBuf, Asked)>, CommandError> {
    let search = tokio::task::spawn_blocking(move || {
        let mut found = Vec::new();
        for path in paths {
            found.extend(files(&path)?);
        }
        Ok(found)
    });
    let found = search
        .await
        .map_err(|error| CommandError::failure(format!("the search died: {error}")))?
        .map_err(|error: council_agent::knowledge::FileError| CommandError::io(error.to_string()))?;
    let paths = found.into_iter().filter_map(|(material, asked)| match material {
        Material::File(path) => Some((path, asked)),
        Material::Bytes { .. } => None,
    });
    Ok(paths.collect())
}

async fn remember(
    backend: &Backend,
    found: Vec<(PathBuf, Asked)>,
    args: &IngestArgs,
    most_bytes: u64,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    if found.is_empty() {
        notice("no files are there");
    }
    let mut progress = Progress::new(found.len(), args.json, output);
    let mut results: Vec<FileResult> = Vec::new();
    for (path, asked) in found {
        progress.begin(&path);
        let project = args.project.as_deref();
        let result = match backend.remember_file(&path, asked, project, most_bytes).await {
            Ok(result) => result,
            Err(error) => {
                progress.end();
                return Err(error);
            }
        };
        progress.finished(&result)?;
        results.push(result);
    }
    progress.end();
    let count = |outcome: &str| results.iter().filter(|result| result.outcome == outcome).count();
    let waiting: u64 = results.iter().map(|result| result.waiting).sum();
    if args.json {
        output.json_line(&json!({
            "event": "report", "added": count("added"), "replaced": count("replaced"),
            "unchanged": count("unchanged"), "skipped": count("skipped"), "failed": count("failed"),
            "waiting": waiting,
        }))?;
    } else {
        writeln!(
            output,
            "{} added, {} replaced, {} unchanged, {} skipped, {} failed",
            count("added"),
            count("replaced"),
            count("unchanged"),
            count("skipped"),
            count("failed")
        )?;
    }
    if waiting > 0 {
        notice(&format!(
            "{waiting} parts are found by their words only until the embedder is there: run `council pull {}`",
            embedder::NAME
        ));
    }
    Ok(if count("failed") > 0 {
        Exit::Failure
    } else {
        Exit::Success
    })
}

async fn list(backend: &Backend, as_json: bool, output: &mut Output) -> Result<Exit, CommandError> {
    let documents = backend.documents().await?;
    if as_json {
        for (source, media_type, chunks) in &documents {
            output.json_line(&json!({ "source": source, "media_type": media_type, "chunks": chunks }))?;
        }
        return Ok(Exit::Success);
    }
    if documents.is_empty() {
        notice("no documents are remembered; `council ingest PATH` remembers some");
    }
    let rows = documents.into_iter().map(|(source, media_type, chunks)| {
        let parts = format!("{chunks} part{}", if chunks == 1 { "" } else { "s" });
        vec![parts, media_type, source]
    });
    write!(output, "{}", table(&rows.collect::<Vec<_>>()))?;
    Ok(Exit::Success)
}

async fn remove(
    backend: &Backend,
    source: &str,
    as_json: bool,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    for name in names_of(source) {
        let chunks = backend.forget_document(&name).await?;
        if chunks == 0 {
            continue;
        }
        if as_json {
            output.json_line(&json!({ "event": "removed", "source": name, "chunks": chunks }))?;
        } else {
            writeln!(output, "forgot {name} ({chunks} parts)")?;
        }
        return Ok(Exit::Success);
    }
    Err(CommandError::unavailable(format!(
        "`{source}` is not remembered; `council ingest --list` lists what is"
    )))
}

/// What a document may be called that is named so: as it is, or by its whole path.
fn names_of(source: &str) -> Vec<String> {
    let path = Path::new(source);
    let whole = path.canonicalize().or_else(|_| {
        // Of a file that is gone, its directory may still be there.
        let (parent, name) = (path.parent(), path.file_name());
        let parent = parent.filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new(".")).canonicalize()?;
        Ok::<_, std::io::Error>(name.map_or(parent.clone(), |name| parent.join(name)))
    });
    let whole = whole.ok().map(|path| path.display().to_string());
    let mut names = vec![source.to_owned()];
    names.extend(whole.filter(|whole| whole != source));
    names
}
