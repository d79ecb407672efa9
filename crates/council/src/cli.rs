//! The command line: what can be typed, and which file answers it.
//!
//! - [`serve`], [`ask`], [`chat`]: talk to models
//! - [`run`], [`sandbox`]: programs in isolation
//! - [`memory`]: what is remembered
//! - [`ingest`]: documents into the memory
//! - [`pull`], [`models`], [`remove`], [`import`]: the models on this machine
//! - [`config`], [`doctor`], [`openapi`]: look inside
//! - [`bench`], [`calibrate`]: measure models on this machine
//! - [`engine`]: the hidden command that the supervisor starts
//! - [`backend`], [`client`]: a running server or an in-process model, whichever is there
//! - [`place`]: the server's routes, there or in this process

mod ask;
mod backend;
mod bench;
mod calibrate;
mod chat;
mod client;
mod config;
mod doctor;
mod engine;
mod import;
mod ingest;
mod memory;
mod models;
mod openapi;
mod place;
mod pull;
mod remove;
mod run;
mod sandbox;
mod serve;

use crate::config::{Config, Flag, LogFormat};
use crate::environment::Environment;
use crate::exit::{CommandError, Exit};
use crate::output::{self, Output};
use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

const EXAMPLES: &str = "\
Examples:
  council pull                         fetch the models that suit this machine
  council serve                        serve http://127.0.0.1:9000
  council ask \"why is the sky blue?\"   one answer, with or without a running server
  cat error.log | council ask \"what went wrong?\"
  council chat                         talk
  council doctor                       what this machine can do, and what is missing

Exit codes: 0 done, 1 failed, 64 wrong arguments or configuration, 69 something needed is not there
(port in use, server not reachable, no model, no isolation), 74 reading or writing failed, 130 interrupted.
`council run` ends as its program does: with its exit code, or 124 when it ran out of time.
Configuration: `council config` prints every key, its value and where it came from.";

/// A private AI assistant in one binary.
#[derive(Debug, Parser)]
#[command(name = "council", version, after_help = EXAMPLES, max_term_width = 110)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// Arguments of every command.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// Configuration file [default: council/council.toml in the XDG config directory]
    #[arg(long, global = true, value_name = "PATH", help_heading = "Configuration")]
    config: Option<PathBuf>,
    /// Where the database and the chat history live
    #[arg(long, global = true, value_name = "DIR", help_heading = "Configuration")]
    data_dir: Option<String>,
    /// Where models live
    #[arg(long, global = true, value_name = "DIR", help_heading = "Configuration")]
    models_dir: Option<String>,
    /// Sets any configuration key, such as `engine.threads=2`; may be repeated
    #[arg(long, global = true, value_name = "KEY=VALUE", help_heading = "Configuration")]
    set: Vec<String>,
    /// Answers come from a labelled fake instead of a model; for tests
    #[arg(long, global = true, hide = true)]
    scripted: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API
    Serve(serve::ServeArgs),
    /// Ask one question and print the answer
    Ask(ask::AskArgs),
    /// Talk in the terminal
    Chat(chat::ChatArgs),
    /// Run a program in isolation
    Run(run::RunArgs),
    /// What keeps programs apart from this machine
    Sandbox(sandbox::SandboxArgs),
    /// Look at, search, correct, move and forget what is remembered
    Memory(memory::MemoryArgs),
    /// Remember documents, so that answers can rest on them
    Ingest(ingest::IngestArgs),
    /// Fetch models by name, from a hub, a URL or a file
    Pull(pull::PullArgs),
    /// List models
    Models(models::ModelsArgs),
    /// Remove a model from this machine
    #[command(name = "rm", alias = "remove")]
    Remove(remove::RemoveArgs),
    /// Take over the GGUF files of a directory
    Import(import::ImportArgs),
    /// Print every configuration key, its value and where it came from
    Config(config::ConfigArgs),
    /// Check this machine and say what to do about what is wrong
    Doctor(doctor::DoctorArgs),
    /// Measure models on this machine
    Bench(bench::BenchArgs),
    /// Measure how far a model's confidence can be relied on, by questions whose answers are known
    Calibrate(calibrate::CalibrateArgs),
    /// Print the OpenAPI document of the server
    Openapi,
    /// Run one model; started by the supervisor
    #[command(hide = true)]
    Engine,
    /// Make boxes for programs; started by the sandbox
    #[command(hide = true)]
    Box,
}

/// What commands work with.
pub(crate) struct Context {
    pub(crate) environment: Environment,
    pub(crate) config: Config,
    /// Answers come from a labelled fake.
    pub(crate) scripted: bool,
}

