//! What watches Council from outside: Prometheus and its tools, which the package `prometheus` of Debian brings.
//!
//! - `prometheus`: a Prometheus that scrapes a server
//! - `busy`: a server that all kinds of things happen to
//! - `rules`: recording and alert rules
//! - `dashboards`: Grafana's dashboards, each of whose expressions must show something

mod busy;
mod dashboards;
mod prometheus;
mod rules;

use crate::cloud::StandIn;
use crate::program::{Finished, Server, World, finish};
use council_models::gguf::writer::{TinyModel, write_tiny_model};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A server of which everything is served that can be: with a local model, which is never loaded, a pool, and a remote model
/// and a collector of traces that nobody answers for.
fn server(world: &World, lines: &str) -> Server {
    let models = world.path().join("models");
    std::fs::create_dir_all(&models).unwrap();
    write_tiny_model(&models.join("tiny.gguf"), &TinyModel::default()).unwrap();
    let config = world.path().join("council.toml");
    let remote = "[[remote]]\nid = \"far\"\nprovider = \"nobody\"\nbase_url = \"http://127.0.0.1:1/v1\"\nmodel = \"m\"\n\
                  context_tokens = 4096\nretries = 1\n";
    // Two servers as one, of which one is there.
    let pool = format!(
        "[[remote]]\nid = \"pool\"\nprovider = \"pool\"\nbase_url = [\"http://{}/v1\", \"http://127.0.0.1:1/v1\"]\n\
         model = \"m\"\ncontext_tokens = 4096\n",
        StandIn::start().address
    );
    let telemetry = "[telemetry]\notlp_endpoint = \"http://127.0.0.1:1\"\n";
    std::fs::write(&config, format!("{lines}\n{telemetry}{remote}{pool}")).unwrap();
    world.serve(&[
        "--scripted",
        "--models-dir",
        "models",
        "--config",
        config.to_str().unwrap(),
    ])
}

/// What such a server serves at `/metrics` before anything was asked of it.
pub(crate) fn scraped() -> String {
    let world = World::new();
    let server = server(&world, "");
    loop {
        let text = server.get("/metrics");
        // A share of the processors' time is known from the second measurement on, a server of a pool from the first look on.
        let later = ["\ncouncil_machine_cpu_ratio ", "\ncouncil_provider_up{"];
        if later.iter().all(|name| text.contains(name)) {
            return text;
        }
        std::thread::yield_now();
    }
}

/// Runs promtool with this on its standard input: whether it found everything right, and what it said.
pub(crate) fn promtool(arguments: &[&str], input: &str) -> (bool, String) {
    let mut child = tool("promtool", arguments);
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let Finished { code, stdout, stderr } = finish(child);
    (code == Some(0), format!("{stdout}{stderr}"))
}

/// A program of the package, started. Without the package nothing is proved, so that its absence is a failure.
#[expect(clippy::disallowed_methods, reason = "these tests are about other programs")]
fn tool(name: &str, arguments: &[&str]) -> Child {
    Command::new(name)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| {
            unreachable!("`{name}` cannot be started: {error}; install Debian's package `prometheus`")
        })
}

/// A file or folder below `deploy`.
fn deployed(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../deploy")
        .join(path)
        .canonicalize()
        .unwrap()
}
