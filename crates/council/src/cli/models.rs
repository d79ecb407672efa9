//! `council models`: what is installed, what is broken, what could be had.

use super::Context;
use crate::app::open_library;
use crate::exit::{CommandError, Exit};
use crate::output::{self, Output, notice, table};
use clap::Args;
use council_models::catalog::{CatalogEntry, Recommendation};
use council_models::embed::install as embedder;
use council_models::hardware::Hardware;
use council_models::library::{InstalledModel, Library};
use serde_json::{Value, json};
use std::io::Write;

const EXAMPLES: &str = "\
Examples:
  council models                         installed models; * marks the default
  council models --available             models that `council pull` knows by name
  council models --json | jq -r '.installed[].id'";

/// Arguments of `council models`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ModelsArgs {
    /// List the models that can be pulled by name, with those that suit this machine marked
    #[arg(long)]
    available: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints the list.
pub(super) fn run(args: &ModelsArgs, context: &Context, output: &mut Output) -> Result<Exit, CommandError> {
    let library = open_library(&context.config.models_dir)?;
    let default = context.config.models.default.as_deref();
    match (args.available, args.json) {
        (false, false) => write_installed(&library, default, output)?,
        (false, true) => output.json(&installed_json(&library, default))?,
        (true, as_json) => {
            let advice = library.catalog().recommend(&Hardware::detect());
            if as_json {
                output.json(&available_json(&library, advice.as_ref()))?;
            } else {
                write_available(&library, advice.as_ref(), output)?;
            }
        }
    }
    Ok(Exit::Success)
}

/// The id of the model that answers requests that name none.
pub(super) fn default_id(installed: &[InstalledModel], configured: Option<&str>) -> Option<String> {
    configured
        .map(str::to_owned)
        .or_else(|| installed.first().map(|model| model.id.clone()))
}

fn write_installed(library: &Library, default: Option<&str>, output: &mut Output) -> std::io::Result<()> {
    let installed = library.list();
    let default = default_id(&installed, default);
    let embedder_bytes = embedder::installed_bytes(library.dir());
    let mut rows: Vec<Vec<String>> = installed
        .iter()
        .map(|model| {
            let mark = if default.as_ref() == Some(&model.id) {
                "*"
            } else {
                ""
            };
            vec![
                mark.to_owned(),
                model.id.clone(),
                output::size(model.size_bytes),
                kind(model),
                parameters(model.gguf.parameters),
                model.gguf.context_length.to_string(),
            ]
        })
        .collect();
    rows.extend(embedder_bytes.map(|bytes| {
        let row = ["", embedder::NAME, &output::size(bytes), "embedding", "", ""];
        row.map(str::to_owned).to_vec()
    }));
    if !rows.is_empty() {
        let head = ["", "MODEL", "SIZE", "TYPE", "PARAMETERS", "CONTEXT"].map(str::to_owned);
        rows.insert(0, head.to_vec());
        output.write_all(table(&rows).as_bytes())?;
    }
    if installed.is_empty() {
        notice(&format!(
            "no model is installed in {}; `council pull` fetches those that suit this machine",
            library.dir().display()
        ));
    }
    if embedder_bytes.is_none() {
        notice(&format!(
            "the embedding model is not installed, so memories are found by their words only; `council pull {}` fetches it",
            embedder::NAME
        ));
    }
    for broken in library.broken() {
        notice(&format!("broken: {}: {}", broken.id, broken.reason));
    }
    Ok(())
}

/// The type of its numbers, and whether it sees.
fn kind(model: &InstalledModel) -> String {
    let sees = if model.projector.is_some() {
        ", sees images"
    } else {
        ""
    };
    format!("{}{sees}", model.gguf.quantisation)
}