/// Runs the command that `arguments` (program name first) ask for.
pub fn main(arguments: impl IntoIterator<Item = OsString>, environment: Environment) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // A closed pipe while help is printed is the reader's business.
            let _ = error.print();
            return if error.use_stderr() {
                Exit::Usage.into()
            } else {
                Exit::Success.into()
            };
        }
    };
    if matches!(cli.command, Command::Engine) {
        return engine::run();
    }
    if matches!(cli.command, Command::Box) {
        return council_sandbox::run_helper();
    }
    // One process-wide TLS provider; installing fails only when there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match execute(cli, environment) {
        Ok(exit) => exit.into(),
        Err(error) => {
            if !error.message.is_empty() {
                output::notice(&format!("council: {}", error.message));
            }
            error.exit.into()
        }
    }
}

fn execute(cli: Cli, environment: Environment) -> Result<Exit, CommandError> {
    let mut output = Output::of_process(&environment);
    if matches!(cli.command, Command::Openapi) {
        return openapi::run(&mut output);
    }
    let flags = cli.flags()?;
    let config = Config::load(cli.common.config.as_deref(), &environment, &flags)?;
    start_log(&config, matches!(cli.command, Command::Serve(_)))?;
    let context = Context {
        environment,
        config,
        scripted: cli.common.scripted,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CommandError::failure(format!("cannot start threads: {error}")))?;
    let result = runtime.block_on(async {
        match cli.command {
            Command::Serve(args) => Box::pin(serve::run(args, context, &mut output)).await,
            Command::Ask(args) => ask::run(args, context, &mut output).await,
            Command::Chat(args) => chat::run(args, context, &mut output).await,
            Command::Run(args) => run::run(args, context, &mut output).await,
            Command::Sandbox(args) => sandbox::run(args, context, &mut output).await,
            Command::Memory(args) => memory::run(args, context, &mut output).await,
            Command::Ingest(args) => ingest::run(args, context, &mut output).await,
            Command::Pull(args) => pull::run(args, &context, &mut output).await,
            Command::Models(args) => models::run(&args, &context, &mut output),
            Command::Remove(args) => remove::run(&args, &context, &mut output),
            Command::Import(args) => import::run(args, &context, &mut output).await,
            Command::Config(args) => config::run(&args, &context, &mut output),
            Command::Doctor(args) => doctor::run(args, context, &mut output).await,
            Command::Bench(args) => bench::run(args, &context, &mut output).await,
            Command::Calibrate(args) => calibrate::run(args, context, &mut output).await,
            Command::Openapi | Command::Engine | Command::Box => Ok(Exit::Success),
        }
    });
    // A thread that waits for the keyboard cannot be joined.
    runtime.shutdown_background();
    result
}

impl Cli {
    /// The configuration layer that the command line is.
    fn flags(&self) -> Result<Vec<Flag>, CommandError> {
        let mut flags = Vec::new();
        let mut add = |flag: &str, key: &str, value: &Option<String>| {
            if let Some(value) = value {
                flags.push(Flag {
                    flag: flag.to_owned(),
                    key: key.to_owned(),
                    value: value.clone(),
                });
            }
        };
        add("--data-dir", "data_dir", &self.common.data_dir);
        add("--models-dir", "models_dir", &self.common.models_dir);
        if let Command::Serve(args) = &self.command {
            add("--host", "host", &args.host);
            add("--port", "port", &args.port);
            add("--model", "models.default", &args.model);
        }
        for assignment in &self.common.set {
            let Some((key, value)) = assignment.split_once('=') else {
                return Err(CommandError::usage(format!(
                    "--set takes KEY=VALUE, such as engine.threads=2, not `{assignment}`"
                )));
            };
            add("--set", key.trim(), &Some(value.to_owned()));
        }
        Ok(flags)
    }
}

/// Sends log lines to standard error. The server says what it does; the other commands only what went wrong.
fn start_log(config: &Config, serving: bool) -> Result<(), CommandError> {
    // Migrations are logged once, by the store; what is wrong with a document stands in its report.
    let usual = if serving {
        "info,rusqlite_migration=warn,lopdf=off,html5ever=off"
    } else {
        "warn,lopdf=off,html5ever=off"
    };
    let directives = config.log.as_deref().unwrap_or(usual);
    let filter = EnvFilter::try_new(directives).map_err(|error| {
        CommandError::usage(format!(
            "`log` cannot be \"{directives}\": {error}; accepted: a level (error, warn, info, debug, trace) or \
             directives such as warn,council_models=debug"
        ))
    })?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // Fails only where a test has set one already.
    let _ = match config.log_format {
        LogFormat::Text => builder
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    Ok(())
}
