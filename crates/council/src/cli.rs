//! The command line: what can be typed, and which file answers it.
//!
//! - [`serve`], [`ask`], [`chat`]: talk to models
//! - [`run`], [`sandbox`]: programs in isolation
//! - [`memory`]: what is remembered
//! - [`forget`]: everything about somebody, gone
//! - [`ingest`]: documents into the memory
//! - [`key`], [`user`]: who may call a server
//! - [`data`]: what is kept, as files
//! - [`pull`], [`models`], [`remove`], [`import`]: the models on this machine
//! - [`config`], [`doctor`], [`openapi`]: look inside
//! - [`health`], [`service`]: the server as something that always runs
//! - [`completions`], [`man`]: for shells and for `man`
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
mod completions;
mod config;
mod data;
mod doctor;
mod engine;
mod forget;
mod health;
mod import;
mod ingest;
mod key;
mod man;
mod memory;
mod models;
mod openapi;
mod place;
mod pull;
mod remove;
mod run;
mod sandbox;
mod serve;
mod service;
mod user;

use crate::app::egress::CommandEgress;
use crate::config::{Config, Flag};
use crate::environment::Environment;
use crate::exit::{CommandError, Exit};
use crate::log;
use crate::output::{self, Output};
use crate::telemetry::Telemetry;
use clap::{Args, Parser, Subcommand};
use council_models::egress::EgressGate;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

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
    /// Forget everything about somebody or something: shows it first
    Forget(forget::ForgetArgs),
    /// Remember documents, so that answers can rest on them
    Ingest(ingest::IngestArgs),
    /// API keys: who may call a server from elsewhere, and what they may do
    Key(key::KeyArgs),
    /// Users with conversations and memories of their own
    User(user::UserArgs),
    /// Fetch models by name, from a hub, a URL or a file
    Pull(pull::PullArgs),
    /// List models
    Models(models::ModelsArgs),
    /// Remove a model from this machine
    #[command(name = "rm", alias = "remove")]
    Remove(remove::RemoveArgs),
    /// Write everything that is kept to one archive
    Backup(data::backup::BackupArgs),
    /// Put back what `backup` wrote
    Restore(data::restore::RestoreArgs),
    /// Write everything that is kept in open form: JSON lines, Markdown
    Export(data::export::ExportArgs),
    /// Add what an export or a backup holds, or take over the GGUF files of a directory
    Import(data::import::ImportArgs),
    /// Encrypt what is kept, or its key changed, or not encrypted any more
    Data(data::encryption::DataArgs),
    /// Print every configuration key, its value and where it came from
    Config(config::ConfigArgs),
    /// Check this machine and say what to do about what is wrong
    Doctor(doctor::DoctorArgs),
    /// Ask a server whether it can answer; the exit code says it
    Health(health::HealthArgs),
    /// Have the server started by the system, and look after it
    Service(service::ServiceArgs),
    /// Print what a shell needs to complete commands and options
    Completions(completions::CompletionsArgs),
    /// Print the manual page, or write one for each command
    Man(man::ManArgs),
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
    /// Large, and every command's future holds it.
    pub(crate) config: Box<Config>,
    /// Answers come from a labelled fake.
    pub(crate) scripted: bool,
    /// The one gate to the network.
    pub(crate) egress: CommandEgress,
    /// Traces, of the server only.
    pub(crate) telemetry: Option<Telemetry>,
}

impl Context {
    /// The gate to the network.
    pub(crate) async fn gate(&self) -> Result<EgressGate, CommandError> {
        let gate = self.egress.gate().await;
        gate.map_err(|error| CommandError::failure(format!("cannot count what leaves: {error}")))
    }
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
    // What needs no configuration works with a broken one, too.
    match &cli.command {
        Command::Openapi => return openapi::run(&mut output),
        Command::Completions(args) => return completions::run(args, &mut output),
        Command::Man(args) => return man::run(args, &mut output),
        _ => {}
    }
    let flags = cli.flags()?;
    let config = Config::load(cli.common.config.as_deref(), &environment, &flags)?;
    let egress = CommandEgress::new(&config);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CommandError::failure(format!("cannot start threads: {error}")))?;
    let serving = matches!(cli.command, Command::Serve(_));
    let telemetry = {
        let _within = runtime.enter();
        serving.then(|| Telemetry::open(&config.telemetry)).transpose()
    };
    let telemetry = telemetry.map_err(CommandError::usage)?.flatten();
    log::start(&config, serving, telemetry.as_ref().map(Telemetry::layer))?;
    let context = Context {
        egress: egress.clone(),
        environment,
        config: Box::new(config),
        scripted: cli.common.scripted,
        telemetry,
    };
    let result = runtime.block_on(async {
        match cli.command {
            Command::Serve(args) => Box::pin(serve::run(args, context, &mut output)).await,
            Command::Ask(args) => ask::run(args, context, &mut output).await,
            Command::Chat(args) => chat::run(args, context, &mut output).await,
            Command::Run(args) => run::run(args, context, &mut output).await,
            Command::Sandbox(args) => sandbox::run(args, context, &mut output).await,
            Command::Memory(args) => Box::pin(memory::run(args, context, &mut output)).await,
            Command::Forget(args) => forget::run(args, context, &mut output).await,
            Command::Ingest(args) => ingest::run(args, context, &mut output).await,
            Command::Key(args) => key::run(args, context, &mut output).await,
            Command::User(args) => user::run(args, context, &mut output).await,
            Command::Pull(args) => pull::run(args, &context, &mut output).await,
            Command::Models(args) => models::run(&args, &context, &mut output),
            Command::Remove(args) => remove::run(&args, &context, &mut output),
            Command::Backup(args) => data::backup::run(args, context, &mut output).await,
            Command::Restore(args) => data::restore::run(args, context, &mut output).await,
            Command::Export(args) => data::export::run(args, context, &mut output).await,
            Command::Import(args) => data::import::run(args, context, &mut output).await,
            Command::Data(args) => data::encryption::run(args, context, &mut output).await,
            Command::Config(args) => config::run(&args, &context, &mut output),
            Command::Doctor(args) => doctor::run(args, context, &mut output).await,
            Command::Health(args) => health::run(&args, &context, &mut output).await,
            Command::Service(args) => service::run(&args, &cli.common, &context, &mut output).await,
            Command::Bench(args) => bench::run(args, &context, &mut output).await,
            Command::Calibrate(args) => calibrate::run(args, context, &mut output).await,
            Command::Openapi | Command::Completions(_) | Command::Man(_) | Command::Engine | Command::Box => {
                Ok(Exit::Success)
            }
        }
    });
    runtime.block_on(egress.close());
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
