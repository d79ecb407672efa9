//! `council key`: API keys, on a running server or in the data directory itself.

use super::Context;
use super::place::{Place, path};
use crate::config::parse_duration;
use crate::exit::{CommandError, Exit};
use crate::output::{self, Output, notice};
use clap::{Args, Subcommand};
use council_core::{KeyScope, Scopes};
use serde_json::{Map, Value, json};
use std::io::Write;

const EXAMPLES: &str = "\
Examples:
  council key add laptop                               may chat, remember and run programs
  council key add backup --scope admin --expires 90d
  council key add prometheus --scope none              may read measurements only
  council key add anna-phone --user anna --scope chat,memory --daily-usd 1
  council key revoke 1a2b3c4d5e6f

The key itself is printed once, alone on standard output; only a hash of it is kept. Clients send it as
`Authorization: Bearer cnc_…`. Without a server on the configured port, the data directory is opened directly.";

/// Arguments of `council key`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, subcommand_required = true, arg_required_else_help = true)]
pub(super) struct KeyArgs {
    #[command(subcommand)]
    action: Action,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
    /// Server to ask [env: COUNCIL_URL] [default: one on the configured port, if it answers]
    #[arg(long, value_name = "URL", global = true)]
    url: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a key and print it
    Add(AddArgs),
    /// List keys, revoked and expired ones too
    List,
    /// Take keys back for good, from the next request on
    Revoke {
        /// Ids, as `council key list` shows them
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
}

#[derive(Debug, Args)]
struct AddArgs {
    /// What it is for
    name: String,
    /// What it allows: chat, memory, execute, admin, or none
    #[arg(long, value_name = "SCOPES", default_value = "chat,memory,execute")]
    scope: String,
    /// Whose conversations and memories it opens [default: the owner of this machine]
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// How long it is good, such as 12h or 90d [default: until it is revoked]
    #[arg(long, value_name = "DURATION")]
    expires: Option<String>,
    /// What calls of paid models with it may cost in a day
    #[arg(long, value_name = "USD")]
    daily_usd: Option<f64>,
    /// Most requests in a minute
    #[arg(long, value_name = "REQUESTS")]
    per_minute: Option<u32>,
}

impl AddArgs {
    fn body(self) -> Result<Value, CommandError> {
        let scopes = match self.scope.as_str() {
            "none" => Scopes::default(),
            names => Scopes::parse(names).map_err(|name| {
                let known = KeyScope::ALL.map(KeyScope::as_str).join(", ");
                CommandError::usage(format!(
                    "--scope cannot be `{name}`; choose among {known}, or none"
                ))
            })?,
        };
        let mut body = Map::new();
        body.insert("name".to_owned(), json!(self.name));
        let names: Vec<&str> = scopes.iter().map(KeyScope::as_str).collect();
        body.insert("scopes".to_owned(), json!(names));
        if let Some(expires) = self.expires {
            let lasts = parse_duration(&expires).ok_or_else(|| {
                let message =
                    format!("--expires cannot be `{expires}`; accepted: a duration such as 12h or 90d");
                CommandError::usage(message)
            })?;
            body.insert("expires_in_s".to_owned(), json!(lasts.as_secs()));
        }
        for (field, value) in [
            ("user", json!(self.user)),
            ("daily_usd", json!(self.daily_usd)),
            ("per_minute", json!(self.per_minute)),
        ] {
            if !value.is_null() {
                body.insert(field.to_owned(), value);
            }
        }
        Ok(Value::Object(body))
    }
}

/// Does it.
pub(super) async fn run(args: KeyArgs, context: Context, output: &mut Output) -> Result<Exit, CommandError> {
    // What cannot be done is said before anything is opened.
    let body = match args.action {
        Action::Add(add) => Ok(add.body()?),
        other => Err(other),
    };
    let place = Place::open(args.url.as_deref(), context).await?;
    let done = match body {
        Ok(body) => add(&place, &body, args.json, output).await,
        Err(Action::Revoke { ids }) => revoke(&place, &ids, args.json, output).await,
        Err(Action::List | Action::Add(_)) => list(&place, args.json, output).await,
    };
    place.close().await;
    done.map(|()| Exit::Success)
}

async fn add(place: &Place, body: &Value, as_json: bool, output: &mut Output) -> Result<(), CommandError> {
    let made = place.post("/v1/keys", body).await?;
    if as_json {
        output.json(&made)?;
    } else {
        writeln!(output, "{}", text(&made["secret"]))?;
        let key = &made["key"];
        notice(&format!(
            "key {} for {} is shown this once; `council key revoke {}` takes it back",
            text(&key["id"]),
            text(&key["user"]),
            text(&key["id"]),
        ));
    }
    Ok(())
}

async fn list(place: &Place, as_json: bool, output: &mut Output) -> Result<(), CommandError> {
    let keys = place.get("/v1/keys").await?;
    if as_json {
        output.json(&keys["data"])?;
        return Ok(());
    }
    let keys = keys["data"].as_array().cloned().unwrap_or_default();
    if keys.is_empty() {
        notice("no keys; `council key add NAME` makes one");
        return Ok(());
    }
    let headings = ["ID", "NAME", "USER", "SCOPES", "STATE", "EXPIRES", "LAST USED"];
    let mut rows = vec![headings.map(str::to_owned).to_vec()];
    rows.extend(keys.iter().map(|key| {
        let scopes = key["scopes"].as_array().into_iter().flatten();
        let scopes: Vec<&str> = scopes.filter_map(Value::as_str).collect();
        vec![
            text(&key["id"]).to_owned(),
            text(&key["name"]).to_owned(),
            text(&key["user"]).to_owned(),
            if scopes.is_empty() {
                "none".to_owned()
            } else {
                scopes.join(",")
            },
            text(&key["state"]).to_owned(),
            day(&key["expires_at"]).unwrap_or_else(|| "-".to_owned()),
            day(&key["last_used_at"]).unwrap_or_else(|| "never".to_owned()),
        ]
    }));
    write!(output, "{}", output::table(&rows))?;
    Ok(())
}

async fn revoke(
    place: &Place,
    ids: &[String],
    as_json: bool,
    output: &mut Output,
) -> Result<(), CommandError> {
    for id in ids {
        let revoked = place.delete(&path(&["v1", "keys", id], &[])).await?;
        if as_json {
            output.json_line(&revoked)?;
        } else {
            writeln!(
                output,
                "revoked {} ({})",
                text(&revoked["id"]),
                text(&revoked["name"])
            )?;
        }
    }
    Ok(())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A time as a day, UTC.
pub(super) fn day(seconds: &Value) -> Option<String> {
    let time = jiff::Timestamp::from_second(seconds.as_f64()? as i64).ok()?;
    Some(time.strftime("%Y-%m-%d").to_string())
}
