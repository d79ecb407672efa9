//! `council serve`: the server, in the foreground.

use super::Context;
use crate::app::App;
use crate::app::serve::listen;
use crate::exit::{CommandError, Exit};
use crate::output::Output;
use clap::Args;

/// Arguments of `council serve`.
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS")]
    pub(super) host: Option<String>,
    /// Port to listen on; 0 takes a free one
    #[arg(long, value_name = "PORT")]
    pub(super) port: Option<String>,
    /// Model that answers requests that name none
    #[arg(long, value_name = "ID")]
    pub(super) model: Option<String>,
}

/// Serves until SIGINT or SIGTERM.
pub(super) async fn run(
    _args: ServeArgs,
    context: Context,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let listener = listen(&context.config).await?;
    let app = App::build(*context.config, &context.environment, context.scripted).await?;
    if let Some(telemetry) = &context.telemetry {
        app.traced_by(telemetry)?;
    }
    let served = app.serve(listener, output).await;
    if let Some(telemetry) = context.telemetry {
        telemetry.close().await;
    }
    served?;
    Ok(Exit::Success)
}
