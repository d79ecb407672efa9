//! `council memory`: what is remembered, on a running server or in the data directory itself.
//!
//! - `args`: what can be typed
//! - `show`: memories for people
//! - `transfer`: exports, imports, Agent Zero's folder
//! - `forget`: forgetting by question

mod args;
mod forget;
mod show;
mod transfer;

use super::Context;
use super::place::{Place, path};
use crate::exit::{CommandError, Exit};
use crate::output::Output;
use crate::signals::Interrupts;
pub(super) use args::MemoryArgs;
use args::{Action, EditArgs, ListArgs, SaveArgs, SearchArgs};
use serde_json::{Map, Value, json};
use std::io::{IsTerminal, Read, Write};

/// Does it.
pub(super) async fn run(
    args: MemoryArgs,
    context: Context,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    // What cannot be done is said before anything is opened.
    let action = Prepared::new(args.action)?;
    let place = Place::open(args.url.as_deref(), context).await?;
    let mut interrupts = Interrupts::listen()?;
    let result = tokio::select! {
        result = act(action, &place, args.json, output) => result,
        () = interrupts.next() => Err(CommandError::interrupted()),
    };
    place.close().await;
    result
}

/// An action whose input has been read.
enum Prepared {
    Save(Value),
    Change(String, Value),
    Other(Action),
}

impl Prepared {
    fn new(action: Action) -> Result<Self, CommandError> {
        Ok(match action {
            Action::Save(args) => Self::Save(save_body(*args)?),
            Action::Edit(args) => {
                let id = args.id.clone();
                Self::Change(id, change_body(args)?)
            }
            other => Self::Other(other),
        })
    }
}

async fn act(
    action: Prepared,
    place: &Place,
    as_json: bool,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let action = match action {
        Prepared::Save(body) => {
            let saved = place.post("/v1/memory", &body).await?;
            if as_json {
                output.json_line(&saved)?;
            } else {
                writeln!(output, "{}", show::plain(&saved["id"]))?;
            }
            return Ok(Exit::Success);
        }
        Prepared::Change(id, body) => return change(place, &[id], &body, as_json, output).await,
        Prepared::Other(action) => action,
    };
    match action {
        Action::Search(args) => search(place, args, as_json, output).await,
        Action::List(args) => list(place, args, as_json, output).await,
        Action::Show { id } => {
            let memory = place.get(&path(&["v1", "memory", &id], &[])).await?;
            show::one(&memory, as_json, output)?;
            Ok(Exit::Success)
        }
        Action::Pin { ids } => change(place, &ids, &json!({"pinned": true}), as_json, output).await,
        Action::Unpin { ids } => change(place, &ids, &json!({"pinned": false}), as_json, output).await,
        Action::Delete { ids } => forget::by_id(place, &ids, as_json, output).await,
        Action::Forget(args) => forget::by_question(place, args, as_json, output).await,
        Action::History { id } => {
            let history = place.get(&path(&["v1", "memory", &id, "history"], &[])).await?;
            show::history(&history, as_json, output)?;
            Ok(Exit::Success)
        }
        Action::Undo { id } => {
            let undo = path(&["v1", "memory", &id, "undo"], &[]);
            let memory = place.post(&undo, &json!({})).await?;
            show::one(&memory, as_json, output)?;
            Ok(Exit::Success)
        }
        Action::Profile => {
            let profile = place.get("/v1/memory/profile").await?;
            show::profile(&profile, as_json, output)?;
            Ok(Exit::Success)
        }
        Action::Clusters { project, anew } => {
            let project: Vec<(&str, String)> = project.map(|name| ("project", name)).into_iter().collect();
            let clusters = path(&["v1", "memory", "clusters"], &project);
            let clusters = if anew {
                place.post(&clusters, &json!({})).await?
            } else {
                place.get(&clusters).await?
            };
            show::clusters(&clusters, as_json, output)?;
            Ok(Exit::Success)
        }
        Action::Stats => {
            let stats = place.get("/v1/memory/stats").await?;
            show::stats(&stats, as_json, output)?;
            Ok(Exit::Success)
        }
        Action::Export { file } => transfer::export(place, file.as_deref(), as_json, output).await,
        Action::Import { file } => transfer::import(place, &file, as_json, output).await,
        Action::ImportAgentZero { folder } => {
            transfer::import_agent_zero(place, &folder, as_json, output).await
        }
        Action::ExportAgentZero { folder, force } => {
            transfer::export_agent_zero(place, &folder, force, as_json, output).await
        }
        Action::Save(_) | Action::Edit(_) => Ok(Exit::Success),
    }
}

