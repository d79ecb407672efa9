//! `council health`: whether a server can answer, for health checks of containers and for scripts.

use super::Context;
use super::client::Client;
use crate::exit::{CommandError, Exit};
use crate::output::Output;
use clap::Args;
use serde_json::Value;
use std::io::Write;
use std::time::Duration;

/// A server that has not said how it is by then is not well. Its own checks take at most two seconds.
const PATIENCE: Duration = Duration::from_secs(5);

/// Arguments of `council health`.
#[derive(Debug, Args)]
pub(super) struct HealthArgs {
    /// Server to ask [env: COUNCIL_URL] [default: the one on the configured port]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Print what the server said, as JSON
    #[arg(long)]
    json: bool,
}

/// Asks; 0 when it can answer, 1 when it cannot, 69 when there is nobody.
pub(super) async fn run(
    args: &HealthArgs,
    context: &Context,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let url = args
        .url
        .as_deref()
        .or_else(|| context.environment.get("COUNCIL_URL"))
        .map_or_else(|| context.config.local_url(), str::to_owned);
    let client = Client::new(&url, context).await?;
    let (well, health) = client.health(PATIENCE).await.map_err(|reason| {
        CommandError::unavailable(format!("no Council server answers at {url}: {reason}"))
    })?;
    if args.json {
        output.json(&health)?;
    } else {
        writeln!(output, "{}", health["status"].as_str().unwrap_or("unknown"))?;
        for line in complaints(&health) {
            writeln!(output, "{line}")?;
        }
    }
    Ok(if well { Exit::Success } else { Exit::Failure })
}

/// The checks that are not well, a line for each.
fn complaints(health: &Value) -> Vec<String> {
    let checks = health["checks"].as_object();
    checks
        .into_iter()
        .flatten()
        .filter(|(_, check)| check["status"] != "ok")
        .map(|(name, check)| {
            let text = |field: &str| check[field].as_str().unwrap_or("").to_owned();
            format!("{name}: {}: {}", text("status"), text("message"))
        })
        .collect()
}