fn installed_json(library: &Library, default: Option<&str>) -> Value {
    let installed = library.list();
    let default = default_id(&installed, default);
    let models: Vec<Value> = installed
        .iter()
        .map(|model| {
            let record = library.record(&model.id);
            json!({
                "id": model.id,
                "path": model.path.display().to_string(),
                "size_bytes": model.size_bytes,
                "architecture": model.gguf.architecture,
                "quantisation": model.gguf.quantisation,
                "parameters": model.gguf.parameters,
                "context_tokens": model.gguf.context_length,
                "chat": model.gguf.chat_template.is_some(),
                "vision": model.projector.is_some(),
                "default": default.as_ref() == Some(&model.id),
                "source": record.as_ref().map(|record| record.source.clone()),
                "verified_by": record.as_ref().map(|record| record.verified_by.clone()),
            })
        })
        .collect();
    let broken: Vec<Value> = library
        .broken()
        .iter()
        .map(|model| {
            json!({ "id": model.id, "path": model.path.display().to_string(), "reason": model.reason })
        })
        .collect();
    let bytes = embedder::installed_bytes(library.dir());
    let embedder = json!({ "id": embedder::NAME, "installed": bytes.is_some(), "size_bytes": bytes });
    json!({
        "models_dir": library.dir().display().to_string(),
        "installed": models,
        "embedder": embedder,
        "broken": broken,
    })
}

/// What the catalog's entry is to this machine.
fn standing(entry: &CatalogEntry, installed: bool, advice: Option<&Recommendation>) -> &'static str {
    let Some(advice) = advice else {
        return if installed { "installed" } else { "" };
    };
    let recommended = advice.default == entry.name
        || advice.larger.as_ref() == Some(&entry.name)
        || advice.with_hub.as_ref().is_some_and(|fit| fit.name == entry.name);
    let fits = advice.fits.iter().any(|fit| fit.name == entry.name);
    match (installed, recommended, fits) {
        (true, ..) => "installed",
        (false, true, _) => "recommended",
        (false, false, true) => "",
        (false, false, false) => "needs more memory",
    }
}

fn write_available(
    library: &Library,
    advice: Option<&Recommendation>,
    output: &mut Output,
) -> std::io::Result<()> {
    let mut rows = vec![
        ["MODEL", "SIZE", "TYPE", "CONTEXT", "LICENCE", ""]
            .map(str::to_owned)
            .to_vec(),
    ];
    rows.extend(library.catalog().entries().iter().map(|entry| {
        vec![
            entry.name.clone(),
            entry
                .expected_bytes()
                .map_or_else(|| "?".to_owned(), output::size),
            entry.quantisation.clone(),
            entry.context_tokens.to_string(),
            entry.licence.clone(),
            standing(entry, library.find(&entry.name).is_some(), advice).to_owned(),
        ]
    }));
    output.write_all(table(&rows).as_bytes())
}

fn available_json(library: &Library, advice: Option<&Recommendation>) -> Value {
    let models: Vec<Value> = library
        .catalog()
        .entries()
        .iter()
        .map(|entry| {
            let installed = library.find(&entry.name).is_some();
            json!({
                "name": entry.name,
                "family": entry.family,
                "parameters": entry.parameters,
                "quantisation": entry.quantisation,
                "licence": entry.licence,
                "context_tokens": entry.context_tokens,
                "size_bytes": entry.size_bytes,
                "approximate_bytes": entry.approximate_bytes,
                "min_ram_bytes": entry.min_ram_bytes,
                "sha256": entry.sha256,
                "sources": entry.sources.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "note": entry.note,
                "installed": installed,
                "recommended": standing(entry, false, advice) == "recommended",
                "fits": advice.is_some_and(|advice| advice.fits.iter().any(|fit| fit.name == entry.name)),
            })
        })
        .collect();
    json!({ "available": models })
}

/// A number of parameters as people say it: `494M`, `1.5B`.
fn parameters(count: u64) -> String {
    match count {
        0 => "?".to_owned(),
        1_000_000_000.. => format!("{:.1}B", count as f64 / 1e9),
        1_000_000.. => format!("{:.0}M", count as f64 / 1e6),
        _ => count.to_string(),
    }
}

#[cfg(test)]
mod tests;