async fn search(
    place: &Place,
    args: SearchArgs,
    as_json: bool,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let which = args.which;
    let one = |value: &Option<String>| value.as_ref().map(|value| json!([value]));
    let filters = fields([
        ("kinds", one(&which.kind)),
        ("areas", one(&which.area)),
        ("tags", one(&which.tag)),
        ("since", args.since.map(Value::from)),
        ("until", args.until.map(Value::from)),
        ("source", which.source.map(Value::from)),
        ("quarantined", which.quarantined.then_some(json!(true))),
        ("retired", which.retired.then_some(json!(true))),
        ("as_of", which.as_of.map(Value::from)),
    ]);
    let body = fields([
        ("query", Some(Value::from(args.query.join(" ")))),
        ("limit", Some(json!(args.limit))),
        ("session", which.session.map(Value::from)),
        ("project", which.project.map(Value::from)),
        ("filters", Some(filters)),
        ("explain", args.explain.then_some(json!(true))),
    ]);
    let found = place.post("/v1/memory/search", &body).await?;
    show::hits(&found["hits"], as_json, output)?;
    Ok(Exit::Success)
}

async fn list(
    place: &Place,
    args: ListArgs,
    as_json: bool,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let which = args.which;
    let flag = |flag: bool| flag.then(|| "true".to_owned());
    let parameters = [
        ("limit", Some(args.limit.to_string())),
        ("offset", Some(args.offset.to_string())),
        ("session", which.session),
        ("project", which.project),
        ("kind", which.kind),
        ("area", which.area),
        ("tag", which.tag),
        ("source", which.source),
        ("quarantined", flag(which.quarantined)),
        ("retired", flag(which.retired)),
        ("as_of", which.as_of),
    ];
    let given: Vec<(&str, String)> = parameters
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
    let found = place.get(&path(&["v1", "memory"], &given)).await?;
    show::list(&found, as_json, output)?;
    Ok(Exit::Success)
}

/// Changes memories alike. All are tried before the first error ends the command.
async fn change(
    place: &Place,
    ids: &[String],
    body: &Value,
    as_json: bool,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let mut first_error = None;
    for id in ids {
        match place.patch(&path(&["v1", "memory", id], &[]), body).await {
            Ok(memory) => show::one(&memory, as_json, output)?,
            Err(error) => {
                first_error.get_or_insert(error);
            }
        }
    }
    first_error.map_or(Ok(Exit::Success), Err)
}

fn save_body(args: SaveArgs) -> Result<Value, CommandError> {
    let mut text = args.text.join(" ");
    let mut stdin = std::io::stdin();
    if text.trim().is_empty() && !stdin.is_terminal() {
        text.clear();
        stdin
            .read_to_string(&mut text)
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::InvalidData => CommandError::usage("what is piped in is not UTF-8 text"),
                _ => CommandError::io(format!("cannot read standard input: {error}")),
            })?;
    }
    if text.trim().is_empty() {
        return Err(CommandError::usage(
            "nothing is to be remembered; try `council memory save \"I prefer tea\"`",
        ));
    }
    Ok(fields([
        ("text", Some(Value::from(text.trim_end()))),
        ("kind", args.kind.map(Value::from)),
        ("speaker", args.speaker.map(Value::from)),
        ("session", args.session.map(Value::from)),
        ("project", args.project.map(Value::from)),
        ("timestamp", args.timestamp.map(Value::from)),
        ("valid_from", args.valid_from.map(Value::from)),
        ("valid_to", args.valid_to.map(Value::from)),
        ("area", args.area.map(Value::from)),
        ("tags", (!args.tags.is_empty()).then(|| Value::from(args.tags))),
        ("metadata", args.metadata.map(Value::Object)),
    ]))
}

fn change_body(args: EditArgs) -> Result<Value, CommandError> {
    let tags = if args.no_tags {
        Some(json!([]))
    } else {
        (!args.tags.is_empty()).then(|| Value::from(args.tags))
    };
    let body = fields([
        (
            "text",
            (!args.text.is_empty()).then(|| Value::from(args.text.join(" "))),
        ),
        ("tags", tags),
        ("metadata", args.metadata.map(Value::Object)),
        ("quarantined", args.confirm.then_some(json!(false))),
    ]);
    if body.as_object().is_some_and(Map::is_empty) {
        return Err(CommandError::usage(
            "nothing is to be changed; write a new text, or use --tag, --no-tags, --metadata or --confirm",
        ));
    }
    Ok(body)
}

/// An object of what is given.
fn fields<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let given = fields.into_iter();
    Value::Object(
        given
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect(),
    )
}

#[cfg(test)]
mod tests;
