//! `council pull`: brings models onto this machine.

mod progress;

use super::Context;
use crate::app::{open_library, pull_options};
use crate::exit::{CommandError, Exit};
use crate::output::Output;
use crate::signals::Interrupts;
use clap::Args;
use council_models::embed::install as embedder;
use council_models::hardware::Hardware;
use council_models::library::Library;
use council_models::pull::{PullError, PullEvent, PullOptions, PullTarget, VerifiedBy, pull};
use progress::Progress;
use std::convert::Infallible;
use std::path::PathBuf;
use tokio_util::sync::CancellationToken;

const EXAMPLES: &str = "\
Examples:
  council pull                                     the set that suits this machine
  council pull qwen2.5-coder-0.5b-instruct         by name (see `council models --available`)
  council pull all-minilm-l6-v2                    the embedding model, for memory
  council pull hf:owner/repo/model-q4_k_m.gguf     a file on the Hugging Face hub
  council pull https://example.org/model.gguf
  council pull ./model.gguf                        a copy of a local file
An interrupted pull continues where it stopped.";

/// Arguments of `council pull`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct PullArgs {
    /// What to fetch: catalog names, `hf:owner/repo/file.gguf`, URLs or paths
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Fetch the whole default set, even what is large for this machine's memory
    #[arg(long, conflicts_with_all = ["names", "default_only"])]
    all_defaults: bool,
    /// Fetch only the model that answers first
    #[arg(long, conflicts_with = "names")]
    default_only: bool,
    /// Print events as JSON, one a line
    #[arg(long)]
    json: bool,
}

/// Fetches one after the other. All are tried; the first error decides how the command ends.
pub(super) async fn run(
    args: PullArgs,
    context: &Context,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let targets = args
        .names
        .iter()
        .map(|name| PullTarget::parse(name))
        .collect::<Result<Vec<_>, _>>();
    let mut targets = targets.map_err(|error| CommandError::usage(error.to_string()))?;
    let library = open_library(&context.config.models_dir)?;
    if targets.is_empty() {
        targets = default_set(&library, &args)?
            .into_iter()
            .map(PullTarget::Name)
            .collect();
    }
    let options = pull_options(&context.config.pull, &context.gate().await?)?;
    let mut interrupts = Interrupts::listen()?;
    let cancel = CancellationToken::new();
    let mut first_error = None;
    for target in targets {
        let name = name_of(&target);
        let mut progress = Progress::new(name, args.json, output);
        let mut on_event = |event| progress.show(&event);
        let pulling = pull_any(&library, &target, &options, &mut on_event, cancel.clone());
        let result = tokio::select! {
            result = pulling => result,
            never = cancel_on_interrupt(&mut interrupts, &cancel) => match never {},
        };
        progress.end();
        match result {
            Ok(pulled) => progress.installed(&pulled)?,
            Err(error) => {
                progress.failed(&error)?;
                first_error.get_or_insert(error);
                if cancel.is_cancelled() {
                    break;
                }
            }
        }
    }
    first_error.map_or(Ok(Exit::Success), |error| Err(pull_error(&error)))
}

/// Cancels the pull, which then ends in good order and keeps what it has, at the first Ctrl-C.
async fn cancel_on_interrupt(interrupts: &mut Interrupts, cancel: &CancellationToken) -> Infallible {
    interrupts.next().await;
    cancel.cancel();
    std::future::pending().await
}

/// What suits this machine: the model that answers first, the embedder and, where memory allows it, the larger model.
fn default_set(library: &Library, args: &PullArgs) -> Result<Vec<String>, CommandError> {
    let catalog = library.catalog();
    let mut hardware = Hardware::detect();
    let advice = catalog.recommend(&hardware);
    let advice =
        advice.ok_or_else(|| CommandError::usage("the catalog has no chat models; name what to pull"))?;
    let larger = if args.all_defaults {
        hardware.available_memory_bytes = u64::MAX;
        catalog.recommend(&hardware).and_then(|advice| advice.larger)
    } else {
        advice.larger.filter(|_| !args.default_only)
    };
    let embedder = (!args.default_only).then(|| embedder::NAME.to_owned());
    Ok(std::iter::once(advice.default)
        .chain(embedder)
        .chain(larger)
        .collect())
}

/// Pulls a language model, or the embedder where its name is asked for.
async fn pull_any(
    library: &Library,
    target: &PullTarget,
    options: &PullOptions,
    on_event: &mut (dyn FnMut(PullEvent) + Send),
    cancel: CancellationToken,
) -> Result<Pulled, PullError> {
    if matches!(target, PullTarget::Name(name) if name == embedder::NAME) {
        let installed = embedder::pull(library.dir(), options, on_event, cancel).await?;
        return Ok(Pulled {
            id: embedder::NAME.to_owned(),
            path: installed.dir,
            size_bytes: installed.size_bytes,
            verified_by: VerifiedBy::Catalog.as_str().to_owned(),
            already_installed: installed.already_installed,
        });
    }
    let pulled = pull(library, target, options, on_event, cancel).await?;
    Ok(Pulled {
        id: pulled.model.id,
        path: pulled.model.path,
        size_bytes: pulled.model.size_bytes,
        verified_by: pulled.record.verified_by,
        already_installed: pulled.already_installed,
    })
}

/// What is installed now.
struct Pulled {
    id: String,
    path: PathBuf,
    size_bytes: u64,
    verified_by: String,
    already_installed: bool,
}

/// What a target is called in progress lines.
fn name_of(target: &PullTarget) -> String {
    let last = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    match target {
        PullTarget::Name(name) => name.clone(),
        PullTarget::Hub { file, .. } => last(file),
        PullTarget::Url(url) => last(url),
        PullTarget::File(path) => last(&path.display().to_string()),
    }
}

fn pull_error(error: &PullError) -> CommandError {
    let message = error.to_string();
    match error {
        PullError::Target(_) | PullError::UnknownName { .. } | PullError::Split { .. } => {
            CommandError::usage(message)
        }
        PullError::Busy { .. } | PullError::AllFailed { .. } => CommandError::unavailable(message),
        PullError::Occupied { .. } => CommandError::failure(message),
        PullError::DiskFull { .. } | PullError::Io { .. } => CommandError::io(message),
        PullError::Cancelled { .. } => CommandError {
            exit: Exit::Interrupted,
            message,
        },
    }
}
